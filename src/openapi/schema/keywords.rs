//! The keywords of one schema, each as 2020-12 has it; what the versions of `OpenAPI` spell differently, and what real
//! descriptions get wrong.

use std::collections::HashSet;

use serde_json::{Map, Number, Value, json};

use super::value::{coerced, implied_type, in_type_of, is_unwritable};
use super::{Change, Direction, MOST_VALUES, Normaliser, Place, is_nothing, is_true, measure};
use crate::connector::{is_xml, is_yaml, media_type_essence};
use crate::openapi::json::member;
use crate::openapi::{shaping, yaml};

/// Formats that tell a model how to write a value. Others, such as `int32`, only repeat the type.
pub(super) const TELLING_FORMATS: [&str; 12] = [
    "date",
    "date-time",
    "time",
    "duration",
    "email",
    "uri",
    "uuid",
    "ipv4",
    "ipv6",
    "hostname",
    "binary",
    "password",
];

/// Keywords that some clients refuse and that say nothing that the API does not check itself.
const TRIPPING: [&str; 12] = [
    "not",
    "if",
    "then",
    "else",
    "contains",
    "dependentSchemas",
    "dependentRequired",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
    "patternProperties",
    "$dynamicRef",
];

/// Keys of an `xml` object.
const OF_XML: [&str; 6] = ["name", "prefix", "namespace", "attribute", "wrapped", "nodeType"];

/// Most parts of `allOf`, within each other or not, that are looked at for a word about the direction of a property.
const MOST_PARTS: usize = 16;

/// Longest example in characters.
const LONGEST_EXAMPLE: usize = 60;

/// Longest list of examples that are looked at for one that can be shown.
const MOST_EXAMPLES: usize = 3;

/// Whether what has this media type is text, be it data as well.
pub(in crate::openapi) fn is_text(media_type: &str) -> bool {
    let essence = media_type_essence(media_type);
    let is_data = essence.contains("json") || is_xml(&essence) || is_yaml(&essence);
    is_data || essence.starts_with("text/") || essence == "application/x-www-form-urlencoded"
}

impl<'d> Normaliser<'d> {
    /// What the schema at `place` says itself, without `allOf`, `oneOf`, `anyOf` and null.
    pub(super) fn own(&mut self, place: Place<'d>, depth: usize) -> Map<String, Value> {
        let mut schema = Map::new();
        let types = self.types(place);
        match types.as_slice() {
            [] => {}
            [only] => {
                schema.insert("type".to_owned(), json!(only));
            }
            several => {
                schema.insert("type".to_owned(), json!(several));
            }
        }
        let may_be = |kind: &str| types.is_empty() || types.contains(&kind);
        self.describe(place, depth, &mut schema);
        self.values(place, &types, &mut schema);
        if may_be("string") {
            self.text_rules(place, &mut schema);
        }
        if may_be("number") || may_be("integer") {
            self.number_rules(place, &mut schema);
        }
        if may_be("array") {
            self.items(place, depth, &mut schema);
        }
        if may_be("object") {
            self.properties(place, depth, &mut schema);
        }
        for keyword in TRIPPING {
            if place.get(keyword).is_some() {
                self.changed(Change::Keyword);
            }
        }
        Self::default(place, &mut schema);
        self.example(place, &mut schema);
        if self.keeps_xml
            && let Some(xml) = place.get("xml")
        {
            let kept: Map<String, Value> = xml
                .members()
                .filter(|(key, _)| OF_XML.contains(&key.as_str()))
                .map(|(key, place)| (key.clone(), place.value.clone()))
                .collect();
            if !kept.is_empty() {
                schema.insert("xml".to_owned(), Value::Object(kept));
            }
        }
        if depth > 0 && self.direction == Direction::Input {
            // Arguments, and what shapes what is inside of them, take it out again.
            schema.extend(member(place.value, shaping::KEY).map(|shape| (shaping::KEY.to_owned(), shape.clone())));
        }
        self.spent += measure::own_bytes(&schema);
        schema
    }

