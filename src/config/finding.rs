//! When tools are listed, and when they are found by searching.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which tools agents are shown at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FindingConfig {
    /// Whether agents are shown every action as a tool, or three tools to find, describe and call actions.
    pub mode: FindingMode,
    /// Most actions that `auto` lists.
    #[schemars(range(min = 0, max = 100_000))]
    pub max_tools: usize,
    /// Most tokens that the list may take in `auto`, as `toolgate tools` estimates them.
    #[schemars(range(min = 0, max = 10_000_000))]
    pub max_tokens: usize,
}

impl Default for FindingConfig {
    fn default() -> Self {
        Self {
            mode: FindingMode::Auto,
            // What clients bear (issue threads of several name 40 to 128 tools), and a tenth of a usual context.
            max_tools: 40,
            max_tokens: 20_000,
        }
    }
}

/// Whether actions are listed or searched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FindingMode {
    /// All are listed while there are few enough for the caller, and found by searching when there are more.
    #[default]
    Auto,
    /// All are listed, however many.
    Direct,
    /// Only pinned ones are listed, the others are found by searching.
    Search,
}

impl FindingMode {
    /// The word in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Direct => "direct",
            Self::Search => "search",
        }
    }
}
