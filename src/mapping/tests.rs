use serde_json::json;

use super::*;

fn map(source: &Value, response: &Value) -> Result<Value, MappingError> {
    Mapping::compile(source)
        .unwrap_or_else(|error| panic!("{source}: {error}"))
        .apply(response)
}

fn issue() -> Value {
    json!({
        "id": 18_446_744_073_709_551_615_u64,
        "html_url": "https://example.com/1",
        "price": 1.10,
        "user": {"login": "ada", "teams": [{"name": "core", "size": 3}, {"name": "docs"}]},
        "labels": [{"name": "bug"}, {"name": null}, {"colour": "red"}],
        "matrix": [[1, 2], [3], 4],
        "empty": [],
        "odd key": {"x/y~z": true},
    })
}

#[test]
fn reshapes_answers() {
    let table = [
        (json!("@"), issue()),
        (
            json!("{id: id, url: html_url}"),
            json!({"id": u64::MAX, "url": "https://example.com/1"}),
        ),
        (json!("price"), json!(1.1)),
        (json!("user.login"), json!("ada")),
        (json!("user.gone.deeper"), json!(null)),
        (json!("{a: gone}"), json!({"a": null})),
        (json!("gone.{a: b}"), json!(null)),
        (json!("labels[*].name"), json!(["bug"])),
        (
            json!("labels[].{label: name}"),
            json!([{"label": "bug"}, {"label": null}, {"label": null}]),
        ),
        (json!("labels[0].name"), json!("bug")),
        (json!("labels[-1].colour"), json!("red")),
        (json!("labels[9]"), json!(null)),
        (json!("matrix[]"), json!([1, 2, 3, 4])),
        (json!("matrix[0][::-1]"), json!([2, 1])),
        (json!("user.teams[?size > `2`].name | [0]"), json!("core")),
        (json!("[id, user.login]"), json!([u64::MAX, "ada"])),
        (json!("length(labels)"), json!(3)),
        (json!("join(', ', user.teams[*].name)"), json!("core, docs")),
        (json!("sort_by(user.teams, &name)[*].name"), json!(["core", "docs"])),
        (json!("empty[*].x"), json!([])),
        (json!("\"odd key\".\"x/y~z\""), json!(true)),
        (json!("gone || html_url"), json!("https://example.com/1")),
        (json!("`{\"fixed\": 1}`"), json!({"fixed": 1})),
        (json!("'{{not a template}}'"), json!("{{not a template}}")),
        (
            json!({"url": "html_url", "author": {"name": "user.login", "gone": "x.y"}, "teams": "user.teams[*].name"}),
            json!({
                "url": "https://example.com/1", "author": {"name": "ada", "gone": null}, "teams": ["core", "docs"],
            }),
        ),
        (json!({}), json!({})),
    ];
    for (source, expected) in table {
        assert_eq!(map(&source, &issue()), Ok(expected), "{source}");
    }
}

#[test]
fn odd_answers_do_not_break_it() {
    let deep = (0..100).fold(json!(1), |inner, _| json!({"a": [inner]}));
    for response in [
        json!(null),
        json!([]),
        json!("x"),
        json!(1e308),
        json!({"": {"": 1}}),
        deep,
    ] {
        assert_eq!(map(&json!("@"), &response).as_ref(), Ok(&response));
        assert_eq!(map(&json!({"x": "a.b[*].c"}), &response), Ok(json!({"x": null})));
    }
}

