//! What every backend must do with sealed secrets.

use super::at;
use crate::store::{Put, SealedSecret, SecretId, Store};

macro_rules! cases {
    ($open:path) => {
        $crate::store::conformance::each!(
            $open, secrets:
            a_secret_comes_back_as_it_was_stored,
            a_new_value_takes_the_next_version_and_keeps_the_first_moment,
            of_two_that_store_at_once_one_is_told_to_look_again,
            users_and_organisations_have_secrets_of_their_own,
            secrets_of_two_master_keys_never_stand_together,
            keys_are_replaced_all_or_none,
            a_removed_secret_is_gone,
        );
    };
}
pub(crate) use cases;

pub(crate) fn id(organisation: &str, user: Option<&str>, name: &str) -> SecretId {
    SecretId {
        organisation: organisation.into(),
        user: user.map(str::to_owned),
        name: name.into(),
    }
}

pub(crate) fn sealed(id: SecretId, version: u32, key_id: &str) -> SealedSecret {
    SealedSecret {
        id,
        version,
        key_id: key_id.into(),
        wrapped_key: vec![0, 1, 255],
        sealed_value: vec![0, 2, 254, 0],
        created_at: at(i64::from(version)),
        updated_at: at(i64::from(version)),
    }
}

async fn put(store: &dyn Store, secret: &SealedSecret) -> Put {
    store.put_secret(secret).await.unwrap()
}

pub(crate) async fn a_secret_comes_back_as_it_was_stored(store: &dyn Store) {
    for user in [None, Some("ana")] {
        let secret = sealed(id("acme", user, "crm/key"), 1, "k1");
        assert_eq!(store.find_secret(&secret.id).await.unwrap(), None);
        assert_eq!(put(store, &secret).await, Put::Stored);
        assert_eq!(store.find_secret(&secret.id).await.unwrap(), Some(secret));
    }
}

pub(crate) async fn a_new_value_takes_the_next_version_and_keeps_the_first_moment(store: &dyn Store) {
    let id = id("acme", None, "crm/key");
    put(store, &sealed(id.clone(), 1, "k1")).await;
    let second = SealedSecret {
        sealed_value: vec![9],
        wrapped_key: vec![8],
        ..sealed(id.clone(), 2, "k1")
    };
    assert_eq!(put(store, &second).await, Put::Stored);
    let expected = SealedSecret {
        created_at: at(1),
        ..second
    };
    assert_eq!(store.find_secret(&id).await.unwrap(), Some(expected));
}

pub(crate) async fn of_two_that_store_at_once_one_is_told_to_look_again(store: &dyn Store) {
    let id = id("acme", None, "crm/key");
    let first = sealed(id.clone(), 1, "k1");
    assert_eq!(put(store, &sealed(id.clone(), 2, "k1")).await, Put::Outdated);
    assert_eq!(put(store, &first).await, Put::Stored);
    let late = SealedSecret {
        sealed_value: vec![7],
        ..first.clone()
    };
    assert_eq!(put(store, &late).await, Put::Outdated);
    assert_eq!(put(store, &sealed(id.clone(), 3, "k1")).await, Put::Outdated);
    assert_eq!(store.find_secret(&id).await.unwrap(), Some(first));
}

pub(crate) async fn users_and_organisations_have_secrets_of_their_own(store: &dyn Store) {
    let ids = [
        id("acme", None, "crm/key"),
        id("acme", None, "erp/key"),
        id("acme", Some("ana"), "crm/key"),
        id("acme", Some("bob"), "crm/key"),
        id("zeta", None, "crm/key"),
    ];
    for id in ids.iter().rev() {
        assert_eq!(put(store, &sealed(id.clone(), 1, "k1")).await, Put::Stored, "{id:?}");
    }
    let listed = async |organisation: Option<&str>| {
        let secrets = store.list_secrets(organisation).await.unwrap();
        secrets.into_iter().map(|secret| secret.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(None).await, ids);
    assert_eq!(listed(Some("acme")).await, ids[..4]);
    assert_eq!(listed(Some("acm")).await, []);
    assert!(store.remove_secret(&ids[2]).await.unwrap());
    assert_eq!(listed(Some("acme")).await, [&ids[..2], &ids[3..4]].concat());
}

pub(crate) async fn secrets_of_two_master_keys_never_stand_together(store: &dyn Store) {
    let [first, second] = ["a", "b"].map(|name| id("acme", None, name));
    put(store, &sealed(first.clone(), 1, "k1")).await;
    let refused = Put::OtherKey("k1".into());
    assert_eq!(put(store, &sealed(second.clone(), 1, "k2")).await, refused);
    assert_eq!(put(store, &sealed(first.clone(), 2, "k2")).await, refused);
    assert_eq!(store.find_secret(&second).await.unwrap(), None);
    // An empty vault can begin anew with any key.
    assert!(store.remove_secret(&first).await.unwrap());
    assert_eq!(put(store, &sealed(second, 1, "k2")).await, Put::Stored);
}

pub(crate) async fn keys_are_replaced_all_or_none(store: &dyn Store) {
    let before = [
        sealed(id("acme", None, "a"), 1, "k1"),
        sealed(id("acme", Some("ana"), "a"), 1, "k1"),
    ];
    for secret in &before {
        put(store, secret).await;
    }
    let mut seen = Vec::new();
    let mut fails_at_second = |secret: &SealedSecret| {
        seen.push(secret.clone());
        (seen.len() < 2).then(|| vec![42])
    };
    assert_eq!(store.rewrap_secrets("k2", &mut fails_at_second).await.unwrap(), None);
    assert_eq!(seen, before);
    assert_eq!(store.list_secrets(None).await.unwrap(), before);

    let rewrapped = store.rewrap_secrets("k2", &mut |_| Some(vec![42])).await.unwrap();
    assert_eq!(rewrapped, Some(2));
    let after = before.map(|secret| SealedSecret {
        key_id: "k2".into(),
        wrapped_key: vec![42],
        ..secret
    });
    assert_eq!(store.list_secrets(None).await.unwrap(), after);
}

pub(crate) async fn a_removed_secret_is_gone(store: &dyn Store) {
    let secret = sealed(id("acme", None, "crm/key"), 1, "k1");
    assert!(!store.remove_secret(&secret.id).await.unwrap());
    put(store, &secret).await;
    assert!(store.remove_secret(&secret.id).await.unwrap());
    assert_eq!(store.find_secret(&secret.id).await.unwrap(), None);
    assert_eq!(put(store, &secret).await, Put::Stored);
}
