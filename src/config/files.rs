//! How files of results reach clients.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Files in results, and answers that are not text. A small one is part of the result; for a larger one the client gets
/// a link, and reads it when it needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FilesConfig {
    /// Largest file in bytes that is part of the result. With 0 every file that is not empty is linked.
    #[schemars(range(min = 0, max = 67_108_864))]
    pub max_embedded_bytes: u64,
    /// How long a linked file can be read.
    #[serde(rename = "lifetime_ms", with = "super::milliseconds")]
    #[schemars(with = "u64", range(min = 1_000, max = 86_400_000))]
    pub lifetime: Duration,
    /// Memory for linked files in bytes, of all callers together. The oldest make room for new ones; a file that is
    /// larger than all of it becomes part of the result.
    #[schemars(range(min = 0, max = 17_179_869_184_u64))]
    pub max_kept_bytes: u64,
}

impl Default for FilesConfig {
    fn default() -> Self {
        Self {
            // Base64 of more than that is a third of a megabyte on one line, which clients cut or put before a model.
            max_embedded_bytes: 256 * 1024,
            lifetime: Duration::from_mins(10),
            max_kept_bytes: 128 * 1024 * 1024,
        }
    }
}
