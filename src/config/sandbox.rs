//! How far the code of actions may go.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the code of an action may use while it runs. A call that goes over a limit fails with `SANDBOX_LIMIT`, which
/// names the limit and its setting; other calls are not affected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SandboxConfig {
    /// Longest time of one run, waiting for the APIs included.
    #[serde(rename = "timeout_ms", with = "super::milliseconds")]
    #[schemars(with = "u64", range(min = 1, max = 3_600_000))]
    pub timeout: Duration,
    /// Longest time that the code of one run may compute, waiting for the APIs not included. Measured in steps of 10.
    #[serde(rename = "cpu_ms", with = "super::milliseconds")]
    #[schemars(with = "u64", range(min = 10, max = 3_600_000))]
    pub cpu: Duration,
    /// Memory of one run in bytes.
    #[schemars(range(min = 1_048_576, max = 4_294_967_296_u64))]
    pub max_memory_bytes: u64,
    /// Memory of all runs together in bytes, beside 8 MiB that each has for itself.
    #[schemars(range(min = 0))]
    pub max_total_memory_bytes: u64,
    /// Elements of all tables of one run: what a WebAssembly program keeps its references to functions in.
    #[schemars(range(min = 100, max = 1_000_000))]
    pub max_table_elements: u64,
    /// Stack of one run in bytes: how deep calls nest. JavaScript needs about one MiB of it before the first call.
    #[schemars(range(min = 65_536, max = 16_777_216))]
    pub max_stack_bytes: u64,
    /// Requests of one run.
    #[schemars(range(min = 0, max = 100_000))]
    pub max_requests: u64,
    /// Requests of one run at a time; further ones wait for their turn.
    #[schemars(range(min = 1, max = 1_000))]
    pub max_concurrent_requests: u64,
    /// Bytes that one run may send: methods, URLs, headers and bodies of its requests.
    #[schemars(range(min = 1_024))]
    pub max_sent_bytes: u64,
    /// Bytes that one run may receive: headers and bodies of its answers.
    #[schemars(range(min = 1_024))]
    pub max_received_bytes: u64,
    /// Waits and requests of one run that have not ended, or whose end the code has not looked at: each takes memory of
    /// the server.
    #[schemars(range(min = 10, max = 1_000_000))]
    pub max_handles: u64,
    /// Log lines of one run that are kept; further ones are counted only.
    #[schemars(range(min = 0, max = 100_000))]
    pub max_log_lines: u64,
    /// Bytes of one run's log lines that are kept.
    #[schemars(range(min = 0, max = 16_777_216))]
    pub max_log_bytes: u64,
    /// Longest result of one run in bytes, as JSON.
    #[schemars(range(min = 1_024))]
    pub max_result_bytes: u64,
    /// How many runs there may be at a time.
    #[schemars(range(min = 1, max = 5_000))]
    pub max_concurrent_runs: usize,
    /// How many more may wait for their turn. Further ones are refused at once.
    #[schemars(range(min = 0, max = 100_000))]
    pub max_queued_runs: usize,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        // Ruling C-08 for the time, 128 MiB as hosted platforms give; a result may hold a file of ten MiB as base64 (C-18).
        Self {
            timeout: Duration::from_mins(2),
            cpu: Duration::from_secs(30),
            max_memory_bytes: 128 * MEBIBYTE,
            max_total_memory_bytes: 2_048 * MEBIBYTE,
            max_table_elements: 20_000,
            max_stack_bytes: 2 * MEBIBYTE,
            max_requests: 500,
            max_concurrent_requests: 32,
            max_sent_bytes: 64 * MEBIBYTE,
            max_received_bytes: 256 * MEBIBYTE,
            max_handles: 10_000,
            max_log_lines: 1_000,
            max_log_bytes: 256 * 1024,
            max_result_bytes: 16 * MEBIBYTE,
            max_concurrent_runs: 512,
            max_queued_runs: 1_024,
        }
    }
}

const MEBIBYTE: u64 = 1024 * 1024;
