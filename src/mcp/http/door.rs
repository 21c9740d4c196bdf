//! What every request passes before it is handled, in one step: each layer of axum costs every request copies of all
//! that stand behind it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::mcp::authorization::Authenticator;
use crate::mcp::guard::Guard;

/// How long a client may take to send a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Who may come in, and with how much.
pub(super) struct Door {
    pub(super) guard: Guard,
    pub(super) authenticator: Authenticator,
    /// In bytes.
    pub(super) body_limit: usize,
}

/// Checks where a request comes from and who sent it, and receives its body, before it is handled: all of it, in time,
/// and not more than allowed.
pub(super) async fn enter(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    // First: a page of another site is told nothing, not even that a key is wanted.
    if let Err(refusal) = door.guard.check(&parts) {
        return refusal.into_response();
    }
    // Before the body: a stranger's is not received.
    if let Err(refusal) = door.authenticator.authenticate(&mut parts).await {
        return refusal.into_response();
    }
    match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, door.body_limit)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(_)) => (StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large").into_response(),
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "Request Timeout").into_response(),
    }
}
