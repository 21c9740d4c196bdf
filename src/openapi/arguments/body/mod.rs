//! The body of a request.

pub(super) mod form;
mod needed;
mod part;
mod undescribed;
mod xml;

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{Reading, types};
use crate::connector::{Syntax, is_several_media_types, is_yaml, media_type_essence};
use crate::openapi::answers::is_json_lines;
use crate::openapi::documents::Place;
use crate::openapi::model::{Argument, ArgumentPlace, ArgumentValue, Body, BodyKind};
use crate::openapi::shaping;

/// What can be sent, best first.
const KINDS: [BodyKind; 6] = [
    BodyKind::Json,
    BodyKind::Form,
    BodyKind::Multipart,
    BodyKind::Xml,
    BodyKind::Text,
    BodyKind::Bytes,
];

/// Most fields that are named of a body that is left out.
const MOST_FIELDS: usize = 10;

/// Longest description of a body that is one argument, in characters.
const LONGEST_DESCRIPTION: usize = 200;

/// Most media types of one file that are named. Some descriptions list every one that there is.
const MOST_TYPES: usize = 10;

/// The one type of several parts that is sent.
const FORM_OF_PARTS: &str = "multipart/form-data";

/// What descriptions write in its place. No other bodies are called so.
const MISSPELT_FORMS: [&str; 5] = [
    "application/form-data",
    "multipart/data",
    "multipart/form",
    "multipart/x-www-form-urlencoded",
    "multipart/*",
];

/// Stands for every media type.
const ANY_TYPE: &str = "*/*";

impl<'o> Reading<'o> {
    /// Reads the body, if there is one.
    pub(super) fn read_body(&mut self) -> Result<(), String> {
        let Some(written) = self
            .operation
            .place
            .get("requestBody")
            .filter(|body| body.value.is_object())
        else {
            return Ok(());
        };
        let body = match self.operation.shared.documents.resolve(written) {
            Ok(body) => body,
            Err(problem) => return Err(format!("its body cannot be read: {problem}")),
        };
        let is_required = body.value.get("required") == Some(&json!(true));
        let choices: Vec<(&'o str, Place<'o>)> = self.operation.shared.documents.media_types(body).collect();
        let Some((kind, name, media_type)) = self.choose(&choices).or_else(|| self.sent_as_json(&choices)) else {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            if names.is_empty() {
                return Ok(());
            }
            if !is_required && self.has_no_body() {
                self.tell_of_no_body(&[]);
                return Ok(());
            }
            return Err(format!(
                "it sends {}, which this version cannot build",
                names.join(" or ")
            ));
        };
        if self.has_no_body() {
            return self.body_that_is_not_sent(media_type, is_required);
        }
        let essence = match kind {
            BodyKind::Bytes => self.types_of_bytes(&choices),
            BodyKind::Multipart => self.multipart(name),
            _ => media_type_essence(name),
        };
        let sends_all = match kind {
            BodyKind::Bytes => essence == ANY_TYPE || essence.split(", ").count() == choices.len(),
            _ => choices.len() == 1,
        };
        if !sends_all {
            let name = if kind == BodyKind::Bytes { &essence } else { name };
            self.notes
                .push(format!("sends `{name}`, of {} types that the API takes", choices.len()));
        }
        let mut xml = None;
        let before = self.list.len();
        self.kind = Some(kind);
        match kind {
            BodyKind::Json => self.json(media_type, is_required),
            BodyKind::Form | BodyKind::Multipart => self.fields(kind, media_type, is_required)?,
            BodyKind::Xml => xml = self.xml(media_type, is_required),
            BodyKind::Text if is_json_lines(&essence) => {
                let described = self.lines(media_type);
                self.whole_text(&described, is_required);
            }
            BodyKind::Text => self.text(body, media_type, &essence, is_required),
            BodyKind::Bytes => self.bytes(body, &essence, is_required),
        }
        let is_always_sent = self.fixed.iter().any(|fixed| fixed.place == ArgumentPlace::Body);
        if self.list.len() > before || is_always_sent {
            self.body = Some(Body {
                media_type: named(kind, essence),
                kind: if kind == BodyKind::Xml && xml.is_none() {
                    BodyKind::Text
                } else {
                    kind
                },
                xml,
            });
        }
        Ok(())
    }

