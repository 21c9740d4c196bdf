//! HTTP with server-sent events as of protocol 2024-11-05 (ruling C-23): `GET /sse` opens a stream of messages to the
//! client, whose first event names the address that the client posts its own messages to.
//!
//! rmcp no longer has this transport, so this is a bridge from two bounded channels to its service loop.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use futures_util::stream::{self, Stream, StreamExt as _};
use http::{StatusCode, header};
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::service::serve_server_with_ct;
use rmcp::transport::Transport;
use rmcp::{RoleServer, ServerHandler};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Lifetime;
use super::authorization::Caller;
use super::backlog::{Backlog, Held};
use super::gate::Gate;
use super::http::{HttpSettings, KEEP_ALIVE, too_many_sessions};
use super::reading;
use super::writing;
use crate::crypto;
use crate::engine::Channel;
use crate::policy::Principal;
use crate::policy::shares::{Place, Shares};

/// Messages that wait in each direction of a session.
const QUEUE: usize = 64;
/// How long a posted message may wait for room in its queue.
const POST_TIMEOUT: Duration = Duration::from_secs(10);

/// The two routes.
pub(super) fn router<S, F>(service: F, settings: &HttpSettings, lifetime: &Lifetime) -> Router
where
    S: ServerHandler,
    F: Fn(Channel, Arc<Principal>) -> S + Clone + Send + Sync + 'static,
{
    let bridge = Arc::new(Bridge {
        service,
        sessions: Sessions::default(),
        places: Shares::new(settings.max_sessions),
        idle: settings.session_idle,
        lifetime: lifetime.clone(),
    });
    Router::new()
        .route("/sse", get(open::<S, F>))
        .route("/messages", post(receive::<S, F>))
        // The door has received the body, and knows how long one may be.
        .layer(DefaultBodyLimit::disable())
        .with_state(bridge)
}

struct Bridge<F> {
    service: F,
    sessions: Sessions,
    places: Shares,
    idle: Duration,
    lifetime: Lifetime,
}

/// Open sessions by their identifier. Whoever opened one may post to it, if they know it.
type Sessions = Arc<Mutex<HashMap<String, Session>>>;

struct Session {
    inbound: mpsc::Sender<ClientJsonRpcMessage>,
    caller: Caller,
    _place: Place,
}

/// Ends a session when its stream is dropped, whoever drops it.
struct Ending {
    sessions: Sessions,
    id: String,
    /// Cancels the session's calls.
    _cancel: DropGuard,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.id);
    }
}

