//! What every backend must do with approvals.

use super::at;
use crate::store::{ApprovalKey, ApprovalRecord, ApprovalState, Decision, Store, Via};

macro_rules! cases {
    ($open:path) => {
        $crate::store::conformance::each!(
            $open, approvals:
            asking_again_finds_the_open_record,
            an_approved_record_is_found_until_it_is_used,
            every_part_of_the_key_counts,
            expired_records_allow_nothing_and_make_room,
            a_decision_counts_once,
            an_approval_can_be_revoked_until_it_is_used,
            the_newest_record_of_a_key_is_found,
            lists_are_newest_first_and_filtered,
            the_states_of_many_are_told_at_once,
            unknown_ids_change_nothing,
            callers_racing_for_one_key_share_one_record,
            callers_racing_for_one_approval_use_it_once,
            arguments_are_forgotten_once_nothing_waits_for_them,
            old_records_are_removed,
        );
    };
}
pub(crate) use cases;

const ARGUMENTS: &str = r#"{"title":"It leaks"}"#;

pub(crate) fn pending(id: &str, second: i64) -> ApprovalRecord {
    ApprovalRecord {
        id: id.into(),
        call_id: format!("call of {id}"),
        user: "ana".into(),
        organisation: "acme".into(),
        connector: "crm".into(),
        action: "create_ticket".into(),
        effect: "write".into(),
        method: "POST".into(),
        path: "/v1/tickets".into(),
        arguments_hash: "hash".into(),
        revision: "1".into(),
        state: ApprovalState::Pending,
        created_at: at(second),
        expires_at: at(second + 600),
        decided_at: None,
        decided_by: None,
        decided_via: None,
        ended_at: None,
    }
}

fn decision(approved: bool, second: i64) -> Decision {
    Decision {
        approved,
        at: at(second),
        by: "ben".into(),
        via: Via::Cli,
    }
}

pub(crate) async fn asking_again_finds_the_open_record(store: &dyn Store) {
    let first = store
        .find_or_create_approval(&pending("1", 0), ARGUMENTS, &at(0))
        .await
        .unwrap();
    assert_eq!(first, pending("1", 0));
    assert_eq!(
        store
            .find_or_create_approval(&pending("2", 5), ARGUMENTS, &at(5))
            .await
            .unwrap(),
        first
    );
    assert_eq!(store.get_approval("2").await.unwrap(), None);
    assert!(store.decide_approval("1", &decision(false, 6)).await.unwrap());
    assert_eq!(
        store
            .find_or_create_approval(&pending("3", 7), ARGUMENTS, &at(7))
            .await
            .unwrap()
            .id,
        "3"
    );
}

pub(crate) async fn an_approved_record_is_found_until_it_is_used(store: &dyn Store) {
    store
        .find_or_create_approval(&pending("1", 0), ARGUMENTS, &at(0))
        .await
        .unwrap();
    let key = pending("1", 0).key();
    assert!(
        !store.use_approval("1", &key, &at(1)).await.unwrap(),
        "used while pending"
    );
    assert!(store.decide_approval("1", &decision(true, 1)).await.unwrap());
    let found = store
        .find_or_create_approval(&pending("2", 2), ARGUMENTS, &at(2))
        .await
        .unwrap();
    assert_eq!((found.id.as_str(), found.state), ("1", ApprovalState::Approved));
    assert_eq!(found.decided_at, Some(at(1)));
    assert_eq!(
        (found.decided_by.as_deref(), found.decided_via),
        (Some("ben"), Some(Via::Cli))
    );
    assert!(store.use_approval("1", &key, &at(3)).await.unwrap());
    assert!(!store.use_approval("1", &key, &at(3)).await.unwrap(), "used twice");
    assert_eq!(
        store.get_approval("1").await.unwrap().unwrap().state,
        ApprovalState::Used
    );
    assert_eq!(
        store
            .find_or_create_approval(&pending("2", 4), ARGUMENTS, &at(4))
            .await
            .unwrap()
            .id,
        "2"
    );
}

