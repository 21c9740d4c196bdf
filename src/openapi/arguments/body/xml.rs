//! Bodies of XML.

use serde_json::{Map, Value, json};

use super::{as_base64, flat, member};
use crate::openapi::arguments::Reading;
use crate::openapi::documents::Place;
use crate::openapi::model::ArgumentValue;
use crate::openapi::shaping;

/// Most elements that are named in the description of XML.
const MOST_ELEMENTS: usize = 20;

impl<'o> Reading<'o> {
    /// A document by its schema, and its root element. Where there is no such schema, or nothing names the root, `None`:
    /// then whoever calls writes the XML.
    pub(super) fn xml(&mut self, media_type: Place<'o>, is_required: bool) -> Option<Map<String, Value>> {
        let written = media_type.get("schema");
        let mut schema = written.map_or_else(Map::new, |schema| self.normaliser.root_of_xml(schema));
        let is_described =
            schema.contains_key("properties") || schema.contains_key("items") || schema.contains_key("anyOf");
        if !is_described {
            self.whole_text("The XML.", is_required);
            return None;
        }
        as_base64(&mut schema);
        let mut root = match schema.get("xml") {
            Some(Value::Object(xml)) => xml.clone(),
            _ => Map::new(),
        };
        if !root.contains_key("name") {
            // The name of the schema, when it has one (OpenAPI 3.1, section 4.8.26).
            let name = written.and_then(|schema| schema.text("$ref")?.rsplit('/').next());
            let Some(name) = name else {
                self.notes
                    .push("the root element of its XML has no name: whoever calls writes the XML".to_owned());
                self.whole_text(&unnamed_xml(&schema), is_required);
                return None;
            };
            root.insert("name".to_owned(), json!(name));
        }
        root.retain(|key, _| matches!(key.as_str(), "name" | "prefix" | "namespace"));
        if let Some((properties, required)) = flat(&mut schema) {
            for (name, property) in properties {
                let is_needed = required.contains(&name);
                let mut schema = property.as_object().cloned().unwrap_or_default();
                let shape = schema.shift_remove(shaping::KEY);
                self.member(member(name, is_needed, ArgumentValue::Schema(schema)), shape);
            }
        } else {
            self.whole(ArgumentValue::Schema(schema), is_required);
        }
        Some(root)
    }

    pub(super) fn whole_text(&mut self, description: &str, is_required: bool) {
        let text = json!({"type": "string", "description": description});
        self.whole(
            ArgumentValue::Schema(text.as_object().cloned().unwrap_or_default()),
            is_required,
        );
    }
}

/// What is told of XML whose root element has no name: what the description says is in it.
fn unnamed_xml(schema: &Map<String, Value>) -> String {
    let names = super::named_members(schema, MOST_ELEMENTS);
    if names.is_empty() {
        return "The whole XML document.".to_owned();
    }
    format!("The whole XML document. The API describes in it: {}.", names.join(", "))
}
