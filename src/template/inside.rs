//! What becomes of members inside of an argument's value before it is sent: the names that an API has for them, and
//! values that agents are not asked for.

use std::fmt;

use serde_json::{Map, Value};

/// Most steps of a path.
const LONGEST_PATH: usize = 32;

/// The way from a value to a member inside of it: `city`, `address.city`, `[].price`, `{}.state`. A name with other
/// characters than letters, digits, `_`, `-` and `$` stands in quotes, as in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InsidePath {
    steps: Vec<Step>,
    last: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// To the member of that name.
    Member(String),
    /// To each item of a list.
    Items,
    /// To each member of a table whose names are not known.
    Members,
}

/// A change of one member.
#[derive(Debug, Clone, PartialEq)]
pub struct Inside {
    path: InsidePath,
    change: Change,
}

/// What becomes of a member.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It is this when it is not there.
    Default(Value),
    /// It is always this.
    Value(Value),
    /// It gets this name.
    SentAs(String),
}

impl InsidePath {
    /// The path to the member `last` of what `steps` lead to.
    #[must_use]
    pub fn new(steps: Vec<Step>, last: String) -> Self {
        Self { steps, last }
    }

    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence, and at which byte.
    pub fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut steps = Vec::new();
        let mut rest = text;
        let at = |rest: &str| text.len() - rest.len();
        loop {
            if let Some(behind) = rest.strip_prefix("[]") {
                steps.push(Step::Items);
                rest = behind;
            } else if let Some(behind) = rest.strip_prefix("{}") {
                steps.push(Step::Members);
                rest = behind;
            } else {
                let (name, behind) = name(rest).map_err(|problem| (at(rest), problem))?;
                steps.push(Step::Member(name));
                rest = behind;
            }
            if steps.len() > LONGEST_PATH {
                return Err((0, format!("the path has more than {LONGEST_PATH} steps")));
            }
            if rest.is_empty() {
                break;
            }
            if let Some(behind) = rest.strip_prefix('.') {
                rest = behind;
            } else if !rest.starts_with("[]") && !rest.starts_with("{}") {
                return Err((at(rest), "names are parted by `.`".to_owned()));
            }
        }
        match steps.pop() {
            Some(Step::Member(last)) => Ok(Self { steps, last }),
            _ => Err((text.len(), "the path ends with the name of a member".to_owned())),
        }
    }

    /// What leads to the table that holds the member.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The member's name.
    #[must_use]
    pub fn last(&self) -> &str {
        &self.last
    }
}

/// The name that `text` begins with, and what follows.
fn name(text: &str) -> Result<(String, &str), String> {
    if text.starts_with('"') {
        let mut names = serde_json::Deserializer::from_str(text).into_iter::<String>();
        return match names.next() {
            Some(Ok(name)) => Ok((name, text.get(names.byte_offset()..).unwrap_or_default())),
            _ => Err("the quotes of a name do not end".to_owned()),
        };
    }
    let end = text.find(|character| !is_plain(character)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return Err(
            "a name is missing; one with other characters than letters, digits, `_`, `-` and `$` stands in quotes"
                .to_owned(),
        );
    }
    Ok((name.to_owned(), rest))
}

fn is_plain(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '$')
}

impl fmt::Display for InsidePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |name: &str| {
            if !name.is_empty() && name.chars().all(is_plain) {
                name.to_owned()
            } else {
                Value::String(name.to_owned()).to_string()
            }
        };
        for (index, step) in self.steps.iter().enumerate() {
            match step {
                Step::Member(_) if index > 0 => formatter.write_str(".")?,
                _ => {}
            }
            match step {
                Step::Member(name) => formatter.write_str(&named(name))?,
                Step::Items => formatter.write_str("[]")?,
                Step::Members => formatter.write_str("{}")?,
            }
        }
        let dot = if self.steps.is_empty() { "" } else { "." };
        write!(formatter, "{dot}{}", named(&self.last))
    }
}

impl Inside {
    /// A change of what is at `path`.
    #[must_use]
    pub fn new(path: InsidePath, change: Change) -> Self {
        Self { path, change }
    }

    /// The way to the member.
    #[must_use]
    pub fn path(&self) -> &InsidePath {
        &self.path
    }

    /// Puts changes in the order in which they can be made: inner ones first, because paths have the names of before, and
    /// names last, those of one table together. The sort is stable.
    pub fn sort(all: &mut [Self]) {
        let key = |one: &Self| (std::cmp::Reverse(one.path.steps.len()), one.is_name());
        all.sort_by(|one, other| {
            key(one)
                .cmp(&key(other))
                .then_with(|| one.path.steps.cmp(&other.path.steps))
        });
    }

