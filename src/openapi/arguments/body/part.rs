//! What the encoding of a part says beside its value: its media type and its headers (`OpenAPI` 3.1, section 4.8.15).

use http::HeaderName;
use serde_json::{Map, Value, json};

use crate::connector::{carries_secret, is_xml, media_type_essence};
use crate::openapi::arguments::parameters::written_by_the_caller;
use crate::openapi::arguments::shaped::text_of;
use crate::openapi::arguments::{Reading, is_scalar, types};
use crate::openapi::documents::Place;
use crate::openapi::model::{Argument, ArgumentPlace, ArgumentValue, Part, PartHeader};

/// Headers that follow from the part itself. The first is to be ignored (`OpenAPI` 3.1, section 4.8.15.1).
const NOT_HEADERS: [&str; 4] = [
    "content-type",
    "content-disposition",
    "content-transfer-encoding",
    "content-length",
];

/// How a part that is no file is written.
#[derive(Default)]
pub(super) struct Written {
    pub(super) part: Part,
    pub(super) is_xml: bool,
}

impl<'o> Reading<'o> {
    /// How the part `name` is written, which may be of one of `content_types`. A value that can only be written as text of
    /// its type becomes one.
    pub(super) fn part_of(&mut self, name: &str, content_types: &[&str], schema: &mut Map<String, Value>) -> Written {
        let of_items = schema.get("items").and_then(Value::as_object);
        let is_object = |schema: &Map<String, Value>| types(schema) == ["object"];
        let is_complex = !is_scalar(schema) && !of_items.is_some_and(is_scalar);
        let usual = if is_complex { "application/json" } else { "text/plain" };
        let Some(chosen) = chosen(content_types, usual) else {
            return Written::default();
        };
        let mut written = Written::default();
        let essence = media_type_essence(chosen);
        if is_complex && is_xml(chosen) && is_object(schema) {
            written.is_xml = true;
        } else if is_complex && !essence.contains("json") {
            self.notes.push(format!(
                "the part `{name}` is `{essence}`, which whoever calls writes as text"
            ));
            match schema.get_mut("items").and_then(Value::as_object_mut) {
                Some(items) => written_by_the_caller(items, &essence),
                None => written_by_the_caller(schema, &essence),
            }
        }
        written.part.media_type = Some(chosen.to_owned());
        written
    }

    /// Adds a part, and what the headers that its `encoding` describes are made of.
    pub(super) fn push_part(&mut self, argument: Argument, shape: Option<Value>, encoding: Option<Place<'o>>) {
        let (name, is_needed) = (argument.sent_as.clone(), argument.required);
        let before = self.list.len();
        self.member(argument, shape);
        let Some(headers) = encoding.and_then(|encoding| encoding.get("headers")) else {
            return;
        };
        if self.list.len() == before {
            // One that is hidden is in the body itself, where nothing more can be said about it.
            self.notes
                .push(format!("the part `{name}` is sent without headers of its own"));
            return;
        }
        let headers: Vec<(String, PartHeader)> = headers
            .members()
            .filter_map(|(header, written)| {
                Some((header.clone(), self.part_header(&name, header, written, is_needed)?))
            })
            .collect();
        if let Some(argument) = self.list.get_mut(before) {
            argument.part.headers = headers;
        }
    }

    /// What the header `name` of the part `part` holds.
    fn part_header(&mut self, part: &str, name: &str, written: Place<'o>, is_needed: bool) -> Option<PartHeader> {
        let lower = name.to_ascii_lowercase();
        if lower == NOT_HEADERS[0] {
            return None;
        }
        let mut left_out = |why: &str| {
            self.notes
                .push(format!("the header `{name}` of the part `{part}` is left out: {why}"));
            None
        };
        if NOT_HEADERS.contains(&lower.as_str()) {
            return left_out("it follows from the part");
        }
        if HeaderName::from_bytes(name.as_bytes()).is_err() {
            return left_out("it cannot be the name of a header");
        }
        let header = match self.operation.shared.documents.resolve(written) {
            Ok(header) => header,
            Err(problem) => return left_out(&problem),
        };
        let of_content = self.operation.shared.documents.media_types(header).next();
        let described = header
            .get("schema")
            .or_else(|| of_content.and_then(|(_, media_type)| media_type.get("schema")));
        let mut schema = described.map_or_else(Map::new, |schema| self.normaliser.root(schema));
        if types(&schema).is_empty() && !schema.contains_key("anyOf") {
            schema.insert("type".to_owned(), json!("string"));
        }
        let of_items = schema.get("items").and_then(Value::as_object);
        if !is_scalar(&schema) && !of_items.is_some_and(is_scalar) {
            self.notes.push(format!(
                "the header `{name}` of the part `{part}` is left out: it is neither simple nor a list"
            ));
            return None;
        }
        let is_always_there = header.value.get("required") == Some(&json!(true));
        let only = schema
            .get("enum")
            .and_then(Value::as_array)
            .filter(|values| values.len() == 1 && is_always_there && !carries_secret(name));
        if let Some(only) = only.and_then(|values| values.first()) {
            return Some(PartHeader::Fixed(text_of(only)));
        }
        if let Some(text) = header.text("description") {
            let longest = self.normaliser.longest_description();
            let text = self.operation.shared.texts.short(text, longest);
            schema.insert("description".to_owned(), json!(text));
        }
        let argument = Argument {
            required: is_needed && is_always_there,
            ..Argument::new(
                format!("{part}_{name}"),
                ArgumentPlace::PartHeader,
                ArgumentValue::Schema(schema),
            )
        };
        let (list, fixed) = (self.list.len(), self.fixed.len());
        self.push_shaped(argument, &[written.value, header.value]);
        if let Some(argument) = self.list.get(list) {
            return Some(PartHeader::Argument(argument.name.clone()));
        }
        // Hidden: what is sent in its place stands with the part.
        let fixed = self.fixed.drain(fixed..).next()?;
        Some(PartHeader::Fixed(text_of(&fixed.value)))
    }
}

