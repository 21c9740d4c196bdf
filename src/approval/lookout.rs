//! Looks for decisions made elsewhere: one question to the store at a time, for all calls that wait for one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::clock::Clock;
use crate::store::{ApprovalRecord, ApprovalState, Store, time};

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Where calls wait. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Lookout {
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    /// In the order in which they came.
    calls: BTreeMap<u64, Call>,
    next: u64,
    /// Runs while a call waits.
    looking: Option<JoinHandle<()>>,
}

struct Call {
    approval_id: String,
    expires_at: String,
    wake: oneshot::Sender<()>,
}

/// The place of a call that waits. Dropping it gives it up.
pub(super) struct Place {
    lookout: Lookout,
    number: u64,
    woken: oneshot::Receiver<()>,
}

impl Lookout {
    /// Waits from now on for something to become of `record`, which is pending, until it expires by `clock`.
    pub(super) fn watch(&self, record: &ApprovalRecord, store: &Arc<dyn Store>, clock: &Clock) -> Place {
        let (wake, woken) = oneshot::channel();
        let mut waiting = self.lock();
        let number = waiting.next;
        waiting.next += 1;
        let call = Call {
            approval_id: record.id.clone(),
            expires_at: record.expires_at.clone(),
            wake,
        };
        waiting.calls.insert(number, call);
        // One that panicked is finished as well.
        if waiting.looking.as_ref().is_none_or(JoinHandle::is_finished) {
            let looking = self.clone().look(Arc::clone(store), Arc::clone(clock));
            waiting.looking = Some(tokio::spawn(looking));
        }
        drop(waiting);
        Place {
            lookout: self.clone(),
            number,
            woken,
        }
    }

    /// Looks again and again, until nobody waits.
    async fn look(self, store: Arc<dyn Store>, clock: Clock) {
        let mut tick = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let Some(asked) = self.approvals() else { return };
            let ids: Vec<&str> = asked.iter().map(String::as_str).collect();
            let states = store.approval_states(&ids).await;
            let now = time::rfc3339(clock());
            // When the store fails, each call finds out for itself.
            let states = states.unwrap_or_default();
            self.wake(|call| {
                let is_pending = states.get(&call.approval_id) == Some(&ApprovalState::Pending);
                asked.contains(&call.approval_id) && (!is_pending || call.expires_at <= now)
            });
        }
    }

    /// What calls wait for; `None`, and the end of looking, when none does.
    fn approvals(&self) -> Option<BTreeSet<String>> {
        let mut waiting = self.lock();
        if waiting.calls.is_empty() {
            waiting.looking = None;
            return None;
        }
        Some(waiting.calls.values().map(|call| call.approval_id.clone()).collect())
    }

    fn wake(&self, is_over: impl Fn(&Call) -> bool) {
        let over = self
            .lock()
            .calls
            .extract_if(.., |_, call| is_over(call))
            .collect::<Vec<_>>();
        for (_, call) in over {
            // Fails when the call has given up meanwhile.
            call.wake.send(()).ok();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Returns when there is something to see: a decision, the record's end, or a store that fails.
    pub(super) async fn over(&mut self) {
        // Without a sender nobody looks any more, and the call sees for itself as well.
        (&mut self.woken).await.ok();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.lookout.lock().calls.remove(&self.number);
    }
}
