//! What becomes of bodies.

use super::*;

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
            &json!({}),
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
fn yaml_that_is_described_is_made_of_arguments() {
    let fields = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let list = json!({"type": "array", "items": {"type": "string"}});
    let text = json!({"type": "string"});
    for (media_type, schema, kind, expected) in [
        ("application/yaml", &fields, BodyKind::Json, "Body a = a"),
        ("text/x-yaml", &fields, BodyKind::Json, "Body a = a"),
        (
            "application/openapi+yaml",
            &list,
            BodyKind::Json,
            "WholeBody body = body",
        ),
        ("application/yaml", &text, BodyKind::Text, "WholeBody body = body"),
        ("text/plain", &fields, BodyKind::Text, "WholeBody body = body"),
    ] {
        let operation = json!({"requestBody": {"content": {media_type: {"schema": schema}}}});
        let arguments = arguments_of("POST", "/a", &operation).unwrap();
        assert_eq!(shown(&arguments), [expected], "{operation}");
        let body = arguments.body.unwrap();
        assert_eq!((body.kind, body.media_type.as_str()), (kind, media_type), "{operation}");
    }
}

#[test]
fn a_form_under_another_name_is_a_form() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    for (media_type, is_told) in [
        ("multipart/form-data; boundary=x", false),
        ("multipart/data", true),
        ("application/form-data", true),
    ] {
        let operation = json!({"requestBody": {"content": {media_type: {"schema": schema}}}});
        let arguments = arguments_of("POST", "/a", &operation).unwrap();
        let body = arguments.body.unwrap();
        assert_eq!(
            (body.kind, body.media_type.as_str()),
            (BodyKind::Multipart, "multipart/form-data")
        );
        assert_eq!(arguments.notes.is_empty(), !is_told, "{:?}", arguments.notes);
    }
    let related = json!({"requestBody": {"content": {"multipart/related": {"schema": schema}}}});
    assert!(arguments_of("POST", "/a", &related).is_err());
}

