//! Headers that do not pass: of answers, what nobody inside needs to see; of requests, what belongs to the connection.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use url::{Host, Url};

use super::coding::Coding;
use crate::connector::reach::not_public;

/// Headers of an answer that carry credentials, or say what the API runs on and where (contract S1-45).
const SENSITIVE: &[&str] = &[
    "alt-svc",
    "authentication-info",
    "nel",
    "report-to",
    "reporting-endpoints",
    "server-timing",
    "x-access-token",
    "x-amz-security-token",
    "x-api-key",
    "x-csrf-token",
    "x-subject-token",
    "x-xsrf-token",
];

/// A header with one of these words in its name is sensitive too: `X-Forwarded-Host`, `X-Backend-Server`, `X-Real-IP`.
const SENSITIVE_WORDS: &[&str] = &[
    "aspnet",
    "aspnetmvc",
    "auth",
    "authenticate",
    "authorization",
    "backend",
    "cookie",
    "cookie2",
    "envoy",
    "forwarded",
    "generator",
    "host",
    "hostname",
    "instance",
    "ip",
    "node",
    "password",
    "pod",
    "powered",
    "proxy",
    "secret",
    "served",
    "server",
    "session",
    "upstream",
    "via",
];

/// Headers of a request that the connection decides. A connector that could set them could send one request inside
/// another, or ask one host while naming another.
const OF_THE_CONNECTION: [HeaderName; 10] = [
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Takes sensitive headers out of the answer to a request to `url`. Its own address is known to whoever sent it: links
/// to the next page name it, and so does the place of what was made.
pub(super) fn clean_answer(headers: &mut HeaderMap, url: &Url) {
    let own = own_address(url);
    let sensitive: Vec<HeaderName> = headers
        .iter()
        .filter(|(name, value)| is_sensitive(name) || names_private_address(value, own))
        .map(|(name, _)| name.clone())
        .collect();
    for name in sensitive {
        headers.remove(name);
    }
}

/// Takes headers out of a request that the connection decides.
pub(super) fn clean_request(headers: &mut HeaderMap) {
    for name in &OF_THE_CONNECTION {
        headers.remove(name);
    }
}

/// Takes the headers out of an answer that describe its body as it was before it was decoded.
pub(super) fn decoded(headers: &mut HeaderMap) {
    match Coding::of(headers) {
        Some(codings) if codings.is_empty() => {}
        Some(_) => drop(headers.remove(header::CONTENT_LENGTH)),
        None => return,
    }
    headers.remove(header::CONTENT_ENCODING);
}

fn is_sensitive(name: &HeaderName) -> bool {
    let name = name.as_str();
    SENSITIVE.contains(&name) || name.split('-').any(|word| SENSITIVE_WORDS.contains(&word))
}

fn own_address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(IpAddr::from(address).to_canonical()),
        Host::Domain(_) => None,
    }
}

fn names_private_address(value: &HeaderValue, own: Option<IpAddr>) -> bool {
    String::from_utf8_lossy(value.as_bytes())
        .split(|character: char| !character.is_alphanumeric() && !matches!(character, '.' | ':'))
        .filter_map(|word| {
            let with_port = || word.parse::<SocketAddr>().map(|address| address.ip());
            word.parse::<IpAddr>().or_else(|_| with_port()).ok()
        })
        .map(|address| address.to_canonical())
        .any(|address| Some(address) != own && not_public(address).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(name: &str, value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_static(value));
        clean_answer(&mut headers, &url("https://crm.example.com/v1"));
        !headers.is_empty()
    }

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    /// Whoever sets one of them in a script is told.
    #[test]
    fn the_engine_knows_what_belongs_to_the_connection() {
        let prelude = include_str!("../../wasm-guests/js-engine/prelude/request.js");
        for name in OF_THE_CONNECTION {
            assert!(prelude.contains(&format!("    ['{name}', ")), "the engine lacks {name}");
        }
    }

    #[test]
    fn sensitive_headers_of_an_answer_are_dropped() {
        for name in [
            "Set-Cookie",
            "Set-Cookie2",
            "Cookie",
            "Authorization",
            "WWW-Authenticate",
            "Proxy-Authenticate",
            "Proxy-Authorization",
            "Authentication-Info",
            "Server",
            "X-Powered-By",
            "X-AspNet-Version",
            "Via",
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Real-IP",
            "X-Client-IP",
            "X-Backend-Server",
            "X-Upstream-Addr",
            "X-Served-By",
            "X-Envoy-Upstream-Service-Time",
            "X-Auth-Token",
            "X-API-Key",
            "X-CSRF-Token",
            "X-Session-Id",
            "Server-Timing",
        ] {
            assert!(!is_kept(name, "x"), "{name}");
        }
        for value in [
            "10.1.2.3",
            "http://192.168.0.1:8080/x",
            "[fd00::1]:80",
            "a, 127.0.0.1",
            "ip=::ffff:10.0.0.1;x",
        ] {
            assert!(!is_kept("x-route", value), "{value}");
        }
    }

    #[test]
    fn headers_that_callers_need_are_kept() {
        for (name, value) in [
            ("Content-Type", "application/json"),
            ("Retry-After", "120"),
            ("ETag", "\"a\""),
            ("Link", "<https://crm.example.com/a?page=2>; rel=\"next\""),
            ("Location", "https://crm.example.com/customers/7"),
            ("X-RateLimit-Remaining", "12"),
            ("X-Request-Id", "8.8.8.8"),
            ("X-Total-Count", "12"),
            ("X-Continuation-Token", "abc"),
            ("Stripe-Version", "2025-01-01"),
            ("Date", "Tue, 15 Nov 1994 08:12:31 GMT"),
            ("X-Class", "Foo::Bar"),
        ] {
            assert!(is_kept(name, value), "{name}");
        }
    }

    #[test]
    fn every_line_of_a_sensitive_header_goes() {
        let mut headers = HeaderMap::new();
        headers.append("set-cookie", HeaderValue::from_static("a=b"));
        headers.append("set-cookie", HeaderValue::from_static("c=d"));
        headers.append("x-a", HeaderValue::from_static("b"));
        clean_answer(&mut headers, &url("https://crm.example.com/v1"));
        assert_eq!(headers.len(), 1);
    }

    #[test]
    fn the_address_that_was_asked_is_no_news() {
        let kept = |asked: &str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::LINK, HeaderValue::from_static(value));
            clean_answer(&mut headers, &url(asked));
            !headers.is_empty()
        };
        let next = "<http://10.20.0.1:8080/v1/a?page=2>; rel=\"next\"";
        assert!(kept("http://10.20.0.1:8080/v1/a", next));
        assert!(kept(
            "https://[fd00::1]/a",
            "<https://[fd00::1]/a?page=2>; rel=\"next\""
        ));
        assert!(!kept("http://10.20.0.2:8080/v1/a", next));
        assert!(!kept("http://10.20.0.1/", "<http://10.20.0.1/a>, <http://10.20.0.3/b>"));
    }

    #[test]
    fn a_request_cannot_set_what_the_connection_decides() {
        let mut headers = HeaderMap::new();
        for name in ["host", "content-length", "transfer-encoding", "connection", "accept"] {
            headers.insert(name, HeaderValue::from_static("1"));
        }
        clean_request(&mut headers);
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["accept"]);
    }
}
