//! What the gate goes by.

use std::time::Duration;

use crate::config::ApprovalsConfig;

/// How long things take, and how much they may be.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long a call whose front cannot ask waits for a decision made elsewhere.
    pub wait: Duration,
    /// From asking on, how long a record can allow anything.
    pub expires: Duration,
    /// How long the arguments of a call may be that asks, as JSON in bytes: they are kept until it is decided.
    pub most_argument_bytes: usize,
}

impl From<&ApprovalsConfig> for Settings {
    fn from(config: &ApprovalsConfig) -> Self {
        Self {
            wait: Duration::from_millis(config.wait_ms),
            expires: Duration::from_millis(config.expires_ms),
            most_argument_bytes: config.max_argument_bytes,
        }
    }
}