#[test]
fn tables_keep_the_authors_order() {
    let mapped = map(&json!({"z": "id", "a": "price"}), &issue()).expect("a value");
    assert_eq!(mapped.to_string(), r#"{"z":18446744073709551615,"a":1.1}"#);
}

#[test]
fn expressions_that_cannot_work_are_refused_when_compiled() {
    let table = [
        (json!(""), "", 0, "`@` is the whole answer"),
        (json!("a."), "", 2, "not a JMESPath expression"),
        (json!("a b"), "", 2, "not a JMESPath expression"),
        (json!("{a: b"), "", 5, "not a JMESPath expression"),
        (json!("'open"), "", 0, "Unclosed"),
        (json!(7), "", 0, "in quotes"),
        (json!(["a"]), "", 0, "in quotes"),
        (json!({"a": {"b/c": "x ||"}}), "/a/b~1c", 4, "not a JMESPath expression"),
        (json!({"a": 1}), "/a", 0, "in quotes"),
        (
            json!("a.lenght(@)"),
            "",
            2,
            "there is no function `lenght`; there are abs,",
        ),
        (json!("{a: sum(x, y)}"), "", 4, "`sum` takes 1 parameters, not 2"),
        (json!("not_null()"), "", 0, "at least one"),
        (json!("a[::0]"), "", 5, "step by 0"),
        (json!("a[1::2147483647]"), "", 15, "beyond"),
        (json!("[&a]"), "", 1, "reference"),
    ];
    for (source, pointer, offset, message) in table {
        let error = Mapping::compile(&source).expect_err("an error");
        assert!(error.message.contains(message), "{source}: {}", error.message);
        assert_eq!((error.pointer.as_str(), error.offset), (pointer, offset), "{source}");
    }
}

#[test]
fn deep_expressions_are_refused_before_they_are_parsed() {
    for piece in [
        "(", "[", "{a:", "!", "a.", "a|", "a||", "[*]", "a[?", "&", "a==", "f(", "[]",
    ] {
        let error = Mapping::compile(&json!(piece.repeat(5000))).expect_err(piece);
        assert!(error.message.contains("too deep"), "{piece}: {}", error.message);
        // Just below the limit: parsed, whatever comes of it, without exhausting the stack.
        drop(Mapping::compile(&json!(format!("{}a", piece.repeat(99)))));
    }
    let wide = (0..400)
        .map(|index| format!("k{index}: a.b[0]"))
        .collect::<Vec<_>>()
        .join(", ");
    assert!(Mapping::compile(&json!(format!("{{{wide}}}"))).is_ok());
    assert!(Mapping::compile(&json!("'((((((((((' == `\"[[[[\"`")).is_ok());
    let long = format!("'{}'", "x".repeat(16 * 1024));
    assert!(
        Mapping::compile(&json!(long))
            .expect_err("too long")
            .message
            .contains("longer than")
    );
    let nested = (0..=DEEPEST).fold(json!("a"), |inner, _| json!({"a": inner}));
    assert!(
        Mapping::compile(&nested)
            .expect_err("too deep")
            .message
            .contains("32 levels")
    );
    assert!(Mapping::compile(&nested["a"]).is_ok());
}

#[test]
fn results_have_a_size_limit() {
    let doubling = vec!["[@, @]"; 24].join(" | ");
    let error = map(&json!(doubling), &json!(1)).expect_err("too large");
    assert!(error.message.contains("more than 10000000 values"), "{}", error.message);
}

#[test]
fn functions_that_do_not_fit_say_so_without_values() {
    let table = [
        (
            "join(', ', tags)",
            json!({"tags": null}),
            "parameter 2 is null, not array[string]",
        ),
        (
            "{n: sum(secret)}",
            json!({"secret": "hunter2"}),
            "parameter 1 is string, not array[number]",
        ),
        (
            "sort_by(rows, &name)",
            json!({"rows": [{"name": "hunter2"}, {"name": 1}]}),
            "element 1 gives number, not string",
        ),
        ("avg(rows)", json!({"rows": []}), "valid f64"),
    ];
    for (source, response, message) in table {
        let error = map(&json!({"k": source}), &response).expect_err(source);
        assert!(error.message.contains(message), "{source}: {}", error.message);
        assert!(
            error.message.contains(source) && !error.message.contains("hunter2"),
            "{}",
            error.message
        );
        assert_eq!(error.pointer, "/k");
    }
}

fn response_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": {"type": "integer", "description": "Number"},
            "state": {"type": "string", "enum": ["open", "closed"]},
            "note": {"type": ["string", "null"]},
            "kind": {"const": "issue"},
            "user": {"$ref": "#/$defs/user"},
            "rows": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
            "matrix": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
            "mixed": {"anyOf": [{"type": "string"}, {"type": "number"}]},
        },
        "$defs": {"user": {"type": "object", "properties": {"login": {"type": "string"}, "boss": {"$ref": "#/$defs/user"}}}},
    })
}

