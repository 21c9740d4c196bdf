//! When a server stops: no new work, then a grace for the calls in flight, then an end.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// How long a call may take to notice that it was cancelled and to leave its audit row.
const SETTLE: Duration = Duration::from_secs(2);

/// What the handler and the transports of one server share about its end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lifetime {
    shutdown: CancellationToken,
    grace: Duration,
    calls: TaskTracker,
}

impl Lifetime {
    /// A server that stops when `shutdown` is cancelled and gives calls in flight `grace` to finish.
    #[must_use]
    pub fn new(shutdown: CancellationToken, grace: Duration) -> Self {
        Self {
            shutdown,
            grace,
            calls: TaskTracker::new(),
        }
    }

    /// Cancelled when no new work is to begin.
    pub(super) fn shutdown(&self) -> &CancellationToken {
        &self.shutdown
    }

    /// How long calls in flight may go on after the end was announced.
    pub(super) fn grace(&self) -> Duration {
        self.grace
    }

    /// Counts a call as in flight until the token is dropped.
    pub(super) fn begin_call(&self) -> TaskTrackerToken {
        self.calls.token()
    }

    /// Waits until no call is in flight.
    pub(super) async fn calls_finished(&self) {
        // A closed tracker still counts new tokens; closing it only lets `wait` return.
        self.calls.close();
        self.calls.wait().await;
    }

    /// Waits, but not for long, until cancelled calls have ended.
    pub(super) async fn settle(&self) {
        if tokio::time::timeout(SETTLE, self.calls_finished()).await.is_err() {
            tracing::warn!(calls = self.calls.len(), "calls did not end when they were cancelled");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_for_calls_in_flight() {
        let lifetime = Lifetime::new(CancellationToken::new(), Duration::from_secs(10));
        let call = lifetime.begin_call();
        let waited = tokio::time::timeout(Duration::from_mins(1), lifetime.calls_finished()).await;
        assert!(waited.is_err());
        drop(call);
        lifetime.calls_finished().await;
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_on_calls_that_never_end() {
        let lifetime = Lifetime::new(CancellationToken::new(), Duration::from_secs(10));
        let _call = lifetime.begin_call();
        let start = tokio::time::Instant::now();
        lifetime.settle().await;
        assert_eq!(start.elapsed(), SETTLE);
    }
}
