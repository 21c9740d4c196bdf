//! A backend for tests: everything in memory, with a record of how it was written and a switch that makes it fail.
//!
//! No thread of its own, so tests over it can pause the clock.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{
    ApprovalKey, ApprovalRecord, ApprovalState, ApprovalStore, AuditFilter, AuditRecord, AuditStore, Decision,
    StoreError,
};

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
    audit: Vec<AuditRecord>,
    approvals: Vec<ApprovalRecord>,
    writes: Vec<Write>,
    failing: bool,
}

impl MemoryStore {
    /// Every successful `write_audit` so far, in order.
    pub(crate) fn writes(&self) -> Vec<Write> {
        self.state().writes.clone()
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

#[async_trait]
impl AuditStore for MemoryStore {
    async fn write_audit(&self, records: &[AuditRecord], durable: bool) -> Result<(), StoreError> {
        let mut state = self.working_state("wrote audit rows")?;
        for record in records {
            match state.audit.iter_mut().find(|row| row.call_id == record.call_id) {
                Some(row) if row.ended_at.is_none() => {
                    *row = AuditRecord {
                        started_at: row.started_at.clone(),
                        ..record.clone()
                    };
                }
                Some(_) => {}
                None => state.audit.push(record.clone()),
            }
        }
        state.writes.push(Write {
            rows: records.len(),
            durable,
        });
        Ok(())
    }

    async fn read_audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>, StoreError> {
        let allows =
            |wanted: &Option<String>, value: Option<&str>| wanted.as_deref().is_none_or(|wanted| Some(wanted) == value);
        let mut rows: Vec<AuditRecord> = self
            .working_state("read audit rows")?
            .audit
            .iter()
            .filter(|row| allows(&filter.connector, row.connector.as_deref()))
            .filter(|row| allows(&filter.action, row.action.as_deref()))
            .filter(|row| allows(&filter.outcome, Some(&row.outcome)))
            .filter(|row| allows(&filter.call_id, Some(&row.call_id)))
            .filter(|row| filter.since.as_ref().is_none_or(|since| row.started_at >= *since))
            .cloned()
            .collect();
        rows.sort_by(|a, b| (&b.started_at, &b.call_id).cmp(&(&a.started_at, &a.call_id)));
        rows.truncate(filter.limit as usize);
        Ok(rows)
    }
}

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
        limit: u32,
    ) -> Result<Vec<ApprovalRecord>, StoreError> {
        let state = self.working_state("listed approvals")?;
        let newest_first = state.approvals.iter().rev();
        let mut records: Vec<ApprovalRecord> = newest_first
            .filter(|stored| wanted.is_none_or(|wanted| stored.state == wanted))
            .cloned()
            .collect();
        // Stable: within one moment the later creation stays first.
        records.sort_by(|a, b| b.created_at.cmp(&a.created_at));
        records.truncate(limit as usize);
        Ok(records)
    }

    async fn decide_approval(&self, id: &str, decision: &Decision) -> Result<bool, StoreError> {
        let mut state = self.working_state("decided an approval")?;
        let Some(stored) = state.approvals.iter_mut().find(|stored| stored.id == id) else {
            return Ok(false);
        };
        if stored.state != ApprovalState::Pending || stored.expires_at <= decision.at {
            return Ok(false);
        }
        stored.state = if decision.approved {
            ApprovalState::Approved
        } else {
            ApprovalState::Denied
        };
        stored.decided_at = Some(decision.at.clone());
        stored.decided_by = Some(decision.by.clone());
        stored.decided_via = Some(decision.via.clone());
        Ok(true)
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
