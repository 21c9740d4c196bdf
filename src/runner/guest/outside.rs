//! What a guest may ask of its host, in the host's own types.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use zeroize::Zeroizing;

/// Bytes that are searched for secrets behind the place where a text of code is cut, and that are not shown of what was
/// cut by others: what may be the beginning of a secret is not found. No form of a secret should be longer.
pub const SEARCHED_BEYOND: usize = 64 * 1024;

/// The world of one run, as the host gives it. Everything here comes after the sandbox's own limits: a request that is
/// one too many, or a log line past the cap, never gets this far.
#[async_trait]
pub trait Outside: Send + Sync {
    /// Makes a request, under all the rules of a request of the connector's own. Several may be under way at once.
    async fn send(&self, request: GuestRequest) -> Result<GuestResponse, SendFailure>;

    /// Keeps a line that the code wrote, or its first `room` bytes. Gets the whole line all the same: a secret that was
    /// cut in the middle would not be found.
    fn log(&self, level: GuestLogLevel, message: &str, room: usize);

    /// Says how far the code is. The message is as long as the code made it.
    fn progress(&self, done: f64, total: Option<f64>, message: Option<&str>);

    /// The bytes that `key` stands for when it is a handle; `None` when it is none, and so stands for itself.
    fn secret_key(&self, key: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
}

/// A request that a guest asks for. Handles stand in it as the guest wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestRequest {
    /// Any token of RFC 9110.
    pub method: String,
    /// Absolute, as the guest wrote it.
    pub url: String,
    /// Names and values, in the guest's order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
    /// How long the guest is ready to wait for the whole exchange.
    pub timeout: Option<Duration>,
    /// Longest answer in bytes that the run may still receive.
    pub max_response_bytes: u64,
}

/// What came back, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestResponse {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, without what it was compressed with.
    pub body: Bytes,
}

/// Why there is no response. The text is for people, and names no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendFailure {
    /// A rule said no before anything left.
    #[error("{0}")]
    Refused(String),
    /// The time for it was over.
    #[error("{0}")]
    TimedOut(String),
    /// No connection, or it broke.
    #[error("{0}")]
    Unreachable(String),
    /// The answer was larger than what is allowed.
    #[error("{0}")]
    TooLarge(String),
    /// The request is no HTTP.
    #[error("{0}")]
    Invalid(String),
}

/// How important a line is that the code wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GuestLogLevel {
    /// Of interest to the code's author only.
    Debug,
    /// What happened.
    Info,
    /// What may become a problem.
    Warn,
    /// What failed.
    Error,
}
