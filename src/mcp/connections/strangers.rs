//! Connections on which nobody was let in yet. When there is no room for the next connection, the one of them that
//! came first has to go, so that those who have no key cannot keep out those who have one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The strangers among the connections of one server. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Strangers {
    queue: Arc<Mutex<Queue>>,
}

#[derive(Default)]
struct Queue {
    /// Number of the next one.
    next: u64,
    /// How each is told to go, in the order they came.
    waiting: BTreeMap<u64, CancellationToken>,
}

/// One connection, which is a stranger's until somebody is let in on it.
pub(in crate::mcp) struct Visitor {
    number: u64,
    known: AtomicBool,
    strangers: Strangers,
}

impl Strangers {
    /// Takes in a connection, which has to go when `leave` is cancelled.
    pub(super) fn meet(&self, leave: CancellationToken) -> Visitor {
        let mut queue = self.queue();
        let number = queue.next;
        queue.next += 1;
        queue.waiting.insert(number, leave);
        Visitor {
            number,
            known: AtomicBool::new(false),
            strangers: self.clone(),
        }
    }

    /// Tells the one that came first to go, if there is one.
    pub(super) fn send_one_away(&self) {
        if let Some((_, leave)) = self.queue().waiting.pop_first() {
            leave.cancel();
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visitor {
    /// Notes that somebody was let in, who is not sent away any more; false when it is too late for that.
    pub(in crate::mcp) fn let_in(&self) -> bool {
        // Of all requests on a connection only the first has to ask.
        if self.known.load(Ordering::Relaxed) {
            return true;
        }
        let stays = self.strangers.queue().waiting.remove(&self.number).is_some();
        self.known.store(stays, Ordering::Relaxed);
        stays
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        self.strangers.queue().waiting.remove(&self.number);
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
        strangers.send_one_away();
        assert_eq!(
            leaves.each_ref().map(CancellationToken::is_cancelled),
            [false, true, false]
        );
        assert!(!visitors[1].let_in(), "it is gone");
        assert!(visitors[0].let_in(), "it was let in before");
        drop(visitors);
        assert!(strangers.queue().waiting.is_empty());
        strangers.send_one_away();
        assert!(!leaves[2].is_cancelled(), "it left by itself");
    }
}
