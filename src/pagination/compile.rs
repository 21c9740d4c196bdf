//! From what an author writes to a [`Pagination`].

use super::style::{Parts, any_style};
use super::{Keys, MOST_PAGES, Pagination, Parameter, ParameterPlaceName, USUAL_PAGES};
use crate::mapping::{Expression, MappingError, Place};

/// What is wrong with what an author writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The key; empty for the whole table.
    pub key: &'static str,
    /// The byte in the text of the key where it is.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Flaw {
    fn of_expression(key: &'static str, error: MappingError) -> Self {
        Self {
            key,
            offset: error.offset,
            message: error.message,
            help: "write a JMESPath over the API's answer".to_owned(),
        }
    }
}

/// Compiles `keys`; the argument that begins at another page is still to be told.
///
/// # Errors
/// Everything that is wrong with them.
pub fn compile(keys: &Keys) -> Result<Pagination, Vec<Flaw>> {
    let Some(name) = keys.style else {
        return Err(vec![Flaw {
            key: "",
            offset: 0,
            message: "pagination without a `style`".to_owned(),
            help: format!("write how the API tells the next page: {}", any_style()),
        }]);
    };
    let kind = name.kind();
    let mut flaws = Vec::new();
    let written = keys.written();
    for key in kind.needs.iter().filter(|key| !written.contains(*key)) {
        flaws.push(Flaw {
            key: "style",
            offset: 0,
            message: format!("pagination of the style `{}` needs `{key}`", kind.name),
            help: format!("write {}", example(key)),
        });
    }
    for key in written {
        if !kind.needs.contains(&key) && !kind.takes.contains(&key) {
            flaws.push(Flaw {
                key,
                offset: 0,
                message: format!("`{key}` has no effect in pagination of the style `{}`", kind.name),
                help: "remove it".to_owned(),
            });
        }
    }
    let mut expression = |key, source: &Option<String>| {
        let source = source.as_deref()?;
        let compiled = match key {
            "more" => Expression::compile_comparison(source),
            _ => Expression::compile(source),
        };
        compiled
            .map_err(|error| flaws.push(Flaw::of_expression(key, error)))
            .ok()
    };
    let more = expression("more", &keys.more);
    let parts = Parts {
        next: expression("next", &keys.next),
        total: expression("total", &keys.total),
        total_pages: expression("total_pages", &keys.total_pages),
        start: keys.start,
        page_size: keys.page_size,
    };
    let named = [
        ("items", &keys.items),
        ("next", &keys.next),
        ("more", &keys.more),
        ("total", &keys.total),
        ("total_pages", &keys.total_pages),
    ];
    let place_of =
        |(key, source): (&'static str, &Option<String>)| Some((key, Place::compile(source.as_deref()?).ok()?));
    let places = named.into_iter().filter_map(place_of).collect();
    let items = place("items", keys.items.as_deref().unwrap_or("@"), &mut flaws);
    let parameter = parameter(keys, &mut flaws);
    let max_pages = keys.max_pages.unwrap_or(USUAL_PAGES);
    if !(1..=MOST_PAGES).contains(&max_pages) {
        flaws.push(Flaw {
            key: "max_pages",
            offset: 0,
            message: format!("`max_pages` is {max_pages}; it must be from 1 to {MOST_PAGES}"),
            help: format!("write max_pages = {USUAL_PAGES}"),
        });
    }
    match (items, (kind.read)(parts)) {
        (Some(items), Some(style)) if flaws.is_empty() => Ok(Pagination {
            style,
            items,
            more,
            places,
            parameter,
            argument: None,
            max_pages,
        }),
        _ => Err(flaws),
    }
}

fn place(key: &'static str, source: &str, flaws: &mut Vec<Flaw>) -> Option<Place> {
    Place::compile(source)
        .map_err(|error| {
            flaws.push(Flaw {
                help: "write the names that lead there, e.g. `data.items`".to_owned(),
                ..Flaw::of_expression(key, error)
            });
        })
        .ok()
}

fn parameter(keys: &Keys, flaws: &mut Vec<Flaw>) -> Option<Parameter> {
    let name = keys.parameter.as_deref()?;
    match keys.r#in {
        Some(ParameterPlaceName::Body) => place("parameter", name, flaws).map(Parameter::Body),
        Some(ParameterPlaceName::Query) | None if name.is_empty() => {
            flaws.push(Flaw {
                key: "parameter",
                offset: 0,
                message: "a query parameter has a name".to_owned(),
                help: "write its name, e.g. parameter = \"cursor\"".to_owned(),
            });
            None
        }
        Some(ParameterPlaceName::Query) | None => Some(Parameter::Query(name.to_owned())),
    }
}

/// How a key may be written.
fn example(key: &str) -> &'static str {
    match key {
        "parameter" => "the query parameter that says which page is wanted, e.g. parameter = \"cursor\"",
        _ => "where the answer tells the next page, e.g. next = \"meta.next\"",
    }
}