pub(crate) async fn every_part_of_the_key_counts(store: &dyn Store) {
    let stored = pending("1", 0);
    store.find_or_create_approval(&stored, ARGUMENTS, &at(0)).await.unwrap();
    assert!(store.decide_approval("1", &decision(true, 1)).await.unwrap());
    let key = stored.key();
    let other = "other".to_owned();
    let others = [
        ApprovalKey {
            user: other.clone(),
            ..key.clone()
        },
        ApprovalKey {
            organisation: other.clone(),
            ..key.clone()
        },
        ApprovalKey {
            connector: other.clone(),
            ..key.clone()
        },
        ApprovalKey {
            action: other.clone(),
            ..key.clone()
        },
        ApprovalKey {
            arguments_hash: other.clone(),
            ..key.clone()
        },
        ApprovalKey {
            revision: other,
            ..key.clone()
        },
    ];
    for other in others {
        assert!(!store.use_approval("1", &other, &at(2)).await.unwrap(), "{other:?}");
        assert_eq!(store.find_approval(&other, &at(2)).await.unwrap(), None, "{other:?}");
    }
    assert!(store.find_approval(&key, &at(2)).await.unwrap().is_some());
    assert!(store.use_approval("1", &key, &at(2)).await.unwrap());
}

pub(crate) async fn expired_records_allow_nothing_and_make_room(store: &dyn Store) {
    let key = pending("1", 0).key();
    store
        .find_or_create_approval(&pending("1", 0), ARGUMENTS, &at(0))
        .await
        .unwrap();
    assert!(
        !store.decide_approval("1", &decision(true, 600)).await.unwrap(),
        "decided at its expiry"
    );
    assert_eq!(store.find_approval(&key, &at(600)).await.unwrap(), None);
    let second = store
        .find_or_create_approval(&pending("2", 600), ARGUMENTS, &at(600))
        .await
        .unwrap();
    assert_eq!(second.id, "2");
    assert!(store.decide_approval("2", &decision(true, 1199)).await.unwrap());
    assert!(
        !store.use_approval("2", &key, &at(1200)).await.unwrap(),
        "used at its expiry"
    );
    let third = store
        .find_or_create_approval(&pending("3", 1200), ARGUMENTS, &at(1200))
        .await
        .unwrap();
    assert_eq!(third.id, "3");
    assert_eq!(
        store.get_approval("1").await.unwrap(),
        Some(pending("1", 0)),
        "history is kept"
    );
}

pub(crate) async fn a_decision_counts_once(store: &dyn Store) {
    store
        .find_or_create_approval(&pending("1", 0), ARGUMENTS, &at(0))
        .await
        .unwrap();
    assert!(store.decide_approval("1", &decision(false, 1)).await.unwrap());
    assert!(!store.decide_approval("1", &decision(true, 2)).await.unwrap());
    let stored = store.get_approval("1").await.unwrap().unwrap();
    assert_eq!(
        (stored.state, stored.decided_at.clone()),
        (ApprovalState::Denied, Some(at(1)))
    );
    assert!(!store.use_approval("1", &stored.key(), &at(3)).await.unwrap());
}

pub(crate) async fn an_approval_can_be_revoked_until_it_is_used(store: &dyn Store) {
    let key = pending("1", 0).key();
    store
        .find_or_create_approval(&pending("1", 0), ARGUMENTS, &at(0))
        .await
        .unwrap();
    let deny = |second| decision(false, second);
    assert!(
        !store.revoke_approval("1", &deny(1)).await.unwrap(),
        "revoked while pending"
    );
    assert!(store.decide_approval("1", &decision(true, 2)).await.unwrap());
    assert!(
        !store.revoke_approval("1", &deny(600)).await.unwrap(),
        "revoked at its expiry"
    );
    assert!(store.revoke_approval("1", &deny(3)).await.unwrap());
    assert!(
        !store.use_approval("1", &key, &at(4)).await.unwrap(),
        "used though it was revoked"
    );
    let stored = store.get_approval("1").await.unwrap().unwrap();
    assert_eq!((stored.state, stored.decided_at), (ApprovalState::Denied, Some(at(3))));
    store
        .find_or_create_approval(&pending("2", 5), ARGUMENTS, &at(5))
        .await
        .unwrap();
    assert!(store.decide_approval("2", &decision(true, 6)).await.unwrap());
    assert!(store.use_approval("2", &key, &at(7)).await.unwrap());
    assert!(
        !store.revoke_approval("2", &deny(8)).await.unwrap(),
        "revoked though it was used"
    );
}