#[test]
fn output_schemas_follow_the_response_schema() {
    let integer = json!({"type": ["integer", "null"], "description": "Number"});
    let table = [
        (
            json!("{id: id, state: state, note: note, kind: kind, gone: gone, mixed: mixed}"),
            Some(json!({"type": "object", "properties": {
                "id": integer,
                "state": {"type": ["string", "null"], "enum": ["open", "closed", null]},
                "note": {"type": ["string", "null"]},
                "kind": {},
                "gone": {},
                "mixed": {"anyOf": [{"anyOf": [{"type": "string"}, {"type": "number"}]}, {"type": "null"}]},
            }})),
        ),
        (
            json!({"a": {"b": "user.login"}}),
            Some(json!({"type": "object", "properties": {
                "a": {"type": "object", "properties": {"b": {"type": ["string", "null"]}}},
            }})),
        ),
        (
            json!("rows[*].n"),
            Some(json!({"type": ["array", "null"], "items": {"type": "integer"}})),
        ),
        (json!("rows[0].n"), Some(json!({"type": ["integer", "null"]}))),
        (
            json!("rows[?n > `1`].{m: n}"),
            Some(
                json!({"type": ["array", "null"], "items": {"type": "object", "properties": {"m": {"type": ["integer", "null"]}}}}),
            ),
        ),
        (
            json!("matrix[]"),
            Some(json!({"type": ["array", "null"], "items": {"type": "number"}})),
        ),
        (
            json!("matrix[*][0]"),
            Some(json!({"type": ["array", "null"], "items": {"type": "number"}})),
        ),
        (
            json!("user.{a: login}"),
            Some(json!({"type": "object", "properties": {"a": {"type": ["string", "null"]}}})),
        ),
        (
            json!("{u: user.{a: login}}"),
            Some(json!({"type": "object", "properties": {
                "u": {"type": ["object", "null"], "properties": {"a": {"type": ["string", "null"]}}},
            }})),
        ),
        (
            json!("{n: length(rows), j: join(',', x), o: a || b}"),
            Some(json!({"type": "object", "properties": {
                "n": {"type": "number"}, "j": {"type": "string"}, "o": {},
            }})),
        ),
        (json!("[id, state]"), Some(json!({"type": "array", "items": {}}))),
        (json!("gone"), None),
        (json!("mixed"), None),
        (json!("a || b"), None),
    ];
    for (source, expected) in table {
        let mapping = Mapping::compile(&source).expect("a mapping");
        assert_eq!(mapping.output_schema(Some(&response_schema())), expected, "{source}");
    }
    let whole = Mapping::compile(&json!("@"))
        .expect("a mapping")
        .output_schema(Some(&response_schema()));
    assert!(!whole.expect("a schema").to_string().contains("$ref"));
}

#[test]
fn without_a_response_schema_the_keys_are_still_known() {
    let table = [
        (
            json!("{id: id, url: html_url}"),
            Some(json!({"type": "object", "properties": {"id": {}, "url": {}}})),
        ),
        (
            json!({"a": "x"}),
            Some(json!({"type": "object", "properties": {"a": {}}})),
        ),
        (
            json!("items[*].{id: id}"),
            Some(json!({
                "type": ["array", "null"], "items": {"type": "object", "properties": {"id": {}}},
            })),
        ),
        (json!("@"), None),
        (json!("id"), None),
    ];
    for (source, expected) in table {
        assert_eq!(
            Mapping::compile(&source).expect("a mapping").output_schema(None),
            expected,
            "{source}"
        );
    }
}

