use std::ops::Range;
use std::sync::Arc;

use futures_util::future::{join_all, try_join_all};
use tempfile::TempDir;
use tokio::task::unconstrained;

use super::*;
use crate::store::conformance::audit::{finished_row, intent_row};
use crate::store::memory::{MemoryStore, Write};
use crate::store::sqlite::SqliteStore;
use crate::store::{AuditFilter, AuditStore};

fn everything() -> AuditFilter {
    AuditFilter {
        limit: u32::MAX,
        ..AuditFilter::default()
    }
}

async fn rows(store: &dyn AuditStore) -> usize {
    store.read_audit(&everything()).await.unwrap().len()
}

/// One row, finished, for each number. All are handed over before the writer gets its turn.
async fn finish_all(audit: &Audit, numbers: Range<usize>) -> Vec<Result<(), AuditError>> {
    let calls = numbers.map(|number| audit.finish(finished_row(&number.to_string(), 1)));
    unconstrained(join_all(calls)).await
}

fn audit_in_memory() -> (Audit, Arc<MemoryStore>) {
    let store = Arc::new(MemoryStore::default());
    (Audit::start(store.clone()), store)
}

#[tokio::test]
async fn rows_that_come_together_are_committed_together() {
    let (audit, store) = audit_in_memory();
    assert!(finish_all(&audit, 0..64).await.iter().all(Result::is_ok));
    assert_eq!(rows(&*store).await, 64);
    assert!(store.writes().len() <= 2, "{:?}", store.writes());
}

#[tokio::test]
async fn a_batch_is_bounded() {
    let (audit, store) = audit_in_memory();
    assert!(finish_all(&audit, 0..700).await.iter().all(Result::is_ok));
    assert_eq!(rows(&*store).await, 700);
    assert_eq!(store.writes().iter().map(|write| write.rows).max(), Some(256));
}

#[tokio::test]
async fn only_a_batch_with_an_intent_is_durable() {
    let (audit, store) = audit_in_memory();
    audit.intend(intent_row("1", 1)).await.unwrap();
    audit.finish(finished_row("1", 1)).await.unwrap();
    let (intended, finished) = tokio::join!(audit.intend(intent_row("2", 2)), audit.finish(finished_row("3", 3)));
    intended.and(finished).unwrap();
    let expected = [(1, true), (1, false), (2, true)].map(|(rows, durable)| Write { rows, durable });
    assert_eq!(store.writes(), expected);
    assert_eq!(rows(&*store).await, 3);
}

#[tokio::test]
async fn an_acknowledged_row_is_in_the_file() {
    let folder = TempDir::new().unwrap();
    let audit = Audit::start(Arc::new(SqliteStore::open(folder.path()).await.unwrap()));
    let another_process = SqliteStore::open(folder.path()).await.unwrap();
    audit.intend(intent_row("1", 1)).await.unwrap();
    assert_eq!(
        another_process.read_audit(&everything()).await.unwrap(),
        [intent_row("1", 1)]
    );
    audit.finish(finished_row("1", 1)).await.unwrap();
    assert_eq!(
        another_process.read_audit(&everything()).await.unwrap(),
        [finished_row("1", 1)]
    );
    drop(audit);
    assert_eq!(rows(&another_process).await, 1);
}

/// A person may answer before the rows that were written at once are put in order.
#[tokio::test]
async fn a_question_does_not_hide_the_intent_of_the_run_that_brings_its_answer() {
    let folder = TempDir::new().unwrap();
    let audit = Audit::start(Arc::new(SqliteStore::open(folder.path()).await.unwrap()));
    let question = AuditRecord {
        outcome: "APPROVAL_REQUIRED".into(),
        ..intent_row("1", 1)
    };
    audit.finish(question).await.unwrap();
    audit.intend(intent_row("1", 1)).await.unwrap();
    audit.close().await;
    let another_process = SqliteStore::open(folder.path()).await.unwrap();
    assert_eq!(
        another_process.read_audit(&everything()).await.unwrap(),
        [intent_row("1", 1)]
    );
}

#[tokio::test]
async fn callers_hear_that_the_store_failed_and_later_rows_are_tried_again() {
    let (audit, store) = audit_in_memory();
    store.set_failing(true);
    for result in finish_all(&audit, 0..3).await {
        let message = result.unwrap_err().to_string();
        assert_eq!(
            message,
            "the audit log cannot be written: the store failed while it wrote audit rows: the disk is full"
        );
    }
    assert!(audit.intend(intent_row("9", 1)).await.is_err());
    store.set_failing(false);
    audit.finish(finished_row("9", 1)).await.unwrap();
    assert_eq!(rows(&*store).await, 4, "with those that were kept");
}

