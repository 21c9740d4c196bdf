use serde_json::{Value, json};

use super::*;
use crate::openapi::documents::Documents;
use crate::openapi::model::BodyKind;
use crate::openapi::path;
use crate::openapi::text::Texts;
use crate::template::Form;

/// The arguments of `operation` at `path`, or why there are none.
fn arguments_of(method: &str, path: &str, operation: &Value) -> Result<Arguments, String> {
    let key = method.to_ascii_lowercase();
    let root = json!({"openapi": "3.1.0", "paths": {path: {key.as_str(): operation}},
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "api_key"}}}});
    let documents = Documents::read(&root.to_string()).unwrap();
    let item = documents.root().get("paths").unwrap().get(path).unwrap();
    let place = item.get(&key).unwrap();
    let security = Security::of(&documents, &[place]);
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
fn bodies_of_every_kind() {
    let fields = json!({"type": "object", "properties": {"a": {"type": "string", "format": "binary"}, "b": {"type": "array", "items": {"type": "string"}}}});
    for (content, kind, expected) in [
        (
            json!({"application/xml": {}, "application/vnd.api+json": {"schema": fields}}),
            BodyKind::Json,
            vec!["Body a = a", "Body b = b"],
        ),
        (
            json!({"*/*": {"schema": {"type": "array", "items": {}}}}),
            BodyKind::Json,
            vec!["WholeBody body = body"],
        ),
        (
            json!({"application/json": {"schema": {"oneOf": [fields, {"type": "object", "properties": {"c": {}}}]}}}),
            BodyKind::Json,
            vec!["WholeBody body = body"],
        ),
        (
            json!({"application/json": {"schema": {"type": "object", "additionalProperties": {"type": "string"}}}}),
            BodyKind::Json,
            vec!["WholeBody body = body"],
        ),
        (
            json!({"application/x-www-form-urlencoded": {"schema": fields, "encoding": {"b": {"style": "deepObject", "explode": true}}}}),
            BodyKind::Form,
            vec!["Body a = a", "Body b = b DeepObject true"],
        ),
        (
            json!({"multipart/form-data": {"schema": fields}}),
            BodyKind::Multipart,
            vec!["Body a = a", "Body b = b"],
        ),
        (
            json!({"application/x-www-form-urlencoded": {"schema": fields}, "multipart/form-data": {"schema": fields}}),
            BodyKind::Multipart,
            vec!["Body a = a", "Body b = b"],
        ),
        (
            json!({"text/plain": {"schema": {"type": "string"}}}),
            BodyKind::Text,
            vec!["WholeBody body = body"],
        ),
        (json!({"image/png": {}}), BodyKind::Bytes, vec!["WholeBody file = file"]),
        (
            json!({"application/xml": {}}),
            BodyKind::Text,
            vec!["WholeBody body = body"],
        ),
        (
            json!({"text/xml": {"schema": {"xml": {"name": "order"}, "properties": {"id": {"type": "integer", "xml": {"attribute": true}}}}}}),
            BodyKind::Xml,
            vec!["Body id = id"],
        ),
        (
            json!({"application/soap+xml": {"schema": {"xml": {"name": "orders"}, "type": "array", "items": {"type": "string"}}}}),
            BodyKind::Xml,
            vec!["WholeBody body = body"],
        ),
    ] {
        let arguments = arguments_of("POST", "/a", &json!({"requestBody": {"content": content}})).unwrap();
        assert_eq!(shown(&arguments), expected, "{content}");
        assert_eq!(arguments.body.map(|body| body.kind), Some(kind), "{content}");
    }
    let list = json!({"multipart/form-data": {"schema": {"type": "array", "items": {"type": "string"}}}});
    assert!(arguments_of("POST", "/a", &json!({"requestBody": {"content": list}})).is_err());
}

#[test]
fn a_file_is_sent_as_the_types_that_are_taken() {
    let octets = json!({"application/octet-stream": {}});
    let several = json!({"image/png": {}, "image/*": {}, "Image/PNG": {}});
    for (content, header, media_type, description, notes) in [
        (&octets, json!(null), "application/octet-stream", "A file.", 0),
        // As Docker has it: the header says what the bytes are.
        (
            &octets,
            json!({"enum": ["application/x-tar"]}),
            "application/x-tar",
            "A file.",
            1,
        ),
        (
            &octets,
            json!({"enum": ["text/plain", "application/gzip", "application/x-tar"], "default": "application/x-tar"}),
            "application/x-tar",
            "A file.",
            1,
        ),
        (
            &octets,
            json!({"enum": ["text/plain"]}),
            "application/octet-stream",
            "A file.",
            1,
        ),
        (
            &json!({"image/png": {}}),
            json!({"default": "application/x-tar"}),
            "image/png",
            "A file.",
            1,
        ),
        (
            &json!({"image/*": {}}),
            json!(null),
            "image/*",
            "A file. Takes image/*.",
            0,
        ),
        (
            &several,
            json!(null),
            "image/png, image/*",
            "A file. Takes image/png, image/*.",
            1,
        ),
        (
            &json!({"image/png": {}, "text/plain": {"schema": {"type": "object"}}}),
            json!(null),
            "text/plain",
            "A file.",
            1,
        ),
        (&json!({"image/x y": {}}), json!(null), "*/*", "A file.", 0),
        (
            &json!({"text/*": {}}),
            json!(null),
            "text/plain",
            "A file. As text/*.",
            0,
        ),
    ] {
        let operation = json!({
            "parameters": [{"name": "Content-type", "in": "header", "schema": header}],
            "requestBody": {"description": "A file.", "content": content},
        });
        let operation = if header.is_null() {
            json!({"requestBody": operation["requestBody"]})
        } else {
            operation
        };
        let arguments = arguments_of("POST", "/a", &operation).unwrap();
        assert_eq!(arguments.body.unwrap().media_type, media_type, "{operation}");
        let told = match &arguments.list[0].value {
            ArgumentValue::File { description, .. } => description.as_deref(),
            ArgumentValue::Schema(schema) => schema["description"].as_str(),
        };
        assert_eq!(told, Some(description), "{operation}");
        assert_eq!(arguments.notes.len(), notes, "{operation} {:?}", arguments.notes);
    }
}

