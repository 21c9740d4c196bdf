//! Settings of the vault.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Secrets that connectors name with `vault://`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VaultConfig {
    /// File with the master key, readable for its owner only. Without it, and without the variable
    /// `TOOLGATE_MASTER_KEY`, the key is the file `master.key` in the state folder. A relative path starts at the folder
    /// of this file.
    #[schemars(extend("examples" = ["master.key"]))]
    pub master_key_file: Option<PathBuf>,
}
