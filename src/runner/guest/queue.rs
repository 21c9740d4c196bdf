//! How many runs there are at a time.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use super::GuestError;

/// Places of runs, and a bounded queue before them.
#[derive(Debug)]
pub(super) struct Queue {
    places: Semaphore,
    running_at_most: usize,
    waiting: AtomicUsize,
    waiting_at_most: usize,
}

impl Queue {
    pub(super) fn new(running_at_most: usize, waiting_at_most: usize) -> Self {
        let running_at_most = running_at_most.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            places: Semaphore::new(running_at_most),
            running_at_most,
            waiting: AtomicUsize::new(0),
            waiting_at_most,
        }
    }

    /// Waits for a place until `deadline`.
    pub(super) async fn enter(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, GuestError> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let waiting = Waiting::join(&self.waiting);
        if waiting.before >= self.waiting_at_most {
            return Err(self.busy(waiting.before));
        }
        match timeout_at(deadline, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            // The semaphore is never closed, so this is a wait that took too long.
            _ => Err(self.busy(waiting.before)),
        }
    }

    fn busy(&self, waiting: usize) -> GuestError {
        GuestError::Busy {
            running: self.running_at_most,
            waiting,
        }
    }
}

/// One that waits; leaves the queue when it is dropped.
struct Waiting<'a> {
    waiting: &'a AtomicUsize,
    before: usize,
}

impl<'a> Waiting<'a> {
    fn join(waiting: &'a AtomicUsize) -> Self {
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        Self { waiting, before }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
