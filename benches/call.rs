//! What a call costs above the request that it makes: the whole pipeline, with its audit row in a real store, beside
//! the same request by a bare client. Compare the figures of one run with each other, not with those of another day.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that cannot go on should panic"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "the bare client is what the product is compared with"
)]

mod engine;

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;

use engine::{KEY, call, engine};

const CONNECTOR: &str = r#"
name = "Bench"
description = "One read"
[connection]
base_url = "http://ADDRESS/v1"
[security]
allow_http = true
ip_allowlist = ["127.0.0.0/8"]
[auth]
type = "api_key"
header_name = "X-API-Key"
key = "env:BENCH_KEY"
[[actions]]
name = "get_customer"
description = "Get one customer"
method = "GET"
path = "/customers/{customer_id}"
[[actions.input]]
name = "customer_id"
type = "TEXT"
required = true
"#;

fn calls(criterion: &mut Criterion) {
    toolgate::crypto::install_tls_provider();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let state = tempfile::tempdir().unwrap();
    let sample = runtime
        .block_on(toolgate::sample::start(toolgate::sample::ANY_LOOPBACK_PORT, KEY.into()))
        .unwrap();
    let url = format!("http://{}/v1/customers/cust_1001", sample.address());
    let engine = runtime.block_on(engine(
        CONNECTOR,
        Vec::new(),
        &sample.address().to_string(),
        state.path(),
    ));
    let client = reqwest::Client::new();

    let mut group = criterion.benchmark_group("call");
    for width in [1_usize, 16] {
        group.throughput(criterion::Throughput::Elements(width as u64));
        group.bench_function(format!("bare request, {width} at once"), |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                let requests = (0..width).map(|_| async {
                    let response = client.get(&url).header("X-API-Key", KEY).send().await.unwrap();
                    assert_eq!(response.status(), 200);
                    response.bytes().await.unwrap()
                });
                futures_util::future::join_all(requests).await
            });
        });
        group.bench_function(format!("pipeline, {width} at once"), |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                let calls =
                    (0..width).map(|_| call(&engine, "bench__get_customer", json!({ "customer_id": "cust_1001" })));
                futures_util::future::join_all(calls).await
            });
        });
    }
    group.finish();
}

criterion_group!(benches, calls);
criterion_main!(benches);
