//! Counts over audit rows in SQLite.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::{SqliteStore, failed};
use crate::store::{CallCounts, CallScope, FailureCount, StatisticsStore, StoreError};

/// One row with the totals. No `GROUP BY`: it would sort every call, and nearly all of them are alike.
const TOTALS: &str = "\
    SELECT NULL, NULL, COUNT(*), COUNT(ended_at), \
        COUNT(CASE WHEN outcome = 'ok' AND ended_at IS NOT NULL THEN 1 END), \
        AVG(CASE WHEN requests > 0 AND decision <> 'approved' AND ended_at IS NOT NULL THEN duration_ms END) \
    FROM audit_calls";

/// One row for each kind of failure.
const FAILURES: &str = "\
    SELECT outcome, upstream_status, COUNT(*), 0, 0, NULL FROM audit_calls";

#[async_trait]
impl StatisticsStore for SqliteStore {
    async fn count_calls(&self, scope: &CallScope) -> Result<CallCounts, StoreError> {
        let rows = select(scope).build().fetch_all(&self.readers).await;
        rows.and_then(|rows| counts(&rows)).map_err(failed("counted calls"))
    }
}

/// Both parts are one statement, so that they see the same calls.
pub(super) fn select(scope: &CallScope) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(TOTALS);
    query.push(" WHERE TRUE");
    restrict(&mut query, scope);
    query.push(" UNION ALL ").push(FAILURES);
    query.push(" WHERE ended_at IS NOT NULL AND outcome <> 'ok'");
    restrict(&mut query, scope);
    query.push(" GROUP BY outcome, upstream_status");
    query
}

fn restrict(query: &mut QueryBuilder<Sqlite>, scope: &CallScope) {
    if let Some(connector) = &scope.connector {
        query.push(" AND connector = ").push_bind(connector.clone());
    }
    if let Some(since) = &scope.since {
        query.push(" AND started_at >= ").push_bind(since.clone());
    }
}

fn counts(rows: &[SqliteRow]) -> Result<CallCounts, sqlx::Error> {
    let mut counts = CallCounts::default();
    for row in rows {
        let outcome: Option<String> = row.try_get(0)?;
        let calls: u64 = row.try_get(2)?;
        if let Some(outcome) = outcome {
            counts.failures.push(FailureCount {
                outcome,
                upstream_status: row.try_get(1)?,
                calls,
            });
        } else {
            counts.ended = row.try_get(3)?;
            counts.unfinished = calls - counts.ended;
            counts.succeeded = row.try_get(4)?;
            counts.average_ms = row.try_get(5)?;
        }
    }
    Ok(counts)
}
