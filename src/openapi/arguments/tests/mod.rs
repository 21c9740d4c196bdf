mod bodies;
mod forms;
mod shaped;

use serde_json::{Value, json};

use super::*;
use crate::openapi::documents::Documents;
use crate::openapi::model::BodyKind;
use crate::openapi::path;
use crate::openapi::security::Asking;
use crate::openapi::text::Texts;
use crate::template::Form;

/// The arguments of `operation` at `path`, or why there are none.
fn arguments_of(method: &str, path: &str, operation: &Value) -> Result<Arguments, String> {
    arguments_in("3.1.0", method, path, operation)
}

/// [`arguments_of`] a description of that version.
fn arguments_in(version: &str, method: &str, path: &str, operation: &Value) -> Result<Arguments, String> {
    let key = method.to_ascii_lowercase();
    let root = json!({"openapi": version, "paths": {path: {key.as_str(): operation}},
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "api_key"}}}});
    let documents = Documents::read(&root.to_string()).unwrap();
    let item = documents.root().get("paths").unwrap().get(path).unwrap();
    let place = item.get(&key).unwrap();
    let security = Security::of(&documents, &[Asking { place, item }]);
    Arguments::of(Operation {
        shared: &Shared::new(&documents, &Texts::default()),
        security: &security,
        method,
        path: &path::parse(path).unwrap(),
        place,
        item,
    })
}

fn shown(arguments: &Arguments) -> Vec<String> {
    let list = arguments.list.iter().map(|one| {
        let style = one
            .style
            .map_or(String::new(), |style| format!(" {:?} {}", style.form, style.explode));
        let star = if one.required { "*" } else { "" };
        format!("{:?} {}{star} = {}{style}", one.place, one.name, one.sent_as)
    });
    list.collect()
}

#[test]
fn what_makes_a_request_another_one_is_left_out() {
    let parameter = |name: &str, place: &str, required: bool| json!({"name": name, "in": place, "required": required, "schema": {"type": "string"}});
    let operation = json!({"parameters": [
        parameter("X-HTTP-Method-Override", "header", true),
        parameter("x_rewrite_url", "header", false),
        parameter("_method", "query", false),
        parameter("payment_method", "query", false),
        {"name": "X-Method", "in": "header", "schema": {"type": "string"}, "x-toolgate": {"hidden": true, "value": "GET"}},
    ]});
    let arguments = arguments_of("GET", "/a", &operation).unwrap();
    assert_eq!(shown(&arguments), ["Query payment_method = payment_method"]);
    assert_eq!(arguments.fixed.len(), 1);
    assert_eq!(
        arguments.notes,
        [
            "query `_method`",
            "header `X-HTTP-Method-Override`",
            "header `x_rewrite_url`"
        ]
        .map(|one| format!("the {one} is left out: it asks the API to take the request for another one"))
    );
    // A person is asked about a write, which may not work without.
    let arguments = arguments_of("POST", "/a", &operation).unwrap();
    assert_eq!(
        shown(&arguments),
        [
            "Query payment_method = payment_method",
            "Header X-HTTP-Method-Override* = X-HTTP-Method-Override"
        ]
    );
    let form = json!({"type": "object", "properties": {"_method": {"type": "string"}, "name": {"type": "string"}}});
    let operation = json!({"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": form}}}});
    assert_eq!(
        shown(&arguments_of("POST", "/a", &operation).unwrap()),
        ["Body name = name"]
    );
}

/// The schema of the argument called `name`.
fn schema_of(arguments: &Arguments, name: &str) -> Value {
    let argument = arguments.list.iter().find(|one| one.name == name).unwrap();
    match &argument.value {
        ArgumentValue::Schema(schema) => Value::Object(schema.clone()),
        ArgumentValue::File { .. } => panic!("{name} is a file"),
    }
}

#[test]
fn parameters_and_members_of_the_body_are_flat_and_told_apart() {
    let text = json!({"type": "string"});
    let parameter = |name: &str, place: &str| json!({"name": name, "in": place, "schema": text});
    let operation = json!({
        "parameters": [parameter("id", "query"), parameter("id", "header"), parameter("filter[name]", "query"),
            parameter("filter_name", "query"), parameter("$", "query")],
        "requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["id"],
            "properties": {"id": text, "limit": {"type": "integer"}}}}}},
    });
    let arguments = arguments_of("POST", "/a/{id}/{x}", &operation).unwrap();
    assert_eq!(
        shown(&arguments),
        [
            "Path id* = id",
            "Path x* = x",
            "Query query_id = id",
            "Query filter_name = filter[name]",
            "Query query_filter_name = filter_name",
            "Query query = $",
            "Header header_id = id",
            "Body body_id* = id",
            "Body limit = limit",
        ]
    );
    assert_eq!(arguments.path, "/a/{id}/{x}");
    assert_eq!(
        arguments.body,
        Some(Body {
            media_type: "application/json".to_owned(),
            kind: BodyKind::Json,
            xml: None,
        })
    );
}

