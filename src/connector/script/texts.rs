//! Texts of a script, and the keys in them.
//!
//! Keys are also looked for in what does not compile: whoever tells that quotes it. Must never quote a key itself.

use std::iter;
use std::ops::Range;

use oxc_ast::AstKind;

use super::tree::Script;
use super::{Finding, finding, keys};

/// The kind of what is told of a key.
pub(super) const KEY: &str = "hard-coded-key";

/// The keys in the texts of a script.
pub(super) fn keys_in(script: &Script<'_>) -> Vec<Finding> {
    let texts = script.semantic.nodes().iter().filter_map(|node| match node.kind() {
        AstKind::StringLiteral(text) => {
            let range = script.range(text.span);
            Some(range.start + 1..range.end - 1)
        }
        AstKind::TemplateElement(text) => Some(script.range(text.span)),
        _ => None,
    });
    texts
        .filter_map(|range| key(script.written(&range), range.start))
        .collect()
}

/// The keys in a source that has no tree: between any quotes and ends of lines.
pub(super) fn keys_in_any(source: &str) -> Vec<Finding> {
    pieces(source).filter_map(|(start, piece)| key(piece, start)).collect()
}

/// Where anything in `source` looks like a key, whatever it is.
pub(super) fn keys_anywhere(source: &str) -> impl Iterator<Item = Range<usize>> {
    pieces(source).flat_map(|(mut start, mut piece)| {
        iter::from_fn(move || {
            let key = keys::find(piece)?;
            let found = start + key.start..start + key.end;
            (start, piece) = (found.end, &piece[key.end..]);
            Some(found)
        })
    })
}

/// What stands between any quotes and ends of lines, and where.
fn pieces(source: &str) -> impl Iterator<Item = (usize, &str)> {
    const ENDS: [char; 5] = ['\'', '"', '`', '\n', '\r'];
    let mut next = 0;
    source.split_inclusive(ENDS).map(move |piece| {
        let start = next;
        next += piece.len();
        (start, piece.trim_end_matches(ENDS))
    })
}

/// The key in `text`, which stands at `start`.
fn key(text: &str, start: usize) -> Option<Finding> {
    let key: Range<usize> = keys::find(text)?;
    let message = format!(
        "this looks like a key of {} characters: whoever reads the code has it",
        key.len()
    );
    let help =
        "name it under [auth.fields], e.g. api_key = \"env:API_KEY\", read `data.auth.api_key`, and replace the key";
    Some(finding(KEY, start + key.start..start + key.end, message, help))
}
