//! Counts over the audit log in SQLite: sums of what was added up before, and the few events that are not in them.
//!
//! Counting adds nothing up. Whoever counts reads the sums, the events behind their position, and the
//! events of the hour in which the window begins, all in one statement and so at one moment.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, QueryBuilder, Row, Sqlite};

use super::{BEGIN_WRITE, Durability, SqliteStore, Writer, failed, journal};
use crate::error_code::ErrorCode;
use crate::store::{
    AuditOutcome, AuditStore as _, CONNECTION_FAILURES, CallCounts, CallScope, FailureCount, Recorded, StatisticsStore,
    StoreError,
};

/// Length of the part of a time that names its hour.
const HOUR: usize = 13;

/// What adding up needs of the events behind the position: each is read once. A table of the connection alone.
const CREATE_BATCH: &str = "\
    CREATE TEMP TABLE IF NOT EXISTS batch ( \
        sequence INTEGER, call_id TEXT, started_at TEXT, has_ended INTEGER, connector TEXT, outcome TEXT, \
        upstream_status INTEGER, is_timed INTEGER, duration_ms INTEGER, has_tried INTEGER)";

const FILL_BATCH: &str = "\
    INSERT INTO temp.batch \
    SELECT sequence, call_id, started_at, ended_at IS NOT NULL, connector, outcome, coalesce(upstream_status, 0), \
        requests > 0 AND decision <> 'approved', duration_ms, requests > 0 OR outcome IN (?2, ?3, ?4) \
    FROM audit_calls \
    WHERE sequence > (SELECT sequence FROM totals_position) AND sequence <= ?1";

/// The last event of the next batch.
const BATCH_END: &str = "\
    SELECT max(sequence), count(*) FROM ( \
        SELECT sequence FROM audit WHERE sequence > (SELECT sequence FROM totals_position) ORDER BY sequence LIMIT ?)";

const ADD_UP: [&str; 6] = [
    "INSERT INTO call_totals (hour, connector, outcome, upstream_status, calls, timed_calls, timed_ms) \
     SELECT substr(started_at, 1, 13), coalesce(connector, ''), outcome, upstream_status, count(*), sum(is_timed), \
        total(duration_ms * is_timed) \
     FROM temp.batch WHERE has_ended GROUP BY 1, 2, 3, 4 \
     ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, timed_calls = timed_calls + excluded.timed_calls, \
        timed_ms = timed_ms + excluded.timed_ms",
    "INSERT INTO api_calls (connector, calls, last_used_at) \
     SELECT connector, count(*), max(started_at) FROM temp.batch \
     WHERE has_ended AND connector IS NOT NULL GROUP BY connector \
     ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, \
        last_used_at = max(last_used_at, excluded.last_used_at)",
    // Beside a maximum, SQLite takes the other columns from its row.
    "UPDATE api_calls SET last_connection = tried.outcome \
     FROM (SELECT connector, outcome, max(sequence) FROM temp.batch WHERE has_ended AND has_tried GROUP BY connector) \
        AS tried \
     WHERE tried.connector = api_calls.connector",
    "INSERT OR IGNORE INTO open_calls (call_id, started_at, connector) \
     SELECT call_id, started_at, connector FROM temp.batch WHERE NOT has_ended",
    "DELETE FROM open_calls WHERE call_id IN (SELECT call_id FROM temp.batch WHERE has_ended)",
    "DELETE FROM temp.batch",
];

#[async_trait]
impl StatisticsStore for SqliteStore {
    async fn count_calls(&self, scope: &CallScope) -> Result<CallCounts, StoreError> {
        journal::fold_to_read(self).await.map_err(failed("counted calls"))?;
        let rows = select(scope).build().fetch_all(&self.readers).await;
        rows.and_then(|rows| counts(&rows)).map_err(failed("counted calls"))
    }

    async fn add_up_calls(&self, most: u32) -> Result<u64, StoreError> {
        self.settle_audit().await?;
        let mut writer = self.writer().await;
        add_up(&mut writer, most).await.map_err(failed("added calls up"))
    }

    async fn forget_sums(&self, before: &str) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        forget(&mut writer, before).await.map_err(failed("removed old sums"))
    }
}

async fn add_up(writer: &mut Writer, most: u32) -> Result<u64, sqlx::Error> {
    // What a power cut takes is added up again.
    Durability::Process.apply(writer).await?;
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    let (end, events): (Option<i64>, i64) = sqlx::query_as(BATCH_END)
        .bind(most)
        .fetch_one(&mut *transaction)
        .await?;
    let Some(end) = end else {
        transaction.rollback().await?;
        return Ok(0);
    };
    sqlx::query(CREATE_BATCH).execute(&mut *transaction).await?;
    let [one, two, three] = CONNECTION_FAILURES.map(ErrorCode::as_str);
    sqlx::query(FILL_BATCH)
        .bind(end)
        .bind(one)
        .bind(two)
        .bind(three)
        .execute(&mut *transaction)
        .await?;
    for statement in ADD_UP {
        sqlx::query(statement).execute(&mut *transaction).await?;
    }
    sqlx::query("UPDATE totals_position SET sequence = ?")
        .bind(end)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(u64::try_from(events).unwrap_or(0))
}

