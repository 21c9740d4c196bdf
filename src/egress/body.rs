//! Bodies: of requests, sent so that it is known whether they left; of answers, read up to a limit.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use tokio::task::coop::consume_budget;
use tokio::time::{Instant, timeout_at};

use super::coding::{Coding, DecodeError, Decoder};

/// Bytes that are decoded before others of this thread get their turn: they may stand for a thousand times as many.
const DECODED_AT_ONCE: usize = 4 * 1024;

/// Whether anything of a call may have reached the API: any of its requests, and redirects of them. Whoever holds one
/// knows it also of a request that was dropped on its way.
#[derive(Debug, Clone, Default)]
pub struct Departure(Arc<AtomicBool>);

impl Departure {
    /// Whether something may have.
    pub fn is_made(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn make(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Whether a request may have reached the API.
#[derive(Debug, Clone)]
pub(super) struct Sent(Departure);

impl Sent {
    pub(super) fn is(&self) -> bool {
        self.0.is_made()
    }

    /// `body` in a form that notices when the connection takes it, and then is the departure of the whole call. A request
    /// without a body leaves without being noticed, so it counts as sent from the start.
    pub(super) fn watch(body: Option<Bytes>, of_call: &Departure) -> (Self, Option<(reqwest::Body, usize)>) {
        let sent = Self(Departure::default());
        let Some(body) = body.filter(|body| !body.is_empty()) else {
            of_call.make();
            sent.0.make();
            return (sent, None);
        };
        let departures = [sent.0.clone(), of_call.clone()];
        let length = body.len();
        let stream = stream::once(async move {
            departures.iter().for_each(Departure::make);
            Ok::<_, Infallible>(body)
        });
        (sent, Some((reqwest::Body::wrap_stream(stream), length)))
    }
}

/// What bounds the reading of an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Most bytes of it, decoded.
    pub(super) bytes: u64,
    /// When all of it must be there.
    pub(super) deadline: Instant,
    /// Longest time in which nothing of it comes.
    pub(super) silence: Duration,
}

/// Why an answer could not be read.
#[derive(Debug)]
pub(super) enum ReadError {
    /// It is longer than allowed.
    TooLarge,
    /// The connection failed.
    Failed(reqwest::Error),
    /// It does not decode.
    Damaged,
    /// It has a coding that was not asked for.
    UnknownCoding,
    /// Nothing came for too long.
    Silent,
    /// It was not complete in time.
    Late,
}

/// Reads an answer, decoded, and stops as soon as it is longer than allowed: what a few bytes decompress to has no bound.
/// What was read before an error comes with it. `has_body` is false for answers that announce the length of a body that
/// they do not have (RFC 9110 section 8.6).
pub(super) async fn read(
    response: &mut reqwest::Response,
    has_body: bool,
    bounds: Bounds,
) -> (Bytes, Result<(), ReadError>) {
    let codings = Coding::of(response.headers());
    let is_plain = codings.as_ref().is_some_and(Vec::is_empty);
    let announced = response.content_length().unwrap_or(0);
    // Of a failure the beginning is worth having.
    if has_body && is_plain && response.status().is_success() && announced > bounds.bytes {
        return (Bytes::new(), Err(ReadError::TooLarge));
    }
    let mut taken = Taken::new(codings.as_deref(), bounds.bytes);
    let result = read_into(&mut taken, response, bounds).await;
    (taken.into_bytes(), result)
}

async fn read_into(taken: &mut Taken, response: &mut reqwest::Response, bounds: Bounds) -> Result<(), ReadError> {
    while let Some(chunk) = next(response, bounds).await? {
        taken.push(chunk).await?;
    }
    taken.end()
}

async fn next(response: &mut reqwest::Response, bounds: Bounds) -> Result<Option<Bytes>, ReadError> {
    let now = Instant::now();
    if now >= bounds.deadline {
        // Whoever never stops sending would never be late: what is there is taken before the time is looked at.
        return Err(ReadError::Late);
    }
    let silent = now + bounds.silence;
    match timeout_at(silent.min(bounds.deadline), response.chunk()).await {
        Ok(chunk) => chunk.map_err(ReadError::Failed),
        Err(_) if silent < bounds.deadline => Err(ReadError::Silent),
        Err(_) => Err(ReadError::Late),
    }
}

/// What was read so far. Most answers come in one piece, which then need not be copied.
enum Taken {
    Plain { read: Plain, room: u64 },
    Decoded(Decoder),
    Unknown,
}

enum Plain {
    Nothing,
    One(Bytes),
    Joined(BytesMut),
}

impl Taken {
    /// Of an answer with these codings, `None` when one of them is not known.
    fn new(codings: Option<&[Coding]>, limit: u64) -> Self {
        match codings {
            None => Self::Unknown,
            Some([]) => Self::Plain {
                read: Plain::Nothing,
                room: limit,
            },
            Some(codings) => Self::Decoded(Decoder::new(codings, limit)),
        }
    }

    async fn push(&mut self, mut chunk: Bytes) -> Result<(), ReadError> {
        match self {
            Self::Plain { read, room } => {
                let length = as_u64(chunk.len());
                let is_too_long = length > *room;
                if is_too_long {
                    chunk.truncate(usize::try_from(*room).unwrap_or(usize::MAX));
                }
                *room = room.saturating_sub(length);
                read.push(chunk);
                if is_too_long { Err(ReadError::TooLarge) } else { Ok(()) }
            }
            Self::Decoded(decoder) => {
                for piece in chunk.chunks(DECODED_AT_ONCE) {
                    decoder.push(piece)?;
                    consume_budget().await;
                }
                Ok(())
            }
            Self::Unknown if chunk.is_empty() => Ok(()),
            Self::Unknown => Err(ReadError::UnknownCoding),
        }
    }

    fn end(&mut self) -> Result<(), ReadError> {
        match self {
            Self::Decoded(decoder) => Ok(decoder.end()?),
            Self::Plain { .. } | Self::Unknown => Ok(()),
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Plain { read, .. } => read.into_bytes(),
            Self::Decoded(decoder) => decoder.take().into(),
            Self::Unknown => Bytes::new(),
        }
    }
}

impl Plain {
    fn push(&mut self, chunk: Bytes) {
        *self = match std::mem::replace(self, Self::Nothing) {
            Self::Nothing => Self::One(chunk),
            Self::One(first) => {
                let mut joined = BytesMut::from(first);
                joined.extend_from_slice(&chunk);
                Self::Joined(joined)
            }
            Self::Joined(mut joined) => {
                joined.extend_from_slice(&chunk);
                Self::Joined(joined)
            }
        };
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Nothing => Bytes::new(),
            Self::One(bytes) => bytes,
            Self::Joined(joined) => joined.freeze(),
        }
    }
}

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl From<DecodeError> for ReadError {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::TooLarge => Self::TooLarge,
            DecodeError::Damaged => Self::Damaged,
        }
    }
}
