use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;

use super::super::SqliteStore;
use super::*;
use crate::store::conformance::at;
use crate::store::conformance::audit::{finished_row, intent_row};
use crate::store::{AuditFilter, AuditStore as _, BrokenLink};

async fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder).await.unwrap()
}

/// Whoever has the file in their hands.
async fn tamper(folder: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(folder.join("toolgate.db"));
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Five ended calls, the third of them a write with an intent: six events.
async fn five_calls(folder: &Path) -> SqliteStore {
    let store = open(folder).await;
    for number in 1..=5 {
        if number == 3 {
            store.write_audit(&[intent_row("3", 3)], true).await.unwrap();
        }
        store
            .write_audit(&[finished_row(&number.to_string(), number)], false)
            .await
            .unwrap();
    }
    store
}

async fn broken(store: &SqliteStore) -> Option<BrokenLink> {
    store.verify_audit(None).await.unwrap().broken
}

#[tokio::test]
async fn whoever_changes_the_file_is_found_out() {
    let cases = [
        ("DELETE FROM audit WHERE sequence = 1", 2, Some("2")),
        ("DELETE FROM audit WHERE sequence = 4", 5, Some("4")),
        ("DELETE FROM audit WHERE sequence = 6", 6, None),
        ("DELETE FROM audit", 6, None),
        (
            "UPDATE audit SET details = replace(details, '\"ok\"', '\"no\"') WHERE sequence = 2",
            2,
            Some("2"),
        ),
        ("UPDATE audit SET details = x'ff00' WHERE sequence = 2", 2, Some("2")),
        ("UPDATE audit SET started_at = '2020' WHERE sequence = 2", 2, Some("2")),
        ("UPDATE audit SET call_id = 'else' WHERE sequence = 2", 2, Some("else")),
        ("UPDATE audit SET hash = x'00' WHERE sequence = 5", 5, Some("4")),
        (
            "UPDATE audit SET sequence = -1 WHERE sequence = 2; UPDATE audit SET sequence = 2 WHERE sequence = 3; \
             UPDATE audit SET sequence = 3 WHERE sequence = -1",
            2,
            Some("3"),
        ),
        (
            "INSERT INTO audit (sequence, call_id, started_at, details, hash) \
             SELECT 7, call_id, started_at, details, hash FROM audit WHERE sequence = 6",
            7,
            Some("5"),
        ),
        (
            "INSERT INTO audit_anchor VALUES (1, 1, x'00', 1); DELETE FROM audit WHERE sequence = 1",
            2,
            Some("2"),
        ),
    ];
    for (statement, event, call_id) in cases {
        // A strict table takes no bytes for a text.
        let statement = if statement.contains("x'ff00'") {
            "UPDATE audit SET details = CAST(x'ff00' AS TEXT) WHERE sequence = 2"
        } else {
            statement
        };
        let folder = TempDir::new().unwrap();
        let store = five_calls(folder.path()).await;
        assert_eq!(broken(&store).await, None);
        tamper(folder.path(), statement).await;
        let found = broken(&store).await.unwrap_or_else(|| panic!("{statement}"));
        assert_eq!((found.event, found.call_id.as_deref()), (event, call_id), "{statement}");

        // Neither going on nor starting again hides it.
        store.write_audit(&[finished_row("6", 6)], false).await.unwrap();
        assert!(broken(&store).await.is_some(), "{statement}");
        drop(store);
        let store = open(folder.path()).await;
        store.write_audit(&[finished_row("7", 7)], false).await.unwrap();
        assert!(broken(&store).await.is_some(), "{statement}");
    }
}

#[tokio::test]
async fn processes_share_one_chain() {
    let folder = TempDir::new().unwrap();
    let stores = [open(folder.path()).await, open(folder.path()).await];
    // In turns, so that what each remembers of the chain is outdated at every step.
    for number in 0..20 {
        let rows = [
            finished_row(&format!("{number} a"), number),
            finished_row(&format!("{number} b"), number),
        ];
        let store = &stores[usize::try_from(number % 2).unwrap()];
        store.write_audit(&rows, number % 3 == 0).await.unwrap();
    }
    // At once.
    let writing = stores.iter().enumerate().map(async |(process, store)| {
        for number in 0..50 {
            let row = finished_row(&format!("{number} of {process}"), 30 + number);
            store.write_audit(&[row], false).await.unwrap();
        }
    });
    futures_util::future::join_all(writing).await;
    let found = stores[0].verify_audit(None).await.unwrap();
    assert!(found.holds(), "{found:?}");
    assert_eq!(found.events, 140);
}

#[tokio::test]
async fn what_another_process_cut_off_does_not_mislead() {
    let folder = TempDir::new().unwrap();
    let (store, other) = (open(folder.path()).await, open(folder.path()).await);
    store.write_audit(&[finished_row("1", 1)], false).await.unwrap();
    other
        .write_audit(&[finished_row("2", 2), finished_row("3", 3)], false)
        .await
        .unwrap();
    assert_eq!(other.prune_audit(&at(100), 100).await.unwrap(), 3);
    // The number that this process remembers as the next one is free again.
    store.write_audit(&[finished_row("4", 4)], false).await.unwrap();
    let found = store.verify_audit(None).await.unwrap();
    assert!(found.holds(), "{found:?}");
    assert_eq!((found.cut, found.events), (3, 1));
}

#[tokio::test]
async fn more_events_than_one_statement_takes_are_one_transaction() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).await;
    let rows: Vec<_> = (0..1_000)
        .map(|number| finished_row(&number.to_string(), number))
        .collect();
    for batch in [&rows[..1], &rows[1..]] {
        store.write_audit(batch, false).await.unwrap();
    }
    let found = store.verify_audit(None).await.unwrap();
    assert!(found.holds(), "{found:?}");
    assert_eq!(found.events, 1_000);
    let filter = AuditFilter {
        limit: 2_000,
        ..AuditFilter::default()
    };
    assert_eq!(store.read_audit(&filter).await.unwrap().len(), 1_000);
}

