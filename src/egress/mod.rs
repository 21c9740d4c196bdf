//! The only way out: every outgoing HTTP request passes [`Egress::send`].
//!
//! Must never know what a tool or a principal is. No other room opens an outbound connection.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use crate::auth::Credential;
use crate::config::EgressConfig;
use crate::connector::model::Connector;

/// A request before credentials are put on it. Showing one in a dry run reveals nothing.
#[derive(Debug, Clone)]
pub struct OutgoingRequest {
    /// Its method.
    pub method: Method,
    /// The whole URL.
    pub url: Url,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Option<Bytes>,
    /// Longest time for the whole exchange; the connector's when `None`.
    pub timeout: Option<std::time::Duration>,
}

/// An answer, with sensitive headers already gone.
#[derive(Debug, Clone)]
pub struct UpstreamResponse {
    /// Its status.
    pub status: StatusCode,
    /// Its headers without cookies, credentials, challenges, server banners and internal addresses.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Bytes,
    /// Requests that left for it, redirects included.
    pub requests: u32,
}

/// The way out of one process. Cheap to clone.
#[derive(Clone)]
pub struct Egress;

/// Whether URLs may be called, compiled from a connector's `url_allowlist`.
#[derive(Debug, Clone)]
pub struct UrlAllowlist;

impl UrlAllowlist {
    /// Compiles patterns such as `https://crm.example.com/*`.
    ///
    /// # Errors
    /// The pattern that cannot be used, and why.
    pub fn compile(_patterns: &[String]) -> Result<Self, String> {
        unimplemented!()
    }
    /// Whether `url` matches a pattern.
    #[must_use]
    pub fn allows(&self, _url: &Url) -> bool {
        unimplemented!()
    }
}

impl Egress {
    /// Builds the way out from the server's settings.
    ///
    /// # Errors
    /// What is wrong with `extra_ca`.
    pub fn new(_config: &EgressConfig) -> Result<Self, EgressError> {
        unimplemented!()
    }
    /// Sends one request within the connector's `security`, puts `credential` on it (only towards the origin of the
    /// base URL), follows redirects within the same rules, and reads the whole answer.
    /// Dropping the future closes the connection.
    ///
    /// # Errors
    /// [`EgressError`].
    pub async fn send(
        &self,
        _request: OutgoingRequest,
        _connector: &Connector,
        _credential: &Credential,
    ) -> Result<UpstreamResponse, EgressError> {
        unimplemented!()
    }
}

/// Why a request did not leave, or brought no answer. Messages never hold a URL, a host or a header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The URL, or one that a redirect led to, is not in the allowlist, not HTTPS, or its address is not allowed.
    #[error("{reason}")]
    NotAllowed {
        /// Which rule refused it.
        reason: String,
        /// Whether a request left before (a redirect led here).
        sent: bool,
    },
    /// Connecting, or waiting for the answer, took too long.
    #[error("no {phase} within {limit_ms} ms")]
    Timeout {
        /// `connection`, `data` or `complete answer`.
        phase: &'static str,
        /// The limit that was reached.
        limit_ms: u64,
        /// Whether the request may have reached the API.
        sent: bool,
    },
    /// TLS failed.
    #[error("the TLS connection failed: {reason}")]
    Tls {
        /// Why, e.g. `the certificate has expired`.
        reason: String,
    },
    /// No connection: closed port, unknown name, unreachable network.
    #[error("no connection: {reason}")]
    Unreachable {
        /// Why.
        reason: String,
    },
    /// The connection broke after the request may have been sent, or the answer is not HTTP.
    #[error("the connection broke: {reason}")]
    Broken {
        /// Why.
        reason: String,
    },
    /// The answer is longer than allowed.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// Too many redirects.
    #[error("more than {limit} redirects")]
    TooManyRedirects {
        /// The limit.
        limit: u32,
    },
    /// The credential cannot be put on the request.
    #[error(transparent)]
    Credential(#[from] crate::auth::CredentialError),
    /// The server's own settings do not work.
    #[error("{0}")]
    Setup(String),
}
