use async_trait::async_trait;

use super::MemoryStore;
use crate::store::{Put, Rewrap, SealedSecret, SecretId, SecretStore, StoreError};

#[async_trait]
impl SecretStore for MemoryStore {
    async fn find_secret(&self, id: &SecretId) -> Result<Option<SealedSecret>, StoreError> {
        let look = || {
            let mut state = self.working_state("looked for a secret")?;
            state.secret_readings += 1;
            Ok(state.secrets.iter().find(|secret| secret.id == *id).cloned())
        };
        let found = look();
        let delay = self.state().secret_delay;
        // Even the shortest sleep moves a paused clock.
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        found
    }

    async fn list_secrets(&self, organisation: Option<&str>) -> Result<Vec<SealedSecret>, StoreError> {
        let state = self.working_state("listed secrets")?;
        let wanted = |secret: &&SealedSecret| organisation.is_none_or(|wanted| secret.id.organisation == wanted);
        let mut secrets: Vec<SealedSecret> = state.secrets.iter().filter(wanted).cloned().collect();
        secrets.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(secrets)
    }

    async fn put_secret(&self, secret: &SealedSecret) -> Result<Put, StoreError> {
        let mut state = self.working_state("stored a secret")?;
        if let Some(other) = state.secrets.iter().find(|stored| stored.key_id != secret.key_id) {
            return Ok(Put::OtherKey(other.key_id.clone()));
        }
        let stored = state.secrets.iter_mut().find(|stored| stored.id == secret.id);
        match stored {
            None if secret.version == 1 => state.secrets.push(secret.clone()),
            Some(stored) if stored.version + 1 == secret.version => {
                *stored = SealedSecret {
                    created_at: stored.created_at.clone(),
                    ..secret.clone()
                };
            }
            _ => return Ok(Put::Outdated),
        }
        Ok(Put::Stored)
    }

    async fn remove_secret(&self, id: &SecretId) -> Result<bool, StoreError> {
        let mut state = self.working_state("removed a secret")?;
        let before = state.secrets.len();
        state.secrets.retain(|secret| secret.id != *id);
        Ok(state.secrets.len() < before)
    }

    async fn rewrap_secrets(&self, key_id: &str, rewrap: &mut Rewrap<'_>) -> Result<Option<usize>, StoreError> {
        let mut state = self.working_state("replaced the keys of secrets")?;
        let mut secrets = state.secrets.clone();
        for secret in &mut secrets {
            let Some(wrapped_key) = rewrap(secret) else {
                return Ok(None);
            };
            secret.wrapped_key = wrapped_key;
            key_id.clone_into(&mut secret.key_id);
        }
        let count = secrets.len();
        state.secrets = secrets;
        Ok(Some(count))
    }
}
