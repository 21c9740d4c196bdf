//! Calls end in time, whichever wait they are in.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::sync::Mutex;
use toolgate::approval::Settings;
use toolgate::engine::ErrorCode;
use toolgate::store::{Decision, Via};

use super::gateway::{Gateway, Setting, call};
use super::recording::Failing;
use crate::harness::{READ_AND_WRITE, Upstream, connector, json_answer, within};

/// How long calls may take here: each test waits for it once or twice.
const LIMIT: Duration = Duration::from_millis(300);

/// A gateway over a store of which one thing waits for `turn` to be free.
async fn held_up(upstream: &Upstream, turn: fn(&Failing) -> &Arc<Mutex<()>>) -> (Gateway, Arc<Mutex<()>>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Failing::over(&folder).await;
    let turn = Arc::clone(turn(&store));
    let setting = Setting {
        store: Some(Arc::new(store)),
        call_timeout: LIMIT,
        ..Setting::default()
    };
    let text = connector("crm", &upstream.base_url(), READ_AND_WRITE);
    (Gateway::new(&[text], setting).await, turn, folder)
}

async fn outcomes(gateway: &Gateway) -> Vec<String> {
    let rows = gateway.rows().await;
    rows.into_iter().map(|row| row.outcome.to_string()).collect()
}

#[tokio::test]
async fn a_call_that_nobody_counts_ends_in_time() {
    let upstream = Upstream::fixed("{}").await;
    let (gateway, turn, _folder) = held_up(&upstream, |store| &store.window_turn).await;
    let _held = turn.lock().await;
    let error = within("an end", gateway.refused("crm__write", json!({}))).await;
    assert_eq!((error.code, error.retryable), (ErrorCode::Timeout, true), "{error}");
    assert_eq!(outcomes(&gateway).await, ["TIMEOUT"]);
    assert_eq!((upstream.count(), gateway.engine.calls_in_flight()), (0, 0));
}

#[tokio::test]
async fn a_call_whose_approval_is_not_used_up_ends_in_time() {
    let upstream = Upstream::fixed("{}").await;
    let (gateway, turn, _folder) = held_up(&upstream, |store| &store.approval_turn).await;
    let error = gateway.refused("crm__careful", json!({})).await;
    assert_eq!(error.code, ErrorCode::ApprovalRequired, "{error}");
    let asked = gateway.store.list_approvals(None, None, 1).await.unwrap().remove(0);
    let decision = Decision {
        approved: true,
        at: asked.created_at,
        by: "ben".to_owned(),
        via: Via::Cli,
    };
    assert!(gateway.store.decide_approval(&asked.id, &decision).await.unwrap());
    let _held = turn.lock().await;
    let error = within("an end", gateway.refused("crm__careful", json!({}))).await;
    assert_eq!(error.code, ErrorCode::Timeout, "{error}");
    assert_eq!(upstream.count(), 0);
}

#[tokio::test]
async fn a_refusal_waits_for_its_row_no_longer_than_a_call() {
    let upstream = Upstream::fixed("{}").await;
    let (gateway, turn, _folder) = held_up(&upstream, |store| &store.audit_turn).await;
    let held = turn.lock().await;
    let call = call("crm__careful", json!({}));
    let error = within("a refusal", gateway.engine.refuse(&call)).await;
    assert_eq!(error.code, ErrorCode::ApprovalDenied, "{error}");
    drop(held);
    gateway.engine.close().await;
    assert_eq!(outcomes(&gateway).await, ["APPROVAL_DENIED"]);
}

#[tokio::test]
async fn the_wait_for_a_person_is_not_of_the_time_that_a_call_has() {
    let upstream = Upstream::fixed("{}").await;
    let setting = Setting {
        call_timeout: LIMIT,
        approval: Settings {
            wait: LIMIT * 3,
            ..Setting::default().approval
        },
        ..Setting::default()
    };
    let text = connector("crm", &upstream.base_url(), READ_AND_WRITE);
    let gateway = Gateway::new(&[text], setting).await;
    let error = gateway.refused("crm__careful", json!({})).await;
    assert_eq!(error.code, ErrorCode::ApprovalRequired, "{error}");
}

/// The thread on which long answers are read has something else to do.
#[test]
fn a_call_whose_answer_is_not_read_ends_in_time_and_keeps_its_turn() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (go_on, goes_on) = mpsc::channel::<()>();
    runtime.block_on(async {
        let upstream = Upstream::start(|_| async { json_answer(format!("\"{}\"", "x".repeat(200_000))) }).await;
        let setting = Setting {
            concurrent: 1,
            call_timeout: LIMIT,
            ..Setting::default()
        };
        let text = connector("crm", &upstream.base_url(), READ_AND_WRITE);
        let gateway = Gateway::new(&[text], setting).await;
        tokio::task::spawn_blocking(move || goes_on.recv());
        let error = within("an end", gateway.refused("crm__write", json!({}))).await;
        assert_eq!(
            (error.code, error.retryable),
            (ErrorCode::OutcomeUnknown, false),
            "{error}"
        );
        let error = within("an end", gateway.refused("crm__read", json!({}))).await;
        assert_eq!(error.code, ErrorCode::Timeout, "{error}");
        assert_eq!(upstream.count(), 1);
        go_on.send(()).unwrap();
        assert_eq!(outcomes(&gateway).await, ["OUTCOME_UNKNOWN", "TIMEOUT"]);
    });
}