pub(crate) async fn the_newest_record_of_a_key_is_found(store: &dyn Store) {
    let key = pending("1", 0).key();
    assert_eq!(store.find_approval(&key, &at(0)).await.unwrap(), None);
    store
        .find_or_create_approval(&pending("1", 0), ARGUMENTS, &at(0))
        .await
        .unwrap();
    assert!(store.decide_approval("1", &decision(false, 0)).await.unwrap());
    store
        .find_or_create_approval(&pending("2", 0), ARGUMENTS, &at(0))
        .await
        .unwrap();
    assert_eq!(store.find_approval(&key, &at(1)).await.unwrap().unwrap().id, "2");
    assert!(store.decide_approval("2", &decision(false, 1)).await.unwrap());
    assert_eq!(
        store.find_approval(&key, &at(1)).await.unwrap().unwrap().state,
        ApprovalState::Denied
    );
}

/// Asks for a call of its own at `second`.
async fn ask(store: &dyn Store, id: &str, second: i64) {
    let record = ApprovalRecord {
        arguments_hash: id.into(),
        ..pending(id, second)
    };
    store
        .find_or_create_approval(&record, ARGUMENTS, &at(second))
        .await
        .unwrap();
}

pub(crate) async fn lists_are_newest_first_and_filtered(store: &dyn Store) {
    for (id, second) in [("1", 0), ("2", 0), ("3", 9), ("4", 4)] {
        ask(store, id, second).await;
    }
    assert!(store.decide_approval("2", &decision(true, 9)).await.unwrap());
    let ids = |records: Vec<ApprovalRecord>| records.into_iter().map(|record| record.id).collect::<Vec<_>>();
    assert_eq!(
        ids(store.list_approvals(None, None, 10).await.unwrap()),
        ["3", "4", "2", "1"]
    );
    assert_eq!(ids(store.list_approvals(None, None, 2).await.unwrap()), ["3", "4"]);
    assert_eq!(
        ids(store
            .list_approvals(Some(ApprovalState::Pending), None, 10)
            .await
            .unwrap()),
        ["3", "4", "1"]
    );
    assert_eq!(
        ids(store
            .list_approvals(Some(ApprovalState::Approved), None, 10)
            .await
            .unwrap()),
        ["2"]
    );
    let expiry = pending("1", 1).expires_at;
    let unexpired = store.list_approvals(None, Some(&expiry), 10).await.unwrap();
    assert!(!unexpired.is_empty() && unexpired.iter().all(|record| record.expires_at > expiry));
    assert!(
        store
            .list_approvals(Some(ApprovalState::Used), None, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn the_states_of_many_are_told_at_once(store: &dyn Store) {
    for number in 0..4 {
        let mut record = pending(&number.to_string(), number);
        record.arguments_hash = format!("hash {number}");
        let made = store.find_or_create_approval(&record, ARGUMENTS, &at(5)).await;
        assert_eq!(made.unwrap().id, record.id);
    }
    assert!(store.decide_approval("1", &decision(true, 6)).await.unwrap());
    assert!(store.decide_approval("2", &decision(false, 6)).await.unwrap());
    let states = async |ids: &[&str]| {
        let mut states: Vec<_> = store.approval_states(ids).await.unwrap().into_iter().collect();
        states.sort_by(|(one, _), (other, _)| one.cmp(other));
        states
    };
    let told = |states: &[(&str, ApprovalState)]| -> Vec<(String, ApprovalState)> {
        states.iter().map(|(id, state)| ((*id).to_owned(), *state)).collect()
    };
    assert_eq!(
        states(&["2", "1", "0", "9", "1", "0' OR '1'='1"]).await,
        told(&[
            ("0", ApprovalState::Pending),
            ("1", ApprovalState::Approved),
            ("2", ApprovalState::Denied)
        ])
    );
    assert_eq!(states(&[]).await, told(&[]));
}

pub(crate) async fn unknown_ids_change_nothing(store: &dyn Store) {
    assert_eq!(store.get_approval("1").await.unwrap(), None);
    assert!(!store.decide_approval("1", &decision(true, 0)).await.unwrap());
    assert!(!store.use_approval("1", &pending("1", 0).key(), &at(0)).await.unwrap());
}

pub(crate) async fn callers_racing_for_one_key_share_one_record(store: &dyn Store) {
    let records: Vec<ApprovalRecord> = (0..20).map(|number| pending(&number.to_string(), 0)).collect();
    let now = at(0);
    let asking = records
        .iter()
        .map(|record| store.find_or_create_approval(record, ARGUMENTS, &now));
    let answers = futures_util::future::try_join_all(asking).await.unwrap();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(store.list_approvals(None, None, 100).await.unwrap().len(), 1);
}

pub(crate) async fn callers_racing_for_one_approval_use_it_once(store: &dyn Store) {
    store
        .find_or_create_approval(&pending("1", 0), ARGUMENTS, &at(0))
        .await
        .unwrap();
    assert!(store.decide_approval("1", &decision(true, 1)).await.unwrap());
    let (key, now) = (pending("1", 0).key(), at(2));
    let using = (0..20).map(|_| store.use_approval("1", &key, &now));
    let used = futures_util::future::try_join_all(using).await.unwrap();
    assert_eq!(used.into_iter().filter(|used| *used).count(), 1);
}

/// The identifiers of those whose arguments are left, in order.
async fn with_arguments(store: &dyn Store) -> Vec<String> {
    let mut ids = Vec::new();
    for record in store.list_approvals(None, None, 100).await.unwrap() {
        let arguments = store.read_approval_arguments(&record.id).await.unwrap();
        if let Some(arguments) = arguments {
            assert_eq!(arguments, ARGUMENTS);
            ids.push(record.id);
        }
    }
    ids.sort();
    ids
}

pub(crate) async fn arguments_are_forgotten_once_nothing_waits_for_them(store: &dyn Store) {
    for id in ["allowed", "denied", "used", "waits"] {
        let record = ApprovalRecord {
            arguments_hash: id.into(),
            ..pending(id, 0)
        };
        store.find_or_create_approval(&record, ARGUMENTS, &at(0)).await.unwrap();
        if id != "waits" {
            let approved = id != "denied";
            assert!(store.decide_approval(id, &decision(approved, 1)).await.unwrap());
        }
    }
    let key = ApprovalKey {
        arguments_hash: "used".into(),
        ..pending("used", 0).key()
    };
    assert!(store.use_approval("used", &key, &at(9)).await.unwrap());
    assert_eq!(store.forget_approval_arguments(&at(1), 10).await.unwrap(), 0);
    assert_eq!(store.forget_approval_arguments(&at(2), 10).await.unwrap(), 1);
    assert_eq!(with_arguments(store).await, ["allowed", "used", "waits"]);
    assert_eq!(store.forget_approval_arguments(&at(10), 10).await.unwrap(), 1);
    assert_eq!(with_arguments(store).await, ["allowed", "waits"]);
    assert_eq!(store.forget_approval_arguments(&at(600), 10).await.unwrap(), 0);
    assert_eq!(store.forget_approval_arguments(&at(601), 1).await.unwrap(), 1);
    assert_eq!(store.forget_approval_arguments(&at(601), 10).await.unwrap(), 1);
    assert_eq!(store.list_approvals(None, None, 10).await.unwrap().len(), 4);
    let used = store.get_approval("used").await.unwrap().unwrap();
    assert_eq!((used.state, used.ended_at), (ApprovalState::Used, Some(at(9))));
}

pub(crate) async fn old_records_are_removed(store: &dyn Store) {
    for (id, second) in [("1", 0), ("2", 1), ("3", 2)] {
        ask(store, id, second).await;
    }
    assert!(store.decide_approval("3", &decision(false, 3)).await.unwrap());
    assert_eq!(store.prune_approvals(&at(600), 10).await.unwrap(), 0);
    assert_eq!(store.prune_approvals(&at(602), 1).await.unwrap(), 1);
    assert_eq!(with_arguments(store).await, ["2", "3"]);
    assert_eq!(store.prune_approvals(&at(602), 10).await.unwrap(), 1);
    assert_eq!(store.get_approval("1").await.unwrap(), None);
    assert_eq!(store.read_approval_arguments("2").await.unwrap(), None);
    // What was refused stays refused until it expires, whatever else is gone.
    assert_eq!(with_arguments(store).await, ["3"]);
}
