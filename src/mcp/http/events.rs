//! The answers of sessions, for clients that lose their connection and come back for the rest (2025-11-25,
//! basic/transports, Resumability). rmcp forgets an answer as soon as it has sent it, whether anybody was there or not;
//! here the events of each request are kept for a while, and followed until its answer.
//!
//! An event is only ever looked up within one session, which the caller has been found to own before: this must never
//! look through the events of all. rmcp is not told of it (`SessionManager::event_store`), because it would also keep
//! what belongs to no session, and there a client that leaves cancels its request.

mod ledger;
mod stream;
#[cfg(test)]
mod testing;
mod weight;

use std::fmt;
use std::future;
use std::sync::Arc;

use axum::response::Response;
use futures_util::{Stream, StreamExt as _};
use http::request::Parts;
use http::{HeaderName, Method, StatusCode};
use rmcp::model::{ClientJsonRpcMessage, GetExtensions as _, JsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionHandle, LocalSessionManager, LocalSessionManagerError, SessionError,
};
use rmcp::transport::streamable_http_server::session::{ServerSseMessage, SessionId, SessionManager};

use self::ledger::Ledger;
use crate::mcp::sessions::{knows_empty_events, session_of};
use crate::mcp::turned_away::turned_away;

const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// The sessions of one server, and what was said in them.
pub(super) struct Sessions {
    sessions: Arc<LocalSessionManager>,
    ledger: Arc<Ledger>,
}

impl Sessions {
    /// Keeps what is said in `sessions`.
    pub(super) fn new(sessions: Arc<LocalSessionManager>) -> Self {
        Self {
            sessions,
            ledger: Arc::default(),
        }
    }

    /// Turns away a client that comes back for what is not there any more. rmcp would give it an empty answer, and
    /// leave it to wait for more.
    ///
    /// # Errors
    /// The answer to it.
    pub(super) async fn check(&self, request: &Parts) -> Result<(), Response> {
        if request.method != Method::GET {
            return Ok(());
        }
        let last = request.headers.get(LAST_EVENT).and_then(|last| last.to_str().ok());
        let (Some(session), Some(event)) = (session_of(&request.headers), last.and_then(Event::read)) else {
            return Ok(());
        };
        if self.ledger.has(session, event) || !self.is_open(session).await {
            return Ok(());
        }
        let told = format!(
            "Gone: nothing is kept of the answer that event {event} belongs to; before you send your request again, look \
             whether it has done what it should"
        );
        // Not 404, at which a client begins a new session.
        Err(turned_away(StatusCode::GONE, &told))
    }

    async fn is_open(&self, session: &str) -> bool {
        self.sessions.sessions.read().await.contains_key(session)
    }

    async fn handle(&self, session: &SessionId) -> Result<LocalSessionHandle, LocalSessionManagerError> {
        let sessions = self.sessions.sessions.read().await;
        let handle = sessions.get(session).cloned();
        handle.ok_or_else(|| LocalSessionManagerError::SessionNotFound(Arc::clone(session)))
    }
}

impl SessionManager for Sessions {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        self.sessions.create_session().await
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Self::Error> {
        self.sessions.initialize_session(id, message).await
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Self::Error> {
        self.sessions.has_session(id).await
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        let closed = self.sessions.close_session(id).await;
        self.ledger.forget(id);
        closed
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let with_empty = may_have_empty_events(&message);
        let handle = self.handle(id).await?;
        let channel = handle.establish_request_wise_channel().await?;
        handle.push_message(message, channel.http_request_id).await?;
        let number = channel.http_request_id.ok_or(SessionError::InvalidEventId)?;
        let events = self.ledger.open(id, number, channel.inner);
        Ok(events.filter(move |event| future::ready(with_empty || event.message.is_some())))
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.sessions.create_standalone_stream(id).await
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let Some(event) = Event::read(&last_event_id) else {
            // The session's own stream, which belongs to no request.
            return Ok(self.sessions.resume(id, last_event_id).await?.left_stream());
        };
        let rest = self.ledger.resume(id, event).ok_or(SessionError::InvalidEventId)?;
        Ok(rest.right_stream())
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Result<(), Self::Error> {
        self.sessions.accept_message(id, message).await
    }
}

/// Whether the client that sent it knows events without a message. rmcp keeps its HTTP request with it.
fn may_have_empty_events(message: &ClientJsonRpcMessage) -> bool {
    let JsonRpcMessage::Request(message) = message else {
        return false;
    };
    let request = message.request.extensions().get::<Parts>();
    request.is_some_and(|request| knows_empty_events(&request.headers))
}

/// One event of the answer to one request of a session. In its text, which is rmcp's, the event stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Event {
    /// Of the event, from 0.
    index: usize,
    /// Of the request.
    stream: u64,
}

impl Event {
    fn read(text: &str) -> Option<Self> {
        let (index, stream) = text.split_once('/')?;
        Some(Self {
            index: index.parse().ok()?,
            stream: stream.parse().ok()?,
        })
    }
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.index, self.stream)
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn what_was_said_in_a_session_ends_with_it() {
        let sessions = Sessions::new(Arc::default());
        let (session, _transport) = sessions.create_session().await.expect("a session");
        let (events, source) = channel(1);
        let reader = sessions.ledger.open(&session, 0, source);
        events.send(testing::news(1.0)).await.expect("somebody takes it");
        assert_eq!(reader.take(1).count().await, 1);
        let event = Event { index: 0, stream: 0 };
        assert!(sessions.ledger.has(&session, event));
        sessions.close_session(&session).await.expect("closed");
        assert!(!sessions.ledger.has(&session, event));
    }

    #[test]
    fn only_what_rmcp_writes_names_an_event() {
        let event = Event { index: 3, stream: 12 };
        assert_eq!(Event::read("3/12"), Some(event));
        assert_eq!(event.to_string(), "3/12");
        // The last is of the session's own stream.
        for text in ["", "/", "3/", "/12", "x/12", "-3/12", "3/12/1", "3"] {
            assert_eq!(Event::read(text), None, "{text}");
        }
    }
}
