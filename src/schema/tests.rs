use serde_json::json;

use super::*;

fn compile(document: &Value) -> Schema {
    Schema::compile(document).unwrap_or_else(|error| panic!("{document}: {} at {}", error.message, error.pointer))
}

fn violations(document: &Value, instance: &Value) -> Vec<(String, String)> {
    let violations = compile(document).violations(instance);
    violations
        .into_iter()
        .map(|violation| (violation.pointer, violation.message))
        .collect()
}

fn ticket() -> Value {
    json!({
        "type": "object",
        "properties": {
            "title": {"type": "string", "minLength": 1, "maxLength": 10},
            "priority": {"enum": ["low", "high"]},
            "count": {"type": "integer", "minimum": 1, "maximum": 5, "default": 2},
            "ratio": {"type": ["number", "null"], "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            "even": {"type": "integer", "multipleOf": 2},
            "code": {"type": "string", "pattern": "^[A-Z]+$"},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2, "uniqueItems": true},
            "who": {"anyOf": [{"type": "integer"}, {"type": "object", "required": ["id"]}]},
            "kind": {"const": "bug"},
            "a/b~c": {"type": "boolean"},
            "password": {"type": "string", "writeOnly": true, "minLength": 12},
            "login": {"type": "object", "properties": {"pin": {"$ref": "#/$defs/pin"}}},
        },
        "required": ["title"],
        "additionalProperties": false,
        "$defs": {"pin": {"type": "integer", "writeOnly": true, "maximum": 9}},
    })
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table, a row per keyword")]
fn each_violation_says_what_is_expected_and_what_was_found() {
    let table = [
        (json!({}), "", "the required property \"title\" is missing"),
        (json!([]), "", "expected object, got an array of 0"),
        (json!({"title": 7}), "/title", "expected string, got the number 7"),
        (
            json!({"title": ""}),
            "/title",
            "expected at least 1 characters, got the string \"\"",
        ),
        (
            json!({"title": "12345678901"}),
            "/title",
            "expected at most 10 characters, got the string \"12345678901\"",
        ),
        (
            json!({"title": "x", "priority": "urgent"}),
            "/priority",
            "expected one of \"low\", \"high\", got the string \"urgent\"",
        ),
        (
            json!({"title": "x", "count": "3"}),
            "/count",
            "expected integer, got the string \"3\"",
        ),
        (
            json!({"title": "x", "count": 1.5}),
            "/count",
            "expected integer, got the number 1.5",
        ),
        (
            json!({"title": "x", "count": 0}),
            "/count",
            "expected at least 1, got the number 0",
        ),
        (
            json!({"title": "x", "count": 9}),
            "/count",
            "expected at most 5, got the number 9",
        ),
        (
            json!({"title": "x", "ratio": 0}),
            "/ratio",
            "expected more than 0, got the number 0",
        ),
        (
            json!({"title": "x", "ratio": 1}),
            "/ratio",
            "expected less than 1, got the number 1",
        ),
        (
            json!({"title": "x", "ratio": true}),
            "/ratio",
            "expected null or number, got true",
        ),
        (
            json!({"title": "x", "even": 3}),
            "/even",
            "expected a multiple of 2, got the number 3",
        ),
        (
            json!({"title": "x", "code": "a\nb"}),
            "/code",
            "expected text that matches ^[A-Z]+$, got the string \"a\\nb\"",
        ),
        (
            json!({"title": "x", "tags": ["a", "b", "c"]}),
            "/tags",
            "expected at most 2 elements, got an array of 3",
        ),
        (
            json!({"title": "x", "tags": ["a", "a"]}),
            "/tags",
            "expected different elements, got equal ones",
        ),
        (
            json!({"title": "x", "tags": ["a", null]}),
            "/tags/1",
            "expected string, got null",
        ),
        (
            json!({"title": "x", "who": {}}),
            "/who",
            "fits none of 2 alternatives: expected integer, got an empty object; or the required property \"id\" is missing",
        ),
        (
            json!({"title": "x", "kind": {"a": 1}}),
            "/kind",
            "expected \"bug\", got an object",
        ),
        (
            json!({"title": "x", "a/b~c": 1}),
            "/a~1b~0c",
            "expected boolean, got the number 1",
        ),
        (
            json!({"title": "x", "titel": 1}),
            "/titel",
            "`titel` is not a known property, did you mean `title`?",
        ),
    ];
    for (instance, pointer, message) in table {
        assert_eq!(
            violations(&ticket(), &instance),
            [(pointer.to_owned(), message.to_owned())],
            "{instance}"
        );
    }
}

#[test]
fn unknown_properties_are_named_one_by_one() {
    let unknown = violations(&ticket(), &json!({"title": "x", "zzz": 1, "q/r": 2}));
    assert_eq!(unknown.len(), 2);
    assert_eq!(unknown[1].0, "/q~1r");
    assert!(
        unknown[0]
            .1
            .starts_with("`zzz` is not a known property; there are `title`, `priority`, "),
        "{unknown:?}"
    );
    assert_eq!(
        violations(
            &ticket(),
            &json!({"title": "x", "count": 3.0, "ratio": null, "kind": "bug"})
        ),
        []
    );
}

#[test]
fn values_of_write_only_properties_are_never_shown() {
    for instance in [
        json!({"title": "x", "password": "hunter2"}),
        json!({"title": "x", "login": {"pin": 77_777}}),
        json!({"title": "x", "login": {"pin": "77777"}}),
    ] {
        let found = violations(&ticket(), &instance);
        assert_eq!(found.len(), 1);
        assert!(
            !found[0].1.contains("hunter2") && !found[0].1.contains("7777"),
            "{found:?}"
        );
    }
}

#[test]
fn values_can_be_left_out_altogether() {
    let schema = compile(&ticket());
    let instance = json!({"title": "very secret title", "priority": "secret", "count": 99_999, "kind": false});
    let found = schema.violations_without_values(&instance);
    assert_eq!(found.len(), 4);
    assert!(
        found.iter().all(|violation| !violation.message.contains("secret")),
        "{found:?}"
    );
    assert!(
        found.iter().all(|violation| !violation.message.contains("9999")),
        "{found:?}"
    );
}

#[test]
fn long_values_are_cut() {
    let found = violations(&json!({"type": "integer"}), &json!("é\"".repeat(500_000)));
    assert!(found[0].1.ends_with("… (1000000 characters)"), "{}", found[0].1);
    assert!(found[0].1.chars().count() < 200, "{}", found[0].1);
    let options: Vec<_> = (0..1000).map(|index| format!("option {index}")).collect();
    let found = violations(&json!({"enum": options}), &json!("x"));
    assert!(
        found[0].1.contains("(1000 in all)") && found[0].1.len() < 1000,
        "{}",
        found[0].1
    );
    let found = violations(
        &json!({"additionalProperties": false}),
        &json!({"x\ny".repeat(1000): 1}),
    );
    assert!(!found[0].1.contains('\n') && found[0].1.len() < 200, "{}", found[0].1);
}

#[test]
fn at_most_twenty_violations_are_reported() {
    let schema = json!({"type": "array", "items": {"type": "string"}});
    let instance: Value = (0..100).collect();
    assert_eq!(violations(&schema, &instance).len(), MOST_VIOLATIONS);
    let none = json!({"type": "object", "properties": {}, "additionalProperties": false});
    assert_eq!(
        violations(&none, &json!({"b": 1}))[0].1,
        "`b` is not a known property; there are none"
    );
    let unknown: Map<_, _> = (0..100).map(|index| (index.to_string(), json!(1))).collect();
    assert_eq!(
        violations(&json!({"additionalProperties": false}), &Value::Object(unknown)).len(),
        MOST_VIOLATIONS
    );
    let large: Value = (0..=LARGE).collect();
    assert_eq!(violations(&schema, &large).len(), 1);
}

#[test]
fn unusable_documents_are_refused() {
    let table = [
        (json!({"type": "strin"}), "/type", "not a JSON Schema"),
        (
            json!({"properties": {"a": {"minLength": "x"}}}),
            "/properties/a/minLength",
            "not a JSON Schema",
        ),
        (json!({"pattern": "("}), "/pattern", "not a JSON Schema"),
        (json!(7), "", "not a JSON Schema"),
        (
            json!({"properties": {"a": {"$ref": "https://example.com/x.json"}}}),
            "/properties/a/$ref",
            "another document",
        ),
        (json!({"$ref": "other.json#/x"}), "/$ref", "another document"),
        (json!({"$ref": "file:///etc/passwd"}), "/$ref", "another document"),
        (json!({"$ref": "#/$defs/gone"}), "", "leads nowhere"),
        (json!({"$ref": "#"}), "", "refers to itself"),
        (
            json!({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}}),
            "/$defs",
            "itself",
        ),
        (
            json!({"pattern": "((a{1000}){1000}){1000}"}),
            "/pattern",
            "not a JSON Schema",
        ),
    ];
    for (document, pointer, message) in table {
        let error = Schema::compile(&document).expect_err(&document.to_string());
        assert!(error.message.contains(message), "{document}: {}", error.message);
        assert!(error.pointer.starts_with(pointer), "{document}: {}", error.pointer);
    }
}

