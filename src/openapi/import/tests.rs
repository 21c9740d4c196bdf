use serde_json::{Value, json};

use super::*;
use crate::openapi::model::ArgumentPlace;

/// What becomes of a description with these `paths`, and with `more` beside them.
fn imported(paths: &Value, more: &Value) -> Import {
    let mut root = json!({"openapi": "3.1.0", "info": {"title": "A", "version": "1"},
        "servers": [{"url": "https://a.example.com"}], "paths": paths});
    if let (Value::Object(root), Value::Object(more)) = (&mut root, more) {
        root.extend(more.clone());
    }
    of_text(&root.to_string())
}

fn of_text(text: &str) -> Import {
    let options = Options {
        slug: "a".to_owned(),
        ..Options::default()
    };
    import(&Documents::read(text).unwrap(), &options)
}

/// What the API calls the arguments of the first action.
fn arguments(import: &Import) -> Vec<&str> {
    let arguments = import.actions[0].input.iter();
    arguments.map(|one| one.sent_as.as_str()).collect()
}

/// What is told about the first action.
fn notes(import: &Import) -> &[String] {
    &import.report.imported[0].notes
}

/// What an operation asks for beside a bearer token is taken away only where the connector sends it.
#[test]
fn a_parameter_is_left_to_the_credential_only_where_that_is_sent() {
    let more = json!({"security": [{"bearer": []}], "components": {"securitySchemes": {
        "bearer": {"type": "http", "scheme": "bearer"}, "tenant": {"type": "apiKey", "in": "header", "name": "X-Tenant-Id"},
        "app": {"type": "apiKey", "in": "query", "name": "app"}}}});
    let parameter = |name: &str, place: &str, required: bool| json!({"name": name, "in": place, "required": required, "schema": {"type": "string"}});
    let mut told = parameter("token", "query", true);
    told["description"] = json!("Authentication token. Requires scope: `users:read`");
    let header = |name: &str| Authentication::ApiKey {
        place: "header",
        name: name.to_owned(),
    };
    for (parameter, kept, sent) in [
        // An invitation has a token, too.
        (
            parameter("token", "query", true),
            true,
            Authentication::Scheme("bearer_token"),
        ),
        (told, false, Authentication::Scheme("bearer_token")),
        (
            parameter("token", "query", false),
            false,
            Authentication::Scheme("bearer_token"),
        ),
        (
            parameter("x-tenant-id", "header", false),
            true,
            Authentication::Scheme("bearer_token"),
        ),
        (
            parameter("app", "query", false),
            true,
            Authentication::Scheme("bearer_token"),
        ),
        (
            parameter("Authorization", "header", true),
            false,
            Authentication::Scheme("bearer_token"),
        ),
        (
            parameter("X-Tenant-Id", "header", true),
            false,
            Authentication::Combined(vec![Authentication::Scheme("bearer_token"), header("X-Tenant-Id")]),
        ),
    ] {
        for paths in [
            json!({"/a": {"get": {"parameters": [parameter]}}}),
            json!({"/a": {"parameters": [parameter], "get": {}}}),
        ] {
            let import = imported(&paths, &more);
            assert_eq!(import.authentication, sent, "{paths}");
            assert_eq!(arguments(&import).len(), usize::from(kept), "{paths}");
            let is_told = notes(&import).iter().any(|note| note.contains("`[auth]`"));
            assert_eq!(is_told, !kept, "{paths}: {:?}", notes(&import));
        }
    }
    // What an operation says of its parameter wins over what its path says.
    let paths = json!({"/a": {"parameters": [parameter("X-Tenant-Id", "header", true)],
        "get": {"parameters": [parameter("X-Tenant-Id", "header", false)]}}});
    assert_eq!(
        imported(&paths, &more).authentication,
        Authentication::Scheme("bearer_token")
    );
}

