//! Two schemas that both apply, as one: what `allOf` says without saying it.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::measure::takes;
use super::{is_nothing, nothing};
use crate::openapi::shaping;

/// A schema for the values that fit both, as closely as one without `allOf` can say it, and how many contradictions
/// were found. What describes a value, such as `description`, is taken from `second` where both have it.
pub(in crate::openapi) fn merge(first: Map<String, Value>, second: Map<String, Value>) -> (Map<String, Value>, usize) {
    if first.is_empty() {
        return (second, 0);
    }
    if second.is_empty() {
        return (first, 0);
    }
    if is_nothing(&first) || is_nothing(&second) {
        return (nothing(), 0);
    }
    let closes = |one: &Map<String, Value>| one.get("additionalProperties") == Some(&Value::Bool(false));
    let is_open_to_more = closes(&first) != closes(&second);
    let mut contradictions = 0;
    let mut merged = first;
    for (keyword, value) in second {
        let Some(present) = merged.get_mut(&keyword) else {
            merged.insert(keyword, value);
            continue;
        };
        match (keyword.as_str(), present, value) {
            ("type", present, value) => match common_types(present, &value) {
                Some(types) => *present = types,
                None => contradictions += 1,
            },
            ("properties", Value::Object(present), Value::Object(more)) => {
                for (name, property) in more {
                    let Some(before) = present.get_mut(&name) else {
                        present.insert(name, property);
                        continue;
                    };
                    let both = merge_values(std::mem::take(before), property, &mut contradictions);
                    *before = both;
                }
            }
            ("required", Value::Array(present), Value::Array(more)) => {
                let mut known: HashSet<Value> = present.iter().cloned().collect();
                present.extend(more.into_iter().filter(|name| known.insert(name.clone())));
            }
            ("enum", Value::Array(present), Value::Array(more)) => {
                let common: Vec<Value> = present.iter().filter(|value| more.contains(value)).cloned().collect();
                if common.is_empty() {
                    contradictions += 1;
                } else {
                    *present = common;
                }
            }
            ("items" | "additionalProperties", present @ Value::Object(_), value @ Value::Object(_)) => {
                let both = merge_values(std::mem::take(present), value, &mut contradictions);
                *present = both;
            }
            ("minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties", present, value)
                if value.as_f64() > present.as_f64() =>
            {
                *present = value;
            }
            ("maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties", present, value)
                if value.as_f64() < present.as_f64() =>
            {
                *present = value;
            }
            ("description" | "default" | "examples" | "format" | "xml" | shaping::KEY, present, value) => {
                *present = value;
            }
            ("anyOf" | "const" | "pattern" | "multipleOf", present, value) if *present != value => contradictions += 1,
            _ => {}
        }
    }
    // A part that is closed knows its own properties only: taken by the letter nothing would fit.
    if is_open_to_more {
        merged.shift_remove("additionalProperties");
    }
    (merged, contradictions)
}

fn merge_values(first: Value, second: Value, contradictions: &mut usize) -> Value {
    match (first, second) {
        (Value::Object(first), Value::Object(second)) => {
            let (mut merged, more) = merge(first, second);
            *contradictions += more;
            // What one of them has as its default the other may not take.
            if merged.get("default").is_some_and(|default| !takes(&merged, default)) {
                merged.shift_remove("default");
                *contradictions += 1;
            }
            Value::Object(merged)
        }
        (_, second) => second,
    }
}

/// Whether it can be told that no value fits both, by their types and the values that they list, their own and those of
/// properties that have to be there.
pub(super) fn contradict(first: &Map<String, Value>, second: &Map<String, Value>) -> bool {
    if is_nothing(first) || is_nothing(second) {
        return true;
    }
    if let (Some(one), Some(other)) = (first.get("type"), second.get("type"))
        && common_types(one, other).is_none()
    {
        return true;
    }
    if let (Some(one), Some(other)) = (listed(first), listed(second))
        && !one.iter().any(|value| other.contains(value))
    {
        return true;
    }
    let (Some(one), Some(other)) = (properties(first), properties(second)) else {
        return false;
    };
    one.iter().any(|(name, property)| {
        let both = property.as_object().zip(other.get(name).and_then(Value::as_object));
        let is_required = [first, second].iter().any(|schema| requires(schema, name));
        is_required && both.is_some_and(|(one, other)| contradict(one, other))
    })
}

/// The values that a schema lists.
fn listed(schema: &Map<String, Value>) -> Option<&[Value]> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => Some(std::slice::from_ref(value)),
        (None, Some(Value::Array(values))) => Some(values),
        _ => None,
    }
}

fn properties(schema: &Map<String, Value>) -> Option<&Map<String, Value>> {
    schema.get("properties")?.as_object()
}

