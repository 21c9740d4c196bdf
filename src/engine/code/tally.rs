//! What a run of code has sent so far.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::egress::Departure;

/// What a run of code has sent so far. Shared between the run and its audit row, which has to be right also when the
/// call is dropped in the middle of it.
#[derive(Debug, Default)]
pub(in crate::engine) struct Tally {
    counted: Mutex<Counted>,
}

/// The numbers.
#[derive(Debug, Default, Clone)]
pub(in crate::engine) struct Counted {
    /// The request that stands for all: the last that may change something, or the last of all when none does.
    pub(in crate::engine) shown: Option<Sent>,
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
    /// Those of them that ended because the code did, or let go of them.
    cut_writes: u32,
    /// Requests of any kind that have begun to leave.
    begun: u32,
    /// What the code was told when a request failed, with what it means, newest last.
    pub(super) failures: Vec<super::failure::Told>,
}

/// One request.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Sent {
    number: u32,
    may_change: bool,
    pub(in crate::engine) method: String,
    pub(in crate::engine) path: String,
    /// Of its answer, once there is one.
    pub(in crate::engine) status: Option<u16>,
}

/// A request that is under way. When it is dropped before its end is said, it was cut off.
pub(super) struct UnderWay<'a> {
    tally: &'a Tally,
    number: u32,
    may_change: bool,
    departure: Departure,
    is_over: bool,
}

/// Most failures of requests that are remembered: a loop over a broken API has as many as it has requests.
const MOST_FAILURES: usize = 8;

impl Tally {
    /// A request is about to leave.
    pub(super) fn leaves(&self, method: &str, path: String, bytes: usize, may_change: bool) -> UnderWay<'_> {
        let mut counted = self.lock();
        let number = counted.begun;
        counted.begun = counted.begun.wrapping_add(1);
        if may_change || counted.shown.as_ref().is_none_or(|shown| !shown.may_change) {
            counted.shown = Some(Sent {
                number,
                may_change,
                method: method.to_owned(),
                path,
                status: None,
            });
        }
        counted.requests = counted.requests.saturating_add(1);
        counted.bytes_out = counted.bytes_out.saturating_add(bytes as u64);
        if may_change {
            counted.writes = counted.writes.saturating_add(1);
            counted.open_writes = counted.open_writes.saturating_add(1);
        }
        UnderWay {
            tally: self,
            number,
            may_change,
            departure: Departure::default(),
            is_over: false,
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

    /// Whether such a request was cut off.
    pub(super) fn write_was_cut_off(&self) -> bool {
        self.lock().cut_writes > 0
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

impl UnderWay<'_> {
    /// To be told when something of it may have reached the API.
    pub(super) fn departure(&self) -> &Departure {
        &self.departure
    }

    /// It was answered, after `requests` of them for its redirects.
    pub(super) fn answered(mut self, status: u16, requests: u32, bytes: usize) {
        self.is_over = true;
        let mut counted = self.tally.lock();
        if let Some(shown) = counted.shown.as_mut().filter(|shown| shown.number == self.number) {
            shown.status = Some(status);
        }
        counted.requests = counted.requests.saturating_add(requests.saturating_sub(1));
        counted.bytes_in = counted.bytes_in.saturating_add(bytes as u64);
        if self.may_change {
            counted.open_writes = counted.open_writes.saturating_sub(1);
        }
    }

    /// It failed; `left` says whether it may have reached the API all the same.
    pub(super) fn failed(mut self, left: bool) {
        self.is_over = true;
        if !left {
            self.never_left();
        }
    }

    fn never_left(&self) {
        let mut counted = self.tally.lock();
        counted.requests = counted.requests.saturating_sub(1);
        if self.may_change {
            counted.writes = counted.writes.saturating_sub(1);
            counted.open_writes = counted.open_writes.saturating_sub(1);
        }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        if !self.departure.is_made() {
            // It still waited for a connection.
            self.never_left();
        } else if self.may_change {
            let mut counted = self.tally.lock();
            counted.cut_writes = counted.cut_writes.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tally: &Tally) -> (String, String, Option<u16>) {
        let Sent {
            method, path, status, ..
        } = tally.counted().shown.expect("a request");
        (method, path, status)
    }

    #[test]
    fn one_request_stands_for_all_with_its_own_status() {
        let tally = Tally::default();
        let read = tally.leaves("GET", "/one".to_owned(), 0, false);
        let write = tally.leaves("POST", "/two".to_owned(), 0, true);
        let other = tally.leaves("GET", "/three".to_owned(), 0, false);
        write.answered(201, 1, 0);
        other.answered(500, 1, 0);
        read.answered(200, 1, 0);
        assert_eq!(shown(&tally), ("POST".to_owned(), "/two".to_owned(), Some(201)));
        tally.leaves("PUT", "/four".to_owned(), 0, true).failed(false);
        assert_eq!(shown(&tally), ("PUT".to_owned(), "/four".to_owned(), None));
        let reads = Tally::default();
        reads.leaves("GET", "/one".to_owned(), 0, false).answered(200, 1, 0);
        reads.leaves("GET", "/two".to_owned(), 0, false).answered(404, 1, 0);
        assert_eq!(shown(&reads), ("GET".to_owned(), "/two".to_owned(), Some(404)));
    }

    fn left(under_way: UnderWay<'_>) -> UnderWay<'_> {
        under_way.departure().make();
        under_way
    }

    #[test]
    fn what_is_dropped_under_way_was_cut_off() {
        let tally = Tally::default();
        drop(left(tally.leaves("GET", "/".to_owned(), 0, false)));
        drop(tally.leaves("POST", "/".to_owned(), 0, true));
        assert_eq!((tally.counted().requests, tally.wrote()), (1, false), "it never left");
        tally.leaves("POST", "/".to_owned(), 0, true).failed(true);
        assert!(!tally.write_was_cut_off());
        drop(left(tally.leaves("POST", "/".to_owned(), 0, true)));
        assert!(tally.write_was_cut_off());
    }
}