    /// The types of values, without null.
    pub(super) fn types(&mut self, place: Place<'d>) -> Vec<&'static str> {
        let written: Vec<&str> = match member(place.value, "type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut types: Vec<&'static str> = Vec::new();
        for name in &written {
            let kind = match name.to_ascii_lowercase().as_str() {
                "string" | "text" | "str" | "date" | "datetime" | "date-time" | "uuid" | "file" => "string",
                "integer" | "int" | "int32" | "int64" | "long" => "integer",
                "number" | "float" | "double" | "decimal" => "number",
                "boolean" | "bool" => "boolean",
                "array" | "list" => "array",
                "object" | "map" => "object",
                "null" if written.len() == 1 => "null",
                "null" | "any" => continue,
                _ => {
                    self.changed(Change::Mistake);
                    continue;
                }
            };
            if !types.contains(&kind) {
                types.push(kind);
            }
        }
        if types.contains(&"number") {
            types.retain(|kind| *kind != "integer");
        }
        if types.is_empty() && written.is_empty() {
            types.extend(implied_type(place.value));
        }
        types
    }

    fn describe(&mut self, place: Place<'d>, depth: usize, schema: &mut Map<String, Value>) {
        // A root is described beside its argument.
        let longest = if depth == 0 {
            self.longest_description()
        } else {
            self.limits.description
        };
        let written = place
            .text("description")
            .or_else(|| place.text("title"))
            .filter(|_| longest > 0);
        if let Some(text) = written
            .map(|text| self.shared.texts.short(text, longest))
            .filter(|text| !text.is_empty())
        {
            schema.insert("description".to_owned(), json!(text));
        }
    }

    /// `enum` and `const`, in the schema's own type: YAML reads `on` and `1` as its authors may not have meant them.
    fn values(&mut self, place: Place<'d>, types: &[&str], schema: &mut Map<String, Value>) {
        let written: Vec<&Value> = match (member(place.value, "const"), member(place.value, "enum")) {
            (Some(value), _) => vec![value],
            (None, Some(Value::Array(values))) => values.iter().collect(),
            (None, Some(_)) => {
                self.changed(Change::Mistake);
                return;
            }
            (None, None) => return,
        };
        if types == ["array"] || types == ["object"] {
            // Meant for the items, mostly.
            self.changed(Change::Mistake);
            return;
        }
        if written.len() > MOST_VALUES {
            self.changed(Change::Keyword);
            return;
        }
        let mut values: Vec<Value> = Vec::new();
        let mut known = HashSet::new();
        for value in written.iter().filter(|value| !value.is_null()) {
            match coerced(value, types) {
                Some(value) if known.insert(value.clone()) => values.push(value),
                Some(_) => {}
                None => self.changed(Change::Mistake),
            }
        }
        if values.iter().any(is_unwritable) {
            self.changed(Change::Keyword);
            return;
        }
        if !values.is_empty() {
            schema.insert("enum".to_owned(), Value::Array(values));
        } else if written.iter().any(|value| value.is_null()) && types.is_empty() {
            schema.insert("type".to_owned(), json!("null"));
        }
    }

    fn text_rules(&mut self, place: Place<'d>, schema: &mut Map<String, Value>) {
        let mut format = place.text("format").unwrap_or_default();
        if place.text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("file")) {
            format = "binary";
        }
        let encoding = place.text("contentEncoding");
        // A media type without an encoding is how 3.1 says `format: binary`.
        if encoding.is_none() && place.text("contentMediaType").is_some_and(|kind| !is_text(kind)) {
            format = "binary";
        }
        if matches!(format, "byte" | "base64") || encoding.is_some_and(|kind| kind.eq_ignore_ascii_case("base64")) {
            schema.insert("contentEncoding".to_owned(), json!("base64"));
        } else if TELLING_FORMATS.contains(&format) {
            schema.insert("format".to_owned(), json!(format));
        }
        if schema.get("format").is_some_and(|format| format == "password") {
            // What marks an argument whose value is never shown, logged or stored.
            schema.insert("writeOnly".to_owned(), json!(true));
        }
        for keyword in ["minLength", "maxLength"] {
            self.count(place, keyword, schema);
        }
        if let Some(written) = place.text("pattern") {
            if let Some(pattern) = self.shared.pattern(written) {
                schema.insert("pattern".to_owned(), json!(pattern));
            } else {
                self.changed(Change::Keyword);
            }
        }
    }

    fn number_rules(&mut self, place: Place<'d>, schema: &mut Map<String, Value>) {
        for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
            let inclusive = self.number(place, bound);
            match member(place.value, exclusive) {
                // As 2.0 and 3.0 spell it.
                Some(Value::Bool(true)) => {
                    schema.extend(inclusive.map(|number| (exclusive.to_owned(), Value::Number(number))));
                }
                Some(Value::Bool(false)) | None => {
                    schema.extend(inclusive.map(|number| (bound.to_owned(), Value::Number(number))));
                }
                Some(_) => {
                    let own = self.number(place, exclusive);
                    schema.extend(inclusive.map(|number| (bound.to_owned(), Value::Number(number))));
                    schema.extend(own.map(|number| (exclusive.to_owned(), Value::Number(number))));
                }
            }
        }
        if let Some(number) = self.number(place, "multipleOf") {
            if number.as_f64().is_some_and(|number| number > 0.0) {
                schema.insert("multipleOf".to_owned(), Value::Number(number));
            } else {
                self.changed(Change::Mistake);
            }
        }
    }

