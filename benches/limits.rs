//! What it costs to count a call: with the limits that a server has by default, with great ones, and with none.
//!
//! Every call is let through: the clock goes on by ten seconds a call where the limits are small.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that cannot go on should panic"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use toolgate::catalog::folder::{ConnectorSource, Sources};
use toolgate::catalog::{Catalog, Loader};
use toolgate::config::LimitsConfig;
use toolgate::connector::{Allowance, SourceFile};
use toolgate::policy::Limits;

const CONNECTOR: &str = r#"
name = "Bench"
description = "One read"
[connection]
base_url = "https://api.example.com"
[[actions]]
name = "get"
description = "Reads"
method = "GET"
path = "/"
"#;

fn catalog() -> Catalog {
    let file = SourceFile {
        shown: PathBuf::from("connector.toml"),
        relative: PathBuf::from("connector.toml"),
        text: CONNECTOR.to_owned(),
    };
    let connectors = vec![ConnectorSource {
        path: "bench".into(),
        code: Vec::new(),
        files: vec![file],
    }];
    let report = Loader::default().load_sources(Sources {
        connectors,
        problems: Vec::new(),
    });
    report.catalog
}

fn admit(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let catalog = catalog();
    let connector = &catalog.connectors()[0];
    let action = &connector.actions[0];
    let great = LimitsConfig {
        requests_per_minute_per_action: Allowance::Calls(1_000_000_000),
        requests_per_minute: Allowance::Calls(1_000_000_000),
        requests_per_day: Allowance::Calls(1_000_000_000),
    };
    let mut group = criterion.benchmark_group("limits");
    for (name, limits, seconds_per_call) in [
        ("default limits", LimitsConfig::default(), 10),
        ("great limits", great, 0),
        ("no limits", LimitsConfig::unlimited(), 0),
    ] {
        let state = tempfile::tempdir().unwrap();
        let passed = Arc::new(AtomicI64::new(0));
        let clock = {
            let passed = Arc::clone(&passed);
            Arc::new(move || Timestamp::now() + jiff::SignedDuration::from_secs(passed.load(Ordering::Relaxed)))
        };
        let limits = runtime.block_on(async {
            let store = toolgate::store::open(state.path()).await.unwrap();
            Limits::start_with_clock(store, limits, clock)
        });
        for width in [1_u32, 16, 64] {
            group.throughput(Throughput::Elements(u64::from(width)));
            group.bench_function(BenchmarkId::new(name, width), |bencher| {
                bencher.to_async(&runtime).iter(|| async {
                    passed.fetch_add(seconds_per_call * i64::from(width), Ordering::Relaxed);
                    let calls = (0..width).map(|number| {
                        // Small limits: calls of as many organisations, so that none is refused.
                        let organisation = if seconds_per_call > 0 { number } else { 0 };
                        let limits = &limits;
                        async move { limits.admit(&organisation.to_string(), connector, action).await }
                    });
                    try_join_all(calls).await.unwrap();
                });
            });
        }
        runtime.block_on(limits.close());
    }
    group.finish();
}

criterion_group!(benches, admit);
criterion_main!(benches);
