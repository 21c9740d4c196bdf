//! Counts over audit rows.

use async_trait::async_trait;

use super::{AuditOutcome, Recorded, StoreError};

/// Which calls to count.
#[derive(Debug, Clone, Default)]
pub struct CallScope {
    /// Only those of this connector.
    pub connector: Option<String>,
    /// Only those that arrived at or after this time, made by [`rfc3339`](super::time::rfc3339).
    pub since: Option<String>,
}

/// What became of calls.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallCounts {
    /// Calls that have ended.
    pub ended: u64,
    /// Calls that have not: they run, wait for a person, or their process died.
    pub unfinished: u64,
    /// Calls that ended with `ok`.
    pub succeeded: u64,
    /// Mean duration in milliseconds of the ended calls that say how fast the API is: a request left, and no person
    /// had to approve it first.
    pub average_ms: Option<f64>,
    /// Calls that ended otherwise, in no particular order.
    pub failures: Vec<FailureCount>,
}

/// Calls that failed alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureCount {
    /// The failure.
    pub outcome: Recorded<AuditOutcome>,
    /// Status of the last upstream answer.
    pub upstream_status: Option<u16>,
    /// How many there are.
    pub calls: u64,
}

/// Counts over audit rows.
#[async_trait]
pub trait StatisticsStore: Send + Sync {
    /// Counts the calls in `scope`, all at one moment.
    async fn count_calls(&self, scope: &CallScope) -> Result<CallCounts, StoreError>;
    /// Adds up at most `most` events of the audit log that were not yet, and tells how many. Changes no count: those
    /// who count only find less to read.
    async fn add_up_calls(&self, most: u32) -> Result<u64, StoreError>;
    /// Forgets what was added up of the hours before that of `before`, whose events were cut off. How often an API was
    /// ever called is kept.
    async fn forget_sums(&self, before: &str) -> Result<(), StoreError>;
}
