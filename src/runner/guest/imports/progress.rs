//! `toolgate:action/progress`.

use std::time::Duration;

use tokio::time::Instant;

use super::super::world::toolgate::action::progress::Host;
use super::Run;

/// No client shows more than ten reports a second.
const APART: Duration = Duration::from_millis(100);

impl Host for Run {
    fn report(&mut self, done: f64, total: Option<f64>, message: Option<String>) {
        let now = Instant::now();
        if self.reported.is_some_and(|before| now - before < APART) {
            return;
        }
        self.reported = Some(now);
        self.outside.progress(done, total, message.as_deref());
    }
}
