use async_trait::async_trait;

use super::MemoryStore;
use crate::store::{CallLogStore, StoreError};

#[async_trait]
impl CallLogStore for MemoryStore {
    async fn write_call_log(&self, call_id: &str, at: &str, log: &str) -> Result<(), StoreError> {
        let mut state = self.working_state("wrote the log of a call")?;
        state
            .call_logs
            .insert(call_id.to_owned(), (at.to_owned(), log.to_owned()));
        Ok(())
    }

    async fn read_call_log(&self, call_id: &str) -> Result<Option<String>, StoreError> {
        let state = self.working_state("read the log of a call")?;
        Ok(state.call_logs.get(call_id).map(|(_, log)| log.clone()))
    }

    async fn prune_call_logs(&self, before: &str) -> Result<u64, StoreError> {
        let mut state = self.working_state("dropped logs of calls")?;
        let count = state.call_logs.len();
        state.call_logs.retain(|_, (at, _)| at.as_str() >= before);
        Ok((count - state.call_logs.len()) as u64)
    }
}
