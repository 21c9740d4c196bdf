//! What must survive a restart: audit rows and approvals, behind traits with one backend per file.
//!
//! The only room that speaks SQL. Must never know what a call or a connector is: records hold plain values.
//! Adding a backend touches one new folder and [`open`]; it is right when it passes the cases in `conformance`.

pub mod sqlite;
pub mod time;

#[cfg(test)]
pub(crate) mod conformance;
#[cfg(test)]
pub(crate) mod memory;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;

/// Everything a backend must do.
pub trait Store: AuditStore + ApprovalStore {}
impl<T: AuditStore + ApprovalStore> Store for T {}

/// Opens the embedded store in `folder`, creating and migrating it as needed.
///
/// # Errors
/// [`StoreError`] with the file that could not be opened.
pub async fn open(folder: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(sqlite::SqliteStore::open(folder).await?))
}

/// One row of the audit log: one call, whatever became of it (contract S1-50). Times are made by [`time::rfc3339`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditRecord {
    /// Identifies the call; sortable by time (UUID v7).
    pub call_id: String,
    /// When the call arrived.
    pub started_at: String,
    /// When it ended; `None` while it runs, and for ever if the process died.
    pub ended_at: Option<String>,
    /// User who called.
    pub user: String,
    /// Organisation of the user.
    pub organisation: String,
    /// How the call came in: `stdio`, `http`, `sse`, `cli`, `demo`.
    pub channel: String,
    /// The client program as it names itself, e.g. `claude-code 2.1.0`; at most 128 characters.
    pub client: Option<String>,
    /// The tool name as the caller gave it, at most 128 characters.
    pub tool: String,
    /// Connector slug, once found.
    pub connector: Option<String>,
    /// Action name, once found.
    pub action: Option<String>,
    /// `read` or `write`, once found.
    pub effect: Option<String>,
    /// HTTP method, once a request was made.
    pub method: Option<String>,
    /// URL path without query, once a request was made; at most 512 characters.
    pub path: Option<String>,
    /// SHA-256 of the canonical arguments; the arguments themselves are never stored here.
    pub arguments_hash: Option<String>,
    /// `allowed`, `approved`, `denied`, `refused`, `pending`.
    pub decision: String,
    /// The approval that allowed or denied the call.
    pub approval_id: Option<String>,
    /// Who decided it and through which front end, e.g. `ana via cli`.
    pub approver: Option<String>,
    /// `ok`, or the code of the failure, e.g. `TIMEOUT`. A write's intent row says `OUTCOME_UNKNOWN` until it ends.
    pub outcome: String,
    /// Status of the last upstream answer.
    pub upstream_status: Option<u16>,
    /// Requests that left for this call.
    pub requests: u32,
    /// Bytes sent in request bodies.
    pub bytes_out: u64,
    /// Bytes received in answers, after decompression.
    pub bytes_in: u64,
    /// Milliseconds from arrival to end, waiting for a person included.
    pub duration_ms: u64,
    /// One line about a failure, scrubbed, at most 500 characters.
    pub message: Option<String>,
}

/// Which audit rows to read; newest first.
#[derive(Debug, Clone)]
pub struct AuditFilter {
    /// Only this connector.
    pub connector: Option<String>,
    /// Only this action.
    pub action: Option<String>,
    /// Only this outcome (`ok` or a code).
    pub outcome: Option<String>,
    /// Only this call.
    pub call_id: Option<String>,
    /// Only calls that arrived at or after this time, made by [`time::rfc3339`].
    pub since: Option<String>,
    /// At most this many rows.
    pub limit: u32,
}

/// The newest 100 rows.
impl Default for AuditFilter {
    fn default() -> Self {
        Self {
            connector: None,
            action: None,
            outcome: None,
            call_id: None,
            since: None,
            limit: 100,
        }
    }
}

/// Audit rows, append and finish.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Writes all `records` in one transaction, in their order: inserts those whose `call_id` is new, completes those
    /// that exist. A row that has ended (`ended_at`) is never changed again: writing it once more does nothing.
    /// With `durable`, returns only once they would survive a power cut; otherwise they survive the process.
    async fn write_audit(&self, records: &[AuditRecord], durable: bool) -> Result<(), StoreError>;
    /// Reads rows, newest first.
    async fn read_audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>, StoreError>;
}