/// An intent is none when its write is not sent.
#[tokio::test(start_paused = true)]
async fn rows_that_could_not_be_written_are_kept_until_they_can_and_intents_are_not() {
    let (audit, store) = audit_in_memory();
    assert!(!audit.is_behind());
    store.set_failing(true);
    let (intended, finished) = tokio::join!(audit.intend(intent_row("1", 1)), audit.finish(finished_row("2", 1)));
    assert!(intended.is_err() && finished.is_err() && audit.is_behind());
    assert!(finish_all(&audit, 3..400).await.iter().all(Result::is_err));
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert!(audit.is_behind());
    store.set_failing(false);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!audit.is_behind());
    assert_eq!(rows(&*store).await, 398);
    assert!(
        store
            .read_audit(&everything())
            .await
            .unwrap()
            .iter()
            .all(|row| row.call_id != "1")
    );
    assert_eq!(store.writes().iter().map(|write| write.rows).max(), Some(256));
}

#[tokio::test]
async fn what_was_kept_is_tried_once_more_at_the_end() {
    let (audit, store) = audit_in_memory();
    store.set_failing(true);
    assert!(audit.finish(finished_row("1", 1)).await.is_err());
    store.set_failing(false);
    audit.close().await;
    assert_eq!(rows(&*store).await, 1);
}

#[tokio::test]
async fn closing_writes_what_was_handed_over_and_refuses_more() {
    let (audit, store) = audit_in_memory();
    let clone = audit.clone();
    let (results, (), ()) = tokio::join!(finish_all(&audit, 0..QUEUE_LENGTH), audit.close(), clone.close());
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(rows(&*store).await, QUEUE_LENGTH);
    assert!(matches!(
        audit.finish(finished_row("late", 1)).await,
        Err(AuditError::Closed)
    ));
    audit.close().await;
}

#[tokio::test]
async fn callers_wait_while_the_queue_is_full_and_lose_nothing() {
    let (audit, store) = audit_in_memory();
    let count = QUEUE_LENGTH * 2;
    let mut finishing: Vec<_> = (0..count)
        .map(|number| Box::pin(audit.finish(finished_row(&number.to_string(), 1))))
        .collect();
    unconstrained(async {
        for call in &mut finishing {
            assert!(futures_util::poll!(call).is_pending());
        }
    })
    .await;
    assert_eq!(audit.queue.capacity(), 0);
    try_join_all(finishing).await.unwrap();
    assert_eq!(rows(&*store).await, count);
}

#[tokio::test]
async fn a_row_is_written_though_its_caller_gave_up() {
    let (audit, store) = audit_in_memory();
    let mut finishing = Box::pin(audit.finish(finished_row("1", 1)));
    assert!(futures_util::poll!(&mut finishing).is_pending());
    drop(finishing);
    audit.close().await;
    assert_eq!(rows(&*store).await, 1);
}

#[tokio::test]
async fn rows_that_found_the_queue_full_are_written_though_their_callers_gave_up() {
    let (audit, store) = audit_in_memory();
    let count = QUEUE_LENGTH * 2;
    for number in 0..count {
        let mut finishing = Box::pin(audit.finish(finished_row(&number.to_string(), 1)));
        assert!(unconstrained(async { futures_util::poll!(&mut finishing).is_pending() }).await);
    }
    assert_eq!(audit.queue.capacity(), 0);
    audit.abandon(finished_row("abandoned", 1));
    audit.close().await;
    assert_eq!(rows(&*store).await, count + 1);
}

#[tokio::test]
async fn an_abandoned_row_is_written_when_the_log_closes_right_after() {
    let (audit, store) = audit_in_memory();
    audit.abandon(finished_row("1", 1));
    audit.close().await;
    assert_eq!(rows(&*store).await, 1);
}

#[tokio::test]
async fn texts_from_outside_are_cut() {
    let (audit, store) = audit_in_memory();
    let record = AuditRecord {
        tool: "é".repeat(129),
        client: Some("c".repeat(10_000)),
        path: Some("/".repeat(513)),
        message: Some("m".repeat(501)),
        ..finished_row("1", 1)
    };
    audit.finish(record).await.unwrap();
    let stored = store.read_audit(&everything()).await.unwrap().remove(0);
    let cut = |character: &str, kept: usize| format!("{}…", character.repeat(kept));
    assert_eq!(stored.tool, cut("é", 127));
    assert_eq!(stored.client, Some(cut("c", 127)));
    assert_eq!(stored.path, Some(cut("/", 511)));
    assert_eq!(stored.message, Some(cut("m", 499)));
}

#[test]
fn a_text_of_the_longest_length_stays_whole() {
    for (given, expected) in [("", ""), ("abc", "abc"), ("abcd", "ab…"), ("äöüß", "äö…")] {
        let mut text = given.to_owned();
        super::cut(&mut text, 3);
        assert_eq!(text, expected);
    }
}
