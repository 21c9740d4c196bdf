//! An example of an action's arguments, made from their schema.

use serde_json::{Map, Value, json};

/// Deepest level that is filled in; schemas may refer to themselves.
const DEEPEST: usize = 6;

/// Arguments that a call could have: the required ones, by what their schemas say about them.
pub(super) fn arguments(schema: &Value) -> Value {
    object(schema, schema, 0)
}

fn object(schema: &Value, root: &Value, depth: usize) -> Value {
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut example = Map::new();
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        let property = properties
            .and_then(|properties| properties.get(name))
            .unwrap_or(&Value::Null);
        example.insert(name.to_owned(), value(property, root, depth + 1));
    }
    Value::Object(example)
}

fn value(schema: &Value, root: &Value, depth: usize) -> Value {
    let first = |key: &str| schema.get(key).and_then(Value::as_array).and_then(|list| list.first());
    let written = schema
        .get("const")
        .or_else(|| first("examples"))
        .or_else(|| schema.get("example"));
    if let Some(written) = written.or_else(|| schema.get("default")).or_else(|| first("enum")) {
        return written.clone();
    }
    if depth > DEEPEST {
        return Value::Null;
    }
    if let Some(referred) = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|place| place.strip_prefix('#'))
    {
        return root
            .pointer(referred)
            .map_or(Value::Null, |schema| value(schema, root, depth + 1));
    }
    if let Some(choice) = ["oneOf", "anyOf", "allOf"].iter().find_map(|key| first(key)) {
        return value(choice, root, depth + 1);
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        Some(Value::String(kind)) => Some(kind.as_str()),
        _ => None,
    };
    let number = |fallback: i64| schema.get("minimum").cloned().unwrap_or_else(|| json!(fallback));
    match kind {
        Some("object") => object(schema, root, depth),
        Some("array") => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            json!([value(items, root, depth + 1)])
        }
        Some("integer" | "number") => number(1),
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        _ => json!(text(schema)),
    }
}

/// Longest text that an example is made longer for.
const LONGEST: usize = 64;

fn text(schema: &Value) -> String {
    let of = |key: &str| {
        schema
            .get(key)
            .and_then(Value::as_u64)
            .and_then(|length| usize::try_from(length).ok())
    };
    let example = match schema.get("format").and_then(Value::as_str) {
        Some("date") => "2026-01-31",
        Some("date-time") => "2026-01-31T09:00:00Z",
        Some("time") => "09:00:00Z",
        Some("email") => "ana@example.com",
        Some("uri" | "url") => "https://example.com",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("password") => "(secret)",
        _ => "text",
    };
    let shortest = of("minLength").unwrap_or_default().min(LONGEST);
    let mut example = example.to_owned();
    while example.chars().count() < shortest {
        example.push('x');
    }
    example.chars().take(of("maxLength").unwrap_or(usize::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    #[test]
    fn an_example_fits_its_schema() {
        let schemas = [
            json!({}),
            json!({ "properties": { "a": { "type": "string" } } }),
            json!({ "required": ["a", "b"], "properties": { "a": { "type": "string", "minLength": 9 },
                "b": { "enum": ["low", "high"] } } }),
            json!({ "required": ["a"], "properties": { "a": { "type": ["null", "integer"], "minimum": 5 } } }),
            json!({ "required": ["a"], "properties": { "a": { "type": "array", "minItems": 1,
                "items": { "type": "object", "required": ["b"], "properties": { "b": { "type": "boolean" } } } } } }),
            json!({ "required": ["a"], "properties": { "a": { "$ref": "#/$defs/b" } },
                "$defs": { "b": { "const": 7 } } }),
            json!({ "required": ["a"], "properties": { "a": { "oneOf": [{ "type": "number" }, { "type": "string" }] } } }),
            json!({ "required": ["a"], "properties": { "a": { "type": "string", "maxLength": 2 } } }),
            json!({ "required": ["a"], "properties": {} }),
        ];
        for schema in schemas {
            let compiled = Schema::compile(&schema).expect("schema");
            let example = arguments(&schema);
            assert!(compiled.violations(&example).is_empty(), "{schema}: {example}");
        }
    }

    #[test]
    fn what_the_author_wrote_comes_first() {
        let schema = json!({ "required": ["a", "b", "c"], "properties": {
            "a": { "type": "string", "examples": ["cust_1001"] }, "b": { "type": "integer", "default": 10 },
            "c": { "type": "string", "format": "email" } } });
        assert_eq!(
            arguments(&schema),
            json!({ "a": "cust_1001", "b": 10, "c": "ana@example.com" })
        );
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let schema = json!({ "required": ["a"], "properties": { "a": { "$ref": "#" } }, "type": "object" });
        assert!(arguments(&schema).to_string().len() < 200);
        let endless = json!({ "required": ["a"], "properties": { "a": { "$ref": "#/properties/a" } } });
        assert_eq!(arguments(&endless), json!({ "a": null }));
    }
}
