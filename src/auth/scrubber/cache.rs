//! Scrubbers that are still good: building one costs far more than using it.

use std::borrow::Cow;
use std::time::Duration;

use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretString};

use super::Scrubber;
use crate::crypto::sha256_of_parts;

/// More than this many credentials in use at once are built again now and then.
const CAPACITY: u64 = 1_024;
/// A scrubber that was not used for this long is dropped the next time the cache is used.
const IDLE: Duration = Duration::from_mins(10);

/// Scrubbers by a hash of the values that they look for. A rotated secret, a changed connector or another principal
/// has other values and so another key: an entry can be unused, but never out of date.
#[derive(Clone)]
pub struct ScrubberCache {
    scrubbers: Cache<[u8; 32], Scrubber>,
}

impl ScrubberCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        let scrubbers = Cache::builder().max_capacity(CAPACITY).time_to_idle(IDLE).build();
        Self { scrubbers }
    }

    /// The scrubber for exactly these values.
    pub(in crate::auth) fn scrubber(&self, values: &[&SecretString]) -> Scrubber {
        let values = || values.iter().map(|value| value.expose_secret());
        let key = sha256_of_parts(values().map(str::as_bytes));
        self.scrubbers.get_with(key, || Scrubber::new(values()))
    }

    /// `text` without the values of every credential that was in use lately, for what belongs to no call, e.g. logs. They
    /// are found in any case: the hosts of URLs have lost theirs.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for (_, scrubber) in &self.scrubbers {
            if let Cow::Owned(cleaner) = scrubber.text(&clean) {
                clean = cleaner;
            }
            if let Cow::Owned(cleaner) = scrubber.caseless(&clean) {
                clean = cleaner;
            }
        }
        clean
    }
}

impl Default for ScrubberCache {
    fn default() -> Self {
        Self::new()
    }
}
