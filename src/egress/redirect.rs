//! Where a redirect leads, and what of the request goes there (RFC 9110 section 15.4).
//!
//! Only makes the next request; [`super::route`] checks it like the first one.

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::EgressError;

/// Headers that another server than the one that was asked may see.
const SENT_ABROAD: [HeaderName; 3] = [header::ACCEPT, header::ACCEPT_LANGUAGE, header::USER_AGENT];
/// Headers that describe a body.
const OF_THE_BODY: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LOCATION,
];

/// One request of a chain, without credential.
#[derive(Debug, Clone)]
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    /// Whether the credential goes on it. Once a chain has left the origin that it began at it stays without, also at
    /// other servers of the API: what comes after was not chosen by the connector.
    pub(super) with_credential: bool,
}

impl Hop {
    /// The request that an answer asks for instead of this one; `None` when the answer is no redirect.
    ///
    /// # Errors
    /// [`EgressError::UnreadableRedirect`] when the target cannot be read, [`EgressError::NotAllowed`] when following would
    /// send something that changes data to another server.
    pub(super) fn redirected(&self, status: StatusCode, headers: &HeaderMap) -> Result<Option<Self>, EgressError> {
        let reads = matches!(self.method, Method::GET | Method::HEAD);
        let becomes_get = match status {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => self.method == Method::POST,
            StatusCode::SEE_OTHER => !reads,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
            _ => return Ok(None),
        };
        if !headers.contains_key(header::LOCATION) {
            return Ok(None);
        }
        let Some(url) = self.target(headers) else {
            return Err(EgressError::UnreadableRedirect);
        };
        if self.url.scheme() == "https" && url.scheme() == "http" {
            return Err(EgressError::NotAllowed {
                reason: "a redirect of the API cannot be followed: it leads from HTTPS to plain HTTP".to_owned(),
                sent: true,
            });
        }
        let same_origin = url.origin() == self.url.origin();
        if !same_origin && !reads && !becomes_get {
            return Err(EgressError::NotAllowed {
                reason: format!(
                    "the API answered with a redirect to another server, which a {} request does not follow",
                    self.method
                ),
                sent: true,
            });
        }
        let mut next = Self { url, ..self.clone() };
        if becomes_get {
            next.method = Method::GET;
            next.body = None;
            for name in &OF_THE_BODY {
                next.headers.remove(name);
            }
        }
        if !same_origin {
            next.with_credential = false;
            next.body = None;
            next.headers = SENT_ABROAD
                .iter()
                .filter_map(|name| Some((name.clone(), self.headers.get(name)?.clone())))
                // Code may have put a secret into any header.
                .filter(|(_, value)| !value.is_sensitive())
                .collect();
        }
        Ok(Some(next))
    }

