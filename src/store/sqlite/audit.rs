//! Audit rows in SQLite.

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, QueryBuilder, Row, Sqlite};

use super::{BEGIN_WRITE, Durability, SqliteStore, failed};
use crate::store::{AuditFilter, AuditRecord, AuditStore, StoreError};

/// A row that has ended is history: the `WHERE` keeps it as it is.
const WRITE: &str = "\
    INSERT INTO audit (call_id, started_at, ended_at, user_name, organisation, channel, client, tool, connector, \
        action, effect, method, path, arguments_hash, decision, approval_id, approver, outcome, upstream_status, \
        requests, bytes_out, bytes_in, duration_ms, message) \
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
    ON CONFLICT (call_id) DO UPDATE SET \
        ended_at = excluded.ended_at, user_name = excluded.user_name, organisation = excluded.organisation, \
        channel = excluded.channel, client = excluded.client, tool = excluded.tool, \
        connector = excluded.connector, action = excluded.action, effect = excluded.effect, \
        method = excluded.method, path = excluded.path, arguments_hash = excluded.arguments_hash, \
        decision = excluded.decision, approval_id = excluded.approval_id, approver = excluded.approver, \
        outcome = excluded.outcome, upstream_status = excluded.upstream_status, requests = excluded.requests, \
        bytes_out = excluded.bytes_out, bytes_in = excluded.bytes_in, duration_ms = excluded.duration_ms, \
        message = excluded.message \
    WHERE audit.ended_at IS NULL";

#[async_trait]
impl AuditStore for SqliteStore {
    async fn write_audit(&self, records: &[AuditRecord], durable: bool) -> Result<(), StoreError> {
        let durability = if durable { Durability::Disk } else { Durability::Process };
        let mut writer = self.writer.lock().await;
        write(&mut writer, records, durability)
            .await
            .map_err(failed("wrote audit rows"))
    }

    async fn read_audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>, StoreError> {
        let mut query = select(filter);
        let rows = query.build().fetch_all(&self.readers).await;
        rows.and_then(|rows| rows.iter().map(record).collect())
            .map_err(failed("read audit rows"))
    }
}

async fn write(
    writer: &mut SqliteConnection,
    records: &[AuditRecord],
    durability: Durability,
) -> Result<(), sqlx::Error> {
    durability.apply(writer).await?;
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    for record in records {
        sqlx::query(WRITE)
            .bind(&record.call_id)
            .bind(&record.started_at)
            .bind(&record.ended_at)
            .bind(&record.user)
            .bind(&record.organisation)
            .bind(&record.channel)
            .bind(&record.client)
            .bind(&record.tool)
            .bind(&record.connector)
            .bind(&record.action)
            .bind(&record.effect)
            .bind(&record.method)
            .bind(&record.path)
            .bind(&record.arguments_hash)
            .bind(&record.decision)
            .bind(&record.approval_id)
            .bind(&record.approver)
            .bind(&record.outcome)
            .bind(record.upstream_status)
            .bind(record.requests)
            .bind(whole_number(record.bytes_out))
            .bind(whole_number(record.bytes_in))
            .bind(whole_number(record.duration_ms))
            .bind(&record.message)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}

/// The statement is put together so that each filter can use its index; values are always bound.
fn select(filter: &AuditFilter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT * FROM audit WHERE TRUE");
    let equals = [
        (" AND connector = ", &filter.connector),
        (" AND action = ", &filter.action),
        (" AND outcome = ", &filter.outcome),
        (" AND call_id = ", &filter.call_id),
        (" AND started_at >= ", &filter.since),
    ];
    for (condition, value) in equals {
        if let Some(value) = value {
            query.push(condition).push_bind(value.clone());
        }
    }
    query
        .push(" ORDER BY started_at DESC, call_id DESC LIMIT ")
        .push_bind(filter.limit);
    query
}

fn record(row: &SqliteRow) -> Result<AuditRecord, sqlx::Error> {
    Ok(AuditRecord {
        call_id: row.try_get("call_id")?,
        started_at: row.try_get("started_at")?,
        ended_at: row.try_get("ended_at")?,
        user: row.try_get("user_name")?,
        organisation: row.try_get("organisation")?,
        channel: row.try_get("channel")?,
        client: row.try_get("client")?,
        tool: row.try_get("tool")?,
        connector: row.try_get("connector")?,
        action: row.try_get("action")?,
        effect: row.try_get("effect")?,
        method: row.try_get("method")?,
        path: row.try_get("path")?,
        arguments_hash: row.try_get("arguments_hash")?,
        decision: row.try_get("decision")?,
        approval_id: row.try_get("approval_id")?,
        approver: row.try_get("approver")?,
        outcome: row.try_get("outcome")?,
        upstream_status: row.try_get("upstream_status")?,
        requests: row.try_get("requests")?,
        bytes_out: row.try_get("bytes_out")?,
        bytes_in: row.try_get("bytes_in")?,
        duration_ms: row.try_get("duration_ms")?,
        message: row.try_get("message")?,
    })
}

/// SQLite's integers are signed; a count beyond them is kept as the greatest.
fn whole_number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
