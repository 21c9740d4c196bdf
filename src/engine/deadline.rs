//! How long a call may take. Its own clock, because it stands still while a person is asked.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// A time that no call reaches, for settings that name one which no clock can show.
const FOREVER: Duration = Duration::from_hours(24 * 365);

/// When a call has to be over.
#[derive(Debug)]
pub(super) struct Deadline {
    limit: Duration,
    end: watch::Sender<Instant>,
}

/// The deadline stands still until this is dropped.
#[derive(Debug)]
pub(super) struct StoodStill<'a> {
    deadline: &'a Deadline,
    left: Duration,
}

impl Deadline {
    /// Of a call that begins now and may take `limit`.
    pub(super) fn of(limit: Duration) -> Self {
        Self {
            limit,
            end: watch::Sender::new(after(limit)),
        }
    }

    /// How long the call may take as a whole.
    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    /// How long the call may still take.
    pub(super) fn left(&self) -> Duration {
        self.end.borrow().saturating_duration_since(Instant::now())
    }

    /// Returns once the call has to be over.
    pub(super) async fn passed(&self) {
        let mut moved = self.end.subscribe();
        loop {
            let end = *moved.borrow_and_update();
            tokio::select! {
                () = sleep_until(end) => return,
                Ok(()) = moved.changed() => {}
            }
        }
    }

    /// Stands still while a person is asked, who may take `longest`: not for ever, as a store is asked along with them.
    pub(super) fn stand_still(&self, longest: Duration) -> StoodStill<'_> {
        let left = self.left();
        self.end.send_replace(after(left.saturating_add(longest)));
        StoodStill { deadline: self, left }
    }
}

impl Drop for StoodStill<'_> {
    fn drop(&mut self) {
        self.deadline.end.send_replace(after(self.left));
    }
}

fn after(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or(now + FOREVER)
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    async fn passes_after(deadline: &Deadline) -> Duration {
        let began = Instant::now();
        deadline.passed().await;
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_person_takes_none_of_the_time() {
        let second = Duration::from_secs(1);
        let deadline = Deadline::of(10 * second);
        let (passed, ()) = tokio::join!(passes_after(&deadline), async {
            sleep(3 * second).await;
            let asking = deadline.stand_still(60 * second);
            sleep(50 * second).await;
            drop(asking);
            assert_eq!(deadline.left(), 7 * second);
        });
        assert_eq!(passed, 60 * second);
    }

    #[tokio::test(start_paused = true)]
    async fn a_person_takes_no_longer_than_they_may() {
        let second = Duration::from_secs(1);
        let deadline = Deadline::of(10 * second);
        let _asking = deadline.stand_still(60 * second);
        assert_eq!(passes_after(&deadline).await, 70 * second);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_that_no_clock_shows_is_far_away() {
        let deadline = Deadline::of(Duration::MAX);
        let _asking = deadline.stand_still(Duration::MAX);
        assert!(deadline.left() > Duration::from_hours(1));
    }
}
