//! The bodies of requests: received whole, and only so much of all of them at a time as there is memory for. Users share
//! that, so that one of them cannot keep out all others with bodies that never end.

use axum::body::{Body, HttpBody as _};
use axum::response::{IntoResponse as _, Response};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use http::{StatusCode, header};

use crate::mcp::turned_away::turned_away;
use crate::policy::Sharer;
use crate::policy::shares::{Full, Place, Shares};

/// Bytes that one place stands for. What is shorter takes none: most bodies are, and there are only so many connections.
const PLACE: usize = 64 * 1024;

/// Bytes of all bodies at a time; more where a single body may be longer than a fourth of it.
const MOST: usize = 256 * 1024 * 1024;

/// The memory for bodies.
pub(super) struct Bodies {
    /// Longest body in bytes.
    longest: usize,
    places: Shares,
}

/// A body that lies in memory.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) bytes: Bytes,
    /// Its share of the memory, until it was handled.
    pub(super) room: Vec<Place>,
}

/// Why a body was not received.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreceived {
    /// It is longer than allowed.
    TooLarge,
    /// Its connection broke, or it is none.
    Broken,
    /// There is no memory for it.
    NoRoom(Full),
}

impl Bodies {
    /// Memory for bodies of at most `longest` bytes.
    pub(super) fn new(longest: usize) -> Self {
        Self::of(longest, MOST.max(longest.saturating_mul(4)))
    }

    fn of(longest: usize, most: usize) -> Self {
        Self {
            longest,
            places: Shares::new(most / PLACE),
        }
    }

    /// Receives the whole of `body`, which `sharer` sends. One that says beforehand that it is too long is not waited for.
    pub(super) async fn receive(&self, body: Body, sharer: Sharer) -> Result<Received, Unreceived> {
        if body.size_hint().lower() > self.longest as u64 {
            return Err(Unreceived::TooLarge);
        }
        let mut pieces = body.into_data_stream();
        let mut room = Vec::new();
        // Nearly all bodies come in one piece, which is not copied.
        let (mut first, mut whole) = (Bytes::new(), BytesMut::new());
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| Unreceived::Broken)?;
            let length = first.len().max(whole.len()) + piece.len();
            if length > self.longest {
                return Err(Unreceived::TooLarge);
            }
            while room.len() < length / PLACE {
                room.push(self.places.take(sharer.clone()).map_err(Unreceived::NoRoom)?);
            }
            if first.is_empty() {
                first = piece;
            } else {
                if whole.is_empty() {
                    whole.extend_from_slice(&first);
                }
                whole.extend_from_slice(&piece);
            }
        }
        let bytes = if whole.is_empty() { first } else { whole.freeze() };
        Ok(Received { bytes, room })
    }
}

impl Unreceived {
    /// What the client is told.
    pub(super) fn told(&self) -> Response {
        match self {
            Self::TooLarge => turned_away(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large"),
            Self::Broken => turned_away(
                StatusCode::BAD_REQUEST,
                "Bad Request: the body cannot be read to its end",
            ),
            Self::NoRoom(full) => {
                let told = match full {
                    Full::Everywhere => "Service Unavailable: too many long requests at once; try again in a second",
                    Full::ForThisUser => {
                        "Service Unavailable: this user sends too many long requests at once; try again in a second"
                    }
                };
                tracing::warn!(?full, "refused a body: there is no memory for it");
                let refusal = turned_away(StatusCode::SERVICE_UNAVAILABLE, told);
                ([(header::RETRY_AFTER, "1")], refusal).into_response()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::FutureExt as _;
    use futures_util::stream;

    use super::*;

    /// A body of `pieces` places that does or does not end.
    fn body(pieces: usize, ends: bool) -> Body {
        let piece = Bytes::from(vec![b' '; PLACE]);
        let all = stream::iter(vec![Ok::<_, Infallible>(piece); pieces]);
        if ends {
            Body::from_stream(all)
        } else {
            Body::from_stream(all.chain(stream::pending()))
        }
    }

    async fn receive(bodies: &Bodies, body: Body, user: &str) -> Result<Received, Unreceived> {
        bodies.receive(body, Some(user.into())).await
    }

    #[tokio::test]
    async fn bodies_that_never_end_leave_room_for_others() {
        let bodies = Bodies::of(4 * PLACE, 16 * PLACE);
        let mut endless: Vec<_> = (0..3)
            .map(|_| Box::pin(receive(&bodies, body(4, false), "greedy")))
            .collect();
        for receiving in &mut endless {
            assert!(receiving.now_or_never().is_none());
        }
        let refused = receive(&bodies, body(1, true), "greedy").await.unwrap_err();
        assert_eq!(refused, Unreceived::NoRoom(Full::ForThisUser));
        let told = refused.told();
        assert_eq!(told.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(told.headers()[header::RETRY_AFTER], "1");
        let short = Body::from(vec![b' '; PLACE - 1]);
        assert!(receive(&bodies, short, "greedy").await.is_ok(), "it takes no place");
        let other = receive(&bodies, body(3, true), "other").await.unwrap();
        assert_eq!((other.bytes.len(), other.room.len()), (3 * PLACE, 3));
        drop((endless, other));
        assert_eq!(bodies.places.taken(), 0);
        assert!(receive(&bodies, body(4, true), "greedy").await.is_ok());
    }

    #[tokio::test]
    async fn a_body_is_as_long_as_allowed() {
        let bodies = Bodies::new(2 * PLACE);
        let received = bodies.receive(body(2, true), None).await.unwrap();
        assert_eq!(received.bytes.len(), 2 * PLACE);
        let refused = bodies.receive(body(3, true), None).await.unwrap_err();
        assert_eq!(refused, Unreceived::TooLarge);
        let refused = bodies.receive(Body::from(vec![b' '; 2 * PLACE + 1]), None).await;
        assert_eq!(refused.unwrap_err(), Unreceived::TooLarge);
    }
}
