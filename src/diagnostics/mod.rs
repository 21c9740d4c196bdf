//! What is wrong with a file, where exactly, and what to do next.
//!
//! Pure: knows text and positions, never files on disk or what the text means.

mod legible;
mod render;
mod source;

use std::path::PathBuf;

use serde::Serialize;

pub use legible::{evident_json, evident_line, is_disruptive, legible, legible_json, legible_line};
pub use render::render;
pub use source::Source;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file cannot be used as it is.
    Error,
    /// The file works, but its author should look.
    Warning,
    /// Worth knowing; nothing has to change.
    Note,
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
    /// The text of that line, for people who see only the message. Secrets in it are replaced by `*`; empty when the
    /// line is too long to show.
    pub source_line: String,
    /// What happened, with the value that caused it.
    pub message: String,
    /// What to do next, when there is something to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding about a file as a whole, such as one that cannot be read.
    pub fn for_file(
        severity: Severity,
        code: &'static str,
        file: impl Into<PathBuf>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            code,
            file: file.into(),
            line: 1,
            column: 1,
            end_column: 1,
            source_line: String::new(),
            message: message.into(),
            help: None,
        }
    }

    /// The same finding with advice on what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether the file cannot be used because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