#[test]
fn a_placeholder_stands_for_its_argument_whatever_it_is_called() {
    let operation = json!({"parameters": [{"name": "user id", "in": "path", "schema": {"type": "string"}}]});
    let arguments = arguments_of("GET", "/a/{user id}", &operation).unwrap();
    assert_eq!(
        (arguments.path.as_str(), shown(&arguments)),
        ("/a/{user_id}", vec!["Path user_id* = user id".to_owned()])
    );
}

#[test]
fn what_agents_must_not_send_is_left_out_with_a_note() {
    let text = json!({"type": "string"});
    let operation = json!({"security": [{"key": []}], "parameters": [
        {"name": "api_key", "in": "query", "schema": text, "required": true}, {"name": "Accept", "in": "header", "schema": text},
        {"name": "Cookie", "in": "header", "schema": text}, {"name": "y", "in": "path", "schema": text}, {"$ref": "#/none"},
        {"name": "z", "in": "sky"}, {"in": "query"}, {"name": "", "in": "header"},
        {"name": "access_token", "in": "header", "schema": text}]});
    let arguments = arguments_of("GET", "/a", &operation).unwrap();
    assert_eq!(
        (shown(&arguments), arguments.notes.len()),
        (vec![], 9),
        "{:?}",
        arguments.notes
    );
}

#[test]
fn styles_are_kept_where_they_differ_from_the_usual_one() {
    let list = json!({"type": "array", "items": {"type": "string"}});
    let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let text = json!({"type": "string"});
    for (place, style, explode, schema, expected) in [
        ("query", None, None, &list, None),
        ("query", None, None, &text, None),
        ("query", None, None, &object, Some((Form::Form, true))),
        ("query", None, Some(false), &list, Some((Form::Form, false))),
        (
            "query",
            Some("pipeDelimited"),
            None,
            &list,
            Some((Form::PipeDelimited, false)),
        ),
        (
            "query",
            Some("deepObject"),
            None,
            &object,
            Some((Form::DeepObject, true)),
        ),
        ("query", None, None, &json!({}), Some((Form::Form, true))),
        ("path", None, None, &list, Some((Form::Simple, false))),
        ("path", Some("matrix"), None, &text, Some((Form::Matrix, false))),
        ("path", Some("label"), Some(true), &list, Some((Form::Label, true))),
        ("header", None, None, &list, Some((Form::Simple, false))),
        ("header", None, None, &text, None),
        ("cookie", None, None, &list, Some((Form::Form, true))),
    ] {
        let mut parameter = json!({"name": "p", "in": place, "schema": schema});
        if let Some(style) = style {
            parameter["style"] = json!(style);
        }
        if let Some(explode) = explode {
            parameter["explode"] = json!(explode);
        }
        let arguments = arguments_of("GET", "/a/{p}", &json!({"parameters": [parameter]})).unwrap();
        let found = arguments.list.iter().find(|one| one.place.as_str() == place).unwrap();
        assert_eq!(
            found.style.map(|style| (style.form, style.explode)),
            expected,
            "{parameter}"
        );
    }
    let content = json!({"name": "p", "in": "query", "content": {"application/json": {"schema": list}}});
    let arguments = arguments_of("GET", "/a", &json!({"parameters": [content]})).unwrap();
    assert_eq!(arguments.list[0].style.map(|style| style.form), Some(Form::Json));
}

