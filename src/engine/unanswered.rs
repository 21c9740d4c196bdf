//! Ends the calls that ended with a question which nobody answered: their rows wait for the run that brings the answer,
//! and none can come once the approval has expired. Whichever process asked, and whether it still runs, any ends them.
//!
//! Questions are known of calls that are added up, which the upkeep of the audit log does: this settles what was written
//! at once, reads, and writes the ends that it finds.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::failures;
use crate::approval::{Refusal, gate};
use crate::clock::milliseconds;
use crate::policy::Principal;
use crate::store::{ApprovalState, AuditDecision, AuditOutcome, AuditRecord, OpenQuestion, Store, StoreError, time};

/// How often a server looks for them.
const LOOK_INTERVAL: Duration = Duration::from_secs(30);

/// Calls that are ended at a time. What is left is ended at the next look.
const BATCH: u32 = 1_000;

/// How long after it has expired an approval that was used ends the calls that asked for it. The run that used it may
/// be one of them, and say so only when it sends its request; it waits this long for nothing.
const USED_GRACE: SignedDuration = SignedDuration::from_hours(1);

/// Ends such calls until the task is aborted; `now` says what time it is.
pub async fn run(store: Arc<dyn Store>, now: impl Fn() -> Timestamp + Send) {
    let mut look = interval_at(Instant::now() + LOOK_INTERVAL, LOOK_INTERVAL);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        if let Err(error) = end(&*store, now()).await {
            tracing::warn!(%error, "calls whose questions were not answered were not ended; this is tried again");
        }
    }
}

/// Ends the calls whose questions can have no answer any more at `now`, and tells how many.
///
/// # Errors
/// [`StoreError`]; those that were ended until then stay so.
pub async fn end(store: &dyn Store, now: Timestamp) -> Result<u64, StoreError> {
    let used = now.saturating_sub(USED_GRACE).unwrap_or(Timestamp::MIN);
    let questions = store
        .read_open_questions(&time::rfc3339(now), &time::rfc3339(used), BATCH)
        .await?;
    let mut ended = 0;
    for question in questions {
        // Of several processes that found it, one ends it.
        ended += u64::from(store.end_open_question(&end_of(question)).await?);
    }
    Ok(ended)
}

/// What an answer would have come to at the moment when it would have been too late.
fn end_of(question: OpenQuestion) -> AuditRecord {
    let OpenQuestion { asked, approval } = question;
    let refusal = match approval.state {
        ApprovalState::Pending => Refusal::Unanswered,
        ApprovalState::Approved => Refusal::NotValid,
        ApprovalState::Denied => Refusal::Declined,
        ApprovalState::Used => Refusal::UsedElsewhere,
    };
    // Whoever allowed it refused nothing.
    let by = gate::decided_by(&approval).filter(|_| refusal == Refusal::Declined);
    let caller = Principal::caller(&asked.user, &asked.organisation);
    let error = failures::refused(refusal, Some(approval.id), by.clone(), &caller);
    AuditRecord {
        decision: AuditDecision::Denied.into(),
        approver: by,
        outcome: AuditOutcome::Failed(error.code).into(),
        message: error.cause.lines().next().map(str::to_owned),
        duration_ms: milliseconds(time::between(&asked.started_at, &approval.expires_at)),
        ended_at: Some(approval.expires_at),
        ..asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::approvals::pending;
    use crate::store::conformance::at;
    use crate::store::conformance::audit::question_row;
    use crate::store::memory::MemoryStore;
    use crate::store::{ApprovalStore as _, AuditFilter, AuditStore as _, Decision, Via};

    /// One call that asked at `at(0)` and may be answered until `at(600)`.
    async fn store() -> Arc<MemoryStore> {
        let store = Arc::new(MemoryStore::default());
        store
            .find_or_create_approval(&pending("1", 0), "{}", &at(0))
            .await
            .unwrap();
        store.write_audit(&[question_row("a", 0, "1")], false).await.unwrap();
        store
    }

    fn moment(seconds: i64) -> Timestamp {
        at(seconds).parse().unwrap()
    }

    async fn row(store: &MemoryStore) -> AuditRecord {
        store.read_audit(&AuditFilter::default()).await.unwrap().remove(0)
    }

    #[tokio::test]
    async fn a_call_ends_when_nobody_can_answer_any_more() {
        let store = store().await;
        assert_eq!(end(&*store, moment(599)).await.unwrap(), 0);
        assert_eq!(row(&store).await.ended_at, None);
        assert_eq!(end(&*store, moment(100_000)).await.unwrap(), 1);
        let ended = row(&store).await;
        assert_eq!(ended.ended_at, Some(at(600)));
        assert_eq!(ended.duration_ms, 600_000);
        assert_eq!(
            (ended.decision.as_str(), ended.outcome.as_str()),
            ("denied", "APPROVAL_DENIED")
        );
        assert!(ended.message.unwrap().starts_with("nobody answered in time"));
        assert_eq!(end(&*store, moment(100_000)).await.unwrap(), 0, "ended twice");
    }

    /// Adding up takes the only connection that writes, and may have much to do.
    #[tokio::test]
    async fn looking_for_questions_adds_nothing_up() {
        let store = store().await;
        assert_eq!(end(&*store, moment(600)).await.unwrap(), 1);
        assert_eq!(store.added_up(), 0);
    }

    #[tokio::test]
    async fn the_end_says_what_became_of_the_approval() {
        for (approved, via, message, approver) in [
            (
                true,
                Via::Cli,
                "the approval does not belong to this call, was used before, or has expired",
                None,
            ),
            (
                false,
                Via::Cli,
                "a person declined this call (ben via cli)",
                Some("ben via cli"),
            ),
            (
                false,
                Via::Mrtr,
                "a person declined this call (ben via mrtr)",
                Some("ben via mrtr"),
            ),
        ] {
            let store = store().await;
            let decision = Decision {
                approved,
                at: at(1),
                by: "ben".into(),
                via,
            };
            assert!(store.decide_approval("1", &decision).await.unwrap());
            assert_eq!(end(&*store, moment(600)).await.unwrap(), 1);
            let ended = row(&store).await;
            assert!(ended.message.as_ref().unwrap().starts_with(message), "{ended:?}");
            assert_eq!(ended.approver.as_deref(), approver);
        }
    }

    /// The run that used it may be on its way to say so.
    #[tokio::test]
    async fn a_used_approval_ends_no_call_at_once() {
        let store = store().await;
        let decision = Decision {
            approved: true,
            at: at(598),
            by: "ben".into(),
            via: Via::Mrtr,
        };
        assert!(store.decide_approval("1", &decision).await.unwrap());
        assert!(store.use_approval("1", &pending("1", 0).key(), &at(599)).await.unwrap());
        assert_eq!(end(&*store, moment(600 + 3_599)).await.unwrap(), 0);
        assert_eq!(end(&*store, moment(600 + 3_600)).await.unwrap(), 1);
        let ended = row(&store).await;
        let message = ended.message.unwrap();
        assert!(
            message.starts_with("the approval was used by an identical call"),
            "{message}"
        );
        assert_eq!(ended.approver, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_looks_again_and_again() {
        let store = store().await;
        let began = Instant::now();
        let clock = move || moment(0) + SignedDuration::try_from(began.elapsed()).unwrap();
        let running = tokio::spawn(run(store.clone(), clock));
        tokio::time::sleep(Duration::from_secs(599)).await;
        assert_eq!(row(&store).await.ended_at, None);
        tokio::time::sleep(LOOK_INTERVAL * 2).await;
        assert_eq!(row(&store).await.ended_at, Some(at(600)));
        running.abort();
    }
}
