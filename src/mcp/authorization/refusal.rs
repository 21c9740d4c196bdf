//! Why somebody is not let in, and how that is said (RFC 6750 section 3; MCP basic/authorization, error handling).

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

use crate::mcp::turned_away::turned_away;
use crate::policy::Role;

/// Why a request is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mcp) enum Refusal {
    /// It shows nothing.
    Missing,
    /// What it shows is wrong, revoked or has expired. These are not told apart, so that nothing can be learned.
    Invalid,
    /// It shows something in a way that it must not.
    Malformed(&'static str),
    /// Its key does not have this role.
    Insufficient(Role),
    /// Too many keys from its address were wrong; for how long none is looked at.
    TooMany(Duration),
    /// Keys cannot be checked.
    Unavailable,
}

const HOW: &str =
    "send `Authorization: Bearer KEY`; the operator of this server makes keys with `toolgate keys create`";

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::Missing | Self::Invalid => StatusCode::UNAUTHORIZED,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Insufficient(_) => StatusCode::FORBIDDEN,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The value of `WWW-Authenticate`. A request that shows nothing is told no error (RFC 6750 section 3.1).
    fn challenge(self) -> Option<&'static str> {
        Some(match self {
            Self::Missing => r#"Bearer realm="toolgate""#,
            Self::Invalid => r#"Bearer realm="toolgate", error="invalid_token""#,
            Self::Malformed(_) => r#"Bearer realm="toolgate", error="invalid_request""#,
            Self::Insufficient(Role::Call) => r#"Bearer realm="toolgate", error="insufficient_scope", scope="call""#,
            Self::Insufficient(Role::Author) => {
                r#"Bearer realm="toolgate", error="insufficient_scope", scope="author""#
            }
            Self::Insufficient(Role::Admin) => r#"Bearer realm="toolgate", error="insufficient_scope", scope="admin""#,
            Self::TooMany(_) | Self::Unavailable => return None,
        })
    }

    fn text(self) -> String {
        match self {
            Self::Missing => format!("Unauthorized: {HOW}"),
            Self::Invalid => format!("Unauthorized: the key is wrong, revoked or has expired; {HOW}"),
            Self::Malformed(what) => format!("Bad Request: {what}; {HOW}"),
            Self::Insufficient(role) => format!("Forbidden: the key does not have the role `{}`", role.as_str()),
            Self::TooMany(_) => "Too Many Requests: too many wrong keys came from this address".to_owned(),
            Self::Unavailable => "Service Unavailable: keys cannot be checked at the moment".to_owned(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = turned_away(self.status(), &self.text());
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Self::TooMany(wait) = self {
            // Rounded up: whoever comes back at once must not find that it was a moment too early.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn clients_can_show_why() {
        let body = Refusal::Invalid.into_response().into_body();
        let body = axum::body::to_bytes(body, 1_000).await.unwrap();
        let message: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let why = message["error"]["message"].as_str().unwrap();
        assert!(
            why.starts_with("Unauthorized: the key is wrong, revoked or has expired; send"),
            "{why}"
        );
    }

    #[test]
    fn every_refusal_says_what_the_specification_wants() {
        let table = [
            (Refusal::Missing, 401, Some(r#"Bearer realm="toolgate""#), None),
            (
                Refusal::Invalid,
                401,
                Some(r#"Bearer realm="toolgate", error="invalid_token""#),
                None,
            ),
            (
                Refusal::Malformed("twice"),
                400,
                Some(r#"Bearer realm="toolgate", error="invalid_request""#),
                None,
            ),
            (
                Refusal::Insufficient(Role::Call),
                403,
                Some(r#"Bearer realm="toolgate", error="insufficient_scope", scope="call""#),
                None,
            ),
            (Refusal::TooMany(Duration::from_millis(10_001)), 429, None, Some("11")),
            (Refusal::TooMany(Duration::ZERO), 429, None, Some("1")),
            (Refusal::Unavailable, 503, None, None),
        ];
        for (refusal, status, challenge, retry_after) in table {
            let response = refusal.into_response();
            let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap());
            assert_eq!(response.status(), status, "{refusal:?}");
            assert_eq!(header(WWW_AUTHENTICATE), challenge, "{refusal:?}");
            assert_eq!(header(RETRY_AFTER), retry_after, "{refusal:?}");
            assert_eq!(header(CACHE_CONTROL), Some("no-store"), "{refusal:?}");
        }
    }

    #[test]
    fn a_challenge_names_the_role() {
        for role in Role::ALL {
            let challenge = Refusal::Insufficient(role).challenge().unwrap();
            assert!(
                challenge.ends_with(&format!("scope=\"{}\"", role.as_str())),
                "{challenge}"
            );
        }
    }
}