/// What `encoding` lists under `contentType`.
pub(super) fn content_types(encoding: Place<'_>) -> Vec<&str> {
    let written = encoding.text("contentType").unwrap_or_default();
    written
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .collect()
}

/// Whether a part may be XML.
pub(super) fn has_xml_parts(media_type: Place<'_>) -> bool {
    let encodings = media_type.get("encoding").into_iter().flat_map(Place::members);
    encodings
        .into_iter()
        .any(|(_, encoding)| content_types(encoding).into_iter().any(is_xml))
}

/// The type of a part that is a file: whoever calls says it, unless there is only one.
pub(super) fn part_of_file(content_types: &[&str]) -> Part {
    let only = match content_types {
        [only] if !only.contains('*') => Some((*only).to_owned()),
        _ => None,
    };
    Part {
        media_type: only,
        headers: Vec::new(),
    }
}

/// `file`, with the types that the API takes in its description.
pub(super) fn of_types(file: ArgumentValue, content_types: &[&str]) -> ArgumentValue {
    match file {
        ArgumentValue::File { several, description }
            if content_types.len() > 1 || content_types.iter().any(|one| one.contains('*')) =>
        {
            let description = description.unwrap_or_default();
            let stop = if description.is_empty() || description.ends_with(['.', '!', '?']) {
                ""
            } else {
                "."
            };
            let all = content_types.join(", ");
            let description = format!("{description}{stop} Media types: {all}.")
                .trim_start()
                .to_owned();
            ArgumentValue::File {
                several,
                description: Some(description),
            }
        }
        file => file,
    }
}

/// The one of `content_types` that a part is sent with; none when that is the `usual` one.
fn chosen<'t>(content_types: &[&'t str], usual: &str) -> Option<&'t str> {
    let is_concrete = |one: &&&str| !one.contains('*');
    let takes = |pattern: &&str| {
        let kind = pattern.strip_suffix('*').unwrap_or(pattern);
        *pattern == usual || *pattern == "*/*" || kind.ends_with('/') && usual.starts_with(kind)
    };
    match content_types {
        [only] => Some(*only).filter(|only| is_concrete(&only)),
        several if several.iter().any(takes) => None,
        several => several.iter().find(is_concrete).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_types_the_usual_one_is_taken_else_the_first() {
        for (written, usual, expected) in [
            (&[][..], "text/plain", None),
            (&["text/csv"], "text/plain", Some("text/csv")),
            (&["text/*"], "text/plain", None),
            (&["text/csv", "text/*"], "text/plain", None),
            (&["image/*", "text/csv"], "text/plain", Some("text/csv")),
            (&["application/xml", "application/json"], "application/json", None),
            (
                &["application/xml", "text/csv"],
                "application/json",
                Some("application/xml"),
            ),
        ] {
            assert_eq!(chosen(written, usual), expected, "{written:?}");
        }
    }

    #[test]
    fn whoever_sends_a_file_knows_which_types_are_taken() {
        let file = |description: Option<&str>| ArgumentValue::File {
            several: false,
            description: description.map(str::to_owned),
        };
        let told = of_types(file(Some("A picture")), &["image/png", "image/*"]);
        assert_eq!(told, file(Some("A picture. Media types: image/png, image/*.")));
        assert_eq!(of_types(file(None), &["image/png"]), file(None));
        let only = part_of_file(&["image/png"]).media_type;
        assert_eq!(only.as_deref(), Some("image/png"));
        assert_eq!(part_of_file(&["image/png", "image/gif"]).media_type, None);
    }
}
