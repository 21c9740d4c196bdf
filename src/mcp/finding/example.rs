//! An example of an action's arguments, made from their schema.

use regex::Regex;
use serde_json::{Map, Value, json};

use crate::connector::model::Action;

/// Deepest level that is filled in; schemas may refer to themselves.
const DEEPEST: usize = 6;

/// Most groups of arguments of which one is needed that are tried.
const MOST_TRIED: usize = 4;

/// Arguments that a call of `action` could have: those that it needs, by what their schemas say about them. `None` where
/// what comes of that is refused: a wrong example is worse than none.
pub(super) fn arguments(action: &Action) -> Option<Value> {
    let schema = action.input.document();
    let groups = action.request().and_then(|request| request.any_of.as_ref());
    let groups = groups.map_or(&[][..], |any_of| any_of.groups());
    let tried = groups.iter().map(Vec::as_slice).take(MOST_TRIED);
    let made = tried
        .chain(groups.is_empty().then_some(&[][..]))
        .map(|group| whole(schema, group));
    made.into_iter()
        .find(|example| action.input.violations(example).is_empty())
}

/// What `schema` needs, and what stands in `group`.
fn whole(schema: &Value, group: &[String]) -> Value {
    let mut example = object(schema, schema, 0);
    let properties = schema.get("properties");
    if let Some(members) = example.as_object_mut() {
        for name in group {
            let property = properties.and_then(|all| all.get(name)).unwrap_or(&Value::Null);
            members
                .entry(name.as_str())
                .or_insert_with(|| value(property, schema, 1));
        }
    }
    example
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
    match kind {
        Some("object") => object(schema, root, depth),
        Some("array") => list(schema, root, depth),
        Some("integer" | "number") => number(schema),
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        _ => json!(text(schema)),
    }
}

/// Most items that an example has.
const MOST_ITEMS: u64 = 8;

fn list(schema: &Value, root: &Value, depth: usize) -> Value {
    let count = |key: &str, usual: u64| schema.get(key).and_then(Value::as_u64).unwrap_or(usual);
    // Lists within lists within lists would multiply.
    let most = if depth < 2 { MOST_ITEMS } else { 1 };
    let many = count("minItems", 1).max(1).min(count("maxItems", most)).min(most);
    let items = schema.get("items").unwrap_or(&Value::Null);
    let one = || value(items, root, depth + 1);
    (0..many).map(|_| one()).collect()
}

/// 1, or what comes next within the bounds.
fn number(schema: &Value) -> Value {
    let bound = |key: &str| schema.get(key).filter(|bound| bound.is_number());
    let beyond = |key: &str, step: i64| {
        let bound = bound(key)?;
        let whole = bound.as_i64().map(|whole| json!(whole.saturating_add(step)));
        // Adding to a fraction is exact enough: what does not fit is not shown.
        whole.or_else(|| Some(json!(bound.as_f64()? + if step > 0 { 1.0 } else { -1.0 })))
    };
    let least = bound("minimum").cloned().or_else(|| beyond("exclusiveMinimum", 1));
    let most = bound("maximum").cloned().or_else(|| beyond("exclusiveMaximum", -1));
    let is_above_one = |bound: &Value| bound.as_f64().is_some_and(|bound| bound > 1.0);
    match (least, most) {
        (Some(least), _) => least,
        (None, Some(most)) if !is_above_one(&most) => most,
        _ => json!(1),
    }
}

/// Longest text that an example is made longer for.
const LONGEST: usize = 64;

/// Longest pattern that a text is looked for.
const LONGEST_PATTERN: usize = 200;

/// What patterns ask for most often, beside one character again and again.
const USUAL_TEXTS: [&str; 12] = [
    "text",
    "Text",
    "TEXT",
    "a1",
    "A1",
    "1.0",
    "1.0.0",
    "2026-01-31",
    "09:00",
    "+15550100",
    "#aabbcc",
    "https://example.com",
];

/// Characters that patterns ask for several of.
const USUAL_CHARACTERS: [&str; 3] = ["1", "a", "A"];

/// A text that fits `pattern`, if one of the usual ones does.
fn fitting(pattern: &str) -> Option<String> {
    if pattern.len() > LONGEST_PATTERN {
        return None;
    }
    let pattern = Regex::new(pattern).ok()?;
    let repeated = (1..=LONGEST).flat_map(|count| USUAL_CHARACTERS.map(|one| one.repeat(count)));
    let usual = USUAL_TEXTS.iter().map(|text| (*text).to_owned());
    usual.chain(repeated).find(|text| pattern.is_match(text))
}

fn text(schema: &Value) -> String {
    let of = |key: &str| {
        schema
            .get(key)
            .and_then(Value::as_u64)
            .and_then(|length| usize::try_from(length).ok())
    };
    if let Some(fitting) = schema.get("pattern").and_then(Value::as_str).and_then(fitting) {
        return fitting;
    }
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
            let example = whole(&schema, &[]);
            assert!(compiled.violations(&example).is_empty(), "{schema}: {example}");
        }
    }

    #[test]
    fn what_the_author_wrote_comes_first() {
        let schema = json!({ "required": ["a", "b", "c"], "properties": {
            "a": { "type": "string", "examples": ["cust_1001"] }, "b": { "type": "integer", "default": 10 },
            "c": { "type": "string", "format": "email" } } });
        assert_eq!(
            whole(&schema, &[]),
            json!({ "a": "cust_1001", "b": 10, "c": "ana@example.com" })
        );
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let schema = json!({ "required": ["a"], "properties": { "a": { "$ref": "#" } }, "type": "object" });
        assert!(whole(&schema, &[]).to_string().len() < 200);
        let endless = json!({ "required": ["a"], "properties": { "a": { "$ref": "#/properties/a" } } });
        assert_eq!(whole(&endless, &[]), json!({ "a": null }));
    }
}