/// `GET /sse`: opens a session.
async fn open<S, F>(State(bridge): State<Arc<Bridge<F>>>, Extension(caller): Extension<Caller>) -> Response
where
    S: ServerHandler,
    F: Fn(Channel, Arc<Principal>) -> S + Clone + Send + Sync + 'static,
{
    let id = match crypto::random_id() {
        Ok(id) => id,
        Err(error) => {
            tracing::error!(%error, "cannot open a session");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let (inbound, received) = mpsc::channel(QUEUE);
    let (outbound, sent) = mpsc::channel(QUEUE);
    let backlog = Backlog::default();
    let place = match bridge.places.take(caller.principal().sharer()) {
        Ok(place) => place,
        Err(full) => return too_many_sessions(full),
    };
    let session = Session {
        inbound,
        caller: caller.clone(),
        _place: place,
    };
    bridge
        .sessions
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(id.clone(), session);
    let cancel = caller.ended().child_token();
    let bridged = Bridged {
        received,
        outbound,
        backlog,
    };
    let gate = bridged
        .gate(bridge.lifetime.clone(), cancel.clone())
        .with_idle_end(bridge.idle);
    let service = (bridge.service)(Channel::Sse, Arc::clone(caller.principal()));
    tokio::spawn(run(service, gate, cancel.clone()));

    let ending = Ending {
        sessions: Arc::clone(&bridge.sessions),
        id,
        _cancel: cancel.drop_guard(),
    };
    let events = Sse::new(events(sent, ending)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // Proxies must pass events on as they come.
    ([(header::HeaderName::from_static("x-accel-buffering"), "no")], events).into_response()
}

async fn run<S: ServerHandler>(service: S, gate: Gate<Bridged>, cancel: CancellationToken) {
    match serve_server_with_ct(service, gate, cancel).await {
        Ok(running) => {
            if let Err(error) = running.waiting().await {
                tracing::error!(%error, "a session's service loop failed");
            }
        }
        Err(error) => tracing::debug!(%error, "a session ended before its handshake"),
    }
}

/// What the client receives: where to post, then every message until the session ends.
fn events(messages: mpsc::Receiver<Written>, ending: Ending) -> impl Stream<Item = Result<Event, Infallible>> {
    // Relative to `/sse`, so that it stays right behind a proxy that serves us under a prefix.
    let endpoint = Event::default()
        .event("endpoint")
        .data(format!("messages?session_id={}", ending.id));
    let messages = stream::unfold((messages, ending), |(mut messages, ending)| async move {
        let message = messages.recv().await?;
        let event = Event::default().event("message").data(message.json);
        Some((Ok(event), (messages, ending)))
    });
    stream::once(async { Ok(endpoint) }).chain(messages)
}

#[derive(Deserialize)]
struct SessionQuery {
    session_id: String,
}

/// `POST /messages`: takes one message of an open session.
async fn receive<S, F>(
    State(bridge): State<Arc<Bridge<F>>>,
    Query(query): Query<SessionQuery>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Response
where
    S: ServerHandler,
    F: Fn(Channel, Arc<Principal>) -> S + Clone + Send + Sync + 'static,
{
    let inbound = {
        let sessions = bridge.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else's session does not exist for this caller.
        match sessions.get(&query.session_id) {
            Some(session) if session.caller.is(&caller) => session.inbound.clone(),
            _ => return (StatusCode::NOT_FOUND, "Not Found: no such session").into_response(),
        }
    };
    let message = match reading::message(&body) {
        Ok(message) => message,
        Err(error) => return (StatusCode::BAD_REQUEST, format!("Bad Request: not a message: {error}")).into_response(),
    };
    match inbound.send_timeout(message, POST_TIMEOUT).await {
        Ok(()) => (StatusCode::ACCEPTED, "Accepted").into_response(),
        Err(mpsc::error::SendTimeoutError::Timeout(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(mpsc::error::SendTimeoutError::Closed(_)) => {
            (StatusCode::NOT_FOUND, "Not Found: the session has ended").into_response()
        }
    }
}

/// The two channels of a session as a transport.
struct Bridged {
    received: mpsc::Receiver<ClientJsonRpcMessage>,
    outbound: mpsc::Sender<Written>,
    /// What the client has not taken.
    backlog: Backlog,
}

/// A message to the client, as text: that is what it takes in memory until the client takes it.
struct Written {
    json: String,
    _held: Held,
}

/// A message does not reach the client.
#[derive(Debug, thiserror::Error)]
enum Unsent {
    /// Its stream is gone.
    #[error("the event stream is closed")]
    Closed,
    /// The message has no text.
    #[error("the message cannot be written as JSON: {0}")]
    Unwritten(#[from] serde_json::Error),
}

impl Bridged {
    fn gate(self, lifetime: Lifetime, cut: CancellationToken) -> Gate<Self> {
        let backlog = self.backlog.clone();
        Gate::new(self, lifetime, cut).with_backlog(backlog)
    }
}

impl Transport<RoleServer> for Bridged {
    type Error = Unsent;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let outbound = self.outbound.clone();
        let backlog = self.backlog.clone();
        async move {
            let length = writing::length_of_message(&message);
            let mut json = writing::by_length(length, move || serde_json::to_string(&message)).await?;
            json.shrink_to_fit();
            let held = backlog.hold(json.len());
            let written = Written { json, _held: held };
            outbound.send(written).await.map_err(|_| Unsent::Closed)
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        self.received.recv().await
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.received.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
