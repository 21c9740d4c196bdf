//! The samples of the first seed, word for word but for the address of their API.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::{KEY, SEALED, content, desk, failure};
use crate::committed;
use crate::harness::{Seen, Upstream, json_answer};

/// Code between two lines of the seed's text, both included. Those that need nothing added are cases of the engine.
fn sample(name: &str, host: &str, upstream: &Upstream) -> String {
    let with_additions = committed::path(&format!("tests/cases/samples/{name}.js"));
    let file = if with_additions.exists() {
        with_additions
    } else {
        let name = name.replace('_', "-");
        committed::path(&format!("wasm-guests/js-engine/cases/sample-{name}.js"))
    };
    let text = std::fs::read_to_string(file).unwrap();
    text.replace(host, &format!("http://{}", upstream.address))
}

async fn api() -> Upstream {
    Upstream::start(|seen: Seen| async move {
        match (seen.method.as_str(), seen.uri.path()) {
            ("POST", "/tickets") if seen.body.windows(4).any(|part| part == b"fail") => {
                (StatusCode::INTERNAL_SERVER_ERROR, "broken").into_response()
            }
            ("POST", "/tickets") => (
                StatusCode::CREATED,
                json_answer(r#"{"id": 42, "url": "https://desk.example/42"}"#),
            )
                .into_response(),
            ("POST", "/documents") => json_answer(r#"{"id": "doc_1"}"#),
            ("POST", "/v1.0/search/query") => json_answer(
                r#"{"value": [{"hitsContainers": [{"hits": [{"resource": {"id": "d1", "name": "Plan.docx",
                    "webUrl": "https://files.example/a b", "createdDateTime": "2024-01-15T10:30:00Z",
                    "createdBy": {"user": {"email": "ana@example.com", "displayName": "Ana"}}}},
                    {"resource": {"id": "d2"}}]}]}]}"#,
            ),
            ("GET", "/v1.0/drives/b!1/items/i1") => json_answer(format!(
                r#"{{"name": "a.pdf", "file": {{"mimeType": "application/pdf"}}, "webUrl": "https://files.example/a",
                    "lastModifiedDateTime": "2024-01-15T10:30:00Z",
                    "@microsoft.graph.downloadUrl": "http://{}/content"}}"#,
                seen.headers["host"].to_str().unwrap()
            )),
            ("GET", "/content") => ([("content-type", "application/pdf")], b"%PDF\x00\xff".to_vec()).into_response(),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    })
    .await
}

#[tokio::test]
async fn every_executable_sample_of_the_seed_runs() {
    let upstream = api().await;
    let base = format!("http://{}", upstream.address);
    let samples = [
        ("create_ticket", "write", "https://api.ticketing-service.com"),
        ("upload_document", "write", "https://api.example.com"),
        ("search_files", "write", "https://graph.microsoft.com"),
        ("download_file", "read", "https://graph.microsoft.com"),
        ("export_customers", "read", "-"),
    ];
    let code: Vec<(&str, &str, String)> = samples
        .iter()
        .map(|(name, effect, host)| (*name, *effect, sample(name, host, &upstream)))
        .collect();
    let actions: Vec<(&str, &str, &str)> = code
        .iter()
        .map(|(name, effect, code)| (*name, *effect, code.as_str()))
        .collect();
    let workspace = desk(&base, SEALED, &actions);
    let mut session = workspace.serve().await;

    let made = session
        .call(
            "desk__create_ticket",
            json!({ "title": "Lamp", "description": "It is broken" }),
        )
        .await;
    assert_eq!(
        content(&made),
        &json!({ "success": true, "ticketId": 42, "url": "https://desk.example/42", "message": "Created ticket #42: Lamp" })
    );
    let seen = upstream.seen().remove(0);
    assert_eq!(seen.headers["authorization"], format!("Bearer {KEY}"));
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(
        body,
        json!({ "title": "Lamp", "description": "It is broken", "priority": "medium" })
    );
    let empty = session.call("desk__create_ticket", json!({})).await;
    assert!(failure(&empty).contains("Title is required"), "{empty}");
    assert_eq!(
        empty["result"]["structuredContent"],
        json!({ "error": "Title is required" })
    );
    let broken = session.call("desk__create_ticket", json!({ "title": "fail" })).await;
    assert!(
        failure(&broken).contains("Failed to create ticket: API returned status 500"),
        "{broken}"
    );

    let file =
        |mime_type: &str| json!({ "document": { "fileName": "a.pdf", "mimeType": mime_type, "base64": "JVBERg==" } });
    let uploaded = session.call("desk__upload_document", file("application/pdf")).await;
    assert_eq!(content(&uploaded)["documentId"], "doc_1");
    let body: Value = serde_json::from_slice(&upstream.seen().last().unwrap().body).unwrap();
    assert_eq!(
        body,
        json!({ "filename": "a.pdf", "content": "JVBERg==", "mimeType": "application/pdf" })
    );
    let refused = session.call("desk__upload_document", file("text/html")).await;
    assert!(
        failure(&refused).contains("Unsupported file type: text/html"),
        "{refused}"
    );

    let found = session.call("desk__search_files", json!({ "query": "plan" })).await;
    let hits = content(&found)["result"].as_array().unwrap();
    assert_eq!(hits.len(), 1, "{found}");
    assert_eq!(hits[0]["url"], "https://files.example/a%20b?web=1");
    assert_eq!(
        hits[0]["mimeType"],
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    );

    let downloaded = session
        .call(
            "desk__download_file",
            json!({ "itemId": "i1", "parent": "{\"driveId\": \"b!1\"}" }),
        )
        .await;
    assert_eq!(content(&downloaded)["fileName"], "a.pdf", "{downloaded}");
    let resource = &downloaded["result"]["content"][1]["resource"];
    assert_eq!(resource["blob"], "JVBERgD/", "{downloaded}");
    assert_eq!(resource["mimeType"], "application/pdf");

    let exported = session.call("desk__export_customers", json!({})).await;
    let result = content(&exported);
    assert_eq!((&result["success"], &result["exported"]), (&json!(true), &json!(2)));
    let text = exported["result"]["content"][1]["resource"]["text"].as_str().unwrap();
    assert_eq!(
        text,
        "Name,Email,Created\n\"Ana\",\"a@example.com\",\"2024\"\n\"Bo\",\"b@example.com\",\"2025\""
    );
    assert!(
        !exported["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("a@example.com")
    );
}
