//! Logs of calls in SQLite. They come by way of the journal (see there), so that no call pays for a commit.

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row as _};

use super::{Durability, SqliteStore, failed, journal};
use crate::store::{CallLogStore, StoreError};

const WRITE: &str = "INSERT OR REPLACE INTO call_logs (call_id, ended_at, log) VALUES (?, ?, ?)";

const WRITE_ALL: &str = "INSERT OR REPLACE INTO call_logs (call_id, ended_at, log) ";

/// Most logs that one statement writes.
const LONGEST: usize = 500;

const READ: &str = "SELECT log FROM call_logs WHERE call_id = ?";

const PRUNE: &str = "DELETE FROM call_logs WHERE ended_at < ?";

#[async_trait]
impl CallLogStore for SqliteStore {
    async fn write_call_log(&self, call_id: &str, at: &str, log: &str) -> Result<(), StoreError> {
        match self.journal.append_log(call_id, at, log) {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "the log of a call goes straight to the database: its journal cannot be written");
            }
        }
        let insert = sqlx::query(WRITE).bind(call_id).bind(at).bind(log);
        self.change_call_logs(insert)
            .await
            .map(drop)
            .map_err(failed("wrote the log of a call"))
    }

    async fn read_call_log(&self, call_id: &str) -> Result<Option<String>, StoreError> {
        journal::fold_to_read(self)
            .await
            .map_err(failed("read the log of a call"))?;
        let row = sqlx::query(READ).bind(call_id).fetch_optional(&self.readers).await;
        row.and_then(|row| row.map(|row| row.try_get("log")).transpose())
            .map_err(failed("read the log of a call"))
    }

    async fn prune_call_logs(&self, before: &str) -> Result<u64, StoreError> {
        journal::fold(self).await.map_err(failed("dropped logs of calls"))?;
        let delete = sqlx::query(PRUNE).bind(before);
        self.change_call_logs(delete)
            .await
            .map_err(failed("dropped logs of calls"))
    }
}

/// A log on its way from the journal.
pub(super) struct Log<'a> {
    pub(super) call_id: &'a str,
    pub(super) ended_at: &'a str,
    pub(super) text: &'a str,
}

/// Writes any number of logs, many with one statement: each statement changes threads twice.
pub(super) async fn write_all(logs: &[Log<'_>], connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for logs in logs.chunks(LONGEST) {
        let mut insert = QueryBuilder::new(WRITE_ALL);
        insert.push_values(logs, |mut row, log| {
            row.push_bind(log.call_id).push_bind(log.ended_at).push_bind(log.text);
        });
        // Their number differs from one to the next.
        insert.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

impl SqliteStore {
    async fn change_call_logs(
        &self,
        statement: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
    ) -> Result<u64, sqlx::Error> {
        let mut writer = self.writer().await;
        // An author's aid: the audit log is what must not be lost.
        Durability::Process.apply(&mut writer).await?;
        Ok(statement.execute(&mut **writer).await?.rows_affected())
    }
}
