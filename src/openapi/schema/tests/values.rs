//! Values that stand in schemas.

use super::*;

#[test]
fn values_of_yaml_are_those_that_were_written() {
    for (written, expected, count) in [
        (
            "{type: string, enum: [1.10, 007, 1e3, 0x1F, 1.5, 2]}",
            json!(["1.10", "007", "1e3", "0x1F", "1.5", "2"]),
            0,
        ),
        (
            "{type: integer, enum: [007, 0x1F, 1e3, +4, x]}",
            json!([7, 31, 1000, 4]),
            1,
        ),
        ("{type: number, enum: [1.10, .5, 1e3]}", json!([1.1, 0.5, 1000.0]), 0),
        ("{type: boolean, enum: [1.10, true]}", json!([true]), 1),
    ] {
        let text = format!("openapi: 3.1.0\npaths: {{}}\ncomponents: {{schemas: {{S: {written}}}}}\n");
        let documents = Documents::read(&text).unwrap();
        let texts = Texts::default();
        let shared = Shared::new(&documents, &texts);
        let mut normaliser = Normaliser::new(&shared, Direction::Input, LIMITS);
        let schema = normaliser.root(documents.follow(0, "#/components/schemas/S").unwrap());
        assert_eq!(schema["enum"], expected, "{written}");
        assert_eq!(
            normaliser.changes().get(&Change::Mistake).copied().unwrap_or_default(),
            count,
            "{written}"
        );
    }
    let bounds = "openapi: 3.1.0\npaths: {}\ncomponents: {schemas: {S: {type: number, minimum: 0x10, maximum: 1e3, multipleOf: .50}}}\n";
    let documents = Documents::read(bounds).unwrap();
    let texts = Texts::default();
    let shared = Shared::new(&documents, &texts);
    let mut normaliser = Normaliser::new(&shared, Direction::Input, LIMITS);
    let schema = normaliser.root(documents.follow(0, "#/components/schemas/S").unwrap());
    assert_eq!(
        Value::Object(schema),
        json!({"type": "number", "minimum": 16, "maximum": 1000.0, "multipleOf": 0.5})
    );
}

#[test]
fn a_text_of_a_media_type_is_bytes_only_where_that_is_no_text() {
    for (media_type, is_binary) in [
        ("image/png", true),
        ("application/octet-stream", true),
        ("application/pdf", true),
        ("text/csv", false),
        ("application/json", false),
        ("application/vnd.api+json; charset=utf-8", false),
        ("application/xml", false),
        ("image/svg+xml", false),
        ("application/yaml", false),
        ("application/x-www-form-urlencoded", false),
        ("application/x-ndjson", false),
    ] {
        let expected = if is_binary {
            json!({"type": "string", "format": "binary"})
        } else {
            json!({"type": "string"})
        };
        assert_eq!(
            normalised(&json!({"type": "string", "contentMediaType": media_type})),
            expected,
            "{media_type}"
        );
    }
}

#[test]
fn what_goes_one_way_says_so_in_any_of_its_parts() {
    let id = json!({"$ref": "#/components/schemas/Id"});
    let schemas = json!({"Id": {"type": "string"}, "Made": {"allOf": [id, {"readOnly": true}]},
        "Round": {"allOf": [{"$ref": "#/components/schemas/Round"}]},
        "S": {"type": "object", "required": ["id", "made", "name"], "properties": {
            "id": {"allOf": [id, {"readOnly": true}]}, "made": {"allOf": [{"$ref": "#/components/schemas/Made"}]},
            "beside": {"$ref": "#/components/schemas/Id", "readOnly": true},
            "name": {"allOf": [id]}, "round": {"$ref": "#/components/schemas/Round"}}}});
    let (schema, _) = normalised_with(&schemas, Direction::Input, LIMITS);
    let names: Vec<&str> = schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!((names, &schema["required"]), (vec!["name", "round"], &json!(["name"])));
}

#[test]
fn null_among_values_of_no_type_is_taken() {
    for (written, expected) in [
        (
            json!({"enum": ["a", null]}),
            json!({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}),
        ),
        (json!({"enum": [null]}), json!({"type": "null"})),
        (
            json!({"type": "string", "enum": ["a", null]}),
            json!({"type": "string", "enum": ["a"]}),
        ),
    ] {
        assert_eq!(normalised(&written), expected, "{written}");
    }
}

#[test]
fn numbers_that_a_file_of_a_connector_cannot_hold_are_left_out() {
    let most = u64::MAX;
    for written in [
        json!({"type": "integer", "enum": [1, most]}),
        json!({"type": "integer", "default": most}),
        json!({"type": "integer", "const": most}),
    ] {
        let (schema, changes) = normalised_with(&json!({"S": written}), Direction::Input, LIMITS);
        assert_eq!(
            (schema, changes),
            (json!({"type": "integer"}), vec![Change::Keyword]),
            "{written}"
        );
    }
}

#[test]
fn both_lists_of_alternatives_count() {
    let of = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}});
    let both = |first: &str, second: &str| {
        json!({"type": "object", "properties": {
        first: {"type": "string"}, second: {"type": "string"}}})
    };
    let schema = json!({"oneOf": [of("a"), of("b")], "anyOf": [of("c"), of("d")]});
    let (found, changes) = normalised_with(&json!({ "S": schema }), Direction::Input, LIMITS);
    let expected = [both("a", "c"), both("a", "d"), both("b", "c"), both("b", "d")];
    assert_eq!((found, changes), (json!({ "anyOf": expected }), vec![]));
    // Too many of them are not written out.
    let many = |start: &str| (0..6).map(|index| of(&format!("{start}{index}"))).collect::<Vec<_>>();
    let schema = json!({"oneOf": many("a"), "anyOf": many("b")});
    let (found, changes) = normalised_with(&json!({ "S": schema }), Direction::Input, LIMITS);
    assert_eq!((found, changes), (json!({ "anyOf": many("a") }), vec![Change::Keyword]));
}
