use async_trait::async_trait;

use super::MemoryStore;
use crate::store::{CallCounts, CallScope, FailureCount, StatisticsStore, StoreError};

#[async_trait]
impl StatisticsStore for MemoryStore {
    async fn count_calls(&self, scope: &CallScope) -> Result<CallCounts, StoreError> {
        let state = self.working_state("counted calls")?;
        let mut counts = CallCounts::default();
        let (mut timed, mut sum) = (0_u64, 0_u64);
        let in_scope = state.audit.rows().into_iter().filter(|row| {
            let connector = scope.connector.is_none() || row.connector == scope.connector;
            connector && scope.since.as_ref().is_none_or(|since| row.started_at >= *since)
        });
        for row in in_scope {
            if row.ended_at.is_none() {
                counts.unfinished += 1;
                continue;
            }
            counts.ended += 1;
            if row.requests > 0 && row.decision != "approved" {
                timed += 1;
                sum = sum.saturating_add(row.duration_ms);
            }
            if row.outcome == "ok" {
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
}
