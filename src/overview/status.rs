//! Columns of the log (contract S1-72).

use http::StatusCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error_code::ErrorCode;
use crate::store::{AuditDecision, AuditOutcome, AuditRecord, Recorded};

/// When the call arrived, as `HH:MM:SS` in `zone`.
#[must_use]
pub fn time_of_day(row: &AuditRecord, zone: &TimeZone) -> String {
    row.started_at.parse::<Timestamp>().map_or_else(
        |_| row.started_at.clone(),
        |moment| moment.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string(),
    )
}

/// What became of the call: `200 OK` for a success, else the API's status, e.g. `404`, or the code of the failure
/// where no status says it, e.g. `TIMEOUT`.
#[must_use]
pub fn status(row: &AuditRecord) -> String {
    if row.outcome == AuditOutcome::Succeeded {
        return match row.upstream_status {
            Some(status) => match reason(status) {
                Some(reason) => format!("{status} {reason}"),
                None => status.to_string(),
            },
            None => "OK".to_owned(),
        };
    }
    if row.ended_at.is_none() && row.decision == AuditDecision::Pending {
        return "waiting".to_owned();
    }
    telling(&row.outcome, row.upstream_status).map_or_else(|| row.outcome.to_string(), |status| status.to_string())
}

/// How long the call took, e.g. `127ms`; `-` when that is not known, as of a call that was cut off or still waits.
#[must_use]
pub fn latency(row: &AuditRecord) -> String {
    if row.ended_at.is_some() {
        format!("{}ms", row.duration_ms)
    } else {
        "-".to_owned()
    }
}

/// The status of a failed call, where it is what failed: an answer that came and could not be used has a code that
/// says more.
pub(super) fn telling(outcome: &Recorded<AuditOutcome>, upstream_status: Option<u16>) -> Option<u16> {
    let unusable = matches!(
        outcome.known(),
        Some(AuditOutcome::Failed(
            ErrorCode::SchemaMismatch | ErrorCode::ResponseTooLarge
        ))
    );
    upstream_status.filter(|status| !unusable && !(200..300).contains(status))
}

fn reason(status: u16) -> Option<&'static str> {
    StatusCode::from_u16(status).ok()?.canonical_reason()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::audit::{finished_row, intent_row};

    #[test]
    fn a_status_is_the_answers_or_the_code() {
        let row = |outcome: &str, upstream_status| AuditRecord {
            outcome: outcome.into(),
            upstream_status,
            ..finished_row("1", 1)
        };
        for (row, said) in [
            (row("ok", Some(200)), "200 OK"),
            (row("ok", Some(201)), "201 Created"),
            (row("ok", Some(299)), "299"),
            (row("ok", None), "OK"),
            (row("ENDPOINT_NOT_FOUND", Some(404)), "404"),
            (row("ENDPOINT_NOT_FOUND", None), "ENDPOINT_NOT_FOUND"),
            (row("UPSTREAM_ERROR", Some(500)), "500"),
            (row("TIMEOUT", None), "TIMEOUT"),
            (row("SCHEMA_MISMATCH", Some(200)), "SCHEMA_MISMATCH"),
            (row("SCHEMA_MISMATCH", Some(404)), "SCHEMA_MISMATCH"),
            (intent_row("1", 1), "OUTCOME_UNKNOWN"),
            (
                AuditRecord {
                    decision: "pending".into(),
                    ..intent_row("1", 1)
                },
                "waiting",
            ),
        ] {
            assert_eq!(status(&row), said);
        }
    }

    #[test]
    fn what_has_no_end_has_no_duration() {
        assert_eq!(latency(&finished_row("1", 1)), "1000ms");
        assert_eq!(latency(&intent_row("1", 1)), "-");
    }

    #[test]
    fn times_are_of_the_zone() {
        let row = AuditRecord {
            started_at: "2026-11-21T23:59:58.999Z".into(),
            ..finished_row("1", 1)
        };
        assert_eq!(time_of_day(&row, &TimeZone::UTC), "23:59:58");
        let kolkata = TimeZone::posix("IST-5:30").unwrap();
        assert_eq!(time_of_day(&row, &kolkata), "05:29:58");
        let strange = AuditRecord {
            started_at: "once".into(),
            ..row
        };
        assert_eq!(time_of_day(&strange, &TimeZone::UTC), "once");
    }
}
