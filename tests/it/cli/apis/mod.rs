//! `toolgate apis`: what an operator sees of APIs and does to them (contract S1-67, S1-69 to S1-71, S2-28).

mod adding;
mod deleting;
mod switching;
mod trying;

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::{ACTIONS, crm};
use crate::harness::{Upstream, Workspace, connector, json_answer};

/// An API that answers `200` while the key is right.
async fn guarded() -> Upstream {
    Upstream::start(|request| async move {
        if request.headers.get("x-key").is_some_and(|key| key == "k3y-cli") {
            json_answer("{}")
        } else {
            StatusCode::UNAUTHORIZED.into_response()
        }
    })
    .await
}

async fn list(workspace: &Workspace) -> Vec<Value> {
    let run = workspace.run(&["apis", "list", "--json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

async fn get_thing(workspace: &Workspace) {
    workspace
        .run(&["call", "crm__get_thing", "--input", r#"{"id": "1"}"#])
        .await;
}

#[tokio::test]
async fn the_list_shows_what_the_document_shows() {
    let upstream = guarded().await;
    let workspace = crm(&upstream.base_url());
    for _ in 0..2 {
        get_thing(&workspace).await;
    }
    let run = workspace.run(&["apis", "list"]).await;
    let shown = run.stdout.replace(&upstream.base_url(), "http://127.0.0.1:7878/v1");
    insta::assert_snapshot!(shown, @"
    crm (crm)  [Connected ✓]
      Base URL: http://127.0.0.1:7878/v1
      Auth: API Key
      Endpoints: 2 defined
      Last used: just now
      Calls today: 2
    ");
}

#[tokio::test]
async fn the_list_tells_programs_the_same() {
    let upstream = guarded().await;
    let workspace = crm(&upstream.base_url());
    let before = list(&workspace).await.remove(0);
    assert_eq!(before["last_used"], "never");
    assert_eq!(before["metadata"]["total_calls"], 0);
    assert_eq!(before["metadata"]["last_used_at"], Value::Null);
    get_thing(&workspace).await;
    let row = workspace.row().await;
    let after = list(&workspace).await.remove(0);
    assert_eq!(
        after,
        json!({
            "name": "crm",
            "slug": "crm",
            "badge": "Connected",
            "problem": null,
            "base_url": upstream.base_url(),
            "auth": "API Key",
            "endpoints": 2,
            "last_used": "just now",
            "calls_today": 1,
            "metadata": {
                "created_at": before["metadata"]["created_at"],
                "updated_at": before["metadata"]["created_at"],
                "last_used_at": row.started_at,
                "total_calls": 1,
                "status": "active",
            },
        })
    );
    assert!(before["metadata"]["created_at"].as_str().unwrap() <= row.started_at.as_str());

    workspace.write(
        "crm.toml",
        format!("# Edited\n{}", connector("crm", &upstream.base_url(), ACTIONS)),
    );
    let edited = list(&workspace).await.remove(0);
    assert_eq!(edited["metadata"]["created_at"], before["metadata"]["created_at"]);
    assert_ne!(edited["metadata"]["updated_at"], before["metadata"]["updated_at"]);
}

#[tokio::test]
async fn a_failed_authentication_flips_the_badge_until_a_call_succeeds() {
    let upstream = guarded().await;
    let mut workspace = crm(&upstream.base_url());
    workspace.set("CRM_KEY", "n0t-th1s");
    get_thing(&workspace).await;
    let run = workspace.run(&["apis", "list"]).await;
    for line in [
        "crm (crm)  [Error ⚠]\n",
        "\n  Status: Authentication failed\n",
        "\n  Fix Connection: toolgate apis fix crm\n",
        "\n  Delete: toolgate apis delete crm\n",
    ] {
        assert!(run.stdout.contains(line), "{}", run.stdout);
    }
    workspace.set("CRM_KEY", "k3y-cli");
    get_thing(&workspace).await;
    assert_eq!(list(&workspace).await[0]["badge"], "Connected");
}

#[tokio::test]
async fn what_keeps_an_api_from_being_used_is_its_status() {
    let mut workspace = Workspace::with("http://127.0.0.1:9/v1", ACTIONS);
    let problem = list(&workspace).await[0]["problem"].clone();
    assert_eq!(problem, "Credential missing: the variable CRM_KEY is not set here");
    workspace.set("CRM_KEY", "k3y-cli");
    get_thing(&workspace).await;
    assert_eq!(list(&workspace).await[0]["problem"], "Connection refused");

    workspace.write("other-erp.toml", "name = 1");
    let run = workspace.run(&["apis", "list"]).await;
    let (_, broken) = run.stdout.split_once("\n\n").unwrap();
    assert_eq!(
        broken,
        "other-erp  [Error ⚠]\n  Status: Its files have errors (toolgate check)\n"
    );
}