fn requires(schema: &Map<String, Value>, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|required| required.iter().any(|one| one == name))
}

/// The types that both lists or names allow; every integer is a number.
fn common_types(first: &Value, second: &Value) -> Option<Value> {
    let names = |value: &Value| -> Vec<String> {
        match value {
            Value::String(name) => vec![name.clone()],
            Value::Array(names) => names
                .iter()
                .filter_map(|name| Some(name.as_str()?.to_owned()))
                .collect(),
            _ => Vec::new(),
        }
    };
    let (first, second) = (names(first), names(second));
    let has = |names: &[String], name: &str| {
        names.iter().any(|one| one == name) || name == "integer" && names.iter().any(|one| one == "number")
    };
    let mut common: Vec<Value> = Vec::new();
    for name in first.iter().chain(&second) {
        let value = Value::String(name.clone());
        if has(&first, name) && has(&second, name) && !common.contains(&value) {
            common.push(value);
        }
    }
    match common.len() {
        0 => None,
        1 => common.pop(),
        _ => Some(Value::Array(common)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_schemas_apply() {
        for (first, second, expected, contradictions) in [
            (json!({}), json!({"type": "string"}), json!({"type": "string"}), 0),
            (
                json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}),
                json!({"properties": {"a": {"maxLength": 3}, "b": {}}, "required": ["b", "a"]}),
                json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}, "b": {}}, "required": ["a", "b"]}),
                0,
            ),
            (
                json!({"type": "number"}),
                json!({"type": "integer"}),
                json!({"type": "integer"}),
                0,
            ),
            (
                json!({"type": ["string", "null"]}),
                json!({"type": "string"}),
                json!({"type": "string"}),
                0,
            ),
            (
                json!({"type": "string"}),
                json!({"type": "object"}),
                json!({"type": "string"}),
                1,
            ),
            (
                json!({"enum": ["a", "b"]}),
                json!({"enum": ["b", "c"]}),
                json!({"enum": ["b"]}),
                0,
            ),
            (
                json!({"minimum": 1, "maxLength": 9}),
                json!({"minimum": 3, "maxLength": 5}),
                json!({"minimum": 3, "maxLength": 5}),
                0,
            ),
            (
                json!({"properties": {"a": {}}, "additionalProperties": false}),
                json!({"properties": {"b": {}}}),
                json!({"properties": {"a": {}, "b": {}}}),
                0,
            ),
            (
                json!({"description": "inner"}),
                json!({"description": "outer"}),
                json!({"description": "outer"}),
                0,
            ),
            (
                json!({"items": {"type": "string"}}),
                json!({"items": {"maxLength": 2}}),
                json!({"items": {"type": "string", "maxLength": 2}}),
                0,
            ),
            (json!({"not": {}}), json!({"type": "string"}), json!({"not": {}}), 0),
            (
                json!({"required": ["a"]}),
                json!({"required": ["b", "a", "b"]}),
                json!({"required": ["a", "b"]}),
                0,
            ),
        ] {
            let (Value::Object(one), Value::Object(other)) = (first.clone(), second.clone()) else {
                unreachable!()
            };
            assert_eq!(
                merge(one, other),
                (expected.as_object().unwrap().clone(), contradictions),
                "{first} {second}"
            );
        }
    }
    #[test]
    fn what_no_value_fits_contradicts() {
        let kind = |kinds: Value, required: Value| json!({"properties": {"kind": kinds}, "required": required});
        for (first, second, expected) in [
            (json!({"type": "string"}), json!({"type": "integer"}), true),
            (json!({"type": ["string", "integer"]}), json!({"type": "number"}), false),
            (json!({"const": 1}), json!({"enum": [2, 3]}), true),
            (json!({"const": 2}), json!({"enum": [2, 3]}), false),
            (json!({"pattern": "a"}), json!({"pattern": "b"}), false),
            (json!({"not": {}}), json!({}), true),
            (
                kind(json!({"enum": ["a"]}), json!(["kind"])),
                kind(json!({"enum": ["b"]}), json!([])),
                true,
            ),
            (
                kind(json!({"enum": ["a"]}), json!([])),
                kind(json!({"enum": ["b"]}), json!([])),
                false,
            ),
            (
                kind(json!({"enum": ["a"]}), json!(["kind"])),
                kind(json!({"enum": ["a", "b"]}), json!(["kind"])),
                false,
            ),
        ] {
            let (one, other) = (first.as_object().unwrap(), second.as_object().unwrap());
            assert_eq!(contradict(one, other), expected, "{first} {second}");
            assert_eq!(contradict(other, one), expected, "{second} {first}");
        }
    }
}
