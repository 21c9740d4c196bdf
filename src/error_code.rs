//! The public taxonomy: every way a call can fail, as agents, operators and the audit log name it.

use serde::Serialize;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_missing_from_the_list() {
        let arms = include_str!("error_code.rs")
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
