//! How a run computes: counted by ticks, and, when it does so for long, in turns with the others that do.
//!
//! At every tick a guest is interrupted, and the runtime is let go until it has looked for what others wait for. Without
//! that a thread with a guest that computes would look only now and then, and everybody's answers would lie there.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::yield_now;

use super::GuestLimits;
use super::ticker::{TICK, Ticking};

/// For how many ticks a run computes before it has to take turns. Few scripts ever do.
const FREE_TICKS: u64 = 2;

/// How many runs that compute make a crowd, for each thread. In a crowd those that begin take turns too: each of them
/// stands before everybody else's work for a tick, and there may be hundreds.
const CROWD_PER_THREAD: usize = 4;

/// Turns to compute for a tick.
#[derive(Debug)]
pub(super) struct Turns {
    /// For runs that compute for long.
    long: Semaphore,
    /// For runs that have begun, while there is a crowd.
    begun: Semaphore,
    /// Runs that were interrupted and would go on.
    computing: AtomicUsize,
    crowd: usize,
}

/// Counts a run among those that compute.
struct Computing<'a>(&'a AtomicUsize);

impl Drop for Computing<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Turns {
    /// As many at a time as this runtime has threads less one, so that one is left for whoever does not compute; one
    /// where there is only one.
    pub(super) fn on_this_runtime() -> Self {
        let threads = Handle::try_current().map_or(1, |runtime| runtime.metrics().num_workers());
        Self::at_a_time(threads.saturating_sub(1).max(1))
    }

    pub(super) fn at_a_time(turns: usize) -> Self {
        Self {
            long: Semaphore::new(turns),
            begun: Semaphore::new(turns),
            computing: AtomicUsize::new(0),
            crowd: CROWD_PER_THREAD * (turns + 1),
        }
    }

    /// Waits for a turn, first come, first served, if a run needs one after so many ticks. It ends when it is dropped.
    async fn turn(&self, ticks: u64) -> Option<SemaphorePermit<'_>> {
        let turns = if ticks >= FREE_TICKS {
            &self.long
        } else if self.computing.load(Ordering::Relaxed) >= self.crowd {
            &self.begun
        } else {
            return None;
        };
        // The semaphores are never closed.
        turns.acquire().await.ok()
    }

    fn computes(&self) -> Computing<'_> {
        self.computing.fetch_add(1, Ordering::Relaxed);
        Computing(&self.computing)
    }
}

/// `future`'s end, and for how many ticks it computed; `None` when those became too many. Waiting does not count.
///
/// A poll counts as a tick when one fell into it. It is most often shorter than a tick, and so counts as often as its
/// share of one: over a run that is its time. Code is interrupted at the first tick, so that a poll with more of them
/// stood still for the others: the machine had something else to do.
pub(super) async fn computed<F: Future>(
    future: F,
    ticking: &Ticking,
    turns: &Turns,
    limits: &GuestLimits,
) -> (Option<F::Output>, u64) {
    let most = u64::try_from(limits.cpu.as_millis() / TICK.as_millis()).unwrap_or(u64::MAX);
    let mut future = std::pin::pin!(future);
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    let mut ticks = 0;
    let mut computing = None;
    loop {
        let turn = turns.turn(ticks).await;
        let before = ticking.ticks();
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        let is_interrupted = ticking.ticks() != before;
        ticks += u64::from(is_interrupted);
        match polled {
            Poll::Ready(output) => return (Some(output), ticks),
            Poll::Pending if ticks > most => return (None, ticks),
            Poll::Pending => {}
        }
        if is_interrupted {
            computing.get_or_insert_with(|| turns.computes());
            yield_now().await;
        }
        // Not before: the next one would run at once.
        drop(turn);
        if !bell.has_rung() {
            // It waits for something.
            computing = None;
        }
        bell.rung().await;
    }
}

/// Ticks as a time.
pub(super) fn time_of(ticks: u64) -> Duration {
    TICK.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX))
}

/// Rings when a future has something to do. While nobody listens it only remembers: a future that is interrupted rings at
/// once, and its task would come before everything that waits for the outside.
#[derive(Debug, Default)]
struct Bell {
    has_rung: AtomicBool,
    listener: AtomicWaker,
}

impl Bell {
    fn has_rung(&self) -> bool {
        self.has_rung.load(Ordering::Acquire)
    }

    /// Waits until it has rung since the last time.
    async fn rung(&self) {
        poll_fn(|context| {
            // First the listener, so that no ringing falls between the two.
            self.listener.register(context.waker());
            if self.has_rung.swap(false, Ordering::AcqRel) {
                drop(self.listener.take());
                return Poll::Ready(());
            }
            Poll::Pending
        })
        .await;
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.has_rung.store(true, Ordering::Release);
        self.listener.wake();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn turns_are_for_runs_that_compute_for_long() {
        let turns = Turns::at_a_time(1);
        assert!(turns.turn(FREE_TICKS - 1).now_or_never().expect("at once").is_none());
        let first = turns.turn(FREE_TICKS).now_or_never().expect("free");
        assert!(turns.turn(FREE_TICKS).now_or_never().is_none());
        assert!(turns.turn(FREE_TICKS - 1).now_or_never().is_some());
        drop(first);
        assert!(turns.turn(FREE_TICKS).now_or_never().is_some());
    }

    #[test]
    fn in_a_crowd_those_that_begin_take_turns_too() {
        let turns = Turns::at_a_time(1);
        let others: Vec<_> = (1..turns.crowd).map(|_| turns.computes()).collect();
        assert!(turns.turn(0).now_or_never().expect("at once").is_none());
        let last = turns.computes();
        let first = turns.turn(0).now_or_never().expect("free");
        assert!(first.is_some() && turns.turn(0).now_or_never().is_none());
        // Those that compute for long have other turns.
        assert!(turns.turn(FREE_TICKS).now_or_never().is_some());
        drop(last);
        assert!(turns.turn(0).now_or_never().expect("at once").is_none());
        drop(others);
        assert_eq!(turns.computing.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_bell_remembers_that_it_rang() {
        let bell = Arc::new(Bell::default());
        assert!(bell.rung().now_or_never().is_none());
        bell.wake_by_ref();
        assert!(bell.rung().now_or_never().is_some());
        assert!(bell.rung().now_or_never().is_none());
    }
}
