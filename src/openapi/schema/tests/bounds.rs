//! Descriptions that would take more time or memory than they are long.

use super::*;

/// What becomes of `S`, its changes, and whether more was written than allowed.
fn bounded(schemas: &Value) -> (Value, Vec<Change>, bool) {
    let text = json!({"openapi": "3.1.0", "paths": {}, "components": {"schemas": schemas}}).to_string();
    let documents = Documents::read(&text).unwrap();
    let texts = Texts::default();
    let shared = Shared::new(&documents, &texts);
    let mut normaliser = Normaliser::new(&shared, Direction::Input, LIMITS);
    let schema = Value::Object(normaliser.root(documents.follow(0, "#/components/schemas/S").unwrap()));
    let changes = normaliser.changes().keys().copied().collect();
    (schema, changes, normaliser.is_overfull())
}

#[test]
fn properties_beside_alternatives_are_not_repeated_at_every_level_without_end() {
    let choices: Vec<Value> = (0..12)
        .map(|index| json!({"properties": {format!("x{index}"): {"type": "integer"}}}))
        .collect();
    let within = |inner: Value| json!({"type": "object", "properties": {"c": inner}, "oneOf": choices});
    let schema = (0..4).fold(json!({"type": "string"}), |inner, _| within(inner));
    let (schema, _, is_overfull) = bounded(&json!({ "S": schema }));
    assert!(is_overfull);
    let length = schema.to_string().len();
    assert!(length < 4 * LIMITS.bytes, "{length}");
    let (schema, _, is_overfull) = bounded(&json!({"S": within(json!({"type": "string"}))}));
    assert!(!is_overfull);
    assert_eq!(schema["anyOf"][11]["properties"]["c"], json!({"type": "string"}));
}

#[test]
fn the_type_of_what_is_cut_is_not_looked_for_everywhere() {
    let itself = json!({"$ref": "#/components/schemas/Many"});
    let text = json!({"type": "string"});
    let nested = |inner: Value| (0..9).fold(inner, |inner, _| json!({"type": "object", "properties": {"a": inner}}));
    let of = |choices: Vec<Value>| json!({"S": nested(itself.clone()), "Many": {"oneOf": choices}});
    bounded(&of(vec![itself.clone(); 60]));
    // What was not looked at may be anything, also where all of it would say the same.
    for (count, expected) in [(200, json!({"type": "object"})), (300, json!({}))] {
        let choices = vec![json!({"type": "object", "properties": {"a": text}}); count];
        let (schema, _, _) = bounded(&of(choices));
        assert_eq!(schema.pointer(&"/properties/a".repeat(9)), Some(&expected), "{schema}");
    }
}

#[test]
fn a_list_of_values_that_nobody_reads_is_left_out() {
    let names = |count: usize| (0..count).map(|index| json!(format!("n{index}"))).collect::<Vec<_>>();
    for (count, is_kept) in [(1000, true), (1200, false)] {
        let consts: Vec<Value> = names(count).into_iter().map(|name| json!({ "const": name })).collect();
        for schema in [json!({"enum": names(count)}), json!({"oneOf": consts})] {
            let (schema, changes, _) = bounded(&json!({"S": {"type": "object", "properties": {"a": schema}}}));
            let kept = &schema["properties"]["a"];
            assert_eq!(kept["type"], "string");
            assert_eq!(kept.get("enum").is_some(), is_kept);
            assert_eq!(changes.contains(&Change::Keyword), !is_kept, "{changes:?}");
        }
    }
}

#[test]
fn long_lists_are_told_apart_at_once() {
    // So many that comparing each with each would go on for hours.
    let names: Vec<String> = (0..200_000).map(|index| format!("n{index}")).collect();
    let twice = [names.as_slice(), names.as_slice()].concat();
    let properties: Map<String, Value> = names.iter().map(|name| (name.clone(), json!({}))).collect();
    let part = json!({"properties": properties, "required": twice});
    let (schema, _, _) = bounded(&json!({"S": {"allOf": [part, {"required": names}]}}));
    assert_eq!(schema["required"].as_array().unwrap().len(), names.len());
    let alternatives: Vec<Value> = names.iter().map(|name| json!({"properties": {name: {}}})).collect();
    bounded(&json!({"S": {"anyOf": alternatives}}));
}
