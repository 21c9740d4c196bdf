//! Toolgate beside a bare server with the same libraries, in one run: calls per second, processor time per call,
//! latency, upstream connections and memory, over HTTP and over pipes. Every answer is checked.
//!
//! `cargo bench --bench beside` builds both servers and prints a table; `benches/README.md` explains it. The servers
//! take turns, so that whatever else the machine does weighs on both alike.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot go on should panic"
)]
#![allow(clippy::print_stdout, reason = "the table is what it is run for")]
#![allow(clippy::disallowed_methods, reason = "real time is what is measured")]
#![allow(clippy::cast_precision_loss, reason = "counts of calls and microseconds are small")]

mod load;
mod server;
mod upstream;

use std::process::Command;
use std::time::{Duration, Instant};

use load::{Calls, Pipes};
use server::{Kind, Server, Transport};
use upstream::Upstream;

/// The catalog of all scenarios but one.
const FEW_ACTIONS: usize = 3;
const MANY_ACTIONS: usize = 10_000;

const WARM_UP: Duration = Duration::from_millis(700);

struct Scenario {
    name: &'static str,
    transport: Transport,
    /// Calls under way at a time.
    width: usize,
    /// What the API takes for an answer.
    delay: Duration,
    actions: usize,
}

impl Scenario {
    fn all() -> Vec<Self> {
        let scenario = |name, transport, width| Self {
            name,
            transport,
            width,
            delay: Duration::ZERO,
            actions: FEW_ACTIONS,
        };
        vec![
            scenario("http-1", Transport::Http, 1),
            scenario("http-16", Transport::Http, 16),
            scenario("http-64", Transport::Http, 64),
            Self {
                delay: Duration::from_millis(50),
                ..scenario("http-64-slow", Transport::Http, 64)
            },
            Self {
                actions: MANY_ACTIONS,
                ..scenario("http-16-many", Transport::Http, 16)
            },
            scenario("stdio-1", Transport::Stdio, 1),
            scenario("stdio-16", Transport::Stdio, 16),
            scenario("stdio-64", Transport::Stdio, 64),
            Self {
                delay: Duration::from_millis(50),
                ..scenario("stdio-64-slow", Transport::Stdio, 64)
            },
        ]
    }
}

/// One of the two servers while it is measured.
struct Contender {
    server: Server,
    pipes: Option<Pipes>,
    width: usize,
    next: usize,
    calls: Calls,
    elapsed: Duration,
    processor: Duration,
    connections: usize,
}

impl Contender {
    async fn start(kind: Kind, scenario: &Scenario, upstream: &Upstream) -> Self {
        let mut server = Server::start(kind, scenario.transport, upstream.address).await;
        let pipes = server.pipes.take().map(Pipes::new);
        let mut contender = Self {
            server,
            pipes,
            width: scenario.width,
            next: 1,
            calls: Calls::default(),
            elapsed: Duration::ZERO,
            processor: Duration::ZERO,
            connections: 0,
        };
        contender.round(WARM_UP, upstream).await;
        contender.calls = Calls::default();
        contender.elapsed = Duration::ZERO;
        contender.processor = Duration::ZERO;
        contender.connections = 0;
        contender
    }

    async fn round(&mut self, length: Duration, upstream: &Upstream) {
        let (processor, connections) = (self.server.processor_time(), upstream.connections());
        let begun = Instant::now();
        let end = begun + length;
        let calls = match (&mut self.pipes, self.server.address) {
            (Some(pipes), _) => pipes.calls(self.width, self.next, end).await,
            (None, Some(address)) => load::over_http(address, self.width, self.next, end).await,
            (None, None) => unreachable!("a server that cannot be reached"),
        };
        self.elapsed += begun.elapsed();
        self.processor += self.server.processor_time().saturating_sub(processor);
        self.connections += upstream.connections() - connections;
        self.next += calls.count() + 1_000;
        self.calls.latencies.extend(calls.latencies);
    }

    fn per_second(&self) -> f64 {
        self.calls.count() as f64 / self.elapsed.as_secs_f64()
    }

    /// Microseconds of processor time.
    fn per_call(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / self.calls.count() as f64
    }

    fn line(&mut self, name: &str, who: &str) -> String {
        let latency = |share: f64, calls: &mut Calls| calls.percentile(share).as_secs_f64() * 1e3;
        let (p50, p99) = (latency(0.5, &mut self.calls), latency(0.99, &mut self.calls));
        let (per_second, per_call) = (self.per_second(), self.per_call());
        let (now, most) = self.server.memory();
        format!(
            "{name:<14} {who:<9} {per_second:>8.0} {per_call:>9.1} {p50:>8.3} {p99:>8.3} {:>5} {now:>6.1} {most:>6.1}",
            self.connections
        )
    }
}

async fn run(scenario: &Scenario, rounds: usize, length: Duration) {
    let upstream = Upstream::start(scenario.delay).await;
    let mut bare = Contender::start(Kind::Bare, scenario, &upstream).await;
    let toolgate = Kind::Toolgate {
        actions: scenario.actions,
    };
    let mut toolgate = Contender::start(toolgate, scenario, &upstream).await;
    for _ in 0..rounds {
        bare.round(length, &upstream).await;
        toolgate.round(length, &upstream).await;
    }
    println!("{}", bare.line(scenario.name, "bare"));
    println!("{}", toolgate.line(scenario.name, "toolgate"));
    println!(
        "{:<14} {:<9} {:>8.2} {:>9.2} {:>8.2} {:>8.2}\n",
        scenario.name,
        "ratio",
        toolgate.per_second() / bare.per_second(),
        toolgate.per_call() / bare.per_call(),
        toolgate.calls.percentile(0.5).as_secs_f64() / bare.calls.percentile(0.5).as_secs_f64(),
        toolgate.calls.percentile(0.99).as_secs_f64() / bare.calls.percentile(0.99).as_secs_f64(),
    );
}

/// `cargo bench` builds the product, but no examples.
fn build_bare_server() {
    let profile: &[&str] = if cfg!(debug_assertions) { &[] } else { &["--release"] };
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--example", "bare_server"])
        .args(profile)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(status.success(), "the bare server could not be built");
}

#[tokio::main]
async fn main() {
    let (mut rounds, mut seconds, mut built, mut wanted) = (5, 1.0, false, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // What cargo says to every benchmark.
            "--bench" => {}
            "--built" => built = true,
            "--rounds" => rounds = arguments.next().unwrap().parse().unwrap(),
            "--seconds" => seconds = arguments.next().unwrap().parse().unwrap(),
            name => wanted.push(name.to_owned()),
        }
    }
    if !built {
        build_bare_server();
    }
    println!("{rounds} rounds of {seconds} s each, in turns");
    println!(
        "{:<14} {:<9} {:>8} {:>9} {:>8} {:>8} {:>5} {:>6} {:>6}",
        "scenario", "server", "calls/s", "us/call", "p50 ms", "p99 ms", "conn", "MiB", "most"
    );
    for scenario in Scenario::all() {
        if wanted.is_empty() || wanted.iter().any(|name| scenario.name.contains(name.as_str())) {
            run(&scenario, rounds, Duration::from_secs_f64(seconds)).await;
        }
    }
}
