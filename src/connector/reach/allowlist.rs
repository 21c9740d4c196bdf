//! Which requests a connector may make: methods and glob patterns, compared with the parsed URL (contract S1-39, S1-47).

use std::fmt;

use http::Method;
use url::{Host, Url};

use super::glob::glob;
use super::name::without_final_dot;
use crate::template::climbs;

/// Methods that a pattern can name.
const METHODS: [Method; 8] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::QUERY,
];

/// Whether requests may be made, compiled from a connector's `url_allowlist`.
///
/// A pattern is a URL, with methods in front of it where only those are meant: `https://crm.example.com/api/*`,
/// `GET https://crm.example.com/*`, `GET,POST https://crm.example.com/search`.
///
/// Scheme, host and port have to be equal, where a missing port is the scheme's own; a host that starts with `*.` stands
/// for every name below it, but not for the name itself. In the path `*` stands for anything, `/` included. The query
/// does not matter unless the pattern has one. Without methods, any may be used.
#[derive(Clone)]
pub struct UrlAllowlist {
    patterns: Vec<Pattern>,
}

/// One pattern of an allowlist.
#[derive(Clone)]
pub(in crate::connector) struct Pattern {
    source: String,
    /// Any when there is none.
    methods: Vec<Method>,
    scheme: String,
    host: HostPattern,
    port: Option<u16>,
    path: String,
    query: Option<String>,
}

#[derive(Clone)]
enum HostPattern {
    /// This one.
    Exactly(Host),
    /// Every name below this one, which starts with a dot.
    Below(String),
}

impl UrlAllowlist {
    /// Compiles patterns such as `https://crm.example.com/*`.
    ///
    /// # Errors
    /// The pattern that cannot be used, and why.
    pub fn compile(patterns: &[String]) -> Result<Self, String> {
        patterns
            .iter()
            .map(|source| Pattern::compile(source).map_err(|reason| format!("`{source}` {reason}")))
            .collect::<Result<_, _>>()
            .map(Self::of)
    }

    pub(in crate::connector) fn of(patterns: Vec<Pattern>) -> Self {
        Self { patterns }
    }

    /// Whether a request with `method` to `url` matches a pattern.
    #[must_use]
    pub fn allows(&self, method: &Method, url: &Url) -> bool {
        // Whoever writes `https://crm.example.com@evil.example/` wants to be misread.
        let plain = url.username().is_empty() && url.password().is_none();
        plain
            && !climbs(url.path())
            && self
                .patterns
                .iter()
                .any(|pattern| pattern.names(method) && pattern.matches(url))
    }

    /// Whether `url` matches a pattern for some method.
    #[must_use]
    pub fn mentions(&self, url: &Url) -> bool {
        METHODS.iter().any(|method| self.allows(method, url))
    }

    /// Whether some request to the host and port of `url`, at or below its path, matches a pattern.
    pub(in crate::connector) fn reaches(&self, url: &Url) -> bool {
        let below = url.path().trim_end_matches('/');
        self.patterns.iter().any(|pattern| {
            let fixed = pattern.path.split('*').next().unwrap_or_default();
            let path = below.starts_with(fixed) || fixed.starts_with(below);
            path && pattern.is_at(url)
        })
    }

    /// Whether a request with `method` to `url` may match a pattern, when `url` is whole, or else when more follows it.
    pub(in crate::connector) fn may_allow(&self, method: &Method, url: &Url, is_whole: bool) -> bool {
        self.patterns.iter().any(|pattern| {
            let path = url.path();
            let fixed = pattern.path.split('*').next().unwrap_or_default();
            let fits = if is_whole {
                glob(pattern.path.as_bytes(), path.as_bytes())
            } else {
                path.starts_with(fixed) || fixed.starts_with(path)
            };
            fits && pattern.names(method) && pattern.is_at(url)
        })
    }

    /// The patterns as they were written.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(|pattern| pattern.source.as_str())
    }
}

/// The patterns as they were written.
impl fmt::Debug for UrlAllowlist {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.patterns()).finish()
    }
}

