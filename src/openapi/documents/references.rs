//! References that stand in another document than the one that they are relative to, and how those are marked.

use std::borrow::Cow;

use serde_json::Value;

use super::super::read::ReadError;
use super::Place;

/// Marks a reference that was moved to another document, together with the document that it is relative to. No text that
/// is read may write it, see [`refuse_marked`].
const MOVED: char = '\u{0}';

/// Most characters of a reference that a message shows.
const MOST_SHOWN: usize = 120;

/// Whether `reference` is marked as one that was moved.
pub(super) fn is_moved(reference: &str) -> bool {
    reference.starts_with(MOVED)
}

/// The document that a moved reference is relative to, and the reference as it was written.
pub(super) fn origin(reference: &str) -> Option<(usize, &str)> {
    let (file, reference) = reference.strip_prefix(MOVED)?.split_once(MOVED)?;
    Some((file.parse().ok()?, reference))
}

/// `reference` as messages show it: without the mark, or with what a text wrote like one.
pub(super) fn as_written(reference: &str) -> Cow<'_, str> {
    let written = origin(reference).map_or(reference, |(_, written)| written);
    shown(written)
}

/// `reference` as a JSON text would write its characters U+0000, cut when it is long.
fn shown(reference: &str) -> Cow<'_, str> {
    if !reference.contains(MOVED) && reference.chars().nth(MOST_SHOWN).is_none() {
        return Cow::Borrowed(reference);
    }
    let cut: String = reference.chars().take(MOST_SHOWN).collect();
    let more = if cut.len() < reference.len() { "…" } else { "" };
    Cow::Owned(cut.replace(MOVED, "\\u0000") + more)
}

/// A copy of `place` whose references lead where they did, wherever the copy is put.
pub(in super::super) fn moved(place: Place<'_>) -> Value {
    let mut copy = place.value.clone();
    mark(&mut copy, place.file);
    copy
}

fn mark(value: &mut Value, file: usize) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| mark(item, file)),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(reference) if key == "$ref" && !is_moved(reference) => {
                        *reference = format!("{MOVED}{file}{MOVED}{reference}");
                    }
                    value => mark(value, file),
                }
            }
        }
        _ => {}
    }
}

/// Refuses a tree just read with a reference that begins as a marked one does: it would lead where its author says, into
/// any document or past the last one.
pub(super) fn refuse_marked(tree: &Value) -> Result<(), ReadError> {
    let mut pointer = Vec::new();
    match marked(tree, &mut pointer) {
        None => Ok(()),
        Some(reference) => Err(ReadError::BadReference {
            reference: shown(reference).into_owned(),
            pointer: pointer.concat(),
        }),
    }
}

/// The first reference below `value` that is marked; the parts of `pointer` then lead to it.
fn marked<'v>(value: &'v Value, pointer: &mut Vec<String>) -> Option<&'v str> {
    match value {
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
            pointer.push(format!("/{index}"));
            marked(item, pointer).or_else(|| {
                pointer.pop();
                None
            })
        }),
        Value::Object(members) => members.iter().find_map(|(key, value)| {
            pointer.push(format!("/{}", key.replace('~', "~0").replace('/', "~1")));
            let found = match value {
                Value::String(reference) if key == "$ref" => is_moved(reference).then_some(reference.as_str()),
                value => marked(value, pointer),
            };
            found.or_else(|| {
                pointer.pop();
                None
            })
        }),
        _ => None,
    }
}
