//! What the log holds at each level (contract S3-11, S3-25), and that nobody outside can write into it.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::harness::{Session, Upstream, Workspace, connector, json_answer};

const ACTIONS: &str = r#"
[auth]
type = "api_key"
in = "query"
name = "key"
key = "env:CRM_KEY"
[[actions]]
name = "get_customer"
description = "Get one customer"
method = "GET"
path = "/customers/{id}"
[[actions.input]]
name = "id"
required = true
[[actions.input]]
name = "fields"
in = "query"
[[actions]]
name = "open_ticket"
description = "Open a ticket"
method = "POST"
path = "/tickets"
body = { title = "{{title}}" }
confirm = false
[[actions.input]]
name = "title"
required = true
"#;

/// An API where customer 7 has moved.
async fn crm() -> (Upstream, Workspace) {
    let upstream = Upstream::start(|request| async move {
        if request.uri.path().ends_with("/7") {
            return (StatusCode::FOUND, [(header::LOCATION, "/v1/customers/8?from=7&moved")]).into_response();
        }
        json_answer(r#"{"id": 8}"#)
    })
    .await;
    let mut workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    workspace.set("CRM_KEY", "s3cr3t-key-0001");
    (upstream, workspace)
}

/// The events of a JSON log.
fn events(log: &str) -> Vec<Value> {
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}")))
        .collect()
}

/// Events about requests and answers, without what differs from run to run.
fn exchanges(log: &str) -> Vec<Value> {
    let about = |event: &Value| event["message"] == "request" || event["message"] == "response";
    let mut found: Vec<Value> = events(log).into_iter().filter(about).collect();
    for event in &mut found {
        let event = event.as_object_mut().unwrap();
        let timestamp = event.remove("timestamp").unwrap();
        assert!(timestamp.as_str().unwrap().ends_with('Z'));
        if event["message"] == "response" {
            assert!(event.remove("duration_ms").unwrap().as_u64().unwrap() < 60_000);
        }
    }
    found
}