#[test]
fn parameters_with_content_are_written_as_its_media_type() {
    let object = json!({"type": "object", "properties": {"a": {"type": "string"}}, "description": "What is wanted."});
    for (media_type, schema, form, is_text) in [
        ("application/json", &object, Some(Form::Json), false),
        (
            "application/x-www-form-urlencoded; charset=utf-8",
            &object,
            Some(Form::Urlencoded),
            false,
        ),
        ("text/plain", &json!({"type": "integer"}), None, false),
        ("application/xml", &object, None, true),
        (
            "text/csv",
            &json!({"type": "array", "items": {"type": "string"}}),
            None,
            true,
        ),
    ] {
        for place in ["path", "query", "header", "cookie"] {
            let parameter = json!({"name": "p", "in": place, "content": {media_type: {"schema": schema}}});
            let arguments = arguments_of("GET", "/a/{p}", &json!({"parameters": [parameter]})).unwrap();
            let found = arguments.list.iter().find(|one| one.place.as_str() == place).unwrap();
            // A path is text that its API parts by itself.
            let is_xml = media_type == "application/xml" && place != "path";
            let is_text = is_text && !is_xml;
            assert_eq!(found.is_xml, is_xml, "{parameter}");
            assert_eq!(found.style.map(|style| style.form), form, "{parameter}");
            let ArgumentValue::Schema(schema) = &found.value else {
                panic!("{parameter}")
            };
            let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
            assert_eq!(text.ends_with(&format!("As {media_type}.")), is_text, "{text}");
            assert_eq!(schema["type"] == "string", is_text, "{parameter}");
        }
    }
}

#[test]
fn a_get_request_has_no_body() {
    let content = json!({"application/json": {"schema": {"type": "object", "properties": {"a": {}}}}});
    let optional = arguments_of("GET", "/a", &json!({"requestBody": {"content": content}})).unwrap();
    assert_eq!((optional.list.len(), optional.body, optional.notes.len()), (0, None, 1));
    let required = arguments_of(
        "GET",
        "/a",
        &json!({"requestBody": {"required": true, "content": content}}),
    );
    assert!(required.err().unwrap().contains("GET request with a body"));
}

#[test]
fn a_tool_is_never_larger_than_clients_bear() {
    let property = json!({"type": "object", "description": "long ".repeat(100), "properties": {"inner": {"type": "string", "description": "long ".repeat(100)}}});
    for (count, are_all_there) in [(20, true), (400, false)] {
        let mut properties: Map<String, Value> = (0..count)
            .map(|index| (format!("property_{index}"), property.clone()))
            .collect();
        properties.insert("needed".to_owned(), json!({"type": "string"}));
        let schema = json!({"type": "object", "properties": properties, "required": ["needed"]});
        let arguments = arguments_of(
            "POST",
            "/a",
            &json!({"requestBody": {"content": {"application/json": {"schema": schema}}}}),
        )
        .unwrap();
        assert!(arguments.bytes() <= MOST_INPUT_BYTES, "{}", arguments.bytes());
        assert!(arguments.list.iter().any(|one| one.name == "needed"));
        assert_eq!(
            arguments.list.len() == count + 1,
            are_all_there,
            "{count} {}",
            arguments.list.len()
        );
        assert_eq!(arguments.notes.is_empty(), are_all_there, "{:?}", arguments.notes);
    }
}

#[test]
fn one_huge_argument_is_cut_before_others_are_left_out() {
    let member = |name: &str| (name.to_owned(), json!({"type": "string"}));
    let alternative = |first: usize| {
        let properties: Map<String, Value> = (0..40)
            .map(|index| member(&format!("property_{first}_{index}")))
            .collect();
        json!({"type": "object", "properties": properties})
    };
    let choice: Vec<Value> = (0..20).map(alternative).collect();
    let mut properties: Map<String, Value> = (0..20).map(|index| member(&format!("other_{index}"))).collect();
    properties.insert("choice".to_owned(), json!({"oneOf": choice}));
    properties.insert("list".to_owned(), json!({"type": "array", "items": {"oneOf": choice}}));
    let schema = json!({"type": "object", "properties": properties, "required": ["choice"]});
    let content = json!({"application/json": {"schema": schema}});
    let arguments = arguments_of("POST", "/a", &json!({"requestBody": {"content": content}})).unwrap();
    assert!(arguments.bytes() <= MOST_INPUT_BYTES, "{}", arguments.bytes());
    assert_eq!((arguments.list.len(), arguments.notes.as_slice()), (22, [].as_slice()));
    assert_eq!(schema_of(&arguments, "choice"), json!({"type": "object"}));
    assert_eq!(
        schema_of(&arguments, "list"),
        json!({"type": "array", "items": {"type": "object"}})
    );
    assert_eq!(arguments.changes.get(&Change::Cut), Some(&2));
}

