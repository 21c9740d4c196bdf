//! Sessions of Streamable HTTP: how many there may be, and whose they are.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use rmcp::model::{ConstString as _, InitializeResultMethod, ProtocolVersion};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use serde::Deserialize;

use super::authorization::Caller;
use crate::policy::shares::{Full, Place, Shares};

const SESSION_HEADER: &str = "mcp-session-id";
const VERSION_HEADER: &str = "mcp-protocol-version";

/// The open sessions of one server.
pub(super) struct Rooms {
    sessions: Arc<LocalSessionManager>,
    most: usize,
    places: Shares,
    owned: Arc<Mutex<Owned>>,
}

/// The sessions that are somebody's. May hold some that have ended.
#[derive(Default)]
struct Owned {
    sessions: HashMap<Box<str>, Session>,
    /// Counts uses of all of them.
    uses: u64,
}

struct Session {
    owner: Caller,
    _place: Place,
    /// How many requests of it are not answered yet, streams included.
    visits: usize,
    /// The number of its last use.
    used: u64,
}

/// Whether a request names its session.
#[derive(Debug)]
pub(super) enum Stay {
    /// It does, and visits that session if it has any.
    Known { _visit: Option<Visit> },
    /// Not yet: the answer may.
    New,
}

/// A request of a session, until this is dropped.
pub(super) struct Visit {
    session: Box<str>,
    owned: Arc<Mutex<Owned>>,
}

impl Rooms {
    /// At most `most` of `sessions`.
    pub(super) fn new(sessions: Arc<LocalSessionManager>, most: usize) -> Self {
        Self {
            sessions,
            most,
            places: Shares::new(most),
            owned: Arc::default(),
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
            let visit = self.visit(id, caller);
            let passes = visit.is_some() || stateless && !self.has(id).await;
            if !passes {
                return Err((StatusCode::NOT_FOUND, "Not Found: Session not found").into_response());
            }
            return Ok(Stay::Known { _visit: visit });
        }
        Ok(Stay::New)
    }

    /// Takes a place for the session that a request begins. That its headers name a version without sessions proves
    /// nothing: an `initialize` begins one all the same.
    ///
    /// # Errors
    /// [`Full`] for a request that would begin one session too many.
    pub(super) async fn admit(
        &self,
        stay: &Stay,
        request: &Parts,
        body: &[u8],
        caller: &Caller,
    ) -> Result<Option<Place>, Full> {
        let begins = if is_stateless(&request.headers) {
            may_initialize(body)
        } else {
            matches!(stay, Stay::New)
        };
        if request.method != Method::POST || !begins {
            return Ok(None);
        }
        // Some may be open that have no place, as those whose beginning failed.
        if self.forget_ended().await >= self.most {
            return Err(Full::Everywhere);
        }
        self.places.take(caller.principal().sharer()).map(Some)
    }

    /// Forgets the session of this caller's user that nobody has used for longest, so that a new one has room, and names
    /// it: clients that crash or lose their sessions leave them behind, and the user could begin none until those are
    /// too old. One that is visited or `is_at_work` stays, and so does any of another user.
    pub(super) fn give_up_idle(&self, caller: &Caller, is_at_work: impl Fn(&str) -> bool) -> Option<Box<str>> {
        let sharer = caller.principal().sharer();
        let mut owned = owned(&self.owned);
        let idle = owned.sessions.iter().filter(|(id, session)| {
            session.visits == 0 && session.owner.principal().sharer() == sharer && !is_at_work(id)
        });
        let (oldest, _) = idle.min_by_key(|(_, session)| session.used)?;
        let oldest = oldest.clone();
        owned.sessions.remove(&oldest);
        Some(oldest)
    }

