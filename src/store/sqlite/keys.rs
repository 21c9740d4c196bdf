//! Keys for remote callers in SQLite.

use std::path::Path;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection as _, Row};

use super::open::{self, OpenError};
use super::{Durability, SqliteStore, failed};
use crate::store::{KeyRecord, KeyStore, StoreError};

const CREATE: &str = "\
    INSERT INTO keys (id, name, user_name, organisation, roles, connectors, hash, created_at, created_by, expires_at, \
        revoked_at) \
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

const LIST: &str = "SELECT * FROM keys ORDER BY created_at DESC, sequence DESC";

const REVOKE: &str = "UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";

/// Every change is on the disk before it is reported: a key that was taken back must not come back after a power cut.
#[async_trait]
impl KeyStore for SqliteStore {
    async fn create_key(&self, record: &KeyRecord) -> Result<(), StoreError> {
        let insert = sqlx::query(CREATE)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.user)
            .bind(&record.organisation)
            .bind(array(&record.roles))
            .bind(record.connectors.as_deref().map(array))
            .bind(&record.hash)
            .bind(&record.created_at)
            .bind(&record.created_by)
            .bind(&record.expires_at)
            .bind(&record.revoked_at);
        self.change_keys(insert)
            .await
            .map(drop)
            .map_err(failed("created a key"))
    }

    async fn list_keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        let rows = sqlx::query(LIST).fetch_all(&self.readers).await;
        rows.and_then(|rows| rows.iter().map(read).collect())
            .map_err(failed("listed keys"))
    }

    async fn revoke_key(&self, id: &str, at: &str) -> Result<bool, StoreError> {
        let update = sqlx::query(REVOKE).bind(at).bind(id);
        let changed = self.change_keys(update).await.map_err(failed("revoked a key"))?;
        Ok(changed == 1)
    }
}

/// The version of the schema from which on there are keys.
const FIRST_VERSION: i64 = 7;

impl SqliteStore {
    /// The keys in `folder`, whose file is only looked into: it is not brought up to date, and nobody who writes to it
    /// is waited for. None where there is no file.
    ///
    /// # Errors
    /// [`StoreError::Open`] with the path, the cause and what to do.
    pub(in crate::store) async fn look_up_keys(folder: &Path) -> Result<Vec<KeyRecord>, StoreError> {
        if !Self::exists(folder)? {
            return Ok(Vec::new());
        }
        let file = open::file(folder);
        look_up(&file).await.map_err(|error| error.at(&file))
    }

    async fn change_keys(
        &self,
        statement: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
    ) -> Result<u64, sqlx::Error> {
        let mut writer = self.writer().await;
        Durability::Disk.apply(&mut writer).await?;
        Ok(statement.execute(&mut **writer).await?.rows_affected())
    }
}

async fn look_up(file: &Path) -> Result<Vec<KeyRecord>, OpenError> {
    let mut connection = SqliteConnection::connect_with(&open::options_to_look(file)).await?;
    let version = open::version(&mut connection).await?;
    let rows = if version < FIRST_VERSION {
        Vec::new()
    } else {
        sqlx::query(LIST).fetch_all(&mut connection).await?
    };
    connection.close().await?;
    Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
}

/// Texts as a JSON array.
fn array(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

fn read(row: &SqliteRow) -> Result<KeyRecord, sqlx::Error> {
    let texts =
        |json: &str| serde_json::from_str::<Vec<String>>(json).map_err(|error| sqlx::Error::Decode(Box::new(error)));
    let connectors: Option<&str> = row.try_get("connectors")?;
    Ok(KeyRecord {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        user: row.try_get("user_name")?,
        organisation: row.try_get("organisation")?,
        roles: texts(row.try_get("roles")?)?,
        connectors: connectors.map(texts).transpose()?,
        hash: row.try_get("hash")?,
        created_at: row.try_get("created_at")?,
        created_by: row.try_get("created_by")?,
        expires_at: row.try_get("expires_at")?,
        revoked_at: row.try_get("revoked_at")?,
    })
}
