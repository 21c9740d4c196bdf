//! What the host does for an action beside its requests.

use std::time::{Duration, SystemTime};

use crate::bindings::toolgate::action as host;

pub use host::crypto::Algorithm;
pub use host::log::Level;

/// Writes a line to the log of this call.
pub fn log(level: Level, message: &str) {
    host::log::write(level, message);
}

/// Writes a line that only the action's author cares for.
pub fn debug(message: &str) {
    log(Level::Debug, message);
}

/// Writes what happened.
pub fn info(message: &str) {
    log(Level::Info, message);
}

/// Writes what may become a problem.
pub fn warn(message: &str) {
    log(Level::Warn, message);
}

/// Writes what failed.
pub fn error(message: &str) {
    log(Level::Error, message);
}

/// The time. `SystemTime::now` panics in a component without WASI.
#[must_use]
pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(host::clock::now())
}

/// Waits, within the time that the call has left.
pub async fn sleep(duration: Duration) {
    host::clock::sleep(milliseconds(duration)).await;
}

/// Whole milliseconds, rounded up so that a short wait is one.
pub(crate) fn milliseconds(duration: Duration) -> u32 {
    let rounded = duration.as_nanos().div_ceil(1_000_000);
    u32::try_from(rounded).unwrap_or(u32::MAX)
}

/// Most bytes that the host gives at once.
const MOST_RANDOM_BYTES: u32 = 65_536;

/// Bytes fit for keys and identifiers.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    for part in bytes.chunks_mut(MOST_RANDOM_BYTES as usize) {
        let count = u32::try_from(part.len()).unwrap_or(MOST_RANDOM_BYTES);
        part.copy_from_slice(&host::random::bytes(count));
    }
    bytes
}

/// Says how far the action is, for clients that show it.
pub fn progress(done: f64, total: Option<f64>, message: Option<&str>) {
    host::progress::report(done, total, message);
}

/// A digest of `data`.
#[must_use]
pub fn digest(algorithm: Algorithm, data: &[u8]) -> Vec<u8> {
    host::crypto::digest(algorithm, data)
}

/// A message authentication code of `data`. A handle as the key counts as the secret that it stands for.
#[must_use]
pub fn hmac(algorithm: Algorithm, key: &[u8], data: &[u8]) -> Vec<u8> {
    host::crypto::hmac(algorithm, key, data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_whole_milliseconds() {
        for (wait, expected) in [
            (Duration::ZERO, 0),
            (Duration::from_nanos(1), 1),
            (Duration::from_micros(1_500), 2),
            (Duration::from_secs(3), 3_000),
            (Duration::MAX, u32::MAX),
        ] {
            assert_eq!(milliseconds(wait), expected, "{wait:?}");
        }
    }
}
