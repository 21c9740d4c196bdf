//! Exactly one audit row for every call, whatever became of it (contract S1-50).

use serde_json::json;
use toolgate::store::AuditFilter;

use crate::harness::{READ_AND_WRITE, Upstream, Workspace, eventually, json_answer};

/// Waits until there is one row that has ended.
async fn ended_row(workspace: &Workspace) -> toolgate::store::AuditRecord {
    eventually("an ended row", async || {
        let rows = workspace.rows().await;
        rows.into_iter().find(|row| row.ended_at.is_some())
    })
    .await;
    workspace.row().await
}

#[tokio::test]
async fn a_cancelled_call_leaves_one_row() {
    for (tool, outcome) in [("crm__read", "CANCELLED"), ("crm__write", "OUTCOME_UNKNOWN")] {
        let upstream = Upstream::silent().await;
        let workspace = Workspace::with(&upstream.base_url(), READ_AND_WRITE);
        let mut session = workspace.serve().await;
        let call = session.begin(tool, json!({})).await;
        upstream.arrived(1).await;
        session.cancel(call).await;
        let row = ended_row(&workspace).await;
        assert_eq!(row.outcome.as_str(), outcome);
        assert_eq!(row.client.as_deref(), Some("tests 1"));
        assert_eq!(row.channel.as_str(), "stdio");
    }
}

#[tokio::test]
async fn a_call_cut_off_by_shutdown_leaves_one_row() {
    let upstream = Upstream::silent().await;
    let workspace = Workspace::with(&upstream.base_url(), READ_AND_WRITE);
    workspace.config("[server]\nshutdown_grace_ms = 0\n");
    let mut session = workspace.serve().await;
    session.begin("crm__read", json!({})).await;
    upstream.arrived(1).await;
    let ended = session.close().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(workspace.row().await.outcome.as_str(), "CANCELLED");
}

#[tokio::test]
async fn the_intent_of_a_write_is_on_disk_before_its_request_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let looked_at = state.clone();
    // What the API finds in the store of the one that calls it.
    let upstream = Upstream::start(move |_| {
        let state = looked_at.clone();
        async move {
            let store = toolgate::store::open(&state).await.unwrap();
            let rows = store.read_audit(&AuditFilter::default()).await.unwrap();
            json_answer(serde_json::to_string(&json!({ "rows": rows })).unwrap())
        }
    })
    .await;
    let mut workspace = Workspace::with(&upstream.base_url(), READ_AND_WRITE);
    workspace.set("TOOLGATE_STATE", state.to_str().unwrap());
    let mut session = workspace.serve().await;
    let answer = session.call("crm__write", json!({})).await;
    let rows = &answer["result"]["structuredContent"]["rows"];
    assert_eq!(rows.as_array().unwrap().len(), 1, "{answer}");
    assert_eq!(rows[0]["outcome"], "OUTCOME_UNKNOWN");
    assert_eq!(rows[0]["ended_at"], json!(null));
    assert_eq!(rows[0]["path"], "/v1/write");

    let store = toolgate::store::open(&state).await.unwrap();
    let after = store.read_audit(&AuditFilter::default()).await.unwrap();
    assert_eq!(after.len(), 1);
    assert_eq!(rows[0]["call_id"], after[0].call_id.as_str());
    assert_eq!(after[0].outcome.as_str(), "ok");
}

#[tokio::test]
async fn a_crash_loses_neither_ended_calls_nor_writes_under_way() {
    let upstream = Upstream::start(|request| async move {
        if request.method == "POST" {
            std::future::pending::<()>().await;
        }
        json_answer("{}")
    })
    .await;
    let workspace = Workspace::with(&upstream.base_url(), READ_AND_WRITE);
    let mut session = workspace.serve().await;
    for _ in 0..3 {
        session.call("crm__read", json!({})).await;
    }
    session.begin("crm__write", json!({})).await;
    upstream.arrived(4).await;
    let ended = session.kill().await;
    assert_eq!(ended.code, None);

    let rows = workspace.rows().await;
    let outcomes: Vec<_> = rows.iter().map(|row| row.outcome.as_str()).collect();
    assert_eq!(outcomes, ["ok", "ok", "ok", "OUTCOME_UNKNOWN"]);
    assert_eq!(rows[3].ended_at, None);
}

#[tokio::test]
async fn unknown_tools_leave_rows_too() {
    let workspace = Workspace::with("http://127.0.0.1:9/v1", READ_AND_WRITE);
    let mut session = workspace.serve().await;
    let answer = session.call("crm__nothing", json!({})).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert_eq!(answer["error"]["data"]["error"]["code"], "ENDPOINT_NOT_FOUND");
    let row = workspace.row().await;
    assert_eq!(
        (row.tool.as_str(), row.outcome.as_str()),
        ("crm__nothing", "ENDPOINT_NOT_FOUND")
    );
}

/// A PIN is found by trying all of them, unless a hash needs a key.
#[tokio::test]
async fn the_hash_of_arguments_needs_a_key_that_processes_of_a_state_folder_share() {
    let upstream = Upstream::fixed("{}").await;
    let action = r#"
[[actions]]
name = "unlock"
description = "Unlocks"
method = "GET"
path = "/unlock/{pin}"
[[actions.input]]
name = "pin"
type = "PASSWORD"
required = true
"#;
    let workspace = Workspace::with(&upstream.base_url(), action);
    for _ in 0..2 {
        let mut session = workspace.serve().await;
        let answer = session.call("crm__unlock", json!({ "pin": "4711" })).await;
        assert_ne!(answer["result"]["isError"], true, "{answer}");
    }
    let hashes: Vec<_> = workspace
        .rows()
        .await
        .into_iter()
        .map(|row| row.arguments_hash.unwrap())
        .collect();
    assert_eq!((hashes.len(), hashes[0].len()), (2, 64));
    assert_eq!(hashes[0], hashes[1]);
    assert_ne!(hashes[0], toolgate::crypto::sha256_hex(br#"{"pin":"4711"}"#));
    let elsewhere = Workspace::with(&upstream.base_url(), action);
    let mut session = elsewhere.serve().await;
    session.call("crm__unlock", json!({ "pin": "4711" })).await;
    assert_ne!(elsewhere.row().await.arguments_hash.as_ref(), Some(&hashes[0]));
}
