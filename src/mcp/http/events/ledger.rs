//! Which streams are kept, of which sessions, and for how long. Every look into it names a session.

use std::collections::{BTreeMap, HashMap};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use rmcp::transport::streamable_http_server::session::{ServerSseMessage, SessionId};
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until};

use super::Event;
use super::stream::{End, Reader, Stream};

/// How long the events of a request are kept after the last one. Clients come back within seconds, or not at all.
const KEPT_FOR: Duration = Duration::from_mins(1);

/// The streams of all sessions.
#[derive(Default)]
pub(super) struct Ledger {
    most: Most,
    kept: Mutex<Kept>,
}

/// How many bytes of streams that have ended may be kept.
struct Most {
    /// Of those that nobody is known to have read.
    unread: usize,
    /// Of these, of one session.
    unread_of_one: usize,
    /// Of those that were handed to the network to their end. Some of it may not have arrived; but each answer of a busy
    /// server passes here, and must not drive out what nobody has.
    read: usize,
}

impl Default for Most {
    /// The largest answer of an API fits, also in memory.
    fn default() -> Self {
        Self {
            unread: 64 * 1024 * 1024,
            unread_of_one: 32 * 1024 * 1024,
            read: 16 * 1024 * 1024,
        }
    }
}

#[derive(Default)]
struct Kept {
    sessions: HashMap<SessionId, Session>,
    unread: Ended,
    read: Ended,
    /// The number of the next end.
    ends: u64,
    /// Whether a task waits for the next stream to be forgotten.
    sweeping: bool,
}

#[derive(Default)]
struct Session {
    streams: HashMap<u64, Entry>,
    /// Its streams among the unread ones of all.
    unread: Ended,
}

struct Entry {
    stream: Arc<Stream>,
    /// Its place among those that have ended.
    end: Option<(End, u64)>,
}

/// Streams that have ended, the oldest first.
#[derive(Default)]
struct Ended {
    places: BTreeMap<u64, Place>,
    weight: usize,
}

#[derive(Clone)]
struct Place {
    session: SessionId,
    number: u64,
    weight: usize,
    since: Instant,
}

impl Ledger {
    /// Keeps the events of the request of this number, which come from `source`; they are read from the result.
    pub(super) fn open(
        self: &Arc<Self>,
        session: &SessionId,
        number: u64,
        source: Receiver<ServerSseMessage>,
    ) -> Reader {
        let (ledger, whose) = (Arc::downgrade(self), Arc::clone(session));
        let (stream, reader) = Stream::new(source, move |end| {
            if let Some(ledger) = ledger.upgrade() {
                ledger.ended(&whose, number, end);
            }
        });
        let entry = Entry { stream, end: None };
        let mut kept = self.kept();
        let session = kept.sessions.entry(Arc::clone(session)).or_default();
        session.streams.insert(number, entry);
        reader
    }

    /// Whether this event of the session is known, so that what comes after it can be told.
    pub(super) fn has(&self, session: &str, event: Event) -> bool {
        self.stream(session, event.stream)
            .is_some_and(|stream| stream.has(event.index))
    }

    /// What comes after this event of the session.
    pub(super) fn resume(&self, session: &str, event: Event) -> Option<Reader> {
        self.stream(session, event.stream)?.after(event.index)
    }

    /// Forgets what was said in a session that has ended.
    pub(super) fn forget(&self, session: &str) {
        let mut kept = self.kept();
        let Some(forgotten) = kept.sessions.remove(session) else {
            return;
        };
        for (end, place) in forgotten.streams.values().filter_map(|entry| entry.end) {
            kept.among(end).remove(place);
        }
        drop(kept);
    }

    fn stream(&self, session: &str, number: u64) -> Option<Arc<Stream>> {
        let kept = self.kept();
        let entry = kept.sessions.get(session)?.streams.get(&number)?;
        Some(Arc::clone(&entry.stream))
    }

