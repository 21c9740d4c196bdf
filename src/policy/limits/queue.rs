//! The one task that counts: takes the calls that have queued up, and counts them in one transaction.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::lease::Leases;
use super::{LimitError, Reached, Rule};
use crate::clock::Clock;
use crate::store::{Full, Store, Unused, Wanted};

/// Calls in one transaction at most.
const BATCH_LENGTH: usize = 256;

/// How often windows are deleted that are empty.
const FORGET_EVERY: Duration = Duration::from_mins(1);

/// One call, and who waits for it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) rules: Vec<Rule>,
    pub(super) done: oneshot::Sender<Result<(), LimitError>>,
}

/// What the task works with.
pub(super) struct Queue {
    pub(super) store: Arc<dyn Store>,
    pub(super) leases: Arc<Leases>,
    pub(super) clock: Clock,
}

/// A call that needs slots from the store.
struct Waiting {
    /// Needs a slot from the store, in the order of its rules.
    missing: Vec<Rule>,
    /// Has one that was taken ahead.
    covered: Vec<Rule>,
    done: oneshot::Sender<Result<(), LimitError>>,
}

impl Queue {
    /// Counts until `stop`, then what is still queued; or until nobody can send any more.
    pub(super) async fn run(self, mut entries: mpsc::Receiver<Entry>, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(BATCH_LENGTH);
        let mut unused = Vec::new();
        let mut forgotten: Option<Instant> = None;
        loop {
            let received = tokio::select! {
                () = stop.cancelled(), if !entries.is_closed() => {
                    entries.close();
                    continue;
                }
                received = entries.recv_many(&mut batch, BATCH_LENGTH) => received,
            };
            if received == 0 {
                break;
            }
            self.count(&mut batch, &mut unused).await;
            if forgotten.is_none_or(|at| at.elapsed() >= FORGET_EVERY) {
                forgotten = Some(Instant::now());
                self.forget().await;
            }
        }
        unused.extend(self.leases.take_all(Instant::now()));
        if unused.is_empty() {
            return;
        }
        if let Err(error) = self.store.take_slots(&[], &unused, &self.clock).await {
            tracing::warn!(%error, "slots that were not used stay taken until their windows are over");
        }
    }

    /// Counts the calls of `batch`, and puts back what is `unused`.
    async fn count(&self, batch: &mut Vec<Entry>, unused: &mut Vec<Unused>) {
        // Read before the transaction: what is taken in it lasts no longer than from now on.
        let (now, instant) = ((self.clock)(), Instant::now());
        let mut waiting = Vec::with_capacity(batch.len());
        let mut calls = Vec::with_capacity(batch.len());
        for Entry { rules, done } in batch.drain(..) {
            if done.is_closed() {
                // Nobody waits for the call any more; it has done nothing yet.
                continue;
            }
            let (covered, missing): (Vec<_>, Vec<_>) =
                rules.into_iter().partition(|rule| self.leases.use_one(rule, now));
            if missing.is_empty() {
                drop(done.send(Ok(())));
                continue;
            }
            calls.push(
                missing
                    .iter()
                    .map(|rule| Wanted {
                        name: rule.name.clone(),
                        window_ms: rule.layer.window_ms(),
                        limit: rule.limit,
                        slots: 1 + self.leases.ahead(rule, now, instant),
                    })
                    .collect(),
            );
            waiting.push(Waiting { missing, covered, done });
        }
        if waiting.is_empty() {
            return;
        }
        unused.extend(self.leases.take_ended(now, instant, BATCH_LENGTH));
        match self.store.take_slots(&calls, unused, &self.clock).await {
            Ok(answers) => {
                unused.clear();
                // First of all: what is kept below may be of another step than the slots to refund.
                for (waiting, answer) in waiting.iter().zip(&answers) {
                    if answer.is_err() {
                        self.refund(&waiting.covered);
                    }
                }
                for (waiting, answer) in waiting.into_iter().zip(answers) {
                    let answer = match answer {
                        Ok(taken) => {
                            for (rule, taken) in waiting.missing.iter().zip(taken) {
                                unused.extend(self.leases.keep(rule, taken, now, instant));
                            }
                            Ok(())
                        }
                        Err(full) => Err(LimitError::Reached(reached(&waiting.missing, &full))),
                    };
                    // A caller that no longer waits does not need the answer.
                    drop(waiting.done.send(answer));
                }
            }
            Err(error) => {
                tracing::error!(%error, calls = waiting.len(), "calls cannot be counted, and are refused");
                let error = Arc::new(error);
                // What was to be put back stays taken until its window is over.
                unused.clear();
                for waiting in waiting {
                    self.refund(&waiting.covered);
                    drop(waiting.done.send(Err(LimitError::Store(Arc::clone(&error)))));
                }
            }
        }
    }

    fn refund(&self, covered: &[Rule]) {
        for rule in covered {
            self.leases.refund(rule);
        }
    }

    async fn forget(&self) {
        if let Err(error) = self.store.forget_windows((self.clock)()).await {
            tracing::warn!(%error, "empty windows were not deleted");
        }
    }
}

/// What to tell a caller whose windows at the places in `full` are full.
fn reached(rules: &[Rule], full: &[Full]) -> Reached {
    let limits = full
        .iter()
        .filter_map(|full| rules.get(full.position))
        .map(|rule| (rule.layer, rule.limit))
        .collect();
    let wait_ms = full.iter().map(|full| full.wait_ms).max().unwrap_or(0);
    Reached {
        limits,
        wait_seconds: u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000),
    }
}
