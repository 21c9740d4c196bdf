//! Which headers a connector may set, and to what.

use std::ops::Range;

use http::{HeaderName, HeaderValue};

use super::scope::Scope;
use crate::document::{Kind, Node};

/// Headers that the HTTP client or the connection itself decides.
const OWNED: [&str; 12] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "accept-encoding",
    "content-encoding",
];

/// Names that carry the credential of a connector: nothing else may be sent under them.
#[derive(Default)]
pub(super) struct Forbidden {
    /// Headers.
    pub headers: Vec<HeaderName>,
    /// Query parameters.
    pub query: Vec<String>,
    /// Cookies.
    pub cookies: Vec<String>,
}

/// The name of a header that a connector sets; reports what must not be set.
pub(super) fn name(scope: &Scope<'_>, written: &str, span: &Range<usize>, forbidden: &Forbidden) -> Option<HeaderName> {
    let Ok(name) = HeaderName::from_bytes(written.as_bytes()) else {
        scope.error(
            "bad-header",
            span.clone(),
            format!("`{written}` cannot be the name of a header"),
        );
        return None;
    };
    let refusal = if is_owned(&name) {
        Some(("is set by Toolgate itself", "remove it"))
    } else if name == http::header::CONTENT_TYPE {
        Some(("follows from the body", "write content_type = \"...\" beside `body`"))
    } else if name == http::header::COOKIE {
        Some(("is made of all cookies", "write them in `cookies`"))
    } else if name == http::header::AUTHORIZATION || name == http::header::PROXY_AUTHORIZATION {
        Some((
            "carries a credential",
            "authenticate in `[auth]`, which keeps secrets from agents and logs",
        ))
    } else if forbidden.headers.contains(&name) {
        Some(("is set by `[auth]`", "remove it from one of the two"))
    } else {
        None
    };
    if let Some((reason, help)) = refusal {
        scope.refuse(
            "bad-header",
            span.clone(),
            format!("the header `{written}` {reason}"),
            help,
        );
        return None;
    }
    Some(name)
}

/// The value of a header that is the same in every request; reports what cannot be one.
pub(super) fn literal_value(scope: &Scope<'_>, node: &Node) -> Option<HeaderValue> {
    let text = match &node.kind {
        Kind::Text(text) => text.clone(),
        Kind::Number(number) => number.to_string(),
        Kind::Boolean(value) => value.to_string(),
        _ => {
            scope.error(
                "bad-header",
                node.span.clone(),
                format!("a header's value must be text, not {}", node.describe()),
            );
            return None;
        }
    };
    let value = HeaderValue::from_str(&text).ok();
    if value.is_none() {
        scope.error(
            "bad-header",
            node.span.clone(),
            "a header's value cannot hold line breaks or other control characters",
        );
    }
    value
}

/// Whether the HTTP client or the connection itself decides this header.
pub(super) fn is_owned(name: &HeaderName) -> bool {
    OWNED.contains(&name.as_str())
}

/// Whether `name` is a token (RFC 9110, section 5.6.2), as names of cookies must be.
pub(super) fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character))
}
