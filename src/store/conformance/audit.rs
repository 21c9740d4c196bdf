//! What every backend must do with audit rows.

use super::approvals::pending;
use super::at;
use crate::error_code::ErrorCode;
use crate::store::{ApprovalRecord, AuditFilter, AuditOutcome, AuditRecord, Store};

macro_rules! cases {
    ($open:path) => {
        $crate::store::conformance::each!(
            $open, audit:
            a_row_comes_back_as_it_was_written,
            an_intent_is_completed,
            the_newest_event_counts_until_there_is_an_end,
            a_row_that_has_ended_never_changes,
            the_chain_grows_with_every_event,
            an_earlier_head_is_found,
            old_events_are_cut_off_and_leave_an_anchor,
            only_a_beginning_is_cut_off,
            rows_come_newest_first_up_to_the_limit,
            filters_apply_alone_and_together,
            text_of_any_kind_is_data,
        );
    };
}
pub(crate) use cases;

pub(crate) fn finished_row(call_id: &str, second: i64) -> AuditRecord {
    AuditRecord {
        call_id: call_id.into(),
        started_at: at(second),
        ended_at: Some(at(second + 1)),
        user: "ana".into(),
        organisation: "acme".into(),
        channel: "stdio".into(),
        client: Some("inspector 1.0".into()),
        tool: "crm__create_ticket".into(),
        connector: Some("crm".into()),
        action: Some("create_ticket".into()),
        effect: Some("write".into()),
        method: Some("POST".into()),
        path: Some("/v1/tickets".into()),
        arguments_hash: Some("ab".repeat(32)),
        decision: "approved".into(),
        approval_id: Some("cd".repeat(16)),
        approver: Some("ana via cli".into()),
        outcome: "ok".into(),
        upstream_status: Some(201),
        requests: 1,
        bytes_out: 20,
        bytes_in: 4_000_000_000,
        duration_ms: 1_000,
        message: None,
    }
}

/// All that is known of a call that asked for this approval.
pub(crate) fn question_row(call_id: &str, second: i64, approval_id: &str) -> AuditRecord {
    AuditRecord {
        ended_at: None,
        decision: "pending".into(),
        approval_id: Some(approval_id.into()),
        approver: None,
        outcome: "APPROVAL_REQUIRED".into(),
        upstream_status: None,
        requests: 0,
        bytes_out: 0,
        bytes_in: 0,
        ..finished_row(call_id, second)
    }
}

pub(crate) fn intent_row(call_id: &str, second: i64) -> AuditRecord {
    AuditRecord {
        ended_at: None,
        outcome: "OUTCOME_UNKNOWN".into(),
        upstream_status: None,
        requests: 0,
        bytes_in: 0,
        duration_ms: 0,
        ..finished_row(call_id, second)
    }
}

async fn read_all(store: &dyn Store) -> Vec<AuditRecord> {
    store.read_audit(&AuditFilter::default()).await.unwrap()
}

async fn read_ids(store: &dyn Store, filter: AuditFilter) -> Vec<String> {
    store
        .read_audit(&filter)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.call_id)
        .collect()
}

pub(crate) async fn a_row_comes_back_as_it_was_written(store: &dyn Store) {
    let full = finished_row("2", 2);
    let bare = AuditRecord {
        client: None,
        connector: None,
        action: None,
        effect: None,
        method: None,
        path: None,
        arguments_hash: None,
        approval_id: None,
        approver: None,
        upstream_status: None,
        message: Some("no connector of that name".into()),
        ..finished_row("1", 1)
    };
    store.write_audit(&[bare.clone(), full.clone()], false).await.unwrap();
    assert_eq!(read_all(store).await, [full, bare]);
}

pub(crate) async fn an_intent_is_completed(store: &dyn Store) {
    store.write_audit(&[intent_row("1", 1)], true).await.unwrap();
    assert_eq!(read_all(store).await, [intent_row("1", 1)]);
    store.write_audit(&[finished_row("1", 1)], false).await.unwrap();
    assert_eq!(read_all(store).await, [finished_row("1", 1)]);
}

pub(crate) async fn the_newest_event_counts_until_there_is_an_end(store: &dyn Store) {
    let asked = AuditRecord {
        decision: "pending".into(),
        outcome: "APPROVAL_REQUIRED".into(),
        ..intent_row("1", 1)
    };
    for event in [asked, intent_row("1", 1), finished_row("1", 1)] {
        store.write_audit(std::slice::from_ref(&event), true).await.unwrap();
        assert_eq!(read_all(store).await, [event]);
    }
}