    /// The one of `choices` that is sent, and as what.
    fn choose(&self, choices: &[(&'o str, Place<'o>)]) -> Option<(BodyKind, &'o str, Place<'o>)> {
        let chosen = KINDS.iter().find_map(|kind| {
            let alike = choices.iter().filter(|(name, _)| kind_of(name) == Some(*kind));
            let (name, media_type) = alike.min_by_key(|(name, media_type)| self.rank(name, *media_type))?;
            Some((*kind, *name, *media_type))
        });
        match chosen {
            // Files cannot be sent in a plain form.
            Some((BodyKind::Form, _, media_type)) if self.has_files(media_type) => choices
                .iter()
                .find(|(name, _)| kind_of(name) == Some(BodyKind::Multipart))
                .map(|(name, media_type)| (BodyKind::Multipart, *name, *media_type))
                .or(chosen),
            // What is described as data is not text: JSON is YAML as well.
            Some((BodyKind::Text, name, media_type)) if is_yaml(name) && self.is_data(media_type) => {
                Some((BodyKind::Json, name, media_type))
            }
            chosen => chosen,
        }
    }

    /// Which of several types of one kind is sent: the one of the lowest rank, of those the first. A patch is another way
    /// to say the same, which a description may name first; what a JSON Patch (RFC 6902) can be is a list.
    fn rank(&self, name: &str, media_type: Place<'o>) -> u8 {
        match media_type_essence(name).as_str() {
            "application/json" => 0,
            "application/merge-patch+json" => 2,
            "application/json-patch+json" if !self.is_list(media_type) => 3,
            _ => 1,
        }
    }

    /// Whether the value of `media_type` is described as a list.
    fn is_list(&self, media_type: Place<'o>) -> bool {
        let schema = media_type.get("schema");
        let schema = schema.and_then(|schema| self.operation.shared.documents.resolve(schema).ok());
        schema.and_then(|schema| schema.text("type")) == Some("array")
    }

    /// What a text is that has a value of JSON on each line, which `itemSchema` describes (`OpenAPI` 3.2, "Sequential
    /// Media Types").
    fn lines(&mut self, media_type: Place<'o>) -> String {
        let schema = media_type
            .get("itemSchema")
            .map_or_else(Map::new, |schema| self.normaliser.root(schema));
        let names = named_members(&schema, MOST_FIELDS);
        let described = if names.is_empty() {
            String::new()
        } else {
            format!(": an object with {}", names.join(", "))
        };
        format!("JSON, one value on each line{described}.")
    }

