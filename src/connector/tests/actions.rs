//! Actions, their arguments and their requests.

use super::*;

#[test]
fn methods_in_any_case_and_their_effects() {
    for (method, effect, confirm) in [
        ("GET", Effect::Read, false),
        ("get", Effect::Read, false),
        ("HEAD", Effect::Read, false),
        ("head", Effect::Read, false),
        ("Options", Effect::Read, false),
        ("QUERY", Effect::Read, false),
        ("POST", Effect::Write, true),
        ("PUT", Effect::Write, true),
        ("Patch", Effect::Write, true),
        ("DELETE", Effect::Write, true),
    ] {
        let found = action(&format!("method = \"{method}\"\npath = \"/\""));
        assert_eq!((found.effect, found.confirm), (effect, confirm), "{method}");
        assert_eq!(found.request().unwrap().method.as_str(), method.to_uppercase());
    }
    for method in ["TRACE", "CONNECT", "PROPFIND", ""] {
        assert_eq!(
            errors(&with_action(&format!("method = \"{method}\"\npath = \"/\""))),
            ["unknown-value"],
            "{method}"
        );
    }
    for (lines, effect, confirm) in [
        ("method = \"POST\"\neffect = \"read\"", Effect::Read, false),
        ("method = \"POST\"\nconfirm = false", Effect::Write, false),
        ("method = \"GET\"\nconfirm = true", Effect::Read, true),
        ("method = \"GET\"\neffect = \"write\"", Effect::Write, true),
    ] {
        let found = action(&format!("{lines}\npath = \"/\""));
        assert_eq!((found.effect, found.confirm), (effect, confirm), "{lines}");
    }
}

#[test]
fn an_xml_body_is_made_of_values_or_written_as_text() {
    let order = "xml = { name = \"order\" }\n";
    let input = "input = [{ name = \"x\", in = \"body\" }]\n";
    let used = "input = [{ name = \"x\" }]\n";
    let object = "input = [{ name = \"x\", schema = { type = \"object\", xml = { name = \"order\" } } }]\n";
    for (rest, is_made) in [
        (format!("{order}{input}"), true),
        (format!("{order}{used}body = {{ id = \"{{{{x}}}}\" }}"), true),
        (format!("{object}body = \"{{{{x}}}}\""), true),
        (format!("{used}body = \"{{{{x}}}}\""), false),
        (format!("{used}body = \"<order>{{{{x}}}}</order>\""), false),
    ] {
        let found = action(&format!(
            "method = \"POST\"\npath = \"/\"\ncontent_type = \"application/xml\"\n{rest}"
        ));
        let body = found.request().unwrap().body.as_ref();
        assert_eq!(matches!(body, Some(BodyTemplate::Xml { .. })), is_made, "{rest}");
        assert!(
            !found.input.document().to_string().contains("xml"),
            "agents need not know"
        );
    }
    for (rest, expected) in [
        (format!("content_type = \"text/xml\"\n{input}"), "bad-xml"),
        (
            format!("content_type = \"text/xml\"\nxml = {{ name = \"a b\" }}\n{input}"),
            "bad-xml",
        ),
        (
            format!("content_type = \"application/json\"\n{order}{input}"),
            "no-effect",
        ),
        (
            format!("content_type = \"text/xml\"\n{order}{used}body = \"<a>{{{{x}}}}</a>\""),
            "no-effect",
        ),
        (
            format!("content_type = \"text/xml\"\nxml = {{ nam = \"a\" }}\n{input}"),
            "unknown-key",
        ),
    ] {
        let found = errors(&with_action(&format!("method = \"POST\"\npath = \"/\"\n{rest}")));
        assert!(found.contains(&expected), "{rest}: {found:?}");
    }
}

