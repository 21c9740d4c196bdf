//! The four lines that sum calls up (contract S1-74), and how their numbers are rounded.

use serde::Serialize;

use super::status::telling;
use crate::store::CallCounts;

/// Most kinds of failure that are named in the line of errors; the rest is counted together.
const NAMED_KINDS: usize = 5;

/// What became of calls, as numbers and as the words that are printed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Calls that have ended.
    pub total_calls: u64,
    /// Those that ended with a result.
    pub successful_calls: u64,
    /// Those that did not.
    pub errors: u64,
    /// Kinds of failure, the most frequent first.
    pub error_kinds: Vec<FailureKind>,
    /// Calls that run, wait for a person, or were interrupted; not part of the total.
    pub unfinished_calls: u64,
    /// Successes in percent, unrounded; none without calls.
    pub success_percent: Option<f64>,
    /// Mean latency in milliseconds, unrounded; none when no call shows it.
    pub average_latency_ms: Option<f64>,
    /// As printed.
    pub text: SummaryText,
}

/// Calls that failed in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureKind {
    /// The API's status, e.g. `404`, or the failure's code in words, e.g. `timeout`.
    pub kind: String,
    /// How many there are.
    pub calls: u64,
}

/// The values of the printed lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryText {
    /// E.g. `1,247`.
    pub total_calls: String,
    /// E.g. `99.2%`; `-` without calls. Rounded half up to tenths, but never to `100.0%` while there are errors, nor
    /// to `0.0%` while there are successes.
    pub success_rate: String,
    /// E.g. `156ms`; `-` when no call shows it. Rounded half up to whole milliseconds.
    pub average_latency: String,
    /// E.g. `10 (8 x 404, 2 x timeout)`.
    pub errors: String,
}

impl Summary {
    /// Sums `counts` up.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a percentage does not need 53 bits")]
    pub fn new(counts: &CallCounts) -> Self {
        let error_kinds = kinds(counts);
        let errors = counts.ended.saturating_sub(counts.succeeded);
        let text = SummaryText {
            total_calls: grouped(counts.ended),
            success_rate: success_rate(counts.succeeded, counts.ended),
            average_latency: counts
                .average_ms
                .map_or_else(|| "-".to_owned(), |mean| format!("{}ms", (mean + 0.5).floor())),
            errors: error_line(errors, &error_kinds),
        };
        Self {
            total_calls: counts.ended,
            successful_calls: counts.succeeded,
            errors,
            error_kinds,
            unfinished_calls: counts.unfinished,
            success_percent: (counts.ended > 0).then(|| counts.succeeded as f64 * 100.0 / counts.ended as f64),
            average_latency_ms: counts.average_ms,
            text,
        }
    }

    /// The printed lines below their heading; `label` names the time, e.g. `Last 24h`.
    #[must_use]
    pub fn lines(&self, label: &str) -> Vec<String> {
        let text = &self.text;
        let mut lines = vec![
            format!("Summary ({label}):"),
            format!("• Total calls: {}", text.total_calls),
            format!("• Success rate: {}", text.success_rate),
            format!("• Avg latency: {}", text.average_latency),
            format!("• Errors: {}", text.errors),
        ];
        if self.unfinished_calls > 0 {
            lines.push(format!("• Unfinished: {}", grouped(self.unfinished_calls)));
        }
        lines
    }
}

/// Failures of one name together, the most frequent first, then by name.
fn kinds(counts: &CallCounts) -> Vec<FailureKind> {
    let mut kinds: Vec<FailureKind> = Vec::new();
    for failure in &counts.failures {
        let kind = match telling(&failure.outcome, failure.upstream_status) {
            Some(status) => status.to_string(),
            None => failure.outcome.as_str().to_ascii_lowercase().replace('_', " "),
        };
        match kinds.iter_mut().find(|known| known.kind == kind) {
            Some(known) => known.calls += failure.calls,
            None => kinds.push(FailureKind {
                kind,
                calls: failure.calls,
            }),
        }
    }
    kinds.sort_by(|one, other| other.calls.cmp(&one.calls).then_with(|| one.kind.cmp(&other.kind)));
    kinds
}

fn error_line(errors: u64, kinds: &[FailureKind]) -> String {
    if kinds.is_empty() {
        return grouped(errors);
    }
    // One kind is named rather than counted as the rest.
    let named = if kinds.len() == NAMED_KINDS + 1 {
        kinds.len()
    } else {
        kinds.len().min(NAMED_KINDS)
    };
    let (named, rest) = kinds.split_at(named);
    let mut parts: Vec<String> = named
        .iter()
        .map(|kind| format!("{} x {}", grouped(kind.calls), kind.kind))
        .collect();
    if !rest.is_empty() {
        let calls = rest.iter().map(|kind| kind.calls).sum();
        parts.push(format!("{} x other", grouped(calls)));
    }
    format!("{} ({})", grouped(errors), parts.join(", "))
}