pub(crate) async fn a_row_that_has_ended_never_changes(store: &dyn Store) {
    let row = finished_row("1", 1);
    store.write_audit(std::slice::from_ref(&row), false).await.unwrap();
    let forged = AuditRecord {
        outcome: "TIMEOUT".into(),
        ..row.clone()
    };
    store.write_audit(&[forged, intent_row("1", 1)], true).await.unwrap();
    assert_eq!(read_all(store).await, [row]);
}

pub(crate) async fn rows_come_newest_first_up_to_the_limit(store: &dyn Store) {
    let rows = [
        finished_row("b", 1),
        finished_row("a", 1),
        finished_row("c", 0),
        finished_row("d", 3),
    ];
    store.write_audit(&rows, false).await.unwrap();
    let limited = |limit| AuditFilter {
        limit,
        ..AuditFilter::default()
    };
    assert_eq!(read_ids(store, limited(9)).await, ["d", "b", "a", "c"]);
    assert_eq!(read_ids(store, limited(2)).await, ["d", "b"]);
    assert!(read_ids(store, limited(0)).await.is_empty());
}

#[expect(clippy::too_many_lines, reason = "a table of filters")]
pub(crate) async fn filters_apply_alone_and_together(store: &dyn Store) {
    let row = |id: &str, second, connector: &str, action: &str, outcome: &str| AuditRecord {
        connector: Some(connector.into()),
        action: Some(action.into()),
        outcome: outcome.into(),
        ..finished_row(id, second)
    };
    let rows = [
        row("1", 1, "crm", "get", "ok"),
        row("2", 2, "crm", "list", "TIMEOUT"),
        AuditRecord {
            user: "eva".to_owned(),
            ..row("3", 3, "erp", "get", "ok")
        },
        AuditRecord {
            upstream_status: Some(504),
            ..row("4", 4, "erp", "get", "TIMEOUT")
        },
        intent_row("5", 0),
    ];
    store.write_audit(&rows, false).await.unwrap();
    let some = |text: &str| Some(text.to_owned());
    let all = AuditFilter::default;
    let cases = [
        (
            AuditFilter {
                connector: some("crm"),
                ..all()
            },
            vec!["2", "1", "5"],
        ),
        (
            AuditFilter {
                action: some("get"),
                ..all()
            },
            vec!["4", "3", "1"],
        ),
        (
            AuditFilter {
                user: some("eva"),
                ..all()
            },
            vec!["3"],
        ),
        (AuditFilter { failed: true, ..all() }, vec!["4", "2"]),
        (
            AuditFilter {
                upstream_status: Some(504),
                ..all()
            },
            vec!["4"],
        ),
        (
            AuditFilter {
                upstream_status: Some(201),
                connector: some("crm"),
                since: Some(at(1)),
                ..all()
            },
            vec!["2", "1"],
        ),
        (
            AuditFilter {
                outcome: Some(AuditOutcome::Failed(ErrorCode::Timeout)),
                ..all()
            },
            vec!["4", "2"],
        ),
        (
            AuditFilter {
                call_id: some("3"),
                ..all()
            },
            vec!["3"],
        ),
        (
            AuditFilter {
                since: Some(at(3)),
                ..all()
            },
            vec!["4", "3"],
        ),
        (
            AuditFilter {
                connector: some("erp"),
                outcome: Some(AuditOutcome::Succeeded),
                ..all()
            },
            vec!["3"],
        ),
        (
            AuditFilter {
                connector: some("crm"),
                since: Some(at(2)),
                limit: 1,
                ..all()
            },
            vec!["2"],
        ),
        (
            AuditFilter {
                connector: some("cr"),
                ..all()
            },
            vec![],
        ),
    ];
    for (filter, ids) in cases {
        assert_eq!(read_ids(store, filter.clone()).await, ids, "{filter:?}");
    }
}

