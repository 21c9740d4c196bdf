//! What was made for one client and has not left yet, in bytes. A client that asks and never reads is not read any more
//! once there is too much of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tokio::sync::Notify;

/// From how many bytes on nothing more is read of a client.
pub(super) const MOST: usize = 32 * 1024 * 1024;

/// The books on one client. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Backlog(Arc<Books>);

#[derive(Default)]
struct Books {
    waiting: AtomicUsize,
    /// Bytes that have left so far: whether a client reads at all.
    left: AtomicU64,
    /// Told when it becomes full, and when there is room again.
    turned: Notify,
}

/// Bytes that wait until this is dropped.
pub(super) struct Held {
    backlog: Backlog,
    bytes: usize,
}

impl Backlog {
    /// Notes that `bytes` wait.
    pub(super) fn add(&self, bytes: usize) {
        let before = self.0.waiting.fetch_add(bytes, Ordering::AcqRel);
        if before < MOST && before + bytes >= MOST {
            self.0.turned.notify_waiters();
        }
    }

    /// Notes that `bytes` of those that waited have left.
    pub(super) fn remove(&self, bytes: usize) {
        self.0.left.fetch_add(bytes as u64, Ordering::Relaxed);
        let before = self.0.waiting.fetch_sub(bytes, Ordering::AcqRel);
        if before >= MOST && before - bytes < MOST {
            self.0.turned.notify_waiters();
        }
    }

    /// Notes that `bytes` wait, until what is returned is dropped.
    pub(super) fn hold(&self, bytes: usize) -> Held {
        self.add(bytes);
        Held {
            backlog: self.clone(),
            bytes,
        }
    }

    /// Whether so much waits that nothing more should be made.
    pub(super) fn is_full(&self) -> bool {
        self.0.waiting.load(Ordering::Acquire) >= MOST
    }

    /// How many bytes have left so far.
    pub(super) fn left(&self) -> u64 {
        self.0.left.load(Ordering::Relaxed)
    }

    /// Waits until it is full, or is not.
    pub(super) async fn until(&self, full: bool) {
        while self.is_full() != full {
            let mut turned = std::pin::pin!(self.0.turned.notified());
            // Registered before looking once more, so that a turn in between is not missed.
            turned.as_mut().enable();
            if self.is_full() != full {
                turned.await;
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.backlog.remove(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn there_is_room_until_too_much_waits() {
        let backlog = Backlog::default();
        let first = backlog.hold(MOST - 1);
        assert!(!backlog.is_full());
        let mut filling = std::pin::pin!(backlog.until(true));
        assert!(filling.as_mut().now_or_never().is_none());
        backlog.add(1);
        assert!(backlog.is_full() && filling.now_or_never().is_some());
        let mut waiting = std::pin::pin!(backlog.until(false));
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(first);
        assert!(!backlog.is_full() && waiting.now_or_never().is_some());
        backlog.remove(1);
        assert_eq!(backlog.left(), MOST as u64);
    }
}