fn success_rate(succeeded: u64, total: u64) -> String {
    if total == 0 {
        return "-".to_owned();
    }
    let (succeeded, total) = (u128::from(succeeded), u128::from(total));
    let mut tenths = (succeeded * 2_000 + total) / (total * 2);
    if succeeded < total {
        tenths = tenths.min(999);
    }
    if succeeded > 0 {
        tenths = tenths.max(1);
    }
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// With a comma before every three digits.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::FailureCount;

    fn failure(outcome: &str, upstream_status: Option<u16>, calls: u64) -> FailureCount {
        FailureCount {
            outcome: outcome.into(),
            upstream_status,
            calls,
        }
    }

    fn summary(succeeded: u64, average_ms: Option<f64>, failures: Vec<FailureCount>) -> Summary {
        let failed: u64 = failures.iter().map(|failure| failure.calls).sum();
        Summary::new(&CallCounts {
            ended: succeeded + failed,
            unfinished: 0,
            succeeded,
            average_ms,
            failures,
        })
    }

    #[test]
    fn the_lines_are_those_of_the_document() {
        let failures = vec![failure("TIMEOUT", None, 2), failure("ENDPOINT_NOT_FOUND", Some(404), 8)];
        let lines = summary(1_237, Some(156.3), failures).lines("Last 24h");
        assert_eq!(
            lines,
            [
                "Summary (Last 24h):",
                "• Total calls: 1,247",
                "• Success rate: 99.2%",
                "• Avg latency: 156ms",
                "• Errors: 10 (8 x 404, 2 x timeout)",
            ]
        );
    }

    #[test]
    fn nothing_is_made_up_without_calls() {
        let text = summary(0, None, Vec::new()).text;
        let said = [text.total_calls, text.success_rate, text.average_latency, text.errors];
        assert_eq!(said, ["0", "-", "-", "0"]);
    }

    #[test]
    fn a_rate_is_rounded_half_up_and_hides_neither_an_error_nor_a_success() {
        for (succeeded, total, said) in [
            (0, 0, "-"),
            (1, 1, "100.0%"),
            (0, 1, "0.0%"),
            (1, 2, "50.0%"),
            (2, 3, "66.7%"),
            (1_237, 1_247, "99.2%"),
            (1_998, 2_000, "99.9%"),
            (1_999, 2_000, "99.9%"),
            (999_999, 1_000_000, "99.9%"),
            (1, 1_000_000, "0.1%"),
            (9_985, 10_000, "99.9%"),
            (9_984, 10_000, "99.8%"),
            (u64::MAX, u64::MAX, "100.0%"),
        ] {
            assert_eq!(success_rate(succeeded, total), said, "{succeeded} of {total}");
        }
    }

    #[test]
    fn latencies_are_rounded_half_up() {
        for (mean, said) in [
            (0.0, "0ms"),
            (0.49, "0ms"),
            (0.5, "1ms"),
            (155.5, "156ms"),
            (12_345.4, "12345ms"),
        ] {
            assert_eq!(summary(1, Some(mean), Vec::new()).text.average_latency, said);
        }
    }

    #[test]
    fn errors_are_named_by_status_or_in_words_the_most_frequent_first() {
        let errors = |failures: Vec<FailureCount>| summary(0, None, failures).text.errors;
        assert_eq!(errors(vec![failure("TIMEOUT", None, 1)]), "1 (1 x timeout)");
        assert_eq!(
            errors(vec![
                failure("TIMEOUT", Some(504), 1),
                failure("UPSTREAM_ERROR", Some(504), 1),
                failure("SCHEMA_MISMATCH", Some(200), 1_000),
                failure("RATE_LIMITED", None, 2),
                failure("CONNECTION_REFUSED", None, 2),
            ]),
            "1,006 (1,000 x schema mismatch, 2 x 504, 2 x connection refused, 2 x rate limited)"
        );
    }

    #[test]
    fn of_many_kinds_the_rest_is_counted_together() {
        let many = |count: u16| -> Vec<FailureCount> {
            let status = |index| failure("UPSTREAM_ERROR", Some(500 + index), 1);
            (0..count).map(status).collect()
        };
        let errors = |count| summary(0, None, many(count)).text.errors;
        assert_eq!(errors(6), "6 (1 x 500, 1 x 501, 1 x 502, 1 x 503, 1 x 504, 1 x 505)");
        assert_eq!(errors(8), "8 (1 x 500, 1 x 501, 1 x 502, 1 x 503, 1 x 504, 3 x other)");
        assert_eq!(summary(0, None, many(8)).error_kinds.len(), 8);
    }

    #[test]
    fn thousands_are_separated() {
        for (count, said) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(count), said);
        }
    }

    #[test]
    fn what_has_not_ended_is_said_apart() {
        let counts = CallCounts {
            ended: 1,
            succeeded: 1,
            unfinished: 2,
            ..CallCounts::default()
        };
        let lines = Summary::new(&counts).lines("All time");
        assert_eq!(lines.last().map(String::as_str), Some("• Unfinished: 2"));
        assert_eq!(lines[1], "• Total calls: 1");
    }
}
