//! `toolgate:action/log`.

use super::super::meter::{Line, Meter};
use super::super::world::toolgate::action::log::{Host, Level};
use super::super::{GuestLogLevel, Outside};
use super::Run;

impl Host for Run {
    fn write(&mut self, level: Level, message: String) {
        keep(&*self.outside, &self.meter, level.into(), &message);
    }
}

/// Keeps a line, or as much of it as there is room for.
pub(super) fn keep(outside: &dyn Outside, meter: &Meter, level: GuestLogLevel, message: &str) {
    match meter.line(message) {
        Line::Kept(length) => outside.log(level, message, length),
        Line::FirstLeftOut => {
            let limits = meter.limits();
            let message = format!(
                "further lines were left out: more than {} lines or {} bytes (settings sandbox.max_log_lines, \
                 sandbox.max_log_bytes)",
                limits.log_lines, limits.log_bytes
            );
            outside.log(GuestLogLevel::Warn, &message, message.len());
        }
        Line::LeftOut => {}
    }
}

impl From<Level> for GuestLogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Debug => Self::Debug,
            Level::Info => Self::Info,
            Level::Warn => Self::Warn,
            Level::Error => Self::Error,
        }
    }
}
