//! Approvals in SQLite.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row};

use super::{BEGIN_WRITE, Durability, SqliteStore, Writer, failed};
use crate::store::{ApprovalKey, ApprovalRecord, ApprovalState, ApprovalStore, Decision, Recorded, StoreError, Via};

/// Expired records give up the key's one place in the index `approvals_open`.
const LAPSE: &str = "\
    UPDATE approvals SET lapsed = 1 \
    WHERE user_name = ? AND organisation = ? AND connector = ? AND action = ? AND arguments_hash = ? AND revision = ? \
        AND state IN ('pending', 'approved') AND lapsed = 0 AND expires_at <= ?";

const CREATE: &str = "\
    INSERT INTO approvals (id, call_id, user_name, organisation, connector, action, effect, method, path, arguments_hash, \
        revision, state, created_at, expires_at, decided_at, decided_by, decided_via, ended_at) \
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
    ON CONFLICT (user_name, organisation, connector, action, arguments_hash, revision) \
        WHERE state IN ('pending', 'approved') AND lapsed = 0 DO NOTHING";

const KEEP_ARGUMENTS: &str = "\
    INSERT INTO approval_arguments (sequence, arguments) SELECT sequence, ? FROM approvals WHERE id = ?";

const READ_ARGUMENTS: &str = "\
    SELECT arguments FROM approvals JOIN approval_arguments USING (sequence) WHERE id = ?";

/// Starts with the arguments that are left, of which there are few.
const FORGET_ARGUMENTS: &str = "\
    DELETE FROM approval_arguments WHERE sequence IN (\
        SELECT kept.sequence FROM approval_arguments AS kept CROSS JOIN approvals USING (sequence) \
        WHERE COALESCE(ended_at, expires_at) < ? LIMIT ?)";

/// Their arguments go with them.
const PRUNE: &str = "\
    DELETE FROM approvals WHERE sequence IN (\
        SELECT sequence FROM approvals WHERE expires_at < ? ORDER BY expires_at LIMIT ?)";

const FIND_OPEN: &str = "\
    SELECT * FROM approvals \
    WHERE user_name = ? AND organisation = ? AND connector = ? AND action = ? AND arguments_hash = ? AND revision = ? \
        AND state IN ('pending', 'approved') AND lapsed = 0";

const FIND_NEWEST: &str = "\
    SELECT * FROM approvals \
    WHERE user_name = ? AND organisation = ? AND connector = ? AND action = ? AND arguments_hash = ? AND revision = ? \
        AND expires_at > ? \
    ORDER BY created_at DESC, sequence DESC LIMIT 1";

const GET: &str = "SELECT * FROM approvals WHERE id = ?";

const STATES: &str = "SELECT id, state FROM approvals WHERE id IN (SELECT value FROM json_each(?))";

const LIST: &str = "\
    SELECT * FROM approvals WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR expires_at > ?2) \
    ORDER BY created_at DESC, sequence DESC LIMIT ?3";

const DECIDE: &str = "\
    UPDATE approvals SET state = ?, decided_at = ?, decided_by = ?, decided_via = ?, ended_at = ? \
    WHERE id = ? AND state = ? AND expires_at > ?";

const USE: &str = "\
    UPDATE approvals SET state = 'used', ended_at = ? \
    WHERE id = ? AND state = 'approved' AND expires_at > ? \
        AND user_name = ? AND organisation = ? AND connector = ? AND action = ? AND arguments_hash = ? AND revision = ?";

/// Every change is on the disk before it is reported: an approval that was used must not come back after a power cut.
#[async_trait]
impl ApprovalStore for SqliteStore {
    async fn find_or_create_approval(
        &self,
        record: &ApprovalRecord,
        arguments: &str,
        now: &str,
    ) -> Result<ApprovalRecord, StoreError> {
        let mut writer = self.writer().await;
        find_or_create(&mut writer, record, arguments, now)
            .await
            .map_err(failed("created an approval"))
    }

