//! JSON Schemas as authors write them: in short, with references into their file, with harmless omissions.
//!
//! Pure. Must never know whether a schema is of an argument or of an answer.
//!
//! What comes out stands alone: no `$ref`, no `$defs`, every list with `items`, because some clients drop a tool, or
//! all tools, over a schema that has them or lacks them.

mod references;
mod shorthand;

use serde_json::{Map, Value, json};

pub(super) use references::Resolver;
pub(super) use shorthand::{expand, is_type_name};

/// Keywords whose value is a schema.
const SCHEMA: [&str; 11] = [
    "items",
    "additionalProperties",
    "additionalItems",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contains",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
];
/// Keywords whose value is a list of schemas.
const SCHEMAS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value is a table of schemas.
const NAMED_SCHEMAS: [&str; 3] = ["properties", "patternProperties", "dependentSchemas"];

/// A problem at a place within a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// JSON pointer into the schema as it was written.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
}

/// Adds what some clients insist on and removes what they trip over.
pub(super) fn tidy(schema: &mut Map<String, Value>) {
    schema.shift_remove("$schema");
    schema.shift_remove("$id");
    let is_list = schema.get("type").is_some_and(|kind| kind == "array");
    if is_list && !schema.contains_key("items") && !schema.contains_key("prefixItems") {
        schema.insert("items".to_owned(), json!({}));
    }
}

/// The JSON types that a schema's root names; empty when it does not say.
pub(super) fn root_types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
