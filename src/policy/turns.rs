//! Turns of calls to run: so many at a time, and among callers that wait the next one to whoever runs least, or else has
//! waited longest for one. A user whose calls are slow delays a call of another by one of them, not by all of them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::shares::Sharer;

/// Hands out turns. Clones share them.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Turns that nobody has. While somebody waits there are none.
    free: usize,
    /// Those who run or wait.
    callers: HashMap<Sharer, Calls>,
    /// How many turns were handed out.
    given: u64,
    /// How many calls have waited.
    waited: u64,
}

/// The calls of one caller.
#[derive(Debug, Default)]
struct Calls {
    running: usize,
    /// In the order they came.
    waiting: VecDeque<oneshot::Sender<Turn>>,
    /// When the last turn was handed out to this caller, by the number of that turn.
    served: u64,
    /// When the first of them began to wait while there was no other, by the number of that wait.
    waits: u64,
}

/// One turn, until this is dropped.
#[derive(Debug)]
pub struct Turn {
    sharer: Sharer,
    turns: Turns,
    /// Unset once the turn was given to somebody else.
    is_mine: bool,
}

impl Turns {
    /// `count` turns at a time, at least one.
    #[must_use]
    pub fn new(count: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free: count.max(1),
            callers: HashMap::new(),
            given: 0,
            waited: 0,
        })))
    }

    /// Waits for a turn. Whoever stops waiting gives up the place in the queue.
    pub async fn take(&self, sharer: Sharer) -> Turn {
        loop {
            let coming = {
                let mut state = self.state();
                if state.free > 0 {
                    state.free -= 1;
                    state.begin(&sharer);
                    return self.turn(sharer);
                }
                state.wait(&sharer)
            };
            tracing::debug!("a call waits for its turn");
            // The sender is kept until it is used, so that there is no error; if there were, one would ask again.
            if let Ok(turn) = coming.await {
                return turn;
            }
        }
    }

    fn turn(&self, sharer: Sharer) -> Turn {
        Turn {
            sharer,
            turns: self.clone(),
            is_mine: true,
        }
    }

    /// Ends a turn of `sharer`, and gives it to the next one that still waits.
    fn end(&self, sharer: &Sharer) {
        let mut state = self.state();
        state.end(sharer);
        while let Some((next, waiting)) = state.pick() {
            state.begin(&next);
            // Whoever gets it may drop it at once, which comes back here.
            drop(state);
            let Err(mut refused) = waiting.send(self.turn(next)) else {
                return;
            };
            refused.is_mine = false;
            state = self.state();
            state.end(&refused.sharer);
        }
        state.free += 1;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin(&mut self, sharer: &Sharer) {
        self.given += 1;
        let given = self.given;
        let calls = self.calls(sharer);
        calls.running += 1;
        calls.served = given;
    }

    fn end(&mut self, sharer: &Sharer) {
        let calls = self.calls(sharer);
        calls.running -= 1;
        if calls.running == 0 && calls.waiting.is_empty() {
            self.callers.remove(sharer);
        }
    }

    fn wait(&mut self, sharer: &Sharer) -> oneshot::Receiver<Turn> {
        let (sender, receiver) = oneshot::channel();
        self.waited += 1;
        let waited = self.waited;
        let calls = self.calls(sharer);
        if calls.waiting.is_empty() {
            calls.waits = waited;
        }
        let waiting = &mut calls.waiting;
        if waiting.len() == waiting.capacity() {
            // Before there is more memory for them: those that were given up.
            waiting.retain(|sender| !sender.is_closed());
        }
        waiting.push_back(sender);
        receiver
    }

    /// Takes the call out of the queue that is next.
    fn pick(&mut self) -> Option<(Sharer, oneshot::Sender<Turn>)> {
        let callers = self.callers.iter_mut();
        let (sharer, calls) = callers
            .filter(|(_, calls)| !calls.waiting.is_empty())
            .min_by_key(|(_, calls)| (calls.running, calls.served, calls.waits))?;
        let next = calls.waiting.pop_front()?;
        Some((sharer.clone(), next))
    }

    fn calls(&mut self, sharer: &Sharer) -> &mut Calls {
        self.callers.entry(sharer.clone()).or_default()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.is_mine {
            self.turns.end(&self.sharer);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use futures_util::FutureExt as _;

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "a user is one kind of caller")]
    fn user(name: &str) -> Sharer {
        Some(name.into())
    }

    type Waiting = Pin<Box<dyn Future<Output = Turn>>>;

    /// Begins to wait for a turn that is not there yet.
    fn waits(turns: &Turns, sharer: Sharer) -> Waiting {
        let turns = turns.clone();
        let mut waiting: Waiting = Box::pin(async move { turns.take(sharer).await });
        assert!(waiting.as_mut().now_or_never().is_none());
        waiting
    }

    fn comes(waiting: &mut Waiting) -> Option<Turn> {
        waiting.as_mut().now_or_never()
    }

    #[test]
    fn whoever_runs_least_is_next() {
        let turns = Turns::new(2);
        let take = |sharer| turns.take(sharer).now_or_never().expect("free");
        let (first, second) = (take(user("busy")), take(user("busy")));
        let mut third = waits(&turns, user("busy"));
        let mut other = waits(&turns, user("other"));
        let mut local = waits(&turns, None);
        drop(first);
        assert!(comes(&mut third).is_none());
        let other = comes(&mut other).expect("the other user runs nothing");
        drop(second);
        let local = comes(&mut local).expect("nor did this one");
        drop(other);
        let third = comes(&mut third).expect("its turn");
        drop((local, third));
        let state = turns.state();
        assert_eq!((state.free, state.callers.len()), (2, 0));
    }

    #[test]
    fn those_who_run_as_little_take_turns() {
        let turns = Turns::new(1);
        let mut running = turns.take(user("busy")).now_or_never().expect("free");
        let mut busy: Vec<_> = (0..3).map(|_| waits(&turns, user("busy"))).collect();
        let mut other: Vec<_> = (0..3).map(|_| waits(&turns, user("other"))).collect();
        for _ in 0..3 {
            for of_one in [&mut other, &mut busy] {
                drop(running);
                running = comes(&mut of_one.remove(0)).expect("its turn");
            }
        }
    }

    #[test]
    fn calls_of_one_user_keep_their_order() {
        let turns = Turns::new(1);
        let mut running = turns.take(None).now_or_never().expect("free");
        let mut queue: VecDeque<_> = (0..5).map(|_| waits(&turns, None)).collect();
        while let Some(mut next) = queue.pop_front() {
            assert!(queue.iter_mut().all(|later| comes(later).is_none()));
            drop(running);
            running = comes(&mut next).expect("its turn");
        }
    }

    #[test]
    fn whoever_stops_waiting_stops_nobody() {
        let turns = Turns::new(1);
        let running = turns.take(None).now_or_never().expect("free");
        let gone = waits(&turns, user("gone"));
        let given = waits(&turns, user("given"));
        let mut last = waits(&turns, None);
        drop(gone);
        drop(running);
        // It has its turn, and is dropped before it looks.
        assert_eq!(turns.state().callers[&user("given")].running, 1);
        drop(given);
        let last = comes(&mut last).expect("its turn");
        drop(last);
        let state = turns.state();
        assert_eq!((state.free, state.callers.len()), (1, 0));
    }

    #[test]
    fn what_was_given_up_takes_no_memory() {
        let turns = Turns::new(1);
        let _running = turns.take(None).now_or_never().expect("free");
        let _kept = waits(&turns, None);
        for _ in 0..10_000 {
            drop(waits(&turns, None));
        }
        assert!(turns.state().callers[&None].waiting.capacity() < 100);
    }
}
