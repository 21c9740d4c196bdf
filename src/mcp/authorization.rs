//! Who is calling over HTTP: the one place where a request becomes a principal (contract D-11).
//!
//! There is no caller authentication yet, so [`Authentication::None`] is the only kind and [`super::http::bind`]
//! refuses every address that others can reach.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use crate::engine::Principal;

/// How callers prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// They do not: everyone who can connect is the local user (ruling C-27).
    None,
}

/// Why a request has no principal, and how to get one (RFC 9110 section 11.6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Value of `WWW-Authenticate`.
    pub www_authenticate: HeaderValue,
}

impl Authentication {
    /// Whether a stranger who reaches the port is turned away.
    #[must_use]
    pub fn protects(self) -> bool {
        match self {
            Self::None => false,
        }
    }

    /// The principal that `request` comes from.
    ///
    /// # Errors
    /// [`Challenge`] when the request does not prove who sent it.
    pub fn identify(self, _request: &Parts) -> Result<Principal, Challenge> {
        match self {
            Self::None => Ok(Principal::local()),
        }
    }
}

impl IntoResponse for Challenge {
    fn into_response(self) -> Response {
        (
            StatusCode::UNAUTHORIZED,
            [(header::WWW_AUTHENTICATE, self.www_authenticate)],
        )
            .into_response()
    }
}

/// Lets a request through with its [`Principal`] among its extensions, or answers with the challenge.
pub(super) async fn authenticate(
    State(authentication): State<Authentication>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    match authentication.identify(&parts) {
        Ok(principal) => {
            parts.extensions.insert(principal);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(challenge) => challenge.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_a_401_that_says_how() {
        let challenge = Challenge {
            www_authenticate: HeaderValue::from_static("Bearer"),
        };
        let response = challenge.into_response();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
    }

    #[test]
    fn without_authentication_everyone_is_the_local_user() {
        let (parts, ()) = http::Request::new(()).into_parts();
        assert!(!Authentication::None.protects());
        assert_eq!(Authentication::None.identify(&parts), Ok(Principal::local()));
    }
}
