//! What one run may use.

use std::time::Duration;

use crate::config::SandboxConfig;

/// What one run may use. Made from the settings; a caller lowers what it wants lower, e.g. `time` to what its own
/// call has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestLimits {
    /// The whole run, the wait for its turn included.
    pub time: Duration,
    /// Computing.
    pub cpu: Duration,
    /// Bytes of memory. More than the settings give has no effect.
    pub memory_bytes: u64,
    /// Elements of all tables. More than the settings give has no effect.
    pub table_elements: u64,
    /// Requests.
    pub requests: u64,
    /// Requests at a time.
    pub concurrent_requests: u64,
    /// Bytes of all requests.
    pub sent_bytes: u64,
    /// Bytes of all answers.
    pub received_bytes: u64,
    /// Waits and requests under way, and other things that the host remembers for the code.
    pub handles: u64,
    /// Log lines.
    pub log_lines: u64,
    /// Bytes of all log lines.
    pub log_bytes: u64,
    /// Bytes of the result.
    pub result_bytes: u64,
}

impl From<&SandboxConfig> for GuestLimits {
    fn from(settings: &SandboxConfig) -> Self {
        Self {
            time: settings.timeout,
            cpu: settings.cpu,
            memory_bytes: settings.max_memory_bytes,
            table_elements: settings.max_table_elements,
            requests: settings.max_requests,
            concurrent_requests: settings.max_concurrent_requests,
            sent_bytes: settings.max_sent_bytes,
            received_bytes: settings.max_received_bytes,
            handles: settings.max_handles,
            log_lines: settings.max_log_lines,
            log_bytes: settings.max_log_bytes,
            result_bytes: settings.max_result_bytes,
        }
    }
}
