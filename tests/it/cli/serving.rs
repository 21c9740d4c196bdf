//! How `toolgate serve` ends, and what its settings bound.

use serde_json::{Value, json};

use super::{ACTIONS, crm};
use crate::harness::{Session, Upstream, Workspace, connector, json_answer, signal};

/// An API that answers once it is let.
async fn held() -> (Upstream, tokio::sync::watch::Sender<bool>) {
    let release = tokio::sync::watch::Sender::new(false);
    let waiting = release.subscribe();
    let upstream = Upstream::start(move |_| {
        let mut waiting = waiting.clone();
        async move {
            waiting.wait_for(|released| *released).await.unwrap();
            json_answer(r#"{"done": true}"#)
        }
    })
    .await;
    (upstream, release)
}

fn error(answer: &Value) -> &Value {
    &answer["result"]["_meta"]["toolgate/error"]
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_ends_it_once_the_calls_in_flight_are_answered() {
    for name in ["TERM", "INT"] {
        let (upstream, release) = held().await;
        let workspace = crm(&upstream.base_url());
        let mut session = workspace.serve().await;
        let call = session.begin("crm__get_thing", json!({ "id": "1" })).await;
        upstream.arrived(1).await;
        signal(name, session.process());
        release.send_replace(true);
        let answer = session.response(call).await;
        assert_eq!(answer["result"]["structuredContent"], json!({ "done": true }), "{name}");
        let ended = session.ended().await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(workspace.row().await.outcome.as_str(), "ok");
    }
}

#[tokio::test]
async fn the_end_of_input_ends_it_once_the_calls_in_flight_are_answered() {
    let (upstream, release) = held().await;
    let workspace = crm(&upstream.base_url());
    let mut session = workspace.serve().await;
    session.begin("crm__get_thing", json!({ "id": "1" })).await;
    upstream.arrived(1).await;
    let closed = session.close();
    release.send_replace(true);
    let ended = closed.await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let last: Value = serde_json::from_str(ended.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(last["result"]["structuredContent"], json!({ "done": true }), "{last}");
    assert_eq!(workspace.row().await.outcome.as_str(), "ok");
}

#[tokio::test]
async fn stdout_belongs_to_the_protocol_and_stderr_to_the_log() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = crm(&upstream.base_url());
    workspace.config("[log]\nformat = \"json\"\n");
    let mut session = workspace.serve().await;
    session.call("crm__get_thing", json!({ "id": "an-argument" })).await;
    assert!(!session.close().await.stderr.contains("an-argument"));

    workspace.config("[log]\nlevel = \"trace\"\nformat = \"json\"\n");
    let mut session = workspace.serve_to_person("accept").await;
    session
        .call("crm__create_thing", json!({ "title": "an-argument" }))
        .await;
    let ended = session.close().await;
    assert!(
        ended
            .stdout
            .lines()
            .all(|line| line.starts_with("{\"jsonrpc\":\"2.0\"")),
        "{}",
        ended.stdout
    );
    for line in ended.stderr.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not a log line: {line}"));
        assert!(event["level"].is_string());
    }
    assert!(ended.stderr.contains("the catalog is in place"));
    assert!(!ended.stderr.contains("an-argument"), "{}", ended.stderr);

    workspace.config("[log]\nlevel = \"off\"\n");
    let session = workspace.serve().await;
    assert_eq!(session.close().await.stderr, "");
}

#[tokio::test]
async fn no_more_calls_run_and_wait_than_the_settings_say() {
    let (upstream, release) = held().await;
    let workspace = crm(&upstream.base_url());
    workspace.config("[server]\nmax_concurrent_calls = 1\nmax_queued_calls = 1\n");
    let mut session = workspace.serve().await;
    let running = session.begin("crm__get_thing", json!({ "id": "1" })).await;
    upstream.arrived(1).await;
    // Calls run beside each other: which one of these three finds the place is not settled.
    let mut others = Vec::new();
    for number in 2..=4 {
        others.push(
            session
                .begin("crm__get_thing", json!({ "id": number.to_string() }))
                .await,
        );
    }
    let first = session.any_response(&others).await;
    let second = session.any_response(&others).await;
    for answer in [&first, &second] {
        assert_eq!(error(answer)["code"], "RATE_LIMITED", "{answer}");
        assert!(
            error(answer)["cause"].as_str().unwrap().contains("2 calls are running"),
            "{answer}"
        );
    }
    assert_eq!(upstream.count(), 1, "the queued call has to wait");
    release.send_replace(true);
    assert_eq!(session.response(running).await["result"]["isError"], false);
    upstream.arrived(2).await;
    assert_eq!(session.any_response(&others).await["result"]["isError"], false);
}

#[tokio::test]
async fn a_call_waits_for_a_person_as_long_as_the_settings_say() {
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace.config("[approvals]\nwait_ms = 300\nexpires_ms = 5000\n");
    let mut session = workspace.serve().await;
    let answer = session.call("crm__create_thing", json!({ "title": "a" })).await;
    assert_eq!(error(&answer)["code"], "APPROVAL_REQUIRED", "{answer}");
    assert!(workspace.row().await.duration_ms >= 300);
    let record = workspace.approvals().await.remove(0);
    let [created, expires]: [jiff::Timestamp; 2] =
        [&record.created_at, &record.expires_at].map(|time| time.parse().unwrap());
    assert_eq!(expires.duration_since(created).as_millis(), 5_000);
}

#[tokio::test]
async fn tools_are_listed_in_pages_of_the_configured_size() {
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace.write("wiki.toml", connector("wiki", "http://127.0.0.1:9/v1", ACTIONS));
    workspace.config("[server]\ntools_page_size = 3\n");
    let mut session = workspace.serve().await;
    let names = |page: &Value| -> Vec<String> {
        let tools = page["result"]["tools"].as_array().unwrap();
        tools
            .iter()
            .map(|tool| tool["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = session.request("tools/list", json!({})).await;
    assert_eq!(
        names(&first),
        ["crm__create_thing", "crm__get_thing", "wiki__create_thing"]
    );
    let cursor = first["result"]["nextCursor"].clone();
    let last = session.request("tools/list", json!({ "cursor": cursor })).await;
    assert_eq!(names(&last), ["wiki__get_thing"]);
    assert_eq!(last["result"]["nextCursor"], Value::Null);
}

#[tokio::test]
async fn a_server_without_connectors_serves_and_says_so() {
    let workspace = Workspace::new();
    let mut session: Session = workspace.serve().await;
    let list = session.request("tools/list", json!({})).await;
    assert_eq!(list["result"]["tools"], json!([]));
    assert!(session.close().await.stderr.contains("there are no connectors"));

    // Nor does it take a folder, as long as none is named.
    std::fs::remove_dir(workspace.connectors()).unwrap();
    let mut command = workspace.command(&["serve"]);
    command.env_remove("TOOLGATE_CONNECTORS");
    let mut session = Session::open(command, None).await;
    let list = session.request("tools/list", json!({})).await;
    assert_eq!(list["result"]["tools"], json!([]));
    assert!(session.close().await.stderr.contains("there are no connectors"));
}

#[tokio::test]
async fn a_method_that_there_is_not_is_told_in_a_sentence() {
    let workspace = Workspace::new();
    let mut session = workspace.serve().await;
    for method in ["nothing/at_all", "logging/setLevel", "resources/subscribe"] {
        let answer = session
            .request(method, json!({ "level": "info", "uri": "toolgate://a" }))
            .await;
        assert_eq!(answer["error"]["code"], -32601, "{answer}");
        let told = format!("this server has no method `{method}`");
        assert_eq!(answer["error"]["message"], told);
    }
}
