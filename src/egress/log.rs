//! One line for each request that leaves and one for each answer, at the level debug (contract S3-11).
//!
//! Shows neither headers nor bodies, and of a query only which parameters it has: values are arguments, and a key may
//! be among them (ruling C-30).

use std::fmt;
use std::time::Duration;

use http::{Method, StatusCode};
use tracing::debug;
use url::{Url, form_urlencoded};

/// What stands in place of a value.
const REDACTED: &str = "[REDACTED]";

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
            duration_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX),
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

#[cfg(test)]
mod tests {
    use super::*;

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