    /// Remembers whose the session is that an answer with these headers names, before the client learns of it.
    pub(super) fn note(&self, answer: &HeaderMap, caller: Caller, place: Place) {
        if let Some(id) = session(answer) {
            let mut owned = owned(&self.owned);
            let session = Session {
                owner: caller,
                _place: place,
                visits: 0,
                used: owned.next_use(),
            };
            owned.sessions.insert(id.into(), session);
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
        owned(&self.owned).sessions.len()
    }

    /// Forgets the sessions that have ended; returns how many are open.
    async fn forget_ended(&self) -> usize {
        let open = self.sessions.sessions.read().await;
        owned(&self.owned).sessions.retain(|id, _| open.contains_key(&**id));
        open.len()
    }

    async fn has(&self, id: &str) -> bool {
        self.sessions.sessions.read().await.contains_key(id)
    }

    /// Begins a request of the caller's session `id`; `None` when they have none of this name.
    fn visit(&self, id: &str, caller: &Caller) -> Option<Visit> {
        let mut owned = owned(&self.owned);
        let session = owned.sessions.get_mut(id).filter(|session| session.owner.is(caller))?;
        session.visits += 1;
        Some(Visit {
            session: id.into(),
            owned: Arc::clone(&self.owned),
        })
    }
}

fn owned(owned: &Mutex<Owned>) -> MutexGuard<'_, Owned> {
    // Nothing here can fail half way.
    owned.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Owned {
    fn next_use(&mut self) -> u64 {
        self.uses += 1;
        self.uses
    }
}

impl fmt::Debug for Visit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Visit").field(&self.session).finish()
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut owned = owned(&self.owned);
        let used = owned.next_use();
        if let Some(session) = owned.sessions.get_mut(&self.session) {
            session.visits -= 1;
            session.used = used;
        }
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

#[cfg(test)]
mod tests {
    use http::HeaderName;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::policy::Principal;

    fn with_key(key: &str, user: &str) -> Caller {
        Caller::with_key(key, Principal::caller(user, "acme"), CancellationToken::new())
    }

    fn named(session: &str) -> HeaderMap {
        HeaderMap::from_iter([(
            HeaderName::from_static(SESSION_HEADER),
            session.parse().expect("a name"),
        )])
    }

    /// Sessions of `ana`, of another key of hers and of `ben`, in this order.
    fn rooms() -> Rooms {
        let rooms = Rooms::new(Arc::default(), 8);
        for (session, caller) in [
            ("ben's", with_key("3", "ben")),
            ("first", with_key("1", "ana")),
            ("second", with_key("2", "ana")),
        ] {
            let place = rooms.places.take(caller.principal().sharer()).expect("room");
            rooms.note(&named(session), caller, place);
        }
        rooms
    }

    fn given_up(rooms: &Rooms) -> Option<Box<str>> {
        rooms.give_up_idle(&with_key("1", "ana"), |_| false)
    }

    #[test]
    fn the_session_that_its_user_has_not_used_for_longest_makes_room() {
        let rooms = rooms();
        assert_eq!(given_up(&rooms).as_deref(), Some("first"));
        assert_eq!(rooms.taken(), 2, "its place is free");
        assert_eq!(given_up(&rooms).as_deref(), Some("second"));
        assert_eq!(given_up(&rooms), None, "that of another user stays");
        assert_eq!(rooms.owned(), 1);
    }

    #[test]
    fn the_end_of_a_visit_is_a_use() {
        let rooms = rooms();
        let long = rooms.visit("first", &with_key("1", "ana")).expect("hers");
        drop(rooms.visit("second", &with_key("2", "ana")).expect("hers"));
        drop(long);
        assert_eq!(given_up(&rooms).as_deref(), Some("second"));
    }

    #[test]
    fn a_session_that_is_visited_or_at_work_stays() {
        let rooms = rooms();
        assert!(rooms.visit("first", &with_key("2", "ana")).is_none(), "another key's");
        let visits = [(); 2].map(|()| rooms.visit("first", &with_key("1", "ana")).expect("hers"));
        let [one, other] = visits;
        drop(one);
        let given_up = |at_work: &str| rooms.give_up_idle(&with_key("1", "ana"), |session| session == at_work);
        assert_eq!(given_up("second"), None);
        drop(other);
        assert_eq!(given_up("second").as_deref(), Some("first"));
    }
}
