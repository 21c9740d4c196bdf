//! The keys that open, kept at hand: checking one reads nothing from the store.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Caller;
use crate::clock::Clock;
use crate::policy::access_key::ShownKey;
use crate::policy::{Principal, Role, Scope};
use crate::store::{KeyRecord, Store, StoreError};

/// How often the store is read. A key that was revoked is worth nothing after that long.
pub(super) const REFRESH: Duration = Duration::from_secs(2);
/// How old what is at hand may be when the store cannot be read; past that nobody is let in.
pub(super) const STALE: Duration = Duration::from_secs(10);

/// The keys of one server.
pub(super) struct KeyRing {
    store: Arc<dyn Store>,
    clock: Clock,
    held: RwLock<Held>,
    /// Held while the store is read and the result applied: an older result must never replace a newer one.
    reading: Mutex<()>,
    /// Who came in without a key, and is shut out once there is one.
    local: Option<Caller>,
    cut_streams: CancellationToken,
}

#[derive(Default)]
struct Held {
    keys: HashMap<String, Entry>,
    /// Records that cannot be understood: each is told of once, and again when it was changed.
    left_out: HashMap<String, KeyRecord>,
    /// Whether there ever was a key.
    in_use: bool,
    /// When the reading that gave this began.
    read_at: Option<Instant>,
}

struct Entry {
    hash: String,
    expires_at: Option<Timestamp>,
    caller: Caller,
}

/// The record of a key cannot be understood, so that it opens nothing.
struct Unreadable;

/// What is known of a key that somebody shows.
pub(super) enum Verdict {
    /// It opens.
    Valid(Caller),
    /// It names a key that it is not.
    Wrong,
    /// It names none that opens, as far as is known.
    Unknown,
}

impl KeyRing {
    /// A ring that reads `store` again and again until `cut_streams` is cancelled.
    pub(super) fn start(
        store: Arc<dyn Store>,
        local: Option<Caller>,
        cut_streams: &CancellationToken,
        clock: Clock,
    ) -> Arc<Self> {
        let ring = Arc::new(Self {
            store,
            clock,
            held: RwLock::default(),
            reading: Mutex::default(),
            local,
            cut_streams: cut_streams.clone(),
        });
        tokio::spawn(keep_current(Arc::downgrade(&ring), cut_streams.clone()));
        ring
    }

    /// What is known of `key`.
    pub(super) fn known(&self, key: &ShownKey<'_>) -> Verdict {
        let held = self.held();
        let fresh = held.read_at.is_some_and(|read_at| read_at.elapsed() < STALE);
        let Some(entry) = held.keys.get(key.id()).filter(|_| fresh) else {
            return Verdict::Unknown;
        };
        if !key.matches(&entry.hash) || has_expired(entry.expires_at, &self.clock) {
            return Verdict::Wrong;
        }
        Verdict::Valid(entry.caller.clone())
    }

    /// Whether there ever was a key, as far as is known.
    pub(super) fn is_in_use(&self) -> bool {
        self.held().in_use
    }

    /// Reads the store if that was not done lately, as it is while the store works.
    pub(super) async fn keep_fresh(&self, now: Instant) -> Result<(), StoreError> {
        let fresh = |held: &Held| held.read_at.is_some_and(|read_at| now.duration_since(read_at) < STALE);
        if fresh(&self.held()) {
            return Ok(());
        }
        self.read_anew(now).await
    }

    /// Reads the store, unless somebody else began to after `since`.
    pub(super) async fn read_anew(&self, since: Instant) -> Result<(), StoreError> {
        let _reading = self.reading.lock().await;
        if self.held().read_at.is_some_and(|read_at| read_at > since) {
            return Ok(());
        }
        let read_at = Instant::now();
        let records = self.store.list_keys().await?;
        self.apply(&records, read_at);
        Ok(())
    }

    fn apply(&self, records: &[KeyRecord], read_at: Instant) {
        let mut held = self.held_mut();
        let mut before = std::mem::take(&mut held.keys);
        let mut left_out = std::mem::take(&mut held.left_out);
        for record in records.iter().filter(|record| record.revoked_at.is_none()) {
            // Only its end changes a key: sessions that were opened with it go on.
            if let Some(entry) = before.remove(&record.id) {
                if has_expired(entry.expires_at, &self.clock) {
                    entry.caller.ended().cancel();
                } else {
                    held.keys.insert(record.id.clone(), entry);
                }
                continue;
            }
            let known = left_out.remove(&record.id).filter(|known| known == record);
            match known.map_or_else(|| self.entry(record), |_| Err(Unreadable)) {
                Ok(Some(entry)) => {
                    held.keys.insert(record.id.clone(), entry);
                }
                Ok(None) => {}
                Err(Unreadable) => {
                    held.left_out.insert(record.id.clone(), record.clone());
                }
            }
        }
        for entry in before.values() {
            entry.caller.ended().cancel();
        }
        held.in_use = !records.is_empty();
        if let Some(local) = self.local.as_ref().filter(|_| held.in_use) {
            local.ended().cancel();
        }
        held.read_at = Some(read_at);
    }

    /// What a record opens: nothing when its time is over.
    fn entry(&self, record: &KeyRecord) -> Result<Option<Entry>, Unreadable> {
        let expires_at = record.expires_at.as_ref().map(|text| text.parse()).transpose().ok();
        if expires_at.is_some_and(|expires_at| has_expired(expires_at, &self.clock)) {
            return Ok(None);
        }
        let (Some(expires_at), Some(principal)) = (expires_at, principal(record)) else {
            tracing::warn!(key = record.id, "a key is left out: its record cannot be understood");
            return Err(Unreadable);
        };
        Ok(Some(Entry {
            hash: record.hash.clone(),
            expires_at,
            caller: Caller::with_key(&record.id, principal, self.cut_streams.child_token()),
        }))
    }

    fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn held_mut(&self) -> RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_expired(expires_at: Option<Timestamp>, clock: &Clock) -> bool {
    expires_at.is_some_and(|expires_at| expires_at <= clock())
}

/// The caller that a key stands for; `None` when the record names a role that this version does not know.
fn principal(record: &KeyRecord) -> Option<Principal> {
    let roles = record
        .roles
        .iter()
        .map(|role| Role::parse(role))
        .collect::<Option<_>>()?;
    let scope = match &record.connectors {
        None => Scope::All,
        Some(slugs) => Scope::Only(Arc::new(slugs.iter().cloned().collect::<BTreeSet<_>>())),
    };
    let principal = Principal::caller(&record.user, &record.organisation);
    Some(principal.with_roles(roles).within(scope))
}

/// Reads the store until the server stops or the ring is gone.
async fn keep_current(ring: Weak<KeyRing>, stop: CancellationToken) {
    let mut look = tokio::time::interval(REFRESH);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = look.tick() => {}
        }
        let Some(ring) = ring.upgrade() else {
            return;
        };
        match ring.read_anew(Instant::now()).await {
            Ok(()) => failing = false,
            // Once, not every two seconds.
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "keys cannot be read; nobody is let in until they can");
            }
            Err(_) => {}
        }
    }
}
