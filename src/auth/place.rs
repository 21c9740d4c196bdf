//! The places of a request that values go to: headers, query parameters and cookies (contract S1-12, ruling C-30).

use http::header::COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;
use zeroize::Zeroizing;

use super::CredentialError;
use crate::connector::model::KeyPlace;

/// Puts `value` there, in place of whatever was there under the same name: an argument or a template can never take the
/// credential's place.
pub(super) fn put(
    place: KeyPlace,
    name: &str,
    value: &str,
    url: &mut Url,
    headers: &mut HeaderMap,
) -> Result<(), CredentialError> {
    match place {
        KeyPlace::Header => {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| CredentialError {
                place: format!("a header named `{name}`"),
            })?;
            set_header(headers, &name, value)
        }
        KeyPlace::Query => {
            set_query_parameter(url, name, value);
            Ok(())
        }
        KeyPlace::Cookie => set_cookie(headers, name, value),
    }
}

/// Whether a request has a value of its own there.
pub(super) fn is_taken(place: KeyPlace, name: &str, url: &Url, headers: &HeaderMap) -> bool {
    match place {
        KeyPlace::Header => headers.contains_key(name),
        KeyPlace::Query => url.query_pairs().any(|(found, _)| found == name),
        KeyPlace::Cookie => headers.get_all(COOKIE).iter().any(|cookies| {
            let cookies = String::from_utf8_lossy(cookies.as_bytes());
            let mut names = cookies.split(';').filter_map(|cookie| Some(cookie.split_once('=')?.0));
            names.any(|found| found.trim() == name)
        }),
    }
}

/// Sets one header. Bytes past ASCII go out as they are (RFC 9110 section 5.5, `obs-text`): some keys are UTF-8.
fn set_header(headers: &mut HeaderMap, name: &HeaderName, value: &str) -> Result<(), CredentialError> {
    let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| CredentialError {
        place: format!("the header {name}"),
    })?;
    // Keeps the value out of debug output and out of HTTP/2's compression table.
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

/// Replaces every parameter of this name, and leaves the spelling of the others alone.
fn set_query_parameter(url: &mut Url, name: &str, value: &str) {
    let kept = url.query().map(|query| {
        query
            .split('&')
            .filter(|pair| {
                url::form_urlencoded::parse(pair.as_bytes())
                    .next()
                    .is_some_and(|(found, _)| found != name)
            })
            .collect::<Vec<_>>()
            .join("&")
    });
    url.set_query(kept.as_deref().filter(|query| !query.is_empty()));
    url.query_pairs_mut().append_pair(name, value);
}

/// Replaces every cookie of this name, and keeps the others.
fn set_cookie(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), CredentialError> {
    let refused = || CredentialError {
        place: format!("the cookie {name}"),
    };
    if !value.bytes().all(is_cookie_octet) {
        return Err(refused());
    }
    let mut line = Zeroizing::new(String::new());
    for cookies in headers.get_all(COOKIE) {
        let cookies = cookies.to_str().map_err(|_| refused())?;
        for cookie in cookies.split(';').map(str::trim).filter(|cookie| !cookie.is_empty()) {
            if cookie.split_once('=').map_or(cookie, |(found, _)| found.trim_end()) != name {
                line.push_str(cookie);
                line.push_str("; ");
            }
        }
    }
    line.push_str(name);
    line.push('=');
    line.push_str(value);
    set_header(headers, &COOKIE, &line).map_err(|_| refused())
}

/// RFC 6265 section 4.1.1.
fn is_cookie_octet(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}
