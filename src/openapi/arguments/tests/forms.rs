//! Forms: which fields there are, and which of them are files.

use super::*;

/// The arguments of a form of the type `media_type`.
fn form(version: &str, media_type: &str, schema: &Value, encoding: &Value) -> Arguments {
    let content = json!({media_type: {"schema": schema, "encoding": encoding}});
    arguments_in(version, "POST", "/a", &json!({"requestBody": {"content": content}})).unwrap()
}

#[test]
fn a_field_of_several_alternatives_takes_what_each_of_them_takes() {
    let text = json!({"type": "string"});
    let of = |kind: &Value, name: &str, more: &Value| {
        json!({"type": "object", "required": ["kind", name],
        "properties": {"kind": kind, name: text, "amount": more}})
    };
    let card = of(
        &json!({"type": "string", "enum": ["card"]}),
        "number",
        &json!({"type": "integer"}),
    );
    let bank = of(
        &json!({"type": "string", "enum": ["bank"]}),
        "iban",
        &json!({"type": "array", "items": {"type": "integer"}}),
    );
    for schema in [
        json!({"oneOf": [card, bank]}),
        json!({"oneOf": [card, bank], "type": "object", "properties": {"amount": {"description": "How much."}}, "required": ["amount"]}),
    ] {
        for media_type in ["application/x-www-form-urlencoded", "multipart/form-data"] {
            let arguments = form("3.0.3", media_type, &schema, &json!({}));
            let is_outer = schema.get("required").is_some();
            assert_eq!(
                schema_of(&arguments, "kind"),
                json!({"type": "string", "enum": ["card", "bank"]})
            );
            let amount = schema_of(&arguments, "amount");
            assert_eq!(amount["anyOf"].as_array().map(Vec::len), Some(2), "{amount}");
            let required: Vec<&str> = arguments
                .list
                .iter()
                .filter(|one| one.required)
                .map(|one| one.name.as_str())
                .collect();
            let expected = if is_outer { vec!["amount", "kind"] } else { vec!["kind"] };
            assert_eq!(required, expected);
        }
    }
}

#[test]
fn a_field_that_one_alternative_has_as_a_file_is_a_file() {
    let file = json!({"type": "string", "format": "binary"});
    let of = |image: &Value| json!({"type": "object", "properties": {"image": image}});
    let schema = json!({"oneOf": [of(&json!({"type": "string"})), of(&file)]});
    let arguments = form("3.0.3", "multipart/form-data", &schema, &json!({}));
    assert!(
        matches!(arguments.list[0].value, ArgumentValue::File { .. }),
        "{:?}",
        arguments.list
    );
}

#[test]
fn a_part_without_a_type_is_a_file_where_it_can_be_nothing_else() {
    let images = json!("image/png, image/jpeg");
    for (version, property, content_type, expected) in [
        ("3.0.3", json!({}), &images, Some(false)),
        ("3.1.0", json!({"description": "A picture."}), &images, Some(false)),
        ("3.0.3", json!({"type": "array", "items": {}}), &images, Some(true)),
        ("3.0.3", json!({}), &json!("image/png, text/plain"), None),
        ("3.0.3", json!({}), &json!("application/vnd.api+json"), None),
        ("3.0.3", json!({}), &json!("image/svg+xml"), None),
        ("3.0.3", json!({"type": "string"}), &images, None),
        // What has no type is bytes since 3.1 (Encoding Object, `contentType`).
        ("3.1.0", json!({}), &json!(null), Some(false)),
        ("3.2.0", json!({"type": "array", "items": {}}), &json!(null), Some(true)),
        ("3.0.3", json!({}), &json!(null), None),
        ("3.1.0", json!({"type": "array"}), &json!(null), None),
        ("3.1.0", json!({"example": "a"}), &json!(null), None),
        ("3.1.0", json!({"enum": ["a"]}), &json!(null), None),
    ] {
        let schema = json!({"type": "object", "properties": {"pic": property}});
        let encoding = if content_type.is_null() {
            json!({})
        } else {
            json!({"pic": {"contentType": content_type}})
        };
        let arguments = form(version, "multipart/form-data", &schema, &encoding);
        let found = match arguments.list[0].value {
            ArgumentValue::File { several, .. } => Some(several),
            ArgumentValue::Schema(_) => None,
        };
        assert_eq!(found, expected, "{version} {property} {content_type}");
        let plain = form(version, "application/x-www-form-urlencoded", &schema, &json!({}));
        assert!(matches!(plain.list[0].value, ArgumentValue::Schema(_)), "{property}");
    }
}

#[test]
fn a_form_is_measured_once() {
    let mut properties: Map<String, Value> = (0..40)
        .map(|index| {
            (
                format!("field_{index}"),
                json!({"type": "string", "description": "What it is. ".repeat(15)}),
            )
        })
        .collect();
    properties.insert("odd".to_owned(), json!({"type": "strin"}));
    let schema = json!({"type": "object", "properties": properties});
    let shown_as = |media_type: &str| {
        let arguments = form("3.1.0", media_type, &schema, &json!({}));
        (schema_of(&arguments, "field_39"), arguments.changes)
    };
    let whole = shown_as("application/json");
    assert_eq!(whole.1.get(&Change::Mistake), Some(&1));
    for media_type in [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/yaml",
    ] {
        assert_eq!(shown_as(media_type), whole, "{media_type}");
    }
}
