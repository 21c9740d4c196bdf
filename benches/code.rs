//! What an action costs more as code than as a declarative action that sends the same request: the whole pipeline with
//! a fresh instance for each call, and the API in the same process. Everything is on one thread, and nothing waits for
//! anything but that thread: the times are processor time, but for the writing of the audit log, which all rows share.
//! Subtract the row `declarative` of the same run from the others; the long script has two requests.
//!
//! The component is that of `wasm-guests/examples/one-request`; `README.md` has the commands that build it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot go on should panic"
)]

mod engine;

use std::fmt::Write as _;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use engine::{call, engine};

const CONNECTOR: &str = r#"
name = "Bench"
description = "One read, in several ways"
[connection]
base_url = "http://ADDRESS"
[security]
allow_http = true
ip_allowlist = ["127.0.0.0/8"]
[auth]
type = "api_key"
header_name = "X-API-Key"
key = "env:BENCH_KEY"
[auth.fields]
token = "env:BENCH_KEY"
api = "http://ADDRESS"
"#;

const DECLARATIVE: &str = r#"
method = "GET"
path = "/items/{id}"
response = "{count: length(items), first: items[0].name}"
"#;

const ONE_REQUEST: &str = r"
const response = await ld.request({ method: 'GET', url: `/items/${encodeURIComponent(data.input.id)}` });
return { count: response.json.items.length, first: response.json.items[0].name };
";

const LONG: &str = include_str!("guest/long.js");

/// Where a built component is.
const COMPONENT: &str = "TOOLGATE_BENCH_COMPONENT";

/// An API that answers everything with a kilobyte of JSON.
async fn api() -> String {
    let items: Vec<String> = (0..20)
        .map(|id| format!(r#"{{"id":{id},"name":"item number {id}","status":"open"}}"#))
        .collect();
    let body = format!(r#"{{"items":[{}]}}"#, items.join(","));
    let answer = move || async move { ([(CONTENT_TYPE, "application/json")], body) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    address
}

fn code(criterion: &mut Criterion) {
    toolgate::crypto::install_tls_provider();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let state = tempfile::tempdir().unwrap();
    let script = |source: &str| source.replace("https://api.example", "${data.auth.api}").into_bytes();
    let mut files = vec![
        ("actions/one.js", script(ONE_REQUEST)),
        ("actions/long.js", script(LONG)),
    ];
    let mut rows = vec![
        ("declarative", DECLARATIVE.to_owned()),
        ("script", "effect = \"read\"\ncode = \"actions/one.js\"".to_owned()),
        (
            "long_script",
            "effect = \"read\"\ncode = \"actions/long.js\"".to_owned(),
        ),
    ];
    if let Some(file) = toolgate::config::environment_variable(COMPONENT) {
        files.push(("actions/one.wasm", std::fs::read(file).unwrap()));
        rows.push((
            "component",
            "effect = \"read\"\ncomponent = \"actions/one.wasm\"".to_owned(),
        ));
    } else {
        println!("no component is measured: {COMPONENT} names none");
    }
    let mut connector = CONNECTOR.to_owned();
    for (name, action) in &rows {
        _ = write!(
            connector,
            "[[actions]]\nname = \"{name}\"\ndescription = \"Finds items\"\n{action}\n"
        );
        let inputs: &[&str] = if *name == "long_script" {
            &["query", "limit"]
        } else {
            &["id"]
        };
        for input in inputs {
            _ = writeln!(connector, "[[actions.input]]\nname = \"{input}\"\nrequired = true");
        }
    }
    let address = runtime.block_on(api());
    let engine = runtime.block_on(engine(&connector, files, &address, state.path()));

    let mut group = criterion.benchmark_group("code");
    for (name, _) in rows {
        let tool = format!("bench__{name}");
        let once = || {
            let mut arguments = json!({ "id": "a1" });
            if name == "long_script" {
                arguments = json!({ "query": "open tickets", "limit": "20" });
            }
            call(&engine, &tool, arguments)
        };
        // Compiling is no part of it.
        runtime.block_on(once());
        group.bench_function(name, |bencher| bencher.to_async(&runtime).iter(once));
    }
    group.finish();
}

criterion_group!(benches, code);
criterion_main!(benches);
