//! How many calls may be in the process, and how many of them may run.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// Bounds the calls of one process: a call past the bound is refused at once rather than kept waiting in memory.
#[derive(Debug)]
pub struct Admission {
    running: Semaphore,
    present: Arc<AtomicUsize>,
    limit: usize,
}

/// Leave to be in the process; ends when dropped.
#[derive(Debug)]
pub struct Admitted {
    present: Arc<AtomicUsize>,
}

/// There are too many calls already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{limit} calls are running or waiting already")]
pub struct Overloaded {
    /// The bound that was reached.
    pub limit: usize,
}

impl Admission {
    /// At most `concurrent` calls run, and `queued` more may wait for their turn or for a person.
    #[must_use]
    pub fn new(concurrent: usize, queued: usize) -> Self {
        Self {
            running: Semaphore::new(concurrent.min(Semaphore::MAX_PERMITS)),
            present: Arc::new(AtomicUsize::new(0)),
            limit: concurrent.saturating_add(queued),
        }
    }

    /// Lets one more call in.
    ///
    /// # Errors
    /// [`Overloaded`] when all places are taken.
    pub fn admit(&self) -> Result<Admitted, Overloaded> {
        self.present
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |present| {
                (present < self.limit).then_some(present + 1)
            })
            .map_err(|_| Overloaded { limit: self.limit })?;
        Ok(Admitted {
            present: Arc::clone(&self.present),
        })
    }

    /// Waits for a turn to run. Waiting for a person happens before, so that slow people do not stop fast calls.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.running.acquire().await.ok()
    }

    /// Calls that are in the process.
    #[must_use]
    pub fn present(&self) -> usize {
        self.present.load(Ordering::Acquire)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.present.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_past_the_bound_is_refused_and_a_leaving_one_makes_room() {
        let admission = Admission::new(1, 1);
        let first = admission.admit().unwrap();
        let _second = admission.admit().unwrap();
        assert_eq!(admission.admit().unwrap_err(), Overloaded { limit: 2 });
        drop(first);
        assert!(admission.admit().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_run_at_once() {
        let admission = Admission::new(1, 10);
        let running = admission.turn().await;
        assert!(running.is_some());
        let waited = tokio::time::timeout(std::time::Duration::from_mins(1), admission.turn()).await;
        assert!(waited.is_err(), "a second call ran beside the first");
        drop(running);
        assert!(admission.turn().await.is_some());
    }
}
