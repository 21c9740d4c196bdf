//! How many calls are let through.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::connector::Allowance;

/// How many calls of an organisation are let through, unless a connector says otherwise. Further calls fail at once
/// with `RATE_LIMITED`, and say how long to wait. Each limit is a number, or "unlimited".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Calls of each action in any 60 seconds.
    pub requests_per_minute_per_action: Allowance,
    /// Calls of each connector in any 60 seconds, all its actions together.
    pub requests_per_minute: Allowance,
    /// Calls of each connector in any 24 hours, all its actions together.
    pub requests_per_day: Allowance,
}

/// The numbers of ruling C-01.
impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            requests_per_minute_per_action: Allowance::Calls(10),
            requests_per_minute: Allowance::Calls(60),
            requests_per_day: Allowance::Calls(10_000),
        }
    }
}

impl LimitsConfig {
    /// Lets any number of calls through.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            requests_per_minute_per_action: Allowance::Unlimited,
            requests_per_minute: Allowance::Unlimited,
            requests_per_day: Allowance::Unlimited,
        }
    }
}
