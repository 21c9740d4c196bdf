use std::collections::HashMap;

use async_trait::async_trait;
use jiff::Timestamp;

use super::MemoryStore;
use crate::clock::Clock;
use crate::store::windows::Logs;
use crate::store::{SlotAnswer, StoreError, Unused, Wanted, WindowStore};

#[async_trait]
impl WindowStore for MemoryStore {
    async fn take_slots(
        &self,
        calls: &[Vec<Wanted>],
        unused: &[Unused],
        clock: &Clock,
    ) -> Result<Vec<SlotAnswer>, StoreError> {
        let mut state = self.working_state("counted calls")?;
        let logs: HashMap<_, _> = state
            .windows
            .iter()
            .map(|(name, (log, _))| (name.clone(), log.clone()))
            .collect();
        let mut logs = Logs::new(logs);
        let answers = logs.answer(calls, unused, clock());
        for (name, log, empty_at) in logs.into_changed() {
            state.windows.insert(name, (log, empty_at));
        }
        state.window_transactions += 1;
        Ok(answers)
    }

    async fn forget_windows(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut state = self.working_state("deleted empty windows")?;
        let before = state.windows.len();
        state
            .windows
            .retain(|_, (_, empty_at)| *empty_at > now.as_millisecond());
        Ok((before - state.windows.len()) as u64)
    }
}