#[test]
fn a_list_of_every_media_type_is_any() {
    let content: Map<String, Value> = (0..100).map(|index| (format!("image/x-{index}"), json!({}))).collect();
    let arguments = arguments_of("POST", "/a", &json!({"requestBody": {"content": content}})).unwrap();
    assert_eq!(arguments.body.unwrap().media_type, "*/*");
    assert!(arguments.notes.is_empty(), "{:?}", arguments.notes);
}

#[test]
fn only_parts_have_a_media_type_of_their_own() {
    let fields = json!({"schema": {"properties": {"a": {"type": "object"}}}, "encoding": {"a": {"contentType": "application/json"}}});
    for (media_type, expected) in [
        ("application/x-www-form-urlencoded", None),
        ("multipart/form-data", Some("application/json")),
    ] {
        let operation = json!({"requestBody": {"content": {media_type: fields}}});
        let arguments = arguments_of("POST", "/a", &operation).unwrap();
        assert_eq!(arguments.list[0].part.media_type.as_deref(), expected, "{media_type}");
    }
}

#[test]
fn a_text_is_what_its_schema_says() {
    let key = json!({"type": "string", "minLength": 55, "format": "byte", "description": "A key."});
    for (media_type, schema, expected) in [
        (
            "text/plain",
            &key,
            json!({"type": "string", "minLength": 55, "description": "A key."}),
        ),
        (
            "text/plain",
            &json!({}),
            json!({"type": "string", "description": "What it is."}),
        ),
        (
            "application/yaml",
            &json!({"type": "object"}),
            json!({"type": "string", "description": "What it is. As application/yaml."}),
        ),
    ] {
        let operation =
            json!({"requestBody": {"description": "What it is.", "content": {media_type: {"schema": schema}}}});
        let arguments = arguments_of("POST", "/a", &operation).unwrap();
        let ArgumentValue::Schema(schema) = &arguments.list[0].value else {
            panic!("{operation}")
        };
        assert_eq!(Value::Object(schema.clone()), expected, "{operation}");
    }
}

#[test]
fn bodies_that_are_half_described_are_one_argument_with_a_note() {
    let fields = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    for (content, kind, expected, described) in [
        (
            json!({"application/xml": {"schema": fields}}),
            BodyKind::Text,
            vec!["WholeBody body = body"],
            "The whole XML document. The API describes in it: `a`.",
        ),
        (
            json!({"multipart/form-data": {"schema": {"type": "object", "additionalProperties": {"type": "string"}}}}),
            BodyKind::Multipart,
            vec!["WholeBody body = body"],
            "A file is an object of `fileName`",
        ),
        (
            json!({"multipart/form-data": {"schema": {"type": "string", "format": "binary"}}}),
            BodyKind::Multipart,
            vec!["WholeBody body = body"],
            "A file is an object of `fileName`",
        ),
        (
            json!({"application/x-www-form-urlencoded": {"schema": {"type": "string"}, "examples": {"one": {"value": "title=Pork&servings=2"}}}}),
            BodyKind::Form,
            vec!["WholeBody body = body"],
            "Example: title=Pork&servings=2",
        ),
        (json!({"": {"schema": fields}}), BodyKind::Json, vec!["Body a = a"], ""),
        (
            json!({"applicationjson;version=1": {"schema": fields}}),
            BodyKind::Json,
            vec!["Body a = a"],
            "",
        ),
    ] {
        let arguments = arguments_of("POST", "/a", &json!({"requestBody": {"content": content}})).unwrap();
        assert_eq!(shown(&arguments), expected, "{content}");
        assert_eq!(arguments.notes.len(), 1, "{content}: {:?}", arguments.notes);
        let ArgumentValue::Schema(schema) = &arguments.list[0].value else {
            panic!("{content}")
        };
        let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        assert!(text.contains(described), "{content}: {text}");
        let body = arguments.body.unwrap();
        assert_eq!(body.kind, kind, "{content}");
        assert!(body.media_type.contains('/'), "{body:?}");
    }
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
    let schema = |name: &str| {
        let argument = arguments.list.iter().find(|one| one.name == name).unwrap();
        match &argument.value {
            ArgumentValue::Schema(schema) => Value::Object(schema.clone()),
            ArgumentValue::File { .. } => unreachable!(),
        }
    };
    assert_eq!(schema("choice"), json!({"type": "object"}));
    assert_eq!(schema("list"), json!({"type": "array", "items": {"type": "object"}}));
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
