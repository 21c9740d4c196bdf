//! Headers of requests, whoever makes them.

use http::header::{ACCEPT, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

/// What every request has where nothing else is said.
pub(crate) fn usual() -> HeaderMap {
    HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json, */*;q=0.5")),
        (
            USER_AGENT,
            HeaderValue::from_static(concat!("toolgate/", env!("CARGO_PKG_VERSION"))),
        ),
    ])
}

/// Puts `above` over `headers`: a name that `above` holds replaces what was there.
pub(crate) fn overlay(headers: &mut HeaderMap, above: impl IntoIterator<Item = (HeaderName, HeaderValue)>) {
    let mut seen: Vec<HeaderName> = Vec::new();
    for (name, value) in above {
        if seen.contains(&name) {
            headers.append(name, value);
        } else {
            headers.insert(name.clone(), value);
            seen.push(name);
        }
    }
}
