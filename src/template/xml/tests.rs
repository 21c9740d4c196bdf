use serde_json::json;

use super::*;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

fn written(schema: &Value, value: &Value) -> String {
    let shape = XmlShape::of(schema, Some("root")).unwrap();
    let text = String::from_utf8(shape.write(value).unwrap()).unwrap();
    text.strip_prefix(DECLARATION).unwrap().to_owned()
}

/// The examples of the specification, each within a root.
#[test]
fn lists_are_written_as_the_specification_has_it() {
    let text = json!({"type": "string"});
    let named = |name: &str| json!({"type": "string", "xml": {"name": name}});
    let list =
        |items: &Value, xml: Value| json!({"properties": {"animals": {"type": "array", "items": items, "xml": xml}}});
    let value = json!({"animals": ["a", "b"]});
    for (schema, expected) in [
        (list(&text, json!({})), "<animals>a</animals><animals>b</animals>"),
        (
            list(&named("animal"), json!({})),
            "<animal>a</animal><animal>b</animal>",
        ),
        (
            list(&named("animal"), json!({"name": "aliens"})),
            "<animal>a</animal><animal>b</animal>",
        ),
        (
            list(&text, json!({"name": "aliens"})),
            "<animals>a</animals><animals>b</animals>",
        ),
        (
            list(&text, json!({"wrapped": true})),
            "<animals><animals>a</animals><animals>b</animals></animals>",
        ),
        (
            list(&named("animal"), json!({"wrapped": true})),
            "<animals><animal>a</animal><animal>b</animal></animals>",
        ),
        (
            list(&named("animal"), json!({"name": "aliens", "wrapped": true})),
            "<aliens><animal>a</animal><animal>b</animal></aliens>",
        ),
        (
            list(&text, json!({"name": "aliens", "wrapped": true})),
            "<aliens><aliens>a</aliens><aliens>b</aliens></aliens>",
        ),
        (
            list(&named("animal"), json!({"nodeType": "element"})),
            "<animals><animal>a</animal><animal>b</animal></animals>",
        ),
        (
            list(&named("animal"), json!({"nodeType": "none"})),
            "<animal>a</animal><animal>b</animal>",
        ),
    ] {
        assert_eq!(written(&schema, &value), format!("<root>{expected}</root>"), "{schema}");
    }
    let root = json!({"type": "array", "items": named("animal"), "xml": {"name": "animals"}});
    assert_eq!(
        written(&root, &json!(["a", null, "b"])),
        "<animals><animal>a</animal><animal>b</animal></animals>"
    );
    assert_eq!(written(&root, &json!([])), "<animals></animals>");
}

#[test]
fn names_attributes_and_namespaces() {
    let schema = json!({"xml": {"name": "Person", "namespace": "http://example.com/person"}, "properties": {
        "name": {"xml": {"namespace": "http://example.com/schema/sample", "prefix": "sample"}},
        "id": {"xml": {"attribute": true}},
        "kind": {"xml": {"attribute": true, "name": "type", "prefix": "x", "namespace": "http://example.com/x"}},
        "address": {"xml": {"namespace": "http://example.com/person"}, "properties": {
            "city": {"xml": {"prefix": "x", "namespace": "http://example.com/x"}}}},
        "again": {"xml": {"prefix": "sample", "namespace": "http://example.com/schema/sample"}}}});
    let value = json!({"again": 2, "name": "Ana", "address": {"city": "Berlin"}, "kind": "a", "id": 123, "more": {"deep": [1, 2]}});
    assert_eq!(
        written(&schema, &value),
        "<Person xmlns=\"http://example.com/person\" id=\"123\" xmlns:x=\"http://example.com/x\" x:type=\"a\">\
         <sample:name xmlns:sample=\"http://example.com/schema/sample\">Ana</sample:name>\
         <address><x:city>Berlin</x:city></address>\
         <sample:again xmlns:sample=\"http://example.com/schema/sample\">2</sample:again>\
         <more><deep>1</deep><deep>2</deep></more></Person>"
    );
}

