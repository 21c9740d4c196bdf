//! Connections that may have to go: those on which nobody was let in yet, and those that a user has beyond the share of
//! one. When there is no room for the next connection, the one of them that came first makes room, so that neither those
//! who have no key nor one who has can keep out everybody else.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::policy::Sharer;
use crate::policy::shares::{Place, Shares};

/// The strangers among the connections of one server. Clones share them.
#[derive(Clone)]
pub(super) struct Strangers {
    queue: Arc<Mutex<Queue>>,
    /// Of the connections that need not go.
    places: Shares,
    /// Told when a connection has become a stranger's again.
    again: Arc<Notify>,
}

#[derive(Default)]
struct Queue {
    /// Number of the next one.
    next: u64,
    /// How each is told to go, in the order they came.
    waiting: BTreeMap<u64, CancellationToken>,
}

/// One connection, which is a stranger's until somebody is let in on it, and again when nobody was with the last request:
/// a key that opened a connection may be revoked.
pub(in crate::mcp) struct Visitor {
    /// Among the strangers, while it is one of them.
    number: AtomicU64,
    leave: CancellationToken,
    /// Of the user who was let in; none while it is a stranger's.
    place: Mutex<Option<Place>>,
    /// Whether somebody was with the request at hand.
    let_in: AtomicBool,
    strangers: Strangers,
}

impl Strangers {
    /// None yet, among at most `most` connections.
    pub(super) fn new(most: usize) -> Self {
        Self {
            queue: Arc::default(),
            places: Shares::new(most),
            again: Arc::default(),
        }
    }

    /// Takes in a connection, which has to go when `leave` is cancelled.
    pub(super) fn meet(&self, leave: CancellationToken) -> Visitor {
        let number = self.queue().add(leave.clone());
        Visitor {
            number: AtomicU64::new(number),
            leave,
            place: Mutex::new(None),
            let_in: AtomicBool::new(false),
            strangers: self.clone(),
        }
    }

    /// Tells the one that came first to go; false when there is none.
    pub(super) fn send_one_away(&self) -> bool {
        let first = self.queue().waiting.pop_first();
        if let Some((_, leave)) = &first {
            leave.cancel();
        }
        first.is_some()
    }

    /// Waits until a connection becomes a stranger's again.
    pub(super) async fn again(&self) {
        self.again.notified().await;
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        lock(&self.queue)
    }
}

impl Queue {
    fn add(&mut self, leave: CancellationToken) -> u64 {
        let number = self.next;
        self.next += 1;
        self.waiting.insert(number, leave);
        number
    }
}

// One request of a connection comes after the other, so that no two of these meet.
impl Visitor {
    /// Notes that `sharer` was let in, who is not sent away any more while the connection is one of their share; false when
    /// it is too late for that.
    pub(in crate::mcp) fn let_in(&self, sharer: Sharer) -> bool {
        self.let_in.store(true, Ordering::Relaxed);
        let mut place = lock(&self.place);
        // Of the requests on a connection usually only the first has to ask.
        if place.as_ref().is_some_and(|place| *place.sharer() == sharer) {
            return true;
        }
        // A proxy brings one user after the other.
        let is_stranger = place.take().is_none();
        *place = self.strangers.places.take(sharer).ok();
        match (is_stranger, place.is_some()) {
            (true, true) => {
                let number = self.number.load(Ordering::Relaxed);
                let stays = self.strangers.queue().waiting.remove(&number).is_some();
                if !stays {
                    *place = None;
                }
                stays
            }
            (true, false) => !self.leave.is_cancelled(),
            (false, true) => true,
            (false, false) => {
                self.wait();
                true
            }
        }
    }

    /// Notes that a request comes.
    pub(super) fn asks(&self) {
        self.let_in.store(false, Ordering::Relaxed);
    }