#[test]
fn references_within_the_document_work() {
    let tree = json!({
        "$defs": {"node": {"type": "object", "properties": {
            "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}, "n": {"type": "integer"},
        }}},
        "$ref": "#/$defs/node",
    });
    let found = violations(&tree, &json!({"children": [{"children": [{"n": "x"}]}]}));
    assert_eq!(found[0].0, "/children/0/children/0/n");
    let named = json!({"$defs": {"a": {"$id": "urn:a", "type": "integer"}}, "$ref": "urn:a"});
    assert_eq!(violations(&named, &json!("x")).len(), 1);
}

#[test]
fn patterns_cannot_take_for_ever() {
    let text = json!(format!("{}!", "a".repeat(60)));
    for (pattern, message) in [("^(a+)+$", "matches"), (r"^(?:(?=a)a|aa)+$", "takes too long")] {
        let found = violations(&json!({"type": "string", "pattern": pattern}), &text);
        assert!(found[0].1.contains(message), "{pattern}: {found:?}");
    }
}

#[test]
fn defaults_fill_what_is_absent() {
    let schema = compile(&json!({
        "type": "object",
        "properties": {
            "limit": {"type": "integer", "default": 10},
            "note": {"default": null},
            "sort": {"$ref": "#/$defs/sort"},
            "page": {"type": "object", "default": {}, "properties": {"size": {"default": 50}}},
            "filter": {"type": "object", "properties": {"open": {"default": true}}},
            "rows": {"type": "array", "items": {"type": "object", "properties": {"n": {"default": 1}}}},
            "plain": {"type": "string"},
        },
        "allOf": [{"properties": {"extra": {"default": "x"}}}],
        "$defs": {"sort": {"type": "string", "default": "name"}},
    }));
    let fill = |arguments: Value| {
        let Value::Object(mut arguments) = arguments else {
            panic!("arguments are an object")
        };
        schema.complete(&mut arguments);
        Value::Object(arguments)
    };
    let all = json!({"limit": 10, "note": null, "sort": "name", "page": {"size": 50}, "extra": "x"});
    assert_eq!(fill(json!({})), all);
    assert_eq!(
        fill(json!({"limit": null, "page": {"size": 1}, "filter": {}, "rows": [{}, {"n": 2}, 3], "extra": 0})),
        json!({
            "limit": null, "page": {"size": 1}, "filter": {"open": true}, "rows": [{"n": 1}, {"n": 2}, 3], "extra": 0,
            "note": null, "sort": "name",
        })
    );
    assert_eq!(fill(json!({"page": "x", "filter": []}))["page"], json!("x"));
}

