//! What a call pays on its way out, apart from the network: URL check, credential, and scrubbing the answer.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use http::Method;
use std::hint::black_box;
use toolgate::auth::Scrubber;
use toolgate::connector::reach::UrlAllowlist;

#[expect(clippy::expect_used, reason = "a benchmark that cannot run has nothing to report")]
fn allowlist(criterion: &mut Criterion) {
    let patterns = ["https://crm.example.com/api/*", "https://*.example.org/v1/*/notes"];
    let allowlist = UrlAllowlist::compile(&patterns.map(str::to_owned)).expect("patterns");
    let url = "https://a.b.example.org/v1/customers/7/notes?page=2"
        .parse()
        .expect("a URL");
    criterion.bench_function("url allowlist", |bencher| {
        bencher.iter(|| allowlist.allows(&Method::GET, black_box(&url)));
    });
}

fn scrubbing(criterion: &mut Criterion) {
    let secrets = ["f3a9c0de51b24b7e9d", "user:f3a9c0de51b24b7e9d"];
    let scrubber = Scrubber::new(secrets);
    let clean = "{\"name\":\"Ada Lovelace\",\"note\":\"called twice, 50% off\"},".repeat(2_000);
    let mut group = criterion.benchmark_group("scrub");
    group.bench_function("build", |bencher| bencher.iter(|| Scrubber::new(black_box(secrets))));
    group.throughput(Throughput::Bytes(clean.len() as u64));
    for (name, text) in [
        ("nothing to find", clean.clone()),
        ("one secret", format!("{clean}{}{clean}", secrets[0])),
        ("escaped throughout", clean.replace('"', "\\\"").replace(' ', "%20")),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| scrubber.text(black_box(&text)).len()));
    }
    group.finish();
}

criterion_group!(benches, allowlist, scrubbing);
criterion_main!(benches);