#[test]
fn a_yaml_body_is_made_of_values_or_written_as_text() {
    let input = "input = [{ name = \"x\", in = \"body\" }]";
    let used = "input = [{ name = \"x\" }]";
    let object = "input = [{ name = \"x\", schema = { type = \"object\" } }]";
    for (rest, is_made) in [
        (input.to_owned(), true),
        (format!("{used}\nbody = {{ id = \"{{{{x}}}}\" }}"), true),
        (format!("{object}\nbody = \"{{{{x}}}}\""), true),
        (format!("{used}\nbody = \"{{{{x}}}}\""), false),
        (format!("{used}\nbody = \"id: {{{{x}}}}\""), false),
    ] {
        let found = action(&format!(
            "method = \"POST\"\npath = \"/\"\ncontent_type = \"application/yaml\"\n{rest}"
        ));
        let body = found.request().unwrap().body.as_ref();
        assert_eq!(matches!(body, Some(BodyTemplate::Json(_))), is_made, "{rest}");
    }
}

#[test]
fn one_of_several_inputs_is_needed() {
    let inputs = "method = \"POST\"\npath = \"/\"\n\
                  input = [{ name = \"id\", in = \"body\" }, { name = \"name\", in = \"body\" }]\n";
    let found = action(&format!("{inputs}any_of = [\"id\", [\"name\"]]"));
    assert!(found.request().unwrap().any_of.is_some());
    assert!(
        found.description.ends_with(". Needs at least one of `id`, or `name`."),
        "{}",
        found.description
    );
    for (any_of, expected) in [
        ("[\"ids\"]", "undeclared-input"),
        ("[\"id\", [\"name\", \"folder\"]]", "undeclared-input"),
        ("[]", "no-effect"),
        ("[[]]", "out-of-range"),
        ("\"id\"", "wrong-type"),
    ] {
        let found = errors(&with_action(&format!("{inputs}any_of = {any_of}")));
        assert_eq!(found, [expected], "{any_of}");
    }
    let code = errors(&with_action(
        "code = \"return 1\"\neffect = \"read\"\nany_of = [\"id\"]",
    ));
    assert_eq!(code, ["no-effect"]);
}

#[test]
fn several_media_types_are_those_of_a_file() {
    let body = |media_type: &str, kind: &str| {
        format!(
            "method = \"POST\"\npath = \"/\"\ncontent_type = \"{media_type}\"\nbody = \"{{{{x}}}}\"\n\
             input = [{{ name = \"x\", type = \"{kind}\" }}]\n"
        )
    };
    for several in ["image/*", "image/png, image/jpeg", "application/xml, text/xml"] {
        let found = action(&body(several, "FILE"));
        let sent = found.request().unwrap().body.as_ref();
        assert!(
            matches!(sent, Some(BodyTemplate::File { content_type, .. }) if content_type == several),
            "{several}"
        );
        let found = errors(&with_action(&body(several, "TEXT")));
        assert_eq!(found, ["bad-content-type"], "{several}");
    }
    assert_eq!(
        errors(&with_action(&body("image/png, b", "FILE"))),
        ["bad-content-type"]
    );
}

#[test]
fn names_and_titles() {
    for (lines, name, title) in [
        ("name = \"get_customer\"", "get_customer", "Get customer"),
        ("name = \"Get Customer!\"", "get_customer", "Get Customer!"),
        (
            "name = \"get_customer\"\ntitle = \"One customer\"",
            "get_customer",
            "One customer",
        ),
        ("name = \"日本\"\nslug = \"japan\"", "japan", "日本"),
    ] {
        let text = format!(
            "name = \"Test\"\n[connection]\nbase_url = \"https://a.example.com\"\n[[actions]]\n{lines}\nmethod = \"GET\"\npath = \"/\""
        );
        let found = connector(load_text("a.toml", &text)).actions[0].clone();
        assert_eq!((found.name.as_str(), found.title.as_str()), (name, title));
    }
    for lines in [
        "name = \"日本\"",
        "name = \"x\"\nslug = \"X\"",
        "name = \"x\"\nslug = \"a__b\"",
    ] {
        let text = format!(
            "name = \"Test\"\n[connection]\nbase_url = \"https://a.example.com\"\n[[actions]]\n{lines}\nmethod = \"GET\"\npath = \"/\""
        );
        assert_eq!(errors(&load_text("a.toml", &text)), ["bad-name"], "{lines}");
    }
    assert_eq!(connector(with_lines("")).slug, "test");
    assert_eq!(connector(with_lines("slug = \"my_crm\"")).slug, "my_crm");
    assert_eq!(errors(&with_lines("slug = \"My CRM\"")), ["bad-name"]);
}