#[test]
fn keys_that_are_written_twice_are_told() {
    let yaml = "openapi: 3.1.0\nservers: [{url: 'https://a.example.com'}]\npaths:\n  /dup:\n    get: {summary: One}\n  \
                /other: {get: {}}\n  /dup:\n    post: {summary: Two, summary: Three}\n    summary: Both\n";
    let json = r#"{"openapi": "3.1.0", "servers": [{"url": "https://a.example.com"}], "paths": {
        "/dup": {"get": {"summary": "One"}}, "/other": {"get": {}},
        "/dup": {"post": {"summary": "Two", "summary": "Three"}, "summary": "Both"}}}"#;
    for text in [yaml, json] {
        let import = of_text(text);
        let made: Vec<String> = import
            .actions
            .iter()
            .map(|one| format!("{} {}: {}", one.method, one.path, one.description))
            .collect();
        assert_eq!(made, ["GET /dup: One", "POST /dup: Three", "GET /other: GET /other"]);
        let told: Vec<&String> = import
            .report
            .notes
            .iter()
            .filter(|note| note.contains("twice"))
            .collect();
        assert_eq!(
            told,
            [
                "`/paths/~1dup/post/summary` is written twice: the last one counts",
                "`/paths/~1dup` is written twice: what both hold is put together",
            ]
        );
    }
    // Of a method that is written in both, the last one counts.
    let import = of_text(&yaml.replace("    post: {summary: Two", "    get: {x: 1}\n    post: {summary: Two"));
    assert!(
        import
            .report
            .notes
            .contains(&"`/paths/~1dup/get` is written twice: the last one counts".to_owned()),
        "{:?}",
        import.report.notes
    );
}

#[test]
fn what_stands_beside_the_reference_of_a_path_counts() {
    let text = json!({"type": "string"});
    let item = json!({"get": {"summary": "One"}, "post": {"summary": "Not this"}, "summary": "Item"});
    let paths = json!({"/a/{id}": {"$ref": "#/components/pathItems/a", "post": {"summary": "Two"},
        "parameters": [{"name": "id", "in": "path", "schema": {"$ref": "#/components/schemas/id"}}]}});
    let more = json!({"components": {"schemas": {"id": text}, "pathItems": {
        "a": {"$ref": "#/components/pathItems/b", "delete": {"summary": "Three"}}, "b": item}}});
    let import = imported(&paths, &more);
    let mut made: Vec<String> = import
        .actions
        .iter()
        .map(|one| format!("{} {}", one.method, one.description))
        .collect();
    made.sort();
    assert_eq!(made, ["DELETE Three", "GET One", "POST Two"]);
    assert_eq!(import.report.operations, 3);
    assert!(import.report.imported.iter().all(|one| one.notes.is_empty()));
}

#[test]
fn the_plainest_json_is_sent() {
    let schema = json!({"type": "object", "properties": {"x": {"type": "string"}}});
    let list = json!({"type": "array", "items": {"type": "object"}});
    for (types, schema, sent) in [
        (
            // As every older description of ASP.NET has it.
            vec![
                "application/json-patch+json",
                "application/json",
                "text/json",
                "application/*+json",
            ],
            &schema,
            "application/json",
        ),
        (
            vec!["application/merge-patch+json", "application/json-patch+json"],
            &schema,
            "application/merge-patch+json",
        ),
        (
            vec!["application/merge-patch+json", "application/vnd.api+json"],
            &schema,
            "application/vnd.api+json",
        ),
        (
            vec!["application/merge-patch+json", "application/json-patch+json"],
            &list,
            "application/json-patch+json",
        ),
        (
            vec!["application/json-patch+json", "application/json"],
            &list,
            "application/json",
        ),
        (
            vec!["application/json-patch+json"],
            &schema,
            "application/json-patch+json",
        ),
    ] {
        let content: Value = types
            .iter()
            .map(|one| ((*one).to_owned(), json!({"schema": schema})))
            .collect();
        let import = imported(
            &json!({"/a": {"post": {"requestBody": {"content": content}}}}),
            &json!({}),
        );
        let body = import.actions[0].body.as_ref().unwrap();
        assert_eq!(body.media_type, sent, "{types:?}");
    }
}

