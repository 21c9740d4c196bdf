//! Values that may be null.

use serde_json::{Map, Value, json};

/// Lets `schema` take null as well. A schema that takes anything stays as it is.
///
/// Lists of values stand in an alternative of their own: TOML, in which connectors are written, has no null to list.
pub(super) fn allow(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(alternatives)) = schema.get_mut("anyOf") {
        let null = json!({ "type": "null" });
        if !alternatives.contains(&null) {
            alternatives.push(null);
        }
        return;
    }
    if schema.contains_key("enum") || schema.contains_key("const") {
        let mut inner = Map::new();
        for (keyword, value) in std::mem::take(schema) {
            if matches!(keyword.as_str(), "description" | "default" | "examples") {
                schema.insert(keyword, value);
            } else {
                inner.insert(keyword, value);
            }
        }
        schema.insert("anyOf".to_owned(), json!([inner, { "type": "null" }]));
        return;
    }
    match schema.get_mut("type") {
        Some(Value::Array(types)) if !types.iter().any(|name| name == "null") => types.push(json!("null")),
        Some(Value::String(name)) if name != "null" => {
            let types = json!([name, "null"]);
            schema.insert("type".to_owned(), types);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_added_where_it_is_missing() {
        for (schema, expected) in [
            (json!({"type": "string"}), json!({"type": ["string", "null"]})),
            (
                json!({"type": ["string", "integer"]}),
                json!({"type": ["string", "integer", "null"]}),
            ),
            (json!({"type": ["string", "null"]}), json!({"type": ["string", "null"]})),
            (json!({"type": "null"}), json!({"type": "null"})),
            (json!({}), json!({})),
            (
                json!({"type": "string", "enum": ["a"], "description": "d"}),
                json!({"description": "d", "anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}),
            ),
            (
                json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
                json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            ),
        ] {
            let Value::Object(mut schema) = schema else {
                unreachable!()
            };
            allow(&mut schema);
            assert_eq!(Value::Object(schema), expected);
        }
    }
}
