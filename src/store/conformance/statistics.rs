//! What every backend must count.

use super::at;
use super::audit::{finished_row, intent_row};
use crate::store::{AuditRecord, CallCounts, CallScope, FailureCount, Store};

macro_rules! cases {
    ($open:path) => {
        $crate::store::conformance::each!(
            $open, statistics:
            nothing_is_counted_where_nothing_happened,
            calls_are_counted_by_their_end,
            only_calls_that_show_how_fast_the_api_is_make_the_average,
            a_scope_leaves_the_others_out,
            durations_without_bounds_do_not_break_the_average,
            adding_up_changes_no_count,
            what_is_added_up_is_not_added_again,
            totals_outlive_the_events,
        );
    };
}
pub(crate) use cases;

fn ended(id: &str, second: i64, outcome: &str, upstream_status: Option<u16>) -> AuditRecord {
    AuditRecord {
        decision: "allowed".into(),
        outcome: outcome.into(),
        upstream_status,
        duration_ms: 100,
        ..finished_row(id, second)
    }
}

async fn count(store: &dyn Store, connector: Option<&str>, since: Option<i64>) -> CallCounts {
    let scope = CallScope {
        connector: connector.map(str::to_owned),
        since: since.map(at),
    };
    let mut counts = store.count_calls(&scope).await.unwrap();
    counts
        .failures
        .sort_by_key(|failure| (failure.outcome.to_string(), failure.upstream_status));
    counts
}

pub(crate) async fn nothing_is_counted_where_nothing_happened(store: &dyn Store) {
    assert_eq!(count(store, None, None).await, CallCounts::default());
}

pub(crate) async fn calls_are_counted_by_their_end(store: &dyn Store) {
    let rows = [
        ended("1", 1, "ok", Some(200)),
        ended("2", 2, "ok", Some(404)),
        ended("3", 3, "UPSTREAM_ERROR", Some(500)),
        ended("4", 4, "UPSTREAM_ERROR", Some(500)),
        ended("5", 5, "UPSTREAM_ERROR", Some(503)),
        ended("6", 6, "TIMEOUT", None),
        ended("7", 7, "zeta", None),
        intent_row("8", 8),
    ];
    store.write_audit(&rows, false).await.unwrap();
    let failure = |outcome: &str, upstream_status, calls| FailureCount {
        outcome: outcome.into(),
        upstream_status,
        calls,
    };
    let expected = CallCounts {
        ended: 7,
        unfinished: 1,
        succeeded: 2,
        average_ms: Some(100.0),
        failures: vec![
            failure("TIMEOUT", None, 1),
            failure("UPSTREAM_ERROR", Some(500), 2),
            failure("UPSTREAM_ERROR", Some(503), 1),
            failure("zeta", None, 1),
        ],
    };
    assert_eq!(count(store, None, None).await, expected);
}

pub(crate) async fn only_calls_that_show_how_fast_the_api_is_make_the_average(store: &dyn Store) {
    let row = |id: &str, duration_ms| AuditRecord {
        duration_ms,
        ..ended(id, 1, "ok", Some(200))
    };
    let rows = [
        row("1", 100),
        row("2", 201),
        AuditRecord {
            requests: 0,
            ..row("refused", 0)
        },
        AuditRecord {
            decision: "approved".into(),
            ..row("waited for a person", 60_000)
        },
        AuditRecord {
            duration_ms: 7,
            decision: "allowed".into(),
            requests: 1,
            ..intent_row("has no end", 1)
        },
    ];
    store.write_audit(&rows, false).await.unwrap();
    let counts = count(store, None, None).await;
    assert_eq!((counts.ended, counts.average_ms), (4, Some(150.5)));
}

pub(crate) async fn a_scope_leaves_the_others_out(store: &dyn Store) {
    let of = |connector: Option<&str>, row: AuditRecord| AuditRecord {
        connector: connector.map(str::to_owned),
        ..row
    };
    let rows = [
        of(Some("crm"), ended("1", 1, "ok", Some(200))),
        of(Some("crm"), ended("2", 2, "TIMEOUT", None)),
        of(Some("erp"), ended("3", 3, "TIMEOUT", None)),
        of(None, ended("4", 4, "UNKNOWN_API", None)),
    ];
    store.write_audit(&rows, false).await.unwrap();
    let brief = |counts: CallCounts| (counts.ended, counts.failures.iter().map(|failure| failure.calls).sum());
    for (connector, since, expected) in [
        (None, None, (4, 3)),
        (Some("crm"), None, (2, 1)),
        (Some("crm"), Some(2), (1, 1)),
        (None, Some(3), (2, 2)),
        (Some("cr"), None, (0, 0)),
        (Some("erp"), Some(4), (0, 0)),
    ] {
        let counted: (u64, u64) = brief(count(store, connector, since).await);
        assert_eq!(counted, expected, "{connector:?} since {since:?}");
    }
}

