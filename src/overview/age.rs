//! How long ago something was.

use jiff::Timestamp;

/// How long before `now` the moment was, e.g. `2 hours ago`: whole units of the greatest that fits, up to days. Less
/// than a minute, and a moment that is yet to come because a clock was set back, is `just now`.
#[must_use]
pub fn ago(moment: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(moment).as_secs();
    let (count, unit) = match seconds {
        ..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn ages_are_whole_units() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        for (seconds, said) in [
            (-5, "just now"),
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (119, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (3_600, "1 hour ago"),
            (7_200, "2 hours ago"),
            (86_399, "23 hours ago"),
            (86_400, "1 day ago"),
            (86_400 * 400, "400 days ago"),
        ] {
            assert_eq!(ago(now - SignedDuration::from_secs(seconds), now), said, "{seconds}");
        }
    }
}