#[test]
fn a_body_that_a_method_does_not_send_is_told() {
    let body = |content: Value, required: bool| json!({"requestBody": {"required": required, "content": content}});
    let object =
        |properties: Value| json!({"application/json": {"schema": {"type": "object", "properties": properties}}});
    let fields = object(json!({"query": {"type": "object"}, "size": {"type": "integer"}}));
    for (content, required, expected) in [
        (
            fields.clone(),
            false,
            "the body is left out, which has `query`, `size`: it is a GET request",
        ),
        (object(json!({})), false, "the body is left out: it is a GET request"),
        (object(json!({})), true, "the body is left out: it is a GET request"),
        (
            json!({"multipart/mixed": {}}),
            false,
            "the body is left out: it is a GET request",
        ),
    ] {
        let arguments = arguments_of("GET", "/a", &body(content, required)).unwrap();
        assert_eq!((arguments.notes, arguments.body), (vec![expected.to_owned()], None));
    }
    let refused = arguments_of("GET", "/a", &body(fields, true)).err().unwrap();
    assert!(refused.contains("a GET request with a body"), "{refused}");
}

#[test]
fn a_query_that_is_described_as_a_whole_is_arguments() {
    let whole = |content: Value, required: bool| {
        json!({"parameters": [
            {"name": "a", "in": "header", "schema": {"type": "string"}},
            {"name": "q", "in": "querystring", "required": required, "content": content}]})
    };
    let form = json!({"application/x-www-form-urlencoded": {
        "schema": {"type": "object", "required": ["a"], "properties": {
            "a": {"type": "string"}, "ids": {"type": "array", "items": {"type": "integer"}}, "api_key": {"type": "string"}}},
        "encoding": {"ids": {"style": "form", "explode": false}}}});
    let arguments = arguments_of("GET", "/a", &whole(form, true)).unwrap();
    assert_eq!(
        shown(&arguments),
        ["Header a = a", "Query query_a* = a", "Query ids = ids Form false"]
    );
    let json = json!({"application/json": {"schema": {"type": "object"}}});
    let arguments = arguments_of("GET", "/a", &whole(json.clone(), false)).unwrap();
    assert!(arguments.notes[0].contains("`querystring`"), "{:?}", arguments.notes);
    assert!(arguments_of("GET", "/a", &whole(json, true)).is_err());
}

#[test]
fn lines_of_json_are_one_text() {
    let item = json!({"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "string"}}});
    let operation = json!({"requestBody": {"content": {"application/jsonl": {"itemSchema": item}}}});
    let arguments = arguments_of("POST", "/a", &operation).unwrap();
    assert_eq!(arguments.body.unwrap().kind, BodyKind::Text);
    let ArgumentValue::Schema(schema) = &arguments.list[0].value else {
        panic!("a file");
    };
    assert_eq!(
        schema["description"],
        "JSON, one value on each line: an object with `x`, `y`."
    );
}

#[test]
fn very_many_parameters_are_read_at_once() {
    // So many that comparing each with each would go on for hours.
    let list: Vec<Value> = (0..200_000)
        .map(|index| json!({"name": format!("a name that takes room {index}"), "in": "query", "schema": {"type": "string"}}))
        .collect();
    let arguments = arguments_of("GET", "/a", &json!({ "parameters": list })).unwrap();
    assert!(arguments.bytes() <= MOST_INPUT_BYTES);
    let first = arguments.list.first().map(|one| one.sent_as.as_str());
    assert_eq!(first, Some("a name that takes room 0"));
    assert!(arguments.notes[0].contains("and 199"), "{:?}", arguments.notes);
}

#[test]
fn a_part_that_is_left_out_takes_its_headers_along() {
    let names: Vec<String> = (0..150)
        .map(|index| format!("a_part_whose_name_takes_room_{index}"))
        .collect();
    let properties: Map<String, Value> = names
        .iter()
        .map(|name| (name.clone(), json!({"type": "string"})))
        .collect();
    let header = json!({"headers": {"X-Digest": {"schema": {"type": "string"}}}});
    let encoding: Map<String, Value> = names.iter().map(|name| (name.clone(), header.clone())).collect();
    let form = json!({"schema": {"type": "object", "properties": properties}, "encoding": encoding});
    let operation = json!({"requestBody": {"content": {"multipart/form-data": form}}});
    let arguments = arguments_of("POST", "/a", &operation).unwrap();
    assert!(arguments.bytes() <= MOST_INPUT_BYTES);
    let count = |place| arguments.list.iter().filter(|one| one.place == place).count();
    let parts = count(ArgumentPlace::Body);
    assert!(parts < names.len(), "{parts}");
    assert_eq!(count(ArgumentPlace::PartHeader), parts);
}
