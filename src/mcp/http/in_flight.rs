//! The requests that sessions wait to have answered. rmcp keeps one of each identifier in a session, and would give the
//! answer to one request to whoever sent another of the same identifier.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::response::Response;
use futures_util::StreamExt as _;
use http::header;
use rmcp::ErrorData;
use rmcp::model::RequestId;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::misread::refusal;

const EVENTS: &str = "text/event-stream";

type Requests = HashSet<(Box<str>, RequestId)>;

/// The requests of all sessions. Clones share them.
#[derive(Clone, Default)]
pub(super) struct InFlight(Arc<Mutex<Requests>>);

/// One request, in flight until the last clone of this is dropped: one goes with the call and one with its answer. A
/// client that leaves takes back no call (2025-06-18 and 2025-11-25, basic/transports): its answer is still to come, and
/// would be given to whoever sent another request of the same identifier.
#[derive(Clone)]
pub(super) struct Flight {
    _request: Arc<Taken>,
}

/// An identifier in use.
struct Taken {
    request: (Box<str>, RequestId),
    all: InFlight,
}

#[derive(Deserialize)]
struct Request {
    id: RequestId,
    #[serde(rename = "method")]
    _method: IgnoredAny,
}

impl InFlight {
    /// Begins the request in `body`, if there is one.
    ///
    /// # Errors
    /// The answer to a second one of an identifier that the session has in flight (2025-11-25, basic, Requests: no
    /// identifier is used twice).
    pub(super) fn begin(&self, session: &str, body: &[u8]) -> Result<Option<Flight>, Response> {
        let Ok(Request { id, .. }) = serde_json::from_slice(body) else {
            return Ok(None);
        };
        let request = (session.into(), id);
        if self.requests().insert(request.clone()) {
            let all = self.clone();
            let request = Arc::new(Taken { request, all });
            return Ok(Some(Flight { _request: request }));
        }
        let fault = "a request of this id is not answered yet; give each request an id of its own";
        Err(refusal(ErrorData::invalid_request(fault, None), Some(request.1)))
    }

    /// Whether a call of the session goes on, or its answer is being sent.
    pub(super) fn has(&self, session: &str) -> bool {
        self.requests().iter().any(|(one, _)| **one == *session)
    }

    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `held` goes with `answer`: it ends at once, or with the last event.
pub(super) fn until_sent(held: impl Send + 'static, answer: Response) -> Response {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| !kind.as_bytes().starts_with(EVENTS.as_bytes())) {
        return answer;
    }
    answer.map(|body| {
        let events = body.into_data_stream();
        Body::from_stream(events.inspect(move |_| _ = &held))
    })
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.all.requests().remove(&self.request);
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::response::IntoResponse as _;

    use super::*;

    const PING: &[u8] = br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

    #[tokio::test]
    async fn an_identifier_is_free_again_when_its_answer_was_sent() {
        let all = InFlight::default();
        let begin = |session: &str| all.begin(session, PING).ok().flatten();
        let first = begin("a").expect("nothing is in flight");
        let refused = all.begin("a", PING).err().expect("in flight");
        let text = to_bytes(refused.into_body(), 1_000).await.expect("text");
        assert_eq!(
            text,
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"a request of this id is not answered yet; give each request an id of its own"}}"#
        );
        assert!(begin("b").is_some(), "another session");
        let events = ([(header::CONTENT_TYPE, EVENTS)], "data: {}\n\n").into_response();
        let sending = until_sent(first, events);
        assert!(begin("a").is_none(), "its events are not sent yet");
        to_bytes(sending.into_body(), 1_000).await.expect("text");
        let again = begin("a").expect("answered");
        let calling = again.clone();
        let _whole = until_sent(again, "{}".into_response());
        assert!(begin("a").is_none(), "its call goes on");
        assert!(all.has("a") && !all.has("b"));
        drop(calling);
        assert!(begin("a").is_some());
        assert!(all.requests().is_empty());
    }

    #[test]
    fn what_is_no_request_has_no_answer() {
        let all = InFlight::default();
        for body in [
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
            "nonsense",
        ] {
            assert!(matches!(all.begin("a", body.as_bytes()), Ok(None)), "{body}");
        }
    }
}
