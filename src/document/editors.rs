//! What editors need: a schema that lets a file name its schema, and files in which that name says nothing.

use serde_json::{Value, json};

use super::{Kind, Node};

/// The key under which a JSON document names its schema. TOML and YAML have comments for that, and some editors read
/// the key there as well.
pub const SCHEMA_KEY: &str = "$schema";

/// The same schema for documents that may name it.
#[must_use]
pub fn for_editors(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let named = json!({ "type": "string", "description": "The schema of this file, for editors." });
        properties.insert(SCHEMA_KEY.to_owned(), named);
    }
    schema
}

/// Drops the name of a document's schema: it is no part of what the document says.
pub(super) fn forget(root: &mut Node) {
    let Some(members) = root.members_mut() else { return };
    members.retain(|member| member.key != SCHEMA_KEY || !matches!(member.value.kind, Kind::Text(_)));
}
