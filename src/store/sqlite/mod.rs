//! The embedded backend: one SQLite file in WAL mode.
//!
//! All writes go through one connection, one after another; reads have connections of their own and never wait for
//! a write. Other processes may have the same file open: whatever must be atomic is so in the file, not in memory.
//! Must never build SQL from a value: values are bound.

mod apis;
mod approvals;
mod audit;
mod audit_chain;
mod call_logs;
mod journal;
mod keys;
mod open;
mod questions;
mod secrets;
mod space;
mod statistics;
mod windows;
mod writer;

use sqlx::sqlite::SqlitePool;
use tokio::sync::{Mutex, MutexGuard};

use super::StoreError;
use journal::Journal;
use writer::{Durability, Writer};

/// One SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    /// The only connection that writes. A fair lock instead of a pool: writers of one process queue up here and do
    /// not poll for the file's lock.
    writer: Mutex<Writer>,
    readers: SqlitePool,
    journal: Journal,
    /// Whether what another process keeps from being folded is left out of what is read.
    is_for_reading: bool,
}

impl SqliteStore {
    /// The connection that writes, once whoever has it is done.
    async fn writer(&self) -> MutexGuard<'_, Writer> {
        let mut writer = self.writer.lock().await;
        writer.leave_ended_transaction().await;
        writer
    }
}

/// Takes SQLite's write lock at once: a transaction that reads first and writes later could find its view outdated.
const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// `SQLITE_BUSY` and `SQLITE_LOCKED`, see <https://www.sqlite.org/rescode.html>.
const HELD: std::ops::RangeInclusive<i32> = 5..=6;

/// Whether another process holds the file.
fn is_held(error: &sqlx::Error) -> bool {
    sqlite_code(error).is_some_and(|code| HELD.contains(&code))
}

fn failed(doing: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |source| {
        let is_held = is_held(&source);
        let source = Box::new(source);
        if is_held {
            StoreError::Busy { doing, source }
        } else {
            StoreError::Query { doing, source }
        }
    }
}

/// SQLite's primary result code, e.g. 26 for a file that is not a database.
fn sqlite_code(error: &sqlx::Error) -> Option<i32> {
    // Extended codes keep the primary one in their low byte.
    Some(error.as_database_error()?.code()?.parse::<i32>().ok()? & 0xff)
}

#[cfg(test)]
mod tests;
