use std::collections::HashMap;

use async_trait::async_trait;

use super::{MemoryStore, State};
use crate::store::{ApprovalKey, ApprovalRecord, ApprovalState, ApprovalStore, Decision, StoreError};

#[async_trait]
impl ApprovalStore for MemoryStore {
    async fn find_or_create_approval(
        &self,
        record: &ApprovalRecord,
        arguments: &str,
        now: &str,
    ) -> Result<ApprovalRecord, StoreError> {
        let mut state = self.working_state("created an approval")?;
        let open = state.approvals.iter().rev().find(|stored| {
            stored.key() == record.key()
                && matches!(stored.state, ApprovalState::Pending | ApprovalState::Approved)
                && stored.expires_at.as_str() > now
        });
        if let Some(open) = open {
            return Ok(open.clone());
        }
        state.approvals.push(record.clone());
        let arguments = arguments.to_owned();
        state.approval_arguments.insert(record.id.clone(), arguments);
        Ok(record.clone())
    }

    async fn find_approval(&self, key: &ApprovalKey, now: &str) -> Result<Option<ApprovalRecord>, StoreError> {
        let state = self.working_state("looked for an approval")?;
        let matching = state
            .approvals
            .iter()
            .filter(|stored| stored.key() == *key && stored.expires_at.as_str() > now);
        Ok(matching.max_by(|a, b| a.created_at.cmp(&b.created_at)).cloned())
    }

    async fn get_approval(&self, id: &str) -> Result<Option<ApprovalRecord>, StoreError> {
        let mut state = self.working_state("read an approval")?;
        state.approval_readings += 1;
        Ok(state.approvals.iter().find(|stored| stored.id == id).cloned())
    }

    async fn approval_states(&self, ids: &[&str]) -> Result<HashMap<String, ApprovalState>, StoreError> {
        let mut state = self.working_state("looked for decisions")?;
        state.approval_readings += 1;
        let asked = state
            .approvals
            .iter()
            .filter(|stored| ids.contains(&stored.id.as_str()));
        Ok(asked.map(|stored| (stored.id.clone(), stored.state)).collect())
    }

    async fn read_approval_arguments(&self, id: &str) -> Result<Option<String>, StoreError> {
        let state = self.working_state("read the arguments of an approval")?;
        Ok(state.approval_arguments.get(id).cloned())
    }

    async fn list_approvals(
        &self,
        wanted: Option<ApprovalState>,
        unexpired_at: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ApprovalRecord>, StoreError> {
        let state = self.working_state("listed approvals")?;
        let newest_first = state.approvals.iter().rev();
        let mut records: Vec<ApprovalRecord> = newest_first
            .filter(|stored| wanted.is_none_or(|wanted| stored.state == wanted))
            .filter(|stored| unexpired_at.is_none_or(|now| stored.expires_at.as_str() > now))
            .cloned()
            .collect();
        // Stable: within one moment the later creation stays first.
        records.sort_by(|a, b| b.created_at.cmp(&a.created_at));
        records.truncate(limit as usize);
        Ok(records)
    }

    async fn decide_approval(&self, id: &str, decision: &Decision) -> Result<bool, StoreError> {
        let mut state = self.working_state("decided an approval")?;
        Ok(decide(&mut state.approvals, id, ApprovalState::Pending, decision))
    }

    async fn revoke_approval(&self, id: &str, decision: &Decision) -> Result<bool, StoreError> {
        let mut state = self.working_state("revoked an approval")?;
        Ok(decide(&mut state.approvals, id, ApprovalState::Approved, decision))
    }

    async fn use_approval(&self, id: &str, key: &ApprovalKey, now: &str) -> Result<bool, StoreError> {
        let mut state = self.working_state("used an approval")?;
        let Some(stored) = state.approvals.iter_mut().find(|stored| stored.id == id) else {
            return Ok(false);
        };
        if stored.state != ApprovalState::Approved || stored.expires_at.as_str() <= now || stored.key() != *key {
            return Ok(false);
        }
        stored.state = ApprovalState::Used;
        stored.ended_at = Some(now.to_owned());
        Ok(true)
    }

    async fn forget_approval_arguments(&self, before: &str, most: u32) -> Result<u64, StoreError> {
        let mut state = self.working_state("forgot the arguments of approvals")?;
        let State {
            approvals,
            approval_arguments,
            ..
        } = &mut *state;
        let ended = |record: &&ApprovalRecord| record.ended_at.as_ref().unwrap_or(&record.expires_at).as_str() < before;
        let kept = approvals.iter().filter(ended);
        let forgotten = kept.filter_map(|record| approval_arguments.remove(&record.id));
        Ok(forgotten.take(most as usize).count() as u64)
    }

    async fn prune_approvals(&self, before: &str, most: u32) -> Result<u64, StoreError> {
        let mut state = self.working_state("removed old approvals")?;
        let old = state
            .approvals
            .iter()
            .filter(|record| record.expires_at.as_str() < before);
        let old: Vec<String> = old.take(most as usize).map(|record| record.id.clone()).collect();
        state.approvals.retain(|record| !old.contains(&record.id));
        state.approval_arguments.retain(|id, _| !old.contains(id));
        Ok(old.len() as u64)
    }
}

/// Changes a record that is in the state `from`; whether there was one.
fn decide(approvals: &mut [ApprovalRecord], id: &str, from: ApprovalState, decision: &Decision) -> bool {
    let found = approvals.iter_mut().find(|stored| stored.id == id);
    let Some(stored) = found.filter(|stored| stored.state == from && stored.expires_at > decision.at) else {
        return false;
    };
    stored.state = if decision.approved {
        ApprovalState::Approved
    } else {
        ApprovalState::Denied
    };
    stored.decided_at = Some(decision.at.clone());
    stored.decided_by = Some(decision.by.clone());
    stored.decided_via = Some(decision.via);
    stored.ended_at = (!decision.approved).then(|| decision.at.clone());
    true
}
