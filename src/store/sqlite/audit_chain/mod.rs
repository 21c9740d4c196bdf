//! The chain of audit events as a whole: where it stands, whether it holds, and cutting off its beginning.

use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Connection, Row};

use super::{BEGIN_WRITE, Durability, Writer};
use crate::store::AuditVerification;
use crate::store::chain::{Event, Hash, Head, Walk};

/// Events that are held in memory at a time.
const PAGE: i64 = 1_000;

/// Texts as bytes: whoever changed one need not have left it UTF-8.
const NEXT_EVENTS: &str = "\
    SELECT sequence, CAST(call_id AS BLOB) AS call_id, CAST(started_at AS BLOB) AS started_at, \
        CAST(details AS BLOB) AS details, hash \
    FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?";

const ANCHOR: &str = "SELECT sequence, hash, events FROM audit_anchor";

const NEWEST_NUMBER: &str = "SELECT seq FROM sqlite_sequence WHERE name = 'audit'";

/// Where the chain stands. Must be called with the write lock.
pub(super) async fn head(connection: &mut SqliteConnection) -> Result<Head, sqlx::Error> {
    let newest: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(&mut *connection)
            .await?;
    let mut head = match newest {
        Some((sequence, hash)) => Head {
            sequence,
            hash: whole(&hash),
        },
        None => anchor(connection).await?.0,
    };
    // When the newest events were removed, their numbers are not given again: the gap is what shows it.
    head.sequence = head.sequence.max(newest_number(connection).await?);
    Ok(head)
}

/// A hash as it was read. One that was damaged must not stop new events: any value shows as a broken link.
fn whole(hash: &[u8]) -> Hash {
    hash.try_into().unwrap_or_default()
}

async fn anchor(connection: &mut SqliteConnection) -> Result<(Head, i64), sqlx::Error> {
    let anchor: Option<(i64, Vec<u8>, i64)> = sqlx::query_as(ANCHOR).fetch_optional(connection).await?;
    Ok(anchor.map_or((Head::START, 0), |(sequence, hash, events)| {
        let hash = whole(&hash);
        (Head { sequence, hash }, events)
    }))
}

/// The highest number that was ever given to an event.
async fn newest_number(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let newest: Option<i64> = sqlx::query_scalar(NEWEST_NUMBER).fetch_optional(connection).await?;
    Ok(newest.unwrap_or(0))
}

/// Follows the whole chain as it stands at one moment; writers are not held up.
pub(super) async fn verify(readers: &SqlitePool, noted_head: Option<&str>) -> Result<AuditVerification, sqlx::Error> {
    let mut moment = readers.begin().await?;
    let (anchor, cut) = anchor(&mut moment).await?;
    let newest = newest_number(&mut moment).await?;
    let mut walk = Walk::new(anchor, u64::try_from(cut).unwrap_or(0), noted_head);
    let mut last = i64::MIN;
    loop {
        let page = next_events(&mut moment, last, PAGE).await?;
        let Some(newest) = page.last() else {
            break;
        };
        last = newest.sequence;
        for event in &page {
            walk.step(event);
        }
    }
    moment.rollback().await?;
    Ok(walk.end(newest))
}

async fn next_events(connection: &mut SqliteConnection, after: i64, most: i64) -> Result<Vec<Event>, sqlx::Error> {
    let rows = sqlx::query(NEXT_EVENTS)
        .bind(after)
        .bind(most)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Event {
                sequence: row.try_get("sequence")?,
                call_id: row.try_get("call_id")?,
                started_at: row.try_get("started_at")?,
                details: row.try_get("details")?,
                hash: row.try_get("hash")?,
            })
        })
        .collect()
}

/// Of the `most` first events, the last in front of the first that is to stay. No further one is looked at: there may be
/// millions, and whoever writes waits meanwhile.
const LAST_TO_CUT: &str = "\
    WITH beginning AS NOT MATERIALIZED ( \
        SELECT sequence, hash, started_at, details FROM audit ORDER BY sequence LIMIT ?2) \
    SELECT sequence, hash FROM beginning \
    WHERE sequence < coalesce( \
            (SELECT sequence FROM beginning WHERE coalesce(details ->> 'ended_at', started_at) >= ?1 \
             ORDER BY sequence LIMIT 1), \
            9223372036854775807) \
    ORDER BY sequence DESC LIMIT 1";

const SET_ANCHOR: &str = "\
    INSERT INTO audit_anchor (id, sequence, hash, events) VALUES (1, ?, ?, ?) \
    ON CONFLICT (id) DO UPDATE SET \
        sequence = excluded.sequence, hash = excluded.hash, events = audit_anchor.events + excluded.events";

/// Cuts off the beginning, in one transaction with its anchor.
pub(super) async fn prune(writer: &mut Writer, before: &str, most: u32) -> Result<u64, sqlx::Error> {
    Durability::Disk.apply(writer).await?;
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    let last: Option<(i64, Vec<u8>)> = sqlx::query_as(LAST_TO_CUT)
        .bind(before)
        .bind(most)
        .fetch_optional(&mut *transaction)
        .await?;
    let Some((last, hash)) = last else {
        transaction.rollback().await?;
        return Ok(0);
    };
    let cut = sqlx::query("DELETE FROM audit WHERE sequence <= ?")
        .bind(last)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
    sqlx::query(SET_ANCHOR)
        .bind(last)
        .bind(hash)
        .bind(i64::try_from(cut).unwrap_or(i64::MAX))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(cut)
}

/// Chains the events that the migration made of the rows from before there was a chain. Nothing vouches for them but
/// that they have not changed since.
pub(super) async fn chain_earlier_rows(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut head = Head::START;
    loop {
        let page = next_events(connection, head.sequence, PAGE).await?;
        if page.is_empty() {
            return Ok(());
        }
        for event in page {
            head = head.next(&event.call_id, &event.started_at, &event.details);
            sqlx::query("UPDATE audit SET hash = ? WHERE sequence = ?")
                .bind(head.hash.as_slice())
                .bind(event.sequence)
                .execute(&mut *connection)
                .await?;
        }
    }
}

#[cfg(test)]
mod tests;
