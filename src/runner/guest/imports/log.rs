//! `toolgate:action/log`.

use super::super::GuestLogLevel;
use super::super::meter::Line;
use super::super::world::toolgate::action::log::{Host, Level};
use super::Run;

impl Host for Run {
    fn write(&mut self, level: Level, message: String) {
        match self.meter.line(&message) {
            Line::Kept(length) => self.outside.log(level.into(), &message[..length]),
            Line::FirstLeftOut => {
                let limits = self.meter.limits();
                let message = format!(
                    "further lines were left out: more than {} lines or {} bytes (settings sandbox.max_log_lines, \
                     sandbox.max_log_bytes)",
                    limits.log_lines, limits.log_bytes
                );
                self.outside.log(GuestLogLevel::Warn, &message);
            }
            Line::LeftOut => {}
        }
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
