//! Sessions of Streamable HTTP: how many there may be, and whose they are.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use rmcp::model::{ConstString as _, InitializeResultMethod, ProtocolVersion};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use serde::Deserialize;

use super::authorization::Caller;
use super::http::too_many_sessions;
use crate::policy::shares::{Full, Place, Shares};

const SESSION_HEADER: &str = "mcp-session-id";
const VERSION_HEADER: &str = "mcp-protocol-version";

/// The open sessions of one server.
pub(super) struct Rooms {
    sessions: Arc<LocalSessionManager>,
    most: usize,
    places: Shares,
    /// Who opened each session, and its place. May hold some that have ended.
    owners: Mutex<HashMap<Box<str>, (Caller, Place)>>,
}

/// Whether a request names its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stay {
    /// It does.
    Known,
    /// Not yet: the answer may.
    New,
}

impl Rooms {
    /// At most `most` of `sessions`.
    pub(super) fn new(sessions: Arc<LocalSessionManager>, most: usize) -> Self {
        Self {
            sessions,
            most,
            places: Shares::new(most),
            owners: Mutex::default(),
        }
    }

    /// Turns away a request that names somebody else's session: for its caller that does not exist.
    ///
    /// # Errors
    /// The answer to it.
    pub(super) async fn check(&self, headers: &HeaderMap, caller: &Caller) -> Result<Stay, Response> {
        let stateless = is_stateless(headers);
        if let Some(id) = session(headers) {
            // A version without sessions passes over the name of one, unless there is one: what a header says must not
            // lead around this check.
            let passes = self.belongs_to(id, caller) || stateless && !self.has(id).await;
            if !passes {
                return Err((StatusCode::NOT_FOUND, "Not Found: Session not found").into_response());
            }
            return Ok(Stay::Known);
        }
        Ok(Stay::New)
    }

    /// Takes a place for the session that a request begins. That its headers name a version without sessions proves
    /// nothing: an `initialize` begins one all the same.
    ///
    /// # Errors
    /// The answer to a request that would begin one session too many.
    pub(super) async fn admit(
        &self,
        stay: Stay,
        request: &Parts,
        body: &[u8],
        caller: &Caller,
    ) -> Result<Option<Place>, Response> {
        let begins = if is_stateless(&request.headers) {
            may_initialize(body)
        } else {
            stay == Stay::New
        };
        if request.method != Method::POST || !begins {
            return Ok(None);
        }
        // Some may be open that have no place, as those whose beginning failed.
        if self.forget_ended().await >= self.most {
            return Err(too_many_sessions(Full::Everywhere));
        }
        self.places
            .take(caller.principal().sharer())
            .map(Some)
            .map_err(too_many_sessions)
    }

    /// Remembers whose the session is that an answer with these headers names, before the client learns of it.
    pub(super) fn note(&self, answer: &HeaderMap, caller: Caller, place: Place) {
        if let Some(id) = session(answer) {
            let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
            owners.insert(id.into(), (caller, place));
        }
    }

    /// How many places are taken.
    #[cfg(test)]
    pub(super) fn taken(&self) -> usize {
        self.places.taken()
    }

    /// How many sessions are somebody's.
    #[cfg(test)]
    pub(super) fn owned(&self) -> usize {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Forgets the sessions that have ended; returns how many are open.
    async fn forget_ended(&self) -> usize {
        let open = self.sessions.sessions.read().await;
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners.retain(|id, _| open.contains_key(&**id));
        open.len()
    }

    async fn has(&self, id: &str) -> bool {
        self.sessions.sessions.read().await.contains_key(id)
    }

    fn belongs_to(&self, id: &str, caller: &Caller) -> bool {
        let owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners.get(id).is_some_and(|(owner, _)| owner.is(caller))
    }
}

/// The session of the older era that a request is part of.
pub(super) fn session_of(request: &HeaderMap) -> Option<&str> {
    session(request).filter(|_| !is_stateless(request))
}

fn session(headers: &HeaderMap) -> Option<&str> {
    headers.get(SESSION_HEADER)?.to_str().ok()
}

/// Whether a message is an `initialize`, as far as can be told: one that is written strangely may be.
fn may_initialize(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        method: Cow<'a, str>,
    }
    serde_json::from_slice(body).map_or(true, |message: Message<'_>| {
        message.method == InitializeResultMethod::VALUE
    })
}

/// Whether the client knows streams that begin with an event without a message, to which it can come back (2025-11-25,
/// SEP-1699). Older ones read each event as a message, and report that this one is no JSON. What begins a session names
/// no version, and its answer is there at once: nobody comes back to it.
pub(super) fn knows_empty_events(request: &HeaderMap) -> bool {
    is_of(request, &ProtocolVersion::V_2025_11_25)
}

/// Whether the request says that it is of a version without sessions.
fn is_stateless(headers: &HeaderMap) -> bool {
    is_of(headers, &ProtocolVersion::V_2026_07_28)
}

/// Whether the request says that it is of this version or a later one.
fn is_of(headers: &HeaderMap, version: &ProtocolVersion) -> bool {
    headers
        .get(VERSION_HEADER)
        .and_then(|named| named.to_str().ok())
        // Versions are dates, so their order as text is their order in time.
        .is_some_and(|named| named >= version.as_str())
}
