//! What every backend must do with calls that ended with a question.

use super::approvals::pending;
use super::at;
use super::audit::{finished_row, intent_row, question_row};
use crate::store::{ApprovalRecord, ApprovalState, AuditFilter, AuditRecord, CallScope, Decision, Store, Via};

macro_rules! cases {
    ($open:path) => {
        $crate::store::conformance::each!(
            $open, questions:
            questions_are_open_until_their_call_goes_on,
            equal_calls_are_all_found,
            a_used_approval_has_a_time_of_its_own,
            the_oldest_questions_come_first,
            a_question_ends_once,
            who_race_to_end_a_question_end_it_once,
            an_end_in_between_is_kept,
        );
    };
}
pub(crate) use cases;

/// An approval of this identifier for a call of its own, which expires at `at(second + 600)`.
async fn asked(store: &dyn Store, id: &str, second: i64) {
    let record = ApprovalRecord {
        arguments_hash: id.into(),
        ..pending(id, second)
    };
    store.find_or_create_approval(&record, "{}", &at(second)).await.unwrap();
}

async fn write(store: &dyn Store, rows: &[AuditRecord]) {
    store.write_audit(rows, false).await.unwrap();
    while store.add_up_calls(100).await.unwrap() > 0 {}
}

/// The calls with open questions at `at(second)`.
async fn open(store: &dyn Store, second: i64) -> Vec<String> {
    let questions = store
        .read_open_questions(&at(second), &at(second - 60), 100)
        .await
        .unwrap();
    questions.into_iter().map(|question| question.asked.call_id).collect()
}

fn end(call_id: &str, second: i64) -> AuditRecord {
    AuditRecord {
        decision: "denied".into(),
        outcome: "APPROVAL_DENIED".into(),
        ..finished_row(call_id, second)
    }
}

pub(crate) async fn questions_are_open_until_their_call_goes_on(store: &dyn Store) {
    for id in ["1", "2", "3", "4"] {
        asked(store, id, 0).await;
    }
    let rows = [
        question_row("open", 0, "1"),
        question_row("goes on", 0, "2"),
        question_row("ended", 0, "3"),
        question_row("of nothing", 0, "unknown"),
        intent_row("runs", 0),
        finished_row("done", 0),
        intent_row("goes on", 0),
        end("ended", 0),
    ];
    write(store, &rows).await;
    assert!(open(store, 599).await.is_empty(), "nothing has expired");
    let questions = store.read_open_questions(&at(600), &at(600), 100).await.unwrap();
    let [question] = &questions[..] else {
        panic!("{questions:?}");
    };
    assert_eq!(question.asked, question_row("open", 0, "1"));
    assert_eq!(question.approval.id, "1");
    assert_eq!(question.approval.state, ApprovalState::Pending);
}

pub(crate) async fn equal_calls_are_all_found(store: &dyn Store) {
    asked(store, "1", 0).await;
    write(store, &[question_row("a", 0, "1"), question_row("b", 5, "1")]).await;
    assert_eq!(open(store, 600).await, ["a", "b"]);
}

pub(crate) async fn a_used_approval_has_a_time_of_its_own(store: &dyn Store) {
    asked(store, "1", 0).await;
    let decision = Decision {
        approved: true,
        at: at(1),
        by: "ben".into(),
        via: Via::Cli,
    };
    assert!(store.decide_approval("1", &decision).await.unwrap());
    let key = store.get_approval("1").await.unwrap().unwrap().key();
    assert!(store.use_approval("1", &key, &at(2)).await.unwrap());
    write(store, &[question_row("a", 0, "1")]).await;
    assert!(open(store, 659).await.is_empty());
    assert_eq!(open(store, 660).await, ["a"]);
}

pub(crate) async fn the_oldest_questions_come_first(store: &dyn Store) {
    asked(store, "1", 0).await;
    let rows = [("b", 2), ("a", 3), ("c", 1)].map(|(call_id, second)| question_row(call_id, second, "1"));
    write(store, &rows).await;
    assert_eq!(open(store, 600).await, ["c", "b", "a"]);
    let first = store.read_open_questions(&at(600), &at(600), 1).await.unwrap();
    assert_eq!((first.len(), &*first[0].asked.call_id), (1, "c"));
}

pub(crate) async fn a_question_ends_once(store: &dyn Store) {
    asked(store, "1", 0).await;
    write(store, &[question_row("a", 0, "1")]).await;
    assert!(!store.end_open_question(&end("unknown", 0)).await.unwrap());
    assert!(store.end_open_question(&end("a", 0)).await.unwrap());
    assert!(!store.end_open_question(&end("a", 0)).await.unwrap());
    assert!(open(store, 600).await.is_empty());
    while store.add_up_calls(100).await.unwrap() > 0 {}
    let counts = store.count_calls(&CallScope::default()).await.unwrap();
    assert_eq!((counts.ended, counts.unfinished), (1, 0));
    // What is written after it finds its place in the chain.
    write(store, &[finished_row("b", 1)]).await;
    let verified = store.verify_audit(None).await.unwrap();
    assert!(verified.holds());
    assert_eq!(verified.events, 3);
}

pub(crate) async fn who_race_to_end_a_question_end_it_once(store: &dyn Store) {
    asked(store, "1", 0).await;
    write(store, &[question_row("a", 0, "1")]).await;
    let row = end("a", 0);
    let ending = (0..20).map(|_| store.end_open_question(&row));
    let ended = futures_util::future::try_join_all(ending).await.unwrap();
    assert_eq!(ended.into_iter().filter(|ended| *ended).count(), 1);
    assert_eq!(store.verify_audit(None).await.unwrap().events, 2);
}

pub(crate) async fn an_end_in_between_is_kept(store: &dyn Store) {
    asked(store, "1", 0).await;
    write(store, &[question_row("a", 0, "1"), question_row("b", 1, "1")]).await;
    assert_eq!(open(store, 600).await, ["a", "b"]);
    let answered = finished_row("a", 0);
    if !store.write_audit_at_once(&answered) {
        store.write_audit(&[answered], false).await.unwrap();
    }
    store.write_audit(&[intent_row("b", 1)], true).await.unwrap();
    for (call_id, second) in [("a", 0), ("b", 1)] {
        assert!(!store.end_open_question(&end(call_id, second)).await.unwrap());
    }
    let rows = store.read_audit(&AuditFilter::default()).await.unwrap();
    let outcomes: Vec<_> = rows.iter().map(|row| row.outcome.as_str()).collect();
    assert_eq!(outcomes, ["OUTCOME_UNKNOWN", "ok"]);
}
