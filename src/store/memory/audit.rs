use async_trait::async_trait;

use super::{MemoryStore, Write};
use crate::store::chain::{Event, Head, Walk};
use crate::store::{
    ApprovalRecord, ApprovalState, AuditDecision, AuditFilter, AuditOutcome, AuditRecord, AuditStore,
    AuditVerification, OpenQuestion, StoreError, details,
};

/// The events, and where the chain begins and stands.
#[derive(Debug)]
pub(super) struct Log {
    events: Vec<(AuditRecord, Event)>,
    anchor: Head,
    head: Head,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            events: Vec::new(),
            anchor: Head::START,
            head: Head::START,
        }
    }
}

impl Log {
    fn append(&mut self, record: &AuditRecord) {
        let text = details::encode(record).expect("a record has a text");
        let (call_id, started_at) = (
            record.call_id.clone().into_bytes(),
            record.started_at.clone().into_bytes(),
        );
        self.head = self.head.next(&call_id, &started_at, text.as_bytes());
        let event = Event {
            sequence: self.head.sequence,
            call_id,
            started_at,
            details: text.into_bytes(),
            hash: self.head.hash.to_vec(),
        };
        self.events.push((record.clone(), event));
    }

    /// The number of the last of the next `most` events behind the one of number `after`, and their records.
    pub(super) fn events_behind(&self, after: u64, most: u32) -> (u64, Vec<AuditRecord>) {
        let behind = self
            .events
            .iter()
            .filter(|(_, event)| event.sequence.cast_unsigned() > after);
        let next: Vec<_> = behind.take(most as usize).collect();
        let last = next.last().map_or(after, |(_, event)| event.sequence.cast_unsigned());
        (last, next.into_iter().map(|(record, _)| record.clone()).collect())
    }

    /// The row of each call: its first end, or else its newest event.
    pub(super) fn rows(&self) -> Vec<&AuditRecord> {
        let mut rows: Vec<&AuditRecord> = Vec::new();
        for (record, _) in &self.events {
            match rows.iter_mut().find(|row| row.call_id == record.call_id) {
                Some(row) if row.ended_at.is_none() => *row = record,
                Some(_) => {}
                None => rows.push(record),
            }
        }
        rows
    }
}

#[async_trait]
impl AuditStore for MemoryStore {
    async fn write_audit(&self, records: &[AuditRecord], durable: bool) -> Result<(), StoreError> {
        let mut state = self.working_state("wrote audit rows")?;
        for record in records {
            state.audit.append(record);
        }
        state.writes.push(Write {
            rows: records.len(),
            durable,
        });
        Ok(())
    }

    async fn read_open_questions(
        &self,
        expired: &str,
        used_expired: &str,
        most: u32,
    ) -> Result<Vec<OpenQuestion>, StoreError> {
        let state = self.working_state("looked for questions without an answer")?;
        let rows = state.audit.rows().into_iter().filter(|row| is_question(row));
        let questions = rows.filter_map(|row| {
            let of_row = |approval: &&ApprovalRecord| row.approval_id.as_ref() == Some(&approval.id);
            let approval = state.approvals.iter().find(of_row)?;
            let before = match approval.state {
                ApprovalState::Used => used_expired,
                _ => expired,
            };
            (approval.expires_at.as_str() <= before).then(|| OpenQuestion {
                asked: row.clone(),
                approval: approval.clone(),
            })
        });
        let mut questions: Vec<OpenQuestion> = questions.collect();
        questions.sort_by(|a, b| (&a.asked.started_at, &a.asked.call_id).cmp(&(&b.asked.started_at, &b.asked.call_id)));
        questions.truncate(most as usize);
        Ok(questions)
    }

    async fn end_open_question(&self, end: &AuditRecord) -> Result<bool, StoreError> {
        let mut state = self.working_state("ended a call without an answer")?;
        let rows = state.audit.rows();
        let is_open = rows.iter().any(|row| row.call_id == end.call_id && is_question(row));
        if is_open {
            state.audit.append(end);
        }
        Ok(is_open)
    }

    async fn read_audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>, StoreError> {
        let allows =
            |wanted: &Option<String>, value: Option<&str>| wanted.as_deref().is_none_or(|wanted| Some(wanted) == value);
        let state = self.working_state("read audit rows")?;
        let mut rows: Vec<AuditRecord> = state
            .audit
            .rows()
            .into_iter()
            .filter(|row| allows(&filter.connector, row.connector.as_deref()))
            .filter(|row| allows(&filter.action, row.action.as_deref()))
            .filter(|row| allows(&filter.user, Some(&row.user)))
            .filter(|row| filter.outcome.is_none_or(|outcome| row.outcome == outcome))
            .filter(|row| !filter.failed || (row.ended_at.is_some() && row.outcome != AuditOutcome::Succeeded))
            .filter(|row| filter.upstream_status.is_none() || row.upstream_status == filter.upstream_status)
            .filter(|row| allows(&filter.call_id, Some(&row.call_id)))
            .filter(|row| filter.since.as_ref().is_none_or(|since| row.started_at >= *since))
            .cloned()
            .collect();
        rows.sort_by(|a, b| (&b.started_at, &b.call_id).cmp(&(&a.started_at, &a.call_id)));
        rows.truncate(filter.limit as usize);
        Ok(rows)
    }

    async fn verify_audit(&self, noted_head: Option<&str>) -> Result<AuditVerification, StoreError> {
        let state = self.working_state("verified the audit log")?;
        let log = &state.audit;
        let cut = u64::try_from(log.anchor.sequence).unwrap_or(0);
        let mut walk = Walk::new(log.anchor, cut, noted_head);
        log.events.iter().for_each(|(_, event)| walk.step(event));
        Ok(walk.end(log.head.sequence))
    }

    async fn prune_audit(&self, before: &str, most: u32) -> Result<u64, StoreError> {
        let mut state = self.working_state("cut old events off the audit log")?;
        let log = &mut state.audit;
        let is_old = |record: &AuditRecord| record.ended_at.as_deref().unwrap_or(&record.started_at) < before;
        let old = log.events.iter().take_while(|(record, _)| is_old(record)).count();
        let cut = old.min(most as usize);
        if let Some((_, last)) = log.events.drain(..cut).next_back() {
            log.anchor = Head {
                sequence: last.sequence,
                hash: last.hash.try_into().expect("a whole hash"),
            };
        }
        Ok(cut as u64)
    }

    async fn give_back_space(&self) -> Result<bool, StoreError> {
        Ok(false)
    }
}

/// Whether all that is known of a call is that it ended with a question.
fn is_question(row: &AuditRecord) -> bool {
    row.ended_at.is_none() && row.decision == AuditDecision::Pending
}
