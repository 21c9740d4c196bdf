//! Settings of the audit log.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AuditConfig {
    /// For how many days calls are kept, and approvals with them; 0 keeps both for ever. A running server removes older
    /// ones.
    #[schemars(range(min = 0, max = 36_500))]
    pub retention_days: u32,
}

impl Default for AuditConfig {
    /// A year: what auditors commonly ask for, and a bound for the disk.
    fn default() -> Self {
        Self { retention_days: 365 }
    }
}
