//! What one declarative call costs beside the network: validating arguments, building the request, reading the answer.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use toolgate::auth::Scrubber;
use toolgate::connector::model::{Action, Connector};
use toolgate::connector::{SourceFile, load};
use toolgate::egress::UpstreamResponse;
use toolgate::runner::declarative;

const CONNECTOR: &str = r#"
name = "Tickets"
description = "Customers and their tickets"

[connection]
base_url = "https://crm.example.com/api/v1"

[[actions]]
name = "create_ticket"
description = "Open a ticket"
method = "POST"
path = "/customers/{customer_id}/tickets"
query = { notify = "{{notify}}", fields = "{{ fields | join(',') }}" }
body = { title = "{{title}}", priority = "{{ priority | default('normal') }}", note = "by {{author}}: {{title}}" }
response_schema = { type = "object", properties = { id = { type = "integer" }, url = { type = "string" }, labels = { type = "array", items = { type = "object" } } }, required = ["id"] }
response = "{id: id, url: url, labels: labels[*].name}"
input = [
    { name = "customer_id", description = "Whose", type = "TEXT", required = true },
    { name = "title", description = "What", type = "TEXT", required = true },
    { name = "author", description = "Who", type = "TEXT" },
    { name = "priority", description = "How urgent", type = "TEXT" },
    { name = "notify", description = "Tell the team", type = "BOOLEAN" },
    { name = "fields", description = "What to return", type = "OBJECT" },
]
"#;

fn connector() -> Connector {
    let loaded = load(&[SourceFile {
        shown: "connector.toml".into(),
        relative: "connector.toml".into(),
        text: CONNECTOR.to_owned(),
    }]);
    let Some(connector) = loaded.connector else {
        panic!("{:#?}", loaded.diagnostics)
    };
    connector
}

fn arguments() -> Map<String, Value> {
    let arguments = json!({
        "customer_id": "cust_12345", "title": "Printer on fire", "author": "ada", "notify": true, "fields": ["id", "url"],
    });
    arguments.as_object().cloned().unwrap_or_default()
}

fn answer(connector: &Connector, body: &Value) -> UpstreamResponse {
    UpstreamResponse {
        status: StatusCode::CREATED,
        headers: HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]),
        body: body.to_string().into(),
        cut: None,
        requests: 1,
        url: connector.connection.base_url.clone(),
        links: Vec::new(),
    }
}

fn interpret(connector: &Connector, action: &Action, answer: &UpstreamResponse, scrubber: &Scrubber) -> bool {
    declarative::interpret(connector, action, &Map::new(), answer, scrubber).is_ok()
}

fn render(criterion: &mut Criterion) {
    let connector = connector();
    let action = &connector.actions[0];
    let arguments = arguments();
    let mut group = criterion.benchmark_group("request");
    group.bench_function("validate arguments", |bencher| {
        bencher.iter(|| action.input.object_violations(black_box(&arguments)));
    });
    let Some(request) = action.request() else {
        panic!("a declarative action");
    };
    group.bench_function("prepare", |bencher| {
        bencher.iter(|| declarative::prepare(&connector, action, request, black_box(&arguments)).is_ok());
    });
    group.finish();
}

fn read(criterion: &mut Criterion) {
    let connector = connector();
    let action = &connector.actions[0];
    let scrubber = Scrubber::new(["sk-1234567890abcdef"]);
    let label = json!({"name": "hardware", "colour": "red", "description": "Things that can be kicked"});
    let mut group = criterion.benchmark_group("answer");
    for (name, labels) in [("1 kB", 10), ("1 MB", 13_000)] {
        let body = json!({"id": 7, "url": "https://crm.example.com/7", "labels": vec![&label; labels]});
        let answer = answer(&connector, &body);
        group.throughput(Throughput::Bytes(answer.body.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| interpret(&connector, action, black_box(&answer), &scrubber));
        });
    }
    group.finish();
}

criterion_group!(benches, render, read);
criterion_main!(benches);
