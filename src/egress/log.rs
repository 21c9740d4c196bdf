//! One line for each request that leaves and one for each answer, at the level debug (contract S3-11), and one for each
//! request that is refused, as a warning.
//!
//! Shows neither headers nor bodies, and of a query at most which parameters it has: values are arguments, and a key may
//! be among them (ruling C-30).

use std::fmt;
use std::time::Duration;

use http::{Method, StatusCode};
use tracing::debug;
use url::{Url, form_urlencoded};

use crate::clock::milliseconds;
use crate::diagnostics::legible_line;
use crate::telemetry::REDACTED;

/// Stands in place of a path that may hold an argument nobody may see.
pub(super) const UNSHOWN_PATH: &str = "/[HIDDEN]";
/// Stands in place of such a host.
const UNSHOWN_HOST: &str = "[HIDDEN]";
/// Longest host that is shown, in bytes: no name is longer.
const LONGEST_HOST: usize = 253;
/// Longest path of a refused request that is shown, in bytes.
const LONGEST_PATH: usize = 500;

/// One request of a call, as far as lines about it need to know it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exchange<'a> {
    pub(super) connector: &'a str,
    pub(super) method: &'a Method,
    pub(super) url: &'a Url,
    /// What to show instead of the URL's path, which holds an argument that nobody may see.
    pub(super) shown_path: Option<&'a str>,
    /// Which request of the call it is, from 1.
    pub(super) number: u32,
}

impl Exchange<'_> {
    pub(super) fn leaves(self, bytes: usize) {
        debug!(
            connector = self.connector,
            method = %self.method,
            host = self.url.host_str(),
            path = %self.path(),
            number = self.number,
            bytes,
            "request"
        );
    }

    /// `bytes` is the length of the body as it was read; a redirect's is not read.
    pub(super) fn is_answered(self, status: StatusCode, bytes: Option<usize>, after: Duration) {
        debug!(
            connector = self.connector,
            method = %self.method,
            host = self.url.host_str(),
            path = %self.path(),
            number = self.number,
            status = status.as_u16(),
            bytes,
            duration_ms = milliseconds(after),
            "response"
        );
    }

    fn path(&self) -> Path<'_> {
        Path(self)
    }
}

/// Path and query of an exchange. Written only when somebody reads it.
struct Path<'a>(&'a Exchange<'a>);

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Exchange { url, shown_path, .. } = self.0;
        formatter.write_str(shown_path.unwrap_or_else(|| url.path()))?;
        let names = url.query().into_iter().flat_map(|query| {
            // A parameter without a value may be anything.
            query
                .split('&')
                .map(|pair| pair.split_once('=').map_or("", |(name, _)| name))
        });
        for (index, name) in names.enumerate() {
            formatter.write_str(if index == 0 { "?" } else { "&" })?;
            let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
            write!(formatter, "{name}={REDACTED}")?;
        }
        Ok(())
    }
}

/// Where a request would have gone that is refused, for the operator who wonders which it was. Has neither query nor user
/// information.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) url: &'a Url,
    /// Whether its host may be seen.
    pub(super) shows_host: bool,
    /// Its path as it may be seen.
    pub(super) path: &'a str,
}

impl fmt::Display for Target<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is too long is left out whole: of a secret that is cut in two, each part would stay.
        let whole = |text: &str, longest: usize| {
            if text.len() > longest {
                format!("[{} bytes]", text.len())
            } else {
                legible_line(text)
            }
        };
        let host = self.url.host_str().filter(|_| self.shows_host).unwrap_or(UNSHOWN_HOST);
        write!(formatter, "{}://{}", self.url.scheme(), whole(host, LONGEST_HOST))?;
        if let Some(port) = self.url.port_or_known_default() {
            write!(formatter, ":{port}")?;
        }
        let path = self.path.strip_prefix('/').unwrap_or(self.path);
        write!(formatter, "/{}", whole(path, LONGEST_PATH))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_target_shows_where_it_is_and_nothing_else() {
        let long = "x".repeat(600);
        for (url, shows_host, path, shown) in [
            (
                "https://user:hunter2@a.example/v1?key=hunter2#hunter2",
                true,
                "/v1",
                "https://a.example:443/v1",
            ),
            (
                "http://[::1]:8080/hunter2",
                true,
                "/[HIDDEN]",
                "http://[::1]:8080/[HIDDEN]",
            ),
            (
                "https://hunter2.example/x",
                false,
                "/[HIDDEN]",
                "https://[HIDDEN]:443/[HIDDEN]",
            ),
            (
                "https://a.example/",
                true,
                "/a\u{1b}[31m\nb",
                "https://a.example:443/a\u{fffd}[31m\u{fffd}b",
            ),
            (
                "https://a.example/",
                true,
                &format!("/{long}"),
                "https://a.example:443/[600 bytes]",
            ),
            (&format!("https://{long}/"), true, "/", "https://[600 bytes]:443/"),
            ("data:text/plain,hunter2", true, "/[HIDDEN]", "data://[HIDDEN]/[HIDDEN]"),
        ] {
            let url = Url::parse(url).unwrap();
            let target = Target {
                url: &url,
                shows_host,
                path,
            };
            assert_eq!(target.to_string(), shown);
        }
    }

    #[test]
    fn a_query_shows_its_names_only() {
        let method = Method::GET;
        for (url, instead, shown) in [
            ("https://a.example/v1/c_1", None, "/v1/c_1"),
            (
                "https://a.example/v1?page=2&key=hunter2",
                None,
                "/v1?page=[REDACTED]&key=[REDACTED]",
            ),
            ("https://a.example/v1?hunter2", None, "/v1?=[REDACTED]"),
            (
                "https://a.example/hunter2?a=hunter2",
                Some("/[HIDDEN]"),
                "/[HIDDEN]?a=[REDACTED]",
            ),
            ("https://a.example/?a%0ab=1", None, "/?a%250ab=[REDACTED]"),
        ] {
            let url = Url::parse(url).unwrap();
            let exchange = Exchange {
                connector: "crm",
                method: &method,
                url: &url,
                shown_path: instead,
                number: 1,
            };
            assert_eq!(exchange.path().to_string(), shown);
        }
    }
}