#[test]
fn icons_are_images() {
    for (icon, valid) in [
        ("https://example.com/icon.png", true),
        ("data:image/png;base64,AAAA", true),
        ("data:text/html,<script>", false),
        ("http://example.com/icon.png", false),
        ("javascript:alert(1)", false),
        ("icon.png", false),
    ] {
        let loaded = with_lines(&format!("icon = \"{icon}\""));
        assert_eq!(errors(&loaded), if valid { vec![] } else { vec!["bad-icon"] }, "{icon}");
    }
    let long = format!("icon = \"data:image/png;base64,{}\"", "A".repeat(64 * 1024));
    assert_eq!(errors(&with_lines(&long)), ["bad-icon"]);
}

/// Contract S1-32: flat arguments reach their places under the API's names.
#[test]
fn arguments_are_sent_under_their_own_names() {
    let found = action(
        "method = \"POST\"\npath = \"/{id}\"\nbody = { fixed = 1, note = \"{{note}}\" }\nrequest_body = { limit = \"integer\", id = \"string\" }\n\
         [[actions.input]]\nname = \"id\"\nin = \"path\"\n[[actions.input]]\nname = \"limit\"\nin = \"query\"\ntype = \"integer\"\n\
         [[actions.input]]\nname = \"note\"\n",
    );
    let arguments = json!({"id": "a", "limit": 1, "body_limit": 2, "body_id": "b"});
    let arguments = arguments.as_object().unwrap();
    assert_eq!(found.input.violations(&Value::Object(arguments.clone())), []);
    assert_eq!(found.request().unwrap().path.render(arguments).unwrap(), "/a");
    let (name, template) = &found.request().unwrap().query[0];
    assert_eq!(
        (name.as_str(), template.render(arguments).unwrap()),
        ("limit", Some(json!(1)))
    );
    let Some(BodyTemplate::Json(body)) = &found.request().unwrap().body else {
        panic!("no JSON body")
    };
    assert_eq!(
        body.render(arguments).unwrap(),
        Some(json!({"fixed": 1, "limit": 2, "id": "b"}))
    );
}

/// Contract S1-33 and S1-64.
#[test]
fn defaults_of_a_body_are_filled_in() {
    let search = connector(load_text("connector.yaml", SEED)).actions[1].clone();
    let mut arguments = Map::new();
    arguments.insert("query".to_owned(), json!("John"));
    search.input.complete(&mut arguments);
    let Some(BodyTemplate::Json(body)) = &search.request().unwrap().body else {
        panic!("no JSON body")
    };
    assert_eq!(
        body.render(&arguments).unwrap(),
        Some(json!({"query": "John", "limit": 10}))
    );
}

#[test]
fn fields_accept_and_refuse_values() {
    let field = |lines: &str| {
        action(&format!(
            "method = \"POST\"\npath = \"/\"\n[[actions.input]]\nname = \"x\"\nin = \"body\"\n{lines}"
        ))
    };
    for (lines, good, bad) in [
        ("type = \"TEXT\"", json!("a"), json!("a\nb")),
        ("type = \"MULTI_LINE_TEXT\"", json!("a\nb"), json!(1)),
        ("type = \"NUMBER\"", json!(3.5), json!("abc")),
        ("type = \"NUMBER\"", json!(3), json!(true)),
        ("type = \"BOOLEAN\"", json!(true), json!("yes")),
        (
            "type = \"SELECT\"\noptions = [\"low\", \"high\"]",
            json!("low"),
            json!("middle"),
        ),
        (
            "type = \"SELECT\"\nmultiple = true\noptions = [1, 2]",
            json!([1, 2]),
            json!([1, 1]),
        ),
        (
            "type = \"FILE\"",
            json!({"fileName": "a", "mimeType": "b/c", "base64": ""}),
            json!([]),
        ),
        (
            "type = \"FILE\"\nmultiple = true",
            json!([]),
            json!({"fileName": "a", "mimeType": "b/c", "base64": ""}),
        ),
        (
            "type = \"OBJECT\"\nschema = { a = { b = \"integer\" } }",
            json!({"a": {"b": 1}}),
            json!({"a": {"b": "1"}}),
        ),
        ("type = \"PASSWORD\"", json!("p"), json!(1)),
        ("type = \"integer\"", json!(1), json!(1.5)),
        ("type = \"array\"", json!([1, "a"]), json!({})),
    ] {
        let found = field(lines);
        assert_eq!(found.input.violations(&json!({ "x": good })), [], "{lines}");
        assert!(!found.input.violations(&json!({ "x": bad })).is_empty(), "{lines}");
    }
    assert!(!field("required = true").input.violations(&json!({})).is_empty());
    assert!(
        !field("").input.violations(&json!({"y": 1})).is_empty(),
        "closed to unknown arguments"
    );
    assert_eq!(field("type = \"PASSWORD\"").secret_arguments, ["x"]);
}

