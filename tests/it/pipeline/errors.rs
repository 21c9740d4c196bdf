//! Every way an API can disappoint, as an agent reads it (contract S1-43, S1-44, S1-75 to S1-82).

use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use crate::harness::{Seen, Session, Upstream, Workspace, connector, json_answer};

const SECRET: &str = "s3cr3t-key-0001";

const ACTIONS: &str = r#"
max_response_bytes = 2000
[auth]
type = "api_key"
header_name = "X-Crm-Key"
key = "env:CRM_KEY"
[[actions]]
name = "status"
description = "Answers with a status"
method = "GET"
path = "/status/{code}"
[[actions.input]]
name = "code"
required = true
[[actions]]
name = "maybe"
description = "Nothing there is an answer too"
method = "GET"
path = "/status/404"
ok_statuses = [404]
[[actions]]
name = "typed"
description = "Answers with another type"
method = "GET"
path = "/typed"
response_schema = { type = "object", properties = { customer = { type = "object", properties = { id = { type = "string" } } } } }
[[actions]]
name = "large"
description = "Answers too much"
method = "GET"
path = "/large"
[[actions]]
name = "silent"
description = "Never answers"
method = "GET"
path = "/silent"
timeout_ms = 100
[[actions]]
name = "change"
description = "A write that is never answered"
method = "POST"
path = "/silent"
confirm = false
timeout_ms = 100
[[actions]]
name = "elsewhere"
description = "Leads away"
method = "GET"
path = "/elsewhere"
[[actions]]
name = "nowhere"
description = "Leads to what is no URL"
method = "GET"
path = "/nowhere"
"#;

