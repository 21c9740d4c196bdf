use std::io::Write as _;
use std::path::{Path, PathBuf};

use futures_util::future::join_all;
use tempfile::TempDir;

use super::{LONG, MOST_WAITING};
use crate::store::conformance::audit::{finished_row, intent_row};
use crate::store::sqlite::SqliteStore;
use crate::store::{AuditFilter, AuditStore as _};

async fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder).await.unwrap()
}

fn journals(folder: &Path) -> Vec<PathBuf> {
    let paths = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "journal"))
        .collect()
}

/// The calls that `store` knows, newest first. The chain must hold, and have one event for each.
async fn calls(store: &SqliteStore) -> Vec<String> {
    let filter = AuditFilter {
        limit: u32::MAX,
        ..AuditFilter::default()
    };
    let rows = store.read_audit(&filter).await.unwrap();
    let chain = store.verify_audit(None).await.unwrap();
    assert!(chain.holds(), "{chain:?}");
    assert_eq!(chain.events, rows.len() as u64);
    rows.into_iter().map(|row| row.call_id).collect()
}

fn write(store: &SqliteStore, numbers: std::ops::Range<i64>) {
    for number in numbers {
        assert!(store.write_audit_at_once(&finished_row(&number.to_string(), number)));
    }
}

#[tokio::test]
async fn what_was_written_at_once_is_there_for_whoever_reads_next() {
    let folder = TempDir::new().unwrap();
    let (server, reader) = (open(folder.path()).await, open(folder.path()).await);
    write(&server, 0..3);
    assert_eq!(calls(&reader).await, ["2", "1", "0"]);
    write(&server, 3..4);
    assert_eq!(calls(&server).await, ["3", "2", "1", "0"]);
    assert_eq!(calls(&reader).await.len(), 4);
}

#[tokio::test]
async fn a_killed_process_leaves_its_events_and_no_file_for_ever() {
    let folder = TempDir::new().unwrap();
    let killed = open(folder.path()).await;
    write(&killed, 0..3);
    let next = open(folder.path()).await;
    assert_eq!(calls(&next).await.len(), 3);
    assert_eq!(journals(folder.path()).len(), 1, "it lives");
    write(&killed, 3..5);
    drop(killed);
    assert_eq!(calls(&next).await.len(), 5);
    assert!(journals(folder.path()).is_empty());
    let mut files = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().path());
    assert!(!files.any(|path| path.extension().is_some_and(|extension| extension == "lock")));
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_journals")
        .fetch_one(&next.readers)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn many_who_fold_at_once_take_each_event_once() {
    let folder = TempDir::new().unwrap();
    let server = open(folder.path()).await;
    let readers = join_all((0..4).map(|_| open(folder.path()))).await;
    for round in 1..=5 {
        write(&server, (round - 1) * 100..round * 100);
        for found in join_all(readers.iter().map(calls)).await {
            assert_eq!(i64::try_from(found.len()), Ok(round * 100));
        }
    }
    drop(server);
    for found in join_all(readers.iter().map(calls)).await {
        assert_eq!(found.len(), 500);
    }
}

#[tokio::test]
async fn intents_and_ends_make_one_row() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).await;
    store.write_audit(&[intent_row("1", 1)], true).await.unwrap();
    assert!(store.write_audit_at_once(&finished_row("1", 1)));
    let rows = store.read_audit(&AuditFilter::default()).await.unwrap();
    assert_eq!(rows, [finished_row("1", 1)]);
}

#[tokio::test]
async fn half_an_event_and_rubbish_are_left_out() {
    let folder = TempDir::new().unwrap();
    let killed = open(folder.path()).await;
    write(&killed, 0..2);
    drop(killed);
    let [path] = &journals(folder.path())[..] else {
        panic!("one file");
    };
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(b"no event\n\xff\t\xfe\t{}\n3\t2026-11-22T00:00:00.000Z\t{\"us")
        .unwrap();
    drop(file);
    let store = open(folder.path()).await;
    assert_eq!(calls(&store).await, ["1", "0"]);
    assert!(journals(folder.path()).is_empty());
}

#[tokio::test]
async fn half_an_event_that_cannot_be_taken_back_stands_before_no_other() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).await;
    write(&store, 0..1);
    let [path] = &journals(folder.path())[..] else {
        panic!("one file");
    };
    // A disk that takes half a line and then nothing, not even a shorter length: what is only read cannot be changed.
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(b"half\t2026-11-22T00:00:00.000Z\t{\"us").unwrap();
    let replace = |file| {
        let mut current = store.journal.current();
        current.as_mut().map(|open| open.file.replace(file))
    };
    replace(std::fs::File::open(path).unwrap());
    assert!(!store.write_audit_at_once(&finished_row("1", 1)), "nothing was written");
    // The disk works again.
    replace(file);
    write(&store, 2..4);
    assert_eq!(calls(&store).await, ["3", "2", "0"]);
    assert_eq!(journals(folder.path()).len(), 1, "the first one belongs to nobody");
}

#[tokio::test]
async fn a_long_file_is_given_up_once_it_is_folded() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).await;
    let mut row = finished_row("0", 0);
    row.message = Some("x".repeat(usize::try_from(LONG).unwrap()));
    assert!(store.write_audit_at_once(&row));
    let first = journals(folder.path());
    store.settle_audit().await.unwrap();
    write(&store, 1..2);
    assert_eq!(calls(&store).await, ["1", "0"]);
    let second = journals(folder.path());
    assert_eq!(second.len(), 1);
    assert_ne!(first, second);
}

#[tokio::test]
async fn what_waits_is_bounded() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).await;
    let mut row = finished_row("0", 0);
    row.message = Some("x".repeat(usize::try_from(MOST_WAITING / 4).unwrap()));
    let written = (0..5).filter(|_| store.write_audit_at_once(&row)).count();
    assert_eq!(written, 3);
    write(&store, 1..2);
}