#[test]
fn nothing_of_an_address_or_a_path_is_lost_without_a_word() {
    let more = json!({"servers": [{"url": "https://a.example.com/v1?api-version=3#x"}]});
    let import = imported(&json!({"/a?z={z}&y=1": {"get": {}}}), &more);
    assert!(
        import.report.notes.contains(
            &"the server's address ends with `?api-version=3`, which is left out: write it as `query` of the actions that \
              need it"
                .to_owned()
        ),
        "{:?}",
        import.report.notes
    );
    assert_eq!(import.actions[0].query, [("y".to_owned(), "1".to_owned())]);
    assert_eq!(arguments(&import), ["z"]);
    assert_eq!(import.actions[0].input[0].place, ArgumentPlace::Query);
    assert_eq!(
        notes(&import),
        ["`z` of the path's query is not declared: it is taken for text"]
    );
    // One that is declared is as it is declared.
    let parameter = json!({"name": "z", "in": "query", "schema": {"type": "integer"}});
    let import = imported(&json!({"/a?z={z}": {"get": {"parameters": [parameter]}}}), &json!({}));
    assert_eq!((arguments(&import), notes(&import).len()), (vec!["z"], 0));
    // What is not one placeholder cannot be said.
    let import = imported(&json!({"/a?z=x-{z}": {"get": {}}}), &json!({}));
    assert_eq!(arguments(&import), Vec::<&str>::new());
    assert_eq!(
        notes(&import),
        ["`z=x-{z}` of the path's query is left out: its value is more than a placeholder"]
    );
}

#[test]
fn headers_that_differ_in_case_are_one() {
    let header = |name: &str, kind: &str| json!({"name": name, "in": "header", "schema": {"type": kind}});
    for (version, item) in [
        (
            "openapi",
            json!({"get": {"parameters": [header("X-Id", "integer")]}, "parameters": [header("x-id", "string")]}),
        ),
        (
            "swagger",
            json!({"get": {"parameters": [{"name": "X-Id", "in": "header", "type": "integer"}]},
            "parameters": [{"name": "x-id", "in": "header", "type": "string"}]}),
        ),
    ] {
        let number = if version == "openapi" { "3.1.0" } else { "2.0" };
        let root = json!({version: number, "servers": [{"url": "https://a.example.com"}], "host": "a.example.com",
            "paths": {"/a": item}});
        assert_eq!(arguments(&of_text(&root.to_string())), ["X-Id"], "{version}");
    }
    // Elsewhere case counts.
    let query = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}});
    let import = imported(
        &json!({"/a": {"get": {"parameters": [query("id"), query("ID")]}}}),
        &json!({}),
    );
    assert_eq!(arguments(&import), ["id", "ID"]);
}

#[test]
fn of_a_form_and_a_body_at_once_the_one_that_is_left_out_is_told() {
    let root = json!({"swagger": "2.0", "host": "a.example.com", "paths": {"/a": {"post": {"parameters": [
        {"name": "f", "in": "formData", "type": "string"}, {"name": "b", "in": "body", "schema": {"type": "object"}}]}}}});
    let import = of_text(&root.to_string());
    assert_eq!(arguments(&import), ["f"]);
    assert_eq!(
        notes(&import),
        ["the body `b` is left out: fields of a form are sent in its place"]
    );
}

/// A summary is what people read; a path's text stands behind what the operation is called, which it is not about alone.
#[test]
fn titles_and_descriptions_come_from_what_says_most_about_an_operation() {
    let long = "A summary that goes on for so long that nobody would take it for a title of anything";
    for (operation, title, description) in [
        (
            json!({"summary": "Add to queue.", "description": "Adds an item."}),
            Some("Add to queue"),
            "Add to queue. Adds an item.",
        ),
        (json!({"summary": "AddToQueue"}), None, "AddToQueue"),
        (json!({"summary": "List pets ..."}), Some("List pets"), "List pets ..."),
        (
            json!({"summary": "\u{53d6}\u{5f97}"}),
            Some("\u{53d6}\u{5f97}"),
            "\u{53d6}\u{5f97}",
        ),
        (json!({"summary": long}), None, long),
        (
            json!({"summary": "Add {{x}} to it"}),
            Some("Add { {x}} to it"),
            "Add { {x}} to it",
        ),
        (
            json!({"summary": "Add to queue", "x-toolgate": {"title": "Mine"}}),
            Some("Mine"),
            "Add to queue",
        ),
        (
            json!({"operationId": "addQueue"}),
            None,
            "Add queue. What is played next.",
        ),
        (json!({}), None, "What is played next."),
        (
            json!({"summary": "Old one", "x-is-deprecated": true}),
            Some("Old one"),
            "Deprecated. Old one",
        ),
    ] {
        let paths = json!({"/queue": {"description": "What is played next.", "post": operation}});
        let import = imported(&paths, &json!({}));
        let action = &import.actions[0];
        assert_eq!(
            action.settings.get("title").and_then(Value::as_str),
            title,
            "{operation}"
        );
        assert_eq!(action.description, description, "{operation}");
    }
}
