use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _};
use tempfile::TempDir;

use super::*;
use crate::store::conformance::approvals::pending;
use crate::store::conformance::audit::{finished_row, intent_row};
use crate::store::conformance::keys::key;
use crate::store::conformance::{self, at};
use crate::store::{
    ApiSighting, ApiStore, ApprovalStore, AuditFilter, AuditStore, CallLogStore, CallScope, Decision, KeyStore,
    StatisticsStore, Store, Via,
};

async fn open() -> (Arc<dyn Store>, TempDir) {
    let folder = TempDir::new().unwrap();
    (Arc::new(SqliteStore::open(folder.path()).await.unwrap()), folder)
}

conformance::cases!(open);

fn database(folder: &Path) -> PathBuf {
    folder.join("toolgate.db")
}

async fn open_error(folder: &Path) -> String {
    SqliteStore::open(folder).await.unwrap_err().to_string()
}

async fn pragma(store: &SqliteStore, statement: &'static str) -> String {
    let mut writer = store.writer.lock().await;
    let text: String = sqlx::query_scalar(statement).fetch_one(&mut **writer).await.unwrap();
    text
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let folder = TempDir::new().unwrap();
    let nested = folder.path().join("a/b");
    let store = SqliteStore::open(&nested).await.unwrap();
    store.write_audit(&[finished_row("1", 1)], false).await.unwrap();
    store
        .find_or_create_approval(&pending("1", 0), "{}", &at(0))
        .await
        .unwrap();
    drop(store);
    let store = SqliteStore::open(&nested).await.unwrap();
    assert_eq!(
        store.read_audit(&AuditFilter::default()).await.unwrap(),
        [finished_row("1", 1)]
    );
    assert_eq!(store.get_approval("1").await.unwrap(), Some(pending("1", 0)));
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_state() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = TempDir::new().unwrap();
    let state = folder.path().join("state");
    let store = SqliteStore::open(&state).await.unwrap();
    store.write_audit(&[finished_row("1", 1)], false).await.unwrap();
    assert!(store.write_audit_at_once(&finished_row("2", 2)));
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    let files: Vec<PathBuf> = state.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.contains(&state.join("toolgate.db-wal")), "{files:?}");
    assert!(
        files
            .iter()
            .any(|file| file.extension().is_some_and(|extension| extension == "journal")),
        "{files:?}"
    );
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn the_connection_is_set_up_as_designed() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    assert_eq!(pragma(&store, "PRAGMA journal_mode").await, "wal");
    let known = open::MIGRATIONS.len().to_string();
    for (statement, value) in [
        ("SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys", "1"),
        ("SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout", "5000"),
        (
            "SELECT CAST(user_version AS TEXT) FROM pragma_user_version",
            known.as_str(),
        ),
    ] {
        assert_eq!(pragma(&store, statement).await, value, "{statement}");
    }
    let denied = sqlx::query("DELETE FROM audit").execute(&store.readers).await;
    assert!(
        denied.unwrap_err().to_string().contains("readonly"),
        "a reader could write"
    );
}

/// Pages of the file, and those of them that nothing is in.
async fn pages(store: &SqliteStore) -> [i64; 2] {
    let mut writer = store.writer.lock().await;
    let counted = sqlx::query_as("SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count");
    let (all, free) = counted.fetch_one(&mut **writer).await.unwrap();
    [all, free]
}

#[tokio::test]
async fn space_is_given_back_and_some_is_kept_for_what_comes() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let rows: Vec<_> = (0..4_000).map(|number| finished_row(&number.to_string(), 0)).collect();
    for rows in rows.chunks(500) {
        store.write_audit(rows, false).await.unwrap();
    }
    assert!(!store.give_back_space().await.unwrap(), "all of it is used");
    let [before, _] = pages(&store).await;
    while store.prune_audit(&at(60), 1_000).await.unwrap() > 0 {}
    let [all, free] = pages(&store).await;
    assert!(all >= before && free > before / 2, "{free} of {all}");
    while store.give_back_space().await.unwrap() {
        let [fewer, _] = pages(&store).await;
        assert!(fewer < before);
    }
    let [left, free] = pages(&store).await;
    assert!(left < before / 2, "{left} of {before}");
    assert!(free - left / 4 < 256, "{free} of {left}");
    assert!(store.verify_audit(None).await.unwrap().holds());

    // The file itself is that small once what was written lies in it.
    let mut writer = store.writer.lock().await;
    let folding = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
    folding.execute(&mut **writer).await.unwrap();
    let length = database(folder.path()).metadata().unwrap().len();
    assert_eq!(length, u64::try_from(left).unwrap() * 4_096);
}

