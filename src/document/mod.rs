//! Documents: TOML, YAML and JSON read into one tree in which every value knows where it stands.
//!
//! Pure. Knows formats, positions and how a tree compares with a JSON Schema; must never know what a document is for.
//!
//! Reading is total: any text gives a tree or findings, never a panic. Size, depth and number of values are capped
//! before anything walks the tree, so that no document can exhaust the stack or the memory.

mod check;
mod editors;
mod json;
mod keywords;
mod node;
mod suggestion;
mod table_builder;
mod text_position;
mod toml;
mod yaml;

use std::path::Path;

use crate::diagnostics::{Diagnostic, Source};

pub use check::check;
pub use editors::{SCHEMA_KEY, for_editors};
pub use node::{Kind, Member, Node};
pub use suggestion::closest;
use table_builder::TableBuilder;
pub use text_position::{lines_in_text, position_in_text};

/// Longest document in bytes.
pub const LARGEST_DOCUMENT: usize = 4 * 1024 * 1024;
/// How deeply values may be nested. The TOML parser stops at the same depth by itself.
pub const DEEPEST_NESTING: usize = 64;
/// How many values a document may hold, the ones that YAML aliases repeat included.
pub const MOST_VALUES: usize = 100_000;

/// The notation of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// TOML 1.1.
    Toml,
    /// YAML 1.2, core schema.
    Yaml,
    /// JSON (RFC 8259).
    Json,
}

impl Format {
    /// The format that a file's extension stands for.
    pub fn of(file: &Path) -> Option<Self> {
        match file.extension()?.to_str()? {
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Reads a document. Its root is always a table.
///
/// # Errors
/// Everything that keeps the text from being read, at least one finding.
pub fn parse(source: &Source<'_>, format: Format) -> Result<Node, Vec<Diagnostic>> {
    if source.text().len() > LARGEST_DOCUMENT {
        let message = format!(
            "the file is {} bytes long; at most {LARGEST_DOCUMENT} are read",
            source.text().len()
        );
        return Err(vec![
            source
                .error("too-large", 0..0, message)
                .help("split it into smaller files"),
        ]);
    }
    let mut root = match format {
        Format::Toml => toml::parse(source),
        Format::Yaml => yaml::parse(source),
        Format::Json => json::parse(source),
    }?;
    match root.kind {
        Kind::Table(_) => {
            editors::forget(&mut root);
            Ok(root)
        }
        Kind::Null => Err(vec![source.error("empty-file", 0..0, "the file is empty").help(
            "a connector needs at least a name, a connection with a base_url, and one action",
        )]),
        _ => Err(vec![source.error(
            "wrong-type",
            root.span.clone(),
            format!("the file must hold keys and values, but it holds {}", root.describe()),
        )]),
    }
}

fn too_much(source: &Source<'_>, span: std::ops::Range<usize>, depth: usize) -> Diagnostic {
    let message = if depth > DEEPEST_NESTING {
        format!("values are nested more than {DEEPEST_NESTING} levels deep")
    } else {
        format!("the file holds more than {MOST_VALUES} values")
    };
    source.error("too-large", span, message)
}

fn unusable_number(source: &Source<'_>, span: std::ops::Range<usize>) -> Diagnostic {
    source
        .error(
            "bad-number",
            span,
            "this number is not finite or has more digits than JSON programs can keep",
        )
        .help(format!(
            "the largest whole number that is kept is {}; one with more digits that is no amount, such as an identifier, \
             is text, in quotes",
            u64::MAX
        ))
}

/// The number that `text` is in JSON's notation, if it can be kept exactly (integers) or closely (fractions).
fn number(text: &str) -> Option<serde_json::Number> {
    let number: serde_json::Number = serde_json::from_str(text).ok()?;
    let written_as_integer = !text.contains(['.', 'e', 'E']);
    (!written_as_integer || number.is_i64() || number.is_u64() || number.as_f64() == Some(0.0)).then_some(number)
}

#[cfg(test)]
mod tests;