#[test]
fn defaults_follow_recursive_schemas() {
    let link = json!({"$ref": "#/$defs/node"});
    let mut node =
        json!({"type": "object", "properties": {"n": {"default": 1}, "children": {"type": "array", "items": link}}});
    for index in 0..40 {
        node["properties"][format!("way{index}")] = link.clone();
    }
    let schema = compile(&json!({"$defs": {"node": node}, "$ref": "#/$defs/node"}));
    let Value::Object(mut arguments) = json!({"children": [{"way3": {"children": [{}]}}]}) else {
        panic!("no object")
    };
    schema.complete(&mut arguments);
    assert_eq!(
        Value::from(arguments),
        json!({"n": 1, "children": [{"n": 1, "way3": {"n": 1, "children": [{"n": 1}]}}]})
    );
}

#[test]
fn long_chains_and_wide_unions_are_bounded() {
    let mut chain = json!({"$ref": "#/$defs/0", "$defs": {}});
    for index in 0..20_000 {
        chain["$defs"][index.to_string()] = json!({"$ref": format!("#/$defs/{}", index + 1)});
    }
    let error = Schema::compile(&chain).expect_err("too long");
    assert!(error.message.contains("128 references"), "{}", error.message);
    assert_eq!(inlined(&chain), json!({}));
    let mut nested = json!({"$ref": "#/$defs/0", "$defs": {"20000": {"type": "string"}}});
    for index in 0..20_000 {
        let next = json!({"properties": {"a": {"$ref": format!("#/$defs/{}", index + 1)}}});
        nested["$defs"][index.to_string()] = next;
    }
    assert!(inlined(&nested).to_string().len() < 10_000);
    let branch = json!({"$ref": "#/$defs/union"});
    let union = json!({"type": "array", "items": {"anyOf": vec![branch; 6]}});
    let wide =
        compile(&json!({"properties": {"a": {"anyOf": [{"$ref": "#/$defs/union"}]}}, "$defs": {"union": union}}));
    assert_eq!(wide.violations(&json!({"a": []})), []);
}