    fn number(&mut self, place: Place<'d>, keyword: &str) -> Option<Number> {
        let number = match member(place.value, keyword)? {
            Value::Number(number) => Some(number.clone()),
            Value::String(text) => yaml::number(text.trim()),
            _ => None,
        };
        if number.is_none() {
            self.changed(Change::Mistake);
        }
        number
    }

    fn count(&mut self, place: Place<'d>, keyword: &str, schema: &mut Map<String, Value>) {
        let Some(number) = self.number(place, keyword) else {
            return;
        };
        let whole = number.as_u64().or_else(|| {
            let float = number
                .as_f64()
                .filter(|float| float.fract() == 0.0 && (0.0..1e15).contains(float))?;
            format!("{float}").parse().ok()
        });
        match whole {
            // No less than nothing is what every value has.
            Some(0) if keyword.starts_with("min") => {}
            Some(count) => {
                schema.insert(keyword.to_owned(), json!(count));
            }
            None => self.changed(Change::Mistake),
        }
    }

    fn items(&mut self, place: Place<'d>, depth: usize, schema: &mut Map<String, Value>) {
        let is_list = schema.get("type").is_some_and(|kind| match kind {
            Value::Array(kinds) => kinds.iter().any(|kind| kind == "array"),
            kind => kind == "array",
        });
        if !is_list {
            return;
        }
        let is_cut = depth >= self.limits.depth;
        let items = place.get("items").filter(|items| items.value.is_object());
        let items = match items {
            Some(items) if is_cut => self.within_a_cut(items, depth),
            Some(items) => self.schema(items, depth + 1),
            // Of positions there is none that all clients know; a list of anything is what they share.
            None => {
                if place.get("prefixItems").is_some() || place.get("items").is_some_and(|items| items.value.is_array())
                {
                    self.changed(Change::Keyword);
                }
                Map::new()
            }
        };
        let items = if is_nothing(&items) { Map::new() } else { items };
        schema.insert("items".to_owned(), Value::Object(items));
        for keyword in ["minItems", "maxItems"] {
            self.count(place, keyword, schema);
        }
        if is_true(place.value, "uniqueItems") {
            schema.insert("uniqueItems".to_owned(), json!(true));
        }
    }

