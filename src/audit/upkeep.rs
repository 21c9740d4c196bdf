//! What is done to the audit log beside writing it: calls are added up for those who count them and look for questions
//! without an answer, nearly all of them while no call runs, so that few wait for it; and old events are cut off once an
//! hour, whatever runs, with the approvals of that time. What calls would have sent that nobody is asked about any more is
//! forgotten long before that.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, MissedTickBehavior};

use crate::store::{Store, StoreError, time};

/// How often a server looks whether there is something to do.
const LOOK_INTERVAL: Duration = Duration::from_secs(30);

/// How often old events are looked for.
const PRUNE_INTERVAL: Duration = Duration::from_hours(1);

/// Events in one transaction: a call that comes waits this long for the file at most.
const BATCH: u32 = 1_000;

/// Batches that are added up at a look while calls run, so that a server that is never idle does not fall behind for ever:
/// some 250 events a second. One that writes more catches up when it is idle, or when it cuts off old events.
const BATCHES_WHILE_BUSY: u32 = 8;

/// How often space is given back at a time, a megabyte each: what is left then is for the next hour.
const MOST_GIVEN_BACK: u32 = 256;

/// How long the arguments of an approval are kept once it was used or refused, or has expired.
const ARGUMENTS_KEPT: SignedDuration = SignedDuration::from_hours(1);

/// Approvals whose arguments are removed in one transaction: each may have some megabytes.
const FORGOTTEN_AT_ONCE: u32 = 16;

/// How long events are kept; `None` keeps them for ever.
#[must_use]
pub fn retention(days: u32) -> Option<SignedDuration> {
    (days > 0).then(|| SignedDuration::from_hours(24 * i64::from(days)))
}

/// Adds up every call that has not been, in small steps; for those who are about to count.
///
/// # Errors
/// [`StoreError`]; what was added up until then stays.
pub async fn add_up(store: &dyn Store) -> Result<(), StoreError> {
    while store.add_up_calls(BATCH).await? == u64::from(BATCH) {}
    Ok(())
}

/// Cuts off the events that ended before `before`, in small steps, and tells how many; and with them the approvals that
/// expired before it. Calls are added up first, so that the totals of APIs keep them.
///
/// # Errors
/// [`StoreError`]; what was cut off until then is gone.
pub async fn prune(store: &dyn Store, before: Timestamp) -> Result<u64, StoreError> {
    let before = time::rfc3339(before);
    add_up(store).await?;
    let mut all = 0;
    loop {
        let cut = store.prune_audit(&before, BATCH).await?;
        all += cut;
        if cut < u64::from(BATCH) {
            break;
        }
    }
    store.forget_sums(&before).await?;
    store.prune_call_logs(&before).await?;
    while store.prune_approvals(&before, BATCH).await? == u64::from(BATCH) {}
    for _ in 0..MOST_GIVEN_BACK {
        if !store.give_back_space().await? {
            break;
        }
    }
    Ok(all)
}

/// Removes the arguments of approvals that allow nothing any more, an hour after they ended.
async fn forget_arguments(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    let before = time::rfc3339(now.saturating_sub(ARGUMENTS_KEPT).unwrap_or(Timestamp::MIN));
    while store.forget_approval_arguments(&before, FORGOTTEN_AT_ONCE).await? == u64::from(FORGOTTEN_AT_ONCE) {}
    Ok(())
}

/// Keeps the log of a server up until the task is aborted: `is_idle` says whether no call runs, `now` what time it is.
pub async fn run(
    store: Arc<dyn Store>,
    retention: Option<SignedDuration>,
    is_idle: impl Fn() -> bool + Send,
    now: impl Fn() -> Timestamp + Send,
) {
    let mut look = tokio::time::interval_at(Instant::now() + LOOK_INTERVAL, LOOK_INTERVAL);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut pruned: Option<Instant> = None;
    loop {
        look.tick().await;
        let is_due = pruned.is_none_or(|last| last.elapsed() >= PRUNE_INTERVAL);
        let done = match retention {
            // A server that is never idle still keeps no more than it should.
            Some(retention) if is_due => prune(&*store, now() - retention).await.map(|cut| {
                pruned = Some(Instant::now());
                if cut > 0 {
                    tracing::info!(events = cut, "old events of the audit log were cut off");
                }
            }),
            _ => add_up_beside(&*store, &is_idle).await,
        };
        if let Err(error) = done.and(forget_arguments(&*store, now()).await) {
            tracing::warn!(%error, "the audit log was not kept up; this is tried again");
        }
    }
}