#[test]
fn arguments_of_the_path_are_required() {
    let required = |path: &str, lines: &str| {
        let found = action(&format!(
            "method = \"GET\"\npath = \"{path}\"\n[[actions.input]]\nname = \"id\"\n{lines}"
        ));
        found.input.document().get("required").is_some()
    };
    assert!(required("/{id}", ""));
    assert!(required("/a/{{ id }}/b", "in = \"path\""));
    assert!(!required("/{{ id | default('x') }}", ""));
    assert!(!required("/{id}", "default = \"x\""));
}

#[test]
fn bodies_that_flat_arguments_cannot_say_are_one_argument() {
    for (body, names) in [
        ("{type: object, properties: {a: {type: string}}}", vec!["a"]),
        ("{properties: {a: {type: string}, b: true, c: false}}", vec!["a", "b"]),
        ("{type: object}", vec!["body"]),
        (
            "{type: [object, 'null'], properties: {a: {type: string}}}",
            vec!["body"],
        ),
        (
            "{type: object, properties: {a: {type: string}}, additionalProperties: true}",
            vec!["body"],
        ),
        (
            "{type: object, properties: {a: {type: string}}, oneOf: [{required: [a]}, {}]}",
            vec!["body"],
        ),
        ("{oneOf: [{type: string}, {type: integer}]}", vec!["body"]),
        ("[string]", vec!["body"]),
        ("string", vec!["body"]),
    ] {
        let text = format!(
            "name: T\nconnection: {{base_url: 'https://a.example.com'}}\nactions:\n  - {{name: act, method: POST, path: /, request_body: {body}}}\n"
        );
        let found = connector(load_text("a.yaml", &text)).actions[0].clone();
        let properties = found.input.document()["properties"].as_object().unwrap().clone();
        assert_eq!(properties.keys().collect::<Vec<_>>(), names, "{body}");
        assert!(
            ["allOf", "anyOf", "oneOf"]
                .iter()
                .all(|keyword| found.input.document().get(keyword).is_none())
        );
    }
}