/// Steps of SQLite's virtual machine, in hundreds, that cutting off the first ten of so many old events takes.
async fn work_of_cutting_ten_of(events: i64) -> u64 {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).await;
    let rows: Vec<_> = (0..events)
        .map(|number| finished_row(&number.to_string(), number))
        .collect();
    store.write_audit(&rows, false).await.unwrap();
    let steps = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&steps);
    let count = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        true
    };
    store
        .writer()
        .await
        .lock_handle()
        .await
        .unwrap()
        .set_progress_handler(100, count);
    assert_eq!(store.prune_audit(&at(events), 10).await.unwrap(), 10);
    steps.load(Ordering::Relaxed)
}

/// Whoever writes waits for it.
#[tokio::test]
async fn cutting_off_a_few_events_costs_the_same_however_many_are_old() {
    let (few, many) = (work_of_cutting_ten_of(20).await, work_of_cutting_ten_of(3_000).await);
    assert!(many <= few + 10, "{few} of 20 events, and {many} of 3,000");
}

#[tokio::test]
async fn rows_from_before_the_chain_are_kept_and_chained() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("toolgate.db");
    std::fs::write(&file, "").unwrap();
    tamper(
        folder.path(),
        concat!(
            include_str!("../migrations/0001_audit_and_approvals.sql"),
            "INSERT INTO audit (call_id, started_at, ended_at, user_name, organisation, channel, client, tool, connector,
                action, effect, method, path, arguments_hash, decision, approval_id, approver, outcome,
                upstream_status, requests, bytes_out, bytes_in, duration_ms, message)
             VALUES
                ('b', '2026-09-21T14:13:22.000Z', NULL, 'ana', 'acme', 'stdio', NULL, 'crm__get', NULL,
                 NULL, NULL, NULL, NULL, NULL, 'allowed', NULL, NULL, 'OUTCOME_UNKNOWN',
                 NULL, 0, 0, 0, 0, NULL),
                ('a', '2026-09-21T14:13:21.000Z', '2026-09-21T14:13:22.000Z', 'ana', 'acme', 'http', 'x \"1\"', 'crm__get',
                 'crm', 'get', 'read', 'GET', '/v1', 'ab', 'allowed', NULL, NULL, 'ok', 200, 1, 2, 3, 4, NULL);"
        ),
    )
    .await;
    let store = open(folder.path()).await;
    let rows = store.read_audit(&AuditFilter::default()).await.unwrap();
    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.call_id.as_str(),
                row.client.as_deref(),
                row.ended_at.is_some(),
                row.bytes_in,
            )
        })
        .collect();
    assert_eq!(shown, [("b", None, false, 0), ("a", Some("x \"1\""), true, 3)]);
    store.write_audit(&[finished_row("c", 5)], false).await.unwrap();
    let found = store.verify_audit(None).await.unwrap();
    assert!(found.holds(), "{found:?}");
    assert_eq!(found.events, 3);
}
