//! The embedded backend: one SQLite file in WAL mode.
//!
//! All writes go through one connection, one after another; reads have connections of their own and never wait for
//! a write. Other processes may have the same file open: whatever must be atomic is so in the file, not in memory.

mod approvals;
mod audit;
mod open;

use sqlx::sqlite::{SqliteConnection, SqlitePool};
use tokio::sync::Mutex;

use super::StoreError;

/// One SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    /// The only connection that writes. A fair lock instead of a pool: writers of one process queue up here and do
    /// not poll for the file's lock.
    writer: Mutex<SqliteConnection>,
    readers: SqlitePool,
}

/// How far a commit must have come before it is reported as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// With the operating system: survives the end of the process.
    Process,
    /// On the disk: survives a power cut.
    Disk,
}

impl Durability {
    /// Sets it for the next transaction. Must be called outside of one, where SQLite ignores it.
    async fn apply(self, writer: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let statement = match self {
            Self::Process => "PRAGMA synchronous = NORMAL",
            Self::Disk => "PRAGMA synchronous = FULL",
        };
        sqlx::query(statement).execute(writer).await?;
        Ok(())
    }
}

/// Takes SQLite's write lock at once: a transaction that reads first and writes later could find its view outdated.
const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

fn failed(doing: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |source| StoreError::Query {
        doing,
        source: Box::new(source),
    }
}

#[cfg(test)]
mod tests;