async fn answer(request: Seen) -> axum::response::Response {
    let path = request.uri.path().strip_prefix("/v1").unwrap();
    match path {
        "/typed" => json_answer(r#"{"customer": {"id": 7, "note": "raw-body-marker"}}"#),
        "/large" => json_answer(format!("\"{}\"", "a".repeat(5_000))),
        "/silent" => std::future::pending().await,
        "/nowhere" => (StatusCode::FOUND, [("location", "https://")]).into_response(),
        "/elsewhere" => (StatusCode::FOUND, [("location", "https://internal.crm.test/admin")]).into_response(),
        path => {
            let code: u16 = path.strip_prefix("/status/").unwrap().parse().unwrap();
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", "7".parse().unwrap());
            headers.insert("content-type", "application/json".parse().unwrap());
            let body = r#"{"error": {"message": "the API's own words"}}"#;
            (StatusCode::from_u16(code).unwrap(), headers, body).into_response()
        }
    }
}

struct Setting {
    workspace: Workspace,
    session: Session,
    upstream: Upstream,
}

async fn setting() -> Setting {
    let upstream = Upstream::start(answer).await;
    let mut workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    workspace.set("CRM_KEY", SECRET);
    // A port that was free a moment ago.
    let closed = Upstream::silent().await.base_url();
    let away = connector("away", &closed, ACTIONS);
    workspace.write("away.toml", away);
    let plain = upstream.base_url().replace("http:", "https:");
    let tls = connector("tls", &plain, ACTIONS).replace("allow_http = true\n", "");
    workspace.write("tls.toml", tls);
    // What its name leads to is not in its networks.
    let named = upstream.base_url().replace("127.0.0.1", "localhost");
    let outside = connector("outside", &named, ACTIONS).replace("127.0.0.0/8", "10.1.2.0/24");
    workspace.write("outside.toml", outside);
    let session = workspace.serve().await;
    Setting {
        workspace,
        session,
        upstream,
    }
}

impl Setting {
    /// Calls a tool that must fail, and checks what every failure owes its reader.
    async fn failure(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.session.call(tool, arguments).await;
        let error = answer["result"]["_meta"]["toolgate/error"].clone();
        assert_eq!(answer["result"]["isError"], true, "{tool}: {answer}");
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        for part in ["code", "cause", "resolution"] {
            let part = error[part]
                .as_str()
                .unwrap_or_else(|| panic!("{tool}: no {part} in {error}"));
            assert!(
                !part.is_empty() && text.contains(part),
                "{tool}: {part} is not in {text}"
            );
        }
        let whole = answer.to_string().to_lowercase();
        let host = self.upstream.address.to_string();
        for hidden in [
            SECRET,
            "x-crm-key",
            "http://",
            "https://",
            "127.0.0.1",
            "localhost",
            "internal.crm",
            &host,
        ] {
            assert!(!whole.contains(hidden), "{tool}: {hidden} in {answer}");
        }
        let row = self.workspace.rows().await.pop().unwrap();
        assert_eq!(row.outcome.as_str(), error["code"].as_str().unwrap());
        if let Some(status) = error.get("upstream_status") {
            assert_eq!(json!(row.upstream_status), *status, "{tool}");
        }
        error
    }
}

#[tokio::test]
async fn statuses_become_codes_that_say_what_to_do() {
    let mut setting = setting().await;
    let cases = [
        (401, "AUTHENTICATION_FAILED", false),
        (403, "AUTHENTICATION_FAILED", false),
        (404, "ENDPOINT_NOT_FOUND", false),
        (422, "UPSTREAM_ERROR", false),
        (429, "RATE_LIMITED", true),
        (500, "UPSTREAM_ERROR", true),
        (503, "UPSTREAM_ERROR", true),
    ];
    for (status, code, retryable) in cases {
        let error = setting
            .failure("crm__status", json!({ "code": status.to_string() }))
            .await;
        assert_eq!(error["code"], code, "{status}");
        assert_eq!(error["source"], "upstream", "{status}");
        assert_eq!(error["upstream_status"], status);
        assert_eq!(error["retryable"], retryable, "{status}");
        assert!(
            error["cause"].as_str().unwrap().contains("the API's own words"),
            "{error}"
        );
        if status == 429 {
            assert_eq!(error["retry_after_seconds"], 7);
        }
    }
    // Where 404 is declared to be an answer it is one.
    let found = setting.session.call("crm__maybe", json!({})).await;
    assert_eq!(found["result"]["isError"], false, "{found}");
}

#[tokio::test]
async fn connections_that_fail_become_codes_that_say_what_to_do() {
    let mut setting = setting().await;
    let code = json!({ "code": "200" });
    let cases = [
        ("away__status", &code, "CONNECTION_REFUSED"),
        ("tls__status", &code, "SSL_ERROR"),
        ("outside__status", &code, "URL_NOT_ALLOWED"),
        ("crm__elsewhere", &json!({}), "URL_NOT_ALLOWED"),
        ("crm__nowhere", &json!({}), "UPSTREAM_ERROR"),
        ("crm__silent", &json!({}), "TIMEOUT"),
        ("crm__change", &json!({}), "OUTCOME_UNKNOWN"),
        ("crm__large", &json!({}), "RESPONSE_TOO_LARGE"),
    ];
    for (tool, arguments, code) in cases {
        let error = setting.failure(tool, arguments.clone()).await;
        assert_eq!(error["code"], code, "{tool}: {error}");
    }
}

#[tokio::test]
async fn a_mismatch_names_places_and_never_the_raw_answer() {
    let mut setting = setting().await;
    let error = setting.failure("crm__typed", json!({})).await;
    assert_eq!(error["code"], "SCHEMA_MISMATCH");
    let violations = error["violations"].to_string();
    assert!(violations.contains("/customer/id: "), "{violations}");
    assert!(!error.to_string().contains("raw-body-marker"), "{error}");
}

#[tokio::test]
async fn the_deadline_of_a_call_covers_everything_but_people() {
    let upstream = Upstream::silent().await;
    let actions = ACTIONS.replace("timeout_ms = 100\n", "");
    let mut workspace = Workspace::with(&upstream.base_url(), &actions);
    workspace.set("CRM_KEY", SECRET);
    workspace.config("[server]\ncall_timeout_ms = 150\n");
    let session = workspace.serve().await;
    let mut setting = Setting {
        workspace,
        session,
        upstream,
    };
    for (tool, code) in [("crm__silent", "TIMEOUT"), ("crm__change", "OUTCOME_UNKNOWN")] {
        let error = setting.failure(tool, json!({})).await;
        assert_eq!(error["code"], code);
        assert!(error["cause"].as_str().unwrap().contains("150 ms"), "{error}");
    }
}

#[tokio::test]
async fn a_missing_credential_is_the_operators_business() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    let session = workspace.serve().await;
    let mut setting = Setting {
        workspace,
        session,
        upstream,
    };
    let error = setting.failure("crm__status", json!({ "code": "200" })).await;
    assert_eq!(error["code"], "AUTHENTICATION_FAILED");
    assert_eq!(error["source"], "local");
    assert!(!error.to_string().contains("CRM_KEY"), "{error}");
    assert_eq!(setting.upstream.count(), 0);
    let complaints = setting.session.close().await.stderr;
    assert!(complaints.contains("`CRM_KEY` is not set"), "{complaints}");
}
