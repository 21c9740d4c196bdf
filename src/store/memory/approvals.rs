use async_trait::async_trait;

use super::MemoryStore;
use crate::store::{ApprovalKey, ApprovalRecord, ApprovalState, ApprovalStore, Decision, StoreError};

#[async_trait]
impl ApprovalStore for MemoryStore {
    async fn find_or_create_approval(&self, record: &ApprovalRecord, now: &str) -> Result<ApprovalRecord, StoreError> {
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
        let state = self.working_state("read an approval")?;
        Ok(state.approvals.iter().find(|stored| stored.id == id).cloned())
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
        Ok(true)
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
    true
}
