use async_trait::async_trait;

use super::{MemoryStore, Write};
use crate::store::{AuditFilter, AuditRecord, AuditStore, StoreError};

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