#[test]
fn one_of_several_members_has_to_be_given() {
    let hidden = json!({"type": "string", "x-toolgate": {"hidden": true, "value": "d"}});
    let of = |more: &Value| {
        let mut schema = json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"},
            "id": {"type": "string"}, "c": {"type": "string", "default": "c"}, "d": hidden,
            "e": {"type": "string", "readOnly": true}}});
        schema
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        schema
    };
    let needed = |names: &[&str]| json!({"required": names});
    for (more, expected) in [
        (json!({}), json!([])),
        (
            json!({"anyOf": [needed(&["a"]), needed(&["b", "id"])]}),
            json!([["a"], ["b", "body_id"]]),
        ),
        (
            json!({"oneOf": [needed(&["a"]), needed(&["b"])]}),
            json!([["a"], ["b"]]),
        ),
        (
            json!({"allOf": [{"anyOf": [needed(&["a"]), {"$ref": "#/paths/~1a~1%7Bid%7D/post/x-b"}]}]}),
            json!([["a"], ["b"]]),
        ),
        // Nobody can give what is read only, and of what is always sent nothing is asked.
        (json!({"anyOf": [needed(&["a"]), needed(&["e"])]}), json!([["a"]])),
        (
            json!({"anyOf": [needed(&["a"]), needed(&["b", "c"])]}),
            json!([["a"], ["b"]]),
        ),
        (json!({"anyOf": [needed(&["a"]), needed(&["c"])]}), json!([])),
        (json!({"anyOf": [needed(&["a"]), needed(&["d"])]}), json!([])),
        (
            json!({"anyOf": [needed(&["a"]), needed(&["b"])], "required": ["b"]}),
            json!([]),
        ),
        // These take more than they require.
        (json!({"anyOf": [needed(&["a"]), {}]}), json!([])),
        (
            json!({"minProperties": 1, "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}),
            json!([["a"], ["b"]]),
        ),
        (json!({"minProperties": 1}), json!([])),
        (
            json!({"minProperties": 2, "properties": {"a": {"type": "string"}}}),
            json!([]),
        ),
    ] {
        for (is_required, expected) in [(true, &expected), (false, &json!([]))] {
            for media_type in [
                "application/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
            ] {
                let content = json!({media_type: {"schema": of(&more)}});
                let operation = json!({"x-b": {"title": "B", "required": ["b"]},
                    "requestBody": {"required": is_required, "content": content}});
                let arguments = arguments_of("POST", "/a/{id}", &operation).unwrap();
                assert_eq!(json!(arguments.any_of), *expected, "{operation}");
            }
        }
    }
}

#[test]
fn what_is_left_out_of_a_tool_is_not_asked_for() {
    let long = json!({"type": "string", "enum": vec!["a value that takes room".repeat(8); 1]});
    let many: Map<String, Value> = (0..100).map(|index| (format!("m{index}"), long.clone())).collect();
    let schema = json!({"type": "object", "properties": many,
        "anyOf": [{"required": ["m0"]}, {"required": ["m99"]}]});
    let operation = json!({"requestBody": {"required": true, "content": {"application/json": {"schema": schema}}}});
    let arguments = arguments_of("POST", "/a", &operation).unwrap();
    assert!(arguments.list.len() < 100);
    assert_eq!(arguments.any_of, [["m0"]]);
}

#[test]
fn members_that_are_required_and_not_described_are_arguments() {
    let text = json!({"type": "string"});
    let of = |more: Value| {
        let mut schema = json!({"type": "object", "required": ["a", "b"], "properties": {"a": text}});
        schema
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        schema
    };
    for (schema, expected) in [
        (of(json!({})), vec!["Body a* = a", "Body b = b"]),
        (
            json!({"allOf": [of(json!({})), {"required": ["c"]}, {"properties": {"b": text}}]}),
            vec!["Body a* = a", "Body b* = b", "Body c = c"],
        ),
        (
            of(json!({"properties": {"a": text, "b": {"type": "string", "readOnly": true}}})),
            vec!["Body a* = a"],
        ),
        (of(json!({"additionalProperties": false})), vec!["Body a* = a"]),
    ] {
        for media_type in [
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ] {
            let operation = json!({"requestBody": {"content": {media_type: {"schema": schema}}}});
            let arguments = arguments_of("POST", "/a", &operation).unwrap();
            assert_eq!(shown(&arguments), expected, "{media_type} {schema}");
            let told: Vec<&str> = arguments
                .list
                .iter()
                .filter(|one| !one.required)
                .map(|one| one.name.as_str())
                .collect();
            assert_eq!(arguments.notes.len(), told.len(), "{:?}", arguments.notes);
            for name in told {
                assert!(schema_of(&arguments, name).get("type").is_none());
            }
        }
    }
}

#[test]
fn a_body_that_takes_more_members_than_it_describes_is_told() {
    let fields =
        |more: Value| json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": more});
    for (schema, count) in [
        (fields(json!(true)), 1),
        (fields(json!({})), 1),
        (json!({"allOf": [fields(json!(true))]}), 1),
        (fields(json!(false)), 0),
        (json!({"type": "object", "properties": {"a": {"type": "string"}}}), 0),
    ] {
        for media_type in [
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ] {
            let operation = json!({"requestBody": {"content": {media_type: {"schema": schema}}}});
            let arguments = arguments_of("POST", "/a", &operation).unwrap();
            assert_eq!(shown(&arguments), ["Body a = a"]);
            assert_eq!(arguments.notes.len(), count, "{schema} {:?}", arguments.notes);
        }
    }
    // One that describes none is not without fields.
    for media_type in [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let open = json!({"type": "object", "additionalProperties": true});
        let operation = json!({"requestBody": {"content": {media_type: {"schema": open}}}});
        let arguments = arguments_of("POST", "/a", &operation).unwrap();
        assert_eq!(shown(&arguments), ["WholeBody body = body"], "{media_type}");
    }
}
