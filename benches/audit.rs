//! How many audit rows per second reach the file, alone and in batches.

use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use futures_util::future::try_join_all;
use toolgate::audit::Audit;
use toolgate::store::{self, AuditRecord};

fn row(call_id: u64) -> AuditRecord {
    AuditRecord {
        call_id: format!("{call_id:032}"),
        started_at: "2026-11-21T09:30:00.000Z".into(),
        ended_at: Some("2026-11-21T09:30:00.120Z".into()),
        user: "local".into(),
        organisation: "local".into(),
        channel: "stdio".into(),
        client: Some("bench 1.0".into()),
        tool: "crm__get_customer".into(),
        connector: Some("crm".into()),
        action: Some("get_customer".into()),
        effect: Some("read".into()),
        method: Some("GET".into()),
        path: Some("/v1/customers/cust_1".into()),
        arguments_hash: Some("0".repeat(64)),
        decision: "allowed".into(),
        approval_id: None,
        approver: None,
        outcome: "ok".into(),
        upstream_status: Some(200),
        requests: 1,
        bytes_out: 0,
        bytes_in: 512,
        duration_ms: 120,
        message: None,
    }
}

#[expect(clippy::expect_used, reason = "a benchmark that cannot run has nothing to report")]
fn rows_per_second(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for the store");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let audit = runtime.block_on(async {
        let store = store::open(folder.path()).await.expect("a store");
        Audit::start(Arc::clone(&store))
    });
    let mut next_id = 0;
    let mut rows = |count: u64| {
        next_id += count;
        (next_id - count..next_id).map(row).collect::<Vec<_>>()
    };

    let mut group = criterion.benchmark_group("audit");
    for callers in [1, 16, 256] {
        group.throughput(Throughput::Elements(callers));
        group.bench_function(BenchmarkId::new("finish", callers), |bencher| {
            bencher.iter(|| runtime.block_on(try_join_all(rows(callers).into_iter().map(|row| audit.finish(row)))));
        });
        group.bench_function(BenchmarkId::new("intend", callers), |bencher| {
            bencher.iter(|| runtime.block_on(try_join_all(rows(callers).into_iter().map(|row| audit.intend(row)))));
        });
    }
    group.finish();
    runtime.block_on(audit.close());
}

criterion_group!(benches, rows_per_second);
criterion_main!(benches);