pub(crate) async fn the_chain_grows_with_every_event(store: &dyn Store) {
    let mut heads = vec![store.verify_audit(None).await.unwrap().head];
    let batches = [
        vec![intent_row("1", 1)],
        vec![finished_row("1", 1), intent_row("2", 2), finished_row("3", 2)],
        (4..304)
            .map(|number| finished_row(&number.to_string(), number))
            .collect(),
        vec![finished_row("304", 304)],
    ];
    let mut written = 0;
    for batch in batches {
        store.write_audit(&batch, false).await.unwrap();
        written += batch.len() as u64;
        let found = store.verify_audit(None).await.unwrap();
        assert!(found.holds(), "{found:?}");
        assert_eq!(found.events, written);
        assert!(!heads.contains(&found.head), "{heads:?}");
        heads.push(found.head);
    }
}

pub(crate) async fn an_earlier_head_is_found(store: &dyn Store) {
    store.write_audit(&[finished_row("1", 1)], false).await.unwrap();
    let noted = store.verify_audit(None).await.unwrap().head;
    store
        .write_audit(&[finished_row("2", 2), finished_row("3", 3)], false)
        .await
        .unwrap();
    let found = store.verify_audit(Some(&noted)).await.unwrap();
    assert_eq!((found.holds(), found.noted_head_found), (true, Some(true)));
    let found = store.verify_audit(Some(&"ab".repeat(32))).await.unwrap();
    assert_eq!((found.holds(), found.noted_head_found), (false, Some(false)));
}

pub(crate) async fn old_events_are_cut_off_and_leave_an_anchor(store: &dyn Store) {
    let rows: Vec<_> = (1..=6)
        .map(|second| finished_row(&second.to_string(), second))
        .collect();
    store.write_audit(&rows, false).await.unwrap();
    let head = store.verify_audit(None).await.unwrap().head;
    // Rows end a second after they start.
    for (before, most, cut, total) in [
        (at(2), 10, 0, 0),
        (at(4), 10, 2, 2),
        (at(4), 10, 0, 2),
        (at(9), 0, 0, 2),
        (at(9), 1, 1, 3),
        (at(9), 10, 3, 6),
        (at(9), 10, 0, 6),
    ] {
        assert_eq!(store.prune_audit(&before, most).await.unwrap(), cut, "{before} {most}");
        let found = store.verify_audit(Some(&head)).await.unwrap();
        assert!(found.holds(), "{found:?}");
        assert_eq!((found.cut, found.events), (total, 6 - total));
        assert_eq!(found.head, head);
    }
    store.write_audit(&[finished_row("7", 7)], false).await.unwrap();
    let found = store.verify_audit(Some(&head)).await.unwrap();
    assert!(found.holds(), "{found:?}");
    assert_eq!((found.cut, found.events), (6, 1));
    assert_eq!(read_ids(store, AuditFilter::default()).await, ["7"]);
}

pub(crate) async fn only_a_beginning_is_cut_off(store: &dyn Store) {
    // Events stand in the order of their ends: an old one behind a young one stays.
    let rows = [
        finished_row("old", 1),
        intent_row("open and old", 1),
        finished_row("young", 9),
        finished_row("late", 2),
        intent_row("open", 9),
    ];
    store.write_audit(&rows, false).await.unwrap();
    assert_eq!(store.prune_audit(&at(5), 10).await.unwrap(), 2);
    assert_eq!(read_ids(store, AuditFilter::default()).await, ["young", "open", "late"]);
    assert!(store.verify_audit(None).await.unwrap().holds());
}

pub(crate) async fn text_of_any_kind_is_data(store: &dyn Store) {
    for (number, text) in ["'; DROP TABLE audit; --", "\u{0}\u{202e}é\n\"", "", "%_?1"]
        .into_iter()
        .enumerate()
    {
        let id = number.to_string();
        let row = AuditRecord {
            tool: text.into(),
            connector: Some(text.into()),
            channel: text.into(),
            effect: Some(text.into()),
            decision: text.into(),
            outcome: text.into(),
            ..finished_row(&id, 1)
        };
        store.write_audit(std::slice::from_ref(&row), false).await.unwrap();
        let filter = AuditFilter {
            connector: Some(text.into()),
            ..AuditFilter::default()
        };
        assert_eq!(store.read_audit(&filter).await.unwrap(), [row]);
        let record = ApprovalRecord {
            action: text.into(),
            effect: text.into(),
            ..pending(&id, 1)
        };
        store.find_or_create_approval(&record, text, &at(1)).await.unwrap();
        assert_eq!(store.get_approval(&id).await.unwrap(), Some(record));
        assert_eq!(store.read_approval_arguments(&id).await.unwrap().as_deref(), Some(text));
    }
}
