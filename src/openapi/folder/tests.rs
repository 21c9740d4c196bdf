use serde_json::{Value, json};

use super::*;
use crate::openapi::{Documents, Options, import};

fn target() -> Target {
    Target {
        name: "Shop".to_owned(),
        slug: "shop".to_owned(),
        networks: Vec::new(),
        document: "openapi.json".to_owned(),
    }
}

fn imported(root: &Value) -> Import {
    let documents = Documents::read(&root.to_string()).unwrap();
    let options = Options {
        slug: "shop".to_owned(),
        ..Options::default()
    };
    import(&documents, &options)
}

fn file<'a>(folder: &'a Folder, path: &str) -> &'a str {
    &folder.files.iter().find(|file| file.path == path).unwrap().text
}

#[test]
fn the_files_say_what_the_description_says() {
    let text = json!({"type": "string"});
    let root = json!({"openapi": "3.1.0", "info": {"title": "Shop", "description": "Sells."},
        "servers": [{"url": "https://shop.example.com/v1"}], "security": [{"key": []}],
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "k"}}},
        "paths": {"/orders/{id}": {
            "get": {"operationId": "getOrder", "summary": "Reads an order", "tags": ["Orders"],
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": text},
                    {"name": "fields[]", "in": "query", "style": "pipeDelimited", "schema": {"type": "array", "items": text}},
                    {"name": "limit", "in": "query", "description": "How many.", "schema": {"type": "integer", "default": 10}}],
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "object", "properties": {"id": text}}}}}}},
            "put": {"operationId": "putOrder", "tags": ["Orders"], "requestBody": {"content": {"application/json": {"schema":
                {"type": "array", "items": {"type": "string", "nullable": true, "enum": ["a", null]}}}}}}},
            "/files": {"post": {"tags": ["Files"], "requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}, "tags": {"type": "array", "items": text}}}}}}}}}});
    let mut import = imported(&root);
    let folder = folder(&mut import, &target());
    assert_eq!(folder.errors.len(), 0, "{:?}", folder.errors);
    insta::assert_snapshot!(file(&folder, "services/orders.toml"), @r#"
    [[actions]]
    name = "get_order"
    description = "Reads an order"
    method = "GET"
    path = "/orders/{id}"
    title = "Reads an order"
    input = [
      { name = "id", in = "path", required = true, type = "string" },
      { name = "fields", in = "query", sent_as = "fields[]", schema = { type = "array", items = { type = "string" } }, style = "pipeDelimited" },
      { name = "limit", in = "query", type = "integer", default = 10, description = "How many." },
    ]
    response_schema = { type = "object", properties = { id = { type = "string" } } }

    [[actions]]
    name = "put_order"
    description = "PUT /orders/{id}"
    method = "PUT"
    path = "/orders/{id}"
    body = "{{body}}"
    input = [
      { name = "id", in = "path", required = true, type = "string" },
      { name = "body", schema = { type = "array", items = { anyOf = [{ type = "string", enum = ["a"] }, { type = "null" }] } } },
    ]
    "#);
    insta::assert_snapshot!(file(&folder, "services/files.toml"), @r#"
    [[actions]]
    name = "post_files"
    description = "POST /files"
    method = "POST"
    path = "/files"
    content_type = "multipart/form-data"
    input = [
      { name = "file", in = "body", type = "FILE" },
      { name = "tags", in = "body", schema = { type = "array", items = { type = "string" } } },
    ]
    "#);
    insta::assert_snapshot!(file(&folder, "connector.toml"), @r#"
    # Written by `toolgate import` from openapi/openapi.json.
    name = "Shop"
    slug = "shop"
    description = "Sells."
    tier = "full"

    [connection]
    base_url = "https://shop.example.com/v1"

    # Answers that differ from the description are passed on with a warning: most APIs break their own.
    [defaults]
    validation = "warn"

    [auth]
    type = "api_key"
    in = "query"
    name = "k"
    key = "vault://shop/key"
    "#);
    assert!(file(&folder, "SKILL.md").contains("- `put_order`: PUT /orders/{id}. A person is asked first.\n"));
}

#[test]
fn every_authentication_loads() {
    for (scheme, requirement) in [
        (json!({"a": {"type": "http", "scheme": "bearer"}}), json!([{"a": []}])),
        (json!({"a": {"type": "http", "scheme": "basic"}}), json!([{"a": []}])),
        (
            json!({"a": {"type": "apiKey", "in": "header", "name": "Authorization"}}),
            json!([{"a": []}]),
        ),
        (
            json!({"a": {"type": "apiKey", "in": "cookie", "name": "sid"}}),
            json!([{"a": []}]),
        ),
        (json!({"a": {"type": "oauth2", "flows": {}}}), json!([{"a": []}])),
        (
            json!({"a": {"type": "apiKey", "in": "header", "name": "X-A"}, "b": {"type": "apiKey", "in": "header", "name": "X-B"}}),
            json!([{"a": [], "b": []}]),
        ),
    ] {
        let root = json!({"openapi": "3.0.0", "servers": [{"url": "https://shop.example.com"}], "security": requirement,
            "components": {"securitySchemes": scheme}, "paths": {"/a": {"get": {}}}});
        let mut import = imported(&root);
        let folder = folder(&mut import, &target());
        assert_eq!(folder.errors.len(), 0, "{scheme} {:?}", folder.errors);
        assert_ne!(import.authentication, crate::openapi::Authentication::None);
    }
}

#[test]
fn files_of_many_actions_stay_short() {
    let paths: serde_json::Map<String, Value> = (0..200)
        .map(|index| {
            (
                format!("/things/{index}"),
                json!({"get": {"operationId": format!("getThing{index}")}}),
            )
        })
        .collect();
    let mut import =
        imported(&json!({"openapi": "3.0.0", "servers": [{"url": "https://shop.example.com"}], "paths": paths}));
    let folder = folder(&mut import, &target());
    assert_eq!((folder.errors.len(), import.actions.len()), (0, 200));
    let services: Vec<&File> = folder
        .files
        .iter()
        .filter(|file| file.path.starts_with("services/things"))
        .collect();
    assert!(services.len() > 3 && services.iter().all(|file| file.text.lines().count() <= 300));
}

#[test]
fn the_skill_of_any_number_of_actions_passes() {
    for (count, part) in [
        (20, "- `get_a_certain_thing00019`: GET /things/19.\n"),
        (1_400, "things\n\n- `get_a_certain_thing00000`\n"),
        (3_000, "It has 3000 actions."),
    ] {
        let one = |index: usize| json!({"get": {"operationId": format!("getACertainThing{index:05}")}});
        let paths: serde_json::Map<String, Value> = (0..count)
            .map(|index| (format!("/things/{index}"), one(index)))
            .collect();
        let mut import =
            imported(&json!({"openapi": "3.0.0", "servers": [{"url": "https://shop.example.com"}], "paths": paths}));
        let folder = folder(&mut import, &target());
        let skill = file(&folder, "SKILL.md");
        assert!(skill.contains(part) && skill.len() < 64 * 1024, "{count}: {skill:.500}");
        let files: Vec<SourceFile> = folder.files.iter().map(source).collect();
        let missing = connector::lints(&files, &[], &|_| None);
        assert!(missing.is_empty(), "{count}: {missing:?}");
    }
}

#[test]
fn an_action_that_does_not_load_is_taken_out_and_told() {
    let root = json!({"openapi": "3.0.0", "servers": [{"url": "https://shop.example.com"}], "paths": {
        "/a": {"get": {"parameters": [{"name": "b\u{e4}d", "in": "header", "schema": {"type": "string"}}]}},
        "/b": {"get": {}}}});
    let mut import = imported(&root);
    let folder = folder(&mut import, &target());
    assert_eq!(folder.errors.len(), 0, "{:?}", folder.errors);
    assert_eq!((import.actions.len(), import.report.imported.len()), (1, 1));
    assert_eq!(import.report.skipped.len(), 1);
    assert!(
        import.report.skipped[0]
            .reason
            .contains("cannot be the name of a header"),
        "{:?}",
        import.report.skipped
    );
}

/// TOML has no null: one that leaks takes its own action away, and no other of its file.
#[test]
fn a_null_that_leaks_is_seen() {
    let root = json!({"openapi": "3.0.0", "servers": [{"url": "https://shop.example.com"}], "paths": {
        "/a": {"get": {}, "post": {}, "put": {}}}});
    let mut import = imported(&root);
    for leaking in [0, 2] {
        let fixed = json!({"place": [1, null]});
        import.actions[leaking].settings = fixed.as_object().unwrap().clone();
    }
    let folder = folder(&mut import, &target());
    assert_eq!(folder.errors.len(), 0, "{:?}", folder.errors);
    let left: Vec<&str> = import.actions.iter().map(|action| action.method.as_str()).collect();
    assert_eq!(left, ["POST"]);
    let reasons = import.report.skipped.iter().map(|one| one.reason.as_str());
    assert!(
        reasons.clone().count() == 2 && reasons.clone().all(|reason| reason.contains("does not load")),
        "{:?}",
        import.report.skipped
    );
}