/// A person's decision about one exact write (contract D-09). Times are made by [`time::rfc3339`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApprovalRecord {
    /// Random, 32 hexadecimal digits.
    pub id: String,
    /// The call that asked first.
    pub call_id: String,
    /// User who called.
    pub user: String,
    /// Organisation of the user.
    pub organisation: String,
    /// Connector slug.
    pub connector: String,
    /// Action name.
    pub action: String,
    /// `read` or `write`.
    pub effect: String,
    /// HTTP method.
    pub method: String,
    /// URL path that the request will have, without host.
    pub path: String,
    /// Arguments as JSON, secret ones replaced.
    pub arguments: String,
    /// SHA-256 of the canonical arguments.
    pub arguments_hash: String,
    /// Revision of the action and its policy when it was asked.
    pub revision: String,
    /// Where the record is in its life.
    pub state: ApprovalState,
    /// When it was asked.
    pub created_at: String,
    /// From when on it allows nothing.
    pub expires_at: String,
    /// When it was decided.
    pub decided_at: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Through which front end: `mrtr`, `elicitation`, `terminal`, `cli`.
    pub decided_via: Option<String>,
}

/// Where an approval is in its life. `pending -> approved -> used`, or `pending -> denied`; any may expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalState {
    /// Waits for a person.
    Pending,
    /// Allowed, not yet used.
    Approved,
    /// Refused.
    Denied,
    /// Allowed and used by one call.
    Used,
}

impl ApprovalRecord {
    /// What a call must match to be allowed by this record.
    #[must_use]
    pub fn key(&self) -> ApprovalKey {
        ApprovalKey {
            user: self.user.clone(),
            organisation: self.organisation.clone(),
            connector: self.connector.clone(),
            action: self.action.clone(),
            arguments_hash: self.arguments_hash.clone(),
            revision: self.revision.clone(),
        }
    }
}

impl ApprovalState {
    /// The state as text, e.g. `pending`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Used => "used",
        }
    }

    /// Reads what [`ApprovalState::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Approved, Self::Denied, Self::Used]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// What an approval must match to be found for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalKey {
    /// User who calls.
    pub user: String,
    /// Organisation of the user.
    pub organisation: String,
    /// Connector slug.
    pub connector: String,
    /// Action name.
    pub action: String,
    /// SHA-256 of the canonical arguments.
    pub arguments_hash: String,
    /// Revision of the action and its policy.
    pub revision: String,
}

/// A decision to write.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Allowed or refused.
    pub approved: bool,
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// Through which front end.
    pub via: String,
}

/// Approvals. Every transition is atomic: of two processes that race for one, exactly one wins. `now` is the moment of
/// the question, made by [`time::rfc3339`]; a record is expired from its `expires_at` on, that moment included.
#[async_trait]
pub trait ApprovalStore: Send + Sync {
    /// Returns the unexpired pending or approved record of this key if there is one, else stores `record`; atomic.
    async fn find_or_create_approval(&self, record: &ApprovalRecord, now: &str) -> Result<ApprovalRecord, StoreError>;
    /// The newest unexpired record of this key, in any state.
    async fn find_approval(&self, key: &ApprovalKey, now: &str) -> Result<Option<ApprovalRecord>, StoreError>;
    /// One record by its id.
    async fn get_approval(&self, id: &str) -> Result<Option<ApprovalRecord>, StoreError>;
    /// Records in a state (all when `None`), newest first, at most `limit`.
    async fn list_approvals(&self, state: Option<ApprovalState>, limit: u32)
    -> Result<Vec<ApprovalRecord>, StoreError>;
    /// `pending -> approved | denied`, unless expired; whether it happened.
    async fn decide_approval(&self, id: &str, decision: &Decision) -> Result<bool, StoreError>;
    /// `approved -> used` for exactly this key, unless expired at `now`; whether it happened.
    async fn use_approval(&self, id: &str, key: &ApprovalKey, now: &str) -> Result<bool, StoreError>;
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
    /// A statement failed.
    #[error("the store failed while it {doing}: {source}")]
    Query {
        /// What it was doing, e.g. `wrote audit rows`.
        doing: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
