//! Schemas in short: `{ "id": "string", "limit": "integer" }` (contract S1-26).

use serde_json::{Map, Value, json};

/// Keywords that make a table a schema, whatever else is in it.
const STRUCTURAL: [&str; 29] = [
    "$schema",
    "$id",
    "$anchor",
    "$ref",
    "$dynamicRef",
    "$defs",
    "properties",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "unevaluatedProperties",
    "dependentSchemas",
    "dependentRequired",
    "items",
    "prefixItems",
    "unevaluatedItems",
    "minContains",
    "maxContains",
    "contentEncoding",
    "contentMediaType",
    "enum",
    "const",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "additionalProperties",
    "required",
];
/// Keywords that describe a value of some `type`, and may as well be names of properties.
const ANNOTATIONS: [&str; 29] = [
    "title",
    "description",
    "default",
    "examples",
    "example",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "nullable",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
    "contains",
    "if",
    "then",
    "else",
    "discriminator",
    "externalDocs",
    "xml",
];

/// Whether `name` is one of JSON Schema's types.
pub(in crate::connector) fn is_type_name(name: &str) -> bool {
    ["string", "integer", "number", "boolean", "object", "array", "null"].contains(&name)
}

/// The schema that `written` stands for: a table of types becomes an object schema whose properties are all optional,
/// a type's name becomes a schema of that type, a list of one becomes a list schema; anything else stays.
pub(in crate::connector) fn expand(written: &Value) -> Value {
    match written {
        Value::String(name) if is_type_name(name) => json!({ "type": name }),
        Value::Array(items) if items.len() == 1 => json!({ "type": "array", "items": expand(&items[0]) }),
        Value::Object(table) if is_shorthand(table) => {
            let properties: Map<String, Value> =
                table.iter().map(|(key, value)| (key.clone(), expand(value))).collect();
            json!({ "type": "object", "properties": properties })
        }
        other => other.clone(),
    }
}

fn is_shorthand(table: &Map<String, Value>) -> bool {
    if table.is_empty() || STRUCTURAL.iter().any(|keyword| table.contains_key(*keyword)) {
        return false;
    }
    // `{ type = "string", description = "number" }` is a schema; with a key that no schema has it is a table of types.
    let typed = table.get("type").is_some();
    if typed
        && table
            .keys()
            .all(|key| key == "type" || ANNOTATIONS.contains(&key.as_str()))
    {
        return false;
    }
    table.values().all(|value| match value {
        Value::String(name) => is_type_name(name),
        Value::Array(items) => items.len() == 1,
        Value::Object(_) => true,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expands_tables_of_types_and_leaves_schemas() {
        for (written, expected) in [
            (
                json!({"id": "string", "limit": "integer"}),
                json!({"type": "object", "properties": {"id": {"type": "string"}, "limit": {"type": "integer"}}}),
            ),
            (
                json!({"title": "string", "description": "string"}),
                json!({"type": "object", "properties": {"title": {"type": "string"}, "description": {"type": "string"}}}),
            ),
            (
                json!({"type": "string", "name": "string"}),
                json!({"type": "object", "properties": {"type": {"type": "string"}, "name": {"type": "string"}}}),
            ),
            (
                json!({"address": {"city": "string"}, "tags": ["string"], "age": {"type": "integer", "minimum": 0}}),
                json!({"type": "object", "properties": {
                    "address": {"type": "object", "properties": {"city": {"type": "string"}}},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "age": {"type": "integer", "minimum": 0}}}),
            ),
            (json!("integer"), json!({"type": "integer"})),
            (
                json!([{"id": "string"}]),
                json!({"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}}),
            ),
            (
                json!({"type": "string", "description": "number"}),
                json!({"type": "string", "description": "number"}),
            ),
            (
                json!({"type": "object", "properties": {}}),
                json!({"type": "object", "properties": {}}),
            ),
            (
                json!({"type": "object", "patternProperties": {"^x": {"type": "string"}}}),
                json!({"type": "object", "patternProperties": {"^x": {"type": "string"}}}),
            ),
            (
                json!({"type": "array", "contains": {"type": "string"}}),
                json!({"type": "array", "contains": {"type": "string"}}),
            ),
            (
                json!({"contains": "string", "if": "string"}),
                json!({"type": "object", "properties": {"contains": {"type": "string"}, "if": {"type": "string"}}}),
            ),
            (json!({}), json!({})),
            (json!({"id": "strin"}), json!({"id": "strin"})),
        ] {
            assert_eq!(expand(&written), expected, "{written}");
        }
    }
}