#[tokio::test]
async fn durable_writes_are_synchronous_and_others_are_not() {
    const SYNCHRONOUS: &str = "SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous";
    const NORMAL: &str = "1";
    const FULL: &str = "2";

    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    store.write_audit(&[intent_row("1", 1)], true).await.unwrap();
    assert_eq!(pragma(&store, SYNCHRONOUS).await, FULL);
    store.write_audit(&[finished_row("1", 1)], false).await.unwrap();
    assert_eq!(pragma(&store, SYNCHRONOUS).await, NORMAL);
    store
        .find_or_create_approval(&pending("1", 0), "{}", &at(0))
        .await
        .unwrap();
    assert_eq!(pragma(&store, SYNCHRONOUS).await, FULL);
}

#[tokio::test]
async fn processes_that_open_a_new_folder_at_once_all_succeed() {
    for _ in 0..5 {
        let folder = TempDir::new().unwrap();
        let opening = (0..8).map(|_| {
            let path = folder.path().to_owned();
            tokio::spawn(async move { SqliteStore::open(&path).await })
        });
        for opened in futures_util::future::join_all(opening).await {
            opened.unwrap().unwrap();
        }
    }
}

/// A new file that another process holds locked, and options that do not wait for it in SQLite.
async fn locked_file(folder: &Path) -> (SqliteConnection, SqliteConnectOptions) {
    let file = database(folder);
    std::fs::write(&file, "").unwrap();
    let mut holder = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut holder).await.unwrap();
    (holder, open::options(&file).busy_timeout(Duration::ZERO))
}

#[tokio::test]
async fn opening_waits_for_a_process_that_holds_the_file_locked() {
    let folder = TempDir::new().unwrap();
    let (mut holder, options) = locked_file(folder.path()).await;
    let opening = open::open_writer(&options);
    tokio::pin!(opening);
    let early = tokio::time::timeout(Duration::from_millis(50), &mut opening).await;
    assert!(early.is_err(), "{early:?}");
    sqlx::query("ROLLBACK").execute(&mut holder).await.unwrap();
    opening.await.unwrap();
}

#[tokio::test]
async fn who_looks_for_keys_waits_for_nobody_and_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let look = async || SqliteStore::look_up_keys(folder.path()).await;
    assert!(look().await.unwrap().is_empty());
    assert!(!database(folder.path()).exists(), "a store was made");
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let kept = key("1", 0);
    store.create_key(&kept).await.unwrap();
    let mut writer = store.writer.lock().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut **writer).await.unwrap();
    assert_eq!(look().await.unwrap(), [kept]);
    sqlx::query("ROLLBACK").execute(&mut **writer).await.unwrap();
    for (version, is_known) in [("6", true), ("99", false)] {
        let pragma = AssertSqlSafe(format!("PRAGMA user_version = {version}"));
        sqlx::query(pragma).execute(&mut **writer).await.unwrap();
        let keys = look().await;
        assert_eq!(keys.is_ok_and(|keys| keys.is_empty()), is_known, "version {version}");
        let left: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut **writer)
            .await
            .unwrap();
        assert_eq!(left.to_string(), version);
    }
}

/// Whoever is told can wait for it, which is no use where the disk is full.
#[tokio::test]
async fn a_store_that_another_process_holds_is_busy_and_not_broken() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let mut writer = store.writer.lock().await;
    sqlx::query("PRAGMA busy_timeout = 0")
        .execute(&mut **writer)
        .await
        .unwrap();
    drop(writer);
    let holder = SqliteConnectOptions::new().filename(database(folder.path()));
    let mut holder = holder.connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();
    let create = async || store.find_or_create_approval(&pending("1", 0), "{}", &at(0)).await;
    let refused = create().await.unwrap_err();
    assert!(matches!(refused, StoreError::Busy { .. }), "{refused}");
    sqlx::query("ROLLBACK").execute(&mut holder).await.unwrap();
    create().await.unwrap();
    sqlx::query("DROP TABLE approvals").execute(&mut holder).await.unwrap();
    let refused = create().await.unwrap_err();
    assert!(matches!(refused, StoreError::Query { .. }), "{refused}");
}