#[tokio::test]
async fn at_debug_each_request_and_each_answer_is_one_line() {
    let (upstream, workspace) = crm().await;
    workspace.config("[log]\nlevel = \"debug\"\nformat = \"json\"\n");
    let input = json!({ "id": "7", "fields": "name,email" }).to_string();
    let run = workspace.run(&["call", "crm__get_customer", "--input", &input]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let line = |message: &str, rest: Value| {
        let mut line = json!({ "level": "DEBUG", "message": message, "connector": "crm", "method": "GET",
            "host": "127.0.0.1" });
        line.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        line
    };
    let first = "/v1/customers/7?fields=[REDACTED]";
    let second = "/v1/customers/8?from=[REDACTED]&=[REDACTED]";
    assert_eq!(
        exchanges(&run.stderr),
        [
            line("request", json!({ "path": first, "number": 1, "bytes": 0 })),
            line("response", json!({ "path": first, "number": 1, "status": 302 })),
            line("request", json!({ "path": second, "number": 2, "bytes": 0 })),
            line(
                "response",
                json!({ "path": second, "number": 2, "status": 200, "bytes": 9 })
            ),
        ]
    );
    let run = workspace
        .run(&["call", "crm__open_ticket", "--input", "{\"title\":\"Printer\"}"])
        .await;
    let sent = &exchanges(&run.stderr)[0];
    assert_eq!(
        (&sent["method"], &sent["path"], &sent["bytes"]),
        (&json!("POST"), &json!("/v1/tickets"), &json!(19))
    );
    assert_eq!(upstream.count(), 3);
    assert!(!run.stderr.contains("Printer"), "{}", run.stderr);
}

#[tokio::test]
async fn at_info_there_is_no_line_for_a_request() {
    let (upstream, workspace) = crm().await;
    for level in ["off", "error", "warn", "info"] {
        workspace.config(&format!("[log]\nlevel = \"{level}\"\nformat = \"json\"\n"));
        let run = workspace
            .run(&["call", "crm__get_customer", "--input", "{\"id\":\"7\"}"])
            .await;
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(exchanges(&run.stderr), Vec::<Value>::new(), "{level}");
    }
    assert_eq!(upstream.count(), 8);
}

/// The operator has to find out which URL it was; agents must not.
#[tokio::test]
async fn a_refused_request_tells_the_operator_where_it_would_have_gone() {
    const ELSEWHERE: &str = "https://ana:hunter2@Elsewhere.example:8443/files/7?sig=hunter2#hunter2";
    for (secret, target) in [
        ("", "https://elsewhere.example:8443/files/7"),
        ("type = \"PASSWORD\"\n", "https://[HIDDEN]:8443/[HIDDEN]"),
    ] {
        let upstream =
            Upstream::start(|_| async { (StatusCode::FOUND, [(header::LOCATION, ELSEWHERE)]).into_response() }).await;
        let actions = ACTIONS.replace("in = \"query\"\n[[", &format!("in = \"query\"\n{secret}[["));
        let mut workspace = Workspace::with(&upstream.base_url(), &actions);
        workspace.set("CRM_KEY", "s3cr3t-key-0001");
        workspace.config("[log]\nformat = \"json\"\n");
        let run = workspace
            .run(&["call", "crm__get_customer", "--input", "{\"id\":\"7\"}"])
            .await;
        let line = run.stderr.lines().find(|line| line.contains("a request is refused"));
        let line: Value = serde_json::from_str(line.expect("a line")).expect("JSON");
        assert_eq!(line["target"], target, "{line}");
        assert_eq!(line["rule"], "the URL has credentials in it, and none may");
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
        let told = run.stderr.split("URL_NOT_ALLOWED").nth(1).expect("the failure");
        assert!(!told.to_lowercase().contains("elsewhere"), "{told}");
    }
}

/// In a path, what a template puts there is encoded, and what looks like a secret looks otherwise.
#[tokio::test]
async fn what_looks_like_a_secret_is_redacted_in_paths_too() {
    for (argument, left) in [
        ("4111 1111 1111 1111", "1111"),
        ("Bearer abcdefgh12345678", "abcdefgh"),
        ("password=hunter2xx", "hunter2"),
        ("Cookie: session=hunter2xx", "hunter2"),
    ] {
        let upstream = Upstream::start(|request| async move {
            let target = format!("https://elsewhere.example{}", request.uri.path());
            (StatusCode::FOUND, [(header::LOCATION, target)]).into_response()
        })
        .await;
        for format in ["json", "text"] {
            let mut workspace = Workspace::with(&upstream.base_url(), ACTIONS);
            workspace.set("CRM_KEY", "s3cr3t-key-0001");
            workspace.config(&format!("[log]\nlevel = \"debug\"\nformat = \"{format}\"\n"));
            let mut session = workspace.serve().await;
            session.call("crm__get_customer", json!({ "id": argument })).await;
            let log = session.close().await.stderr;
            assert!(
                log.contains("a request is refused") && log.contains("/v1/customers/"),
                "{log}"
            );
            assert!(!log.contains(left), "{format}: {log}");
        }
    }
}

const HOSTILE: &str =
    "x\n2026-01-01T00:00:00.000000Z  INFO forged\r\n\u{1b}[31m\u{1b}]0;t\u{7}\u{202e}\u{2066}\u{9b}2J\u{2028}\u{85}";

/// As much of it as a text argument may hold.
const SENDABLE: &str = "x\u{1b}[31m\u{1b}]0;t\u{7}\u{202e}\u{2066}\u{9b}2J";

/// A server whose file names, client, calls and API all try to write into the log.
async fn attacked(format: &str) -> String {
    let upstream = Upstream::start(|_| async move {
        let mut answer: Response = (
            StatusCode::BAD_GATEWAY,
            [("content-type", "application/problem+json"), ("x-trace", "\u{9b}31m")],
            json!({ "title": HOSTILE, "detail": HOSTILE }).to_string(),
        )
            .into_response();
        let reason = hyper::ext::ReasonPhrase::try_from(b"a\x1b[31m\xff".to_vec());
        if let Ok(reason) = reason {
            answer.extensions_mut().insert(reason);
        }
        answer
    })
    .await;
    let mut workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    workspace.set("CRM_KEY", "s3cr3t-key-0001");
    workspace.config(&format!("[log]\nlevel = \"trace\"\nformat = \"{format}\"\n"));
    workspace.write(
        "a\nb\u{1b}[31m\u{202e}.toml",
        "name = \"\\u001b[31m\"\n\u{202e}x = \"\u{1b}\"\n",
    );
    workspace.write(
        "hostile.toml",
        connector(
            "A\u{202e}B",
            "https://api.example.com",
            "[[actions]]\nname = \"a\\n\\u001b[1m\"\n",
        ),
    );
    let mut session = Session::start(workspace.command(&["serve"]), None);
    let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": HOSTILE, "version": HOSTILE, "title": HOSTILE } });
    session.request("initialize", hello).await;
    session
        .call("crm__get_customer", json!({ "id": SENDABLE, "fields": SENDABLE }))
        .await;
    session.call("crm__open_ticket", json!({ "title": SENDABLE })).await;
    session.call("crm__open_ticket", json!({ HOSTILE: HOSTILE })).await;
    session.call(HOSTILE, json!({})).await;
    session.request(HOSTILE, json!({ "x": HOSTILE })).await;
    assert_eq!(upstream.count(), 2);
    session.close().await.stderr
}

fn disrupts(character: char) -> bool {
    toolgate::diagnostics::is_disruptive(character)
}

#[tokio::test]
async fn nothing_from_outside_begins_a_line_or_steers_a_terminal() {
    let log = attacked("text").await;
    assert!(!log.is_empty());
    for line in log.lines() {
        assert!(!line.contains(disrupts), "{line:?}");
        let begins_with_time = line
            .as_bytes()
            .get(..11)
            .is_some_and(|start| start[..4].iter().all(u8::is_ascii_digit) && start[4] == b'-' && start[10] == b'T');
        assert!(begins_with_time && !line.starts_with("2026-01-01T00:00:00"), "{line:?}");
    }
}

#[tokio::test]
async fn a_log_of_json_stays_one_object_a_line() {
    let log = attacked("json").await;
    for (line, event) in log.lines().zip(events(&log)) {
        assert!(!line.contains(disrupts), "{line:?}");
        assert!(event["level"].is_string() && event["timestamp"].is_string(), "{line}");
    }
}
