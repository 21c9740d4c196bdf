//! Parameters of the path, the query, headers and cookies.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{Reading, is_scalar, types};
use crate::connector::{is_xml, media_type_essence};
use crate::openapi::documents::Place;
use crate::openapi::model::{Argument, ArgumentPlace, ArgumentValue};
use crate::openapi::path::Piece;
use crate::template::{Form, Style, without_xml};

/// Headers that the request itself decides. The first three are to be ignored (`OpenAPI` 3.1, section 4.8.12.2).
const NOT_PARAMETERS: [&str; 14] = [
    "accept",
    "content-type",
    "authorization",
    "proxy-authorization",
    "cookie",
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "expect",
    "te",
    "upgrade",
    "accept-encoding",
    "content-encoding",
];

impl<'o> Reading<'o> {
    /// Reads all parameters.
    pub(super) fn parameters(&mut self) -> Result<(), String> {
        let mut parameters: Vec<(ArgumentPlace, Place<'o>)> = Vec::new();
        let mut known = HashSet::new();
        let mut whole_query = None;
        let lists = [
            self.operation.place.get("parameters"),
            self.operation.item.get("parameters"),
        ];
        for written in lists.into_iter().flatten().flat_map(Place::items) {
            let parameter = match self.operation.shared.documents.resolve(written) {
                Ok(parameter) => parameter,
                Err(problem) => {
                    self.notes.push(format!("a parameter is left out: {problem}"));
                    continue;
                }
            };
            let Some(name) = parameter.text("name").filter(|name| !name.trim().is_empty()) else {
                self.notes.push("a parameter without a name is left out".to_owned());
                continue;
            };
            let place = match parameter.text("in") {
                Some("path") => ArgumentPlace::Path,
                Some("query") => ArgumentPlace::Query,
                Some("header") => ArgumentPlace::Header,
                Some("cookie") => ArgumentPlace::Cookie,
                Some("querystring") if self.is_form(parameter) => {
                    whole_query = whole_query.or(Some(parameter));
                    continue;
                }
                other => {
                    let other = other.unwrap_or_default();
                    if parameter.value.get("required") == Some(&json!(true)) {
                        return Err(format!(
                            "the parameter `{name}` goes to `{other}`, which cannot be said"
                        ));
                    }
                    self.notes
                        .push(format!("the parameter `{name}` goes to `{other}` and is left out"));
                    continue;
                }
            };
            if written.get("$ref").is_some() {
                self.beside.entry((place, name)).or_insert(written.value);
            }
            // Those of the operation come first, and win.
            if known.insert((place, place.key(name))) {
                parameters.push((place, parameter));
            }
        }
        let open_query = self.open_query(&mut parameters);
        self.placeholders(&mut parameters);
        // Names are given in this order; within a place that of the description counts.
        parameters.sort_by_key(|(place, _)| *place);
        let (first, others): (Vec<_>, Vec<_>) = parameters
            .into_iter()
            .partition(|(place, _)| *place <= ArgumentPlace::Query);
        for (place, parameter) in first {
            self.parameter(place, parameter);
        }
        for name in open_query {
            self.notes.push(format!(
                "`{name}` of the path's query is not declared: it is taken for text"
            ));
            self.push_text(ArgumentPlace::Query, &name);
        }
        for (place, parameter) in others {
            self.parameter(place, parameter);
        }
        if let Some(parameter) = whole_query {
            self.query_string(parameter);
        }
        Ok(())
    }

    /// The names of parameters that stand in the query of the path, each with a placeholder as its value, and that nobody
    /// declared. One that is declared for the path goes where it stands.
    fn open_query(&mut self, parameters: &mut [(ArgumentPlace, Place<'o>)]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for pair in &self.operation.path.open_query {
            for (place, parameter) in parameters.iter_mut() {
                let is_it =
                    parameter.text("name") == Some(&pair.name) && pair.placeholders().any(|one| one == pair.name);
                if *place == ArgumentPlace::Path && is_it && pair.is_plain() {
                    *place = ArgumentPlace::Query;
                }
            }
            let is_declared = |name: &str| {
                let mut declared = parameters.iter();
                declared.any(|(place, one)| *place == ArgumentPlace::Query && one.text("name") == Some(name))
            };
            let mut placeholders = pair.placeholders().peekable();
            if is_declared(&pair.name) || placeholders.peek().is_some() && placeholders.all(is_declared) {
                continue;
            }
            if !pair.is_plain() {
                let written = &pair.written;
                self.notes.push(format!(
                    "`{written}` of the path's query is left out: its value is more than a placeholder"
                ));
            } else if let Some(note) = self.operation.security.takes("query", &pair.name, false, "") {
                self.notes.push(note);
            } else if !names.contains(&pair.name) {
                names.push(pair.name.clone());
            }
        }
        names
    }

    /// Leaves out parameters that the path has no placeholder for, and adds those of placeholders that nobody declared.
    fn placeholders(&mut self, parameters: &mut Vec<(ArgumentPlace, Place<'o>)>) {
        let pieces = self.operation.path.pieces.iter();
        let names: Vec<&str> = pieces
            .filter_map(|piece| match piece {
                Piece::Placeholder(name) => Some(name.as_str()),
                Piece::Literal(_) => None,
            })
            .collect();
        let known: HashSet<&str> = names.iter().copied().collect();
        let mut declared = HashSet::new();
        parameters.retain(|(place, parameter)| {
            let name = parameter.text("name").unwrap_or_default();
            if *place != ArgumentPlace::Path {
                return true;
            }
            if !known.contains(name) {
                self.notes
                    .push(format!("the parameter `{name}` is not in the path and is left out"));
                return false;
            }
            declared.insert(name);
            true
        });
        for name in names {
            if declared.insert(name) {
                self.notes
                    .push(format!("`{name}` of the path is not declared: it is taken for text"));
                self.push_text(ArgumentPlace::Path, name);
            }
        }
    }

    /// Adds an argument of which only the name is known.
    fn push_text(&mut self, place: ArgumentPlace, name: &str) {
        let schema = Map::from_iter([("type".to_owned(), json!("string"))]);
        self.push(Argument {
            // A path has no gaps; of a query nothing says that all of it is needed.
            required: place == ArgumentPlace::Path,
            ..Argument::new(name, place, ArgumentValue::Schema(schema))
        });
    }

    fn parameter(&mut self, place: ArgumentPlace, parameter: Place<'o>) {
        let name = parameter.text("name").unwrap_or_default();
        let is_required = place == ArgumentPlace::Path || parameter.value.get("required") == Some(&json!(true));
        let said = parameter.text("description").unwrap_or_default();
        let security = self.operation.security;
        if let Some(note) = security.takes(place.as_str(), name, is_required, said) {
            self.notes.push(note);
            return;
        }
        if place == ArgumentPlace::Header && NOT_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) {
            if name.eq_ignore_ascii_case("content-type") {
                self.said_types = self.values_of(parameter);
            }
            self.notes
                .push(format!("the header `{name}` is set by the request itself"));
            return;
        }
        let content = self.operation.shared.documents.media_types(parameter).next();
        let described = match content {
            Some((_, media_type)) => media_type.get("schema"),
            None => parameter.get("schema"),
        };
        // A path is text that its API parts by itself: one that holds XML is left to whoever calls.
        let may_be_xml = place != ArgumentPlace::Path && content.is_some_and(|(name, _)| is_xml(name));
        let mut schema = match described {
            Some(schema) if may_be_xml => self.normaliser.root_of_xml(schema),
            Some(schema) => self.normaliser.root(schema),
            None => Map::new(),
        };
        let is_xml = may_be_xml && matches!(types(&schema).as_slice(), ["object" | "array"]);
        if is_xml {
            name_root(described, &mut schema);
        } else if may_be_xml {
            without_xml(&mut schema);
        }
        if let Some(text) = parameter.text("description") {
            let text = self
                .operation
                .shared
                .texts
                .short(text, self.normaliser.longest_description());
            if !text.is_empty() {
                schema.insert("description".to_owned(), json!(text));
            }
        }
        if place != ArgumentPlace::Path && schema.get("not").is_some() {
            self.notes
                .push(format!("the parameter `{name}` takes no value and is left out"));
            return;
        }
        let style = match content {
            Some(_) if is_xml => None,
            Some((media_type, _)) => self.content_style(name, media_type, &mut schema),
            None => style(place, parameter, &schema),
        };
        let argument = Argument {
            required: is_required,
            style,
            is_xml,
            ..Argument::new(name, place, ArgumentValue::Schema(schema))
        };
        let beside = self.beside.get(&(place, name)).copied();
        let written: Vec<&Value> = beside.into_iter().chain([parameter.value]).collect();
        self.push_shaped(argument, &written);
    }

    /// The texts that a parameter can be, by its default, else by its list of values.
    fn values_of(&self, parameter: Place<'o>) -> Vec<String> {
        let schema = parameter
            .get("schema")
            .and_then(|schema| self.operation.shared.documents.resolve(schema).ok());
        let said = |key| schema.and_then(|schema| schema.get(key));
        let only = said("default").or_else(|| said("const"));
        let listed = said("enum").into_iter().flat_map(Place::items);
        let values = only.into_iter().chain(listed);
        values.filter_map(|one| Some(one.value.as_str()?.to_owned())).collect()
    }

    /// How the value of a parameter is written whose `content` is of `media_type` (OpenAPI 3.1, section 4.8.12.2).
    fn content_style(&mut self, name: &str, media_type: &str, schema: &mut Map<String, Value>) -> Option<Style> {
        let essence = media_type_essence(media_type);
        if essence.contains("json") {
            return json_style(schema);
        }
        if is_scalar(schema) {
            return None;
        }
        if essence == "application/x-www-form-urlencoded" && types(schema) == ["object"] {
            return Some(Style {
                form: Form::Urlencoded,
                explode: false,
                reserved: false,
            });
        }
        self.notes.push(format!(
            "the parameter `{name}` is `{media_type}`, which whoever calls writes as text"
        ));
        written_by_the_caller(schema, &essence);
        None
    }
}

/// Makes of `schema` that of a text of the type `essence`.
pub(super) fn written_by_the_caller(schema: &mut Map<String, Value>, essence: &str) {
    let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let described = format!("{description} As {essence}.").trim_start().to_owned();
    *schema = Map::from_iter([
        ("type".to_owned(), json!("string")),
        ("description".to_owned(), json!(described)),
    ]);
}

/// Names the root element of XML after the schema that is referred to, unless it has a name.
fn name_root(written: Option<Place<'_>>, schema: &mut Map<String, Value>) {
    let referred = written.and_then(|schema| schema.text("$ref")?.rsplit('/').next());
    let xml = schema.entry("xml").or_insert_with(|| json!({}));
    if let (Some(xml), Some(name)) = (xml.as_object_mut(), referred) {
        xml.entry("name").or_insert_with(|| json!(name));
    }
}

/// JSON text, which is how numbers and truth values are written anyway; a text has quotes.
fn json_style(schema: &Map<String, Value>) -> Option<Style> {
    let types = types(schema);
    let is_plain = is_scalar(schema) && !schema.contains_key("anyOf") && !types.contains(&"string");
    (!is_plain).then_some(Style {
        form: Form::Json,
        explode: false,
        reserved: false,
    })
}

/// How a parameter is written, when that is not how a connector writes it by itself.
fn style(place: ArgumentPlace, parameter: Place<'_>, schema: &Map<String, Value>) -> Option<Style> {
    let usual = match place {
        ArgumentPlace::Path | ArgumentPlace::Header => Form::Simple,
        _ => Form::Form,
    };
    let form = form_of(parameter.text("style")).unwrap_or(usual);
    let by_form = matches!(form, Form::Form | Form::DeepObject);
    let explode = parameter
        .value
        .get("explode")
        .and_then(Value::as_bool)
        .unwrap_or(by_form);
    let reserved = place == ArgumentPlace::Query && parameter.value.get("allowReserved") == Some(&json!(true));
    let is_always_different = matches!(form, Form::Label | Form::Matrix) || reserved;
    if !is_always_different && is_scalar(schema) {
        return None;
    }
    // Lists repeat their name in queries by themselves.
    if place == ArgumentPlace::Query && form == Form::Form && explode && !reserved && types(schema) == ["array"] {
        return None;
    }
    Some(Style {
        form,
        explode,
        reserved,
    })
}

/// The form that a description means by the name of a style.
pub(super) fn form_of(name: Option<&str>) -> Option<Form> {
    Some(match name? {
        "simple" => Form::Simple,
        "label" => Form::Label,
        "matrix" => Form::Matrix,
        "form" | "cookie" => Form::Form,
        "spaceDelimited" => Form::SpaceDelimited,
        "pipeDelimited" => Form::PipeDelimited,
        "tabDelimited" => Form::TabDelimited,
        "deepObject" => Form::DeepObject,
        _ => return None,
    })
}
