//! Between the guest's words for HTTP and the host's.

use std::borrow::Cow;
use std::fmt::Display;

use bytes::Bytes;
use encoding_rs::mem::decode_latin1;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

use crate::auth::{Handles, Scrubber, SecretBudget};
use crate::connector::charsets;
use crate::connector::model::{Connection, Connector};
use crate::egress::{OutgoingRequest, UpstreamResponse, claimed, is_safe};
use crate::runner::Redaction;
use crate::runner::guest::{GuestRequest, GuestResponse, SendFailure};
use crate::runner::headers;

/// Methods that are about the connection, or make a server send back what it was sent.
const FORBIDDEN: [&str; 2] = ["CONNECT", "TRACE"];

/// Longest name of a method in characters; the longest that is registered has 17.
const LONGEST_METHOD: usize = 64;

/// Longest URL in bytes, which is also the longest that the HTTP client can send.
const LONGEST_URL: usize = 65_534;

/// Most characters of a URL that an error quotes.
const SHOWN_OF_URL: usize = 100;

/// Most headers of one request. Servers take about a hundred; more than some ten thousand cannot even be held.
const MOST_HEADERS: usize = 1_000;

/// Whether a request may change something, and as what: by its method, unless `declared` says that it is safe, or by
/// the one that it asks to be taken for.
pub(super) fn change(request: &OutgoingRequest, declared: bool) -> Option<String> {
    if let Some(claimed) = claimed(request) {
        return Some(claimed);
    }
    let is_safe = declared || is_safe(request.method.as_str());
    (!is_safe).then(|| request.method.to_string())
}

/// The URL that code means: what begins with `/` stands below the base URL, as paths of actions do.
///
/// # Errors
/// Why it is none, with its beginning as `clean` leaves it: part of a secret could not be found any more.
pub(super) fn address(
    written: &str,
    connector: &Connector,
    clean: impl FnOnce(&str) -> String,
) -> Result<Url, SendFailure> {
    let read = if written.starts_with('/') {
        let base = connector.connection.base_url.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}{written}"))
    } else {
        Url::parse(written)
    };
    read.map_err(|error| {
        let shown: String = clean(written).chars().take(SHOWN_OF_URL).collect();
        invalid(format!(
            "its URL `{shown}` cannot be read: {error}; begin it with `/`, for a path below the connection's base URL, or \
             with `https://`"
        ))
    })
}

/// Looks whether a guest's request is small enough to be looked at any further.
pub(super) fn check_size(request: &GuestRequest) -> Result<(), SendFailure> {
    if request.url.len() > LONGEST_URL {
        return Err(invalid(format!("its URL is longer than {LONGEST_URL} bytes")));
    }
    if request.headers.len() > MOST_HEADERS {
        return Err(invalid(format!("it has more than {MOST_HEADERS} headers")));
    }
    if request.method.len() > LONGEST_METHOD {
        return Err(invalid(format!(
            "its method is longer than {LONGEST_METHOD} characters"
        )));
    }
    Ok(())
}

fn invalid(problem: impl Display) -> SendFailure {
    SendFailure::Invalid(format!("this is not an HTTP request: {problem}"))
}

/// Reads a guest's request to `url`, which is its [`address`]. Handles in it stay what they are.
pub(super) fn read(request: GuestRequest, mut url: Url, connector: &Connector) -> Result<OutgoingRequest, SendFailure> {
    // The usual methods are often written in lower case; others are names with a case (RFC 9110, section 9.1).
    let written = request.method.to_ascii_uppercase();
    let method = if is_safe(&written) || Method::from_bytes(written.as_bytes()).is_ok_and(|method| is_usual(&method)) {
        written
    } else {
        request.method
    };
    let method = Method::from_bytes(method.as_bytes())
        .ok()
        .filter(|method| !FORBIDDEN.contains(&method.as_str().to_ascii_uppercase().as_str()))
        .ok_or_else(|| invalid(format!("`{}` cannot be its method", method.escape_debug())))?;
    url.set_fragment(None);
    let mut headers = base_headers(connector, &url);
    let own: Result<Vec<_>, _> = request
        .headers
        .iter()
        .map(|(name, value)| header(name, value))
        .collect();
    headers::overlay(&mut headers, own?);
    Ok(OutgoingRequest {
        method,
        url,
        headers,
        body: request.body.map(Bytes::from),
        timeout: request.timeout,
        max_response_bytes: Some(request.max_response_bytes),
        shown_path: None,
        only_reads: false,
    })
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), SendFailure> {
    let known = HeaderName::from_bytes(name.as_bytes());
    let name = known.map_err(|_| invalid(format!("`{}` cannot name a header", name.escape_debug())))?;
    let value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| invalid(format!("the header `{name}` holds a character that cannot be sent")))?;
    Ok((name, value))
}

