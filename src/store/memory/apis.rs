use std::collections::BTreeSet;

use async_trait::async_trait;

use super::MemoryStore;
use crate::error_code::ErrorCode;
use crate::store::{ApiSighting, ApiStore, ApiUsage, AuditOutcome, AuditRecord, CONNECTION_FAILURES, StoreError};

/// What is kept of one API.
#[derive(Debug, Clone)]
pub(super) struct Api {
    slug: String,
    revision: String,
    state: ApiState,
    created_at: String,
    updated_at: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ApiState {
    Active,
    Disabled,
    Removed,
}

#[async_trait]
impl ApiStore for MemoryStore {
    async fn sight_apis(&self, sightings: &[ApiSighting], at: &str) -> Result<(), StoreError> {
        let mut state = self.working_state("noted APIs")?;
        for sighting in sightings {
            let fresh = Api {
                slug: sighting.slug.clone(),
                revision: sighting.revision.clone(),
                state: ApiState::Active,
                created_at: at.to_owned(),
                updated_at: at.to_owned(),
            };
            match state.apis.iter_mut().find(|api| api.slug == sighting.slug) {
                None => state.apis.push(fresh),
                Some(api) if api.state == ApiState::Removed => *api = fresh,
                Some(api) if api.revision != sighting.revision => {
                    api.revision = fresh.revision;
                    api.updated_at = fresh.updated_at;
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    async fn switch_api(&self, slug: &str, enabled: bool) -> Result<bool, StoreError> {
        let wanted = if enabled { ApiState::Active } else { ApiState::Disabled };
        let mut state = self.working_state("switched an API")?;
        let switchable = |api: &&mut Api| api.slug == slug && api.state != wanted && api.state != ApiState::Removed;
        let api = state.apis.iter_mut().find(switchable);
        Ok(api.map(|api| api.state = wanted).is_some())
    }

    async fn remove_api(&self, slug: &str) -> Result<(), StoreError> {
        let mut state = self.working_state("removed an API")?;
        for api in state.apis.iter_mut().filter(|api| api.slug == slug) {
            api.state = ApiState::Removed;
        }
        Ok(())
    }

    async fn disabled_apis(&self) -> Result<BTreeSet<String>, StoreError> {
        let state = self.working_state("looked for disabled APIs")?;
        let disabled = state.apis.iter().filter(|api| api.state != ApiState::Active);
        Ok(disabled.map(|api| api.slug.clone()).collect())
    }

    async fn api_usage(&self, recent: &str) -> Result<Vec<ApiUsage>, StoreError> {
        let state = self.working_state("counted the calls of APIs")?;
        let calls = super::statistics::ended(&state, &state.sums.ever);
        let called = calls.iter().filter_map(|row| row.connector.as_ref());
        let known = state.apis.iter().map(|api| &api.slug).chain(called);
        let slugs: BTreeSet<&String> = known.collect();
        let recent_calls = super::statistics::ended(&state, state.sums.recent());
        let mut usages = Vec::with_capacity(slugs.len());
        for slug in slugs {
            let api = state.apis.iter().find(|api| api.slug == *slug);
            if api.is_some_and(|api| api.state == ApiState::Removed) {
                continue;
            }
            let is_own = |row: &&&AuditRecord| row.connector.as_ref() == Some(slug);
            let own: Vec<&AuditRecord> = calls.iter().filter(is_own).copied().collect();
            let tells = |code: ErrorCode| CONNECTION_FAILURES.contains(&code);
            let tried = |row: &&&AuditRecord| {
                row.requests > 0 || matches!(row.outcome.known(), Some(AuditOutcome::Failed(code)) if tells(code))
            };
            let last_connection = own.iter().filter(tried).max_by_key(|row| &row.ended_at);
            let recent_calls = recent_calls.iter().filter(is_own);
            usages.push(ApiUsage {
                slug: slug.clone(),
                created_at: api.map(|api| api.created_at.clone()),
                updated_at: api.map(|api| api.updated_at.clone()),
                disabled: api.is_some_and(|api| api.state == ApiState::Disabled),
                total_calls: own.len() as u64,
                last_used_at: own.iter().map(|row| row.started_at.clone()).max(),
                recent_calls: recent_calls.filter(|row| row.started_at.as_str() >= recent).count() as u64,
                last_connection: last_connection.map(|row| row.outcome.clone()),
            });
        }
        Ok(usages)
    }
}
