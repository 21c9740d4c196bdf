//! What running code costs above what it asks for: a fresh instance for each run, on one thread, in a world that answers
//! at once. Compare the figures of one run with each other, not with those of another day.
//!
//! Beside the times it prints the memory of runs that wait, and how long a start with everything compiled takes.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot go on should panic"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use futures_util::future::join_all;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use toolgate::config::SandboxConfig;
use toolgate::runner::guest::{GuestLogLevel, GuestRequest, GuestResponse, Outside, Program, Sandbox, SendFailure};
use zeroize::Zeroizing;

const TRIVIAL: &str = "return 1;";

const ONE_REQUEST: &str = "
const response = await ld.request({url: `https://api.example/items/${data.input.id}`, method: 'GET'});
return {count: response.json.items.length, first: response.json.items[0].name};
";

const LONG: &str = include_str!("guest/long.js");

const DATA: &str = r#"{"input":{"id":"a1","query":"open tickets","limit":20},"auth":{"token":"handle"},"user":{}}"#;

/// How many runs wait at the same time when their memory is measured.
const WAITING: usize = 500;

/// How many actions a warm start has.
const ACTIONS: usize = 50;

/// Answers every request with a kilobyte of JSON, at once or when `gate` is opened.
struct World {
    body: Bytes,
    gate: Option<Semaphore>,
    asked: AtomicUsize,
}

impl World {
    fn new(gate: Option<Semaphore>) -> Arc<Self> {
        let items: Vec<String> = (0..20)
            .map(|id| format!(r#"{{"id":{id},"name":"item number {id}","status":"open"}}"#))
            .collect();
        let body = format!(r#"{{"items":[{}]}}"#, items.join(",")).into();
        Arc::new(Self {
            body,
            gate,
            asked: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl Outside for World {
    async fn send(&self, _: GuestRequest) -> Result<GuestResponse, SendFailure> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if let Some(gate) = &self.gate {
            drop(gate.acquire().await);
        }
        Ok(GuestResponse {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: self.body.clone(),
        })
    }

    fn log(&self, _: GuestLogLevel, _: &str, _: usize) {}

    fn progress(&self, _: f64, _: Option<f64>, _: Option<&str>) {}

    fn secret_key(&self, _: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        None
    }
}

fn sandbox() -> Sandbox {
    Sandbox::new(&SandboxConfig::default(), &cache()).unwrap()
}

fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("guest-bench")
}

fn component(sandbox: &Sandbox, name: &str) -> Program {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("wasm-guests/hostile");
    sandbox
        .component(&wat::parse_file(folder.join(name)).unwrap(), name)
        .unwrap()
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn runs(criterion: &mut Criterion) {
    let sandbox = sandbox();
    let limits = sandbox.limits();
    let runtime = one_thread();
    let script = |name, source| sandbox.script(name, source).unwrap();
    let mut group = criterion.benchmark_group("run");
    for (name, program) in [
        ("component, trivial", component(&sandbox, "repeats.wat")),
        ("script, trivial", script("trivial.js", TRIVIAL)),
        ("script, one request", script("one.js", ONE_REQUEST)),
        ("script, 92 lines and two requests", script("long.js", LONG)),
    ] {
        let world = World::new(None);
        group.bench_function(name, |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                let world: Arc<dyn Outside> = world.clone();
                sandbox.run(&program, DATA, world, &limits).await.unwrap()
            });
        });
    }
    group.finish();
    waiting(&sandbox, &runtime);
    warm();
}

/// Memory of runs that all wait for an answer.
fn waiting(sandbox: &Sandbox, runtime: &Runtime) {
    let program = sandbox.script("one.js", ONE_REQUEST).unwrap();
    let limits = sandbox.limits();
    let world = World::new(Some(Semaphore::new(0)));
    let before = private_kilobytes();
    let (endings, at_once) = runtime.block_on(async {
        let runs = join_all((0..WAITING).map(|_| {
            let world: Arc<dyn Outside> = world.clone();
            sandbox.run(&program, DATA, world, &limits)
        }));
        tokio::join!(runs, async {
            while world.asked.load(Ordering::Relaxed) < WAITING {
                tokio::task::yield_now().await;
            }
            let at_once = private_kilobytes();
            world.gate.as_ref().unwrap().add_permits(WAITING);
            at_once
        })
    });
    assert!(endings.iter().all(Result::is_ok), "{:?}", endings[0]);
    println!(
        "{WAITING} runs that wait: {} KiB of private memory each, {} MiB of the process",
        (at_once.saturating_sub(before)) / WAITING,
        at_once / 1024
    );
}

/// A start with everything compiled: the sandbox, and programs of as many actions.
fn warm() {
    let sources: Vec<String> = (0..ACTIONS).map(|action| format!("// {action}\n{LONG}")).collect();
    let load = || {
        let began = Instant::now();
        let sandbox = sandbox();
        let programs: Vec<Program> = sources
            .iter()
            .map(|source| sandbox.script("long.js", source).unwrap())
            .collect();
        (began.elapsed(), programs.len())
    };
    load();
    let (time, programs) = load();
    println!(
        "{programs} actions, all compiled before: {:.1} ms",
        time.as_secs_f64() * 1e3
    );
}

/// Memory of this process that it shares with nobody.
fn private_kilobytes() -> usize {
    let smaps = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let line = smaps.lines().find_map(|line| line.strip_prefix("Private_Dirty:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

criterion_group!(benches, runs);
criterion_main!(benches);