    async fn find_approval(&self, key: &ApprovalKey, now: &str) -> Result<Option<ApprovalRecord>, StoreError> {
        let row = bind_key(sqlx::query(FIND_NEWEST), key)
            .bind(now)
            .fetch_optional(&self.readers)
            .await;
        row.and_then(|row| row.as_ref().map(read).transpose())
            .map_err(failed("looked for an approval"))
    }

    async fn get_approval(&self, id: &str) -> Result<Option<ApprovalRecord>, StoreError> {
        let row = sqlx::query(GET).bind(id).fetch_optional(&self.readers).await;
        row.and_then(|row| row.as_ref().map(read).transpose())
            .map_err(failed("read an approval"))
    }

    async fn approval_states(&self, ids: &[&str]) -> Result<HashMap<String, ApprovalState>, StoreError> {
        let ids = serde_json::Value::from(ids).to_string();
        let rows = sqlx::query(STATES).bind(ids).fetch_all(&self.readers).await;
        let read = |row: &SqliteRow| Ok((row.try_get("id")?, state(row)?));
        rows.and_then(|rows| rows.iter().map(read).collect())
            .map_err(failed("looked for decisions"))
    }

    async fn read_approval_arguments(&self, id: &str) -> Result<Option<String>, StoreError> {
        let arguments = sqlx::query_scalar(READ_ARGUMENTS).bind(id);
        arguments
            .fetch_optional(&self.readers)
            .await
            .map_err(failed("read the arguments of an approval"))
    }

    async fn list_approvals(
        &self,
        state: Option<ApprovalState>,
        unexpired_at: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ApprovalRecord>, StoreError> {
        let query = sqlx::query(LIST)
            .bind(state.map(ApprovalState::as_str))
            .bind(unexpired_at)
            .bind(limit);
        let rows = query.fetch_all(&self.readers).await;
        rows.and_then(|rows| rows.iter().map(read).collect())
            .map_err(failed("listed approvals"))
    }

    async fn decide_approval(&self, id: &str, decision: &Decision) -> Result<bool, StoreError> {
        let mut writer = self.writer().await;
        change(&mut writer, decide(id, ApprovalState::Pending, decision))
            .await
            .map_err(failed("decided an approval"))
    }

    async fn revoke_approval(&self, id: &str, decision: &Decision) -> Result<bool, StoreError> {
        let mut writer = self.writer().await;
        change(&mut writer, decide(id, ApprovalState::Approved, decision))
            .await
            .map_err(failed("revoked an approval"))
    }

    async fn use_approval(&self, id: &str, key: &ApprovalKey, now: &str) -> Result<bool, StoreError> {
        let update = bind_key(sqlx::query(USE).bind(now).bind(id).bind(now), key);
        let mut writer = self.writer().await;
        change(&mut writer, update).await.map_err(failed("used an approval"))
    }

    async fn forget_approval_arguments(&self, before: &str, most: u32) -> Result<u64, StoreError> {
        let mut writer = self.writer().await;
        remove(&mut writer, FORGET_ARGUMENTS, before, most)
            .await
            .map_err(failed("forgot the arguments of approvals"))
    }

    async fn prune_approvals(&self, before: &str, most: u32) -> Result<u64, StoreError> {
        let mut writer = self.writer().await;
        remove(&mut writer, PRUNE, before, most)
            .await
            .map_err(failed("removed old approvals"))
    }
}

/// The change of a record that is in the state `from`.
fn decide<'a>(id: &'a str, from: ApprovalState, decision: &'a Decision) -> Statement<'a> {
    let to = if decision.approved {
        ApprovalState::Approved
    } else {
        ApprovalState::Denied
    };
    sqlx::query(DECIDE)
        .bind(to.as_str())
        .bind(&decision.at)
        .bind(&decision.by)
        .bind(decision.via.as_str())
        .bind((!decision.approved).then_some(&decision.at))
        .bind(id)
        .bind(from.as_str())
        .bind(&decision.at)
}

type Statement<'a> = sqlx::query::Query<'a, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

fn bind_key<'a>(statement: Statement<'a>, key: &ApprovalKey) -> Statement<'a> {
    statement
        .bind(key.user.clone())
        .bind(key.organisation.clone())
        .bind(key.connector.clone())
        .bind(key.action.clone())
        .bind(key.arguments_hash.clone())
        .bind(key.revision.clone())
}

