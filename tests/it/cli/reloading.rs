//! Connector files that change while `toolgate serve` runs.

use serde_json::{Value, json};

use super::{ACTIONS, CHANGED, crm};
use crate::harness::{Session, Upstream, connector, eventually};

async fn said(session: &Session, text: &str) {
    eventually(text, async || session.complaints().contains(text).then_some(())).await;
}

#[tokio::test]
async fn files_that_appear_change_and_vanish_change_the_tools() {
    let upstream = Upstream::fixed(r#"{"from": "the first"}"#).await;
    let other = Upstream::fixed(r#"{"from": "the other"}"#).await;
    let workspace = crm(&upstream.base_url());
    let mut session = workspace.serve().await;
    assert_eq!(session.tools().await, ["crm__create_thing", "crm__get_thing"]);

    workspace.write("wiki/connector.toml", connector("wiki", &upstream.base_url(), ACTIONS));
    session.notification(CHANGED).await;
    assert_eq!(session.tools().await.len(), 4);

    workspace.write("crm.toml", connector("crm", &other.base_url(), ACTIONS));
    session.notification(CHANGED).await;
    let answer = session.call("crm__get_thing", json!({ "id": "1" })).await;
    assert_eq!(answer["result"]["structuredContent"]["from"], "the other");

    std::fs::remove_dir_all(workspace.connectors().join("wiki")).unwrap();
    session.notification(CHANGED).await;
    assert_eq!(session.tools().await, ["crm__create_thing", "crm__get_thing"]);
    let answer = session.call("wiki__get_thing", json!({ "id": "1" })).await;
    assert_eq!(answer["error"]["data"]["error"]["code"], "UNKNOWN_API", "{answer}");
}

/// A client may say more than once that it is ready. Who does it often must not push others off the list.
#[tokio::test]
async fn a_session_is_told_once() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let mut session = workspace.serve().await;
    for _ in 0..3 {
        session.notify("notifications/initialized").await;
    }
    session.request("ping", json!({})).await;
    workspace.write(
        "wiki/connector.toml",
        connector("wiki", "http://127.0.0.1:9/v1", ACTIONS),
    );
    session.notification(CHANGED).await;
    session.request("ping", json!({})).await;
    let said = session.close().await.stdout;
    assert_eq!(said.matches(CHANGED).count(), 1, "{said}");
}

#[tokio::test]
async fn what_broke_is_served_as_it_last_worked_and_the_log_says_why() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = crm(&upstream.base_url());
    let mut session = workspace.serve().await;
    let good = connector("crm", &upstream.base_url(), ACTIONS);
    let broken: [(&[u8], &str); 3] = [
        (
            b"name = \"crm\"\n[connection]\nbase_ulr = \"x\"\n",
            "unknown key `base_ulr`",
        ),
        (b"name = \"caf\xe9\"\n", "cannot read connectors/crm.toml"),
        (b"", "crm.toml:1:1"),
    ];
    for (text, why) in broken {
        workspace.write("crm.toml", text);
        said(&session, why).await;
        said(&session, "`crm` is served as it last worked").await;
        let answer = session.call("crm__get_thing", json!({ "id": "1" })).await;
        assert_eq!(answer["result"]["isError"], false, "{why}: {answer}");
    }
    workspace.write("crm.toml", good.replace("get_thing", "fetch_thing"));
    session.notification(CHANGED).await;
    assert_eq!(session.tools().await, ["crm__create_thing", "crm__fetch_thing"]);
}

#[tokio::test]
async fn a_single_file_is_watched_though_editors_replace_it() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let command = workspace.command(&["serve", "--connectors", "connectors/crm.toml"]);
    let mut session = Session::open(command, None).await;
    for name in ["first", "second"] {
        let text = connector("crm", "http://127.0.0.1:9/v1", ACTIONS);
        workspace.write("crm.toml", text.replace("get_thing", name));
        session.notification(CHANGED).await;
        assert_eq!(session.tools().await[1], format!("crm__{name}"));
    }
}

#[tokio::test]
async fn a_call_ends_on_the_files_that_it_began_with() {
    let (sender, _) = tokio::sync::watch::channel(false);
    let release = sender.subscribe();
    let upstream = Upstream::start(move |_| {
        let mut release = release.clone();
        async move {
            release.wait_for(|released| *released).await.unwrap();
            crate::harness::json_answer(r#"{"id": 1}"#)
        }
    })
    .await;
    let workspace = crm(&upstream.base_url());
    let mut session = workspace.serve().await;
    let call = session.begin("crm__get_thing", json!({ "id": "1" })).await;
    upstream.arrived(1).await;
    std::fs::remove_file(workspace.connectors().join("crm.toml")).unwrap();
    session.notification(CHANGED).await;
    assert_eq!(session.tools().await, Vec::<String>::new());
    sender.send_replace(true);
    let answer = session.response(call).await;
    assert_eq!(answer["result"]["structuredContent"], json!({ "id": 1 }), "{answer}");
}

#[tokio::test]
async fn a_client_of_the_newer_protocol_hears_of_changes_when_it_listens() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let mut session = Session::start(workspace.command(&["serve"]), None);
    session.stateless("tools/list", json!({})).await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let filter = json!({ "notifications": { "toolsListChanged": true }, "_meta": meta });
    session.send("subscriptions/listen", filter).await;
    session.notification("notifications/subscriptions/acknowledged").await;
    std::fs::remove_file(workspace.connectors().join("crm.toml")).unwrap();
    let change: Value = session.notification(CHANGED).await;
    assert_eq!(change["method"], CHANGED);
}

#[cfg(unix)]
#[tokio::test]
async fn without_watching_a_signal_reads_the_files_again() {
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace.config("[catalog]\nwatch = false\n");
    let mut session = workspace.serve().await;
    // Its handshake has been read to the end by the time it answers.
    assert_eq!(session.tools().await.len(), 2);
    std::fs::remove_file(workspace.connectors().join("crm.toml")).unwrap();
    crate::harness::signal("HUP", session.process());
    session.notification(CHANGED).await;
    assert_eq!(session.tools().await, Vec::<String>::new());
}
