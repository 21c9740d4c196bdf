//! Connectors: the domain model of one external API, and its loaders (TOML, YAML, JSON).
//!
//! Pure: gets texts, returns a model and diagnostics. Never reads a file, the environment or a secret.

pub mod model;

use std::path::PathBuf;

use crate::diagnostics::Diagnostic;

/// One file of a connector's folder, already read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path to show in messages.
    pub shown: PathBuf,
    /// The path relative to the connector's folder, e.g. `services/contact.toml`.
    pub relative: PathBuf,
    /// Its text.
    pub text: String,
}

/// What loading found: a connector only when no diagnostic is an error.
#[derive(Debug)]
pub struct Loaded {
    /// The connector, compiled and ready to serve.
    pub connector: Option<model::Connector>,
    /// Everything to tell the author, errors and warnings, in file and line order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads one connector from the files of its folder (or from its single file).
#[must_use]
pub fn load(_files: &[SourceFile]) -> Loaded {
    unimplemented!()
}
