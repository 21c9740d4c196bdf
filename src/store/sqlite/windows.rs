//! Sliding windows in SQLite.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{Connection, Row};

use super::{BEGIN_WRITE, Durability, SqliteStore, Writer, failed};
use crate::clock::Clock;
use crate::crypto::hex;
use crate::store::windows::{Log, Logs};
use crate::store::{SlotAnswer, StoreError, Unused, Wanted, WindowStore};

/// One statement for any number of windows: their names come as a JSON list.
const READ: &str = "SELECT name, log FROM rate_windows WHERE name IN (SELECT value FROM json_each(?))";

/// Likewise, from a list of name, log in hexadecimal, and end. Every statement costs a trip to the connection's thread,
/// and this one is on the way of calls. `WHERE TRUE` tells the parser that no join condition follows.
const WRITE: &str = "\
    INSERT INTO rate_windows (name, log, empty_at) \
    SELECT value ->> 0, unhex(value ->> 1), value ->> 2 FROM json_each(?) WHERE TRUE \
    ON CONFLICT (name) DO UPDATE SET log = excluded.log, empty_at = excluded.empty_at";

const FORGET: &str = "DELETE FROM rate_windows WHERE empty_at <= ?";

#[async_trait]
impl WindowStore for SqliteStore {
    async fn take_slots(
        &self,
        calls: &[Vec<Wanted>],
        unused: &[Unused],
        clock: &Clock,
    ) -> Result<Vec<SlotAnswer>, StoreError> {
        let mut writer = self.writer().await;
        take(&mut writer, calls, unused, clock)
            .await
            .map_err(failed("counted calls"))
    }

    async fn forget_windows(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut writer = self.writer().await;
        let delete = sqlx::query(FORGET).bind(now.as_millisecond());
        let deleted = delete.execute(&mut **writer).await;
        deleted
            .map(|deleted| deleted.rows_affected())
            .map_err(failed("deleted empty windows"))
    }
}

async fn take(
    writer: &mut Writer,
    calls: &[Vec<Wanted>],
    unused: &[Unused],
    clock: &Clock,
) -> Result<Vec<SlotAnswer>, sqlx::Error> {
    let wanted = calls.iter().flatten().map(|wanted| wanted.name.as_str());
    let names: BTreeSet<&str> = wanted.chain(unused.iter().map(|unused| unused.name.as_str())).collect();
    let names = serde_json::to_string(&names).map_err(|error| sqlx::Error::Encode(error.into()))?;

    Durability::Process.apply(writer).await?;
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    let rows = sqlx::query(READ).bind(names).fetch_all(&mut *transaction).await?;
    let mut logs = HashMap::with_capacity(rows.len());
    for row in &rows {
        let name: String = row.try_get("name")?;
        let log = Log::decode(row.try_get("log")?)
            .ok_or_else(|| sqlx::Error::Decode(format!("the log of the window `{name}` is damaged").into()))?;
        logs.insert(name, log);
    }
    let mut logs = Logs::new(logs);
    let answers = logs.answer(calls, unused, clock());
    let changed: Vec<(String, String, i64)> = logs
        .into_changed()
        .map(|(name, log, empty_at)| (name, hex(&log.encode()), empty_at))
        .collect();
    if !changed.is_empty() {
        let changed = serde_json::to_string(&changed).map_err(|error| sqlx::Error::Encode(error.into()))?;
        sqlx::query(WRITE).bind(changed).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(answers)
}
