//! What a run of code has sent so far.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a run of code has sent so far. Shared between the run and its audit row, which has to be right also when the
/// call is dropped in the middle of it.
#[derive(Debug, Default)]
pub(in crate::engine) struct Tally {
    counted: Mutex<Counted>,
}

/// The numbers.
#[derive(Debug, Default, Clone)]
pub(in crate::engine) struct Counted {
    /// Method and path of the last request.
    pub(in crate::engine) last: Option<(String, String)>,
    /// Status of the last answer.
    pub(in crate::engine) status: Option<u16>,
    /// Requests that left, redirects included.
    pub(in crate::engine) requests: u32,
    /// Bytes of their bodies.
    pub(in crate::engine) bytes_out: u64,
    /// Bytes of the answers' bodies.
    pub(in crate::engine) bytes_in: u64,
    /// Requests that may change something and have left.
    pub(in crate::engine) writes: u32,
    /// Those of them whose end is not known.
    pub(in crate::engine) open_writes: u32,
    /// What the code was told when a request failed, with what it means, newest last.
    pub(super) failures: Vec<super::failure::Told>,
}

/// Most failures of requests that are remembered: a loop over a broken API has as many as it has requests.
const MOST_FAILURES: usize = 8;

impl Tally {
    /// A request is about to leave.
    pub(super) fn leaves(&self, method: &str, path: String, bytes: usize, writes: bool) {
        let mut counted = self.lock();
        counted.last = Some((method.to_owned(), path));
        counted.requests = counted.requests.saturating_add(1);
        counted.bytes_out = counted.bytes_out.saturating_add(bytes as u64);
        if writes {
            counted.writes = counted.writes.saturating_add(1);
            counted.open_writes = counted.open_writes.saturating_add(1);
        }
    }

    /// It was answered, after `requests` of them for its redirects.
    pub(super) fn is_answered(&self, status: u16, requests: u32, bytes: usize, writes: bool) {
        let mut counted = self.lock();
        counted.status = Some(status);
        counted.requests = counted.requests.saturating_add(requests.saturating_sub(1));
        counted.bytes_in = counted.bytes_in.saturating_add(bytes as u64);
        if writes {
            counted.open_writes = counted.open_writes.saturating_sub(1);
        }
    }

    /// It failed; `left` says whether it may have reached the API all the same.
    pub(super) fn failed(&self, left: bool, writes: bool) {
        let mut counted = self.lock();
        if !left {
            counted.requests = counted.requests.saturating_sub(1);
            if writes {
                counted.writes = counted.writes.saturating_sub(1);
                counted.open_writes = counted.open_writes.saturating_sub(1);
            }
        }
    }

    /// Remembers what the code was told.
    pub(super) fn told(&self, told: super::failure::Told) {
        let mut counted = self.lock();
        if counted.failures.len() == MOST_FAILURES {
            counted.failures.remove(0);
        }
        counted.failures.push(told);
    }

    /// Whether a request that may change something has left.
    pub(in crate::engine) fn wrote(&self) -> bool {
        self.lock().writes > 0
    }

    /// Whether such a request has left and its end is not known.
    pub(in crate::engine) fn write_is_open(&self) -> bool {
        self.lock().open_writes > 0
    }

    /// The numbers at this moment.
    pub(in crate::engine) fn counted(&self) -> Counted {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        // Counting cannot fail half way.
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
