//! Bodies and parameters of every media type, byte for byte as they arrive at an API.

use serde_json::{Value, json};

use crate::harness::{Seen, Upstream, Workspace};

fn body(content: &Value) -> Value {
    json!({"post": {"operationId": "send", "requestBody": {"required": true, "content": content}}})
}

/// The request that the operation `send` of the path item makes with `arguments`.
async fn sent(version: &str, item: Value, arguments: &Value) -> Seen {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::new();
    let description = json!({
        "openapi": version, "info": {"title": "A", "version": "1"}, "paths": {"/a": item},
        "components": {"schemas": {"Order": {
            "type": "object", "xml": {"namespace": "https://example.com/orders"}, "properties": {
                "id": {"type": "integer", "xml": {"attribute": true}},
                "note": {"type": "string", "nullable": true, "xml": {"name": "remark"}},
                "total": {"type": "number"},
                "tags": {"type": "array", "items": {"type": "string", "xml": {"name": "tag"}}, "xml": {"wrapped": true}},
                "address": {"type": "object", "properties": {
                    "city": {"type": "string", "xml": {"prefix": "g", "namespace": "https://example.com/geo"}}}},
            }}}},
    });
    std::fs::write(workspace.path().join("spec.json"), description.to_string()).unwrap();
    let base_url = format!("http://{}", upstream.address);
    let run = workspace
        .run(&["import", "spec.json", "--name", "echo", "--base-url", &base_url])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let services = std::fs::read_to_string(workspace.connectors().join("echo/services/a.toml")).unwrap();
    workspace.write(
        "echo/services/a.toml",
        services.replace("[[actions]]\n", "[[actions]]\nconfirm = false\n"),
    );
    let check = workspace.run(&["check"]).await;
    assert_eq!(check.code, Some(0), "{check:?}");
    let run = workspace
        .run(&["call", "echo__send", "--input", &arguments.to_string()])
        .await;
    assert_eq!(run.code, Some(0), "{services}: {run:?}");
    upstream.seen().remove(0)
}

fn text(seen: &Seen) -> (&str, String) {
    let kind = seen
        .headers
        .get("content-type")
        .map_or("", |kind| kind.to_str().unwrap());
    (kind, String::from_utf8(seen.body.to_vec()).unwrap())
}

#[tokio::test]
async fn xml_follows_its_schema() {
    let content = json!({"application/xml": {"schema": {"$ref": "#/components/schemas/Order"}}});
    let arguments = json!({"tags": ["a & b", "<c>"], "id": 7, "note": null, "total": 1.5, "address": {"city": "Köln"}});
    let seen = sent("3.0.3", body(&content), &arguments).await;
    assert_eq!(
        text(&seen),
        (
            "application/xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Order xmlns=\"https://example.com/orders\" id=\"7\">\
             <total>1.5</total><tags><tag>a &amp; b</tag><tag>&lt;c&gt;</tag></tags>\
             <address><g:city xmlns:g=\"https://example.com/geo\">Köln</g:city></address></Order>"
                .to_owned()
        )
    );
    let list = json!({"text/xml": {"schema": {"type": "array", "xml": {"name": "orders"}, "items": {"type": "object",
        "xml": {"name": "order"}, "properties": {"id": {"type": "integer", "xml": {"attribute": true}}}}}}});
    let seen = sent("3.1.0", body(&list), &json!({"body": [{"id": 1}, {"id": 2}]})).await;
    assert_eq!(
        text(&seen),
        (
            "text/xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><orders><order id=\"1\"/><order id=\"2\"/></orders>".to_owned()
        )
    );
    let written = json!({"application/xml": {"schema": {"type": "string"}}});
    let seen = sent("3.1.0", body(&written), &json!({"body": "<a/>"})).await;
    assert_eq!(text(&seen), ("application/xml", "<a/>".to_owned()));
}

