use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;
use tokio::time::Instant;

use super::opened::FRESH;
use super::*;
use crate::config::VaultConfig;
use crate::connector::model::SecretName;
use crate::store::conformance::secrets::id;
use crate::store::memory::MemoryStore;
use crate::store::sqlite::SqliteStore;
use crate::store::{SealedSecret, Store};

const ACME: &str = "acme";

/// A vault in a folder of its own, and more of the same, as other processes have them.
struct Shared {
    store: Arc<dyn Store>,
    folder: TempDir,
}

impl Shared {
    fn new() -> Self {
        Self::over(Arc::new(MemoryStore::default()))
    }

    fn over(store: Arc<dyn Store>) -> Self {
        let folder = TempDir::new().unwrap();
        Self { store, folder }
    }

    fn vault(&self) -> Vault {
        let source = KeySource::of(&VaultConfig::default(), self.state());
        Vault::new(Arc::clone(&self.store), source)
    }

    fn state(&self) -> &Path {
        self.folder.path()
    }
}

fn of(user: &str) -> Holder<'_> {
    Holder {
        organisation: ACME,
        user,
        sees_everybodys: false,
    }
}

async fn set(vault: &Vault, user: Option<&str>, name: &str, value: &str) -> Stored {
    vault.set(&id(ACME, user, name), &value.into()).await.unwrap()
}

async fn open(vault: &Vault, reference: &str, holder: Holder<'_>) -> Result<String, SecretError> {
    let name = SecretName::parse(reference).unwrap();
    let value = vault.open(&name, holder).await?;
    Ok(value.expose_secret().to_owned())
}

#[tokio::test]
async fn a_variable_is_read_and_a_missing_one_is_named() {
    // Cargo sets this one for every test that it runs.
    let name = "CARGO_PKG_NAME".to_owned();
    let reference = SecretRef::Environment(name);
    let found = EnvironmentSecrets.resolve(&reference, Holder::local()).await.unwrap();
    assert_eq!(found.expose_secret(), "toolgate");

    let reference = SecretRef::Environment("TOOLGATE_TEST_NEVER_SET".to_owned());
    let missing = EnvironmentSecrets
        .resolve(&reference, Holder::local())
        .await
        .unwrap_err();
    assert_eq!(
        missing.to_string(),
        "the environment variable `TOOLGATE_TEST_NEVER_SET` is not set, or is empty"
    );
}

