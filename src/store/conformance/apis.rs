//! What every backend must keep of APIs.

use super::at;
use super::audit::{finished_row, intent_row};
use crate::store::{ApiSighting, ApiUsage, AuditRecord, Store};

macro_rules! cases {
    ($open:path) => {
        $crate::store::conformance::each!(
            $open, apis:
            an_api_keeps_when_it_came_and_when_it_changed,
            a_switch_stays_until_it_is_turned_back,
            what_was_removed_begins_anew_when_it_is_there_again,
            calls_are_counted_for_each_api,
            the_last_call_that_tried_the_connection_tells_of_it,
        );
    };
}
pub(crate) use cases;

fn sighting(slug: &str, revision: &str) -> ApiSighting {
    ApiSighting {
        slug: slug.into(),
        revision: revision.into(),
    }
}

fn call(id: &str, second: i64, connector: &str) -> AuditRecord {
    AuditRecord {
        connector: Some(connector.into()),
        ..finished_row(id, second)
    }
}

async fn usage(store: &dyn Store, slug: &str) -> ApiUsage {
    let usages = store.api_usage(&at(100)).await.unwrap();
    usages.into_iter().find(|usage| usage.slug == slug).unwrap()
}

/// What the API `crm` is told to have ended with last.
async fn last_connection(store: &dyn Store) -> Option<String> {
    let last = usage(store, "crm").await.last_connection;
    last.map(|outcome| outcome.to_string())
}

async fn dates(store: &dyn Store) -> [Option<String>; 2] {
    let usage = usage(store, "crm").await;
    [usage.created_at, usage.updated_at]
}

pub(crate) async fn an_api_keeps_when_it_came_and_when_it_changed(store: &dyn Store) {
    store.sight_apis(&[sighting("crm", "a")], &at(1)).await.unwrap();
    assert_eq!(dates(store).await, [Some(at(1)), Some(at(1))]);
    store
        .sight_apis(&[sighting("crm", "a"), sighting("erp", "a")], &at(2))
        .await
        .unwrap();
    assert_eq!(dates(store).await, [Some(at(1)), Some(at(1))]);
    store.sight_apis(&[sighting("crm", "b")], &at(3)).await.unwrap();
    assert_eq!(dates(store).await, [Some(at(1)), Some(at(3))]);
    assert_eq!(usage(store, "erp").await.created_at, Some(at(2)));
}

pub(crate) async fn a_switch_stays_until_it_is_turned_back(store: &dyn Store) {
    assert!(!store.switch_api("crm", false).await.unwrap(), "nothing to switch");
    store
        .sight_apis(&[sighting("crm", "a"), sighting("erp", "a")], &at(1))
        .await
        .unwrap();
    assert!(!store.switch_api("crm", true).await.unwrap(), "it is on");
    assert!(store.switch_api("crm", false).await.unwrap());
    assert!(!store.switch_api("crm", false).await.unwrap(), "it is off");
    // A change of its files does not switch it on.
    store.sight_apis(&[sighting("crm", "b")], &at(2)).await.unwrap();
    assert_eq!(store.disabled_apis().await.unwrap(), ["crm".to_owned()].into());
    assert!(usage(store, "crm").await.disabled && !usage(store, "erp").await.disabled);
    assert!(store.switch_api("crm", true).await.unwrap());
    assert!(store.disabled_apis().await.unwrap().is_empty());
}

pub(crate) async fn what_was_removed_begins_anew_when_it_is_there_again(store: &dyn Store) {
    store.sight_apis(&[sighting("crm", "a")], &at(1)).await.unwrap();
    store.write_audit(&[call("1", 1, "crm")], false).await.unwrap();
    store.remove_api("crm").await.unwrap();
    store.remove_api("crm").await.unwrap();
    assert_eq!(store.disabled_apis().await.unwrap(), ["crm".to_owned()].into());
    assert_eq!(store.api_usage(&at(0)).await.unwrap(), []);
    assert!(!store.switch_api("crm", true).await.unwrap(), "it is gone");
    store.sight_apis(&[sighting("crm", "a")], &at(9)).await.unwrap();
    assert_eq!(dates(store).await, [Some(at(9)), Some(at(9))]);
    assert!(store.disabled_apis().await.unwrap().is_empty());
}

pub(crate) async fn calls_are_counted_for_each_api(store: &dyn Store) {
    store.sight_apis(&[sighting("quiet", "a")], &at(1)).await.unwrap();
    let rows = [
        call("1", 1, "crm"),
        call("2", 100, "crm"),
        call("3", 101, "crm"),
        call("4", 50, "erp"),
        AuditRecord {
            connector: None,
            ..call("5", 200, "crm")
        },
    ];
    store.write_audit(&rows, false).await.unwrap();
    let usages = store.api_usage(&at(100)).await.unwrap();
    let told: Vec<_> = usages
        .iter()
        .map(|usage| {
            (
                usage.slug.as_str(),
                usage.total_calls,
                usage.recent_calls,
                usage.last_used_at.clone(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("crm", 3, 2, Some(at(101))),
            ("erp", 1, 0, Some(at(50))),
            ("quiet", 0, 0, None)
        ]
    );
    assert_eq!(usages[0].created_at, None);
}

pub(crate) async fn the_last_call_that_tried_the_connection_tells_of_it(store: &dyn Store) {
    let ended = |id: &str, second, outcome: &str, requests| AuditRecord {
        outcome: outcome.into(),
        requests,
        ..call(id, second, "crm")
    };
    for (row, told) in [
        (ended("1", 1, "RATE_LIMITED", 0), None),
        (ended("2", 2, "ok", 1), Some("ok")),
        (ended("3", 3, "INVALID_REQUEST", 0), Some("ok")),
        (ended("4", 4, "AUTHENTICATION_FAILED", 0), Some("AUTHENTICATION_FAILED")),
        (ended("5", 5, "SSL_ERROR", 0), Some("SSL_ERROR")),
        (ended("6", 6, "CONNECTION_REFUSED", 0), Some("CONNECTION_REFUSED")),
        (ended("7", 7, "UPSTREAM_ERROR", 1), Some("UPSTREAM_ERROR")),
        (intent_row("8", 8), Some("UPSTREAM_ERROR")),
    ] {
        store.write_audit(std::slice::from_ref(&row), false).await.unwrap();
        assert_eq!(last_connection(store).await.as_deref(), told, "{row:?}");
        store.add_up_calls(1_000).await.unwrap();
        assert_eq!(last_connection(store).await.as_deref(), told, "{row:?}");
    }
}
