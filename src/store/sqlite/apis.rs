//! What is kept of APIs, in SQLite.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row};

use super::statistics::Beginning;
use super::{BEGIN_WRITE, Durability, SqliteStore, Writer, failed, journal};
use crate::error_code::ErrorCode;
use crate::store::{ApiSighting, ApiStore, ApiUsage, CONNECTION_FAILURES, Recorded, StoreError};

/// The `WHERE` keeps what is as it was: of processes that start together, one writes.
const SIGHT: &str = "\
    INSERT INTO apis (slug, revision, state, created_at, updated_at) VALUES (?1, ?2, 'active', ?3, ?3) \
    ON CONFLICT (slug) DO UPDATE SET \
        created_at = CASE state WHEN 'removed' THEN excluded.created_at ELSE created_at END, \
        state = CASE state WHEN 'removed' THEN 'active' ELSE state END, \
        revision = excluded.revision, updated_at = excluded.updated_at \
    WHERE revision <> excluded.revision OR state = 'removed'";

const SWITCH: &str = "UPDATE apis SET state = ?2 WHERE slug = ?1 AND state NOT IN (?2, 'removed')";

const REMOVE: &str = "UPDATE apis SET state = 'removed' WHERE slug = ?";

const DISABLED: &str = "SELECT slug FROM apis WHERE state <> 'active'";

/// What was added up, and what stands behind it: few events, if any.
pub(super) const USAGE: &str = "\
    WITH tail AS MATERIALIZED ( \
        SELECT sequence, started_at, connector, outcome, requests FROM audit_calls \
        WHERE sequence > (SELECT sequence FROM totals_position) AND ended_at IS NOT NULL AND connector IS NOT NULL \
    ), fresh AS ( \
        SELECT connector, count(*) AS calls, max(started_at) AS last_used_at FROM tail GROUP BY connector \
    ), tried AS ( \
        SELECT connector, outcome, max(sequence) FROM tail \
        WHERE requests > 0 OR outcome IN (?4, ?5, ?6) GROUP BY connector \
    ), recent AS ( \
        SELECT connector, sum(calls) AS calls FROM ( \
            SELECT connector, calls FROM call_totals WHERE hour > ?2 \
            UNION ALL SELECT connector, 1 FROM tail WHERE started_at >= ?1 \
            UNION ALL SELECT connector, 1 FROM audit_calls \
                WHERE started_at >= ?1 AND started_at < ?3 AND ended_at IS NOT NULL \
                    AND +sequence <= (SELECT sequence FROM totals_position) \
        ) GROUP BY connector \
    ), known AS ( \
        SELECT slug FROM apis UNION SELECT connector FROM api_calls UNION SELECT connector FROM fresh \
    ) \
    SELECT known.slug, apis.created_at, apis.updated_at, coalesce(apis.state = 'disabled', 0) AS disabled, \
        coalesce(api_calls.calls, 0) + coalesce(fresh.calls, 0) AS total_calls, \
        nullif(max(coalesce(api_calls.last_used_at, ''), coalesce(fresh.last_used_at, '')), '') AS last_used_at, \
        coalesce(recent.calls, 0) AS recent_calls, \
        coalesce(tried.outcome, api_calls.last_connection) AS last_connection \
    FROM known \
        LEFT JOIN apis ON apis.slug = known.slug \
        LEFT JOIN api_calls ON api_calls.connector = known.slug \
        LEFT JOIN fresh ON fresh.connector = known.slug \
        LEFT JOIN tried ON tried.connector = known.slug \
        LEFT JOIN recent ON recent.connector = known.slug \
    WHERE apis.state IS NULL OR apis.state <> 'removed' \
    ORDER BY known.slug";

#[async_trait]
impl ApiStore for SqliteStore {
    async fn sight_apis(&self, sightings: &[ApiSighting], at: &str) -> Result<(), StoreError> {
        let known = known(self).await.map_err(failed("looked for APIs"))?;
        let news: Vec<&ApiSighting> = sightings
            .iter()
            .filter(|sighting| known.get(&sighting.slug) != Some(&sighting.revision))
            .collect();
        if news.is_empty() {
            return Ok(());
        }
        let mut writer = self.writer().await;
        note(&mut writer, &news, at).await.map_err(failed("noted APIs"))
    }

    async fn switch_api(&self, slug: &str, enabled: bool) -> Result<bool, StoreError> {
        let state = if enabled { "active" } else { "disabled" };
        let mut writer = self.writer().await;
        change(&mut writer, sqlx::query(SWITCH).bind(slug).bind(state))
            .await
            .map_err(failed("switched an API"))
    }

    async fn remove_api(&self, slug: &str) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        change(&mut writer, sqlx::query(REMOVE).bind(slug))
            .await
            .map(|_| ())
            .map_err(failed("removed an API"))
    }

    async fn disabled_apis(&self) -> Result<BTreeSet<String>, StoreError> {
        let slugs: Result<Vec<String>, _> = sqlx::query_scalar(DISABLED).fetch_all(&self.readers).await;
        Ok(slugs.map_err(failed("looked for disabled APIs"))?.into_iter().collect())
    }

    async fn api_usage(&self, recent: &str) -> Result<Vec<ApiUsage>, StoreError> {
        journal::fold_to_read(self)
            .await
            .map_err(failed("counted the calls of APIs"))?;
        let [one, two, three] = CONNECTION_FAILURES.map(ErrorCode::as_str);
        let Beginning { since, hour, hour_end } = Beginning::new(recent);
        let query = sqlx::query(USAGE).bind(since).bind(hour).bind(hour_end);
        let rows = query.bind(one).bind(two).bind(three).fetch_all(&self.readers).await;
        rows.and_then(|rows| rows.iter().map(usage).collect())
            .map_err(failed("counted the calls of APIs"))
    }
}

/// Revisions of the APIs that are there.
async fn known(store: &SqliteStore) -> Result<BTreeMap<String, String>, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT slug, revision FROM apis WHERE state <> 'removed'")
        .fetch_all(&store.readers)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn note(writer: &mut Writer, news: &[&ApiSighting], at: &str) -> Result<(), sqlx::Error> {
    Durability::Process.apply(writer).await?;
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    for sighting in news {
        let query = sqlx::query(SIGHT).bind(&sighting.slug).bind(&sighting.revision);
        query.bind(at).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// An operator's decision is on the disk before it is reported.
async fn change(
    writer: &mut Writer,
    query: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
) -> Result<bool, sqlx::Error> {
    Durability::Disk.apply(writer).await?;
    Ok(query.execute(&mut **writer).await?.rows_affected() > 0)
}

fn usage(row: &SqliteRow) -> Result<ApiUsage, sqlx::Error> {
    Ok(ApiUsage {
        slug: row.try_get("slug")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        disabled: row.try_get("disabled")?,
        total_calls: row.try_get("total_calls")?,
        last_used_at: row.try_get("last_used_at")?,
        recent_calls: row.try_get("recent_calls")?,
        last_connection: row.try_get::<Option<&str>, _>("last_connection")?.map(Recorded::from),
    })
}