    /// Makes `all` changes, which are sorted, in `value`. What no path leads to stays as it is.
    pub fn apply(all: &[Self], value: &mut Value) {
        let are_names =
            |one: &Self, other: &Self| one.is_name() && other.is_name() && one.path.steps == other.path.steps;
        for together in all.chunk_by(are_names) {
            if let Some(first) = together.first() {
                within(value, &first.path.steps, &mut |members| change(together, members));
            }
        }
    }

    fn is_name(&self) -> bool {
        matches!(self.change, Change::SentAs(_))
    }
}

/// Makes changes in one table. Members that get a name are taken out before the first is put back: the name that one gets
/// may be the one that another has.
fn change(together: &[Inside], members: &mut Map<String, Value>) {
    let mut renamed = Vec::new();
    for one in together {
        let name = &one.path.last;
        match &one.change {
            Change::Default(value) => {
                members.entry(name.as_str()).or_insert_with(|| value.clone());
            }
            Change::Value(value) => {
                members.insert(name.clone(), value.clone());
            }
            Change::SentAs(other) => renamed.extend(members.shift_remove(name).map(|value| (other, value))),
        }
    }
    for (name, value) in renamed {
        members.insert(name.clone(), value);
    }
}

/// Calls `take` with every table that `steps` lead to.
fn within(value: &mut Value, steps: &[Step], take: &mut dyn FnMut(&mut Map<String, Value>)) {
    let Some((step, rest)) = steps.split_first() else {
        if let Value::Object(members) = value {
            take(members);
        }
        return;
    };
    match (step, value) {
        (Step::Member(name), Value::Object(members)) => {
            if let Some(member) = members.get_mut(name) {
                within(member, rest, take);
            }
        }
        (Step::Items, Value::Array(items)) => items.iter_mut().for_each(|item| within(item, rest, take)),
        (Step::Members, Value::Object(members)) => members.values_mut().for_each(|member| within(member, rest, take)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_read_back_as_they_are_written() {
        for text in [
            "city",
            "address.city",
            "[].price",
            "a[][].b",
            "{}.state",
            "a{}.b",
            "\"a.b\".\"\"",
            "a-b.$c",
        ] {
            let path = InsidePath::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
            assert_eq!(path.to_string(), text);
        }
        for (text, offset) in [
            ("", 0),
            ("a.", 2),
            ("a[]", 3),
            ("a b", 1),
            ("\"a", 0),
            ("a..b", 2),
            ("[0].a", 0),
            ("a{}", 3),
        ] {
            assert_eq!(
                InsidePath::parse(text).map_err(|(offset, _)| offset),
                Err(offset),
                "{text}"
            );
        }
        assert!(InsidePath::parse(&"a.".repeat(100)).is_err());
    }

    fn changed(changes: &[(&str, Change)], mut value: Value) -> Value {
        let mut all: Vec<Inside> = changes
            .iter()
            .map(|(path, change)| Inside::new(InsidePath::parse(path).unwrap(), change.clone()))
            .collect();
        Inside::sort(&mut all);
        Inside::apply(&all, &mut value);
        value
    }

    #[test]
    fn members_are_changed_wherever_they_are() {
        let name = |name: &str| Change::SentAs(name.to_owned());
        let value = |value: Value| Change::Value(value);
        for (changes, before, after) in [
            (vec![("city", name("town"))], json!({"city": "a"}), json!({"town": "a"})),
            // The outer name is changed behind what is inside of it.
            (
                vec![
                    ("to", name("address")),
                    ("to.city", name("town")),
                    ("to.land", value(json!("DE"))),
                ],
                json!({"to": {"city": "a", "land": "FR"}}),
                json!({"address": {"town": "a", "land": "DE"}}),
            ),
            (
                vec![("[].unit", value(json!("EUR"))), ("[].n", Change::Default(json!(1)))],
                json!([{"n": 2}, {}, 7]),
                json!([{"n": 2, "unit": "EUR"}, {"n": 1, "unit": "EUR"}, 7]),
            ),
            (
                vec![("n", Change::Default(json!(1))), ("n", name("number"))],
                json!({}),
                json!({"number": 1}),
            ),
            (
                vec![("{}.x", value(json!(1)))],
                json!({"a": {}, "b": 2}),
                json!({"a": {"x": 1}, "b": 2}),
            ),
            // Names that touch each other.
            (
                vec![("a", name("b")), ("b", name("a"))],
                json!({"a": 1, "b": 2}),
                json!({"b": 1, "a": 2}),
            ),
            (
                vec![("b", name("c")), ("a", name("b")), ("c", name("d"))],
                json!({"a": 1, "b": 2, "c": 3}),
                json!({"b": 1, "c": 2, "d": 3}),
            ),
            // What is not given is not made up.
            (vec![("a.b", value(json!(1)))], json!({"c": 1}), json!({"c": 1})),
            (vec![("a.b", value(json!(1)))], json!("text"), json!("text")),
        ] {
            assert_eq!(changed(&changes, before), after, "{changes:?}");
        }
    }
}
