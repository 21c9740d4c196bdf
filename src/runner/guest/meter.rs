//! Counts what a run uses, and says no when it is too much.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};
use wasmtime::ResourceLimiter;

use super::total_memory::{Share, TotalMemory};
use super::{GuestLimits, GuestRequest, GuestResponse, Limit, LimitReached, Used};

/// Counts the requests and lines of one run.
#[derive(Debug)]
pub(super) struct Meter {
    limits: GuestLimits,
    counted: Mutex<Counted>,
    /// Places of requests that are under way.
    turns: Semaphore,
}

#[derive(Debug, Default)]
struct Counted {
    used: Used,
    log_lines: u64,
    log_bytes: u64,
    log_closed: bool,
    /// The first limit that stopped a request. The code was told, and may go on without it.
    stopped: Option<LimitReached>,
}

/// What becomes of a log line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its first bytes are kept, up to that many.
    Kept(usize),
    /// It is the first one that is left out.
    FirstLeftOut,
    /// It is left out.
    LeftOut,
}

impl Meter {
    pub(super) fn new(limits: GuestLimits) -> Self {
        let turns = usize::try_from(limits.concurrent_requests).unwrap_or(usize::MAX);
        Self {
            limits,
            counted: Mutex::default(),
            turns: Semaphore::new(turns.clamp(1, Semaphore::MAX_PERMITS)),
        }
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        // Counting cannot fail half way, so a panic elsewhere leaves nothing wrong behind.
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn limits(&self) -> &GuestLimits {
        &self.limits
    }

    /// What was used so far, computing not included.
    pub(super) fn used(&self) -> Used {
        self.counted().used
    }

    /// The first limit that stopped a request.
    pub(super) fn stopped(&self) -> Option<LimitReached> {
        self.counted().stopped.clone()
    }

    /// Counts a request before it waits for its turn, so that those that wait are bounded too.
    pub(super) fn request(&self, request: &GuestRequest) -> Result<(), LimitReached> {
        let headers = request.headers.iter().map(|(name, value)| name.len() + value.len());
        let body = request.body.as_ref().map_or(0, Vec::len);
        let size = request.method.len() + request.url.len() + headers.sum::<usize>() + body;
        let mut counted = self.counted();
        if counted.used.requests >= self.limits.requests {
            return Err(counted.stop(Limit::Requests, self.limits.requests));
        }
        let sent = counted.used.sent_bytes.saturating_add(size as u64);
        if sent > self.limits.sent_bytes {
            return Err(counted.stop(Limit::SentBytes, self.limits.sent_bytes));
        }
        counted.used.requests += 1;
        counted.used.sent_bytes = sent;
        Ok(())
    }

    /// Waits until one more request may be under way; and how long its answer may be.
    pub(super) async fn turn(&self) -> (Option<SemaphorePermit<'_>>, u64) {
        // The semaphore is never closed.
        let turn = self.turns.acquire().await.ok();
        let received = self.counted().used.received_bytes;
        (turn, self.limits.received_bytes.saturating_sub(received))
    }

    /// Counts an answer.
    pub(super) fn answer(&self, answer: &GuestResponse) -> Result<(), LimitReached> {
        let headers = answer.headers.iter().map(|(name, value)| name.len() + value.len());
        let size = headers.sum::<usize>() + answer.body.len();
        let mut counted = self.counted();
        let received = counted.used.received_bytes.saturating_add(size as u64);
        if received > self.limits.received_bytes {
            return Err(counted.stop(Limit::ReceivedBytes, self.limits.received_bytes));
        }
        counted.used.received_bytes = received;
        Ok(())
    }

    /// Counts a log line.
    pub(super) fn line(&self, message: &str) -> Line {
        let mut counted = self.counted();
        let room = self.limits.log_bytes.saturating_sub(counted.log_bytes);
        if counted.log_closed {
            return Line::LeftOut;
        }
        if counted.log_lines >= self.limits.log_lines || room == 0 {
            counted.log_closed = true;
            return Line::FirstLeftOut;
        }
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let kept = message.floor_char_boundary(room);
        counted.log_lines += 1;
        // What was cut counts as well: the line after it is the first that is left out.
        counted.log_bytes = counted.log_bytes.saturating_add(message.len().max(1) as u64);
        Line::Kept(kept)
    }
}

impl Counted {
    fn stop(&mut self, limit: Limit, value: u64) -> LimitReached {
        let reached = LimitReached { limit, value };
        self.stopped.get_or_insert_with(|| reached.clone());
        reached
    }
}

/// Counts the memory and tables of one run.
#[derive(Debug)]
pub(super) struct Room {
    memory_limit: u64,
    table_limit: u64,
    memory: u64,
    /// What the run has of the memory of all.
    share: Share,
    tables: u64,
    denied: Option<LimitReached>,
}

impl Room {
    pub(super) fn new(limits: &GuestLimits, all: &TotalMemory) -> Self {
        Self {
            memory_limit: limits.memory_bytes,
            table_limit: limits.table_elements,
            memory: 0,
            share: all.share(),
            tables: 0,
            denied: None,
        }
    }

    /// The first limit that the run ran into.
    pub(super) fn denied(&self) -> Option<LimitReached> {
        self.denied.clone()
    }

    /// The guest is told that there is no more, and may go on with what it has.
    fn deny(&mut self, limit: Limit, value: u64) -> bool {
        self.denied.get_or_insert(LimitReached { limit, value });
        false
    }
}

impl ResourceLimiter for Room {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if beyond_its_own(desired, maximum, self.memory_limit) {
            return Ok(false);
        }
        let total = self.memory.saturating_add(desired.saturating_sub(current) as u64);
        if total > self.memory_limit {
            return Ok(self.deny(Limit::Memory, self.memory_limit));
        }
        if let Err(limit) = self.share.grow_to(total) {
            return Ok(self.deny(Limit::TotalMemory, limit));
        }
        self.memory = total;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if beyond_its_own(desired, maximum, self.table_limit) {
            return Ok(false);
        }
        let total = self.tables.saturating_add(desired.saturating_sub(current) as u64);
        if total > self.table_limit {
            return Ok(self.deny(Limit::Table, self.table_limit));
        }
        self.tables = total;
        Ok(true)
    }
}

/// Whether `desired` is more than the maximum that the guest's author wrote down, which is not this host's limit. The
/// pool gives its own size as a maximum too: that is never less than the limit.
fn beyond_its_own(desired: usize, maximum: Option<usize>, limit: u64) -> bool {
    maximum.is_some_and(|maximum| desired > maximum && (maximum as u64) < limit)
}
