//! Which web pages may talk to this server: `Host` and `Origin` are checked before anything else (MCP 2026-07-28
//! basic/transports, security warning), so that a page in the user's browser cannot reach a server on loopback through
//! DNS rebinding.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::uri::{Authority, Uri};
use http::{HeaderMap, StatusCode};

use super::authorization::Ends;

/// The status to refuse a request with, and why.
type Refusal = (StatusCode, &'static str);

/// The `Host` and `Origin` values that are let in.
#[derive(Debug)]
pub(super) struct Guard {
    hosts: Vec<AllowedHost>,
    origins: Vec<AllowedOrigin>,
}

/// A pattern in the settings cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PatternError {
    /// Not a host. A `*` would let every page reach this server through a domain of its own.
    #[error(
        "`{0}` in `allowed_hosts` is not a host: write each name or address that clients use for this server, with or \
         without `:port`; nothing stands for all of them"
    )]
    Host(String),
    /// Not an origin.
    #[error(
        "`{0}` in `allowed_origins` is not an origin: write `https://name`, `https://name:port` or `http://name:*` for \
         each page that may call tools; nothing stands for all of them"
    )]
    Origin(String),
}

#[derive(Debug, PartialEq, Eq)]
struct AllowedHost {
    host: String,
    /// `None`: any port.
    port: Option<u16>,
}

#[derive(Debug, PartialEq, Eq)]
enum AllowedOrigin {
    /// What browsers send for pages without an origin of their own.
    Null,
    Page {
        scheme: String,
        host: String,
        /// `None`: any port.
        port: Option<u16>,
    },
}

impl Guard {
    /// # Errors
    /// [`PatternError`] for the first pattern that cannot be read.
    pub(super) fn new(hosts: &[String], origins: &[String]) -> Result<Self, PatternError> {
        Ok(Self {
            hosts: hosts
                .iter()
                .map(|pattern| allowed_host(pattern))
                .collect::<Result<_, _>>()?,
            origins: origins
                .iter()
                .map(|pattern| allowed_origin(pattern))
                .collect::<Result<_, _>>()?,
        })
    }

    /// # Errors
    /// The answer to a request that is not addressed to this server, or that comes from another page.
    pub(super) fn check(&self, request: &Parts) -> Result<(), Refusal> {
        let own = request.extensions.get::<Ends>().map(|ends| ends.own);
        self.judge(&request.uri, &request.headers, own).inspect_err(|refusal| {
            tracing::warn!(
                host = ?request.headers.get(HOST),
                origin = ?request.headers.get(ORIGIN),
                "{}; names of this server go into `allowed_hosts` under `[http]`, pages into `allowed_origins`",
                refusal.1
            );
        })
    }

    fn judge(&self, uri: &Uri, headers: &HeaderMap, own: Option<IpAddr>) -> Result<(), Refusal> {
        let named = named_hosts(uri, headers).ok_or((StatusCode::BAD_REQUEST, "Bad Request: no valid Host"))?;
        if !named
            .iter()
            .all(|authority| self.allows_host(authority) || is_own(authority, own))
        {
            return Err((StatusCode::FORBIDDEN, "Forbidden: this Host is not allowed"));
        }
        for origin in headers.get_all(ORIGIN) {
            let allowed = origin.to_str().is_ok_and(|origin| self.allows_origin(origin));
            if !allowed {
                return Err((StatusCode::FORBIDDEN, "Forbidden: this Origin is not allowed"));
            }
        }
        Ok(())
    }

    fn allows_host(&self, authority: &Authority) -> bool {
        let host = bare(authority.host());
        self.hosts
            .iter()
            .any(|allowed| allowed.host == host && allowed.port.is_none_or(|port| authority.port_u16() == Some(port)))
    }

    fn allows_origin(&self, origin: &str) -> bool {
        let Some(origin) = parse_origin(origin) else {
            return false;
        };
        self.origins.iter().any(|allowed| match (allowed, &origin) {
            (AllowedOrigin::Null, AllowedOrigin::Null) => true,
            (
                AllowedOrigin::Page { scheme, host, port },
                AllowedOrigin::Page {
                    scheme: its_scheme,
                    host: its_host,
                    port: its_port,
                },
            ) => scheme == its_scheme && host == its_host && (port.is_none() || port == its_port),
            _ => false,
        })
    }
}

/// Whether a host is the very address that was connected to: a page cannot be made to look like it came from there.
fn is_own(authority: &Authority, own: Option<IpAddr>) -> bool {
    let named = bare(authority.host()).parse::<IpAddr>();
    own.is_some_and(|own| named.is_ok_and(|named| named.to_canonical() == own.to_canonical()))
}

/// Everything the request says it is addressed to: the `Host` header and the authority of an absolute target. `None`
/// if there is nothing, or something that is no authority.
fn named_hosts(uri: &Uri, headers: &HeaderMap) -> Option<Vec<Authority>> {
    let mut named: Vec<Authority> = uri.authority().cloned().into_iter().collect();
    for host in headers.get_all(HOST) {
        named.push(host.to_str().ok()?.parse().ok()?);
    }
    (!named.is_empty()).then_some(named)
}

