//! Arguments as somebody wants them.

use super::*;

#[test]
fn a_wanted_default_that_the_argument_does_not_take_is_told() {
    let shaped = |default: Value| json!({"type": "integer", "x-toolgate": {"default": default}});
    let parameter = json!({"name": "limit", "in": "query", "required": true, "schema": {"type": "integer"},
        "x-toolgate": {"default": "abc"}});
    let fields = json!({"type": "object", "properties": {"top": shaped(json!("abc")),
        "page": {"type": "object", "properties": {"size": shaped(json!(true)), "first": shaped(json!(7))}}}});
    let operation = json!({"parameters": [parameter],
        "requestBody": {"content": {"application/json": {"schema": fields}}}});
    let arguments = arguments_of("POST", "/a", &operation).unwrap();
    assert_eq!(schema_of(&arguments, "limit"), json!({"type": "integer"}));
    assert_eq!(schema_of(&arguments, "top"), json!({"type": "integer"}));
    assert_eq!(
        schema_of(&arguments, "page")["properties"],
        json!({"size": {"type": "integer"}, "first": {"type": "integer", "default": 7}})
    );
    assert!(arguments.list[0].required);
    let told = [
        "`limit`: the default \"abc\" is left out",
        "`top`: the default",
        "`page.size`: the default",
    ];
    for start in told {
        assert!(
            arguments.notes.iter().any(|note| note.starts_with(start)),
            "{start}: {:?}",
            arguments.notes
        );
    }
    assert_eq!(arguments.notes.len(), told.len());
}

#[test]
fn a_number_that_is_written_as_only_a_text_is_stays_a_number() {
    // As YAML has `1.10` and `007`.
    let hidden = |kind: &str, value: &str| json!({"type": kind, "x-toolgate": {"hidden": true, "value": value}});
    let fields = json!({"type": "object", "properties": {
        "rate": hidden("number", "1.10"), "code": hidden("string", "007"),
        "page": {"type": "object", "properties": {"size": hidden("integer", "007")}},
        "most": {"type": "number", "x-toolgate": {"default": "1.10"}}}});
    let operation = json!({"requestBody": {"content": {"application/json": {"schema": fields}}}});
    let arguments = arguments_of("POST", "/a", &operation).unwrap();
    let fixed: Vec<&Value> = arguments.fixed.iter().map(|one| &one.value).collect();
    assert_eq!(fixed, [&json!(1.1), &json!("007")]);
    assert_eq!(arguments.list[0].inside[0].value, json!(7));
    assert_eq!(schema_of(&arguments, "most")["default"], json!(1.1));
    assert!(arguments.notes.is_empty(), "{:?}", arguments.notes);
}

#[test]
fn two_members_cannot_have_the_same_name() {
    let renamed = json!({"type": "string", "x-toolgate": {"name": "x"}});
    let fields = json!({"type": "object", "properties": {"o": {"type": "object", "required": ["a", "b"],
        "properties": {"a": renamed, "b": renamed, "c": {"type": "integer"}}}}});
    let operation = json!({"requestBody": {"content": {"application/json": {"schema": fields}}}});
    let arguments = arguments_of("POST", "/a", &operation).unwrap();
    assert_eq!(
        schema_of(&arguments, "o"),
        json!({"type": "object", "required": ["x", "b"],
            "properties": {"x": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "integer"}}})
    );
    assert_eq!(
        arguments.notes,
        ["`o.b` keeps its name: `x` is the name of another member"]
    );
}