/// Adds up all calls as long as none runs, and some whatever runs.
async fn add_up_beside(store: &dyn Store, is_idle: &impl Fn() -> bool) -> Result<(), StoreError> {
    let mut batches = 0;
    while (is_idle() || batches < BATCHES_WHILE_BUSY) && store.add_up_calls(BATCH).await? == u64::from(BATCH) {
        batches += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::approvals::pending;
    use crate::store::conformance::at;
    use crate::store::conformance::audit::finished_row;
    use crate::store::memory::MemoryStore;
    use crate::store::{ApprovalStore as _, AuditFilter, AuditStore as _};

    async fn left(store: &MemoryStore) -> Vec<String> {
        let rows = store.read_audit(&AuditFilter::default()).await.unwrap();
        rows.into_iter().map(|row| row.call_id).collect()
    }

    /// Rows that ended a second before `moment(0)`, at it, and a day later.
    async fn store() -> Arc<MemoryStore> {
        let store = Arc::new(MemoryStore::default());
        let rows = [
            finished_row("old", -2),
            finished_row("edge", -1),
            finished_row("new", 86_399),
        ];
        store.write_audit(&rows, false).await.unwrap();
        store
    }

    fn moment(days: i64) -> Timestamp {
        at(86_400 * days).parse().unwrap()
    }

    #[tokio::test]
    async fn what_ended_before_is_cut_off() {
        let store = store().await;
        assert_eq!(prune(&*store, moment(0)).await.unwrap(), 1);
        assert_eq!(left(&store).await, ["new", "edge"]);
        assert!(store.verify_audit(None).await.unwrap().holds());
    }

    #[tokio::test]
    async fn many_are_cut_off_in_steps() {
        let store = MemoryStore::default();
        let rows: Vec<_> = (0..2_500).map(|number| finished_row(&number.to_string(), -9)).collect();
        store.write_audit(&rows, false).await.unwrap();
        assert_eq!(prune(&store, moment(0)).await.unwrap(), 2_500);
        assert!(left(&store).await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_cuts_off_what_is_too_old_and_keeps_the_rest() {
        for (days, idle, expected) in [
            (1, true, vec!["new", "edge"]),
            (1, false, vec!["new", "edge"]),
            (2, true, vec!["new", "edge", "old"]),
            (0, true, vec!["new", "edge", "old"]),
        ] {
            let store = store().await;
            let upkeep = tokio::spawn(run(store.clone(), retention(days), move || idle, || moment(1)));
            tokio::time::sleep(LOOK_INTERVAL * 2).await;
            upkeep.abort();
            assert_eq!(left(&store).await, expected, "{days} days");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn old_events_are_looked_for_again_and_again() {
        let store = store().await;
        let began = Instant::now();
        let clock = move || moment(0) + SignedDuration::try_from(began.elapsed()).unwrap() * 24;
        let upkeep = tokio::spawn(run(store.clone(), retention(1), || true, clock));
        tokio::time::sleep(Duration::from_mins(59)).await;
        assert_eq!(left(&store).await.len(), 3);
        tokio::time::sleep(Duration::from_hours(2)).await;
        assert_eq!(left(&store).await, Vec::<String>::new());
        upkeep.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn approvals_go_with_the_calls_of_their_time_and_their_arguments_before_them() {
        let store = store().await;
        let record = pending("1", 0);
        store.find_or_create_approval(&record, "{}", &at(0)).await.unwrap();
        let began = Instant::now();
        let clock = move || moment(0) + SignedDuration::try_from(began.elapsed()).unwrap();
        let upkeep = tokio::spawn(run(store.clone(), retention(1), || false, clock));
        let left = async |passed| {
            tokio::time::sleep(passed).await;
            let record = store.get_approval("1").await.unwrap();
            (record.is_some(), store.read_approval_arguments("1").await.unwrap())
        };
        // It expires after ten minutes.
        assert_eq!(left(Duration::from_mins(70)).await, (true, Some("{}".to_owned())));
        assert_eq!(left(Duration::from_mins(1)).await, (true, None));
        assert_eq!(left(Duration::from_hours(23)).await, (true, None));
        assert_eq!(left(Duration::from_hours(1)).await, (false, None));
        upkeep.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_few_calls_are_added_up_while_others_run_and_all_while_none_does() {
        let most = BATCHES_WHILE_BUSY * BATCH;
        let rows: Vec<_> = (0..most + 2)
            .map(|number| finished_row(&number.to_string(), 0))
            .collect();
        for (idle, added) in [(true, most + 2), (false, most)] {
            let store = Arc::new(MemoryStore::default());
            store.write_audit(&rows, false).await.unwrap();
            let upkeep = tokio::spawn(run(store.clone(), None, move || idle, || moment(0)));
            tokio::time::sleep(LOOK_INTERVAL + Duration::from_secs(1)).await;
            assert_eq!(store.added_up(), u64::from(added));
            tokio::time::sleep(LOOK_INTERVAL).await;
            assert_eq!(store.added_up(), u64::from(most + 2));
            upkeep.abort();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_could_not_be_cut_off_is_tried_again_at_the_next_look() {
        let store = store().await;
        let upkeep = tokio::spawn(run(store.clone(), retention(1), || true, || moment(1)));
        store.set_failing(true);
        tokio::time::sleep(LOOK_INTERVAL + Duration::from_secs(1)).await;
        store.set_failing(false);
        assert_eq!(left(&store).await.len(), 3);
        tokio::time::sleep(LOOK_INTERVAL).await;
        assert_eq!(left(&store).await, ["new", "edge"]);
        upkeep.abort();
    }
}
