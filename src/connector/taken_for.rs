//! Names under which a request asks to be taken for another one than it is.

use super::arguments::Arguments;
use super::document::PlaceName;
use super::request::is_literal;
use super::scope::Scope;
use crate::document::Node;

/// Where servers and frameworks look for the method that a request is meant to have, with `-` for `_`. `-method` is the
/// `_method` of forms.
const METHODS: [&str; 6] = [
    "-method",
    "x-http-method",
    "x-http-method-override",
    "x-method",
    "x-method-override",
    "x-original-method",
];

/// Where they look for its URL.
const URLS: [&str; 2] = ["x-original-url", "x-rewrite-url"];

/// What a value is sent as that makes a request another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TakenFor {
    /// Its method.
    Method,
    /// Its URL.
    Url,
}

/// What a server may read under `name`, in a header, in the query or in a body. Many servers make no difference between
/// `-` and `_`, nor between cases, and PHP makes `_` of what no name of a variable may hold.
pub(crate) fn taken_for(name: &str) -> Option<TakenFor> {
    let name = bare(name);
    let is = |known: &&str| is_same(known, name);
    if METHODS.iter().any(is) {
        Some(TakenFor::Method)
    } else if URLS.iter().any(is) {
        Some(TakenFor::Url)
    } else {
        None
    }
}

/// `name` without what some servers leave out: `name[]` and `name[key]` are parts of `name`, and PHP ends names at a NUL.
/// A bracket at the beginning is none of these.
pub(crate) fn bare(name: &str) -> &str {
    let name = name.split('\0').next().unwrap_or_default().trim();
    let bracket = name.char_indices().skip(1).find(|(_, character)| *character == '[');
    bracket.map_or(name, |(end, _)| name[..end].trim_end())
}

/// Whether `name` is `known`, in any case and with `_`, or what PHP reads as such, for `-`. Every header of every call is
/// looked at, so nothing is made for that.
fn is_same(known: &str, name: &str) -> bool {
    let plain = |byte: u8| match byte {
        b'_' | b'.' | b' ' | b'[' => b'-',
        other => other.to_ascii_lowercase(),
    };
    known.len() == name.len()
        && known
            .bytes()
            .zip(name.bytes())
            .all(|(known, byte)| known == plain(byte))
}

/// Warns of inputs that let agents choose what a request is taken for: nobody who reads the action sees it, and people
/// who are asked about a call are told of another request.
pub(super) fn warn_of_inputs(scope: &Scope<'_>, node: &Node, arguments: &Arguments) {
    let warn = |name: &str, span| {
        let message = format!("agents choose what is sent as `{name}`, which servers may take for another request");
        let help = "remove it, or write its value here; an action that only reads cannot be called with one that \
                    may change something";
        scope.warn("taken-for-another", span, message, help);
    };
    for argument in &arguments.list {
        let is_read = matches!(
            argument.place,
            Some(PlaceName::Query | PlaceName::Header | PlaceName::Body)
        );
        if is_read && taken_for(&argument.sent_as).is_some() {
            warn(&argument.sent_as, argument.span.clone());
        }
    }
    for place in ["query", "headers", "body"] {
        for member in node.get(place).map(Node::members).unwrap_or_default() {
            if taken_for(&member.key).is_some() && !is_literal(&member.value) {
                warn(&member.key, member.key_span.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_however_they_are_written() {
        for name in [
            "X-HTTP-Method-Override",
            "x_http_method_override",
            "X-Http_Method",
            "_method",
            "_METHOD",
            "_method[]",
            "-method",
            ".method",
            "[method",
            " _method",
            "_method\0x",
            "_method [a]",
            "X-Original-Method",
            "x-method",
        ] {
            assert_eq!(taken_for(name), Some(TakenFor::Method), "{name}");
        }
        for name in ["X-Original-URL", "x_rewrite_url"] {
            assert_eq!(taken_for(name), Some(TakenFor::Url), "{name}");
        }
        for name in [
            "method",
            "payment_method",
            "a[method",
            "x-methods",
            "",
            "[",
            "\0_method",
            "url",
        ] {
            assert_eq!(taken_for(name), None, "{name}");
        }
    }
}
