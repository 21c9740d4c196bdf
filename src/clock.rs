//! What time it is.

use std::sync::Arc;

use jiff::Timestamp;

/// Tells the moment. The wall clock is the only one that processes share; tests bring their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The wall clock.
#[must_use]
pub fn wall() -> Clock {
    Arc::new(Timestamp::now)
}