    /// Notes that the answer to it begins: when nobody was let in, whoever was before is one no longer.
    pub(super) fn is_answered(&self) {
        if !self.let_in.load(Ordering::Relaxed) && lock(&self.place).take().is_some() {
            self.wait();
        }
    }

    /// Makes the connection a stranger's again.
    fn wait(&self) {
        let number = self.strangers.queue().add(self.leave.clone());
        self.number.store(number, Ordering::Relaxed);
        self.strangers.again.notify_one();
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        let number = self.number.load(Ordering::Relaxed);
        self.strangers.queue().waiting.remove(&number);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lets_in(visitor: &Visitor, user: &str) -> bool {
        visitor.let_in(Some(user.into()))
    }

    #[test]
    fn strangers_go_in_the_order_they_came() {
        let strangers = Strangers::new(8);
        let leaves: [_; 3] = std::array::from_fn(|_| CancellationToken::new());
        let visitors = leaves.each_ref().map(|leave| strangers.meet(leave.clone()));
        assert!(visitors[0].let_in(None));
        assert!(strangers.send_one_away());
        assert_eq!(
            leaves.each_ref().map(CancellationToken::is_cancelled),
            [false, true, false]
        );
        assert!(!visitors[1].let_in(None), "it is gone");
        assert!(visitors[0].let_in(None), "it was let in before");
        drop(visitors);
        assert!(strangers.queue().waiting.is_empty());
        assert!(!strangers.send_one_away());
        assert!(!leaves[2].is_cancelled(), "it left by itself");
    }

    #[test]
    fn whoever_is_let_in_no_longer_is_a_stranger_again() {
        let strangers = Strangers::new(8);
        let leave = CancellationToken::new();
        let visitor = strangers.meet(leave.clone());
        for _ in 0..2 {
            visitor.asks();
            assert!(visitor.let_in(None));
            visitor.is_answered();
        }
        assert!(!strangers.send_one_away());
        visitor.asks();
        visitor.is_answered();
        assert!(strangers.send_one_away());
        assert!(leave.is_cancelled());
        visitor.asks();
        assert!(!visitor.let_in(None), "it is gone");
    }
    #[test]
    fn what_a_user_has_beyond_the_share_of_one_may_have_to_go() {
        let strangers = Strangers::new(8);
        let leaves: [_; 8] = std::array::from_fn(|_| CancellationToken::new());
        let visitors = leaves.each_ref().map(|leave| strangers.meet(leave.clone()));
        for _ in 0..2 {
            for visitor in &visitors {
                visitor.asks();
                assert!(lets_in(visitor, "greedy"), "there is room for all");
                visitor.is_answered();
            }
        }
        assert!(strangers.send_one_away() && strangers.send_one_away());
        assert!(!strangers.send_one_away());
        let gone = leaves.each_ref().map(CancellationToken::is_cancelled);
        assert_eq!(gone, [false, false, false, false, false, false, true, true]);
        assert!(!lets_in(&visitors[7], "greedy"), "it is gone");
        assert!(!lets_in(&visitors[7], "other"), "it is gone");
    }

    #[test]
    fn a_connection_belongs_to_whoever_was_let_in_last() {
        let strangers = Strangers::new(4);
        let visitors: [_; 4] = std::array::from_fn(|_| strangers.meet(CancellationToken::new()));
        for name in ["greedy", "other"] {
            for visitor in &visitors[..3] {
                assert!(lets_in(visitor, name));
            }
        }
        assert!(lets_in(&visitors[3], "greedy"), "of three that were, none is left");
        assert!(!strangers.send_one_away());
        assert!(lets_in(&visitors[0], "greedy"));
        assert!(lets_in(&visitors[1], "greedy"));
        assert!(lets_in(&visitors[2], "greedy"), "there is room, but not for good");
        assert!(strangers.send_one_away());
        assert!(!lets_in(&visitors[2], "greedy"), "it is gone");
        drop(visitors);
        assert_eq!(strangers.places.taken(), 0);
    }
}
