//! Defaults. One that the API would refuse makes calls fail that leave the value out.

use super::*;

#[test]
fn a_default_is_one_of_the_values_that_the_whole_schema_takes() {
    let states = json!({"enum": ["ACTIVE", "GONE"]});
    for (written, expected) in [
        (json!({"allOf": [states], "default": "active"}), None),
        (json!({"allOf": [states], "default": "GONE"}), Some(json!("GONE"))),
        (json!({"allOf": [{"type": "integer"}], "default": "7"}), Some(json!(7))),
        (json!({"$ref": "#/components/schemas/State", "default": "active"}), None),
        (
            json!({"$ref": "#/components/schemas/State", "default": "GONE"}),
            Some(json!("GONE")),
        ),
        (json!({"type": ["string", "integer"], "default": true}), None),
        (json!({"type": ["string", "integer"], "default": 7}), Some(json!(7))),
        (json!({"oneOf": [{"const": "a"}, {"const": "b"}], "default": "c"}), None),
        (
            json!({"oneOf": [{"const": "a"}, {"const": "b"}], "default": "b"}),
            Some(json!("b")),
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "null"}], "default": []}),
            None,
        ),
        (
            json!({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}], "default": "all"}),
            None,
        ),
        (
            json!({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}], "default": [1]}),
            Some(json!([1])),
        ),
        (
            json!({"type": "string", "enum": ["a"], "nullable": true, "default": "b"}),
            None,
        ),
        (
            json!({"type": "string", "enum": ["a"], "nullable": true, "default": "a"}),
            Some(json!("a")),
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "string"}}, "default": "a"}),
            None,
        ),
    ] {
        let schemas = json!({"S": {"type": "object", "properties": {"a": written}}, "State": states});
        let (schema, changes) = normalised_with(&schemas, Direction::Input, LIMITS);
        assert_eq!(schema["properties"]["a"].get("default"), expected.as_ref(), "{written}");
        assert_eq!(changes.contains(&Change::Mistake), expected.is_none(), "{written}");
    }
}

#[test]
fn a_default_ends_where_another_part_does_not_take_it() {
    let part = |state: Value| json!({"type": "object", "properties": {"state": state}});
    let schemas = json!({"S": {"allOf": [
        part(json!({"type": "string", "default": "active"})), part(json!({"enum": ["ACTIVE", "GONE"]}))]}});
    let (schema, changes) = normalised_with(&schemas, Direction::Input, LIMITS);
    assert_eq!(
        schema["properties"]["state"],
        json!({"type": "string", "enum": ["ACTIVE", "GONE"]})
    );
    assert_eq!(changes, [Change::Contradiction]);
}

#[test]
fn a_default_of_what_others_are_built_upon_is_checked_in_each() {
    let schemas = json!({
        "S": {"type": "object", "default": "none", "properties": {"kind": {"type": "string"}},
            "discriminator": {"propertyName": "kind"}},
        "Cat": {"allOf": [{"$ref": "#/components/schemas/S"}, {"properties": {"meow": {"type": "boolean"}}}]},
    });
    let (schema, changes) = normalised_with(&schemas, Direction::Input, LIMITS);
    assert_eq!(schema["anyOf"].as_array().map(Vec::len), Some(2), "{schema}");
    assert!(!schema.to_string().contains("none"), "{schema}");
    assert_eq!(changes, [Change::Mistake]);
}
