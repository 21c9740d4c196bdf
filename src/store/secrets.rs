//! What is kept of secrets: sealed bytes, and who they belong to.

use async_trait::async_trait;

use super::StoreError;

/// What names one secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretId {
    /// The organisation that it belongs to.
    pub organisation: String,
    /// The user that it belongs to; `None`: shared in the organisation. Never empty.
    pub user: Option<String>,
    /// Its name, e.g. `crm/key`.
    pub name: String,
}

/// One secret as it is kept. Times are made by [`rfc3339`](super::time::rfc3339).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// What names it.
    pub id: SecretId,
    /// Counts its values, from 1.
    pub version: u32,
    /// Says which master key `wrapped_key` is sealed with.
    pub key_id: String,
    /// The key of this value alone, sealed with the master key.
    pub wrapped_key: Vec<u8>,
    /// The value, sealed with that key.
    pub sealed_value: Vec<u8>,
    /// When it got its first value.
    pub created_at: String,
    /// When it got this value.
    pub updated_at: String,
}

/// Seals the key of a secret with another master key; `None` when it cannot.
pub type Rewrap<'a> = dyn FnMut(&SealedSecret) -> Option<Vec<u8>> + Send + 'a;

/// What became of a secret that was to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It is stored.
    Stored,
    /// Another process has stored or removed it in the meantime.
    Outdated,
    /// Secrets of the store are sealed with the master key of this id, which is another one.
    OtherKey(String),
}

/// Sealed secrets. All of them are sealed with one master key at any time.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// One secret.
    async fn find_secret(&self, id: &SecretId) -> Result<Option<SealedSecret>, StoreError>;
    /// The secrets of an organisation, or of all, sorted by their ids with shared ones first.
    async fn list_secrets(&self, organisation: Option<&str>) -> Result<Vec<SealedSecret>, StoreError>;
    /// Stores a secret whose `version` is 1, or one more than that of the stored one, which it then replaces but for its
    /// `created_at`. On the disk before it is reported.
    async fn put_secret(&self, secret: &SealedSecret) -> Result<Put, StoreError>;
    /// Removes one secret; whether it was there.
    async fn remove_secret(&self, id: &SecretId) -> Result<bool, StoreError>;
    /// Replaces the `wrapped_key` of every secret by what `rewrap` makes of it with the master key of `key_id`, in one
    /// transaction: all, and on the disk before it is reported, or none. How many; `None` when `rewrap` could not.
    async fn rewrap_secrets(&self, key_id: &str, rewrap: &mut Rewrap<'_>) -> Result<Option<usize>, StoreError>;
}
