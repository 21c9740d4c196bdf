//! An agent that lists the tools of a server, over stdio or Streamable HTTP.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::harness::{Session, within};

const SESSION: &str = "mcp-session-id";

/// Starts `command` as a client does, and lists its tools.
pub(super) async fn tools_over_stdio(command: Command) -> Vec<String> {
    let mut session = Session::open(command, None).await;
    let listed = session.request("tools/list", json!({})).await;
    let ended = session.close().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    names(&listed)
}

/// Starts `command`, which serves over HTTP, and lists its tools; `authorization` is what the agent shows.
pub(super) async fn tools_over_http(mut command: Command, authorization: Option<&str>) -> Vec<String> {
    let mut server = command.stdout(Stdio::null()).spawn().unwrap();
    let mut complaints = BufReader::new(server.stderr.take().unwrap()).lines();
    let url = loop {
        let line = within("an address", complaints.next_line()).await.unwrap();
        let line = line.expect("a server that listens before it ends");
        if let Some((_, url)) = line.split_once("listening on ") {
            break url.to_owned();
        }
    };
    toolgate::crypto::install_tls_provider();
    #[expect(clippy::disallowed_methods, reason = "this is the agent, not Toolgate")]
    let client = reqwest::Client::new();
    let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": "manual", "version": "1" } });
    let messages = [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }),
    ];
    let mut session = None;
    let mut body = String::new();
    for message in messages {
        let mut request = client
            .post(&url)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(message.to_string());
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        if let Some(session) = &session {
            request = request.header(SESSION, session);
        }
        let answer = within("an answer", request.send()).await.unwrap();
        assert!(answer.status().is_success(), "{message}: {}", answer.status());
        session = session.or_else(|| answer.headers().get(SESSION).cloned());
        body = within("a body", answer.text()).await.unwrap();
    }
    within("the server's end", server.kill()).await.unwrap();
    // An answer comes alone, or as the last message of an event stream.
    let mut data = body.lines().filter_map(|line| line.strip_prefix("data: "));
    let last = data.rfind(|data| !data.trim().is_empty()).unwrap_or(&body);
    names(&serde_json::from_str(last).unwrap())
}

fn names(listed: &Value) -> Vec<String> {
    listed["result"]["tools"]
        .as_array()
        .unwrap_or_else(|| panic!("no list of tools: {listed}"))
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}
