//! A failed call: which code of the public taxonomy, what happened, what caused it and what to do next.

use serde::Serialize;
use serde_json::Value;

pub use crate::error_code::ErrorCode;

/// A failed call. Serialises to the machine-readable form; [`CallError::text`] says the same in words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallError {
    /// Which failure.
    pub code: ErrorCode,
    /// What happened, with the value that caused it.
    pub cause: String,
    /// What to do next.
    pub resolution: String,
    /// Whether the same call can succeed later without a change.
    pub retryable: bool,
    /// After how many seconds a retry makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// `local` when Toolgate refused, `upstream` when the API did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    /// Status of the API's answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_status: Option<u16>,
    /// The approval that the call waits for or was refused by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<String>,
    /// Each place where a value does not fit its schema, as `pointer: message`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<String>,
    /// What code returned that tells of the failure.
    #[serde(skip)]
    pub returned: Option<Value>,
    /// What may have been meant by an unknown name, without the advice to list the tools: for callers who find actions
    /// by searching.
    #[serde(skip)]
    pub offered: Option<String>,
}

impl CallError {
    /// A failure that a retry does not help.
    #[must_use]
    pub fn new(code: ErrorCode, cause: impl Into<String>, resolution: impl Into<String>) -> Self {
        Self {
            code,
            cause: cause.into(),
            resolution: resolution.into(),
            retryable: false,
            retry_after_seconds: None,
            source: None,
            upstream_status: None,
            approval_id: None,
            violations: Vec::new(),
            returned: None,
            offered: None,
        }
    }

    /// Everything in words, code first: clients drop structured content of errors.
    #[must_use]
    pub fn text(&self) -> String {
        use std::fmt::Write as _;
        let mut text = format!("{}: {}", self.code.as_str(), self.cause);
        for violation in &self.violations {
            write!(text, "\n- {violation}").ok();
        }
        write!(text, "\nWhat to do: {}", self.resolution).ok();
        match (self.retryable, self.retry_after_seconds) {
            // A model that reads "can help" calls again at once, and the person has not moved yet.
            (true, _) if self.code == ErrorCode::ApprovalRequired => {
                text.push_str("\nRetry: only once it is approved.");
            }
            (true, Some(seconds)) => {
                let unit = if seconds == 1 { "second" } else { "seconds" };
                write!(text, "\nRetry: after {seconds} {unit}.").ok();
            }
            (true, None) => text.push_str("\nRetry: can help."),
            (false, _) => text.push_str("\nRetry: does not help without a change."),
        }
        text
    }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl std::error::Error for CallError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_all_that_the_machine_readable_form_says() {
        let mut error = CallError::new(ErrorCode::RateLimited, "too many calls", "wait");
        error.violations = vec!["/a: wrong".to_owned()];
        let start = "RATE_LIMITED: too many calls\n- /a: wrong\nWhat to do: wait\nRetry: ";
        for (code, retryable, seconds, says) in [
            (ErrorCode::RateLimited, false, None, "does not help without a change."),
            (ErrorCode::RateLimited, true, None, "can help."),
            (ErrorCode::RateLimited, true, Some(7), "after 7 seconds."),
        ] {
            error.code = code;
            error.retryable = retryable;
            error.retry_after_seconds = seconds;
            assert_eq!(error.text(), format!("{start}{says}"));
        }
        error.code = ErrorCode::ApprovalRequired;
        assert!(error.text().ends_with("Retry: only once it is approved."));
    }
}
