//! What searching costs: a sentence in catalogs of 100 to 10,000 actions, and building what is searched.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that cannot go on should panic"
)]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use toolgate::catalog::folder::{ConnectorSource, Sources};
use toolgate::catalog::search::Index;
use toolgate::catalog::{Catalog, Loader};
use toolgate::connector::SourceFile;

const VERBS: [(&str, &str); 5] = [
    ("list", "GET"),
    ("get", "GET"),
    ("create", "POST"),
    ("update", "PATCH"),
    ("delete", "DELETE"),
];
const NOUNS: [&str; 20] = [
    "customer",
    "invoice",
    "payment",
    "ticket",
    "order",
    "product",
    "shipment",
    "employee",
    "contract",
    "meeting",
    "project",
    "task",
    "message",
    "channel",
    "document",
    "folder",
    "server",
    "database",
    "deployment",
    "incident",
];
/// What people ask for: with a synonym, with a misspelt word, and long.
const SENTENCES: [&str; 3] = [
    "show me the bills of Contoso",
    "delte the invioce of archive 7",
    "the printer in the second floor is broken again, can you please open a ticket for the support team and say that we \
     need it before the meeting on Thursday",
];

/// A catalog of `actions`, a hundred in each connector.
fn catalog(actions: usize) -> Catalog {
    let mut connectors = Vec::new();
    for number in 0..actions / 100 {
        let mut text = format!(
            "name = \"Archive {number}\"\ndescription = \"Everything that department {number} keeps\"\n\
             [connection]\nbase_url = \"https://api.example.com\"\n"
        );
        for noun in NOUNS {
            for (verb, method) in VERBS {
                write!(
                    text,
                    "[[actions]]\nname = \"{verb}_{noun}\"\ndescription = \"The way to {verb} a {noun} of department \
                     {number}, with what belongs to it. Needs the right to do so.\"\nmethod = \"{method}\"\n\
                     path = \"/{noun}s/{{{noun}_id}}\"\n[[actions.input]]\nname = \"{noun}_id\"\nrequired = true\n\
                     description = \"Which {noun} it is, as it stands in the list of each department\"\n"
                )
                .unwrap();
            }
        }
        connectors.push(ConnectorSource {
            path: number.to_string().into(),
            code: Vec::new(),
            files: vec![SourceFile {
                shown: "connector.toml".into(),
                relative: "connector.toml".into(),
                text,
            }],
        });
    }
    let report = Loader::default().load_sources(Sources {
        connectors,
        problems: Vec::new(),
    });
    assert_eq!(report.catalog.tools().len(), actions);
    report.catalog
}

fn find(criterion: &mut Criterion) {
    for actions in [100, 1_000, 10_000] {
        let catalog = catalog(actions);
        let mut group = criterion.benchmark_group("find");
        group.bench_function(BenchmarkId::new("sentence", actions), |bencher| {
            let index = catalog.index();
            let mut sentences = SENTENCES.iter().cycle();
            bencher.iter(|| {
                let sentence = sentences.next().unwrap();
                let hits = index.search(black_box(sentence), 5, |_| true);
                assert_eq!(hits.len(), 5);
                hits
            });
        });
        group.sample_size(10);
        group.bench_function(BenchmarkId::new("build", actions), |bencher| {
            bencher.iter(|| Index::build(black_box(catalog.tools())));
        });
        group.finish();
    }
}

criterion_group!(benches, find);
criterion_main!(benches);