fn is_usual(method: &Method) -> bool {
    [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(method)
}

/// What requests have unless the code says otherwise. The connector's own headers are meant for its own API's servers.
fn base_headers(connector: &Connector, url: &Url) -> HeaderMap {
    let mut headers = headers::usual();
    if connector.connection.is_own(url) {
        for (name, value) in &connector.connection.headers {
            headers.insert(name.clone(), value.clone());
        }
    }
    headers
}

/// Puts secrets in place of handles: in values of headers, in the query and in the body. Anywhere else a handle is an
/// author's mistake, or somebody's attempt. So it is at a server that the connector gives no credential to.
pub(super) fn unseal(
    request: &mut OutgoingRequest,
    handles: &Handles,
    connection: &Connection,
) -> Result<(), SendFailure> {
    let refused = |place: &str| {
        Err(SendFailure::Refused(format!(
            "a secret cannot stand in {place}: it is put into headers, the query and the body only; \
             a connector whose code needs more says secrets = \"exposed\" under [security]"
        )))
    };
    if handles.are_in(request.url.path()) {
        return refused("the path of a URL");
    }
    if handles.are_in(request.url.authority()) || handles.are_in(request.url.scheme()) {
        return refused("the host of a URL");
    }
    if handles.are_in(request.method.as_str()) {
        return refused("the method");
    }
    if request.headers.keys().any(|name| handles.are_in(name.as_str())) {
        return refused("the name of a header");
    }
    let content_type = request.headers.get(http::header::CONTENT_TYPE).cloned();
    if connection.withholds_credential(&request.url) && carries(request, handles) {
        return Err(SendFailure::Refused(
            "a secret cannot go to this server: under [connection.servers] it has credentials = false".to_owned(),
        ));
    }
    let budget = SecretBudget::of_one_request();
    for (name, value) in &mut request.headers {
        let unsealed = value.to_str().ok().and_then(|text| handles.in_header(text, &budget));
        if let Some(unsealed) = unsealed {
            *value = HeaderValue::from_bytes(&unsealed).map_err(|_| {
                SendFailure::Invalid(format!(
                    "the secret holds a character that cannot be sent in the header `{name}`"
                ))
            })?;
            value.set_sensitive(true);
        }
    }
    if let Some(query) = request.url.query().and_then(|query| handles.in_query(query, &budget)) {
        request.url.set_query(Some(&query));
    }
    if let Some(body) = &request.body {
        let content_type = content_type.as_ref().and_then(|value| value.to_str().ok());
        if let Some(unsealed) = handles.in_body(content_type, body, &budget) {
            request.body = Some(Bytes::copy_from_slice(&unsealed));
        }
    }
    if budget.is_exceeded() {
        return Err(SendFailure::Refused(format!(
            "the secrets in one request would be longer than {} bytes: nothing was sent; put each where it is needed, once",
            SecretBudget::most()
        )));
    }
    Ok(())
}

/// Whether a secret would be put into `request`.
fn carries(request: &OutgoingRequest, handles: &Handles) -> bool {
    let content_type = request.headers.get(http::header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let mut headers = request.headers.values().filter_map(|value| value.to_str().ok());
    let budget = SecretBudget::of_one_request();
    headers.any(|text| handles.in_header(text, &budget).is_some())
        || request
            .url
            .query()
            .is_some_and(|query| handles.in_query(query, &budget).is_some())
        || request
            .body
            .as_ref()
            .is_some_and(|body| handles.in_body(content_type, body, &budget).is_some())
}

/// Encodings beside UTF-8 that an answer is searched in. Each takes a whole pass, and the API decides how many it names.
const MOST_ENCODINGS: usize = 3;

/// The body of an answer without secrets. Code reads it in the encoding that its type names (RFC 9110, section 8.3.2),
/// or that its first bytes show, so that secrets are looked for in those too.
fn clean_body(response: &UpstreamResponse, scrubber: &Scrubber) -> Bytes {
    let body = match scrubber.bytes(&response.body) {
        Cow::Borrowed(_) => response.body.clone(),
        Cow::Owned(clean) => clean.into(),
    };
    if scrubber.is_empty() {
        return body;
    }
    let shown = Encoding::for_bom(&response.body).map(|(encoding, _)| encoding);
    let mut others: Vec<&Encoding> = shown.into_iter().chain(encodings(response)).collect();
    let mut known = vec![UTF_8];
    others.retain(|encoding| {
        let is_new = !known.contains(encoding);
        known.extend(is_new.then_some(*encoding));
        is_new
    });
    others
        .into_iter()
        .take(MOST_ENCODINGS)
        .fold(body, |body, encoding| clean_in(encoding, body, scrubber))
}

/// `body` without the secrets that stand in it in `encoding`.
fn clean_in(encoding: &'static Encoding, body: Bytes, scrubber: &Scrubber) -> Bytes {
    let (text, _) = encoding.decode_without_bom_handling(&body);
    let Cow::Owned(clean) = scrubber.text(&text) else {
        return body;
    };
    if encoding == UTF_16LE {
        clean.encode_utf16().flat_map(u16::to_le_bytes).collect()
    } else if encoding == UTF_16BE {
        clean.encode_utf16().flat_map(u16::to_be_bytes).collect()
    } else {
        encoding.encode(&clean).0.into_owned().into()
    }
}

/// The encodings that an answer's types name, to any reader of them.
fn encodings(response: &UpstreamResponse) -> impl Iterator<Item = &'static Encoding> {
    let types = response.headers.get_all(http::header::CONTENT_TYPE).iter();
    types
        .flat_map(|written| charsets(&String::from_utf8_lossy(written.as_bytes())))
        .filter_map(|label| Encoding::for_label(label.as_bytes()))
}

/// An answer as a guest gets it, without the secrets that `scrubber` looks for, and of a body that was cut without what may
/// be the beginning of what `redaction` looks for. HTTP made the names of headers lower case.
pub(super) fn answer(response: &UpstreamResponse, scrubber: &Scrubber, redaction: &Redaction) -> GuestResponse {
    let headers = response.headers.iter().map(|(name, value)| {
        // Bytes that are no UTF-8 are read as clients of HTTP have always read them (RFC 9110, section 5.5).
        let value = match std::str::from_utf8(value.as_bytes()) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => decode_latin1(value.as_bytes()),
        };
        let name = scrubber.caseless(name.as_str()).into_owned();
        (name, scrubber.text(&value).into_owned())
    });
    let body = clean_body(response, scrubber);
    GuestResponse {
        status: response.status.as_u16(),
        headers: headers.collect(),
        body: if response.cut.is_some() {
            redaction.bytes_before_cut(&body)
        } else {
            body
        },
    }
}
