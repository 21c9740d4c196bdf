//! The server's settings: `config.toml`, the environment and the user's folders.
//!
//! The only room that reads the environment. Must never hold a secret's value longer than it takes to hand it over.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of the way out.
#[derive(Debug, Clone)]
pub struct EgressConfig {
    /// Longest time to connect (contract S3-26: 5 s).
    pub connect_timeout: Duration,
    /// Longest silence while reading (contract S3-26: 30 s).
    pub read_timeout: Duration,
    /// PEM file of certificate authorities to trust beside the system's.
    pub extra_ca: Option<PathBuf>,
    /// Hosts whose certificates connectors may choose not to verify (ruling C-17).
    pub allow_invalid_certificates_for: Vec<String>,
}

/// The value of an environment variable; `None` when it is not set, empty or not Unicode.
#[must_use]
pub fn environment_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
