//! Texts of a script, and the keys in them.
//!
//! Keys are also looked for in what does not compile: whoever tells that quotes it. Must never quote a key itself.

use std::ops::Range;

use oxc_ast::AstKind;

use super::tree::Script;
use super::{Finding, finding, keys};

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
    let mut start = 0;
    let pieces = source.split_inclusive(['\'', '"', '`', '\n', '\r']);
    let found = pieces.filter_map(|piece| {
        let at = start;
        start += piece.len();
        key(piece.trim_end_matches(['\'', '"', '`', '\n', '\r']), at)
    });
    found.collect()
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
    Some(Finding {
        is_secret: true,
        ..finding("hard-coded-key", start + key.start..start + key.end, message, help)
    })
}
