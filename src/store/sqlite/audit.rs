//! Audit events in SQLite, and the rows that they make.
//!
//! Most events come by way of a journal (see there). Of the others, one statement appends a whole batch and is a
//! transaction of its own: a call waits for it, so every further trip to the connection's thread would cost each call. It can be chained without reading first because this process remembers
//! where the chain stood after its own last event. If another process has appended since, the number is taken and the
//! statement fails as a whole; then the chain's head is read inside a transaction.

use std::array;
use std::sync::LazyLock;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteQueryResult, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, Connection, QueryBuilder, Row, Sqlite};

use super::{BEGIN_WRITE, Durability, SqliteStore, Writer, audit_chain, failed, journal, questions, space};
use crate::store::chain::Head;
use crate::store::{
    AuditFilter, AuditRecord, AuditStore, AuditVerification, OpenQuestion, StoreError, Vocabulary as _, details,
};

/// Statements for 1, 2, 4, up to 256 events. Each is prepared once and kept by the connection; what a batch leaves of
/// its statement stays unbound, which is NULL, and is passed over.
const SIZES: usize = 9;
const LONGEST: usize = 1 << (SIZES - 1);

static APPEND: LazyLock<[String; SIZES]> = LazyLock::new(|| array::from_fn(|power| append_statement(1 << power)));

/// The condition on the anchor makes it fail when the remembered head is older than what was cut off since.
fn append_statement(events: usize) -> String {
    let values = vec!["(?, ?, ?, ?, ?)"; events].join(", ");
    format!(
        "WITH remembered (head) AS (VALUES (?)), events AS (VALUES {values}) \
         INSERT INTO audit (sequence, call_id, started_at, details, hash) SELECT * FROM events WHERE column1 IS NOT NULL \
         AND (SELECT head FROM remembered) >= (SELECT coalesce(max(sequence), 0) FROM audit_anchor)"
    )
}

#[async_trait]
impl AuditStore for SqliteStore {
    async fn write_audit(&self, records: &[AuditRecord], durable: bool) -> Result<(), StoreError> {
        let durability = if durable { Durability::Disk } else { Durability::Process };
        let texts: Result<Vec<String>, _> = records.iter().map(details::encode).collect();
        let texts = texts.map_err(|error| failed("wrote audit rows")(sqlx::Error::Encode(error.into())))?;
        let events = records.iter().zip(&texts).map(|(record, details)| Event {
            call_id: &record.call_id,
            started_at: &record.started_at,
            details,
        });
        let events: Vec<Event<'_>> = events.collect();
        let mut writer = self.writer().await;
        append(&mut writer, &events, durability)
            .await
            .map_err(failed("wrote audit rows"))
    }

    fn write_audit_at_once(&self, record: &AuditRecord) -> bool {
        let Ok(details) = details::encode(record) else {
            return false;
        };
        match self.journal.append(&record.call_id, &record.started_at, &details) {
            Ok(appended) => appended,
            Err(error) => {
                tracing::warn!(%error, "an audit row goes straight to the database: its journal cannot be written");
                false
            }
        }
    }

    async fn settle_audit(&self) -> Result<(), StoreError> {
        journal::fold(self)
            .await
            .map_err(failed("moved audit rows into the database"))
    }

    async fn read_open_questions(
        &self,
        expired: &str,
        used_expired: &str,
        most: u32,
    ) -> Result<Vec<OpenQuestion>, StoreError> {
        self.settle_audit().await?;
        questions::open(&self.readers, expired, used_expired, most)
            .await
            .map_err(failed("looked for questions without an answer"))
    }

    async fn end_open_question(&self, end: &AuditRecord) -> Result<bool, StoreError> {
        // Its end may lie in a journal.
        self.settle_audit().await?;
        let doing = "ended a call without an answer";
        let details = details::encode(end).map_err(|error| failed(doing)(sqlx::Error::Encode(error.into())))?;
        let end = Event {
            call_id: &end.call_id,
            started_at: &end.started_at,
            details: &details,
        };
        let mut writer = self.writer().await;
        questions::end(&mut writer, end).await.map_err(failed(doing))
    }

    async fn read_audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>, StoreError> {
        journal::fold_to_read(self).await.map_err(failed("read audit rows"))?;
        let mut query = select(filter);
        let rows = query.build().fetch_all(&self.readers).await;
        rows.and_then(|rows| rows.iter().map(record).collect())
            .map_err(failed("read audit rows"))
    }

    async fn verify_audit(&self, noted_head: Option<&str>) -> Result<AuditVerification, StoreError> {
        journal::fold_to_read(self)
            .await
            .map_err(failed("verified the audit log"))?;
        audit_chain::verify(&self.readers, noted_head)
            .await
            .map_err(failed("verified the audit log"))
    }

