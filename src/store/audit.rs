//! What is kept of calls.

use async_trait::async_trait;
use serde::Serialize;

use super::{ApprovalRecord, AuditDecision, AuditOutcome, AuditVerification, Channel, Recorded, StoreError};
use crate::connector::model::Effect;

/// One row of the audit log: one call, whatever became of it (contract S1-50). Times are made by [`rfc3339`](super::time::rfc3339).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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
    /// How the call came in.
    pub channel: Recorded<Channel>,
    /// The client program as it names itself, e.g. `claude-code 2.1.0`; at most 128 characters.
    pub client: Option<String>,
    /// The tool name as the caller gave it, at most 128 characters.
    pub tool: String,
    /// Connector slug, once found.
    pub connector: Option<String>,
    /// Action name, once found.
    pub action: Option<String>,
    /// What the action does, once found.
    pub effect: Option<Recorded<Effect>>,
    /// HTTP method, once it is known which request the call wants to make.
    pub method: Option<String>,
    /// Its URL path without query; at most 512 characters.
    pub path: Option<String>,
    /// Keyed hash of the canonical arguments; the arguments themselves are never stored here.
    pub arguments_hash: Option<String>,
    /// Whether it was let through.
    pub decision: Recorded<AuditDecision>,
    /// The approval that allowed or denied the call.
    pub approval_id: Option<String>,
    /// Who decided it and through which front end, e.g. `ana via cli`.
    pub approver: Option<String>,
    /// `ok`, or the code of the failure, e.g. `TIMEOUT`. A write's intent row says `OUTCOME_UNKNOWN` until it ends.
    pub outcome: Recorded<AuditOutcome>,
    /// Status of the answer to that request. Of the requests of code the last that may change something is shown, or the
    /// last of all.
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
    /// Only calls of this user, whatever the organisation.
    pub user: Option<String>,
    /// Only this outcome.
    pub outcome: Option<AuditOutcome>,
    /// Only calls that have ended otherwise than with `ok`.
    pub failed: bool,
    /// Only calls whose last upstream answer had this status.
    pub upstream_status: Option<u16>,
    /// Only this call.
    pub call_id: Option<String>,
    /// Only calls that arrived at or after this time, made by [`rfc3339`](super::time::rfc3339).
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
            user: None,
            outcome: None,
            failed: false,
            upstream_status: None,
            call_id: None,
            since: None,
            limit: 100,
        }
    }
}

/// A call that ended with a question, and the approval that it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuestion {
    /// The row of the call.
    pub asked: AuditRecord,
    /// The approval, which has expired. Equal calls share one.
    pub approval: ApprovalRecord,
}

/// The audit log: a list of events that only grows, each chained to the one before by its hash, and the rows that they
/// make.
///
/// A call has one event, or two when it is a write: its intent before its request leaves, and its end. A call that ends
/// with a question has one more, without an end, from the run that asked. A call's row is its first event that is an
/// end (`ended_at`), or else its newest: what has ended never changes.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Appends an event for each of `records`, in their order, all of them or none. Events of one call have the same
    /// `started_at`. With `durable`, returns only once they would survive a power cut; otherwise they survive the
    /// process.
    async fn write_audit(&self, records: &[AuditRecord], durable: bool) -> Result<(), StoreError>;

    /// Appends the event of one record without waiting, so that it survives the process, if the backend can. `false`
    /// when it cannot do so now: nothing was appended, and [`write_audit`](Self::write_audit) has to be used.
    fn write_audit_at_once(&self, _record: &AuditRecord) -> bool {
        false
    }

    /// Chains the events that were appended at once to the others. Reading does so first; a server does it all the
    /// time, so that little is ever left to do.
    async fn settle_audit(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Calls that ended with a question (`pending`, without an end) whose approval had expired at `expired`, or at
    /// `used_expired` where it was used; the oldest first, at most `most`. Of the calls that were
    /// [added up](super::StatisticsStore::add_up_calls), so that the log is not read from end to end.
    async fn read_open_questions(
        &self,
        expired: &str,
        used_expired: &str,
        most: u32,
    ) -> Result<Vec<OpenQuestion>, StoreError>;

    /// Appends `end`, the end of a call, if the question is still all that is known of it; whether it was. Atomic: of
    /// several processes one ends it.
    async fn end_open_question(&self, end: &AuditRecord) -> Result<bool, StoreError>;

    /// Reads rows, newest first.
    async fn read_audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>, StoreError>;

    /// Follows the chain from its beginning, and looks for `noted_head`, the hexadecimal head of an earlier time.
    async fn verify_audit(&self, noted_head: Option<&str>) -> Result<AuditVerification, StoreError>;

    /// Cuts events off the beginning of the list: those in front of the first that ended, or if it has no end started,
    /// at or after `before` (made by [`rfc3339`](super::time::rfc3339)), but at most `most`. What is left is chained to
    /// the hash of the last that was cut, which is kept, so that the chain still verifies. Returns how many were cut.
    async fn prune_audit(&self, before: &str, most: u32) -> Result<u64, StoreError>;

    /// Gives some of the space of what was removed back to the system, as long as there is much more than what is written
    /// next needs; whether it did.
    async fn give_back_space(&self) -> Result<bool, StoreError>;
}
