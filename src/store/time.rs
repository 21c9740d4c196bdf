//! The one form in which the store keeps moments.
//!
//! Backends compare these texts as texts, so every one must have the same length and zone.

use std::time::Duration;

use jiff::Timestamp;

/// A moment as RFC 3339 in UTC with exactly three digits of milliseconds, e.g. `2026-11-21T09:30:00.000Z`.
/// Finer digits are cut off, not rounded: a moment never moves into the future.
#[must_use]
pub fn rfc3339(moment: Timestamp) -> String {
    format!("{moment:.3}")
}

/// The time between two moments made by [`rfc3339`]; none when a clock was set back.
#[must_use]
pub fn between(earlier: &str, later: &str) -> Duration {
    let [Ok(earlier), Ok(later)] = [earlier, later].map(str::parse::<Timestamp>) else {
        return Duration::ZERO;
    };
    Duration::try_from(later.duration_since(earlier)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_sort_like_the_moments_they_stand_for() {
        let moments = [
            Timestamp::UNIX_EPOCH,
            Timestamp::from_millisecond(1).unwrap(),
            Timestamp::from_millisecond(999).unwrap(),
            Timestamp::from_second(1).unwrap(),
            Timestamp::from_second(1_700_000_000).unwrap(),
            Timestamp::from_millisecond(1_700_000_000_010).unwrap(),
            Timestamp::MAX,
        ];
        let texts: Vec<String> = moments.into_iter().map(rfc3339).collect();
        assert!(texts.iter().all(|text| text.len() == 24), "{texts:?}");
        assert!(texts.is_sorted(), "{texts:?}");
    }

    #[test]
    fn milliseconds_are_always_there_and_finer_digits_are_cut() {
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_999_999, "1970-01-01T00:00:00.001Z"),
            (999_999_999, "1970-01-01T00:00:00.999Z"),
        ];
        for (nanoseconds, text) in cases {
            assert_eq!(rfc3339(Timestamp::from_nanosecond(nanoseconds).unwrap()), text);
        }
    }
}
