use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::future::join_all;
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::time::{Instant, advance};

use super::*;
use crate::catalog::folder::{ConnectorSource, Sources};
use crate::catalog::{Catalog, Loader};
use crate::connector::SourceFile;
use crate::store::memory::MemoryStore;
use crate::store::sqlite::SqliteStore;

/// A clock that moves with the runtime's, which tests pause, from an arbitrary moment on; and that can be set.
struct Wall {
    start: Instant,
    offset: Arc<AtomicI64>,
}

impl Wall {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            offset: Arc::new(AtomicI64::new(1_790_000_000_123)),
        }
    }

    fn clock(&self) -> Clock {
        let (start, offset) = (self.start, Arc::clone(&self.offset));
        Arc::new(move || {
            let passed = i64::try_from(start.elapsed().as_millis()).unwrap();
            Timestamp::from_millisecond(offset.load(Ordering::SeqCst) + passed).unwrap()
        })
    }

    fn set_back(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap();
        self.offset.fetch_sub(by, Ordering::SeqCst);
    }
}

/// A connector `crm` with actions `a` to `g`; `lines` stand before them.
fn catalog(lines: &str, of_a: &str) -> Catalog {
    let actions = ["a", "b", "c", "d", "e", "f", "g"].map(|name| {
        let own = if name == "a" { of_a } else { "" };
        format!("[[actions]]\nname = \"{name}\"\ndescription = \"x\"\nmethod = \"GET\"\npath = \"/\"\n{own}\n")
    });
    let text = format!(
        "name = \"crm\"\ndescription = \"x\"\n[connection]\nbase_url = \"https://api.example.com\"\n{lines}\n{}",
        actions.concat()
    );
    let file = SourceFile {
        shown: PathBuf::from("connector.toml"),
        relative: PathBuf::from("connector.toml"),
        text,
    };
    let report = Loader::default().load_sources(Sources {
        connectors: vec![ConnectorSource {
            path: "crm".into(),
            code: Vec::new(),
            files: vec![file],
        }],
        problems: Vec::new(),
    });
    assert!(!report.has_errors(), "{:#?}", report.diagnostics);
    report.catalog
}

/// What a test works with.
struct Bench {
    limits: Limits,
    catalog: Catalog,
}

impl Bench {
    fn new(store: Arc<dyn Store>, wall: &Wall, lines: &str, of_a: &str) -> Self {
        Self {
            limits: Limits::start_with_clock(store, LimitsConfig::default(), wall.clock()),
            catalog: catalog(lines, of_a),
        }
    }

    async fn admit_for(&self, organisation: &str, action: &str) -> Result<(), LimitError> {
        let connector = &self.catalog.connectors()[0];
        let action = connector.actions.iter().find(|one| one.name == action).unwrap();
        self.limits.admit(organisation, connector, action).await
    }

    async fn admit(&self, action: &str) -> Result<(), LimitError> {
        self.admit_for("acme", action).await
    }

    /// The limits that keep a call out, and the seconds to wait.
    async fn refused(&self, action: &str) -> (Vec<Layer>, u64) {
        match self.admit(action).await {
            Err(LimitError::Reached(reached)) => (
                reached.limits.iter().map(|(layer, _)| *layer).collect(),
                reached.wait_seconds,
            ),
            other => panic!("`{action}` was not refused: {other:?}"),
        }
    }

    /// How many of `count` calls one after another are let through.
    async fn admitted(&self, action: &str, count: usize) -> usize {
        let mut admitted = 0;
        for _ in 0..count {
            admitted += usize::from(self.admit(action).await.is_ok());
        }
        admitted
    }
}

fn memory() -> Arc<MemoryStore> {
    Arc::new(MemoryStore::default())
}

async fn seconds(count: u64) {
    advance(Duration::from_secs(count)).await;
}

async fn milliseconds(count: u64) {
    advance(Duration::from_millis(count)).await;
}

const NO_API_LIMIT: &str =
    "[security.rate_limit]\nrequests_per_minute = \"unlimited\"\nrequests_per_day = \"unlimited\"";

/// Contract S2-24.
#[tokio::test(start_paused = true)]
async fn an_action_slides_over_any_minute() {
    let bench = Bench::new(memory(), &Wall::new(), "", "");
    for second in 0..10 {
        assert!(bench.admit("a").await.is_ok(), "{second}");
        seconds(1).await;
    }
    milliseconds(49_900).await;
    assert_eq!(bench.refused("a").await, (vec![Layer::Action], 1));
    assert!(bench.admit("b").await.is_ok(), "another action has its own window");
    milliseconds(99).await;
    assert_eq!(bench.refused("a").await, (vec![Layer::Action], 1));
    milliseconds(1).await;
    assert!(bench.admit("a").await.is_ok());
    milliseconds(100).await;
    assert_eq!(bench.refused("a").await, (vec![Layer::Action], 1));
    milliseconds(900).await;
    assert!(bench.admit("a").await.is_ok());
}