#[tokio::test]
async fn what_xml_cannot_hold_is_refused_before_anything_is_sent() {
    let workspace = Workspace::new();
    let description = json!({"openapi": "3.1.0", "servers": [{"url": "https://a.example.com"}],
        "paths": {"/a": body(&json!({"application/xml": {"schema": {"xml": {"name": "a"}, "properties": {"b": {"type": "string"}}}}}))}});
    std::fs::write(workspace.path().join("spec.json"), description.to_string()).unwrap();
    let run = workspace.run(&["import", "spec.json", "--name", "echo"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let input = json!({"b": "\u{1}"}).to_string();
    let run = workspace
        .run(&["call", "echo__send", "--input", &input, "--dry-run"])
        .await;
    assert_ne!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr.contains("/b") && run.stderr.contains("U+0001"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn forms_follow_their_encoding() {
    let text_type = json!({"type": "string"});
    let schema = json!({"type": "object", "properties": {
        "name": text_type, "ids": {"type": "array", "items": {"type": "integer"}},
        "piped": {"type": "array", "items": text_type}, "deep": {"type": "object", "properties": {"a": text_type}},
        "meta": {"type": "object", "properties": {"x": {"type": "integer"}}}}});
    let content = json!({"application/x-www-form-urlencoded": {"schema": schema, "encoding": {
        "piped": {"style": "pipeDelimited", "explode": false}, "deep": {"style": "deepObject", "explode": true}}}});
    let arguments = json!({"name": "a b&c", "ids": [1, 2], "piped": ["x", "y"], "deep": {"a": "é"}, "meta": {"x": 1}});
    let seen = sent("3.0.3", body(&content), &arguments).await;
    assert_eq!(
        text(&seen),
        (
            "application/x-www-form-urlencoded",
            // Complex values are JSON unless a style is given (OpenAPI 3.0, "Support for x-www-form-urlencoded").
            "name=a+b%26c&ids=1&ids=2&meta=%7B%22x%22%3A1%7D&piped=x%7Cy&deep%5Ba%5D=%C3%A9".to_owned()
        )
    );
}

#[tokio::test]
async fn parts_follow_their_encoding() {
    let text_type = json!({"type": "string"});
    let schema = json!({"type": "object", "properties": {
        "title": text_type, "meta": {"type": "object", "properties": {"x": {"type": "integer"}}},
        "tags": {"type": "array", "items": text_type}, "file": {"type": "string", "format": "binary"}}});
    let content = json!({"multipart/form-data": {"schema": schema, "encoding": {
        "title": {"contentType": "text/markdown", "headers": {"X-Part": {"schema": text_type}}},
        "tags": {"style": "form", "explode": false}, "file": {"contentType": "image/png, image/jpeg"}}}});
    let arguments = json!({"title": "T", "meta": {"x": 1}, "tags": ["a", "b"],
        "file": {"fileName": "p.png", "mimeType": "image/png", "base64": "AAE="}});
    for (version, tags) in [
        // Styles are for plain forms before 3.1.
        (
            "3.0.3",
            "Content-Disposition: form-data; name=\"tags\"\r\n\r\na\r\n--B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\nb",
        ),
        ("3.1.0", "Content-Disposition: form-data; name=\"tags\"\r\n\r\na,b"),
    ] {
        let seen = sent(version, body(&content), &arguments).await;
        let kind = seen.headers["content-type"].to_str().unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let found = String::from_utf8_lossy(&seen.body).replace(boundary, "B");
        let mut parts: Vec<&str> = found
            .strip_suffix("--B--\r\n")
            .unwrap()
            .split("--B\r\n")
            .skip(1)
            .map(|part| part.trim_end_matches("\r\n"))
            .collect();
        let tags: Vec<&str> = tags.split("\r\n--B\r\n").collect();
        let mut expected = vec![
            "Content-Disposition: form-data; name=\"title\"\r\nContent-Type: text/markdown\r\n\r\nT",
            "Content-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"x\":1}",
            "Content-Disposition: form-data; name=\"file\"; filename=\"p.png\"\r\nContent-Type: image/png\r\n\r\n\u{0}\u{1}",
        ];
        expected.extend(tags);
        // Those with a style come last.
        parts.sort_unstable();
        expected.sort_unstable();
        assert_eq!(parts, expected, "{version}");
    }
}

/// The parts of a body, in the order of their names.
fn parts(seen: &Seen) -> Vec<String> {
    let kind = seen.headers["content-type"].to_str().unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let found = String::from_utf8_lossy(&seen.body).replace(boundary, "B");
    let content = found.strip_suffix("--B--\r\n").unwrap();
    let mut parts: Vec<String> = content
        .split("--B\r\n")
        .skip(1)
        .map(|part| {
            part.trim_end_matches("\r\n")
                .replace("Content-Disposition: form-data; ", "")
        })
        .collect();
    parts.sort_unstable();
    parts
}

#[tokio::test]
async fn parts_have_the_headers_and_types_that_are_described() {
    let text_type = json!({"type": "string"});
    let schema = json!({"type": "object", "required": ["title"], "properties": {
        "title": text_type, "plain": text_type,
        "meta": {"type": "object", "properties": {"x": {"type": "integer", "xml": {"attribute": true}}}},
        "rows": {"type": "array", "items": {"type": "object"}},
        "ids": {"type": "array", "items": {"type": "integer"}},
        "file": {"type": "string", "format": "binary", "description": "A photo"}}});
    let list = json!({"schema": {"type": "array", "items": text_type}});
    let content = json!({"multipart/form-data": {"schema": schema, "encoding": {
        "title": {"contentType": "text/markdown, text/x-rst", "headers": {
            "Content-Type": {"schema": text_type}, "Content-Disposition": {"schema": text_type},
            "X-Kind": {"required": true, "schema": {"type": "string", "enum": ["{{note}}"]}},
            "X-Part": {"required": true, "schema": text_type}, "X-Tags": list,
            "X-Team": {"schema": text_type, "x-toolgate": {"hidden": true, "value": 7}}}},
        "plain": {"contentType": "text/*"},
        "meta": {"contentType": "application/xml"},
        "rows": {"contentType": "text/csv"},
        "ids": {"style": "form", "explode": false, "headers": {"X-Ids": {"schema": {"type": "integer"}}}},
        "file": {"contentType": "image/png, image/*"}}}});
    let arguments = json!({"title": "T", "title_x_part": "p", "title_x_tags": ["a", "b"], "plain": "P", "meta": {"x": 1},
        "rows": ["a,b", "c,d"], "ids": [1, 2], "ids_x_ids": 3,
        "file": {"fileName": "p.png", "mimeType": "image/gif", "base64": "aGk="}});
    let seen = sent("3.1.0", body(&content), &arguments).await;
    assert_eq!(
        parts(&seen),
        [
            "name=\"file\"; filename=\"p.png\"\r\nContent-Type: image/gif\r\n\r\nhi",
            "name=\"ids\"\r\nX-Ids: 3\r\n\r\n1,2",
            "name=\"meta\"\r\nContent-Type: application/xml\r\n\r\n<meta x=\"1\"/>",
            "name=\"plain\"\r\n\r\nP",
            "name=\"rows\"\r\nContent-Type: text/csv\r\n\r\na,b",
            "name=\"rows\"\r\nContent-Type: text/csv\r\n\r\nc,d",
            "name=\"title\"\r\nContent-Type: text/markdown\r\nX-Kind: {{note}}\r\nX-Part: p\r\nX-Tags: a, b\r\nX-Team: 7\r\n\r\nT",
        ]
    );
}

#[tokio::test]
async fn parameters_of_xml_follow_their_schema() {
    let parameter = |place: &str, schema: Value| json!({"name": "order", "in": place, "content": {"application/xml": {"schema": schema}}});
    let order = json!({"$ref": "#/components/schemas/Order"});
    let list = json!({"type": "array", "xml": {"name": "ids"}, "items": {"type": "integer", "xml": {"name": "id"}}});
    let item = json!({"get": {"operationId": "send", "parameters": [
        parameter("query", order), parameter("header", list), parameter("cookie", json!({"type": "string"}))]}});
    let arguments = json!({"order": {"id": 7, "note": "a & b"}, "header_order": [1, 2], "cookie_order": "<a/>"});
    let seen = sent("3.1.0", item, &arguments).await;
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(seen.uri.query().unwrap().as_bytes())
        .into_owned()
        .collect();
    let expected = "<Order xmlns=\"https://example.com/orders\" id=\"7\"><remark>a &amp; b</remark></Order>";
    assert_eq!(pairs, [("order".to_owned(), expected.to_owned())]);
    assert_eq!(seen.headers["order"], "<ids><id>1</id><id>2</id></ids>");
    assert_eq!(seen.headers["cookie"], "order=<a/>");
}

#[tokio::test]
async fn parameters_with_content_are_json_text() {
    let parameter = |name: &str, schema: Value| json!({"name": name, "in": "query", "content": {"application/json": {"schema": schema}}});
    let item = json!({"get": {"operationId": "send", "parameters": [
        parameter("object", json!({"type": "object", "properties": {"a": {"type": "integer"}}})),
        parameter("list", json!({"type": "array", "items": {"type": "integer"}})),
        parameter("text", json!({"type": "string"})),
        parameter("number", json!({"type": "number"})),
        {"name": "X-Filter", "in": "header", "content": {"application/json": {"schema": {"type": "object"}}}},
    ]}});
    let arguments = json!({"object": {"a": 1}, "list": [1, 2], "text": "b", "number": 1.5, "X-Filter": {"c": true}});
    let seen = sent("3.1.0", item, &arguments).await;
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(seen.uri.query().unwrap().as_bytes())
        .into_owned()
        .collect();
    let mut found: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    found.sort_unstable();
    assert_eq!(found, ["list=[1,2]", "number=1.5", "object={\"a\":1}", "text=\"b\""]);
    assert_eq!(seen.headers["x-filter"], "{\"c\":true}");
}

#[tokio::test]
async fn forms_that_nobody_describes_are_sent_as_the_caller_names_them() {
    let arguments =
        json!({"body": {"title": "a b", "file": {"fileName": "p.txt", "mimeType": "text/plain", "base64": "aGk="}}});
    let content = json!({"multipart/form-data": {"schema": {"type": "string", "format": "binary"}}});
    let seen = sent("3.0.3", body(&content), &arguments).await;
    let (kind, found) = text(&seen);
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert_eq!(
        found.replace(boundary, "B"),
        "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\na b\r\n\
         --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.txt\"\r\nContent-Type: text/plain\r\n\r\nhi\r\n\
         --B--\r\n"
    );
    let content = json!({"application/x-www-form-urlencoded": {"schema": {"type": "string"}}});
    let seen = sent("3.0.3", body(&content), &json!({"body": {"title": "a b", "n": 2}})).await;
    assert_eq!(text(&seen).1, "title=a+b&n=2");
    let content = json!({"text/xml": {"schema": {"properties": {"a": {"type": "string"}}}}});
    let seen = sent("3.0.3", body(&content), &json!({"body": "<x><a>1</a></x>"})).await;
    assert_eq!(text(&seen), ("text/xml", "<x><a>1</a></x>".to_owned()));
}

#[tokio::test]
async fn options_and_query_read_and_trace_is_refused() {
    let with_body = json!({"operationId": "send", "requestBody": {"content": {"application/json": {"schema":
        {"type": "object", "properties": {"name": {"type": "string"}}}}}}});
    for (version, key, method) in [("3.0.3", "options", "OPTIONS"), ("3.2.0", "query", "QUERY")] {
        let seen = sent(version, json!({key: with_body}), &json!({"name": "n"})).await;
        assert_eq!(seen.method.as_str(), method);
        assert_eq!(text(&seen), ("application/json", "{\"name\":\"n\"}".to_owned()));
    }
    let workspace = Workspace::new();
    let description = json!({"openapi": "3.0.3", "servers": [{"url": "https://a.example.com"}],
        "paths": {"/a": {"options": with_body, "trace": {}}}});
    std::fs::write(workspace.path().join("spec.json"), description.to_string()).unwrap();
    let run = workspace.run(&["import", "spec.json", "--name", "echo"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("send them back as they came"), "{}", run.stdout);
    let tools = workspace.run(&["tools", "--json"]).await;
    let tools: Value = serde_json::from_str(&tools.stdout).unwrap();
    let told = ["effect", "confirm"].map(|key| &tools[0][key]);
    assert_eq!(told, [&json!("read"), &json!(false)], "{tools}");
}

#[tokio::test]
async fn a_token_and_a_key_of_one_requirement_are_sent_together() {
    let upstream = Upstream::fixed("{}").await;
    let mut workspace = Workspace::new();
    let description = json!({
        "openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "paths": {"/a": {"get": {"operationId": "read"}}},
        "security": [{"token": [], "app": []}], "components": {"securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"}, "app": {"type": "apiKey", "in": "query", "name": "app"}}}});
    std::fs::write(workspace.path().join("spec.json"), description.to_string()).unwrap();
    let base_url = format!("http://{}", upstream.address);
    let run = workspace
        .run(&["import", "spec.json", "--name", "both", "--base-url", &base_url])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    for secret in ["both/key", "both/token"] {
        assert!(
            run.stdout.contains(&format!("toolgate vault set {secret}")),
            "{}",
            run.stdout
        );
    }
    let file = workspace.connectors().join("both/connector.toml");
    let connector = std::fs::read_to_string(file).unwrap();
    let connector = connector
        .replace("vault://both/key", "env:BOTH_KEY")
        .replace("vault://both/token", "env:BOTH_TOKEN");
    workspace.write("both/connector.toml", connector);
    let shown = workspace.run(&["call", "both__read", "--dry-run"]).await;
    assert!(
        shown.stdout.contains("/a?app=[REDACTED]") && shown.stdout.contains("Bearer [REDACTED]"),
        "{shown:?}"
    );
    workspace.set("BOTH_KEY", "k3y-0f-both");
    let run = workspace.run(&["call", "both__read"]).await;
    assert_ne!(run.code, Some(0), "the token is not there: {run:?}");
    workspace.set("BOTH_TOKEN", "t0ken-0f-both");
    let run = workspace.run(&["call", "both__read"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let seen = upstream.seen().remove(0);
    assert_eq!(seen.uri.query(), Some("app=k3y-0f-both"));
    assert_eq!(seen.headers["authorization"], "Bearer t0ken-0f-both");
}

#[tokio::test]
async fn yaml_by_its_schema_is_sent_as_the_yaml_that_json_is() {
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "replicas": {"type": "integer"}}});
    let seen = sent(
        "3.1.0",
        body(&json!({"application/yaml": {"schema": schema}})),
        &json!({"name": "a: b", "replicas": 2}),
    )
    .await;
    let expected = r#"{"name":"a: b","replicas":2}"#.to_owned();
    assert_eq!(text(&seen), ("application/yaml", expected));
}

#[tokio::test]
async fn one_of_several_members_is_asked_for_before_anything_is_sent() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::new();
    let schema = json!({"type": "object", "properties": {"files": {"type": "string"}, "description": {"type": "string"}},
        "anyOf": [{"required": ["files"]}, {"required": ["description"]}]});
    let item = json!({"patch": {"operationId": "change", "summary": "Change it",
        "requestBody": {"required": true, "content": {"application/json": {"schema": schema}}}}});
    let description = json!({"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "paths": {"/gists": item}});
    std::fs::write(workspace.path().join("spec.json"), description.to_string()).unwrap();
    let base_url = format!("http://{}", upstream.address);
    let run = workspace
        .run(&["import", "spec.json", "--name", "gists", "--base-url", &base_url])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let tools = workspace.run(&["tools", "--json"]).await;
    let tools: Value = serde_json::from_str(&tools.stdout).unwrap();
    assert_eq!(
        tools[0]["description"],
        "Change it. Needs at least one of `files`, or `description`."
    );
    let run = workspace.run(&["call", "gists__change", "--dry-run"]).await;
    assert_ne!(run.code, Some(0), "{run:?}");
    assert!(
        format!("{}{}", run.stdout, run.stderr)
            .contains("at least one of these has to be given: `files`, or `description`"),
        "{run:?}"
    );
    assert!(upstream.seen().is_empty());
    let run = workspace
        .run(&["call", "gists__change", "--dry-run", "--input", r#"{"files": "a"}"#])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
}
