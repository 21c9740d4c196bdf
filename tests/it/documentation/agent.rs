//! A small MCP client: shakes hands and lists the tools, over stdio or Streamable HTTP.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use super::workspace::{next_line, within};

const SESSION: &str = "mcp-session-id";

/// What a client says, in order.
fn messages() -> [Value; 3] {
    [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": { "name": "manual", "version": "1" },
        } }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }),
    ]
}

/// Starts `command` as a client does, and lists its tools.
pub(super) async fn tools_over_stdio(mut command: Command) -> Vec<String> {
    let mut server = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = server.stdin.take().unwrap();
    let mut answers = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut last = Value::Null;
    for message in messages() {
        input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
        while message.get("id").is_some() && last["id"] != message["id"] {
            let line = within("an answer", answers.next_line()).await.unwrap();
            let line = line.unwrap_or_else(|| panic!("the server ended before it answered {message}"));
            last = serde_json::from_str(&line).unwrap();
        }
    }
    drop(input);
    let ended = within("the server's end", server.wait()).await.unwrap();
    assert!(ended.success(), "a server whose client leaves ends well: {ended}");
    names(&last)
}

/// Starts `command`, which serves over HTTP, and lists its tools.
pub(super) async fn tools_over_http(mut command: Command) -> Vec<String> {
    let mut server = command.stdout(Stdio::null()).spawn().unwrap();
    let mut complaints = BufReader::new(server.stderr.take().unwrap());
    let url = loop {
        let line = next_line(&mut complaints).await;
        assert!(!line.is_empty(), "the server ended before it listened");
        if let Some((_, url)) = line.split_once("listening on ") {
            break url.to_owned();
        }
    };
    toolgate::crypto::install_tls_provider();
    #[expect(clippy::disallowed_methods, reason = "this is the agent, not Toolgate")]
    let client = reqwest::Client::new();
    let mut session = None;
    let mut last = Value::Null;
    for message in messages() {
        let mut request = client
            .post(&url)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(message.to_string());
        if let Some(session) = &session {
            request = request.header(SESSION, session);
        }
        let answer = within("an answer", request.send()).await.unwrap();
        assert!(answer.status().is_success(), "{message}: {}", answer.status());
        session = session.or_else(|| answer.headers().get(SESSION).cloned());
        let text = within("a body", answer.text()).await.unwrap();
        if message.get("id").is_some() {
            last = serde_json::from_str(answer_in(&text)).unwrap_or_else(|error| panic!("{error}: {text}"));
        }
    }
    server.kill().await.unwrap();
    names(&last)
}

/// An answer comes alone, or as the last message of an event stream.
fn answer_in(body: &str) -> &str {
    let mut data = body.lines().filter_map(|line| line.strip_prefix("data: "));
    data.rfind(|data| !data.trim().is_empty()).unwrap_or(body)
}

fn names(listed: &Value) -> Vec<String> {
    listed["result"]["tools"]
        .as_array()
        .unwrap_or_else(|| panic!("no list of tools: {listed}"))
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}