    /// What the bytes of a file are sent as: the types among `choices` that are neither text nor data, unless these say
    /// nothing and a header parameter does.
    fn types_of_bytes(&self, choices: &[(&str, Place<'o>)]) -> String {
        let is_bytes = |name: &str| kind_of(name) == Some(BodyKind::Bytes);
        let mut all: Vec<String> = Vec::new();
        for (name, _) in choices.iter().filter(|(name, _)| is_bytes(name)) {
            let essence = media_type_essence(name);
            if !all.contains(&essence) && essence.parse::<mime::Mime>().is_ok() {
                all.push(essence);
            }
        }
        let is_anything = all
            .iter()
            .all(|one| one == "application/octet-stream" || one.contains('*'));
        let said = self.said_types.iter().find(|one| is_bytes(one) && !one.contains('*'));
        match said {
            Some(said) if is_anything => media_type_essence(said),
            _ if all.len() > MOST_TYPES || all.is_empty() => ANY_TYPE.to_owned(),
            _ => all.join(", "),
        }
    }

    /// The bytes of one file, which is of one of `types`.
    fn bytes(&mut self, body: Place<'o>, types: &str, is_required: bool) {
        let described = self.description_of(body);
        let description = if is_several_media_types(types) && types != ANY_TYPE {
            format!("{described} Takes {types}.").trim_start().to_owned()
        } else {
            described
        };
        let value = ArgumentValue::File {
            several: false,
            description: Some(description).filter(|text| !text.is_empty()),
        };
        self.whole(value, is_required);
    }

    /// One text: as its schema says, when that is one of texts.
    fn text(&mut self, body: Place<'o>, media_type: Place<'o>, essence: &str, is_required: bool) {
        let mut schema = media_type
            .get("schema")
            .map_or_else(Map::new, |schema| self.normaliser.root(schema));
        if types(&schema) != ["string"] || schema.contains_key("anyOf") {
            schema = Map::from_iter([("type".to_owned(), json!("string"))]);
        }
        // Whoever calls writes the whole text, whatever it holds.
        schema.retain(|key, _| !matches!(key.as_str(), "format" | "contentEncoding"));
        if !schema.contains_key("description") {
            let described = self.description_of(body);
            let form = if essence == "text/plain" {
                String::new()
            } else {
                format!("As {essence}.")
            };
            let text = format!("{described} {form}").trim().to_owned();
            if !text.is_empty() {
                schema.insert("description".to_owned(), json!(text));
            }
        }
        self.whole(ArgumentValue::Schema(schema), is_required);
    }

    /// What a description says of a body.
    fn description_of(&self, body: Place<'o>) -> String {
        let text = body.text("description").unwrap_or_default();
        self.operation.shared.texts.short(text, LONGEST_DESCRIPTION)
    }

    /// What has no media type, or something else in its place, such as nothing or `applicationjson`: nearly all of these
    /// APIs take JSON.
    fn sent_as_json(&mut self, choices: &[(&'o str, Place<'o>)]) -> Option<(BodyKind, &'o str, Place<'o>)> {
        let (name, media_type) = choices.iter().find(|(name, _)| !name.contains('/'))?;
        self.notes
            .push(format!("`{name}` is no media type: its body is sent as JSON"));
        Some((BodyKind::Json, *name, *media_type))
    }

    /// The type of a body of several parts, which is a form whatever its name is.
    fn multipart(&mut self, name: &str) -> String {
        if !name.trim_start().to_ascii_lowercase().starts_with(FORM_OF_PARTS) {
            self.notes.push(format!("`{name}` is sent as `{FORM_OF_PARTS}`"));
        }
        FORM_OF_PARTS.to_owned()
    }

    /// The schema of a body that may be sent otherwise, or not at all: what is left out of it is not told.
    fn looked_at(&self, media_type: Place<'o>) -> Map<String, Value> {
        let schema = media_type.get("schema");
        schema.map_or_else(Map::new, |schema| self.normaliser.another().root(schema))
    }

    /// Whether a body is an object or a list by its schema.
    fn is_data(&self, media_type: Place<'o>) -> bool {
        let schema = self.looked_at(media_type);
        matches!(types(&schema).as_slice(), ["object" | "array"])
    }

    fn has_files(&self, media_type: Place<'o>) -> bool {
        let schema = self.looked_at(media_type);
        let properties = schema.get("properties").and_then(Value::as_object);
        let mut all = properties.into_iter().flatten();
        all.any(|(_, property)| property.as_object().is_some_and(|schema| file(schema).is_some()))
    }

    fn has_no_body(&self) -> bool {
        matches!(self.operation.method, "GET" | "HEAD")
    }

    fn body_that_is_not_sent(&mut self, media_type: Place<'o>, is_required: bool) -> Result<(), String> {
        let schema = self.looked_at(media_type);
        let fields: Vec<&str> = schema
            .get("properties")
            .and_then(Value::as_object)
            .map_or_else(Vec::new, |properties| properties.keys().map(String::as_str).collect());
        if is_required && !fields.is_empty() {
            let method = self.operation.method;
            return Err(format!("it is a {method} request with a body, which is never sent"));
        }
        // Many descriptions give every operation a body that is anything: that one is needed cannot be told from it.
        self.tell_of_no_body(&fields);
        Ok(())
    }

    /// Says that a request is sent without the body that is described, and which fields that had.
    fn tell_of_no_body(&mut self, fields: &[&str]) {
        let method = self.operation.method;
        let named: Vec<String> = fields
            .iter()
            .take(MOST_FIELDS)
            .map(|name| format!("`{name}`"))
            .collect();
        let named = match (named.is_empty(), fields.len() > MOST_FIELDS) {
            (true, _) => String::new(),
            (false, false) => format!(", which has {}", named.join(", ")),
            (false, true) => format!(", which has {} and others", named.join(", ")),
        };
        self.notes
            .push(format!("the body is left out{named}: it is a {method} request"));
    }

    fn json(&mut self, media_type: Place<'o>, is_required: bool) {
        let mut schema = media_type
            .get("schema")
            .map_or_else(Map::new, |schema| self.normaliser.root(schema));
        as_base64(&mut schema);
        if let Some((properties, required)) = flat(&mut schema) {
            for (name, property) in properties {
                let is_needed = required.contains(&name);
                let mut schema = match property {
                    Value::Object(schema) => schema,
                    _ => Map::new(),
                };
                let shape = schema.shift_remove(shaping::KEY);
                self.member(member(name, is_needed, ArgumentValue::Schema(schema)), shape);
            }
            let is_closed = schema.contains_key("additionalProperties");
            let undescribed = self.undescribed(media_type.get("schema"));
            self.undescribed_members(&undescribed, is_closed);
            if is_required {
                self.need_one(media_type.get("schema"), &schema);
            }
        } else {
            self.whole(ArgumentValue::Schema(schema), is_required);
        }
    }

    /// Adds a member of the body, as `shape` wants it.
    pub(super) fn member(&mut self, argument: Argument, shape: Option<Value>) {
        let written = shape.map_or(Value::Null, |shape| json!({ shaping::KEY: shape }));
        self.push_shaped(argument, &[&written]);
    }

    fn whole(&mut self, value: ArgumentValue, required: bool) {
        let sent_as = match &value {
            ArgumentValue::File { .. } => "file",
            ArgumentValue::Schema(_) => "body",
        };
        self.push(Argument {
            required,
            ..Argument::new(sent_as, ArgumentPlace::WholeBody, value)
        });
    }
}

/// The argument for a member of the body.
fn member(name: String, required: bool, value: ArgumentValue) -> Argument {
    Argument {
        required,
        ..Argument::new(name, ArgumentPlace::Body, value)
    }
}

/// The names of the first members that a schema has, as they stand in a text.
fn named_members(schema: &Map<String, Value>, most: usize) -> Vec<String> {
    let members = schema.get("properties").and_then(Value::as_object);
    let names = members.into_iter().flat_map(Map::keys).take(most);
    names.map(|name| format!("`{name}`")).collect()
}

/// The type that a body is sent under, which names one alone.
fn named(kind: BodyKind, essence: String) -> String {
    let is_range = essence.contains('*');
    match kind {
        BodyKind::Json if is_range || !essence.contains('/') => "application/json".to_owned(),
        BodyKind::Text if is_range => "text/plain".to_owned(),
        BodyKind::Xml if is_range => "application/xml".to_owned(),
        _ => essence,
    }
}

fn kind_of(media_type: &str) -> Option<BodyKind> {
    let essence = media_type_essence(media_type);
    Some(match essence.as_str() {
        "*/*" | "application/*" => BodyKind::Json,
        "application/x-www-form-urlencoded" => BodyKind::Form,
        _ if Syntax::of(&essence) == Syntax::Json => BodyKind::Json,
        _ if essence.starts_with(FORM_OF_PARTS) || MISSPELT_FORMS.contains(&essence.as_str()) => BodyKind::Multipart,
        _ if essence.ends_with("/xml") || essence.ends_with("+xml") => BodyKind::Xml,
        _ if essence.starts_with("multipart/") => return None,
        _ if essence.starts_with("text/") || is_yaml(&essence) || is_json_lines(&essence) => BodyKind::Text,
        _ if essence.contains('/') => BodyKind::Bytes,
        _ => return None,
    })
}

/// The properties of an object that has these and no others, and which of them are required.
pub(super) fn flat(schema: &mut Map<String, Value>) -> Option<(Map<String, Value>, HashSet<String>)> {
    let is_open = schema
        .get("additionalProperties")
        .is_some_and(|more| *more != json!(false));
    let is_object = types(schema) == ["object"] && schema.get("anyOf").is_none() && !is_open;
    let has_some = schema
        .get("properties")
        .and_then(Value::as_object)
        .is_some_and(|properties| !properties.is_empty());
    if !is_object || !has_some {
        return None;
    }
    let required = match schema.get("required") {
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(|name| Some(name.as_str()?.to_owned()))
            .collect(),
        _ => HashSet::new(),
    };
    match schema.shift_remove("properties") {
        Some(Value::Object(properties)) => Some((properties, required)),
        _ => None,
    }
}

/// The file that a schema of bytes stands for.
fn file(schema: &Map<String, Value>) -> Option<ArgumentValue> {
    let is_binary = |schema: &Map<String, Value>| schema.get("format").is_some_and(|format| format == "binary");
    let several = schema.get("items").and_then(Value::as_object).is_some_and(is_binary);
    let description = schema.get("description").and_then(Value::as_str).map(str::to_owned);
    (several || is_binary(schema)).then_some(ArgumentValue::File { several, description })
}

/// Bytes within JSON or a form can only be text.
fn as_base64(schema: &mut Map<String, Value>) {
    if schema.get("format").is_some_and(|format| format == "binary") {
        schema.shift_remove("format");
        schema.insert("contentEncoding".to_owned(), json!("base64"));
    }
    for value in schema.values_mut() {
        within(value);
    }
}

fn within(value: &mut Value) {
    match value {
        Value::Object(schema) => as_base64(schema),
        Value::Array(items) => items.iter_mut().for_each(within),
        _ => {}
    }
}
