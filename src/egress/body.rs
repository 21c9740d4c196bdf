//! Bodies: of requests, sent so that it is known whether they left; of answers, read up to a limit.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use futures_util::stream;

use super::EgressError;

/// Whether a request may have reached the API.
#[derive(Debug, Clone)]
pub(super) struct Sent(Arc<AtomicBool>);

impl Sent {
    pub(super) fn is(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// `body` in a form that notices when the connection takes it. A request without a body leaves without being
    /// noticed, so it counts as sent from the start.
    pub(super) fn watch(body: Option<Bytes>) -> (Self, Option<(reqwest::Body, usize)>) {
        let Some(body) = body.filter(|body| !body.is_empty()) else {
            return (Self(Arc::new(AtomicBool::new(true))), None);
        };
        let sent = Self(Arc::new(AtomicBool::new(false)));
        let taken = Arc::clone(&sent.0);
        let length = body.len();
        let stream = stream::once(async move {
            taken.store(true, Ordering::Relaxed);
            Ok::<_, Infallible>(body)
        });
        (sent, Some((reqwest::Body::wrap_stream(stream), length)))
    }
}

/// Why an answer could not be read.
#[derive(Debug)]
pub(super) enum ReadError {
    /// It is longer than allowed.
    TooLarge,
    /// The connection failed.
    Failed(reqwest::Error),
}

/// Reads an answer, decompressed, and stops as soon as it is longer than `limit` bytes: what a few bytes decompress to
/// has no bound.
pub(super) async fn read(response: &mut reqwest::Response, limit: u64) -> Result<Bytes, ReadError> {
    let announced = response.content_length().unwrap_or(0);
    if announced > limit {
        return Err(ReadError::TooLarge);
    }
    let Some(first) = response.chunk().await.map_err(ReadError::Failed)? else {
        return Ok(Bytes::new());
    };
    let mut total = as_u64(first.len());
    let mut whole = Whole::One(first);
    while total <= limit {
        match response.chunk().await.map_err(ReadError::Failed)? {
            Some(chunk) => {
                total = total.saturating_add(as_u64(chunk.len()));
                whole = whole.with(&chunk);
            }
            None => return Ok(whole.into_bytes()),
        }
    }
    Err(ReadError::TooLarge)
}

/// Most answers come in one piece, which then need not be copied.
enum Whole {
    One(Bytes),
    Joined(BytesMut),
}

impl Whole {
    fn with(self, chunk: &[u8]) -> Self {
        let mut joined = match self {
            Self::One(first) => BytesMut::from(first),
            Self::Joined(joined) => joined,
        };
        joined.extend_from_slice(chunk);
        Self::Joined(joined)
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::One(bytes) => bytes,
            Self::Joined(joined) => joined.freeze(),
        }
    }
}

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl ReadError {
    /// This as an [`EgressError`], where `explain` gives the meaning of a failed connection.
    pub(super) fn into_egress_error(
        self,
        limit: u64,
        explain: impl FnOnce(&reqwest::Error) -> EgressError,
    ) -> EgressError {
        match self {
            Self::TooLarge => EgressError::TooLarge { limit },
            Self::Failed(error) => explain(&error),
        }
    }
}