pub(crate) async fn durations_without_bounds_do_not_break_the_average(store: &dyn Store) {
    let row = |id: &str| AuditRecord {
        duration_ms: u64::MAX,
        ..ended(id, 1, "ok", Some(200))
    };
    store.write_audit(&[row("1"), row("2")], false).await.unwrap();
    assert!(count(store, None, None).await.average_ms.unwrap() > 1e15);
}

/// Calls of several hours, writes with their intents among them.
fn several_hours() -> Vec<AuditRecord> {
    let mut records = Vec::new();
    for number in 0..12_i64 {
        let second = number * 1_000;
        let id = number.to_string();
        if number % 3 == 0 {
            records.push(intent_row(&id, second));
        }
        let outcome = if number % 4 == 0 { "TIMEOUT" } else { "ok" };
        let row = AuditRecord {
            connector: (number != 5).then(|| if number % 2 == 0 { "crm" } else { "erp" }.to_owned()),
            duration_ms: u64::try_from(number).unwrap(),
            ..ended(&id, second, outcome, (number % 3 == 1).then_some(200))
        };
        if number != 9 {
            records.push(row);
        }
    }
    records
}

pub(crate) async fn adding_up_changes_no_count(store: &dyn Store) {
    let records = several_hours();
    store.write_audit(&records, false).await.unwrap();
    let mut expected = Vec::new();
    for step in 0.. {
        let mut counted = Vec::new();
        for connector in [None, Some("crm"), Some("erp")] {
            for since in [
                None,
                Some(0),
                Some(1),
                Some(3_500),
                Some(4_000),
                Some(7_999),
                Some(11_001),
            ] {
                counted.push(count(store, connector, since).await);
            }
        }
        let usages = store.api_usage(&at(3_500)).await.unwrap();
        if step == 0 {
            expected = vec![(counted, usages)];
        } else {
            assert_eq!(vec![(counted, usages)], expected, "after {step} steps");
        }
        if store.add_up_calls(4).await.unwrap() == 0 {
            break;
        }
    }
    let whole = &expected[0].0[0];
    assert_eq!((whole.ended, whole.succeeded, whole.unfinished), (11, 8, 1));
}

pub(crate) async fn what_is_added_up_is_not_added_again(store: &dyn Store) {
    let records = several_hours();
    store.write_audit(&records, false).await.unwrap();
    let events = u64::try_from(records.len()).unwrap();
    assert_eq!(store.add_up_calls(1_000).await.unwrap(), events);
    assert_eq!(store.add_up_calls(1_000).await.unwrap(), 0);
    store.write_audit(&[finished_row("9", 9_000)], false).await.unwrap();
    assert_eq!(count(store, None, None).await.unfinished, 0);
    assert_eq!(store.add_up_calls(1_000).await.unwrap(), 1);
    let counts = count(store, None, None).await;
    assert_eq!((counts.ended, counts.unfinished), (12, 0));
    // An end that comes after the end is none.
    store.write_audit(&[finished_row("9", 9_000)], false).await.unwrap();
    assert_eq!(count(store, None, None).await.ended, 12);
    store.add_up_calls(1_000).await.unwrap();
    assert_eq!(count(store, None, None).await.ended, 12);
}

pub(crate) async fn totals_outlive_the_events(store: &dyn Store) {
    let rows = [ended("1", 0, "ok", None), ended("2", 90_000, "TIMEOUT", None)];
    store.write_audit(&rows, false).await.unwrap();
    store.add_up_calls(1_000).await.unwrap();
    store.prune_audit(&at(80_000), 1_000).await.unwrap();
    store.forget_sums(&at(80_000)).await.unwrap();
    assert_eq!(count(store, None, None).await.ended, 1);
    let usage = store.api_usage(&at(0)).await.unwrap().remove(0);
    assert_eq!((usage.total_calls, usage.last_used_at), (2, Some(at(90_000))));
    store.prune_audit(&at(100_000), 1_000).await.unwrap();
    store.forget_sums(&at(100_000)).await.unwrap();
    assert_eq!(count(store, None, None).await, CallCounts::default());
    let usage = store.api_usage(&at(0)).await.unwrap().remove(0);
    assert_eq!((usage.total_calls, usage.recent_calls), (2, 0));
    assert_eq!(usage.last_used_at, Some(at(90_000)));
    assert_eq!(usage.last_connection.unwrap().as_str(), "TIMEOUT");
}
