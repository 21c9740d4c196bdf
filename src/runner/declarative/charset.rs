//! The character set that a text declares of itself.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use mime::Mime;

/// How far an XML declaration may reach.
const LONGEST_DECLARATION: usize = 256;

/// How far browsers look for the character set of a page (WHATWG HTML, "prescan a byte stream").
const LONGEST_HEAD: usize = 1024;

/// What `body`, a text of this type, says its character set is.
pub(super) fn declared(media_type: &Mime, body: &[u8]) -> Option<&'static Encoding> {
    let is_xml = media_type.subtype() == mime::XML || media_type.suffix() == Some(mime::XML);
    let longest = if is_xml {
        LONGEST_DECLARATION
    } else if media_type.subtype() == mime::HTML {
        LONGEST_HEAD
    } else {
        return None;
    };
    let head = body.get(..longest).unwrap_or(body);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let label = if is_xml { of_xml(&head) } else { of_html(&head) }?;
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
    // What could be read up to here is no UTF-16.
    Some(if encoding == UTF_16BE || encoding == UTF_16LE {
        UTF_8
    } else {
        encoding
    })
}

/// The label in `<?xml version="1.0" encoding="iso-8859-1"?>`.
fn of_xml(head: &str) -> Option<&str> {
    let (declaration, _) = head.strip_prefix("<?xml")?.split_once("?>")?;
    value_of(declaration, "encoding")
}

/// The label in `<meta charset="iso-8859-1">`, or in the `content` of a `<meta>` that stands for a header.
fn of_html(head: &str) -> Option<&str> {
    head.split("<meta").skip(1).find_map(|rest| {
        let rest = rest.strip_prefix(|next: char| next.is_ascii_whitespace() || next == '/')?;
        let (attributes, _) = rest.split_once('>')?;
        // What describes the page may hold anything.
        if attributes.contains("content") && !attributes.contains("http-equiv") {
            return None;
        }
        value_of(attributes, "charset")
    })
}

/// What stands behind `name` and `=`, in quotes or without.
fn value_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = text;
    while let Some(found) = rest.find(name) {
        rest = &rest[found + name.len()..];
        if let Some(value) = rest.trim_start().strip_prefix('=') {
            let value = value.trim_start();
            let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
            let is_end = |next: char| next.is_ascii_whitespace() || matches!(next, '"' | '\'' | ';' | '/');
            return value.split(is_end).next();
        }
    }
    None
}