fn allowed_host(pattern: &str) -> Result<AllowedHost, PatternError> {
    let unreadable = || PatternError::Host(pattern.to_owned());
    // A bare IPv6 address is a host, but not an authority.
    if pattern.parse::<std::net::Ipv6Addr>().is_ok() {
        return Ok(AllowedHost {
            host: pattern.to_ascii_lowercase(),
            port: None,
        });
    }
    let authority: Authority = pattern.parse().map_err(|_| unreadable())?;
    if authority.as_str().contains(['@', '*']) || authority.host().is_empty() {
        return Err(unreadable());
    }
    Ok(AllowedHost {
        host: bare(authority.host()),
        port: authority.port_u16(),
    })
}

fn allowed_origin(pattern: &str) -> Result<AllowedOrigin, PatternError> {
    let unreadable = || PatternError::Origin(pattern.to_owned());
    let (fixed, any_port) = match pattern.strip_suffix(":*") {
        Some(fixed) => (fixed, true),
        None => (pattern, false),
    };
    match parse_origin(fixed).ok_or_else(unreadable)? {
        AllowedOrigin::Page { host, .. } if host.contains('*') => Err(unreadable()),
        AllowedOrigin::Null if any_port => Err(unreadable()),
        AllowedOrigin::Page { scheme, host, .. } if any_port => Ok(AllowedOrigin::Page {
            scheme,
            host,
            port: None,
        }),
        exact => Ok(exact),
    }
}

/// An `Origin` value (RFC 6454 section 7); a default port is written out.
fn parse_origin(value: &str) -> Option<AllowedOrigin> {
    if value == "null" {
        return Some(AllowedOrigin::Null);
    }
    let (scheme, authority) = value.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let authority: Authority = authority.parse().ok()?;
    if authority.as_str().contains('@') || authority.host().is_empty() {
        return None;
    }
    let port = authority.port_u16().or(match scheme.as_str() {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    });
    Some(AllowedOrigin::Page {
        scheme,
        host: bare(authority.host()),
        port,
    })
}

/// `host` in lower case and without the brackets of an IPv6 address.
fn bare(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn guard() -> Guard {
        let hosts = ["localhost", "127.0.0.1", "::1", "tools.example.com:8443"].map(String::from);
        let origins = [
            "http://localhost:*",
            "https://app.example.com",
            "https://dev.example.com:3000",
        ]
        .map(String::from);
        Guard::new(&hosts, &origins).expect("patterns")
    }

    fn status(uri: &str, headers: &[(http::HeaderName, &str)]) -> u16 {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("value")))
            .collect::<HeaderMap>();
        match guard().judge(&uri.parse().expect("URI"), &headers, "192.0.2.7".parse().ok()) {
            Ok(()) => 200,
            Err((status, _)) => status.as_u16(),
        }
    }

    #[test]
    fn only_the_own_hosts_are_served() {
        let cases = [
            ("localhost", 200),
            ("LOCALHOST:8080", 200),
            ("127.0.0.1:1", 200),
            ("[::1]:8080", 200),
            ("tools.example.com:8443", 200),
            ("tools.example.com", 403),
            ("tools.example.com:80", 403),
            ("192.0.2.7:8080", 200),
            ("[::ffff:192.0.2.7]", 200),
            ("192.0.2.8:8080", 403),
            ("192.0.2.7.example.com", 403),
            ("evil.example.com", 403),
            ("localhost.evil.example.com", 403),
            ("localhost:8080@evil.example.com", 403),
            ("", 400),
            ("a b", 400),
        ];
        for (host, expected) in cases {
            assert_eq!(status("/mcp", &[(HOST, host)]), expected, "{host:?}");
        }
        assert_eq!(status("/mcp", &[]), 400);
        assert_eq!(status("http://evil.example.com/mcp", &[(HOST, "localhost")]), 403);
        assert_eq!(status("http://localhost/mcp", &[(HOST, "evil.example.com")]), 403);
    }

    #[test]
    fn only_the_own_pages_are_served() {
        let cases = [
            ("http://localhost", 200),
            ("http://localhost:5173", 200),
            ("https://localhost:5173", 403),
            ("https://app.example.com", 200),
            ("https://app.example.com:443", 200),
            ("https://app.example.com:444", 403),
            ("http://app.example.com", 403),
            ("https://dev.example.com:3000", 200),
            ("https://dev.example.com", 403),
            ("http://localhost.evil.example.com", 403),
            ("http://localhost@evil.example.com", 403),
            ("null", 403),
            ("", 403),
            ("localhost", 403),
        ];
        for (origin, expected) in cases {
            assert_eq!(
                status("/mcp", &[(HOST, "localhost"), (ORIGIN, origin)]),
                expected,
                "{origin:?}"
            );
        }
        let twice = [
            (HOST, "localhost"),
            (ORIGIN, "http://localhost"),
            (ORIGIN, "http://evil.example.com"),
        ];
        assert_eq!(status("/mcp", &twice), 403);
    }

    #[test]
    fn unreadable_patterns_are_refused_by_name() {
        for pattern in ["", "a b", "user@host", "http://x", "*", "*.example.com", "*:8080"] {
            assert_eq!(
                allowed_host(pattern),
                Err(PatternError::Host(pattern.into())),
                "{pattern:?}"
            );
        }
        for pattern in [
            "",
            "localhost",
            "null:*",
            "http://",
            "http://a@b",
            "*",
            "https://*",
            "https://*.example.com:*",
        ] {
            assert_eq!(
                allowed_origin(pattern),
                Err(PatternError::Origin(pattern.into())),
                "{pattern:?}"
            );
        }
    }
}