#[test]
fn alternatives_within_alternatives_are_not_spelt_out() {
    let inner = json!({"anyOf": [{"type": "string"}, {"type": "integer"}]});
    let found = violations(&json!({"anyOf": [inner, {"type": "boolean"}]}), &json!(null));
    assert_eq!(
        found[0].1,
        "fits none of 2 alternatives: fits none of its alternatives; or expected boolean, got null"
    );
}

#[test]
fn inlining_leaves_no_reference() {
    let document = json!({
        "type": "object",
        "properties": {
            "a": {"$ref": "#/$defs/a", "description": "mine"},
            "b": {"type": "array", "items": {"$ref": "#/definitions/tree"}},
            "gone": {"$ref": "#/$defs/gone"},
            "$ref": {"type": "string"},
        },
        "$defs": {"a": {"type": "string", "description": "theirs"}},
        "definitions": {"tree": {"properties": {"child": {"$ref": "#/definitions/tree"}}}},
    });
    assert_eq!(
        inlined(&document),
        json!({
            "type": "object",
            "properties": {
                "a": {"type": "string", "description": "mine"},
                "b": {"type": "array", "items": {"properties": {"child": {}}}},
                "gone": {},
                "$ref": {"type": "string"},
            },
        })
    );
    let mut bomb = json!({"$ref": "#/$defs/0", "$defs": {}});
    for index in 0..40 {
        let next = format!("#/$defs/{}", index + 1);
        bomb["$defs"][index.to_string()] = json!({"properties": {"a": {"$ref": next}, "b": {"$ref": next}}});
    }
    assert!(inlined(&bomb).to_string().len() < 1_000_000);
}

#[test]
fn the_document_is_kept() {
    assert_eq!(compile(&ticket()).document(), &ticket());
}

#[test]
fn names_made_up_by_a_sender_stay_short_and_legible() {
    let schema = compile(&json!({
        "type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"maxLength": 1_000_000},
    }));
    let long = "x".repeat(100_000);
    let hostile = "a\u{1b}[2J\u{9b}\u{202e}";
    let closed = compile(&json!({"type": "object", "properties": {"a": {}}, "additionalProperties": false}));
    for schema in [&schema, &closed] {
        for name in [long.as_str(), hostile] {
            let violations = schema.violations(&json!({name: 1}));
            let shown = format!("{}: {}", violations[0].pointer, violations[0].message);
            assert!(shown.len() < 1_000, "{}", shown.len());
            assert!(!shown.contains(crate::diagnostics::is_disruptive), "{shown:?}");
        }
    }
}
