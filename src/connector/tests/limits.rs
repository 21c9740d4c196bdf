//! How many calls are let through.

use super::*;

#[test]
fn limits_of_zero_are_refused() {
    for lines in [
        "[connection]\nbase_url = \"https://a.example.com\"\ntimeout_ms = 0",
        "[security]\nmax_response_bytes = 0",
        "[security.rate_limit]\nrequests_per_minute = 0",
        "[security.rate_limit]\nrequests_per_day = 0",
        "[security.rate_limit]\nrequests_per_minute_per_action = 0",
    ] {
        assert_eq!(errors(&with_lines(lines)), ["out-of-range"], "{lines}");
    }
    for line in ["timeout_ms = 0", "requests_per_minute = 0"] {
        let action = format!("method = \"GET\"\npath = \"/\"\n{line}");
        assert_eq!(errors(&with_action(&action)), ["out-of-range"], "{line}");
    }
}

#[test]
fn limits_of_calls_are_numbers_or_a_word() {
    use Allowance::{Calls, Unlimited};

    let lines = "[security.rate_limit]\nrequests_per_minute_per_action = 5\nrequests_per_minute = \"unlimited\"";
    let limits = connector(with_lines(lines)).security.rate_limit;
    assert_eq!(
        (
            limits.requests_per_minute_per_action,
            limits.requests_per_minute,
            limits.requests_per_day
        ),
        (Some(Calls(5)), Some(Unlimited), None)
    );
    let action = "method = \"GET\"\npath = \"/\"\nrequests_per_minute = 7";
    assert_eq!(
        connector(with_action(action)).actions[0].requests_per_minute,
        Some(Calls(7))
    );

    for (written, message, help) in [
        (
            "\"60\"",
            "must be a whole number or \"unlimited\", not the text \"60\"",
            Some("write 60 without quotes"),
        ),
        (
            "\"unlimted\"",
            "must be a whole number or \"unlimited\"",
            Some("did you mean `unlimited`?"),
        ),
        ("true", "must be a whole number or \"unlimited\", not true", None),
        ("1000000001", "must be at most 1000000000", None),
    ] {
        let loaded = with_lines(&format!("[security.rate_limit]\nrequests_per_day = {written}"));
        let finding = loaded.diagnostics.iter().find(|finding| finding.is_error()).unwrap();
        assert!(finding.message.contains(message), "{finding:?}");
        assert_eq!(finding.help.as_deref(), help, "{finding:?}");
    }
}

/// Contract S1-88.
#[test]
fn limits_that_are_switched_off_are_reported() {
    let off = |loaded: Loaded| {
        let found = loaded
            .diagnostics
            .into_iter()
            .filter(|finding| finding.code == "unlimited");
        found.map(|finding| (finding.line, finding.message)).collect::<Vec<_>>()
    };
    assert_eq!(
        off(with_lines("[security.rate_limit]\nrequests_per_minute = 1000000")),
        []
    );
    for (key, what) in [
        ("requests_per_minute_per_action", "calls of each action"),
        ("requests_per_minute", "calls in a minute"),
        ("requests_per_day", "calls in a day"),
    ] {
        let found = off(with_lines(&format!("[security.rate_limit]\n{key} = \"unlimited\"")));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].1.starts_with(&format!("nothing limits {what}: ")), "{found:?}");
    }
    let found = off(with_action(
        "method = \"GET\"\npath = \"/\"\nrequests_per_minute = \"unlimited\"",
    ));
    assert!(
        found[0].1.starts_with("nothing limits calls of this action: "),
        "{found:?}"
    );
}