/// Runs one statement that changes one record or none; whether it changed one.
async fn change(writer: &mut Writer, update: Statement<'_>) -> Result<bool, sqlx::Error> {
    Durability::Disk.apply(writer).await?;
    Ok(update.execute(&mut **writer).await?.rows_affected() == 1)
}

/// Old rows that come back after a power cut are removed again.
async fn remove(writer: &mut Writer, statement: &'static str, before: &str, most: u32) -> Result<u64, sqlx::Error> {
    Durability::Process.apply(writer).await?;
    let removing = sqlx::query(statement).bind(before).bind(most);
    Ok(removing.execute(&mut **writer).await?.rows_affected())
}

async fn find_or_create(
    writer: &mut Writer,
    record: &ApprovalRecord,
    arguments: &str,
    now: &str,
) -> Result<ApprovalRecord, sqlx::Error> {
    let key = record.key();
    Durability::Disk.apply(writer).await?;
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    bind_key(sqlx::query(LAPSE), &key)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
    let created = sqlx::query(CREATE)
        .bind(&record.id)
        .bind(&record.call_id)
        .bind(&record.user)
        .bind(&record.organisation)
        .bind(&record.connector)
        .bind(&record.action)
        .bind(record.effect.as_str())
        .bind(&record.method)
        .bind(&record.path)
        .bind(&record.arguments_hash)
        .bind(&record.revision)
        .bind(record.state.as_str())
        .bind(&record.created_at)
        .bind(&record.expires_at)
        .bind(&record.decided_at)
        .bind(&record.decided_by)
        .bind(record.decided_via.map(Via::as_str))
        .bind(&record.ended_at)
        .execute(&mut *transaction)
        .await?;
    if created.rows_affected() == 1 {
        sqlx::query(KEEP_ARGUMENTS)
            .bind(arguments)
            .bind(&record.id)
            .execute(&mut *transaction)
            .await?;
    }
    let row = bind_key(sqlx::query(FIND_OPEN), &key)
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    read(&row)
}

fn state(row: &SqliteRow) -> Result<ApprovalState, sqlx::Error> {
    let state: &str = row.try_get("state")?;
    ApprovalState::parse(state)
        .ok_or_else(|| sqlx::Error::Decode(format!("`{state}` is not a state of an approval").into()))
}

pub(super) fn read(row: &SqliteRow) -> Result<ApprovalRecord, sqlx::Error> {
    let via: Option<&str> = row.try_get("decided_via")?;
    let unknown = |via: &str| sqlx::Error::Decode(format!("`{via}` is not where an approval is decided").into());
    let decided_via = via.map(|via| Via::parse(via).ok_or_else(|| unknown(via))).transpose()?;
    Ok(ApprovalRecord {
        id: row.try_get("id")?,
        call_id: row.try_get("call_id")?,
        user: row.try_get("user_name")?,
        organisation: row.try_get("organisation")?,
        connector: row.try_get("connector")?,
        action: row.try_get("action")?,
        effect: Recorded::from(row.try_get::<&str, _>("effect")?),
        method: row.try_get("method")?,
        path: row.try_get("path")?,
        arguments_hash: row.try_get("arguments_hash")?,
        revision: row.try_get("revision")?,
        state: state(row)?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        decided_at: row.try_get("decided_at")?,
        decided_by: row.try_get("decided_by")?,
        decided_via,
        ended_at: row.try_get("ended_at")?,
    })
}