    /// Makes room for a stream that has ended, or is known now to have been read.
    fn ended(self: &Arc<Self>, session: &SessionId, number: u64, end: End) {
        let Some(stream) = self.stream(session, number) else {
            return;
        };
        let place = Place {
            session: Arc::clone(session),
            number,
            weight: stream.weight(),
            since: Instant::now(),
        };
        drop(stream);
        let mut kept = self.kept();
        kept.put(place, end);
        // These may be large: nobody should wait while they are dropped.
        let forgotten = kept.make_room(session, &self.most);
        let sweeps = !mem::replace(&mut kept.sweeping, true);
        drop(kept);
        drop(forgotten);
        if sweeps {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Forgets what has been kept for long enough. Returns when the next is due, unless nothing is left.
    fn forget_old(&self) -> Option<Instant> {
        let mut kept = self.kept();
        let mut forgotten = Vec::new();
        let now = Instant::now();
        let next = loop {
            let oldest = [&kept.unread, &kept.read].map(|ended| ended.places.first_key_value());
            let oldest = oldest.into_iter().flatten().min_by_key(|(number, _)| *number);
            match oldest.map(|(number, place)| (*number, place.clone())) {
                Some((number, place)) if place.since + KEPT_FOR <= now => forgotten.extend(kept.remove(number, &place)),
                other => break other.map(|(_, place)| place.since + KEPT_FOR),
            }
        };
        kept.sweeping = next.is_some();
        drop(kept);
        drop(forgotten);
        next
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets each stream when its time has come, until there is none.
async fn sweep(ledger: Weak<Ledger>) {
    while let Some(next) = ledger.upgrade().and_then(|ledger| ledger.forget_old()) {
        sleep_until(next).await;
    }
}

impl Kept {
    /// Puts a stream among those that have ended in this way.
    fn put(&mut self, place: Place, end: End) {
        let Some(session) = self.sessions.get_mut(&place.session) else {
            return;
        };
        let Some(entry) = session.streams.get_mut(&place.number) else {
            return;
        };
        let number = self.ends;
        self.ends += 1;
        let before = entry.end.replace((end, number));
        if let Some((End::Unread, before)) = before {
            session.unread.remove(before);
        }
        if end == End::Unread {
            session.unread.put(number, place.clone());
        }
        if let Some((end, before)) = before {
            self.among(end).remove(before);
        }
        self.among(end).put(number, place);
    }

    /// Removes the oldest streams until the others may stay. Returns them.
    fn make_room(&mut self, session: &str, most: &Most) -> Vec<Arc<Stream>> {
        let mut removed = Vec::new();
        loop {
            let of_session = self.sessions.get(session).map(|session| &session.unread);
            let too_much = of_session
                .and_then(|ended| ended.oldest_beyond(most.unread_of_one))
                .or_else(|| self.unread.oldest_beyond(most.unread))
                .or_else(|| self.read.oldest_beyond(most.read));
            let Some((number, place)) = too_much else {
                return removed;
            };
            removed.extend(self.remove(number, &place));
        }
    }

    /// Removes the stream of this place. Whatever else, nothing is found in that place again: this is done in loops.
    fn remove(&mut self, number: u64, place: &Place) -> Option<Arc<Stream>> {
        self.unread.remove(number);
        self.read.remove(number);
        let session = self.sessions.get_mut(&place.session)?;
        session.unread.remove(number);
        let entry = session.streams.remove(&place.number);
        if session.streams.is_empty() {
            self.sessions.remove(&place.session);
        }
        Some(entry?.stream)
    }

    fn among(&mut self, end: End) -> &mut Ended {
        match end {
            End::Unread => &mut self.unread,
            End::Read => &mut self.read,
        }
    }
}

impl Ended {
    fn put(&mut self, number: u64, place: Place) {
        self.weight += place.weight;
        self.places.insert(number, place);
    }

    fn remove(&mut self, number: u64) {
        if let Some(place) = self.places.remove(&number) {
            self.weight -= place.weight;
        }
    }

    /// The oldest one and its number, when they weigh more than `most`.
    fn oldest_beyond(&self, most: usize) -> Option<(u64, Place)> {
        let (number, oldest) = self.places.first_key_value()?;
        (self.weight > most).then(|| (*number, oldest.clone()))
    }
}

#[cfg(test)]
mod tests;
