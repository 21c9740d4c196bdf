//! What is kept of sliding windows: how many slots of each were taken lately, by all processes together.

mod log;

use std::collections::HashMap;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
use crate::clock::Clock;
pub(super) use log::Log;

/// Slots of one window that a call wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which window: any text.
    pub name: String,
    /// Its length in milliseconds; always the same for one name.
    pub window_ms: i64,
    /// Slots that may be taken in any time of that length.
    pub limit: u32,
    /// How many are wanted. One is needed, the others are for later calls of the same process.
    pub slots: u32,
}

/// Slots that were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// How many: one, and as many of the others as were free.
    pub slots: u32,
    /// The last moment at which they may be used, in milliseconds since 1970: they count until the window's length
    /// after it.
    pub at: i64,
    /// Changes when the moments of the window were moved, see `Log`. Needed to put slots back.
    pub generation: u64,
}

/// A window with no free slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full {
    /// The place of the window among those that the call wanted.
    pub position: usize,
    /// How many milliseconds from now on a slot will be free, if nobody else takes it.
    pub wait_ms: i64,
}

/// Slots that were taken and not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// Which window.
    pub name: String,
    /// Its length in milliseconds.
    pub window_ms: i64,
    /// How many slots.
    pub slots: u32,
    /// As in [`Taken`].
    pub at: i64,
    /// As in [`Taken`].
    pub generation: u64,
}

/// The answer to one call: a [`Taken`] for each [`Wanted`], or every window that is full.
pub type SlotAnswer = Result<Vec<Taken>, Vec<Full>>;

/// Sliding windows.
#[async_trait]
pub trait WindowStore: Send + Sync {
    /// In one transaction: puts `unused` slots back, then answers the `calls` in their order. A call gets slots of all
    /// the windows that it wants or of none; one that gets none changes nothing. Of processes that race for the last
    /// slot, one gets it. `clock` is read inside of the transaction, so that moments follow the order of transactions.
    ///
    /// What was taken survives the end of the process, and not always a power cut.
    async fn take_slots(
        &self,
        calls: &[Vec<Wanted>],
        unused: &[Unused],
        clock: &Clock,
    ) -> Result<Vec<SlotAnswer>, StoreError>;

    /// Deletes the windows that are empty at `now`; how many there were.
    async fn forget_windows(&self, now: Timestamp) -> Result<u64, StoreError>;
}

/// The logs of some windows, as a transaction has read them.
#[derive(Debug, Default)]
pub(super) struct Logs {
    logs: HashMap<String, Log>,
    changed: HashMap<String, i64>,
}

impl Logs {
    /// The logs under their names; windows that are not there are empty.
    pub(super) fn new(logs: HashMap<String, Log>) -> Self {
        Self {
            logs,
            changed: HashMap::new(),
        }
    }

    /// Does what [`WindowStore::take_slots`] says.
    pub(super) fn answer(&mut self, calls: &[Vec<Wanted>], unused: &[Unused], now: Timestamp) -> Vec<SlotAnswer> {
        let now = now.as_millisecond();
        for unused in unused {
            if let Some(log) = self.logs.get_mut(&unused.name)
                && log.put_back(unused.at, unused.generation, unused.slots)
            {
                self.changed.insert(unused.name.clone(), log.empty_at(unused.window_ms));
            }
        }
        calls.iter().map(|call| self.answer_one(call, now)).collect()
    }

    /// The logs that are no longer as they were read, each with the moment from which on it is empty.
    pub(super) fn into_changed(mut self) -> impl Iterator<Item = (String, Log, i64)> {
        self.changed.into_iter().filter_map(move |(name, empty_at)| {
            let log = self.logs.remove(&name)?;
            Some((name, log, empty_at))
        })
    }

    fn answer_one(&mut self, call: &[Wanted], now: i64) -> SlotAnswer {
        let mut full = Vec::new();
        for (position, wanted) in call.iter().enumerate() {
            let log = self.logs.entry(wanted.name.clone()).or_default();
            let generation = log.generation();
            if let Err(wait_ms) = log.room(now, wanted.window_ms, wanted.limit) {
                full.push(Full { position, wait_ms });
            }
            if log.generation() != generation {
                // Moments were moved. They must stay where they are now, or they would be moved again the next time.
                self.changed.insert(wanted.name.clone(), log.empty_at(wanted.window_ms));
            }
        }
        if !full.is_empty() {
            return Err(full);
        }
        let taken = call.iter().map(|wanted| {
            let log = self.logs.entry(wanted.name.clone()).or_default();
            let taken = log.take(now, wanted.window_ms, wanted.limit, wanted.slots);
            self.changed.insert(wanted.name.clone(), log.empty_at(wanted.window_ms));
            taken
        });
        Ok(taken.collect())
    }
}