#[tokio::test]
async fn a_user_gets_their_own_secret_else_the_shared_one_and_never_anothers() {
    let shared = Shared::new();
    let vault = shared.vault();
    set(&vault, None, "crm/key", "shared").await;
    set(&vault, Some("ana"), "crm/key", "anas").await;
    set(&vault, Some("bob"), "erp/key", "bobs").await;
    let operator = Holder {
        sees_everybodys: true,
        ..of(LOCAL)
    };
    let cases = [
        ("vault://crm/key", of("ana"), Some("anas")),
        ("encrypted:crm/key", of("ana"), Some("anas")),
        ("vault://crm/key", of("bob"), Some("shared")),
        ("vault://erp/key", of("bob"), Some("bobs")),
        ("vault://erp/key", of("ana"), None),
        // The long form is one user's alone, and the shared one does not stand in for it.
        ("vault://users/ana/apis/crm/key", of("ana"), Some("anas")),
        ("vault://users/ana/apis/crm/key", of("bob"), None),
        ("vault://users/bob/apis/crm/key", of("bob"), None),
        // The single person of a local process may use every user's, and not somebody with a key for that name.
        ("vault://users/bob/apis/erp/key", operator, Some("bobs")),
        ("vault://users/bob/apis/erp/key", of(LOCAL), None),
        ("vault://erp/key", operator, None),
        // Another organisation's secrets do not exist.
        ("vault://crm/key", Holder::local(), None),
        ("vault://users/ana/apis/crm/key", Holder::local(), None),
        (
            "vault://crm/key",
            Holder {
                organisation: "zeta",
                user: "ana",
                sees_everybodys: false,
            },
            None,
        ),
    ];
    for (reference, holder, expected) in cases {
        let found = open(&vault, reference, holder).await;
        assert_eq!(found.ok().as_deref(), expected, "{reference} for {holder:?}");
    }
    assert!(vault.list("zeta").await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_missing_says_how_to_store_it() {
    let shared = Shared::new();
    let vault = shared.vault();
    let missing = open(&vault, "vault://crm/key", of("ana")).await.unwrap_err();
    assert_eq!(
        missing.to_string(),
        "the vault holds no `vault://crm/key` for the user `ana` of the organisation `acme`: store it with \
         `toolgate vault set crm/key --organisation acme`"
    );
    let missing = open(&vault, "vault://crm/key", Holder::local()).await.unwrap_err();
    assert!(missing.to_string().ends_with("`toolgate vault set crm/key`"));
    // Looking makes no key.
    assert!(!shared.state().join("master.key").exists());
}

#[tokio::test(start_paused = true)]
async fn a_change_of_another_process_is_in_use_after_two_seconds() {
    let shared = Shared::new();
    let [server, operator] = [(); 2].map(|()| shared.vault());
    let name = "vault://crm/key";
    let wait = async |duration| tokio::time::sleep(duration).await;
    set(&operator, None, "crm/key", "first").await;
    assert_eq!(open(&server, name, of("ana")).await.as_deref(), Ok("first"));

    set(&operator, None, "crm/key", "second").await;
    wait(Duration::from_millis(1_999)).await;
    assert_eq!(open(&server, name, of("ana")).await.as_deref(), Ok("first"));
    wait(Duration::from_millis(1)).await;
    assert_eq!(open(&server, name, of("ana")).await.as_deref(), Ok("second"));

    set(&operator, Some("ana"), "crm/key", "anas").await;
    wait(FRESH).await;
    assert_eq!(open(&server, name, of("ana")).await.as_deref(), Ok("anas"));
    assert_eq!(open(&server, name, of("bob")).await.as_deref(), Ok("second"));

    assert!(operator.remove(&id(ACME, None, "crm/key")).await.unwrap());
    assert!(operator.remove(&id(ACME, Some("ana"), "crm/key")).await.unwrap());
    wait(FRESH).await;
    for user in ["ana", "bob"] {
        assert!(open(&server, name, of(user)).await.is_err(), "{user}");
    }
    assert_eq!(FRESH, Duration::from_secs(2), "the documented bound");
}

#[tokio::test(start_paused = true)]
async fn calls_in_quick_succession_ask_the_store_once() {
    let store = Arc::new(MemoryStore::default());
    let shared = Shared::over(Arc::clone(&store) as Arc<dyn Store>);
    let vault = shared.vault();
    set(&vault, None, "crm/key", "value").await;
    open(&vault, "vault://crm/key", of("ana")).await.unwrap();
    store.set_failing(true);
    for _ in 0..3 {
        open(&vault, "vault://crm/key", of("ana")).await.unwrap();
    }
    // What was opened for one is not what another gets.
    assert!(open(&vault, "vault://crm/key", of("bob")).await.is_err());
    tokio::time::sleep(FRESH).await;
    let failed = open(&vault, "vault://crm/key", of("ana")).await.unwrap_err();
    assert!(failed.to_string().contains("the disk is full"), "{failed}");
}

/// A vault whose store holds `vault://crm/key` of ana, and takes `delay` to look for anything.
async fn slow(delay: Duration) -> (Arc<MemoryStore>, Shared, Vault) {
    let store = Arc::new(MemoryStore::default());
    let shared = Shared::over(Arc::clone(&store) as Arc<dyn Store>);
    let vault = shared.vault();
    set(&vault, Some("ana"), "crm/key", "first").await;
    store.set_secret_delay(delay);
    (store, shared, vault)
}

#[tokio::test(start_paused = true)]
async fn of_those_who_ask_at_once_one_reads_the_store() {
    let (store, _shared, vault) = slow(Duration::from_millis(20)).await;
    for _ in 0..3 {
        let before = store.secret_readings();
        let asked = (0..50).map(|_| open(&vault, "vault://crm/key", of("ana")));
        for value in join_all(asked).await {
            assert_eq!(value.as_deref(), Ok("first"));
        }
        assert_eq!(store.secret_readings() - before, 1);
        tokio::time::sleep(FRESH).await;
    }
}

#[tokio::test(start_paused = true)]
async fn those_who_ask_at_once_share_a_failure_and_the_next_one_asks_again() {
    let (store, _shared, vault) = slow(Duration::from_secs(1)).await;
    store.set_failing(true);
    let began = Instant::now();
    let asked = (0..50).map(|_| open(&vault, "vault://crm/key", of("ana")));
    for value in join_all(asked).await {
        let error = value.unwrap_err().to_string();
        assert!(error.contains("the disk is full"), "{error}");
    }
    // None waits for the tries of all before it.
    assert_eq!(began.elapsed().as_secs(), 1);
    store.set_failing(false);
    let again = open(&vault, "vault://crm/key", of("ana")).await;
    assert_eq!(again.as_deref(), Ok("first"));
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_leaves_the_others_with_an_answer() {
    let (_store, _shared, vault) = slow(Duration::from_secs(1)).await;
    let mut asked: Vec<_> = (0..3)
        .map(|_| Box::pin(open(&vault, "vault://crm/key", of("ana"))))
        .collect();
    for question in &mut asked {
        assert!(question.now_or_never().is_none());
    }
    drop(asked.remove(0));
    for value in join_all(asked).await {
        assert_eq!(value.as_deref(), Ok("first"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_while_others_look_is_what_the_next_one_gets() {
    let (_store, _shared, vault) = slow(Duration::from_secs(1)).await;
    let asked_at = async |milliseconds| {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        open(&vault, "vault://crm/key", of("ana")).await
    };
    // Stored after a second; who began to look before that finds what was there, at 1.5 s.
    let (_, early, next, last) = tokio::join!(
        set(&vault, Some("ana"), "crm/key", "second"),
        asked_at(500),
        asked_at(1_200),
        asked_at(1_600),
    );
    assert_eq!(early.as_deref(), Ok("first"));
    assert_eq!((next.as_deref(), last.as_deref()), (Ok("second"), Ok("second")));
}

#[tokio::test(start_paused = true)]
async fn what_took_too_long_to_find_is_found_again_by_those_who_waited_for_it() {
    let (store, _shared, vault) = slow(FRESH + Duration::from_secs(1)).await;
    let asked = tokio::join!(
        open(&vault, "vault://crm/key", of("ana")),
        open(&vault, "vault://crm/key", of("ana"))
    );
    assert_eq!((asked.0.as_deref(), asked.1.as_deref()), (Ok("first"), Ok("first")));
    // One for storing it, and one for each of them.
    assert_eq!(store.secret_readings(), 3);
}

#[tokio::test]
async fn of_several_that_use_the_vault_first_all_use_the_same_key() {
    let folder = TempDir::new().unwrap();
    let shared = Arc::new(Shared::over(Arc::new(SqliteStore::open(folder.path()).await.unwrap())));
    let setting = (0..8).map(|number: u32| {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // Two of each name, so that some replace what others store at the same moment.
            let name = format!("crm/key-{}", number / 2);
            set(&shared.vault(), None, &name, "value").await
        })
    });
    let mut versions: Vec<u32> = Vec::new();
    for stored in join_all(setting).await {
        versions.push(stored.unwrap().version);
    }
    versions.sort_unstable();
    assert_eq!(versions, [1, 1, 1, 1, 2, 2, 2, 2]);
    let vault = shared.vault();
    for number in 0..4 {
        open(&vault, &format!("crm/key-{number}"), of("ana")).await.unwrap();
    }
}

#[tokio::test]
async fn another_key_is_told_from_a_damaged_record_and_both_name_it() {
    let shared = Shared::new();
    set(&shared.vault(), Some("ana"), "crm/key", "canary").await;
    let file = shared.state().join("master.key");
    let kept = std::fs::read_to_string(&file).unwrap();
    let (_, line) = master_key::MasterKey::generate().unwrap();
    std::fs::write(&file, line.as_bytes()).unwrap();
    let vault = shared.vault();
    let told = open(&vault, "crm/key", of("ana")).await.unwrap_err().to_string();
    for part in [
        "`crm/key (user ana, organisation acme)`",
        "master.key holds the key",
        "bring back the key",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // Nothing can be added to a vault that another key seals.
    let refused = vault.set(&id(ACME, None, "new"), &"value".into()).await.unwrap_err();
    assert!(matches!(refused, SecretError::OtherKey { .. }), "{refused}");

    std::fs::remove_file(&file).unwrap();
    let missing = open(&shared.vault(), "crm/key", of("ana"))
        .await
        .unwrap_err()
        .to_string();
    assert!(missing.contains("there is no master key in"), "{missing}");
    let refused = shared.vault().set(&id(ACME, None, "new"), &"value".into()).await;
    assert_eq!(refused.unwrap_err().to_string(), missing);
    assert!(!file.exists(), "a new key would hide that the old one is missing");

    key_source::write(&file, &kept).unwrap();
    let stored = shared
        .store
        .find_secret(&id(ACME, Some("ana"), "crm/key"))
        .await
        .unwrap();
    let key_id = stored.unwrap().key_id;
    let mut damage = |_: &SealedSecret| Some(vec![0; 60]);
    shared.store.rewrap_secrets(&key_id, &mut damage).await.unwrap();
    let told = open(&shared.vault(), "crm/key", of("ana"))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        told.starts_with("`crm/key (user ana, organisation acme)` cannot be opened: its record"),
        "{told}"
    );
    let listed = shared.vault().list(ACME).await.unwrap();
    assert_eq!(listed[0].masked.as_ref().unwrap_err().to_string(), told);
}

/// Everything that a process can leave behind: the new key alone, and the new key with the store sealed anew.
#[tokio::test]
async fn a_rotation_that_is_interrupted_leaves_a_vault_that_works_and_the_next_one_completes_it() {
    for sealed_anew in [false, true] {
        let shared = Shared::new();
        let server = shared.vault();
        set(&server, None, "crm/key", "canary").await;
        let [file, next] = ["master.key", "master.key.next"].map(|name| shared.state().join(name));
        let old = key_source::read(&file).unwrap();
        let (new, line) = master_key::MasterKey::generate().unwrap();
        key_source::write(&next, &line).unwrap();
        if sealed_anew {
            let mut rewrap = |secret: &SealedSecret| record::rewrap(&old, &new, secret).ok();
            let rewrapped = shared.store.rewrap_secrets(new.id(), &mut rewrap).await.unwrap();
            assert_eq!(rewrapped, Some(1));
        }
        for vault in [&server, &shared.vault()] {
            let opened = open(vault, "crm/key", of("bob")).await;
            assert_eq!(opened.as_deref(), Ok("canary"), "{sealed_anew}");
        }
        let stored = shared.vault().set(&id(ACME, None, "more"), &"value".into()).await;
        assert!(stored.is_ok(), "{sealed_anew}: {stored:?}");

        let rotated = shared.vault().rotate(shared.state(), None).await.unwrap();
        assert_eq!(
            (rotated.secrets, rotated.key_id.as_str()),
            (2, new.id()),
            "{sealed_anew}"
        );
        assert!(!next.exists());
        assert_eq!(key_source::read(&file).unwrap().id(), new.id());
        let opened = open(&shared.vault(), "crm/key", of("ana")).await;
        assert_eq!(opened.as_deref(), Ok("canary"), "{sealed_anew}");
    }
}

#[tokio::test]
async fn a_rotation_beside_processes_that_store_loses_nothing() {
    let folder = TempDir::new().unwrap();
    let shared = Arc::new(Shared::over(Arc::new(SqliteStore::open(folder.path()).await.unwrap())));
    set(&shared.vault(), None, "first", "canary").await;
    let before = key_source::read(&shared.state().join("master.key")).unwrap();
    let storing = {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let vault = shared.vault();
            for number in 0..20 {
                set(&vault, None, &format!("key-{number}"), "canary").await;
            }
        })
    };
    for _ in 0..3 {
        shared.vault().rotate(shared.state(), None).await.unwrap();
    }
    storing.await.unwrap();
    let listed = shared.vault().list(ACME).await.unwrap();
    assert_eq!(listed.len(), 21);
    assert!(listed.iter().all(|secret| secret.masked.is_ok()), "{listed:?}");
    let after = key_source::read(&shared.state().join("master.key")).unwrap();
    assert_ne!(after.id(), before.id());
}

#[tokio::test]
async fn only_one_process_replaces_the_key_at_a_time() {
    let shared = Shared::new();
    let vault = shared.vault();
    let unused = vault.rotate(shared.state(), None).await.unwrap_err();
    assert!(matches!(unused, RotationError::Unused), "{unused}");
    set(&vault, None, "crm/key", "canary").await;
    let lock = std::fs::File::create(shared.state().join("master.key.lock")).unwrap();
    lock.lock().unwrap();
    let refused = vault.rotate(shared.state(), None).await.unwrap_err();
    assert!(matches!(refused, RotationError::Busy), "{refused}");
    drop(lock);
    vault.rotate(shared.state(), None).await.unwrap();
}

#[tokio::test]
async fn a_key_that_its_owner_keeps_is_replaced_by_a_given_one() {
    let shared = Shared::new();
    let file = shared.state().join("named");
    let (_, line) = master_key::MasterKey::generate().unwrap();
    key_source::write(&file, &line).unwrap();
    let vault = || Vault::new(Arc::clone(&shared.store), KeySource::Named(file.clone()));
    set(&vault(), None, "crm/key", "canary").await;

    let none = vault().rotate(shared.state(), None).await.unwrap_err();
    assert!(matches!(none, RotationError::NoKey), "{none}");
    let same = vault()
        .rotate(shared.state(), Some(line.as_str().into()))
        .await
        .unwrap_err();
    assert!(matches!(same, RotationError::Same), "{same}");
    let malformed = vault().rotate(shared.state(), Some("cAn4ry".into())).await.unwrap_err();
    assert!(!malformed.to_string().contains("cAn4ry"), "{malformed}");

    let (new, new_line) = master_key::MasterKey::generate().unwrap();
    let given: SecretString = new_line.as_str().into();
    let rotated = vault().rotate(shared.state(), Some(given)).await.unwrap();
    assert_eq!(rotated.key_id, new.id());
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        line.as_str(),
        "a named file was written"
    );
    let server = vault();
    assert!(open(&server, "crm/key", of("ana")).await.is_err());
    std::fs::remove_file(&file).unwrap();
    key_source::write(&file, &new_line).unwrap();
    // A server that runs reads the file again when it meets a record of another key.
    assert_eq!(open(&server, "crm/key", of("ana")).await.as_deref(), Ok("canary"));
}

/// A draft is a whole key, of a process that ended while it wrote one.
#[tokio::test]
async fn a_rotation_removes_the_drafts_of_one_that_was_interrupted() {
    let shared = Shared::new();
    let vault = shared.vault();
    set(&vault, None, "crm/key", "value").await;
    let draft = format!("master.key.next.{}", "0123456789abcdef".repeat(2));
    let others = ["master.key.next.bak", "notes"];
    for name in others.into_iter().chain([draft.as_str()]) {
        std::fs::write(shared.state().join(name), "x").unwrap();
    }
    vault.rotate(shared.state(), None).await.unwrap();
    assert!(!shared.state().join(draft).exists());
    assert!(others.iter().all(|name| shared.state().join(name).exists()));
    assert_eq!(open(&vault, "crm/key", of("ana")).await.as_deref(), Ok("value"));
}
