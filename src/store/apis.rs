//! What is kept of APIs beside their files: since when they are there, whether they are switched on, and how often
//! they were called (contract S1-67, S1-69, S2-28).

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::{AuditOutcome, Recorded, StoreError};
use crate::error_code::ErrorCode;

/// An API as its files are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiSighting {
    /// Its connector's slug.
    pub slug: String,
    /// Digest of its files.
    pub revision: String,
}

/// What is kept of one API.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApiUsage {
    /// Its connector's slug.
    pub slug: String,
    /// When its files were first loaded; `None` when they were not yet, though calls were made.
    pub created_at: Option<String>,
    /// When its files were last found changed.
    pub updated_at: Option<String>,
    /// Whether it is switched off.
    pub disabled: bool,
    /// Calls ever made that have ended, also those whose rows are no longer kept.
    pub total_calls: u64,
    /// When the last of them arrived.
    pub last_used_at: Option<String>,
    /// Those that arrived since the moment that was asked for.
    pub recent_calls: u64,
    /// Outcome of the call that tried the connection and ended last.
    pub last_connection: Option<Recorded<AuditOutcome>>,
}

/// Failures that tell of the connection though no request left.
pub const CONNECTION_FAILURES: [ErrorCode; 3] = [
    ErrorCode::AuthenticationFailed,
    ErrorCode::ConnectionRefused,
    ErrorCode::SslError,
];

/// What is kept of APIs.
#[async_trait]
pub trait ApiStore: Send + Sync {
    /// Notes at the moment `at` which APIs are there, and writes only what is new or has changed. One that was
    /// removed and is there again begins anew, switched on.
    async fn sight_apis(&self, sightings: &[ApiSighting], at: &str) -> Result<(), StoreError>;
    /// Switches an API that was sighted on or off; whether that changed anything.
    async fn switch_api(&self, slug: &str, enabled: bool) -> Result<bool, StoreError>;
    /// Notes that an API is being removed: it counts as switched off until its files are sighted again.
    async fn remove_api(&self, slug: &str) -> Result<(), StoreError>;
    /// Slugs of the APIs that are switched off or removed.
    async fn disabled_apis(&self) -> Result<BTreeSet<String>, StoreError>;
    /// Every API that was ever sighted or called and is not removed, sorted by slug; calls since `recent` are counted
    /// apart.
    async fn api_usage(&self, recent: &str) -> Result<Vec<ApiUsage>, StoreError>;
}