    fn properties(&mut self, place: Place<'d>, depth: usize, schema: &mut Map<String, Value>) {
        let is_cut = depth >= self.limits.depth;
        let mut required: Vec<Value> = match member(place.value, "required") {
            Some(Value::Array(names)) => names.iter().filter(|name| name.is_string()).cloned().collect(),
            _ => Vec::new(),
        };
        if let Some(written) = place.get("properties").filter(|written| written.value.is_object()) {
            let mut properties = Map::new();
            for (name, property) in written.members() {
                if self.is_one_way(property) {
                    continue;
                }
                if is_true(property.value, "required") {
                    // As drafts before the fourth had it.
                    required.push(json!(name));
                }
                let described = if is_cut {
                    self.within_a_cut(property, depth)
                } else {
                    self.schema(property, depth + 1)
                };
                if !is_nothing(&described) {
                    properties.insert(name.clone(), Value::Object(described));
                }
            }
            if !properties.is_empty() {
                schema.entry("type").or_insert_with(|| json!("object"));
                schema.insert("properties".to_owned(), Value::Object(properties));
            }
        }
        let mut known = HashSet::new();
        required.retain(|name| known.insert(name.clone()));
        if !required.is_empty() {
            schema.insert("required".to_owned(), Value::Array(required));
        }
        match place.get("additionalProperties") {
            Some(Place {
                value: Value::Bool(false),
                ..
            }) if place.get("patternProperties").is_none() => {
                schema.insert("additionalProperties".to_owned(), json!(false));
            }
            Some(more) if more.value.is_object() => {
                let more = if is_cut {
                    self.within_a_cut(more, depth)
                } else {
                    self.schema(more, depth + 1)
                };
                if !more.is_empty() && !is_nothing(&more) {
                    schema.insert("additionalProperties".to_owned(), Value::Object(more));
                }
            }
            _ => {}
        }
        for keyword in ["minProperties", "maxProperties"] {
            if place.get(keyword).is_some() {
                self.count(place, keyword, schema);
            }
        }
    }

    /// Whether a property never goes in this direction: by what it says itself, what it refers to, or one of its parts.
    fn is_one_way(&self, property: Place<'d>) -> bool {
        let keyword = match self.direction {
            Direction::Input => "readOnly",
            Direction::Output => "writeOnly",
        };
        let mut found = false;
        let mut next = vec![property];
        let mut left = MOST_PARTS;
        while let Some(part) = next.pop().filter(|_| !found && left > 0) {
            left -= 1;
            let target = self.shared.documents.resolve(part).unwrap_or(part);
            found = is_true(part.value, keyword) || is_true(target.value, keyword);
            next.extend(target.get("allOf").into_iter().flat_map(Place::items).take(left));
        }
        found
    }

    /// What is written as the default. Whether it is one is only known of the finished schema.
    fn default(place: Place<'d>, schema: &mut Map<String, Value>) {
        if let Some(written) = member(place.value, "default").filter(|value| !value.is_null()) {
            schema.insert("default".to_owned(), written.clone());
        }
    }

    /// Keeps the default of a finished schema, in the schema's type, when the schema takes it. One that it does not take
    /// would make calls fail that leave the value out.
    pub(super) fn keep_possible_default(&mut self, schema: &mut Map<String, Value>) {
        let Some(written) = schema.get("default") else {
            return;
        };
        if let Some(default) = measure::default_of(schema, written) {
            schema.insert("default".to_owned(), default);
        } else {
            let change = if is_unwritable(written) {
                Change::Keyword
            } else {
                Change::Mistake
            };
            schema.shift_remove("default");
            self.changed(change);
        }
    }

    fn example(&mut self, place: Place<'d>, schema: &mut Map<String, Value>) {
        if !self.limits.examples || schema.contains_key("enum") || !schema.contains_key("type") {
            return;
        }
        let several = member(place.value, "examples").and_then(Value::as_array);
        let all = member(place.value, "example")
            .into_iter()
            .chain(several.into_iter().flatten());
        let shown = all.take(MOST_EXAMPLES).find(|example| match example {
            Value::String(text) => !text.is_empty() && text.chars().count() <= LONGEST_EXAMPLE && !text.contains("{{"),
            Value::Number(_) => true,
            _ => false,
        });
        // A date or an address is written as its format says.
        if let Some(example) = shown.filter(|_| !schema.contains_key("format")) {
            let example = match in_type_of(schema, example).unwrap_or_else(|| example.clone()) {
                Value::String(text) => json!(self.shared.texts.short(&text, LONGEST_EXAMPLE)),
                other => other,
            };
            schema.insert("examples".to_owned(), json!([example]));
        }
    }
}