    async fn prune_audit(&self, before: &str, most: u32) -> Result<u64, StoreError> {
        self.settle_audit().await?;
        let mut writer = self.writer().await;
        audit_chain::prune(&mut writer, before, most)
            .await
            .map_err(failed("cut old events off the audit log"))
    }

    async fn give_back_space(&self) -> Result<bool, StoreError> {
        let mut writer = self.writer().await;
        space::give_back(&mut writer).await.map_err(failed("gave back space"))
    }
}

/// An event as it is kept, before it is chained.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event<'a> {
    pub(super) call_id: &'a str,
    pub(super) started_at: &'a str,
    pub(super) details: &'a str,
}

async fn append(writer: &mut Writer, events: &[Event<'_>], durability: Durability) -> Result<(), sqlx::Error> {
    durability.apply(writer).await?;
    // Forgotten until the end is known: whoever waits for this may give up in between.
    if let Some(head) = writer.audit_head.take()
        && events.len() <= LONGEST
    {
        let (appended, head) = append_after(head, events, writer).await;
        match appended {
            Ok(result) if result.rows_affected() == events.len() as u64 => {
                writer.audit_head = Some(head);
                return Ok(());
            }
            // The remembered head is outdated.
            Ok(_) => {}
            Err(error) if is_taken(&error) => {}
            Err(error) => return Err(error),
        }
    }
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    let head = audit_chain::head(&mut transaction).await?;
    let head = append_all(head, events, &mut transaction).await?;
    transaction.commit().await?;
    writer.audit_head = Some(head);
    Ok(())
}

/// Appends any number of events behind `head`, which must be where the chain stands. Returns where it stands then.
pub(super) async fn append_all(
    mut head: Head,
    events: &[Event<'_>],
    connection: &mut SqliteConnection,
) -> Result<Head, sqlx::Error> {
    for events in events.chunks(LONGEST) {
        let (appended, next) = append_after(head, events, connection).await;
        appended?;
        head = next;
    }
    Ok(head)
}

/// Appends at most [`LONGEST`] events that follow `head`; where the chain stands then.
async fn append_after(
    head: Head,
    events: &[Event<'_>],
    connection: &mut SqliteConnection,
) -> (Result<SqliteQueryResult, sqlx::Error>, Head) {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(1 + 5 * events.len(), 0);
    let (mut newest, mut added) = (head, arguments.add(head.sequence));
    for event in events {
        newest = newest.next(
            event.call_id.as_bytes(),
            event.started_at.as_bytes(),
            event.details.as_bytes(),
        );
        added = added
            .and_then(|()| arguments.add(newest.sequence))
            .and_then(|()| arguments.add(event.call_id))
            .and_then(|()| arguments.add(event.started_at))
            .and_then(|()| arguments.add(event.details))
            .and_then(|()| arguments.add(newest.hash.as_slice()));
    }
    if let Err(error) = added {
        return (Err(sqlx::Error::Encode(error)), head);
    }
    let size = events.len().next_power_of_two().ilog2() as usize;
    // Made of constants alone.
    let statement = AssertSqlSafe(APPEND[size.min(SIZES - 1)].as_str());
    (sqlx::query_with(statement, arguments).execute(connection).await, newest)
}

fn is_taken(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// The statement is put together so that the newest rows are found by their index; values are always bound.
fn select(filter: &AuditFilter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT call_id, started_at, details FROM audit_calls WHERE TRUE");
    let equals = [
        (" AND connector = ", &filter.connector),
        (" AND action = ", &filter.action),
        (" AND user_name = ", &filter.user),
        (" AND call_id = ", &filter.call_id),
        (" AND started_at >= ", &filter.since),
    ];
    for (condition, value) in equals {
        if let Some(value) = value {
            query.push(condition).push_bind(value.clone());
        }
    }
    if let Some(outcome) = filter.outcome {
        query.push(" AND outcome = ").push_bind(outcome.as_str());
    }
    if let Some(status) = filter.upstream_status {
        query.push(" AND upstream_status = ").push_bind(status);
    }
    if filter.failed {
        query.push(" AND ended_at IS NOT NULL AND outcome <> 'ok'");
    }
    query
        .push(" ORDER BY started_at DESC, call_id DESC LIMIT ")
        .push_bind(filter.limit);
    query
}

pub(super) fn record(row: &SqliteRow) -> Result<AuditRecord, sqlx::Error> {
    details::decode(
        row.try_get("call_id")?,
        row.try_get("started_at")?,
        row.try_get("details")?,
    )
    .map_err(|error| sqlx::Error::Decode(error.into()))
}
