//! Lists of a description that come in pages.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use crate::harness::{Upstream, Workspace, json_answer};

/// Customers, two on a page.
const DESCRIPTION: &str = r#"
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /customers:
    get:
      operationId: listCustomers
      summary: List customers
      parameters:
        - {name: cursor, in: query, description: Where to begin, schema: {type: string}}
      responses:
        "200":
          description: Customers
          content:
            application/json:
              schema:
                type: object
                properties:
                  data: {type: array, items: {type: object, properties: {id: {type: integer}}}}
                  next_cursor: {type: string}
"#;

const OVERLAY: &str = r#"
overlay: 1.0.0
info: {title: Whole lists, version: "1"}
actions:
  - target: $.paths['/customers'].get
    update: {x-toolgate: {pagination: {style: cursor, parameter: cursor, next: next_cursor, items: data}}}
"#;

#[tokio::test]
async fn what_analyze_advises_reads_whole_lists_when_it_is_written() {
    let upstream = Upstream::start(|seen| async move {
        let page = match seen.uri.query() {
            None => json!({ "data": [{ "id": 1 }, { "id": 2 }], "next_cursor": "b" }),
            Some("cursor=b") => json!({ "data": [{ "id": 3 }, { "id": 4 }], "next_cursor": "c" }),
            Some("cursor=c") => json!({ "data": [{ "id": 5 }] }),
            Some(_) => return StatusCode::BAD_REQUEST.into_response(),
        };
        json_answer(page.to_string())
    })
    .await;
    let workspace = Workspace::new();
    for (name, text) in [("openapi.yaml", DESCRIPTION), ("overlay.yaml", OVERLAY)] {
        std::fs::write(workspace.path().join(name), text).unwrap();
    }

    let run = workspace.run(&["analyze", "openapi.yaml"]).await;
    let keys = r#"{"style":"cursor","parameter":"cursor","next":"next_cursor","items":"data"}"#;
    assert!(
        run.stdout
            .contains(&format!("  GET /customers\n    pagination: {keys}\n")),
        "{run:?}"
    );
    let run = workspace
        .run(&["analyze", "openapi.yaml", "--overlay", "overlay.yaml"])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.stdout.contains("pagination:"), "{run:?}");

    let base_url = upstream.base_url();
    let import = [
        "import",
        "openapi.yaml",
        "--name",
        "shop",
        "--overlay",
        "overlay.yaml",
        "--base-url",
        &base_url,
    ];
    let run = workspace.run(&import).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    for (input, ids) in [("{}", 1..=5), (r#"{"cursor": "b"}"#, 3..=5)] {
        let run = workspace.run(&["call", "shop__list_customers", "--input", input]).await;
        let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
        let expected: Vec<Value> = ids.map(|id| json!({ "id": id })).collect();
        assert_eq!(answer["data"], json!(expected), "{run:?}");
    }
    assert_eq!(upstream.count(), 5);
}
