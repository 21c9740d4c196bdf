//! `toolgate:action/progress`.

use std::time::Duration;

use tokio::time::Instant;

use super::super::world::toolgate::action::progress::Host;
use super::Run;

/// No client shows more than ten reports a second.
const APART: Duration = Duration::from_millis(100);

/// Longest message, in bytes.
const LONGEST: usize = 1024;

impl Host for Run {
    fn report(&mut self, done: f64, total: Option<f64>, message: Option<String>) {
        let now = Instant::now();
        if self.reported.is_some_and(|before| now - before < APART) {
            return;
        }
        self.reported = Some(now);
        let message = message
            .as_deref()
            .map(|message| &message[..message.floor_char_boundary(LONGEST)]);
        self.outside.progress(done, total, message);
    }
}
