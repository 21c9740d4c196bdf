//! What must survive a restart: audit rows, approvals, keys, sliding windows, facts about APIs and sealed secrets, behind
//! traits with one backend per file.
//!
//! The only room that speaks SQL. Must never know how a call is made or what a connector says: records hold plain values,
//! and words from [`Vocabulary`].
//! Adding a backend touches one new folder and [`open`], and [`exists`] and [`look_up_keys`] if it lives in a folder, too; it
//! is right when it passes the cases in `conformance`.

mod apis;
mod approvals;
mod audit;
mod call_logs;
mod chain;
mod details;
mod keys;
mod recorded;
mod secrets;
pub mod sqlite;
mod statistics;
pub mod time;
mod vocabulary;
mod windows;

#[cfg(test)]
pub(crate) mod conformance;
#[cfg(test)]
pub(crate) mod memory;

use std::path::Path;
use std::sync::Arc;

pub use apis::{ApiSighting, ApiStore, ApiUsage, CONNECTION_FAILURES};
pub use approvals::{ApprovalKey, ApprovalRecord, ApprovalState, ApprovalStore, Decision, Via};
pub use audit::{AuditFilter, AuditRecord, AuditStore, OpenQuestion};
pub use call_logs::CallLogStore;
pub use chain::{AuditVerification, BrokenLink};
pub use keys::{KeyRecord, KeyStore};
pub use recorded::Recorded;
pub use secrets::{Put, Rewrap, SealedSecret, SecretId, SecretStore};
pub use statistics::{CallCounts, CallScope, FailureCount, StatisticsStore};
pub use vocabulary::{AuditDecision, AuditOutcome, Channel, Vocabulary};
pub use windows::{Full, SlotAnswer, Taken, Unused, Wanted, WindowStore};

/// Everything a backend must do.
pub trait Store:
    AuditStore + ApprovalStore + WindowStore + StatisticsStore + ApiStore + SecretStore + KeyStore + CallLogStore
{
}
impl<T> Store for T where
    T: AuditStore + ApprovalStore + WindowStore + StatisticsStore + ApiStore + SecretStore + KeyStore + CallLogStore
{
}

/// Opens the embedded store in `folder`, creating and migrating it as needed.
///
/// # Errors
/// [`StoreError`] with the file that could not be opened, or not be written.
pub async fn open(folder: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(sqlite::SqliteStore::open(folder).await?))
}

/// Like [`open`], for whoever reads: it need not be writable, and hardly waits for those who write. What they have not put
/// into it yet is then left out of what is read; [`AuditStore::settle_audit`] says so.
///
/// # Errors
/// [`StoreError`] with the file that could not be opened.
pub async fn open_to_read(folder: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(sqlite::SqliteStore::open_to_read(folder).await?))
}

/// Whether there is an embedded store in `folder`.
///
/// # Errors
/// [`StoreError`] when one may not look.
pub fn exists(folder: &Path) -> Result<bool, StoreError> {
    sqlite::SqliteStore::exists(folder)
}

/// The keys in the embedded store in `folder`, for whoever only looks: it is not made, brought up to date or waited for.
///
/// # Errors
/// [`StoreError`] with the file that could not be read.
pub async fn look_up_keys(folder: &Path) -> Result<Vec<KeyRecord>, StoreError> {
    sqlite::SqliteStore::look_up_keys(folder).await
}

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be opened or created.
    #[error("cannot open the store {path}: {source}; {advice}")]
    Open {
        /// The file or folder.
        path: String,
        /// What to do next.
        advice: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another process held the store for longer than is waited. Nothing was changed, and the same works when it is done.
    #[error("the store was held by another process when it {doing}: {source}")]
    Busy {
        /// What it was doing, e.g. `wrote audit rows`.
        doing: &'static str,
        /// What was said of it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A statement failed.
    #[error("the store failed while it {doing}: {source}")]
    Query {
        /// What it was doing, e.g. `wrote audit rows`.
        doing: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
