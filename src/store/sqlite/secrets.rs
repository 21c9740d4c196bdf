//! Sealed secrets in SQLite.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row};

use super::{BEGIN_WRITE, Durability, SqliteStore, Writer, failed};
use crate::store::{Put, Rewrap, SealedSecret, SecretId, SecretStore, StoreError};

const FIND: &str =
    "SELECT * FROM secrets WHERE organisation = ? AND ifnull(user_name, '') = ifnull(?, '') AND name = ?";

const LIST: &str = "\
    SELECT * FROM secrets WHERE ?1 IS NULL OR organisation = ?1 ORDER BY organisation, ifnull(user_name, ''), name";

/// A master key other than the given one that some secret is sealed with.
const OTHER_KEY: &str = "SELECT key_id FROM secrets WHERE key_id <> ? LIMIT 1";

const INSERT: &str = "\
    INSERT INTO secrets (organisation, user_name, name, version, key_id, wrapped_key, sealed_value, created_at, updated_at) \
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) \
    ON CONFLICT (organisation, ifnull(user_name, ''), name) DO NOTHING";

const REPLACE: &str = "\
    UPDATE secrets SET version = ?, key_id = ?, wrapped_key = ?, sealed_value = ?, updated_at = ? \
    WHERE organisation = ? AND ifnull(user_name, '') = ifnull(?, '') AND name = ? AND version = ?";

const REMOVE: &str =
    "DELETE FROM secrets WHERE organisation = ? AND ifnull(user_name, '') = ifnull(?, '') AND name = ?";

const REWRAP: &str = "\
    UPDATE secrets SET key_id = ?, wrapped_key = ? \
    WHERE organisation = ? AND ifnull(user_name, '') = ifnull(?, '') AND name = ?";

#[async_trait]
impl SecretStore for SqliteStore {
    async fn find_secret(&self, id: &SecretId) -> Result<Option<SealedSecret>, StoreError> {
        let row = bind_id(sqlx::query(FIND), id).fetch_optional(&self.readers).await;
        row.and_then(|row| row.as_ref().map(read).transpose())
            .map_err(failed("looked for a secret"))
    }

    async fn list_secrets(&self, organisation: Option<&str>) -> Result<Vec<SealedSecret>, StoreError> {
        let rows = sqlx::query(LIST).bind(organisation).fetch_all(&self.readers).await;
        rows.and_then(|rows| rows.iter().map(read).collect())
            .map_err(failed("listed secrets"))
    }

    async fn put_secret(&self, secret: &SealedSecret) -> Result<Put, StoreError> {
        let mut writer = self.writer().await;
        put(&mut writer, secret).await.map_err(failed("stored a secret"))
    }

    async fn remove_secret(&self, id: &SecretId) -> Result<bool, StoreError> {
        let mut writer = self.writer().await;
        remove(&mut writer, id).await.map_err(failed("removed a secret"))
    }

    async fn rewrap_secrets(&self, key_id: &str, rewrap: &mut Rewrap<'_>) -> Result<Option<usize>, StoreError> {
        let mut writer = self.writer().await;
        rewrap_all(&mut writer, key_id, rewrap)
            .await
            .map_err(failed("replaced the keys of secrets"))
    }
}

type Statement<'a> = sqlx::query::Query<'a, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

fn bind_id<'a>(statement: Statement<'a>, id: &SecretId) -> Statement<'a> {
    statement
        .bind(id.organisation.clone())
        .bind(id.user.clone())
        .bind(id.name.clone())
}

async fn put(writer: &mut Writer, secret: &SealedSecret) -> Result<Put, sqlx::Error> {
    Durability::Disk.apply(writer).await?;
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    let other: Option<String> = sqlx::query_scalar(OTHER_KEY)
        .bind(&secret.key_id)
        .fetch_optional(&mut *transaction)
        .await?;
    if let Some(other) = other {
        transaction.rollback().await?;
        return Ok(Put::OtherKey(other));
    }
    let statement = if secret.version == 1 {
        bind_id(sqlx::query(INSERT), &secret.id)
            .bind(secret.version)
            .bind(&secret.key_id)
            .bind(&secret.wrapped_key)
            .bind(&secret.sealed_value)
            .bind(&secret.created_at)
            .bind(&secret.updated_at)
    } else {
        let statement = sqlx::query(REPLACE)
            .bind(secret.version)
            .bind(&secret.key_id)
            .bind(&secret.wrapped_key)
            .bind(&secret.sealed_value)
            .bind(&secret.updated_at);
        bind_id(statement, &secret.id).bind(secret.version.saturating_sub(1))
    };
    let stored = statement.execute(&mut *transaction).await?.rows_affected() == 1;
    transaction.commit().await?;
    Ok(if stored { Put::Stored } else { Put::Outdated })
}

async fn remove(writer: &mut Writer, id: &SecretId) -> Result<bool, sqlx::Error> {
    Durability::Disk.apply(writer).await?;
    Ok(bind_id(sqlx::query(REMOVE), id)
        .execute(&mut **writer)
        .await?
        .rows_affected()
        == 1)
}

async fn rewrap_all(writer: &mut Writer, key_id: &str, rewrap: &mut Rewrap<'_>) -> Result<Option<usize>, sqlx::Error> {
    Durability::Disk.apply(writer).await?;
    // Nobody else writes from here on: what is read is what is replaced.
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    let rows = sqlx::query(LIST)
        .bind(None::<String>)
        .fetch_all(&mut *transaction)
        .await?;
    for row in &rows {
        let secret = read(row)?;
        let Some(wrapped_key) = rewrap(&secret) else {
            transaction.rollback().await?;
            return Ok(None);
        };
        bind_id(sqlx::query(REWRAP).bind(key_id).bind(wrapped_key), &secret.id)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(Some(rows.len()))
}

fn read(row: &SqliteRow) -> Result<SealedSecret, sqlx::Error> {
    Ok(SealedSecret {
        id: SecretId {
            organisation: row.try_get("organisation")?,
            user: row.try_get("user_name")?,
            name: row.try_get("name")?,
        },
        version: row.try_get("version")?,
        key_id: row.try_get("key_id")?,
        wrapped_key: row.try_get("wrapped_key")?,
        sealed_value: row.try_get("sealed_value")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}
