//! How many calls may be in the process, how many of them may run, and how many may wait for a person.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::shares::{Full, Lent, Place, Sharer, Shares};
use super::turns::{Turn, Turns};
use crate::config::Config;

/// Bounds the calls of one process: a call past a bound is refused at once rather than kept waiting in memory.
#[derive(Debug)]
pub struct Admission {
    turns: Turns,
    /// Of calls that run or wait for their turn.
    places: Shares,
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

impl From<&Config> for Bounds {
    fn from(config: &Config) -> Self {
        Self {
            concurrent: config.server.max_concurrent_calls,
            queued: config.server.max_queued_calls,
            waiting: config.approvals.max_waiting,
            waiting_per_caller: config.approvals.max_waiting_per_caller,
        }
    }
}

#[derive(Debug)]
struct Shared {
    bounds: Bounds,
    /// Calls that wait for a person, by their caller.
    waiting: Mutex<HashMap<Caller, usize>>,
}

/// A user and the organisation.
type Caller = (String, String);

/// Leave to be in the process; ends when dropped.
#[derive(Debug)]
pub struct Admitted {
    place: Place,
    shared: Arc<Shared>,
}

/// Leave to wait for a person. The call takes no place from others meanwhile, and has its own back when this is dropped.
#[derive(Debug)]
pub struct Waiting<'a> {
    _lent: Lent<'a>,
    shared: &'a Shared,
    caller: Caller,
}

/// There are too many calls already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Overloaded {
    /// Of this caller: what is left is for others.
    #[error("this caller has as many calls running or waiting as one may have of {limit}")]
    Caller {
        /// The bound on all calls together.
        limit: usize,
    },
    /// Of all callers together.
    #[error("{limit} calls are running or waiting already")]
    Server {
        /// The bound that was reached.
        limit: usize,
    },
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
            turns: Turns::new(bounds.concurrent),
            places: Shares::new(bounds.present()),
            shared: Arc::new(Shared {
                bounds,
                waiting: Mutex::default(),
            }),
        }
    }

    /// Lets one more call in.
    ///
    /// # Errors
    /// [`Overloaded`] when all places are taken, or as many as one caller may have.
    pub fn admit(&self, sharer: Sharer) -> Result<Admitted, Overloaded> {
        let limit = self.shared.bounds.present();
        let place = self.places.take(sharer).map_err(|full| match full {
            Full::Everywhere => Overloaded::Server { limit },
            Full::ForThisUser => Overloaded::Caller { limit },
        })?;
        Ok(Admitted {
            place,
            shared: Arc::clone(&self.shared),
        })
    }

    /// Waits for a turn to run. Waiting for a person happens before, so that slow people do not stop fast calls.
    pub async fn turn(&self, sharer: Sharer) -> Turn {
        self.turns.take(sharer).await
    }

    /// Calls that are in the process.
    #[must_use]
    pub fn present(&self) -> usize {
        let waiting: usize = self.shared.waiting().values().sum();
        self.places.taken() + waiting
    }
}

impl Bounds {
    /// Calls that run or wait for their turn.
    fn present(self) -> usize {
        self.concurrent.saturating_add(self.queued)
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
        Ok(Waiting {
            _lent: self.place.lend(),
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

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        // Its place it has again even where all are taken by now: what a person has allowed must not be refused for that.
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
        let first = admission.admit(None).unwrap();
        let _second = admission.admit(None).unwrap();
        assert_eq!(admission.admit(None).unwrap_err(), Overloaded::Server { limit: 2 });
        drop(first);
        assert!(admission.admit(None).is_ok());
    }

    #[test]
    fn one_caller_leaves_something_for_others() {
        let admission = Admission::new(Bounds { queued: 7, ..BOUNDS });
        let busy = || admission.admit(Some("busy".into()));
        let _places: Vec<_> = (0..6).map(|_| busy().unwrap()).collect();
        let refused = busy().unwrap_err();
        assert_eq!(refused, Overloaded::Caller { limit: 8 });
        assert_eq!(
            refused.to_string(),
            "this caller has as many calls running or waiting as one may have of 8"
        );
        assert!(admission.admit(Some("other".into())).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_run_at_once() {
        let admission = Admission::new(BOUNDS);
        let running = admission.turn(None).await;
        let waited = tokio::time::timeout(std::time::Duration::from_mins(1), admission.turn(None)).await;
        assert!(waited.is_err(), "a second call ran beside the first");
        drop(running);
        admission.turn(None).await;
    }

    #[test]
    fn calls_that_wait_for_a_person_take_no_place_and_have_bounds_of_their_own() {
        let admission = Admission::new(BOUNDS);
        let (first, second) = (admission.admit(None).unwrap(), admission.admit(None).unwrap());
        let waiting = first.wait_for_person("ana", "acme").unwrap();
        let also_waiting = second.wait_for_person("ana", "acme").unwrap();
        assert_eq!(admission.present(), 2);

        let (third, fourth) = (admission.admit(None).unwrap(), admission.admit(None).unwrap());
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
        let decided = admission.admit(None).unwrap();
        let waiting = decided.wait_for_person("ana", "acme").unwrap();
        let _others = [admission.admit(None).unwrap(), admission.admit(None).unwrap()];
        drop(waiting);
        assert_eq!(admission.present(), 3);
        assert_eq!(admission.admit(None).unwrap_err(), Overloaded::Server { limit: 2 });
        drop(decided);
        assert_eq!(admission.present(), 2);
    }
}
