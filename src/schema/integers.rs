//! Whole numbers that are written with a fraction or an exponent, where a schema asks for integers.

use serde_json::{Map, Number, Value};

use super::reference::followed;

/// Most alternatives that are looked at for one call: alternatives that refer to each other could be many.
const MOST_LOOKED_AT: usize = 100_000;

/// Keywords whose subschemas apply to the value itself.
const ALTERNATIVES: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Writes the whole numbers of `arguments` as integers where the schema `document` asks for integers.
pub(super) fn apply(document: &Value, arguments: &mut Map<String, Value>) {
    // Hardly any call has one.
    if !arguments.values().any(holds_whole_double) {
        return;
    }
    if let Some(root) = followed(document, document) {
        in_members(document, root, arguments, &mut MOST_LOOKED_AT.clone());
    }
}

fn holds_whole_double(value: &Value) -> bool {
    match value {
        Value::Number(number) => integer(number).is_some(),
        Value::Array(elements) => elements.iter().any(holds_whole_double),
        Value::Object(members) => members.values().any(holds_whole_double),
        _ => false,
    }
}

/// The integer that a double is, where it is one of 64 bits.
fn integer(number: &Number) -> Option<Number> {
    // 2 to the power of 63: the first that is too large.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let value = number
        .as_f64()
        .filter(|value| number.is_f64() && value.fract() == 0.0)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the value is whole and within the limits"
    )]
    (-LIMIT..LIMIT).contains(&value).then(|| Number::from(value as i64))
}

fn in_value(document: &Value, schema: &Value, value: &mut Value, left: &mut usize) {
    let Some(schema) = followed(document, schema) else {
        return;
    };
    for keyword in ALTERNATIVES {
        let alternatives = schema.get(keyword).and_then(Value::as_array);
        for alternative in alternatives.into_iter().flatten() {
            let Some(fewer) = left.checked_sub(1) else { return };
            *left = fewer;
            in_value(document, alternative, value, left);
        }
    }
    match value {
        Value::Number(number) if takes_integers(schema) => {
            if let Some(whole) = integer(number) {
                *number = whole;
            }
        }
        Value::Array(elements) => {
            let first = schema.get("prefixItems").and_then(Value::as_array);
            let first = first.map(Vec::as_slice).unwrap_or_default();
            let items = schema.get("items");
            for (index, element) in elements.iter_mut().enumerate() {
                if let Some(schema) = first.get(index).or(items) {
                    in_value(document, schema, element, left);
                }
            }
        }
        Value::Object(members) => in_members(document, schema, members, left),
        _ => {}
    }
}

fn in_members(document: &Value, schema: &Value, members: &mut Map<String, Value>, left: &mut usize) {
    let properties = schema.get("properties");
    let others = schema.get("additionalProperties");
    for (name, member) in members {
        let property = properties.and_then(|properties| properties.get(name.as_str()));
        if let Some(schema) = property.or(others) {
            in_value(document, schema, member, left);
        }
    }
}

fn takes_integers(schema: &Value) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => name == "integer",
        Some(Value::Array(names)) => names.iter().any(|name| name == "integer"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_are_integers_where_those_are_wanted() {
        let document = json!({"$defs": {"count": {"type": "integer"}, "tree": {"type": "object", "properties": {
                "n": {"$ref": "#/$defs/count"}, "children": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}},
            "type": "object", "properties": {
                "n": {"type": "integer"}, "x": {"type": "number"}, "optional": {"type": ["integer", "null"]},
                "either": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/count"}]}, "any": {},
                "tree": {"$ref": "#/$defs/tree"}, "pair": {"prefixItems": [{"type": "number"}, {"type": "integer"}]},
                "table": {"type": "object", "additionalProperties": {"type": "integer"}}}});
        let mut arguments = json!({"n": 5.0, "x": 5.0, "optional": 1e3, "either": -2.0, "any": 1.0,
            "tree": {"n": 1.0, "children": [{"n": 2.0, "children": []}]}, "pair": [1.0, 2.0], "table": {"a": 0.0}});
        apply(&document, arguments.as_object_mut().expect("an object"));
        let expected = json!({"n": 5, "x": 5.0, "optional": 1000, "either": -2, "any": 1.0,
            "tree": {"n": 1, "children": [{"n": 2, "children": []}]}, "pair": [1.0, 2], "table": {"a": 0}});
        assert_eq!(arguments.to_string(), expected.to_string());
    }

    #[test]
    fn what_is_no_integer_of_64_bits_stays() {
        let document = json!({"properties": {"n": {"type": "integer"}}});
        for number in [json!(5.5), json!(1e19), json!(-1e30), json!(7), json!(u64::MAX)] {
            let mut arguments = Map::from_iter([("n".to_owned(), number.clone())]);
            apply(&document, &mut arguments);
            assert_eq!(arguments["n"].to_string(), number.to_string());
        }
    }

    #[test]
    fn alternatives_that_fan_out_come_to_an_end() {
        let wide = |level: u8| json!({"anyOf": vec![json!({"$ref": format!("#/$defs/{}", level + 1)}); 20]});
        let levels: Map<String, Value> = (0..20).map(|level| (level.to_string(), wide(level))).collect();
        let document = json!({"$defs": levels, "properties": {"n": {"$ref": "#/$defs/0"}}});
        let mut arguments = Map::from_iter([("n".to_owned(), json!(1.0))]);
        apply(&document, &mut arguments);
        assert_eq!(arguments["n"].to_string(), "1.0");
    }
}
