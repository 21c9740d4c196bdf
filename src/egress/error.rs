//! Why a request did not leave, or brought no answer.

use std::fmt;

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
        /// What did not come.
        phase: Phase,
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
    /// The API said that it did nothing with the request (RFC 9113 section 8.7).
    #[error("the API did not process the request: {reason}")]
    NotProcessed {
        /// Why.
        reason: String,
    },
    /// The two do not speak the same language, and the same request would end the same way.
    #[error("the API cannot be understood: {reason}")]
    Incompatible {
        /// Why.
        reason: String,
        /// Whether the request may have reached the API.
        sent: bool,
    },
    /// The connection broke after the request may have been sent.
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
    /// A redirect to something that is not a URL.
    #[error("the API answered with a redirect whose target is not a URL")]
    UnreadableRedirect,
    /// The credential cannot be put on the request.
    #[error(transparent)]
    Credential(#[from] crate::auth::CredentialError),
    /// The server's or the connector's settings do not work together. Names hosts and files: for the operator, never
    /// for an agent.
    #[error("{0}")]
    Setup(String),
}

/// What a request waited for in vain. Each has a setting of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A connection: `connect_timeout_ms` of the server.
    Connection,
    /// More of an answer that had begun: `read_timeout_ms` of the server.
    Data,
    /// The whole answer: `timeout_ms` of the connector or the action.
    Answer,
}

impl fmt::Display for Phase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connection => "connection",
            Self::Data => "data",
            Self::Answer => "complete answer",
        })
    }
}
