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
    assert_eq!(schema_of(&arguments, "page")["properties"],
        json!({"size": {"type": "integer"}, "first": {"type": "integer", "default": 7}}));
    assert!(arguments.list[0].required);
    let told = ["`limit`: the default \"abc\" is left out", "`top`: the default", "`page.size`: the default"];
    for start in told {
        assert!(arguments.notes.iter().any(|note| note.starts_with(start)), "{start}: {:?}", arguments.notes);
    }
    assert_eq!(arguments.notes.len(), told.len());
}
