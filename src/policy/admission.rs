//! How many calls may be in the process, how many of them may run, and how many may wait for a person.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

/// Bounds the calls of one process: a call past a bound is refused at once rather than kept waiting in memory.
#[derive(Debug)]
pub struct Admission {
    running: Semaphore,
    shared: Arc<Shared>,
}

/// How many calls there may be at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Calls that run.
    pub concurrent: usize,
    /// More calls that wait for their turn.
    pub queued: usize,
    /// Calls that wait for a person.
    pub waiting: usize,
    /// Those of them that are of one caller.
    pub waiting_per_caller: usize,
}

/// As the server's settings have them by default.
impl Default for Bounds {
    fn default() -> Self {
        Self {
            concurrent: 64,
            queued: 256,
            waiting: 256,
            waiting_per_caller: 64,
        }
    }
}

#[derive(Debug)]
struct Shared {
    bounds: Bounds,
    /// Calls that run or wait for their turn.
    present: AtomicUsize,
    /// Calls that wait for a person, by their caller.
    waiting: Mutex<HashMap<Caller, usize>>,
}

/// A user and the organisation.
type Caller = (String, String);

/// Leave to be in the process; ends when dropped.
#[derive(Debug)]
pub struct Admitted {
    shared: Arc<Shared>,
}

/// Leave to wait for a person. The call takes no place from others meanwhile, and has its own back when this is dropped.
#[derive(Debug)]
pub struct Waiting<'a> {
    shared: &'a Shared,
    caller: Caller,
}

/// There are too many calls already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{limit} calls are running or waiting already")]
pub struct Overloaded {
    /// The bound that was reached.
    pub limit: usize,
}

/// Too many calls wait for a person already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Crowded {
    /// Of this caller.
    #[error("{limit} calls of this caller wait for a person already")]
    Caller {
        /// The bound that was reached.
        limit: usize,
    },
    /// Of all callers together.
    #[error("{limit} calls wait for a person already")]
    Server {
        /// The bound that was reached.
        limit: usize,
    },
}

impl Admission {
    /// Admits calls within `bounds`.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self {
            running: Semaphore::new(bounds.concurrent.min(Semaphore::MAX_PERMITS)),
            shared: Arc::new(Shared {
                bounds,
                present: AtomicUsize::new(0),
                waiting: Mutex::default(),
            }),
        }
    }

    /// Lets one more call in.
    ///
    /// # Errors
    /// [`Overloaded`] when all places are taken.
    pub fn admit(&self) -> Result<Admitted, Overloaded> {
        let Bounds { concurrent, queued, .. } = self.shared.bounds;
        let limit = concurrent.saturating_add(queued);
        self.shared
            .present
            .try_update(Ordering::AcqRel, Ordering::Acquire, |present| {
                (present < limit).then_some(present + 1)
            })
            .map_err(|_| Overloaded { limit })?;
        Ok(Admitted {
            shared: Arc::clone(&self.shared),
        })
    }

    /// Waits for a turn to run. Waiting for a person happens before, so that slow people do not stop fast calls.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.running.acquire().await.ok()
    }

    /// Calls that are in the process.
    #[must_use]
    pub fn present(&self) -> usize {
        let waiting: usize = self.shared.waiting().values().sum();
        self.shared.present.load(Ordering::Acquire) + waiting
    }
}

impl Admitted {
    /// Gives the call's place up while it waits for a person: a client whose writes nobody decides must not keep
    /// everybody else out.
    ///
    /// # Errors
    /// [`Crowded`]; nobody may be asked then.
    pub fn wait_for_person(&self, user: &str, organisation: &str) -> Result<Waiting<'_>, Crowded> {
        let Bounds {
            waiting: most,
            waiting_per_caller,
            ..
        } = self.shared.bounds;
        let caller = (user.to_owned(), organisation.to_owned());
        let mut waiting = self.shared.waiting();
        let of_caller = waiting.get(&caller).copied().unwrap_or(0);
        if of_caller >= waiting_per_caller {
            return Err(Crowded::Caller {
                limit: waiting_per_caller,
            });
        }
        if waiting.values().sum::<usize>() >= most {
            return Err(Crowded::Server { limit: most });
        }
        waiting.insert(caller.clone(), of_caller + 1);
        drop(waiting);
        self.shared.present.fetch_sub(1, Ordering::AcqRel);
        Ok(Waiting {
            shared: &self.shared,
            caller,
        })
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, HashMap<Caller, usize>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.shared.present.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        // Back in, even where all places are taken by now: what a person has allowed must not be refused for that.
        self.shared.present.fetch_add(1, Ordering::AcqRel);
        let mut waiting = self.shared.waiting();
        if let Some(count) = waiting.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        concurrent: 1,
        queued: 1,
        waiting: 3,
        waiting_per_caller: 2,
    };

    #[test]
    fn a_call_past_the_bound_is_refused_and_a_leaving_one_makes_room() {
        let admission = Admission::new(BOUNDS);
        let first = admission.admit().unwrap();
        let _second = admission.admit().unwrap();
        assert_eq!(admission.admit().unwrap_err(), Overloaded { limit: 2 });
        drop(first);
        assert!(admission.admit().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_run_at_once() {
        let admission = Admission::new(BOUNDS);
        let running = admission.turn().await;
        assert!(running.is_some());
        let waited = tokio::time::timeout(std::time::Duration::from_mins(1), admission.turn()).await;
        assert!(waited.is_err(), "a second call ran beside the first");
        drop(running);
        assert!(admission.turn().await.is_some());
    }

    #[test]
    fn calls_that_wait_for_a_person_take_no_place_and_have_bounds_of_their_own() {
        let admission = Admission::new(BOUNDS);
        let (first, second) = (admission.admit().unwrap(), admission.admit().unwrap());
        let waiting = first.wait_for_person("ana", "acme").unwrap();
        let also_waiting = second.wait_for_person("ana", "acme").unwrap();
        assert_eq!(admission.present(), 2);

        let (third, fourth) = (admission.admit().unwrap(), admission.admit().unwrap());
        assert_eq!(
            third.wait_for_person("ana", "acme").unwrap_err(),
            Crowded::Caller { limit: 2 }
        );
        // The same name elsewhere is somebody else.
        let elsewhere = third.wait_for_person("ana", "globex").unwrap();
        assert_eq!(
            fourth.wait_for_person("ben", "acme").unwrap_err(),
            Crowded::Server { limit: 3 }
        );
        assert_eq!(admission.present(), 4);
        drop(elsewhere);
        drop(fourth.wait_for_person("ben", "acme").unwrap());
        drop((waiting, also_waiting));
        drop((first, second, third, fourth));
        assert_eq!(admission.present(), 0);
    }

    #[test]
    fn a_call_that_was_decided_has_its_place_back_even_where_there_is_none() {
        let admission = Admission::new(BOUNDS);
        let decided = admission.admit().unwrap();
        let waiting = decided.wait_for_person("ana", "acme").unwrap();
        let _others = [admission.admit().unwrap(), admission.admit().unwrap()];
        drop(waiting);
        assert_eq!(admission.present(), 3);
        assert_eq!(admission.admit().unwrap_err(), Overloaded { limit: 2 });
        drop(decided);
        assert_eq!(admission.present(), 2);
    }
}