/// What a client would check: every result fits the schema that was promised, null results included.
#[test]
fn results_fit_their_output_schema() {
    let responses = [
        json!({"id": 1, "state": "open", "note": null, "kind": "issue", "mixed": 2, "matrix": [[1], []],
               "user": {"login": "ada", "boss": {"login": "eve"}}, "rows": [{"n": 1}, {}, {"n": 3}]}),
        json!({}),
        json!({"rows": [], "user": {}, "matrix": []}),
    ];
    for source in [
        "@",
        "{id: id, state: state, kind: kind, note: note, mixed: mixed}",
        "rows[*].n",
        "rows[].{m: n}",
        "rows[0]",
        "user.{a: login, b: boss.{c: login}}",
        "matrix[]",
        "matrix[*][0]",
        "rows[?n > `1`]",
        "rows[1:]",
        "[id, state]",
        "{c: state == 'open', d: !id, e: contains('abc', 'b'), f: type(id), k: keys(@), t: to_array(id)}",
        "values(@)",
        "*.login",
        "{a: id && state, b: id || state, l: `1`, s: 'x'}",
        "user.boss",
        "merge(@, `{}`)",
    ] {
        let mapping = Mapping::compile(&json!(source)).expect(source);
        let Some(schema) = mapping
            .output_schema(Some(&response_schema()))
            .as_ref()
            .and_then(structured_schema)
        else {
            continue;
        };
        assert_eq!(schema.get("type"), Some(&json!("object")), "{source}");
        let schema = crate::schema::Schema::compile(&Value::Object(schema)).expect(source);
        for response in &responses {
            let result = Value::Object(structured(mapping.apply(response).expect(source)));
            assert_eq!(schema.violations(&result), [], "{source} made {result} of {response}");
        }
    }
}

#[test]
fn structured_content_is_an_object() {
    assert_eq!(Value::from(structured(json!({"a": 1}))), json!({"a": 1}));
    for value in [json!(null), json!([1]), json!("x"), json!(false)] {
        assert_eq!(Value::from(structured(value.clone())), json!({"result": value}));
    }
    let table = [
        (
            json!({"type": "object", "required": ["a"]}),
            Some(json!({"type": "object", "required": ["a"]})),
        ),
        (
            json!({"type": "array"}),
            Some(json!({"type": "object", "properties": {"result": {"type": "array"}}})),
        ),
        (
            json!({"$ref": "#/$defs/x", "$defs": {"x": {"type": "string"}}}),
            Some(json!({"type": "object", "properties": {"result": {"type": "string"}}})),
        ),
        (json!({"type": ["object", "null"]}), None),
        (json!({}), None),
        (json!(true), None),
    ];
    for (schema, expected) in table {
        assert_eq!(structured_schema(&schema).map(Value::from), expected, "{schema}");
    }
}

#[test]
fn what_may_be_null_is_promised_to_be_no_more_than_an_object() {
    let inner = json!({"type": "object", "description": "A user", "properties": {"id": {"type": "integer"}, "result": {"type": "string"}},
        "required": ["id"], "minProperties": 1, "additionalProperties": false});
    let schema = json!({"type": "object", "properties": {"data": inner.clone()}});
    let mapping = Mapping::compile(&json!("data")).expect("a mapping");
    let promised = structured_schema(&mapping.output_schema(Some(&schema)).expect("a schema")).expect("an object");
    let compiled = crate::schema::Schema::compile(&Value::Object(promised.clone())).expect("a schema");
    for response in [json!({}), json!({"data": {"id": 1}})] {
        let result = Value::Object(structured(mapping.apply(&response).expect("a result")));
        assert_eq!(compiled.violations(&result), [], "{promised:?}");
    }
    assert_eq!(promised["properties"]["id"], json!({"type": "integer"}));
    // What is always there is promised whole.
    let whole = Mapping::compile(&json!("@"))
        .expect("a mapping")
        .output_schema(Some(&inner));
    assert_eq!(whole, Some(inner));
}
