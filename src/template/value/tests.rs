//! What values of templates become.

use serde_json::json;

use super::*;

fn render(template: &Value, arguments: &Value) -> Option<Value> {
    let template = ValueTemplate::compile(template).unwrap_or_else(|error| panic!("{template}: {error}"));
    template
        .render(arguments.as_object().expect("an object"))
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_lone_placeholder_keeps_the_type() {
    let long = "é\"\n".repeat(300_000);
    for value in [
        json!(3),
        json!(3.5),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!(true),
        json!(null),
        json!(""),
        json!("3"),
        json!({"b": [1, {"a": null}]}),
        json!([]),
        json!("quote \" newline \n nul \u{0} 𝄞 \u{fffd}"),
        json!(long),
    ] {
        let arguments = json!({"x": value});
        assert_eq!(render(&json!("{{x}}"), &arguments), Some(value.clone()));
        assert_eq!(
            render(&json!({"k": ["{{ x }}"]}), &arguments),
            Some(json!({"k": [value]}))
        );
    }
}

#[test]
fn mixed_text_is_written_out() {
    let table = [
        (json!("a"), Some("<a>")),
        (json!(""), Some("<>")),
        (json!(3), Some("<3>")),
        (json!(1.0), Some("<1.0>")),
        (json!(u64::MAX), Some("<18446744073709551615>")),
        (json!(false), Some("<false>")),
        (json!([1, "a"]), Some("<[1,\"a\"]>")),
        (json!({"z": 1, "a": null}), Some("<{\"z\":1,\"a\":null}>")),
        (json!("say \"hi\"\n"), Some("<say \"hi\"\n>")),
        (json!("{{7*7}}"), Some("<{{7*7}}>")),
        (json!(null), None),
    ];
    for (value, expected) in table {
        assert_eq!(
            render(&json!("<{{x}}>"), &json!({"x": value})),
            expected.map(Value::from),
            "{value}"
        );
    }
}

#[test]
fn values_within_xml_stay_values() {
    let hostile = "</t><x a='\"&\r";
    let escaped = "&lt;/t&gt;&lt;x a=&apos;&quot;&amp;&#13;";
    let once = format!("<t>{escaped}</t>");
    let table = [
        ("<t>{{x}}</t>", json!({"x": hostile}), Some(once.clone())),
        ("<t>{{ x | xml }}</t>", json!({"x": hostile}), Some(once.clone())),
        ("<t>{{ x | xml | xml }}</t>", json!({"x": hostile}), Some(once)),
        (
            "<t>{{ x | safe }}</t>",
            json!({"x": hostile}),
            Some(format!("<t>{hostile}</t>")),
        ),
        (
            "<t>{{ x | safe | replace('a', '<') }}</t>",
            json!({"x": "<"}),
            Some("<t>&lt;</t>".to_owned()),
        ),
        (
            "<t>{{ ('<b>' ~ (x | xml) ~ '</b>') | safe }}</t>",
            json!({"x": "<"}),
            Some("<t><b>&lt;</b></t>".to_owned()),
        ),
        (
            "<t a=\"{{x}}\">{{n}}</t>",
            json!({"x": {"a": 1}, "n": 1.5}),
            Some("<t a=\"{&quot;a&quot;:1}\">1.5</t>".to_owned()),
        ),
        (
            "<t><![CDATA[{{x}}]]>{{y}}</t>",
            json!({"x": "a & ]]> b", "y": "&"}),
            Some("<t><![CDATA[a & ]]]]><![CDATA[> b]]>&amp;</t>".to_owned()),
        ),
        (
            "<t a='{{x}}' b=\"{{x}}\">{{x}}</t>",
            json!({"x": "1\n\t2\r"}),
            Some("<t a='1&#10;&#9;2&#13;' b=\"1&#10;&#9;2&#13;\">1\n\t2&#13;</t>".to_owned()),
        ),
        (
            "<t><![CDATA[<a]]><b c='{{x}}'><![CDATA[{{x}}]]></t>",
            json!({"x": "\n"}),
            Some("<t><![CDATA[<a]]><b c='&#10;'><![CDATA[\n]]></t>".to_owned()),
        ),
        (
            "<?xml version=\"1.0\"?>\n{{x}}",
            json!({"x": "<t/>"}),
            Some("<?xml version=\"1.0\"?>\n<t/>".to_owned()),
        ),
        (
            "<?xml version=\"1.0\"?><t>{{x}}",
            json!({"x": "<t/>"}),
            Some("<?xml version=\"1.0\"?><t>&lt;t/&gt;".to_owned()),
        ),
        (
            "<t><![CDATA[{{x}}{{y}}]]></t>",
            json!({"x": "x]", "y": "]><evil/>"}),
            Some("<t><![CDATA[x]]]><![CDATA[]]><![CDATA[]><evil/>]]></t>".to_owned()),
        ),
        (
            "<t><![CDATA[x]{{y}}]]]></t>",
            json!({"y": "]>"}),
            Some("<t><![CDATA[x]]]><![CDATA[]>]]]></t>".to_owned()),
        ),
        ("<t>{{gone}}</t>", json!({}), None),
        ("<t>{{x}}</t>", json!({"x": null}), None),
        ("{{x}}", json!({"x": "<t/>"}), Some("<t/>".to_owned())),
        ("\n{{x}}\n", json!({"x": "<t/>"}), Some("\n<t/>\n".to_owned())),
    ];
    for (source, arguments, expected) in table {
        let template = ValueTemplate::compile(&json!(source)).expect(source).within_xml();
        let rendered = template.render(arguments.as_object().expect("an object"));
        assert_eq!(rendered, Ok(expected.map(Value::from)), "{source}");
    }
    let template = ValueTemplate::compile(&json!("<t>{{x}}</t>"))
        .expect("a template")
        .within_xml();
    let arguments = json!({"x": "\u{0}"});
    let error = template
        .render(arguments.as_object().expect("an object"))
        .expect_err("no text of XML");
    assert_eq!(error.pointer.as_deref(), Some("/x"));
    assert!(error.message.contains("U+0000"), "{}", error.message);
    assert_eq!(
        render(&json!("<t>{{ x | xml }}</t>"), &json!({"x": "<"})),
        Some(json!("<t>&lt;</t>"))
    );
}

#[test]
fn strings_that_read_something_missing_are_dropped() {
    let template = json!({
        "title": "{{title}}",
        "note": "by {{author}}",
        "priority": "{{ priority | default('normal') }}",
        "labels": ["{{a}}", "fixed", "{{b}} and {{a}}"],
        "nested": {"only": "{{b}}", "deeper": {"b": "{{b}}"}},
        "fixed": {"x": [1, null, {}]},
    });
    assert_eq!(
        render(&template, &json!({"title": "T", "a": 1})),
        Some(json!({
            "title": "T", "priority": "normal", "labels": [1, "fixed"], "nested": {"deeper": {}},
            "fixed": {"x": [1, null, {}]},
        }))
    );
    assert_eq!(render(&json!("{{gone}}"), &json!({})), None);
    assert_eq!(render(&json!("{{gone}}{{a}}"), &json!({"a": 1})), None);
    assert_eq!(render(&json!(["{{gone}}"]), &json!({})), Some(json!([])));
}

#[test]
fn values_never_change_the_shape_of_the_json() {
    for hostile in [
        "\"",
        "\\",
        "\", \"admin\": true, \"x\": \"",
        "\n",
        "}}",
        "{{x}}",
        "\u{0}\u{1f}",
        "</script>",
    ] {
        let rendered = render(&json!({"a": "{{x}}", "b": "hi {{x}}!"}), &json!({"x": hostile}));
        let sent = rendered.expect("a value").to_string();
        let read: Value = serde_json::from_str(&sent).expect("valid JSON");
        assert_eq!(read, json!({"a": hostile, "b": format!("hi {hostile}!")}));
    }
}

#[test]
fn keys_keep_the_authors_order() {
    let rendered = render(&json!({"z": "{{x}}", "a": 1, "m": "{{x}}"}), &json!({"x": 0}));
    assert_eq!(
        rendered.map(|value| value.to_string()).as_deref(),
        Some(r#"{"z":0,"a":1,"m":0}"#)
    );
}

#[test]
fn arguments_lists_what_is_read() {
    let template = ValueTemplate::compile(&json!({"a": "{{x}} {{y.z}}", "b": ["{{ w | default(v) }}", "no"], "c": 1}));
    assert_eq!(
        Vec::from_iter(template.expect("a template").arguments()),
        ["v", "w", "x", "y"]
    );
    let template = ValueTemplate::object(vec![
        ("a".into(), ValueTemplate::argument("X-Id")),
        ("b".into(), ValueTemplate::argument("true")),
    ]);
    assert_eq!(Vec::from_iter(template.arguments()), ["X-Id", "true"]);
    let arguments = json!({"X-Id": [1]});
    assert_eq!(
        template.render(arguments.as_object().expect("an object")),
        Ok(Some(json!({"a": [1]})))
    );
}

#[test]
fn errors_point_at_the_string() {
    let table = [
        (json!("a {{x"), "", 2, "never closed"),
        (
            json!({"a/b": ["ok", {"c~": "é {{x | nope}}"}]}),
            "/a~1b/1/c~0",
            9,
            "no filter `nope`",
        ),
        (json!({"k {{x}}": 1}), "/k {{x}}", 2, "only values can"),
    ];
    for (source, pointer, offset, message) in table {
        let error = ValueTemplate::compile(&source).expect_err("an error");
        assert!(error.message.contains(message), "{}", error.message);
        assert_eq!((error.pointer.as_str(), error.offset), (pointer, offset));
    }
}

#[test]
fn nesting_has_a_limit() {
    let nested = (0..=DEEPEST).fold(json!("{{x}}"), |inner, _| json!([inner]));
    let error = ValueTemplate::compile(&nested).expect_err("too deep");
    assert!(error.message.contains("64 levels"), "{}", error.message);
    assert!(ValueTemplate::compile(&nested[0]).is_ok());
}

proptest::proptest! {
    #[test]
    fn never_panics(source in r#"[{}"'|a.x()\[\]1 é%\\-]{0,30}"#, value in ".*") {
        if let Ok(template) = ValueTemplate::compile(&json!(source)) {
            drop(template.render(json!({"a": value, "x": {"a": [1, value]}}).as_object().expect("an object")));
        }
    }

    #[test]
    fn text_is_kept_as_it_is(value in "(?s).{0,200}") {
        proptest::prop_assert_eq!(
            render(&json!("<{{x}}|{{ x }}>"), &json!({"x": value})),
            Some(json!(format!("<{value}|{value}>")))
        );
    }
}