/// Contract S2-25.
#[tokio::test(start_paused = true)]
async fn refused_calls_do_not_extend_the_window_and_the_wait_is_as_long_as_said() {
    let bench = Bench::new(memory(), &Wall::new(), "", "");
    assert_eq!(bench.admitted("a", 10).await, 10);
    milliseconds(100).await;
    for left in [60, 50, 40, 30, 20] {
        let (_, wait) = bench.refused("a").await;
        assert_eq!(wait, left);
        seconds(10).await;
    }
    let (_, wait) = bench.refused("a").await;
    assert_eq!(wait, 10);
    seconds(wait).await;
    assert_eq!(bench.admitted("a", 11).await, 10);
}

/// Contract S1-49 and ruling C-01: the limits of an API over all its actions.
#[tokio::test(start_paused = true)]
async fn the_layers_of_an_api_count_all_its_actions() {
    let bench = Bench::new(memory(), &Wall::new(), "", "");
    for action in ["a", "b", "c", "d", "e", "f"] {
        assert_eq!(bench.admitted(action, 10).await, 10);
    }
    assert_eq!(bench.refused("g").await, (vec![Layer::ApiPerMinute], 60));
    // Both are told, the narrower first.
    assert_eq!(bench.refused("a").await, (vec![Layer::Action, Layer::ApiPerMinute], 60));
    assert!(
        bench.admit_for("globex", "a").await.is_ok(),
        "organisations do not share"
    );
    seconds(60).await;
    assert!(bench.admit("g").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_wait_is_the_longest_of_all_limits_that_are_reached() {
    let lines = "[security.rate_limit]\nrequests_per_minute_per_action = 1\nrequests_per_day = 1";
    let bench = Bench::new(memory(), &Wall::new(), lines, "");
    assert!(bench.admit("a").await.is_ok());
    let (layers, wait) = bench.refused("a").await;
    assert_eq!(layers, [Layer::Action, Layer::ApiPerDay]);
    assert_eq!(wait, 86_400);
    seconds(wait).await;
    assert!(bench.admit("a").await.is_ok());
}

/// Contract S1-49: 10,000 in any 24 hours, also after a restart.
#[tokio::test(start_paused = true)]
async fn a_day_holds_ten_thousand_and_survives_a_restart() {
    let store = memory();
    let wall = Wall::new();
    let lines =
        "[security.rate_limit]\nrequests_per_minute_per_action = \"unlimited\"\nrequests_per_minute = \"unlimited\"";
    let first = Bench::new(store.clone(), &wall, lines, "");
    assert_eq!(first.admitted("a", 6_000).await, 6_000);
    // No farewell: what it held is gone.
    drop(first);
    let held = 10;
    seconds(3_600).await;
    let second = Bench::new(store, &wall, lines, "");
    let admitted = second.admitted("b", 4_001).await;
    assert!((4_000 - held..=4_000).contains(&admitted), "{admitted}");
    let (layers, wait) = second.refused("a").await;
    assert_eq!(layers, [Layer::ApiPerDay]);
    // As long as the oldest counts, and at most one step of 86.4 seconds longer.
    assert!((82_800..=82_887).contains(&wait), "{wait}");
    seconds(wait - 1).await;
    assert!(second.admit("a").await.is_err());
    seconds(1).await;
    assert!(second.admit("a").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_action_goes_before_the_connector_and_the_connector_before_the_server() {
    let cases = [
        ("", "", 10),
        ("[security.rate_limit]\nrequests_per_minute_per_action = 3", "", 3),
        (
            "[security.rate_limit]\nrequests_per_minute_per_action = 3",
            "requests_per_minute = 5",
            5,
        ),
        (
            "[security.rate_limit]\nrequests_per_minute_per_action = 3",
            "requests_per_minute = \"unlimited\"",
            60,
        ),
        ("[security.rate_limit]\nrequests_per_minute = 4", "", 4),
        (NO_API_LIMIT, "requests_per_minute = \"unlimited\"", 99),
        ("[security.rate_limit]\nrequests_per_day = 2", "", 2),
    ];
    for (lines, of_a, admitted) in cases {
        let bench = Bench::new(memory(), &Wall::new(), lines, of_a);
        assert_eq!(bench.admitted("a", 99).await, admitted, "{lines} {of_a}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_limit_costs_nothing() {
    let store = memory();
    let bench = Bench::new(
        store.clone(),
        &Wall::new(),
        NO_API_LIMIT,
        "requests_per_minute = \"unlimited\"",
    );
    assert_eq!(bench.admitted("a", 1_000).await, 1_000);
    assert_eq!(store.window_transactions(), 0);
}

#[tokio::test(start_paused = true)]
async fn calls_that_come_together_share_a_transaction() {
    let store = memory();
    let bench = Bench::new(store.clone(), &Wall::new(), "", "");
    let answers = join_all((0..40).map(|_| bench.admit("a"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 10);
    assert!(store.window_transactions() <= 2, "{}", store.window_transactions());
}

#[tokio::test(start_paused = true)]
async fn a_great_limit_costs_few_transactions_a_second() {
    let store = memory();
    let lines = "[security.rate_limit]\nrequests_per_minute_per_action = 1000000\nrequests_per_minute = 1000000\n\
                 requests_per_day = 1000000000";
    let bench = Bench::new(store.clone(), &Wall::new(), lines, "");
    // Ten thousand calls a second, for two seconds.
    for _ in 0..2_000 {
        assert_eq!(bench.admitted("a", 10).await, 10);
        milliseconds(1).await;
    }
    let transactions = store.window_transactions();
    assert!(transactions < 120, "{transactions}");
    // Slowly again: a process does not hold back many from the others.
    for _ in 0..50 {
        assert!(bench.admit("a").await.is_ok());
        milliseconds(100).await;
    }
    let held: u32 = bench
        .limits
        .leases
        .take_all(Instant::now())
        .iter()
        .map(|unused| unused.slots)
        .sum();
    // Next to nothing of the minutes, and what is left of the day's last ones, taken for 80 ms of the busy time.
    assert!(held < 800, "{held}");
}

#[tokio::test(start_paused = true)]
async fn a_great_limit_is_never_passed_in_any_window() {
    let store = memory();
    let wall = Wall::new();
    let lines = "[security.rate_limit]\nrequests_per_minute_per_action = 3000\nrequests_per_minute = \"unlimited\"\n\
                 requests_per_day = \"unlimited\"";
    let processes = [
        Bench::new(store.clone(), &wall, lines, ""),
        Bench::new(store, &wall, lines, ""),
    ];
    let mut admitted: Vec<(u64, usize)> = Vec::new();
    for step in 0..400_u64 {
        let now = step * 333;
        let mut count = 0;
        for (number, process) in processes.iter().enumerate() {
            // Now and then one of them has nothing to do, and its slots lapse.
            if !(step / 7 + number as u64).is_multiple_of(3) {
                count += process.admitted("a", 15).await;
            }
        }
        admitted.push((now, count));
        let within: usize = admitted
            .iter()
            .filter(|(at, _)| at + 60_000 > now)
            .map(|(_, count)| count)
            .sum();
        assert!(within <= 3_000, "{within} at {now}");
        milliseconds(333).await;
    }
    let all: usize = admitted.iter().map(|(_, count)| count).sum();
    // 133 seconds have room for more than twice the limit; what is lost to lapsed slots and steps is little.
    assert!(all > 6_500, "{all}");
}

#[tokio::test(start_paused = true)]
async fn slots_that_were_not_used_go_back_when_the_process_ends() {
    let store = memory();
    let wall = Wall::new();
    let lines = "[security.rate_limit]\nrequests_per_minute_per_action = 5000\nrequests_per_minute = \"unlimited\"\n\
                 requests_per_day = \"unlimited\"";
    let first = Bench::new(store.clone(), &wall, lines, "");
    for _ in 0..20 {
        assert_eq!(first.admitted("a", 5).await, 5);
        milliseconds(1).await;
    }
    first.limits.close().await;
    assert!(matches!(first.admit("a").await, Err(LimitError::Closed)));
    let second = Bench::new(store, &wall, lines, "");
    assert_eq!(second.admitted("a", 5_000).await, 4_900);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_one_limit_refuses_keeps_no_slot_of_another() {
    let store = memory();
    let wall = Wall::new();
    // The first is counted to the millisecond, the others are taken ahead.
    let lines = "[security.rate_limit]\nrequests_per_minute_per_action = 1\nrequests_per_minute = 2000\n\
                 requests_per_day = \"unlimited\"";
    let bench = Bench::new(store, &wall, lines, "requests_per_minute = \"unlimited\"");
    assert!(bench.admit("a").await.is_ok());
    assert!(bench.admit("b").await.is_ok());
    for _ in 0..100 {
        assert_eq!(bench.refused("b").await.0, [Layer::Action]);
    }
    assert_eq!(bench.admitted("a", 2_000).await, 1_998);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_neither_opens_nor_locks() {
    for lines in [
        "",
        "[security.rate_limit]\nrequests_per_minute_per_action = 2000\nrequests_per_minute = 2000",
    ] {
        let wall = Wall::new();
        let bench = Bench::new(memory(), &wall, lines, "");
        let limit = if lines.is_empty() { 10 } else { 2_000 };
        assert_eq!(bench.admitted("a", limit + 1).await, limit);
        seconds(20).await;
        wall.set_back(Duration::from_hours(5));
        let (_, wait) = bench.refused("a").await;
        assert!((1..=61).contains(&wait), "{wait}");
        seconds(wait).await;
        assert_eq!(bench.admitted("a", limit + 1).await, limit);
    }
}

#[tokio::test(start_paused = true)]
async fn slots_taken_ahead_are_void_when_the_clock_is_set_back() {
    let wall = Wall::new();
    let store = memory();
    let lines = "[security.rate_limit]\nrequests_per_minute_per_action = 1000000\nrequests_per_minute = \"unlimited\"\n\
                 requests_per_day = \"unlimited\"";
    let bench = Bench::new(store.clone(), &wall, lines, "");
    assert!(bench.admit("a").await.is_ok());
    let before = store.window_transactions();
    wall.set_back(Duration::from_hours(1));
    assert!(bench.admit("a").await.is_ok());
    assert_eq!(store.window_transactions(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_let_through_uncounted() {
    let store = memory();
    let bench = Bench::new(store.clone(), &Wall::new(), "", "");
    store.set_failing(true);
    assert!(matches!(bench.admit("a").await, Err(LimitError::Store(_))));
    store.set_failing(false);
    assert_eq!(bench.admitted("a", 11).await, 10);
}

#[tokio::test(start_paused = true)]
async fn windows_of_long_ago_are_deleted() {
    let store = memory();
    let wall = Wall::new();
    let bench = Bench::new(store.clone(), &wall, "", "");
    assert!(bench.admit("a").await.is_ok());
    seconds(86_400).await;
    assert!(bench.admit("b").await.is_ok());
    tokio::task::yield_now().await;
    bench.limits.close().await;
    // The action's and the minute's; the day's is of the second call again.
    assert_eq!(
        store.windows(),
        ["action:crm:b:acme", "day:crm:acme", "minute:crm:acme"]
    );
}

#[tokio::test(start_paused = true)]
async fn names_of_windows_cannot_be_forged() {
    let bench = Bench::new(memory(), &Wall::new(), "", "");
    let names = |organisation: &str, action: &str| {
        let connector = &bench.catalog.connectors()[0];
        let action = connector.actions.iter().find(|one| one.name == action).unwrap();
        let rules = bench.limits.rules(organisation, connector, action);
        rules.into_iter().map(|rule| rule.name).collect::<Vec<_>>()
    };
    assert_eq!(
        names("acme", "a"),
        ["action:crm:a:acme", "minute:crm:acme", "day:crm:acme"]
    );
    assert_ne!(names("b:acme", "a")[0], names("acme", "b")[0]);
}

/// Two stores over one folder stand for two processes.
#[tokio::test]
async fn processes_over_one_store_share_the_windows() {
    let folder = TempDir::new().unwrap();
    let wall = Wall::new();
    for (limit, lines) in [
        (10, NO_API_LIMIT.to_owned()),
        (50, format!("{NO_API_LIMIT}\nrequests_per_minute_per_action = 50")),
    ] {
        // A clock that stands still: a slow machine changes nothing.
        let frozen = (wall.clock())() + jiff::SignedDuration::from_hours(limit);
        let clock: Clock = Arc::new(move || frozen);
        let mut processes = Vec::new();
        for _ in 0..2 {
            let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
            processes.push(Bench {
                limits: Limits::start_with_clock(store, LimitsConfig::default(), Arc::clone(&clock)),
                catalog: catalog(&lines, ""),
            });
        }
        let calls = (0..200).map(|number| processes[number % 2].admit("a"));
        let answers = join_all(calls).await;
        let admitted = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(i64::try_from(admitted).unwrap(), limit);
    }
}