#[test]
fn single_values_null_and_text_within_an_element() {
    let plain = json!({});
    for (value, expected) in [
        (json!("a"), "<root>a</root>"),
        (json!(""), "<root/>"),
        (json!(true), "<root>true</root>"),
        (json!(1.5), "<root>1.5</root>"),
        (json!({"a": null, "b": 0, "c": {}}), "<root><b>0</b><c/></root>"),
        (json!({}), "<root/>"),
    ] {
        assert_eq!(written(&plain, &value), expected);
    }
    let schema = json!({"properties": {"unit": {"xml": {"nodeType": "attribute"}}, "value": {"xml": {"nodeType": "text"}},
        "raw": {"xml": {"nodeType": "cdata"}}}});
    assert_eq!(
        written(&schema, &json!({"value": 3, "unit": "kg"})),
        "<root unit=\"kg\">3</root>"
    );
    assert_eq!(
        written(&schema, &json!({"raw": "<b>]]></b>"})),
        "<root><![CDATA[<b>]]]]><![CDATA[></b>]]></root>"
    );
    assert_eq!(written(&schema, &json!({"unit": ["a", "b"]})), "<root unit=\"a b\"/>");
}

#[test]
fn nothing_in_a_value_ends_an_element_or_an_attribute() {
    let schema = json!({"properties": {"a": {"xml": {"attribute": true}}, "b": {}}});
    let hostile = "</b>\"'<x y=\"&amp;\"/>]]>\r\n\t";
    assert_eq!(
        written(&schema, &json!({"a": hostile, "b": hostile})),
        "<root a=\"&lt;/b&gt;&quot;&apos;&lt;x y=&quot;&amp;amp;&quot;/&gt;]]&gt;&#13;&#10;&#9;\">\
         <b>&lt;/b&gt;\"'&lt;x y=\"&amp;amp;\"/&gt;]]&gt;&#13;\n\t</b></root>"
    );
}

#[test]
fn what_xml_does_not_know_is_refused_with_its_place() {
    let shape = XmlShape::of(
        &json!({"properties": {"a": {"xml": {"attribute": true}}}}),
        Some("root"),
    )
    .unwrap();
    for (value, pointer, part) in [
        (json!({"b": ["x", "\u{0}"]}), "/b/1", "U+0000"),
        (json!({"a": "\u{1b}"}), "/a", "U+001B"),
        (json!({"b": "\u{ffff}"}), "/b", "U+FFFF"),
        (json!({"a": {"c": 1}}), "/a", "an object cannot"),
        (json!({"a b": 1}), "/a b", "cannot be the name"),
        (json!({"x><y": 1}), "/x><y", "cannot be the name"),
        (json!({"x><y": [1]}), "/x><y/0", "cannot be the name"),
        (json!({"x><y": [[1]]}), "/x><y/0", "cannot be the name"),
        (json!({"x": {"x><y": [[[]]]}}), "/x/x><y/0", "cannot be the name"),
        (json!({"1": 1}), "/1", "cannot be the name"),
    ] {
        let error = shape.write(&value).unwrap_err();
        assert_eq!(error.pointer.as_deref(), Some(pointer), "{value}");
        assert!(error.message.contains(part), "{}", error.message);
    }
    for (schema, name, part) in [
        (json!({}), None, "has no name"),
        (json!({"xml": {"name": "a b"}}), None, "`a b` cannot be the name"),
        (
            json!({"properties": {"$x": {}}}),
            Some("root"),
            "`$x` cannot be the name",
        ),
        (
            json!({"properties": {"x": {"xml": {"prefix": "1"}}}}),
            Some("root"),
            "`1` cannot be the name",
        ),
        (
            json!({"xml": {"nodeType": "comment"}}),
            Some("root"),
            "not a `nodeType`",
        ),
    ] {
        let problem = XmlShape::of(&schema, name).unwrap_err();
        assert!(problem.contains(part), "{problem}");
    }
}

#[test]
fn agents_see_no_xml_objects() {
    let mut schema = json!({"xml": {"name": "a"}, "properties": {"xml": {"type": "string", "xml": {"attribute": true}},
        "list": {"type": "array", "items": {"xml": {"name": "b"}}}}, "anyOf": [{"xml": {}}]});
    let Value::Object(members) = &mut schema else {
        unreachable!()
    };
    without_xml(members);
    assert_eq!(
        schema,
        json!({"properties": {"xml": {"type": "string"}, "list": {"type": "array", "items": {}}}, "anyOf": [{}]})
    );
}