impl Pattern {
    /// Compiles one pattern.
    ///
    /// # Errors
    /// Why it cannot be used, as the rest of a sentence that begins with the pattern. Does not repeat the pattern, which
    /// may hold a password.
    pub(in crate::connector) fn compile(source: &str) -> Result<Self, String> {
        let (methods, location) = split_methods(source.trim())?;
        let Some((scheme, rest)) = location.split_once("://") else {
            return Err("is not a URL; write it like `https://crm.example.com/*`".to_owned());
        };
        let Some(authority_end) = rest.find('/') else {
            return Err("has no path; end it with `/*` to allow the whole host".to_owned());
        };
        let (authority, path) = rest.split_at(authority_end);
        if authority.is_empty() {
            return Err("names no host".to_owned());
        }
        // A wildcard label is no host name, so the name below it is parsed in its place.
        let (below, authority) = match authority.strip_prefix("*.") {
            Some(parent) => (true, parent),
            None => (false, authority),
        };
        if authority.contains('*') {
            return Err("has a `*` in its host; only `*.` at the start of a host stands for names below it".to_owned());
        }
        let url =
            Url::parse(&format!("{scheme}://{authority}{path}")).map_err(|error| format!("is not a URL: {error}"))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err("is neither https nor http".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("holds a user name or a password".to_owned());
        }
        if url.fragment().is_some() {
            return Err("has a `#` part, which is never sent".to_owned());
        }
        if url.port() == Some(0) {
            return Err("names port 0, where nothing can be reached".to_owned());
        }
        let host = match (normalised_host(&url), below) {
            (None, _) => return Err("names no host".to_owned()),
            (Some(host), false) => HostPattern::Exactly(host),
            (Some(Host::Domain(name)), true) if name.contains('.') => HostPattern::Below(format!(".{name}")),
            (Some(Host::Domain(_)), true) => return Err("stands for a whole top-level domain".to_owned()),
            (Some(_), true) => return Err("has `*.` in front of an address".to_owned()),
        };
        Ok(Self {
            source: source.to_owned(),
            methods,
            scheme: url.scheme().to_owned(),
            host,
            port: url.port_or_known_default(),
            path: url.path().to_owned(),
            query: url.query().map(str::to_owned),
        })
    }

    /// Whether it allows requests in clear.
    pub(in crate::connector) fn is_plain_http(&self) -> bool {
        self.scheme == "http"
    }

    /// Its port, the scheme's own when it names none.
    pub(in crate::connector) fn port(&self) -> Option<u16> {
        self.port
    }

    /// Its host, and whether the names below are meant instead.
    pub(in crate::connector) fn host(&self) -> (Host<&str>, bool) {
        match &self.host {
            HostPattern::Exactly(Host::Domain(name)) => (Host::Domain(name), false),
            HostPattern::Exactly(Host::Ipv4(address)) => (Host::Ipv4(*address), false),
            HostPattern::Exactly(Host::Ipv6(address)) => (Host::Ipv6(*address), false),
            HostPattern::Below(parent) => (Host::Domain(parent.trim_start_matches('.')), true),
        }
    }

    fn names(&self, method: &Method) -> bool {
        self.methods.is_empty() || self.methods.contains(method)
    }

    fn matches(&self, url: &Url) -> bool {
        self.is_at(url)
            && glob(self.path.as_bytes(), url.path().as_bytes())
            && self
                .query
                .as_ref()
                .is_none_or(|query| glob(query.as_bytes(), url.query().unwrap_or_default().as_bytes()))
    }

    /// Whether scheme, host and port are those of `url`.
    fn is_at(&self, url: &Url) -> bool {
        let host = match (&self.host, url.host()) {
            (HostPattern::Exactly(Host::Domain(name)), Some(Host::Domain(found))) => name == without_final_dot(found),
            (HostPattern::Exactly(Host::Ipv4(address)), Some(Host::Ipv4(found))) => *address == found,
            (HostPattern::Exactly(Host::Ipv6(address)), Some(Host::Ipv6(found))) => *address == found,
            (HostPattern::Below(parent), Some(Host::Domain(found))) => {
                without_final_dot(found).ends_with(parent.as_str())
            }
            _ => false,
        };
        host && url.scheme() == self.scheme && url.port_or_known_default() == self.port
    }
}

/// The methods in front of a pattern, and the rest of it.
fn split_methods(source: &str) -> Result<(Vec<Method>, &str), String> {
    let Some((names, rest)) = source.split_once(char::is_whitespace) else {
        return Ok((Vec::new(), source));
    };
    let methods = names
        .split(',')
        .map(|name| {
            METHODS
                .into_iter()
                .find(|method| method.as_str().eq_ignore_ascii_case(name))
                .ok_or_else(|| {
                    "begins with something that is not a method; write it like `GET,POST https://…`".to_owned()
                })
        })
        .collect::<Result<_, _>>()?;
    let rest = rest.trim_start();
    if rest.contains(char::is_whitespace) {
        return Err("holds a space, which no URL does; separate methods with `,` only".to_owned());
    }
    Ok((methods, rest))
}

