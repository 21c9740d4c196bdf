//! Which URLs a connector may call: glob patterns, compared with the parsed URL (contract S1-39, S1-47).

use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// Whether URLs may be called, compiled from a connector's `url_allowlist`.
///
/// A pattern is a URL: `https://crm.example.com/api/*`. Scheme, host and port have to be equal, where a missing port is
/// the scheme's own; a host that starts with `*.` stands for every name below it, but not for the name itself. In the
/// path `*` stands for anything, `/` included. The query does not matter unless the pattern has one.
#[derive(Debug, Clone)]
pub struct UrlAllowlist {
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone)]
struct Pattern {
    scheme: String,
    host: HostPattern,
    port: Option<u16>,
    path: String,
    query: Option<String>,
}

#[derive(Debug, Clone)]
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
        let patterns = patterns
            .iter()
            .map(|source| Pattern::compile(source).map_err(|reason| format!("`{source}` {reason}")))
            .collect::<Result<_, _>>()?;
        Ok(Self { patterns })
    }

    /// Whether `url` matches a pattern.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        // Whoever writes `https://crm.example.com@evil.example/` wants to be misread.
        let plain = url.username().is_empty() && url.password().is_none();
        plain && !climbs(url.path()) && self.patterns.iter().any(|pattern| pattern.matches(url))
    }
}

impl Pattern {
    fn compile(source: &str) -> Result<Self, String> {
        let Some((scheme, rest)) = source.split_once("://") else {
            return Err("is not a URL; write it like `https://crm.example.com/*`".to_owned());
        };
        let Some(authority_end) = rest.find('/') else {
            return Err(format!("has no path; write `{source}/*` to allow the whole host"));
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
        let host = match (normalised_host(&url), below) {
            (None, _) => return Err("names no host".to_owned()),
            (Some(host), false) => HostPattern::Exactly(host),
            (Some(Host::Domain(name)), true) if name.contains('.') => HostPattern::Below(format!(".{name}")),
            (Some(Host::Domain(_)), true) => return Err("stands for a whole top-level domain".to_owned()),
            (Some(_), true) => return Err("has `*.` in front of an address".to_owned()),
        };
        Ok(Self {
            scheme: url.scheme().to_owned(),
            host,
            port: url.port_or_known_default(),
            path: url.path().to_owned(),
            query: url.query().map(str::to_owned),
        })
    }

    fn matches(&self, url: &Url) -> bool {
        let host = match (&self.host, normalised_host(url)) {
            (HostPattern::Exactly(host), Some(found)) => *host == found,
            (HostPattern::Below(parent), Some(Host::Domain(name))) => name.ends_with(parent.as_str()),
            _ => false,
        };
        host && url.scheme() == self.scheme
            && url.port_or_known_default() == self.port
            && glob(self.path.as_bytes(), url.path().as_bytes())
            && self
                .query
                .as_ref()
                .is_none_or(|query| glob(query.as_bytes(), url.query().unwrap_or_default().as_bytes()))
    }
}

/// The host without the dot that may end a name: `example.com.` is the same host. Parsing the URL has already brought
/// it to lower case and to its ASCII form.
fn normalised_host(url: &Url) -> Option<Host> {
    Some(match url.host()? {
        Host::Domain(name) => Host::Domain(name.strip_suffix('.').unwrap_or(name).to_owned()),
        other => other.to_owned(),
    })
}

/// Whether a server that decodes the path before it looks at the segments would be led out of one: parsing the URL
/// has resolved `..` and `%2e%2e`, but not `..%2f`, `..%5c` or `..;`.
fn climbs(path: &str) -> bool {
    if !path.contains("..") && !path.contains('%') {
        return false;
    }
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    decoded
        .split(|byte| matches!(byte, b'/' | b'\\'))
        .any(|segment| segment.split(|byte| *byte == b';').next() == Some(b".."))
}

/// Whether `text` matches `pattern`, in which `*` stands for anything. Looks at every byte at most once per `*`.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut position) = (0, 0);
    // The last `*` and where its text ends for now; on a mismatch it takes in one byte more.
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(position) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, position));
                at += 1;
            }
            Some(expected) if expected == byte => {
                at += 1;
                position += 1;
            }
            _ => {
                let Some((star_at, end)) = star else {
                    return false;
                };
                star = Some((star_at, end + 1));
                at = star_at + 1;
                position = end + 1;
            }
        }
    }
    pattern
        .get(at..)
        .is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(pattern: &str, url: &str) -> bool {
        let allowlist = UrlAllowlist::compile(&[pattern.to_owned()]).unwrap();
        allowlist.allows(&Url::parse(url).unwrap())
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
                .allows(&Url::parse("https://a.example/").unwrap())
        );
    }

    #[test]
    fn a_pattern_that_cannot_be_used_says_why() {
        let cases = [
            ("crm.mycompany.com/*", "is not a URL; write it like"),
            (
                "https://crm.mycompany.com",
                "has no path; write `https://crm.mycompany.com/*`",
            ),
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
        ];
        for (pattern, reason) in cases {
            let error = UrlAllowlist::compile(&["https://a.example/*".to_owned(), pattern.to_owned()]).unwrap_err();
            assert!(error.starts_with(&format!("`{pattern}` ")), "{error}");
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn globs_with_many_stars_end_quickly() {
        let pattern = format!("{}b", "*a".repeat(30));
        assert!(!glob(pattern.as_bytes(), "a".repeat(10_000).as_bytes()));
        assert!(glob(pattern.as_bytes(), format!("{}b", "a".repeat(10_000)).as_bytes()));
    }
}
