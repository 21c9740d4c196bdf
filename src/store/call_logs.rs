//! What is kept of what the code of a call did.

use async_trait::async_trait;

use super::StoreError;

/// Logs of calls whose action has code. Each is a text whose form the store does not know; times are made by
/// [`rfc3339`](super::time::rfc3339).
#[async_trait]
pub trait CallLogStore: Send + Sync {
    /// Keeps the log of a call that ended `at` that time, in place of an earlier one of the same call.
    async fn write_call_log(&self, call_id: &str, at: &str, log: &str) -> Result<(), StoreError>;
    /// The log of a call, if there is one.
    async fn read_call_log(&self, call_id: &str) -> Result<Option<String>, StoreError>;
    /// Drops the logs of calls that ended before that time, and tells how many.
    async fn prune_call_logs(&self, before: &str) -> Result<u64, StoreError>;
}
