//! A backend for tests: everything in memory, with a record of how it was written and a switch that makes it fail.
//!
//! No thread of its own, so tests over it can pause the clock. Must never touch the disk.

mod apis;
mod approvals;
mod audit;
mod call_logs;
mod keys;
mod secrets;
mod statistics;
mod windows;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::windows::Log as WindowLog;
use super::{ApprovalRecord, KeyRecord, SealedSecret, StoreError};
use audit::Log;

/// One call of `write_audit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Write {
    pub(crate) rows: usize,
    pub(crate) durable: bool,
}

#[derive(Debug, Default)]
pub(crate) struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    audit: Log,
    approvals: Vec<ApprovalRecord>,
    approval_readings: usize,
    /// By approval.
    approval_arguments: HashMap<String, String>,
    /// Each with when its call ended.
    call_logs: HashMap<String, (String, String)>,
    apis: Vec<apis::Api>,
    keys: Vec<KeyRecord>,
    key_readings: usize,
    secret_readings: usize,
    /// How long finding a secret takes.
    secret_delay: Duration,
    secrets: Vec<SealedSecret>,
    sums: statistics::Sums,
    writes: Vec<Write>,
    /// Each with the moment from which on it is empty.
    windows: HashMap<String, (WindowLog, i64)>,
    /// Successful `take_slots` so far.
    window_transactions: usize,
    failing: bool,
}

impl MemoryStore {
    /// Every successful `write_audit` so far, in order.
    pub(crate) fn writes(&self) -> Vec<Write> {
        self.state().writes.clone()
    }

    /// How many successful `take_slots` there were so far.
    pub(crate) fn window_transactions(&self) -> usize {
        self.state().window_transactions
    }

    /// The names of the windows that are kept, sorted.
    pub(crate) fn windows(&self) -> Vec<String> {
        let mut names: Vec<String> = self.state().windows.keys().cloned().collect();
        names.sort();
        names
    }

    /// How often the keys were read.
    pub(crate) fn key_readings(&self) -> usize {
        self.state().key_readings
    }

    /// How often records of approvals were read by their ids.
    pub(crate) fn approval_readings(&self) -> usize {
        self.state().approval_readings
    }

    /// Removes one record.
    pub(crate) fn remove_approval(&self, id: &str) {
        self.state().approvals.retain(|record| record.id != id);
    }

    /// How often a secret was looked for.
    pub(crate) fn secret_readings(&self) -> usize {
        self.state().secret_readings
    }

    /// Makes finding a secret take a while from now on.
    pub(crate) fn set_secret_delay(&self, delay: Duration) {
        self.state().secret_delay = delay;
    }

    /// Whether everything fails from now on.
    pub(crate) fn set_failing(&self, failing: bool) {
        self.state().failing = failing;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn working_state(&self, doing: &'static str) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state();
        if state.failing {
            return Err(StoreError::Query {
                doing,
                source: "the disk is full".into(),
            });
        }
        Ok(state)
    }
}

mod tests {
    use std::sync::Arc;

    use super::MemoryStore;
    use crate::store::Store;

    #[expect(clippy::unused_async, reason = "the cases open every backend in the same way")]
    async fn open() -> (Arc<dyn Store>, ()) {
        (Arc::new(MemoryStore::default()), ())
    }

    crate::store::conformance::cases!(open);
}
