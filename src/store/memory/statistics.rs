use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{MemoryStore, State};
use crate::store::{
    AuditDecision, AuditOutcome, AuditRecord, CallCounts, CallScope, FailureCount, StatisticsStore, StoreError,
};

/// Calls that were added up, by id.
#[derive(Debug, Default)]
pub(super) struct Sums {
    events: u64,
    /// Until they are too old.
    recent: BTreeMap<String, AuditRecord>,
    /// For ever.
    pub(super) ever: BTreeMap<String, AuditRecord>,
}

impl Sums {
    pub(super) fn recent(&self) -> &BTreeMap<String, AuditRecord> {
        &self.recent
    }
}

impl MemoryStore {
    /// How many events were added up.
    pub(crate) fn added_up(&self) -> u64 {
        self.state().sums.events
    }
}

/// Calls that have ended: those in `sums`, and those that are not added up yet.
pub(super) fn ended<'a>(state: &'a State, sums: &'a BTreeMap<String, AuditRecord>) -> Vec<&'a AuditRecord> {
    let rows = state.audit.rows().into_iter();
    let fresh = rows.filter(|row| row.ended_at.is_some() && !state.sums.ever.contains_key(&row.call_id));
    sums.values().chain(fresh).collect()
}

#[async_trait]
impl StatisticsStore for MemoryStore {
    async fn count_calls(&self, scope: &CallScope) -> Result<CallCounts, StoreError> {
        let state = self.working_state("counted calls")?;
        let mut counts = CallCounts::default();
        let (mut timed, mut sum) = (0_u64, 0_u64);
        let is_in_scope = |row: &&AuditRecord| {
            let connector = scope.connector.is_none() || row.connector == scope.connector;
            connector && scope.since.as_ref().is_none_or(|since| row.started_at >= *since)
        };
        let open = state.audit.rows().into_iter().filter(|row| row.ended_at.is_none());
        counts.unfinished = open.filter(is_in_scope).count() as u64;
        for row in ended(&state, &state.sums.recent).into_iter().filter(is_in_scope) {
            counts.ended += 1;
            if row.requests > 0 && row.decision != AuditDecision::Approved {
                timed += 1;
                sum = sum.saturating_add(row.duration_ms);
            }
            if row.outcome == AuditOutcome::Succeeded {
                counts.succeeded += 1;
                continue;
            }
            let alike = |failure: &&mut FailureCount| {
                failure.outcome == row.outcome && failure.upstream_status == row.upstream_status
            };
            match counts.failures.iter_mut().find(alike) {
                Some(failure) => failure.calls += 1,
                None => counts.failures.push(FailureCount {
                    outcome: row.outcome.clone(),
                    upstream_status: row.upstream_status,
                    calls: 1,
                }),
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "tests have few rows")]
        let average = (timed > 0).then(|| sum as f64 / timed as f64);
        counts.average_ms = average;
        Ok(counts)
    }

    async fn add_up_calls(&self, most: u32) -> Result<u64, StoreError> {
        let mut state = self.working_state("added calls up")?;
        let before = state.sums.events;
        let (events, records) = state.audit.events_behind(before, most);
        let ended: Vec<AuditRecord> = records.into_iter().filter(|row| row.ended_at.is_some()).collect();
        for row in ended {
            state
                .sums
                .recent
                .entry(row.call_id.clone())
                .or_insert_with(|| row.clone());
            state.sums.ever.entry(row.call_id.clone()).or_insert(row);
        }
        state.sums.events = events;
        Ok(events - before)
    }

    async fn forget_sums(&self, before: &str) -> Result<(), StoreError> {
        let mut state = self.working_state("removed old sums")?;
        state
            .sums
            .recent
            .retain(|_, row| row.started_at.get(..13) >= before.get(..13));
        Ok(())
    }
}