    /// Where an answer with these headers leads, if that is a URL.
    pub(super) fn target(&self, headers: &HeaderMap) -> Option<Url> {
        let location = std::str::from_utf8(headers.get(header::LOCATION)?.as_bytes()).ok()?;
        let mut url = self.url.join(location).ok()?;
        url.set_fragment(None);
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(method: &str) -> Hop {
        let headers = [
            ("accept", "a/b"),
            ("content-type", "c/d"),
            ("x-version", "1"),
            ("cookie", "a=b"),
        ];
        Hop {
            method: method.parse().unwrap(),
            url: Url::parse("https://crm.example.com/v1/a?b=c#d").unwrap(),
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
                .collect(),
            body: Some(Bytes::from_static(b"body")),
            with_credential: true,
        }
    }

    fn follow(hop: &Hop, status: u16, location: &str) -> Result<Option<Hop>, EgressError> {
        let headers = [(header::LOCATION, location.parse().unwrap())].into_iter().collect();
        hop.redirected(StatusCode::from_u16(status).unwrap(), &headers)
    }

    #[test]
    fn the_method_and_the_body_follow_the_status() {
        let cases = [
            (301, "POST", "GET"),
            (302, "POST", "GET"),
            (303, "POST", "GET"),
            (307, "POST", "POST"),
            (308, "POST", "POST"),
            (301, "PUT", "PUT"),
            (302, "DELETE", "DELETE"),
            (303, "DELETE", "GET"),
            (307, "PATCH", "PATCH"),
            (301, "GET", "GET"),
            (303, "GET", "GET"),
            (303, "HEAD", "HEAD"),
            (303, "OPTIONS", "GET"),
            (303, "QUERY", "GET"),
            (302, "QUERY", "QUERY"),
        ];
        for (status, before, after) in cases {
            let next = follow(&hop(before), status, "/v2/x").unwrap().unwrap();
            assert_eq!(next.method, after, "{status} {before}");
            assert_eq!(next.url.as_str(), "https://crm.example.com/v2/x");
            assert_eq!(next.body.is_some(), before == after, "{status} {before}");
            assert_eq!(next.headers.contains_key("content-type"), before == after);
            assert!(next.headers.contains_key("x-version") && next.with_credential);
        }
    }

    #[test]
    fn other_answers_are_no_redirects() {
        for status in [200, 201, 300, 304, 305, 306, 404] {
            assert!(follow(&hop("GET"), status, "/x").unwrap().is_none(), "{status}");
        }
        assert!(
            hop("GET")
                .redirected(StatusCode::FOUND, &HeaderMap::new())
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn nothing_but_the_question_goes_to_another_origin_and_it_comes_back_without_credential() {
        for target in [
            "https://evil.example/",
            "//evil.example/",
            "https://crm.example.com:8443/",
            "https://crm.example.com./",
        ] {
            let next = follow(&hop("GET"), 302, target).unwrap().unwrap();
            assert!(!next.with_credential, "{target}");
            assert_eq!(next.body, None, "{target}");
            let names: Vec<_> = next.headers.keys().map(HeaderName::as_str).collect();
            assert_eq!(names, ["accept"], "{target}");
            let back = follow(&next, 302, "https://crm.example.com/v1/a").unwrap().unwrap();
            assert!(!back.with_credential, "{target}");
        }
        let next = follow(&hop("GET"), 302, "https://crm.example.com:443/")
            .unwrap()
            .unwrap();
        assert!(next.with_credential);
    }

    #[test]
    fn no_secret_goes_to_another_origin_in_whatever_header_it_stands() {
        let mut first = hop("GET");
        for name in SENT_ABROAD {
            let mut value: http::HeaderValue = "s3cr3t".parse().unwrap();
            value.set_sensitive(true);
            first.headers.insert(name, value);
        }
        let next = follow(&first, 302, "https://other.example/").unwrap().unwrap();
        assert!(next.headers.is_empty(), "{:?}", next.headers);
        let next = follow(&first, 302, "/v1/b").unwrap().unwrap();
        assert_eq!(next.headers.len(), first.headers.len());
    }

    #[test]
    fn what_changes_data_does_not_go_to_another_origin() {
        for (status, method) in [(307, "POST"), (308, "PUT"), (302, "DELETE"), (301, "PATCH")] {
            let error = follow(&hop(method), status, "https://evil.example/").unwrap_err();
            assert!(matches!(error, EgressError::NotAllowed { sent: true, .. }), "{error}");
            assert!(!error.to_string().contains("evil"), "{error}");
        }
        let next = follow(&hop("POST"), 303, "https://other.example/").unwrap().unwrap();
        assert_eq!((next.method, next.body), (Method::GET, None));
    }

    #[test]
    fn nothing_leads_from_https_to_plain_http() {
        for target in [
            "http://crm.example.com/v1/b",
            "HTTP://other.example/",
            "http:\\\\crm.example.com",
        ] {
            let error = follow(&hop("GET"), 302, target).unwrap_err();
            assert!(matches!(error, EgressError::NotAllowed { sent: true, .. }), "{target}");
        }
        let mut plain = hop("GET");
        plain.url = Url::parse("http://crm.example.com/").unwrap();
        assert!(follow(&plain, 302, "https://crm.example.com/").unwrap().is_some());
        assert!(follow(&plain, 302, "/b").unwrap().is_some());
    }

    #[test]
    fn a_target_that_is_no_url_is_an_error() {
        for target in ["https://", "https://a b/", "https://[::1/"] {
            assert!(
                matches!(follow(&hop("GET"), 302, target), Err(EgressError::UnreadableRedirect)),
                "{target}"
            );
        }
    }
}
