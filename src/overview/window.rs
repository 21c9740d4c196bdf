//! Windows of time, as operators write them and as screens call them (contract S1-73).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Calls since a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The moment; `None` for all calls.
    pub since: Option<Timestamp>,
    /// The window's name, e.g. `Last 24 hours`.
    pub name: String,
    /// The same for a narrow place, e.g. `Last 24h`.
    pub short_name: String,
}

/// No window of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a window of time; write e.g. 24h, 30m, 7d, \"last 24 hours\", today, 2026-11-21, \
     2026-11-21T09:30:00Z, or all"
)]
pub struct WindowError(String);

/// Units by their first letters: letter, name, seconds.
const UNITS: [(&str, &str, i64); 5] = [
    ("s", "second", 1),
    ("m", "minute", 60),
    ("h", "hour", 3_600),
    ("d", "day", 86_400),
    ("w", "week", 604_800),
];

impl Window {
    /// Reads `24h`, `7d`, `last 24 hours`, `today`, a date or moment, or `all`. Days begin at midnight in `zone`.
    ///
    /// # Errors
    /// [`WindowError`] with what can be written.
    pub fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Self, WindowError> {
        let wanted = text.trim().to_ascii_lowercase();
        let unknown = || WindowError(text.to_owned());
        match wanted.as_str() {
            "all" | "all time" => {
                return Ok(Self {
                    since: None,
                    name: "All time".to_owned(),
                    short_name: "All time".to_owned(),
                });
            }
            "today" => {
                return Ok(Self {
                    since: Some(midnight(now.to_zoned(zone.clone()).date(), zone).ok_or_else(unknown)?),
                    name: "Today".to_owned(),
                    short_name: "Today".to_owned(),
                });
            }
            _ => {}
        }
        let amount = wanted.strip_prefix("last ").unwrap_or(&wanted).trim_start();
        let digits = amount.len()
            - amount
                .trim_start_matches(|character: char| character.is_ascii_digit())
                .len();
        let (count, unit) = amount.split_at(digits);
        if let (Ok(count @ 1..), Some((letter, name, seconds))) = (count.parse::<i64>(), unit_of(unit.trim())) {
            let length = count.checked_mul(seconds).ok_or_else(unknown)?;
            let since = now
                .checked_sub(SignedDuration::from_secs(length))
                .map_err(|_| unknown())?;
            let plural = if count == 1 { "" } else { "s" };
            return Ok(Self {
                since: Some(since),
                name: format!("Last {count} {name}{plural}"),
                short_name: format!("Last {count}{letter}"),
            });
        }
        let written = text.trim();
        let since = written
            .parse::<Timestamp>()
            .ok()
            .or_else(|| midnight(written.parse::<Date>().ok()?, zone))
            .ok_or_else(unknown)?;
        let name = format!("Since {written}");
        Ok(Self {
            since: Some(since),
            short_name: name.clone(),
            name,
        })
    }
}

fn unit_of(text: &str) -> Option<(&'static str, &'static str, i64)> {
    UNITS.into_iter().find(|(letter, name, _)| {
        text == *letter || text.strip_suffix('s').unwrap_or(text) == *name || (*name == "minute" && text == "min")
    })
}

fn midnight(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(date.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-21T09:30:00Z";

    fn parse(text: &str) -> Result<Window, WindowError> {
        let zone = TimeZone::posix("IST-5:30").unwrap();
        Window::parse(text, NOW.parse().unwrap(), &zone)
    }

    #[test]
    fn windows_are_read_and_named() {
        for (text, since, name, short_name) in [
            ("24h", "2026-11-20T09:30:00Z", "Last 24 hours", "Last 24h"),
            ("Last 24 hours", "2026-11-20T09:30:00Z", "Last 24 hours", "Last 24h"),
            ("last 1 hour", "2026-11-21T08:30:00Z", "Last 1 hour", "Last 1h"),
            ("90 s", "2026-11-21T09:28:30Z", "Last 90 seconds", "Last 90s"),
            ("30m", "2026-11-21T09:00:00Z", "Last 30 minutes", "Last 30m"),
            ("5min", "2026-11-21T09:25:00Z", "Last 5 minutes", "Last 5m"),
            ("7d", "2026-11-14T09:30:00Z", "Last 7 days", "Last 7d"),
            ("2 weeks", "2026-11-07T09:30:00Z", "Last 2 weeks", "Last 2w"),
            // Midnight in India.
            ("Today", "2026-11-20T18:30:00Z", "Today", "Today"),
            (
                "2026-11-01",
                "2026-10-31T18:30:00Z",
                "Since 2026-11-01",
                "Since 2026-11-01",
            ),
            (
                "2026-11-01T00:00:00Z",
                "2026-11-01T00:00:00Z",
                "Since 2026-11-01T00:00:00Z",
                "Since 2026-11-01T00:00:00Z",
            ),
        ] {
            let window = parse(text).unwrap();
            assert_eq!(window.since, Some(since.parse().unwrap()), "{text}");
            assert_eq!((window.name.as_str(), window.short_name.as_str()), (name, short_name));
        }
        assert_eq!(parse("ALL").unwrap().since, None);
    }

    #[test]
    fn what_is_no_window_is_refused() {
        for text in [
            "",
            "h",
            "0h",
            "-1h",
            "1.5h",
            "24",
            "24x",
            "yesterday",
            "2026-13-01",
            "99999999999999999999d",
            "9999999999999w",
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("`{text}` is not a window of time; write e.g. 24h")),
                "{error}"
            );
        }
    }
}
