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

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use criterion::{Criterion, criterion_group, criterion_main};
use secrecy::SecretString;
use serde_json::{Map, json};
use tokio_util::sync::CancellationToken;
use toolgate::approval::{Approvals, gate::Settings};
use toolgate::audit::Audit;
use toolgate::auth::ScrubberCache;
use toolgate::catalog::Loader;
use toolgate::catalog::folder::{ConnectorSource, Sources};
use toolgate::config::{Config, LimitsConfig};
use toolgate::connector::model::SecretRef;
use toolgate::connector::{Allowance, SourceFile};
use toolgate::egress::Egress;
use toolgate::engine::{Answer, ApprovalPrompt, Asking, Call, CodeRunner, Ending, Engine, Front, Parts, Principal};
use toolgate::policy::{Admission, Bounds, Limits};
use toolgate::vault::{Holder, SecretError, SecretSource};

const KEY: &str = "bench-key-0123456789";

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

struct OneSecret;

#[async_trait]
impl SecretSource for OneSecret {
    async fn resolve(&self, _reference: &SecretRef, _holder: Holder<'_>) -> Result<SecretString, SecretError> {
        Ok(KEY.into())
    }
}

struct Silent;

#[async_trait]
impl Front for Silent {
    fn asking(&self) -> Asking {
        Asking::Unavailable
    }
    async fn ask(&self, _prompt: &ApprovalPrompt) -> Answer {
        Answer::Unavailable
    }
    async fn progress(&self, _step: u32, _steps: u32, _message: &str) {}
    async fn waiting(&self, _approval_id: &str, _seconds: u64) {}
}

async fn engine(address: &str, state: &std::path::Path) -> Engine {
    let store = toolgate::store::open(state).await.unwrap();
    let config = Config::default();
    // Of a busy server: calls are counted, and none is refused.
    let limits = LimitsConfig {
        requests_per_minute_per_action: Allowance::Calls(10_000_000),
        requests_per_minute: Allowance::Calls(10_000_000),
        requests_per_day: Allowance::Calls(1_000_000_000),
    };
    let engine = Engine::new(Parts {
        egress: Egress::new(&config.egress).unwrap(),
        approvals: Approvals::new(
            Arc::clone(&store),
            Settings {
                wait: Duration::ZERO,
                expires: Duration::from_mins(10),
            },
        ),
        audit: Audit::start(Arc::clone(&store)),
        secrets: Arc::new(OneSecret),
        scrubbers: ScrubberCache::new(),
        code: CodeRunner::new(config.sandbox.clone(), state.join("compiled"), Arc::clone(&store)),
        admission: Admission::new(Bounds::default()),
        limits: Limits::start(store, limits),
        call_timeout: Duration::from_mins(2),
    });
    let file = SourceFile {
        shown: PathBuf::from("connector.toml"),
        relative: PathBuf::from("connector.toml"),
        text: CONNECTOR.replace("ADDRESS", address),
    };
    let report = Loader::default().load_sources(Sources {
        connectors: vec![ConnectorSource {
            path: "bench".into(),
            code: Vec::new(),
            files: vec![file],
        }],
        problems: Vec::new(),
    });
    assert_eq!(report.catalog.tools().len(), 1, "{:?}", report.diagnostics);
    assert!(engine.install(report.catalog).is_empty());
    engine
}

fn call() -> Call {
    Call {
        tool: "bench__get_customer".into(),
        arguments: Map::from_iter([("customer_id".to_owned(), json!("cust_1001"))]),
        principal: Principal::local(),
        channel: "bench",
        client: None,
        resume: None,
        cancel: CancellationToken::new(),
    }
}

fn calls(criterion: &mut Criterion) {
    toolgate::crypto::install_tls_provider();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let state = tempfile::tempdir().unwrap();
    let sample = runtime
        .block_on(toolgate::sample::start(toolgate::sample::ANY_LOOPBACK_PORT, KEY.into()))
        .unwrap();
    let url = format!("http://{}/v1/customers/cust_1001", sample.address());
    let engine = runtime.block_on(engine(&sample.address().to_string(), state.path()));
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
                let calls = (0..width).map(|_| async {
                    let ending = engine.call(call(), &Silent).await;
                    assert!(matches!(ending, Ending::Done(_)), "{ending:?}");
                });
                futures_util::future::join_all(calls).await
            });
        });
    }
    group.finish();
}

criterion_group!(benches, calls);
criterion_main!(benches);
