use async_trait::async_trait;

use super::MemoryStore;
use crate::store::{KeyRecord, KeyStore, StoreError};

#[async_trait]
impl KeyStore for MemoryStore {
    async fn create_key(&self, record: &KeyRecord) -> Result<(), StoreError> {
        let mut state = self.working_state("created a key")?;
        if state.keys.iter().any(|stored| stored.id == record.id) {
            return Err(StoreError::Query {
                doing: "created a key",
                source: "the identifier is taken".into(),
            });
        }
        state.keys.push(record.clone());
        Ok(())
    }

    async fn list_keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        let mut state = self.working_state("listed keys")?;
        state.key_readings += 1;
        let mut records: Vec<KeyRecord> = state.keys.iter().rev().cloned().collect();
        // Stable: within one moment the later creation stays first.
        records.sort_by(|a, b| b.created_at.cmp(&a.created_at));
        Ok(records)
    }

    async fn revoke_key(&self, id: &str, at: &str) -> Result<bool, StoreError> {
        let mut state = self.working_state("revoked a key")?;
        let found = state.keys.iter_mut().find(|stored| stored.id == id);
        let Some(stored) = found.filter(|stored| stored.revoked_at.is_none()) else {
            return Ok(false);
        };
        stored.revoked_at = Some(at.to_owned());
        Ok(true)
    }
}
