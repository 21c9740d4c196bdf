//! Timers, in the order in which they are due. One sleep of the host serves them all.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rquickjs::{Function, Persistent};

use crate::imports::clock;

/// A timer's place: when it is due (microseconds since 1970), then who came first.
type Place = (u64, u32);

#[derive(Clone)]
struct Timer {
    callback: Persistent<Function<'static>>,
    /// Microseconds between two calls; `None` for one call.
    every: Option<u64>,
}

struct Timers {
    waiting: BTreeMap<Place, Timer>,
    /// When each timer is due, by its number.
    due: BTreeMap<u32, u64>,
    last_number: u32,
    /// The latest moment that a finished sleep stands for: the host's clock may lag behind its own sleeps.
    reached: u64,
}

thread_local! {
    static TIMERS: RefCell<Timers> = const {
        RefCell::new(Timers { waiting: BTreeMap::new(), due: BTreeMap::new(), last_number: 0, reached: 0 })
    };
}

impl Timers {
    fn now(&self) -> u64 {
        clock::now().max(self.reached)
    }

    fn add(&mut self, number: u32, at: u64, timer: Timer) {
        self.due.insert(number, at);
        self.waiting.insert((at, number), timer);
    }
}

/// Starts a timer; gives its number.
pub(crate) fn start(callback: Persistent<Function<'static>>, milliseconds: u32, repeat: bool) -> u32 {
    TIMERS.with_borrow_mut(|timers| {
        let pause = u64::from(milliseconds) * 1000;
        timers.last_number += 1;
        let number = timers.last_number;
        timers.add(
            number,
            timers.now() + pause,
            Timer {
                callback,
                every: repeat.then_some(pause),
            },
        );
        number
    })
}

/// Stops a timer; a number that stands for none is ignored.
pub(crate) fn stop(number: u32) {
    TIMERS.with_borrow_mut(|timers| {
        if let Some(at) = timers.due.remove(&number) {
            timers.waiting.remove(&(at, number));
        }
    });
}

/// When the next timer is due, and for how many milliseconds to sleep until then, at least one.
pub(crate) fn next() -> Option<(u64, u32)> {
    TIMERS.with_borrow(|timers| {
        let (&(due, _), _) = timers.waiting.first_key_value()?;
        let milliseconds = due.saturating_sub(timers.now()).div_ceil(1000);
        Some((due, u32::try_from(milliseconds).unwrap_or(u32::MAX).max(1)))
    })
}

/// Notes that the sleep until `moment` is over.
pub(crate) fn slept_until(moment: u64) {
    TIMERS.with_borrow_mut(|timers| timers.reached = timers.reached.max(moment));
}

/// Takes the next timer that was due at `moment`, which is set to now when nothing was due before; a repeating one is put
/// back for later.
pub(crate) fn take_due(moment: &mut Option<u64>) -> Option<Persistent<Function<'static>>> {
    TIMERS.with_borrow_mut(|timers| {
        let (due, _) = *timers.waiting.first_key_value()?.0;
        if due > *moment.get_or_insert_with(|| timers.now()) {
            return None;
        }
        let first = timers.waiting.first_entry()?;
        let ((_, number), timer) = first.remove_entry();
        timers.due.remove(&number);
        if let Some(pause) = timer.every {
            timers.add(number, timers.now() + pause, timer.clone());
        }
        Some(timer.callback)
    })
}
