use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use ::http::Request;
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Tool};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::mcp::http::{self, HttpSettings};
use crate::mcp::testing::{any_port, exchange, stateless_call};
use crate::mcp::{Authentication, Lifetime};

/// Its tool `wait` answers, `repeat` has an argument that a header repeats, and the others fail in their own ways.
#[derive(Clone)]
struct Tools;

impl ServerHandler for Tools {
    fn get_tool(&self, name: &str) -> Option<Tool> {
        let nested =
            json!({ "type": "object", "properties": { "region": { "type": "string", "x-mcp-header": "Region" } } });
        let schema = json!({ "type": "object", "properties": { "place": nested } });
        let schema = schema.as_object().cloned().unwrap_or_default();
        (name == "repeat").then(|| Tool::new("repeat", "Repeats", Arc::new(schema)))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let failure = |code| Err(ErrorData::new(code, "failed", Some(json!({ "why": request.name }))));
        match &*request.name {
            "mistake" => failure(ErrorCode::INVALID_PARAMS),
            "missing" => failure(ErrorCode::METHOD_NOT_FOUND),
            "mismatch" => failure(ErrorCode::HEADER_MISMATCH),
            "broken" => failure(ErrorCode::INTERNAL_ERROR),
            _ => {
                let seen = json!({ "arguments": request.arguments, "meta": context.meta,
                    "version": context.protocol_version(), "client": context.client_info() });
                Ok(CallToolResult::success(vec![ContentBlock::text(seen.to_string())]).into())
            }
        }
    }
}

fn named(tool: &str) -> Value {
    let mut call = stateless_call(7, None);
    call["params"]["name"] = tool.into();
    call["params"]["_meta"]["io.modelcontextprotocol/clientInfo"] = json!({ "name": "test", "version": "1" });
    call
}

fn request(headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::post("/mcp");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).expect("a request")
}

/// What a client sends with a call of `tool`.
fn usual(tool: &str) -> Vec<(&str, &str)> {
    vec![
        ("accept", "application/json, text/event-stream"),
        ("content-type", "application/json"),
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/call"),
        ("mcp-name", tool),
    ]
}

fn is_plain(headers: &[(&str, &str)], body: &str) -> bool {
    let (parts, _) = request(headers, "").into_parts();
    call(&Tools, &parts, &Bytes::from(body.to_owned())).is_some()
}

#[test]
fn nothing_that_is_to_be_decided_is_plain() {
    let body = named("wait").to_string();
    assert!(is_plain(&usual("wait"), &body));
    for (name, value) in [
        ("accept", "application/json"),
        ("accept", "application/json, text/event-stream;q=0"),
        ("content-type", "text/plain"),
        ("mcp-protocol-version", "2025-11-25"),
        ("mcp-method", "tools/list"),
        ("mcp-name", "other"),
    ] {
        let mut headers = usual("wait");
        headers.retain(|(kept, _)| *kept != name);
        assert!(!is_plain(&headers, &body), "without {name}");
        headers.push((name, value));
        assert!(!is_plain(&headers, &body), "{name}: {value}");
        let mut twice = usual("wait");
        twice.push((name, value));
        assert!(!is_plain(&twice, &body), "{name} twice");
    }
    let mut repeating = usual("wait");
    repeating.push(("mcp-param-region", "eu"));
    assert!(!is_plain(&repeating, &body));
    assert!(!is_plain(&usual("repeat"), &named("repeat").to_string()));

    let meta = |key: &str, value: Value| {
        let mut call = named("wait");
        call["params"]["_meta"][format!("io.modelcontextprotocol/{key}")] = value;
        call.to_string()
    };
    for body in [
        meta("protocolVersion", "2025-11-25".into()),
        meta("protocolVersion", Value::Null),
        meta("clientCapabilities", Value::Null),
        stateless_call(7, Some("progress")).to_string(),
        body.replace("tools/call", "prompts/get"),
        "rubbish".to_owned(),
    ] {
        assert!(!is_plain(&usual("wait"), &body), "{body}");
    }
}

#[tokio::test]
async fn a_plain_call_is_answered_as_rmcp_answers_it() {
    let lifetime = Lifetime::new(CancellationToken::new(), Duration::from_secs(1));
    let listener = http::bind(any_port(), &Authentication::None).await.expect("bound");
    let address = listener.local_addr().expect("address");
    tokio::spawn(async move { http::serve(listener, |_, _| Tools, &HttpSettings::default(), lifetime).await });
    for tool in ["wait", "mistake", "missing", "mismatch", "broken"] {
        let mut answers = Vec::new();
        let mut elaborate = usual(tool);
        elaborate[1] = ("content-type", "application/json; charset=utf-8");
        for headers in [usual(tool), elaborate] {
            let body = named(tool).to_string();
            assert_eq!(is_plain(&headers, &body), answers.is_empty());
            let mut lines = String::new();
            for (name, value) in headers {
                write!(lines, "{name}: {value}\r\n").expect("text takes everything");
            }
            let answer = exchange(address, "POST", "/mcp", &lines, &body).await;
            let mut lines: Vec<String> = answer.lines().map(str::to_owned).collect();
            lines.retain(|line| !line.starts_with("date: "));
            lines.sort_unstable();
            answers.push(lines);
        }
        assert_eq!(answers[0], answers[1], "{tool}");
    }
}

#[tokio::test]
async fn a_call_of_somebody_who_is_no_longer_let_in_is_broken_off() {
    let call = reading::call(named("wait").to_string().as_bytes()).expect("a call");
    let ended = CancellationToken::new();
    ended.cancel();
    let answer = answer(&Desk::new(), Tools, call, &Caller::local(ended)).await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
