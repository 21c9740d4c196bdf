//! What is kept of keys for remote callers.

use async_trait::async_trait;
use serde::Serialize;

use super::StoreError;

/// A key for a remote caller (contract D-11). Times are made by [`rfc3339`](super::time::rfc3339).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyRecord {
    /// Names the key; 16 hexadecimal digits.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// User whom the key stands for.
    pub user: String,
    /// Organisation of the user.
    pub organisation: String,
    /// What the user may do with it: `call`, `author`, `admin`.
    pub roles: Vec<String>,
    /// Slugs of the connectors that there are for it; `None` for all.
    pub connectors: Option<Vec<String>>,
    /// SHA-256 of the key, hexadecimal. Never shown.
    #[serde(skip)]
    pub hash: String,
    /// When it was made.
    pub created_at: String,
    /// Who made it.
    pub created_by: String,
    /// From when on it is worth nothing.
    pub expires_at: Option<String>,
    /// When it was taken back.
    pub revoked_at: Option<String>,
}

/// Keys. None is ever removed: that there was one says that callers were to show one.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Keeps a new key.
    async fn create_key(&self, record: &KeyRecord) -> Result<(), StoreError>;
    /// Every key, newest first.
    async fn list_keys(&self) -> Result<Vec<KeyRecord>, StoreError>;
    /// Takes back the key `id`, unless that was done before; whether it happened.
    async fn revoke_key(&self, id: &str, at: &str) -> Result<bool, StoreError>;
}
