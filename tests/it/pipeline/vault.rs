//! Secrets of the vault from the operator's hand to the request, and what stands in the way of anybody else's.

use std::path::Path;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use toolgate::connector::model::SecretName;
use toolgate::engine::{Ending, Principal};
use toolgate::store::SecretId;
use toolgate::vault::{Holder, KeySource, LOCAL, SecretError, ServerSecrets, Vault};

use super::gateway::{Gateway, NOBODY, Setting, call};
use crate::harness::{Upstream, Workspace, connector, eventually, json_answer};

const VALUE: &str = "cAn4ry-0123456789abcdef";

const READS: &str = r#"
[auth]
type = "api_key"
header_name = "X-Key"
key = "vault://crm/key"
[[actions]]
name = "read"
description = "Reads"
method = "GET"
path = "/read"
"#;

/// An API that answers with the key that it was sent.
async fn echo() -> Upstream {
    Upstream::start(|request| async move {
        let key = request.headers["x-key"].to_str().unwrap();
        json_answer(json!({ "sent": key }).to_string())
    })
    .await
}

/// The key of the newest request.
fn sent(upstream: &Upstream) -> String {
    let newest = upstream.seen().pop().unwrap();
    newest.headers["x-key"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_running_server_follows_what_the_operator_stores_replaces_rotates_and_removes() {
    let upstream = echo().await;
    let workspace = Workspace::with(&upstream.base_url(), READS);
    // How long a change takes is found out by calling again and again.
    workspace.config("[limits]\nrequests_per_minute_per_action = \"unlimited\"\nrequests_per_minute = \"unlimited\"\n");
    let mut session = workspace.serve().await;
    eventually("a word about the missing secret at the start", async || {
        let missing = "the connector `crm` needs the secret `vault://crm/key`, which the vault does not hold";
        session.complaints().contains(missing).then_some(())
    })
    .await;
    let answer = session.call("crm__read", json!({})).await;
    assert!(answer.to_string().contains("AUTHENTICATION_FAILED"), "{answer}");
    assert_eq!(upstream.count(), 0);
    assert!(!answer.to_string().contains("vault://"), "{answer}");
    let complaints = session.complaints();
    assert!(
        complaints.contains("store it with `toolgate vault set crm/key`"),
        "{complaints}"
    );

    workspace.store_secret("crm/key", VALUE).await;
    let answer = session.call("crm__read", json!({})).await;
    assert_eq!(answer["result"]["structuredContent"]["sent"], "[REDACTED]", "{answer}");
    assert_eq!(sent(&upstream), VALUE);

    let run = workspace.run(&["vault", "rotate-key"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let replaced = "cAn4ry-replaced-0123456789";
    workspace.store_secret("crm/key", replaced).await;
    eventually("the new value", async || {
        session.call("crm__read", json!({})).await;
        (sent(&upstream) == replaced).then_some(())
    })
    .await;

    workspace.run(&["vault", "remove", "crm/key"]).await;
    eventually("the end of a removed secret", async || {
        let answer = session.call("crm__read", json!({})).await;
        answer.to_string().contains("AUTHENTICATION_FAILED").then_some(())
    })
    .await;
    let ended = session.close().await;
    assert!(!ended.stdout.contains("cAn4ry") && !ended.stderr.contains("cAn4ry"));
}

#[tokio::test]
async fn every_caller_sends_their_own_secret_and_nobody_elses() {
    let upstream = echo().await;
    let state = tempfile::tempdir().unwrap();
    let store = toolgate::store::open(state.path()).await.unwrap();
    let vault = Vault::new(Arc::clone(&store), KeySource::Own(state.path().join("master.key")));
    for (organisation, user, value) in [
        ("acme", None, "shared-in-acme"),
        ("acme", Some("ana"), "anas-in-acme"),
        ("zeta", Some("eva"), "evas-in-zeta"),
    ] {
        let id = SecretId {
            organisation: organisation.into(),
            user: user.map(str::to_owned),
            name: "crm/key".into(),
        };
        vault.set(&id, &value.into()).await.unwrap();
    }
    let setting = Setting {
        store: Some(store),
        secrets: Some(Arc::new(ServerSecrets::new(vault))),
        ..Setting::default()
    };
    let texts = [connector("crm", &upstream.base_url(), READS)];
    let gateway = Gateway::new(&texts, setting).await;
    let local = Principal::local();
    assert_eq!((local.organisation.as_str(), local.user.as_str()), (LOCAL, LOCAL));
    for (organisation, user, expected) in [
        ("acme", "ana", Some("anas-in-acme")),
        ("acme", "bob", Some("shared-in-acme")),
        ("zeta", "eva", Some("evas-in-zeta")),
        ("zeta", "ana", None),
        (LOCAL, LOCAL, None),
    ] {
        let mut call = call("crm__read", json!({}));
        call.principal = Arc::new(Principal::caller(user, organisation));
        let count = upstream.count();
        match gateway.engine.call(call, &NOBODY).await {
            Ending::Done(_) => assert_eq!(Some(sent(&upstream).as_str()), expected, "{user} of {organisation}"),
            Ending::Failed(error) => {
                assert_eq!(expected, None, "{user} of {organisation}: {error}");
                assert_eq!(upstream.count(), count);
            }
            Ending::AskFirst(_) => panic!("a read asked"),
        }
    }
}

async fn database(state: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(state.join("toolgate.db"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn opened(state: &Path, key: &Path) -> Result<String, SecretError> {
    let store = toolgate::store::open(state).await.unwrap();
    let vault = Vault::new(store, KeySource::Own(key.to_owned()));
    let name = SecretName::parse("crm/key").unwrap();
    let value = vault.open(&name, Holder::local()).await?;
    Ok(value.expose_secret().to_owned())
}

#[tokio::test]
async fn a_database_in_which_any_byte_was_changed_gives_no_secret_and_names_the_record() {
    let workspace = Workspace::new();
    workspace.store_secret("crm/key", VALUE).await;
    let state = workspace.state();
    let store = toolgate::store::open(&state).await.unwrap();
    let mut writer = database(&state).await;
    for column in ["wrapped_key", "sealed_value"] {
        let read = AssertSqlSafe(format!("SELECT {column} FROM secrets"));
        let row = sqlx::query(read).fetch_one(&mut writer).await.unwrap();
        let original: Vec<u8> = row.get(0);
        let write = format!("UPDATE secrets SET {column} = ?");
        for at in 0..original.len() {
            let mut changed = original.clone();
            changed[at] ^= 0x40;
            let update = sqlx::query(AssertSqlSafe(write.clone())).bind(changed);
            update.execute(&mut writer).await.unwrap();
            let vault = Vault::new(Arc::clone(&store), KeySource::Own(state.join("master.key")));
            let name = SecretName::parse("crm/key").unwrap();
            let told = vault.open(&name, Holder::local()).await.unwrap_err().to_string();
            assert!(
                told.starts_with("`crm/key (shared in the organisation local)` cannot be opened"),
                "{told}"
            );
        }
        let update = sqlx::query(AssertSqlSafe(write)).bind(original);
        update.execute(&mut writer).await.unwrap();
    }
    let key = state.join("master.key");
    assert_eq!(opened(&state, &key).await.as_deref(), Ok(VALUE));
    // What the record says about itself is sealed in it, too.
    for (forge, mend) in [
        ("SET version = 2", "SET version = 1"),
        ("SET user_name = 'local'", "SET user_name = NULL"),
        ("SET key_id = '0000000000000000'", ""),
    ] {
        for change in [forge, mend] {
            let update = AssertSqlSafe(format!("UPDATE secrets {change}"));
            if !change.is_empty() {
                sqlx::query(update).execute(&mut writer).await.unwrap();
            }
            let told = opened(&state, &key).await;
            assert_eq!(told.is_ok(), change == mend && !mend.is_empty(), "{change}: {told:?}");
        }
    }
    let run = workspace.run(&["vault", "list"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("is sealed with the master key 0000000000000000"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_copied_record_does_not_open_for_somebody_else() {
    let workspace = Workspace::new();
    workspace.store_secret("crm/key", VALUE).await;
    workspace.store_secret("erp/key", "another-0123456789").await;
    let state = workspace.state();
    let mut writer = database(&state).await;
    sqlx::query(
        "UPDATE secrets SET (wrapped_key, sealed_value) = \
         (SELECT wrapped_key, sealed_value FROM secrets WHERE name = 'erp/key') WHERE name = 'crm/key'",
    )
    .execute(&mut writer)
    .await
    .unwrap();
    let told = opened(&state, &state.join("master.key")).await.unwrap_err();
    assert!(matches!(told, SecretError::Damaged { .. }), "{told}");
    assert!(
        told.to_string().ends_with("with `toolgate vault set crm/key`"),
        "{told}"
    );
}

#[tokio::test]
async fn a_copy_of_the_state_without_its_key_is_useless() {
    let upstream = echo().await;
    let workspace = Workspace::with(&upstream.base_url(), READS);
    workspace.store_secret("crm/key", VALUE).await;
    let run = workspace.run(&["call", "crm__read"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");

    let thief = Workspace::with(&upstream.base_url(), READS);
    std::fs::create_dir(thief.state()).unwrap();
    let mut copied = 0;
    for entry in std::fs::read_dir(workspace.state()).unwrap() {
        let from = entry.unwrap().path();
        let name = from.file_name().unwrap().to_str().unwrap();
        if name.starts_with("toolgate.db") {
            let bytes = std::fs::read(&from).unwrap();
            let found = bytes.windows(6).any(|window| window == b"cAn4ry");
            assert!(!found, "{name} holds the secret");
            std::fs::write(thief.state().join(name), bytes).unwrap();
            copied += 1;
        }
    }
    assert!(copied > 0);
    let count = upstream.count();
    let run = thief.run(&["call", "crm__read"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("there is no master key in state/master.key"),
        "{}",
        run.stderr
    );
    // A key of the thief's own opens nothing, and does not get mixed in.
    let run = thief.run_with_input(&["vault", "set", "crm/key"], b"mine").await;
    assert_eq!(run.code, Some(3), "{run:?}");
    thief_key(&thief);
    let run = thief.run(&["call", "crm__read"]).await;
    assert!(run.stderr.contains("is sealed with the master key"), "{}", run.stderr);
    assert_eq!(upstream.count(), count);
}

fn thief_key(thief: &Workspace) {
    use std::io::Write as _;

    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(thief.state().join("master.key")).unwrap();
    file.write_all("ab".repeat(32).as_bytes()).unwrap();
}
