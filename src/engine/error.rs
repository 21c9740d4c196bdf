//! The public taxonomy: every way a call can fail, with what happened, what caused it and what to do next.

use serde::Serialize;
use serde_json::Value;

/// The machine-readable code of a failure (contract S1-75 to S1-82, design section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// Credentials are missing, wrong or expired.
    AuthenticationFailed,
    /// The connector has no such action, or the API answered 404.
    EndpointNotFound,
    /// Something took longer than its limit.
    Timeout,
    /// Too many calls, here or at the API.
    RateLimited,
    /// The TLS connection failed.
    SslError,
    /// The API cannot be reached.
    ConnectionRefused,
    /// The API's answer does not match its schema.
    SchemaMismatch,
    /// No connector of that name.
    UnknownApi,
    /// An operator has disabled the connector.
    ApiDisabled,
    /// The caller may not call tools.
    NotPermitted,
    /// The request's URL is not allowed.
    UrlNotAllowed,
    /// The arguments do not match the tool's schema.
    InvalidRequest,
    /// A person must allow the call first.
    ApprovalRequired,
    /// A person refused the call.
    ApprovalDenied,
    /// The API failed too often lately.
    CircuitOpen,
    /// The API refused the request or failed.
    UpstreamError,
    /// The API's answer is too long.
    ResponseTooLarge,
    /// Action code threw, or returned an error.
    ActionFailed,
    /// Action code went over a limit of its sandbox.
    SandboxLimit,
    /// The request left, but what became of it is not known.
    OutcomeUnknown,
    /// The caller cancelled the call, and nothing that may change something had left.
    Cancelled,
    /// Toolgate itself failed.
    InternalError,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 22] = [
        Self::AuthenticationFailed,
        Self::EndpointNotFound,
        Self::Timeout,
        Self::RateLimited,
        Self::SslError,
        Self::ConnectionRefused,
        Self::SchemaMismatch,
        Self::UnknownApi,
        Self::ApiDisabled,
        Self::NotPermitted,
        Self::UrlNotAllowed,
        Self::InvalidRequest,
        Self::ApprovalRequired,
        Self::ApprovalDenied,
        Self::CircuitOpen,
        Self::UpstreamError,
        Self::ResponseTooLarge,
        Self::ActionFailed,
        Self::SandboxLimit,
        Self::OutcomeUnknown,
        Self::Cancelled,
        Self::InternalError,
    ];

    /// The code as text, e.g. `RATE_LIMITED`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthenticationFailed => "AUTHENTICATION_FAILED",
            Self::EndpointNotFound => "ENDPOINT_NOT_FOUND",
            Self::Timeout => "TIMEOUT",
            Self::RateLimited => "RATE_LIMITED",
            Self::SslError => "SSL_ERROR",
            Self::ConnectionRefused => "CONNECTION_REFUSED",
            Self::SchemaMismatch => "SCHEMA_MISMATCH",
            Self::UnknownApi => "UNKNOWN_API",
            Self::ApiDisabled => "API_DISABLED",
            Self::NotPermitted => "NOT_PERMITTED",
            Self::UrlNotAllowed => "URL_NOT_ALLOWED",
            Self::InvalidRequest => "INVALID_REQUEST",
            Self::ApprovalRequired => "APPROVAL_REQUIRED",
            Self::ApprovalDenied => "APPROVAL_DENIED",
            Self::CircuitOpen => "CIRCUIT_OPEN",
            Self::UpstreamError => "UPSTREAM_ERROR",
            Self::ResponseTooLarge => "RESPONSE_TOO_LARGE",
            Self::ActionFailed => "ACTION_FAILED",
            Self::SandboxLimit => "SANDBOX_LIMIT",
            Self::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Self::Cancelled => "CANCELLED",
            Self::InternalError => "INTERNAL_ERROR",
        }
    }
}

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

    #[test]
    fn no_code_is_missing_from_the_list() {
        let arms = include_str!("error.rs")
            .lines()
            .filter(|line| line.trim_start().starts_with("Self::") && line.contains(" => \""));
        assert_eq!(arms.count(), ErrorCode::ALL.len());
    }

    #[test]
    fn both_forms_spell_the_code_alike() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