/// What is in the file is read, what waits to be put there is left out, and nobody is waited for.
#[tokio::test]
async fn a_store_that_another_process_writes_to_is_opened_and_read() {
    let folder = TempDir::new().unwrap();
    let server = SqliteStore::open(folder.path()).await.unwrap();
    server.write_audit(&[finished_row("1", 1)], false).await.unwrap();
    let holder = SqliteConnectOptions::new().filename(database(folder.path()));
    let mut holder = holder.connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();
    assert!(server.write_audit_at_once(&finished_row("2", 2)));
    let reader = SqliteStore::open_to_read(folder.path()).await.unwrap();
    let read = async || reader.read_audit(&AuditFilter::default()).await.unwrap();
    assert_eq!(read().await, [finished_row("1", 1)]);
    assert!(reader.verify_audit(None).await.unwrap().holds());
    let counted = reader.count_calls(&CallScope::default()).await.unwrap();
    assert_eq!(counted.ended, 1);
    reader.api_usage(&at(0)).await.unwrap();
    assert_eq!(reader.read_call_log("1").await.unwrap(), None);
    let told = reader.settle_audit().await.unwrap_err();
    assert!(matches!(told, StoreError::Busy { .. }), "{told}");
    sqlx::query("ROLLBACK").execute(&mut holder).await.unwrap();
    assert_eq!(read().await, [finished_row("2", 2), finished_row("1", 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_stays_locked_is_reported() {
    let folder = TempDir::new().unwrap();
    let (_holder, options) = locked_file(folder.path()).await;
    let message = open::open_writer(&options)
        .await
        .unwrap_err()
        .at(folder.path())
        .to_string();
    assert!(message.contains("database is locked"), "{message}");
    assert!(
        message.ends_with(
            "; try again when the process that holds the file is done, and end that one only if it never is"
        ),
        "{message}"
    );
}

#[tokio::test]
async fn two_stores_racing_for_an_approval_let_one_call_through() {
    let folder = TempDir::new().unwrap();
    let first = SqliteStore::open(folder.path()).await.unwrap();
    let second = SqliteStore::open(folder.path()).await.unwrap();
    for round in 0..50_i32 {
        let now = at(i64::from(round));
        let record = |name: &str| crate::store::ApprovalRecord {
            arguments_hash: round.to_string(),
            ..pending(&format!("{name}{round}"), i64::from(round))
        };
        let (one, other) = (record("one"), record("other"));
        let (seen_by_first, seen_by_second) = tokio::try_join!(
            first.find_or_create_approval(&one, "{}", &now),
            second.find_or_create_approval(&other, "{}", &now)
        )
        .unwrap();
        assert_eq!(seen_by_first, seen_by_second);

        let id = &seen_by_first.id;
        let allow = Decision {
            approved: true,
            at: now.clone(),
            by: "ana".into(),
            via: Via::Cli,
        };
        let deny = Decision {
            approved: false,
            ..allow.clone()
        };
        let (allowed, denied) =
            tokio::try_join!(first.decide_approval(id, &allow), second.decide_approval(id, &deny)).unwrap();
        assert!(allowed ^ denied, "round {round}");

        let key = one.key();
        let (by_first, by_second) =
            tokio::try_join!(first.use_approval(id, &key, &now), second.use_approval(id, &key, &now)).unwrap();
        assert_eq!(
            u8::from(by_first) + u8::from(by_second),
            u8::from(allowed),
            "round {round}"
        );
    }
}

#[tokio::test]
async fn reading_does_not_wait_for_a_writer() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    store.write_audit(&[finished_row("1", 1)], false).await.unwrap();
    let mut writer = store.writer.lock().await;
    let mut transaction = sqlx::Connection::begin_with(&mut **writer, BEGIN_WRITE).await.unwrap();
    sqlx::query("DELETE FROM audit")
        .execute(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(store.read_audit(&AuditFilter::default()).await.unwrap().len(), 1);
    transaction.rollback().await.unwrap();
}

/// SQLite ends a transaction by itself when a commit finds no room on the disk, which sqlx does not see.
#[tokio::test]
async fn a_transaction_that_sqlite_has_ended_leaves_the_connection_usable() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    {
        let mut writer = store.writer.lock().await;
        let mut transaction = sqlx::Connection::begin_with(&mut **writer, BEGIN_WRITE).await.unwrap();
        sqlx::query("ROLLBACK").execute(&mut *transaction).await.unwrap();
    }
    store.write_audit(&[finished_row("1", 1)], true).await.unwrap();
    assert_eq!(store.read_audit(&AuditFilter::default()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_write_whose_caller_gave_up_leaves_the_connection_usable() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let rows: Vec<_> = (0..200)
        .map(|number| finished_row(&number.to_string(), number))
        .collect();
    for polls in 1..40 {
        let mut write = store.write_audit(&rows, true);
        for _ in 0..polls {
            if futures_util::poll!(&mut write).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(write);
        store
            .write_audit(&[finished_row(&format!("after {polls}"), 1_000)], false)
            .await
            .unwrap();
    }
    let filter = AuditFilter {
        since: Some(at(1_000)),
        ..AuditFilter::default()
    };
    assert_eq!(store.read_audit(&filter).await.unwrap().len(), 39);
}

#[tokio::test]
async fn every_usual_question_has_an_index() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let cases = [
        (
            "EXPLAIN QUERY PLAN SELECT * FROM audit_calls ORDER BY started_at DESC, call_id DESC LIMIT 5",
            "audit_newest",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT * FROM audit_calls WHERE connector = 'crm' AND started_at >= '2026' \
             ORDER BY started_at DESC, call_id DESC LIMIT 5",
            "audit_newest (started_at>?)",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT * FROM audit_calls WHERE outcome = 'TIMEOUT' \
             ORDER BY started_at DESC, call_id DESC LIMIT 5",
            "audit_newest (started_at=? AND call_id=?)",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT * FROM approvals ORDER BY created_at DESC, sequence DESC",
            "approvals_newest",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT * FROM secrets \
             WHERE organisation = 'acme' AND ifnull(user_name, '') = ifnull(NULL, '') AND name = 'crm/key'",
            "secrets_of_holder",
        ),
    ];
    for (statement, index) in cases {
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(statement).fetch_all(&store.readers).await.unwrap();
        assert!(plan.iter().any(|step| step.3.contains(index)), "{statement}: {plan:?}");
        assert!(
            !plan.iter().any(|step| step.3.contains("TEMP B-TREE")),
            "{statement}: {plan:?}"
        );
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    sqlx::query("PRAGMA user_version = 1000")
        .execute(&mut **store.writer.lock().await)
        .await
        .unwrap();
    drop(store);
    let message = open_error(folder.path()).await;
    assert!(
        message.contains(&format!(
            "its schema has version 1000, and this Toolgate knows versions up to {}",
            open::MIGRATIONS.len()
        )),
        "{message}"
    );
    assert!(
        message.contains("run the Toolgate that wrote it or a newer one"),
        "{message}"
    );
    assert!(message.contains("toolgate.db"), "{message}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let garbage = "not a database ".repeat(1_000);
    std::fs::write(database(folder.path()), &garbage).unwrap();
    let message = open_error(folder.path()).await;
    assert!(message.contains("toolgate.db: "), "{message}");
    assert!(message.contains("file is not a database"), "{message}");
    assert!(message.contains("restore the file from a backup"), "{message}");
    assert_eq!(std::fs::read_to_string(database(folder.path())).unwrap(), garbage);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named_with_advice() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let message = open_error(&file.join("state")).await;
    assert!(
        message.starts_with(&format!("cannot open the store {}/state: ", file.display())),
        "{message}"
    );
    assert!(
        message.ends_with("; name a folder that this user can write to with --state"),
        "{message}"
    );

    std::fs::create_dir(database(folder.path())).unwrap();
    let message = open_error(folder.path()).await;
    assert!(message.contains("toolgate.db: "), "{message}");
}

#[tokio::test]
async fn seeing_an_api_again_writes_nothing() {
    const CHANGES: &str = "SELECT CAST(total_changes() AS TEXT)";

    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let sighting = |revision: &str| ApiSighting {
        slug: "crm".into(),
        revision: revision.into(),
    };
    store.sight_apis(&[sighting("a")], &at(1)).await.unwrap();
    let before = pragma(&store, CHANGES).await;
    store.sight_apis(&[sighting("a")], &at(2)).await.unwrap();
    assert_eq!(pragma(&store, CHANGES).await, before);
    store.sight_apis(&[sighting("b")], &at(3)).await.unwrap();
    assert_ne!(pragma(&store, CHANGES).await, before);
}

#[tokio::test]
async fn counting_does_not_read_the_log_from_end_to_end() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let mut statements = vec![apis::USAGE.to_owned()];
    for connector in [None, Some("crm".to_owned())] {
        for since in [None, Some(at(1))] {
            let connector = connector.clone();
            let statement = statistics::select(&CallScope { connector, since });
            statements.push(statement.sql().as_str().to_owned());
        }
    }
    for statement in statements {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(&store.readers).await.unwrap();
        let steps: Vec<&str> = plan.iter().map(|step| step.3.as_str()).collect();
        // By number behind the position, or by time within an hour.
        for step in steps
            .iter()
            .filter(|step| step.contains(" event") || step.contains(" other"))
        {
            let is_narrow = step.contains("INTEGER PRIMARY KEY (rowid>?")
                || step.contains("(started_at>? AND started_at<?)")
                || step.contains("(started_at=? AND call_id=?)");
            assert!(is_narrow, "{step}\n{statement}\n{steps:#?}");
        }
        assert!(steps.iter().any(|step| step.contains(" event")), "{steps:#?}");
    }
}
