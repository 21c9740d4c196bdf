//! Why a request did not leave, or brought no answer.

/// Why a request did not leave, or brought no answer. Messages never hold a URL, a host or a header, apart from those
/// of [`EgressError::Setup`], which are for the operator.
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
    /// TLS failed. Nothing was sent.
    #[error("the TLS connection failed: {reason}")]
    Tls {
        /// Why, e.g. `the certificate has expired`.
        reason: String,
    },
    /// No connection: closed port, unknown name, unreachable network. Nothing was sent.
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
    /// The server's or the connector's settings do not work together. Names hosts and files: for the operator, never
    /// for an agent.
    #[error("{0}")]
    Setup(String),
}