/// The host without the dot that may end a name: `example.com.` is the same host. Parsing the URL has already brought
/// it to lower case and to its ASCII form.
fn normalised_host(url: &Url) -> Option<Host> {
    Some(match url.host()? {
        Host::Domain(name) => Host::Domain(without_final_dot(name).to_owned()),
        other => other.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(pattern: &str, url: &str) -> bool {
        let allowlist = UrlAllowlist::compile(&[pattern.to_owned()]).unwrap();
        allowlist.allows(&Method::GET, &Url::parse(url).unwrap())
    }

    #[test]
    fn patterns_and_what_they_allow() {
        let host = "https://crm.mycompany.com/*";
        let cases = [
            (host, "https://crm.mycompany.com/"),
            (host, "https://crm.mycompany.com"),
            (host, "https://crm.mycompany.com/api/v1/customers"),
            (host, "https://crm.mycompany.com/a?next=https://evil.example/"),
            (host, "https://CRM.MyCompany.COM/a"),
            (host, "https://crm.mycompany.com./a"),
            (host, "https://crm.mycompany.com:443/a"),
            (host, "HTTPS://crm.mycompany.com/a"),
            ("https://crm.mycompany.com:443/*", "https://crm.mycompany.com/a"),
            ("https://CRM.mycompany.com./*", "https://crm.mycompany.com/a"),
            ("https://crm.mycompany.com:8443/*", "https://crm.mycompany.com:8443/a"),
            ("http://127.0.0.1:8080/*", "http://127.1:8080/a"),
            ("https://[::1]/*", "https://[0:0::1]/a"),
            ("https://bücher.example/*", "https://xn--bcher-kva.example/a"),
            ("https://xn--bcher-kva.example/*", "https://BÜCHER.example/a"),
            ("https://*.mycompany.com/*", "https://crm.mycompany.com/a"),
            ("https://*.mycompany.com/*", "https://a.b.mycompany.com./a"),
            ("https://crm.mycompany.com/api/*", "https://crm.mycompany.com/api/"),
            ("https://crm.mycompany.com/api/*", "https://crm.mycompany.com/api/a/b/c"),
            (
                "https://crm.mycompany.com/api/*/notes",
                "https://crm.mycompany.com/api/1/2/notes",
            ),
            (
                "https://crm.mycompany.com/*/notes*",
                "https://crm.mycompany.com/notes/notes/notes",
            ),
            (
                "https://crm.mycompany.com/health",
                "https://crm.mycompany.com/health?verbose=1",
            ),
            (
                "https://crm.mycompany.com/q?kind=*",
                "https://crm.mycompany.com/q?kind=a&b=c",
            ),
            ("https://crm.mycompany.com/ü/*", "https://crm.mycompany.com/%C3%BC/a"),
            (host, "https://crm.mycompany.com/a..b/..c"),
            (host, "https://crm.mycompany.com/a%2Fb"),
        ];
        for (pattern, url) in cases {
            assert!(allows(pattern, url), "{pattern} {url}");
        }
    }

    #[test]
    fn patterns_and_what_they_refuse() {
        let host = "https://crm.mycompany.com/*";
        let api = "https://crm.mycompany.com/api/*";
        let cases = [
            (host, "http://crm.mycompany.com/a"),
            (host, "https://evil.example/a"),
            (host, "https://crm.mycompany.com.evil.example/a"),
            (host, "https://evilcrm.mycompany.com/a"),
            (host, "https://a.crm.mycompany.com/a"),
            (host, "https://crm.mycompany.com:8443/a"),
            (host, "https://crm.mycompany.com:80/a"),
            (host, "https://crm.mycompany.com@evil.example/a"),
            (host, "https://user@crm.mycompany.com/a"),
            (host, "https://user:password@crm.mycompany.com/a"),
            (host, "https://:password@crm.mycompany.com/a"),
            (host, "https://evil.example/https://crm.mycompany.com/a"),
            (host, "https://evil.example\\@crm.mycompany.com/a"),
            (host, "https://evil.example#@crm.mycompany.com/a"),
            (host, "https://evil.example?@crm.mycompany.com/a"),
            (host, "https://crm-mycompany.com/a"),
            // A Cyrillic "с".
            (host, "https://\u{441}rm.mycompany.com/a"),
            ("https://crm.mycompany.com:8443/*", "https://crm.mycompany.com/a"),
            ("https://*.mycompany.com/*", "https://mycompany.com/a"),
            ("https://*.mycompany.com/*", "https://evilmycompany.com/a"),
            ("https://*.mycompany.com/*", "https://crm.mycompany.com.evil.example/a"),
            (api, "https://crm.mycompany.com/api"),
            (api, "https://crm.mycompany.com/apis/a"),
            (api, "https://crm.mycompany.com/API/a"),
            (api, "https://crm.mycompany.com/api/../admin"),
            (api, "https://crm.mycompany.com/api/%2e%2e/admin"),
            (api, "https://crm.mycompany.com/api/..%2Fadmin"),
            (api, "https://crm.mycompany.com/api/a%2f..%2f..%2fadmin"),
            (api, "https://crm.mycompany.com/api/..%5cadmin"),
            (api, "https://crm.mycompany.com/api/%2e%2e%2fadmin"),
            (api, "https://crm.mycompany.com/api/..;/admin"),
            (api, "https://crm.mycompany.com/api/..;a=b/admin"),
            (api, "https://crm.mycompany.com/api/%252e%252e%252fadmin"),
            (api, "https://crm.mycompany.com/api/%25252e%25252e%25252fadmin"),
            (api, "https://crm.mycompany.com/api/..%00/admin"),
            (api, "https://crm.mycompany.com/api/..%20/admin"),
            (api, "https://crm.mycompany.com/api/..%3fx/admin"),
            (api, "https://crm.mycompany.com/api/%2525252525252541"),
            (api, "https://crm.mycompany.com/api\\..\\admin"),
            (api, "https://crm.mycompany.com/%61pi/a"),
            (api, "https://crm.mycompany.com/admin?x=/api/"),
            (api, "https://crm.mycompany.com//api/a"),
            (
                "https://crm.mycompany.com/api/*/notes",
                "https://crm.mycompany.com/api/1/notes/2",
            ),
            ("https://crm.mycompany.com/health", "https://crm.mycompany.com/health/"),
            ("https://crm.mycompany.com/q?kind=*", "https://crm.mycompany.com/q"),
            (
                "https://crm.mycompany.com/q?kind=a",
                "https://crm.mycompany.com/q?kind=ab",
            ),
            ("https://127.0.0.1/*", "https://localhost/a"),
            ("https://127.0.0.1/*", "https://[::ffff:127.0.0.1]/a"),
        ];
        for (pattern, url) in cases {
            assert!(!allows(pattern, url), "{pattern} {url}");
        }
        assert!(
            !UrlAllowlist::compile(&[])
                .unwrap()
                .allows(&Method::GET, &Url::parse("https://a.example/").unwrap())
        );
    }

    #[test]
    fn methods_in_front_of_a_pattern_are_the_only_ones() {
        let url = Url::parse("https://crm.mycompany.com/v1/a").unwrap();
        for (pattern, allowed) in [
            (
                "https://crm.mycompany.com/v1/*",
                "GET HEAD POST PUT PATCH DELETE OPTIONS QUERY",
            ),
            ("GET https://crm.mycompany.com/v1/*", "GET"),
            ("get,Post   https://crm.mycompany.com/v1/*", "GET POST"),
            (" DELETE\thttps://crm.mycompany.com/v1/* ", "DELETE"),
            ("GET https://other.mycompany.com/v1/*", ""),
        ] {
            let allowlist = UrlAllowlist::compile(&[pattern.to_owned()]).unwrap();
            let found: Vec<_> = METHODS.iter().filter(|method| allowlist.allows(method, &url)).collect();
            let found: Vec<_> = found.into_iter().map(Method::as_str).collect();
            assert_eq!(found.join(" "), allowed, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_used_says_why() {
        let cases = [
            ("crm.mycompany.com/*", "is not a URL; write it like"),
            ("https://crm.mycompany.com", "has no path; end it with `/*`"),
            ("https://crm.*.com/*", "has a `*` in its host"),
            ("https://*/*", "has a `*` in its host"),
            ("https://*.com/*", "stands for a whole top-level domain"),
            ("https://*.127.0.0.1/*", "has `*.` in front of an address"),
            ("*://crm.mycompany.com/*", "is not a URL"),
            ("ftp://crm.mycompany.com/*", "is neither https nor http"),
            ("https:///*", "names no host"),
            ("https://user@crm.mycompany.com/*", "holds a user name or a password"),
            ("https://crm.mycompany.com/*#top", "has a `#` part"),
            ("https://crm.mycompany.com:port/*", "is not a URL"),
            ("https://crm.mycompany.com:0/*", "names port 0"),
            ("FETCH https://crm.mycompany.com/*", "is not a method"),
            ("* https://crm.mycompany.com/*", "is not a method"),
            ("GET, POST https://crm.mycompany.com/*", "is not a method"),
            ("GET POST https://crm.mycompany.com/*", "holds a space"),
            ("GET", "is not a URL"),
        ];
        for (pattern, reason) in cases {
            let error = UrlAllowlist::compile(&["https://a.example/*".to_owned(), pattern.to_owned()]).unwrap_err();
            assert!(error.starts_with(&format!("`{pattern}` ")), "{error}");
            assert!(error.contains(reason), "{error}");
        }
    }
}
