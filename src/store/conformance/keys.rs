//! What every backend must do with keys for remote callers.

use super::at;
use crate::store::{KeyRecord, Store};

macro_rules! cases {
    ($open:path) => {
        $crate::store::conformance::each!(
            $open, keys:
            a_key_comes_back_as_it_was_kept,
            keys_come_newest_first,
            an_identifier_is_taken_once,
            a_key_is_revoked_once_and_stays,
        );
    };
}
pub(crate) use cases;

pub(crate) fn key(id: &str, second: i64) -> KeyRecord {
    KeyRecord {
        id: id.into(),
        name: Some("the night job".into()),
        user: "ana".into(),
        organisation: "acme".into(),
        roles: vec!["call".into(), "author".into()],
        connectors: Some(vec!["crm".into(), "wiki".into()]),
        hash: "ab".repeat(32),
        created_at: at(second),
        created_by: "olga".into(),
        expires_at: Some(at(second + 3_600)),
        revoked_at: None,
    }
}

async fn ids(store: &dyn Store) -> Vec<String> {
    let keys = store.list_keys().await.unwrap();
    keys.into_iter().map(|key| key.id).collect()
}

pub(crate) async fn a_key_comes_back_as_it_was_kept(store: &dyn Store) {
    let full = key("1", 1);
    let bare = KeyRecord {
        name: None,
        user: "\"'; DROP TABLE keys; --".into(),
        roles: Vec::new(),
        connectors: None,
        expires_at: None,
        ..key("2", 2)
    };
    let none = KeyRecord {
        connectors: Some(Vec::new()),
        ..key("3", 3)
    };
    for record in [&full, &bare, &none] {
        store.create_key(record).await.unwrap();
    }
    assert_eq!(store.list_keys().await.unwrap(), [none, bare, full]);
}

pub(crate) async fn keys_come_newest_first(store: &dyn Store) {
    for (id, second) in [("2", 2), ("1", 1), ("4", 3), ("3", 3)] {
        store.create_key(&key(id, second)).await.unwrap();
    }
    assert_eq!(ids(store).await, ["3", "4", "2", "1"]);
}

pub(crate) async fn an_identifier_is_taken_once(store: &dyn Store) {
    store.create_key(&key("1", 1)).await.unwrap();
    let other = KeyRecord {
        user: "eve".into(),
        ..key("1", 2)
    };
    assert!(store.create_key(&other).await.is_err());
    assert_eq!(store.list_keys().await.unwrap(), [key("1", 1)]);
}

pub(crate) async fn a_key_is_revoked_once_and_stays(store: &dyn Store) {
    store.create_key(&key("1", 1)).await.unwrap();
    store.create_key(&key("2", 2)).await.unwrap();
    assert!(!store.revoke_key("3", &at(3)).await.unwrap());
    assert!(store.revoke_key("1", &at(4)).await.unwrap());
    assert!(!store.revoke_key("1", &at(5)).await.unwrap());
    let revoked = KeyRecord {
        revoked_at: Some(at(4)),
        ..key("1", 1)
    };
    assert_eq!(store.list_keys().await.unwrap(), [key("2", 2), revoked]);
}
