//! References to settings within texts: `{{settings.NAME}}`, and in paths also `{settings.NAME}`.

use std::ops::Range;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Filling, Place, Problem};
use crate::connector::naming::is_identifier;
use crate::diagnostics::Source;
use crate::document::{Node, position_in_text};

/// Everything but the unreserved characters (RFC 3986, section 2.3): a value stays within its segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A reference within a text.
pub(super) struct Reference<'a> {
    pub name: &'a str,
    /// Its bytes in the text, braces included.
    pub range: Range<usize>,
}

/// All references in `text`, in order; those in single braces only when they mean something there.
pub(super) fn find(text: &str, single_braces: bool) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|offset| at + offset) {
        let (start, closing) = if text[open..].starts_with("{{") {
            (open + 2, "}}")
        } else if single_braces {
            (open + 1, "}")
        } else {
            at = open + 1;
            continue;
        };
        let Some(length) = text[start..].find(closing) else {
            break;
        };
        let end = start + length + closing.len();
        let name = text[start..start + length].trim().strip_prefix("settings.");
        found.extend(
            name.filter(|name| is_identifier(name))
                .map(|name| Reference { name, range: open..end }),
        );
        at = end;
    }
    found
}

/// `text` with the references in `filled` replaced.
pub(super) fn splice(text: &str, filled: &[Filling<'_>], place: Place) -> Result<String, Problem> {
    let mut spliced = String::with_capacity(text.len());
    let mut at = 0;
    for (reference, value) in filled {
        spliced.push_str(&text[at..reference.range.start]);
        let value = value.text();
        match place {
            Place::Path => spliced.extend(utf8_percent_encode(&value, SEGMENT)),
            Place::Template => spliced.push_str(&literal(&value)),
            Place::TextBody if is_odd(&value) => {
                let message = format!(
                    "the value of the setting `{}` holds a character that could change the body around it",
                    reference.name
                );
                let help = "write the body as a table, in which any value can stand";
                return Err(Problem::new("bad-setting", message).help(help).at(reference));
            }
            Place::TextBody | Place::Plain | Place::Secret => spliced.push_str(&value),
        }
        at = reference.range.end;
    }
    spliced.push_str(&text[at..]);
    Ok(spliced)
}

/// `value` as a template that renders to it, whatever stands around it.
pub(super) fn literal(value: &str) -> String {
    value.replace('{', "{{ '{' }}")
}

/// Whether a value means something in JSON, in markup or in a template.
fn is_odd(value: &str) -> bool {
    value.contains(|character: char| character.is_control() || "\"\\{}<>&".contains(character))
}

/// Where the bytes in `range` of a text are written.
pub(super) fn place_of(source: &Source<'_>, node: &Node, range: &Range<usize>) -> Range<usize> {
    let Some(text) = node.text() else {
        return node.span.clone();
    };
    let start = position_in_text(source.text(), &node.span, text, range.start);
    let end = position_in_text(source.text(), &node.span, text, range.end);
    if start < end { start..end } else { node.span.clone() }
}
