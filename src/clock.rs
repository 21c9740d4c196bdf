//! What time it is, and how long something took.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// Tells the moment. The wall clock is the only one that processes share; tests bring their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The wall clock.
#[must_use]
pub fn wall() -> Clock {
    Arc::new(Timestamp::now)
}

/// Whole milliseconds, as they stand in rows, limits and logs.
#[must_use]
pub fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
