//! Structured content is always an object: what becomes of answers that are not.

use serde_json::{Map, Value, json};

use crate::schema;

/// The key under which an answer that is no object is returned.
pub const RESULT_KEY: &str = "result";

/// `value` as structured content: objects as they are, anything else as `{"result": value}`.
#[must_use]
pub fn structured(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        value => Map::from_iter([(RESULT_KEY.to_owned(), value)]),
    }
}

/// The schema of [`structured`] values of `schema`, or `None` when the schema leaves open whether they are objects.
#[must_use]
pub fn structured_schema(schema: &Value) -> Option<Map<String, Value>> {
    let schema = schema::inlined(schema);
    let holds_objects = match schema.get("type")? {
        Value::String(name) => name == "object",
        Value::Array(names) if names.iter().any(|name| name == "object") => return None,
        _ => false,
    };
    let schema = if holds_objects {
        schema
    } else {
        json!({"type": "object", "properties": {RESULT_KEY: schema}})
    };
    match schema {
        Value::Object(members) => Some(members),
        _ => None,
    }
}
