//! What a request shows: the `Authorization` header as RFC 6750 section 2.1 has it, and nothing else.

use http::header::AUTHORIZATION;
use http::request::Parts;
use http::uri::Uri;

use super::refusal::Refusal;
use crate::policy::access_key::{PREFIX, ShownKey};

/// Something that a request shows.
pub(super) enum Shown<'a> {
    /// Nothing, or nothing of the scheme `Bearer`.
    Nothing,
    /// What looks like a key.
    Key(ShownKey<'a>),
    /// What cannot be one.
    NoKey,
}

/// # Errors
/// [`Refusal::Malformed`] for several credentials, and for a key in the URL: addresses end up in logs and histories
/// (RFC 6750 section 5.3; MCP basic/authorization forbids it).
pub(super) fn read(request: &Parts) -> Result<Shown<'_>, Refusal> {
    if names_key(&request.uri) {
        return Err(Refusal::Malformed(
            "a key must not stand in a URL: make another one and revoke this",
        ));
    }
    let mut headers = request.headers.get_all(AUTHORIZATION).iter();
    let Some(header) = headers.next() else {
        return Ok(Shown::Nothing);
    };
    if headers.next().is_some() {
        return Err(Refusal::Malformed("more than one Authorization header"));
    }
    let Ok(value) = header.to_str() else {
        return Ok(Shown::NoKey);
    };
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Ok(Shown::Nothing);
    }
    Ok(ShownKey::read(token.trim_matches(' ')).map_or(Shown::NoKey, Shown::Key))
}

/// Whether the query holds a key, or the parameter that RFC 6750 section 2.3 would have it in.
fn names_key(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .any(|(name, value)| name == "access_token" || value.contains(PREFIX) || name.contains(PREFIX))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn request(uri: &str, headers: &[&[u8]]) -> Parts {
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.uri = uri.parse().unwrap();
        for header in headers {
            parts
                .headers
                .append(AUTHORIZATION, HeaderValue::from_bytes(header).unwrap());
        }
        parts
    }

    fn shown(uri: &str, headers: &[&[u8]]) -> String {
        let request = request(uri, headers);
        let shown = read(&request);
        match shown {
            Ok(Shown::Nothing) => "nothing".to_owned(),
            Ok(Shown::NoKey) => "no key".to_owned(),
            Ok(Shown::Key(key)) => format!("key {}", key.id()),
            Err(Refusal::Malformed(_)) => "malformed".to_owned(),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_the_header_counts() {
        let id = "0123456789abcdef";
        let key = format!("tgk_{id}_{}", "5".repeat(64));
        let bearer = format!("Bearer {key}");
        let table: &[(&[&str], &str)] = &[
            (&[], "nothing"),
            (&[&bearer], "key 0123456789abcdef"),
            (&[&bearer.replace("Bearer", "bEARER")], "key 0123456789abcdef"),
            (&[&bearer.replace(' ', "  ")], "key 0123456789abcdef"),
            (&["Basic dXNlcjpwYXNz"], "nothing"),
            (&["Bearer"], "no key"),
            (&["Bearer "], "no key"),
            (&["Bearer another"], "no key"),
            (&[&format!("{bearer}, {bearer}")], "no key"),
            (&[&key], "nothing"),
            (&[&bearer, &bearer], "malformed"),
        ];
        for (headers, expected) in table {
            let headers: Vec<&[u8]> = headers.iter().map(|header| header.as_bytes()).collect();
            assert_eq!(shown("/mcp", &headers), *expected, "{headers:?}");
        }
        assert_eq!(shown("/mcp", &[b"Bearer \xff"]), "no key");
        for uri in [
            format!("/mcp?access_token={key}"),
            "/mcp?access_token=x".to_owned(),
            format!("/mcp?a=b&key={key}"),
            format!("/mcp?{key}"),
            format!("/mcp?key=%74gk_{id}"),
        ] {
            assert_eq!(shown(&uri, &[]), "malformed", "{uri}");
            assert_eq!(shown(&uri, &[bearer.as_bytes()]), "malformed", "{uri}");
        }
        assert_eq!(shown("/messages?session_id=tgk", &[]), "nothing");
    }
}
