//! What the keywords of a schema say about one value, and how messages about it put that.

use serde_json::{Map, Value};

use super::{Kind, Node};

/// Longest text that a message quotes.
const LONGEST_QUOTE: usize = 60;

/// The JSON types that a schema accepts; empty when it accepts all.
pub(super) fn types_of(keywords: &Map<String, Value>) -> Vec<&str> {
    match keywords.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether a value is of this JSON type.
pub(super) fn fits(node: &Node, json_type: &str) -> bool {
    match (&node.kind, json_type) {
        (Kind::Null, "null")
        | (Kind::Boolean(_), "boolean")
        | (Kind::Number(_), "number")
        | (Kind::Text(_), "string")
        | (Kind::List(_), "array")
        | (Kind::Table(_), "object") => true,
        (Kind::Number(number), "integer") => number.is_i64() || number.is_u64(),
        _ => false,
    }
}

/// What keeps a number, text or list within the bounds of `keywords`, if anything does not.
pub(super) fn out_of_bounds(node: &Node, keywords: &Map<String, Value>) -> Option<String> {
    let bound = |name: &str| keywords.get(name).and_then(Value::as_f64);
    let (size, minimum, maximum, unit) = match &node.kind {
        Kind::Number(number) => (number.as_f64()?, bound("minimum"), bound("maximum"), ""),
        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
        Kind::Text(text) => (
            text.chars().count() as f64,
            bound("minLength"),
            bound("maxLength"),
            " characters",
        ),
        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
        Kind::List(items) => (items.len() as f64, bound("minItems"), bound("maxItems"), " items"),
        _ => return None,
    };
    if minimum == Some(1.0) && size == 0.0 && !unit.is_empty() {
        return Some("must not be empty".to_owned());
    }
    // As it is written: not every integer is a float.
    let shown = match &node.kind {
        Kind::Number(number) => number.to_string(),
        _ => size.to_string(),
    };
    match (minimum, maximum) {
        (Some(minimum), _) if size < minimum => Some(format!("must be at least {minimum}{unit}, not {shown}")),
        (_, Some(maximum)) if size > maximum => Some(format!("must be at most {maximum}{unit}, not {shown}")),
        _ => None,
    }
}

/// The one text that a schema accepts.
pub(super) fn constant(schema: &Value) -> Option<&str> {
    schema.get("const").and_then(Value::as_str)
}

/// The property of a tagged alternative that says which one it is.
pub(super) fn discriminator(schema: &Value) -> Option<&str> {
    let properties = schema.get("properties")?.as_object()?;
    properties
        .iter()
        .find(|(_, property)| constant(property).is_some())
        .map(|(key, _)| key.as_str())
}

/// What a time with a unit is in milliseconds: `30s`, `2 min`.
pub(super) fn milliseconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let unit = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let number: u64 = text[..text.len() - unit.len()].parse().ok()?;
    let factor = match unit.trim() {
        "ms" => 1,
        "s" | "sec" | "seconds" => 1_000,
        "m" | "min" | "minutes" => 60_000,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// A JSON type in the words of messages.
pub(super) fn described(json_type: &str) -> &str {
    match json_type {
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "string" => "text",
        "array" => "a list",
        "object" => "a table",
        other => other,
    }
}

/// A text as a message quotes it: on one line, and not too long.
pub(super) fn shortened(text: &str) -> String {
    let mut characters = text.chars();
    let mut start: String = characters.by_ref().take(LONGEST_QUOTE).collect();
    if characters.next().is_some() {
        start.push('…');
    }
    start
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect()
}
