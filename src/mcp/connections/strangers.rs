//! Connections on which nobody was let in yet. When there is no room for the next connection, the one of them that
//! came first has to go, so that those who have no key cannot keep out those who have one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The strangers among the connections of one server. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Strangers {
    queue: Arc<Mutex<Queue>>,
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
    /// Whether somebody is let in.
    known: AtomicBool,
    /// Whether somebody was with the request at hand.
    let_in: AtomicBool,
    strangers: Strangers,
}

impl Strangers {
    /// Takes in a connection, which has to go when `leave` is cancelled.
    pub(super) fn meet(&self, leave: CancellationToken) -> Visitor {
        let number = self.queue().add(leave.clone());
        Visitor {
            number: AtomicU64::new(number),
            leave,
            known: AtomicBool::new(false),
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
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// Notes that somebody was let in, who is not sent away any more; false when it is too late for that.
    pub(in crate::mcp) fn let_in(&self) -> bool {
        self.let_in.store(true, Ordering::Relaxed);
        // Of the requests on a connection usually only the first has to ask.
        if self.known.load(Ordering::Relaxed) {
            return true;
        }
        let number = self.number.load(Ordering::Relaxed);
        let stays = self.strangers.queue().waiting.remove(&number).is_some();
        self.known.store(stays, Ordering::Relaxed);
        stays
    }

    /// Notes that a request comes.
    pub(super) fn asks(&self) {
        self.let_in.store(false, Ordering::Relaxed);
    }

    /// Notes that the answer to it begins: when nobody was let in, whoever was before is one no longer.
    pub(super) fn is_answered(&self) {
        if !self.let_in.load(Ordering::Relaxed) && self.known.swap(false, Ordering::Relaxed) {
            let number = self.strangers.queue().add(self.leave.clone());
            self.number.store(number, Ordering::Relaxed);
            self.strangers.again.notify_one();
        }
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        let number = self.number.load(Ordering::Relaxed);
        self.strangers.queue().waiting.remove(&number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_go_in_the_order_they_came() {
        let strangers = Strangers::default();
        let leaves: [_; 3] = std::array::from_fn(|_| CancellationToken::new());
        let visitors = leaves.each_ref().map(|leave| strangers.meet(leave.clone()));
        assert!(visitors[0].let_in());
        assert!(strangers.send_one_away());
        assert_eq!(
            leaves.each_ref().map(CancellationToken::is_cancelled),
            [false, true, false]
        );
        assert!(!visitors[1].let_in(), "it is gone");
        assert!(visitors[0].let_in(), "it was let in before");
        drop(visitors);
        assert!(strangers.queue().waiting.is_empty());
        assert!(!strangers.send_one_away());
        assert!(!leaves[2].is_cancelled(), "it left by itself");
    }

    #[test]
    fn whoever_is_let_in_no_longer_is_a_stranger_again() {
        let strangers = Strangers::default();
        let leave = CancellationToken::new();
        let visitor = strangers.meet(leave.clone());
        for _ in 0..2 {
            visitor.asks();
            assert!(visitor.let_in());
            visitor.is_answered();
        }
        assert!(!strangers.send_one_away());
        visitor.asks();
        visitor.is_answered();
        assert!(strangers.send_one_away());
        assert!(leave.is_cancelled());
        visitor.asks();
        assert!(!visitor.let_in(), "it is gone");
    }
}