#[test]
fn placeholders_in_keys_are_shown_where_they_are() {
    for (lines, column) in [
        (r#"query = { "{{a}}" = "{{a}}" }"#, 11),
        (r#"cookies = { "c{{a}}" = "{{a}}" }"#, 13),
        (r#"body = { x = [{ "k{{a}}" = "{{a}}" }], "{{a}}" = 1 }"#, 17),
    ] {
        let loaded = with_action(&format!(
            "method = \"POST\"\npath = \"/x\"\n{lines}\n[[actions.input]]\nname = \"a\"\n"
        ));
        let told = render(&loaded.diagnostics, false);
        assert!(errors(&loaded).iter().all(|code| *code == "bad-template"), "{told}");
        let first = loaded
            .diagnostics
            .iter()
            .find(|finding| finding.is_error())
            .expect("an error");
        assert_eq!((first.line, first.column), (9, column), "{told}");
        assert!(first.message.contains("only values can"), "{told}");
    }
}

#[test]
fn slips_of_other_formats_come_with_what_to_write() {
    let path = "method = \"GET\"\npath = \"/x/:id\"\n";
    let input = "[[actions.input]]\nname = \"id\"\n";
    for (lines, code, advice) in [
        (
            format!("{path}{input}"),
            "unused-input",
            "write `{id}` in the path in place of `:id`",
        ),
        (
            format!("{path}timeout_ms = \"30s\"\n"),
            "wrong-type",
            "write milliseconds without a unit: 30000",
        ),
        (
            format!("{path}timeout_ms = \"2 min\"\n"),
            "wrong-type",
            "write milliseconds without a unit: 120000",
        ),
        (
            format!("{path}[actions.input]\nname = \"id\"\n"),
            "wrong-type",
            "write [[actions.input]], once for each of them",
        ),
    ] {
        let loaded = with_action(&lines);
        let error = loaded.diagnostics.iter().find(|finding| finding.is_error()).unwrap();
        assert_eq!((error.code, error.help.as_deref()), (code, Some(advice)), "{lines}");
    }
}

#[test]
fn one_action_in_place_of_the_list_is_told_once() {
    let action = "\"name\": \"a\", \"method\": \"GET\", \"path\": \"/\"";
    let head = "name = \"Test\"\n[connection]\nbase_url = \"https://api.example.com\"\n";
    let yaml = "name: Test\nconnection: { base_url: \"https://api.example.com\" }\n";
    for (name, text, advice) in [
        (
            "connector.toml",
            format!("{head}[actions]\nname = \"a\"\n"),
            "write [[actions]], once for each of them",
        ),
        (
            "connector.yaml",
            format!("{yaml}actions: {{ {action} }}\n"),
            "begin each of them with `- `",
        ),
    ] {
        let loaded = load_text(name, &text);
        assert_eq!(errors(&loaded), ["wrong-type"], "{name}");
        let error = loaded.diagnostics.iter().find(|finding| finding.is_error()).unwrap();
        assert_eq!(error.help.as_deref(), Some(advice), "{name}");
    }
}

#[test]
fn bodies_are_sent_as_utf_8() {
    for (content_type, body, expected) in [
        ("text/plain; charset=ISO-8859-1", "\"{{x}}\"", vec!["bad-content-type"]),
        (
            "application/json; charset=utf-16",
            "{ a = \"{{x}}\" }",
            vec!["bad-content-type"],
        ),
        ("text/plain; charset=\\\"UTF-8\\\"", "\"{{x}}\"", vec![]),
        ("text/plain; charset=utf8", "\"{{x}}\"", vec![]),
    ] {
        let lines = format!(
            "method = \"POST\"\npath = \"/\"\ncontent_type = \"{content_type}\"\nbody = {body}\ninput = [{{ name = \"x\" }}]"
        );
        assert_eq!(errors(&with_action(&lines)), expected, "{content_type}");
    }
    // What a file is made of is not for Toolgate to say.
    let file = "method = \"POST\"\npath = \"/\"\ncontent_type = \"text/csv; charset=iso-8859-1\"\nbody = \"{{x}}\"\n\
                input = [{ name = \"x\", type = \"FILE\" }]";
    assert_eq!(errors(&with_action(file)), Vec::<&str>::new());
}

#[test]
fn a_header_or_cookie_is_sent_once() {
    for (template, place, name, expected) in [
        (
            "headers = { X-Trace = \"{{y}}\" }",
            "header",
            "x-trace",
            vec!["duplicate-key"],
        ),
        ("headers = { X-Trace = \"{{y}}\" }", "header", "X-Other", vec![]),
        (
            "cookies = { session = \"{{y}}\" }",
            "cookie",
            "session",
            vec!["duplicate-key"],
        ),
        ("cookies = { session = \"{{y}}\" }", "cookie", "Session", vec![]),
    ] {
        for style in ["", ", style = \"json\""] {
            let lines = format!(
                "method = \"GET\"\npath = \"/\"\n{template}\ninput = [{{ name = \"{name}\", in = \"{place}\"{style} }}, {{ name = \"y\" }}]"
            );
            assert_eq!(errors(&with_action(&lines)), expected, "{lines}");
        }
    }
}

#[test]
fn validation_without_a_schema_may_have_an_effect() {
    for (lines, is_told) in [
        ("validation = \"warn\"", false),
        ("validation = \"strict\"", true),
        ("validation = \"warn\"\nresponse = \"a\"", true),
    ] {
        let found = with_action(&format!("method = \"GET\"\npath = \"/\"\n{lines}"));
        let told = found.diagnostics.iter().any(|finding| finding.code == "no-effect");
        assert_eq!(told, is_told, "{lines}: {:?}", found.diagnostics);
    }
}
