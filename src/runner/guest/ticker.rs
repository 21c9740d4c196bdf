//! The clock that interrupts guests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::{Thread, park, park_timeout};
use std::time::Duration;

use wasmtime::{Engine, EngineWeak};

/// How long a guest computes before it lets others have their turn.
pub(super) const TICK: Duration = Duration::from_millis(10);

/// For how many ticks the thread stays awake after the last run: short runs, one after the other, wake it once.
const AWAKE_TICKS: u32 = 20;

/// A thread that interrupts guests every [`TICK`] while any runs; it sleeps while none does.
#[derive(Debug)]
pub(super) struct Ticker {
    shared: Arc<Shared>,
    thread: Thread,
}

#[derive(Debug, Default)]
struct Shared {
    /// Runs that are under way.
    runs: AtomicUsize,
    /// Ticks since the start.
    ticks: AtomicU64,
    stopped: AtomicBool,
    /// The thread sleeps until it is woken.
    asleep: AtomicBool,
}

/// While one is held, the clock ticks.
#[derive(Debug)]
pub(super) struct Ticking {
    shared: Arc<Shared>,
}

impl Ticker {
    /// Starts the thread for `engine`.
    pub(super) fn start(engine: &Engine) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let engine = engine.weak();
        let thread = std::thread::Builder::new().name("guest-ticks".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.tick(&engine)
        })?;
        Ok(Self {
            shared,
            thread: thread.thread().clone(),
        })
    }

    /// Lets the clock tick for one more run.
    pub(super) fn run(&self) -> Ticking {
        // With `asleep` in one order for both sides: either this sees the thread asleep, or the thread sees the run.
        self.shared.runs.fetch_add(1, Ordering::SeqCst);
        if self.shared.asleep.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        Ticking {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl Ticking {
    /// Ticks since the start of the clock.
    pub(super) fn ticks(&self) -> u64 {
        self.shared.ticks.load(Ordering::Relaxed)
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.shared.runs.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        self.thread.unpark();
    }
}

impl Shared {
    fn tick(&self, engine: &EngineWeak) {
        let mut idle_ticks = 0;
        while !self.stopped.load(Ordering::Relaxed) {
            if self.runs.load(Ordering::Relaxed) > 0 {
                idle_ticks = 0;
            } else if idle_ticks < AWAKE_TICKS {
                idle_ticks += 1;
            } else {
                self.asleep.store(true, Ordering::SeqCst);
                if self.runs.load(Ordering::SeqCst) == 0 && !self.stopped.load(Ordering::Relaxed) {
                    park();
                }
                self.asleep.store(false, Ordering::SeqCst);
                idle_ticks = 0;
                continue;
            }
            park_timeout(TICK);
            self.ticks.fetch_add(1, Ordering::Relaxed);
            let Some(engine) = engine.upgrade() else { return };
            engine.increment_epoch();
        }
    }
}
