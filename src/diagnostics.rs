//! What is wrong with a file, where exactly, and what to do next.
//!
//! Pure: knows text and positions, never files on disk or what the text means.

use std::path::PathBuf;

use serde::Serialize;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file cannot be used as it is.
    Error,
    /// The file works, but its author should look.
    Warning,
}

/// One finding in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable kebab-case name of the kind of finding, e.g. `unknown-key`.
    pub code: &'static str,
    /// The file as the user named it.
    pub file: PathBuf,
    /// 1-based line.
    pub line: usize,
    /// 1-based column in characters.
    pub column: usize,
    /// 1-based column just past the end of the marked text, on the same line.
    pub end_column: usize,
    /// The text of that line, for people who see only the message.
    pub source_line: String,
    /// What happened, with the value that caused it.
    pub message: String,
    /// What to do next, when there is something to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}
