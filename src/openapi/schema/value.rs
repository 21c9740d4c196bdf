//! Values that stand in schemas, and the types that they have or give away.

use serde_json::{Map, Number, Value, json};

use super::keywords::TELLING_FORMATS;
use crate::openapi::json::member;
use crate::openapi::yaml;

/// The type that other keywords give away.
pub(super) fn implied_type(schema: &Value) -> Option<&'static str> {
    let has = |keyword: &str| member(schema, keyword).is_some();
    let values: Vec<&Value> = match (member(schema, "const"), member(schema, "enum")) {
        (Some(value), _) => vec![value],
        (None, Some(Value::Array(values))) => values.iter().filter(|value| !value.is_null()).collect(),
        _ => Vec::new(),
    };
    if !values.is_empty() {
        let all = |fits: fn(&Value) -> bool| values.iter().all(|value| fits(value));
        return [
            ("string", Value::is_string as fn(&Value) -> bool),
            ("integer", |value| value.is_i64() || value.is_u64()),
            ("number", Value::is_number),
            ("boolean", Value::is_boolean),
        ]
        .into_iter()
        .find(|(_, fits)| all(*fits))
        .map(|(name, _)| name);
    }
    if has("properties") || member(schema, "additionalProperties").is_some_and(Value::is_object) {
        return Some("object");
    }
    if has("items") || has("prefixItems") {
        return Some("array");
    }
    let is_composed = has("allOf") || has("oneOf") || has("anyOf");
    if !is_composed && (has("pattern") || has("minLength") || has("maxLength")) {
        return Some("string");
    }
    if !is_composed && (has("minimum") || has("maximum") || has("multipleOf")) {
        return Some("number");
    }
    let format = member(schema, "format").and_then(Value::as_str).unwrap_or_default();
    (TELLING_FORMATS.contains(&format) || format == "byte").then_some("string")
}

/// Whether `value` is of the type that JSON Schema calls `kind`.
pub(super) fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => false,
    }
}

/// `value` as one of `types`, when it is one or is one by its spelling.
pub(super) fn coerced(value: &Value, types: &[&str]) -> Option<Value> {
    if types.is_empty() || types.iter().any(|kind| is_of(value, kind)) {
        if let (Value::Number(number), ["integer"]) = (value, types) {
            return whole(number);
        }
        return Some(value.clone());
    }
    match (value, *types.first()?) {
        (Value::Bool(_) | Value::Number(_), "string") => Some(json!(value.to_string())),
        (Value::String(text), "integer") => yaml::number(text.trim()).and_then(|number| whole(&number)),
        (Value::String(text), "number") => yaml::number(text.trim()).map(Value::Number),
        (Value::String(text), "boolean") => text
            .trim()
            .to_ascii_lowercase()
            .parse::<bool>()
            .ok()
            .map(|value| json!(value)),
        _ => None,
    }
}

/// `number` as integers are written: `1.0` is one as well.
fn whole(number: &Number) -> Option<Value> {
    if !number.is_f64() {
        return Some(json!(number));
    }
    let whole = number.as_f64().filter(|float| float.fract() == 0.0)?;
    format!("{whole}").parse::<i64>().ok().map(|whole| json!(whole))
}

/// `value` in the type that `schema` has, when it is of that or is spelt so. Of several types it cannot be told which one
/// was meant.
pub(in crate::openapi) fn in_type_of(schema: &Map<String, Value>, value: &Value) -> Option<Value> {
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let kinds: Vec<&str> = kinds.into_iter().filter(|kind| *kind != "null").collect();
    coerced(value, if kinds.len() == 1 { &kinds } else { &[] })
}

/// The same for what is in lists and tables, too, where that is spelt so: YAML reads `1.10` and `007` as texts there as well,
/// and only their schema knows.
pub(super) fn in_types_of(schema: &Map<String, Value>, value: &Value) -> Option<Value> {
    let inside = |schema: Option<&Value>, value: &Value| {
        let typed = schema
            .and_then(Value::as_object)
            .and_then(|schema| in_types_of(schema, value));
        typed.unwrap_or_else(|| value.clone())
    };
    Some(match in_type_of(schema, value)? {
        Value::Array(items) => {
            let of = schema.get("items");
            items.iter().map(|item| inside(of, item)).collect()
        }
        Value::Object(members) => {
            let properties = schema.get("properties");
            let of = |name: &str| properties.and_then(|properties| member(properties, name));
            let typed = |(name, value): (&String, &Value)| {
                let of = of(name).or_else(|| schema.get("additionalProperties"));
                (name.clone(), inside(of, value))
            };
            members.iter().map(typed).collect()
        }
        scalar => scalar,
    })
}

/// Connectors are written in TOML, which has no null.
pub(in crate::openapi) fn holds_null(value: &Value) -> bool {
    holds(value, Value::is_null)
}

/// Whether `value` holds what TOML has not: null, or a whole number that takes more than 63 bits.
pub(in crate::openapi) fn is_unwritable(value: &Value) -> bool {
    holds(value, |one| one.is_null() || one.is_u64() && !one.is_i64())
}

fn holds(value: &Value, is_it: fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| holds(item, is_it)),
        Value::Object(members) => members.values().any(|member| holds(member, is_it)),
        value => is_it(value),
    }
}
