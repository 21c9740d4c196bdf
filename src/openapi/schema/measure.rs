//! How large a schema is, and whether it takes a value: without compiling it, where that can be told.

use serde_json::{Map, Value};

use super::value::{in_types_of, is_of, is_unwritable};
use crate::schema::Schema;

/// Keywords that take a compiled schema to check.
const COMPILED: [&str; 4] = ["pattern", "multipleOf", "const", "not"];

/// Keywords whose values are schemas, which are counted where they are made.
const OF_SCHEMAS: [&str; 4] = ["items", "additionalProperties", "anyOf", "not"];

/// About how many bytes of JSON a schema takes without the schemas in it.
pub(super) fn own_bytes(schema: &Map<String, Value>) -> usize {
    let own = schema.iter().map(|(keyword, value)| {
        let bytes = match (keyword.as_str(), value) {
            ("properties", Value::Object(properties)) => properties.keys().map(|name| name.len() + 4).sum(),
            (keyword, _) if OF_SCHEMAS.contains(&keyword) => 0,
            (_, value) => bytes(value),
        };
        keyword.len() + 4 + bytes
    });
    2 + own.sum::<usize>()
}

fn bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Array(items) => 2 + items.iter().map(|item| bytes(item) + 1).sum::<usize>(),
        Value::Object(members) => {
            2 + members
                .iter()
                .map(|(name, member)| name.len() + 4 + bytes(member))
                .sum::<usize>()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 4,
    }
}

/// `written` as the default of `schema`: in its type, when it takes that and a connector's file can hold it.
pub(in crate::openapi) fn default_of(schema: &Map<String, Value>, written: &Value) -> Option<Value> {
    in_types_of(schema, written).filter(|default| !is_unwritable(default) && takes(schema, default))
}

/// Whether `schema` takes `value`.
pub(super) fn takes(schema: &Map<String, Value>, value: &Value) -> bool {
    let has_type = match schema.get("type") {
        Some(Value::String(kind)) => is_of(value, kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(|kind| is_of(value, kind)),
        _ => true,
    };
    if !has_type {
        return false;
    }
    let is_scalar = !value.is_array() && !value.is_object();
    if !is_scalar || COMPILED.iter().any(|keyword| schema.contains_key(*keyword)) {
        // Rare enough to compile.
        return Schema::compile(&Value::Object(schema.clone())).is_ok_and(|schema| schema.violations(value).is_empty());
    }
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let is_within = |amount: Option<f64>, least: &str, most: &str| {
        amount.is_none_or(|amount| {
            bound(least).is_none_or(|least| amount >= least) && bound(most).is_none_or(|most| amount <= most)
        })
    };
    let number = value.as_f64();
    let length = value.as_str().map(|text| text.chars().count());
    let length = length.and_then(|length| u32::try_from(length).ok()).map(f64::from);
    let is_beyond = number.is_none_or(|number| {
        bound("exclusiveMinimum").is_none_or(|least| number > least)
            && bound("exclusiveMaximum").is_none_or(|most| number < most)
    });
    let is_listed = match schema.get("enum") {
        Some(Value::Array(values)) => values.contains(value),
        _ => true,
    };
    let is_alternative = match schema.get("anyOf") {
        Some(Value::Array(alternatives)) => alternatives
            .iter()
            .any(|one| one.as_object().is_none_or(|one| takes(one, value))),
        _ => true,
    };
    is_alternative
        && is_listed
        && is_beyond
        && is_within(number, "minimum", "maximum")
        && is_within(length, "minLength", "maxLength")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_taken_as_the_validator_takes_it() {
        for (schema, value) in [
            (json!({"type": "integer", "minimum": 1, "maximum": 5}), json!(5)),
            (json!({"type": "integer", "minimum": 1, "maximum": 5}), json!(6)),
            (json!({"type": "number", "exclusiveMinimum": 1}), json!(1)),
            (json!({"type": "number", "exclusiveMaximum": 1}), json!(0.5)),
            (json!({"type": "string", "minLength": 2}), json!("\u{e4}")),
            (json!({"type": "string", "maxLength": 1}), json!("\u{e4}")),
            (json!({"type": "string", "enum": ["a"]}), json!("b")),
            (json!({"type": "string", "pattern": "^a"}), json!("b")),
            (json!({"type": "number", "multipleOf": 2}), json!(3)),
            (json!({"type": "string"}), json!(1)),
            (json!({"type": "integer"}), json!(1.0)),
            (json!({"type": ["string", "null"]}), json!(null)),
            (json!({"type": ["string", "integer"]}), json!(true)),
            (json!({"not": {}}), json!("a")),
            (
                json!({"anyOf": [{"type": "string", "maxLength": 2}, {"type": "integer"}]}),
                json!("abc"),
            ),
            (
                json!({"anyOf": [{"type": "string", "maxLength": 2}, {"type": "integer"}]}),
                json!(7),
            ),
            (json!({"type": "array", "items": {"type": "string"}}), json!([1])),
            (
                json!({"type": "object", "required": ["a"], "properties": {"a": {}}}),
                json!({}),
            ),
        ] {
            let map = schema.as_object().unwrap();
            let expected = Schema::compile(&schema).unwrap().violations(&value).is_empty();
            assert_eq!(takes(map, &value), expected, "{schema} {value}");
        }
    }

    #[test]
    fn what_is_in_a_default_has_the_type_of_its_place() {
        for (schema, written, expected) in [
            (
                json!({"type": "array", "items": {"type": "number"}}),
                json!(["1.10", 2, "007"]),
                Some(json!([1.1, 2, 7])),
            ),
            (
                json!({"type": "array", "items": {"type": "string"}}),
                json!(["1.10", 2]),
                Some(json!(["1.10", "2"])),
            ),
            (
                json!({"type": "array", "items": {"type": "number"}}),
                json!(["a"]),
                None,
            ),
            (
                json!({"type": "object", "properties": {"a": {"type": "array", "items": {"type": "integer"}}},
                    "additionalProperties": {"type": "boolean"}}),
                json!({"a": ["01"], "b": "true"}),
                Some(json!({"a": [1], "b": true})),
            ),
            (
                json!({"type": "array", "items": {}}),
                json!(["1.10"]),
                Some(json!(["1.10"])),
            ),
        ] {
            assert_eq!(default_of(schema.as_object().unwrap(), &written), expected, "{schema}");
        }
    }

    #[test]
    fn what_is_counted_is_about_what_is_written() {
        let schema = json!({"type": "string", "description": "What it is.", "enum": ["one", "two"], "minLength": 3});
        let (counted, written) = (own_bytes(schema.as_object().unwrap()), schema.to_string().len());
        assert!(counted.abs_diff(written) * 5 < written, "{counted} {written}");
    }
}