async fn forget(writer: &mut Writer, before: &str) -> Result<(), sqlx::Error> {
    Durability::Process.apply(writer).await?;
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    sqlx::query("DELETE FROM call_totals WHERE hour < substr(?, 1, 13)")
        .bind(before)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("DELETE FROM open_calls WHERE started_at < ?")
        .bind(before)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

/// Times at which a window begins, for statements.
pub(super) struct Beginning {
    pub(super) since: String,
    /// The hour in which it begins. The sums of later hours are whole.
    pub(super) hour: String,
    /// Sorts behind every time of that hour.
    pub(super) hour_end: String,
}

impl Beginning {
    pub(super) fn new(since: &str) -> Self {
        let hour = since.get(..HOUR).unwrap_or(since).to_owned();
        Self {
            since: since.to_owned(),
            // Behind the hour stands a colon, and `;` comes after it.
            hour_end: format!("{hour};"),
            hour,
        }
    }
}

/// Rows of outcome, status, calls, timed calls, and their milliseconds; those without an outcome have not ended.
///
/// A `+` keeps a condition from choosing the index.
pub(super) fn select(scope: &CallScope) -> QueryBuilder<Sqlite> {
    let beginning = scope.since.as_deref().map(Beginning::new);
    let mut query = QueryBuilder::new(
        "WITH ended AS ( \
         SELECT outcome, upstream_status, calls, timed_calls, timed_ms FROM call_totals WHERE TRUE",
    );
    restrict(&mut query, scope, None);
    if let Some(beginning) = &beginning {
        query.push(" AND hour > ").push_bind(beginning.hour.clone());
    }
    let loose = " UNION ALL \
         SELECT outcome, coalesce(upstream_status, 0), 1, requests > 0 AND decision <> 'approved', \
            CASE WHEN requests > 0 AND decision <> 'approved' THEN duration_ms ELSE 0 END \
         FROM audit_calls WHERE ended_at IS NOT NULL";
    query
        .push(loose)
        .push(" AND sequence > (SELECT sequence FROM totals_position)");
    restrict(&mut query, scope, Some("+started_at"));
    if let Some(beginning) = &beginning {
        query
            .push(loose)
            .push(" AND +sequence <= (SELECT sequence FROM totals_position)");
        restrict(&mut query, scope, Some("started_at"));
        query.push(" AND started_at < ").push_bind(beginning.hour_end.clone());
    }
    query.push(
        ") SELECT outcome, upstream_status, sum(calls), sum(timed_calls), total(timed_ms) FROM ended \
         GROUP BY outcome, upstream_status \
         UNION ALL SELECT NULL, 0, count(*), 0, 0.0 FROM open_calls WHERE NOT EXISTS ( \
            SELECT 1 FROM audit AS other WHERE other.started_at = open_calls.started_at \
                AND other.call_id = open_calls.call_id AND other.details ->> 'ended_at' IS NOT NULL)",
    );
    restrict(&mut query, scope, Some("started_at"));
    query.push(
        " UNION ALL SELECT NULL, 0, count(*), 0, 0.0 FROM audit_calls \
         WHERE ended_at IS NULL AND sequence > (SELECT sequence FROM totals_position) \
            AND call_id NOT IN (SELECT call_id FROM open_calls)",
    );
    restrict(&mut query, scope, Some("+started_at"));
    query
}

/// Restricts rows to those in `scope`; the sums of hours have no time of their own.
fn restrict(query: &mut QueryBuilder<Sqlite>, scope: &CallScope, time: Option<&str>) {
    if let Some(connector) = &scope.connector {
        query.push(" AND connector = ").push_bind(connector.clone());
    }
    if let (Some(since), Some(time)) = (&scope.since, time) {
        query.push(" AND ").push(time).push(" >= ").push_bind(since.clone());
    }
}

fn counts(rows: &[SqliteRow]) -> Result<CallCounts, sqlx::Error> {
    let mut counts = CallCounts::default();
    let (mut timed, mut timed_ms) = (0_u64, 0.0);
    for row in rows {
        let calls: u64 = row.try_get(2)?;
        let Some(outcome) = row.try_get::<Option<&str>, _>(0)?.map(Recorded::from) else {
            counts.unfinished += calls;
            continue;
        };
        counts.ended += calls;
        timed += row.try_get::<u64, _>(3)?;
        timed_ms += row.try_get::<f64, _>(4)?;
        if outcome == AuditOutcome::Succeeded {
            counts.succeeded += calls;
            continue;
        }
        let upstream_status: u16 = row.try_get(1)?;
        counts.failures.push(FailureCount {
            outcome,
            upstream_status: (upstream_status > 0).then_some(upstream_status),
            calls,
        });
    }
    #[expect(clippy::cast_precision_loss, reason = "a mean does not need 53 bits")]
    let average = (timed > 0).then(|| timed_ms / timed as f64);
    counts.average_ms = average;
    Ok(counts)
}
