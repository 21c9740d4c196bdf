//! The memory of all runs together: each has a limit of its own, and the machine has one for all of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that every run has beside what all share, so that a few large runs keep no small one from its work: most need no
/// more than this.
const OWN: u64 = 8 * 1024 * 1024;

/// What all runs share. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct TotalMemory {
    taken: Arc<AtomicU64>,
    limit: u64,
}

/// What one run has of it. Given back when this is dropped.
#[derive(Debug)]
pub(super) struct Share {
    total: TotalMemory,
    taken: u64,
}

impl TotalMemory {
    /// At most `limit` bytes.
    pub(super) fn new(limit: u64) -> Self {
        Self {
            taken: Arc::default(),
            limit,
        }
    }

    /// As much as there is, for what nobody who calls can have done many times at once.
    pub(super) fn unlimited() -> Self {
        Self::new(u64::MAX)
    }

    /// The share of one more run, which has nothing yet.
    pub(super) fn share(&self) -> Share {
        Share {
            total: self.clone(),
            taken: 0,
        }
    }
}

impl Share {
    /// Takes what a run needs that has `bytes` of memory. The limit if there is not so much, and nothing changes then.
    pub(super) fn grow_to(&mut self, bytes: u64) -> Result<(), u64> {
        let needed = bytes.saturating_sub(OWN);
        let more = needed.saturating_sub(self.taken);
        if more == 0 {
            return Ok(());
        }
        let TotalMemory { taken, limit } = &self.total;
        let fits = |taken: u64| taken.checked_add(more).filter(|taken| taken <= limit);
        taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits)
            .map_err(|_| *limit)?;
        self.taken = needed;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.total.taken.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_shares_together_have_a_limit_and_each_has_something_of_its_own() {
        let total = TotalMemory::new(10);
        let (mut first, mut second) = (total.share(), total.share());
        assert_eq!(first.grow_to(OWN + 6), Ok(()));
        assert_eq!(second.grow_to(OWN), Ok(()));
        assert_eq!(second.grow_to(OWN + 5), Err(10));
        assert_eq!(second.grow_to(OWN + 4), Ok(()));
        assert_eq!(first.grow_to(u64::MAX), Err(10));
        drop(first);
        assert_eq!(second.grow_to(OWN + 10), Ok(()));
        assert_eq!(second.grow_to(OWN + 2), Ok(()), "memory never shrinks");
        drop(second);
        assert_eq!(total.taken.load(Ordering::Relaxed), 0);
    }
}
