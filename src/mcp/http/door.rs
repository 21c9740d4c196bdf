//! What every request passes before it is handled, in one step: each layer of axum costs every request copies of all
//! that stand behind it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::request::Parts;

use super::bodies::{Bodies, Received};
use super::pages::Page;
use crate::mcp::authorization::{Authenticator, Caller};
use crate::mcp::connections::Visitor;
use crate::mcp::guard::Guard;
use crate::mcp::reading;
use crate::mcp::turned_away::turned_away;

/// How long a client may take to send a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Who may come in, and with how much.
pub(super) struct Door {
    pub(super) guard: Guard,
    pub(super) authenticator: Authenticator,
    pub(super) bodies: Bodies,
}

/// Checks where a request comes from and who sent it, and receives its body, before it is handled: all of it, in time,
/// and not more than allowed.
pub(super) async fn enter(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // First: a page of another site is told nothing, not even that a key is wanted.
    if let Err((status, why)) = door.guard.check(&parts) {
        return turned_away(status, why);
    }
    let page = Page::of(&parts);
    // Before the key, which a browser does not send with this question.
    if let Some(permission) = page.as_ref().and_then(|page| page.permission(&parts)) {
        return permission;
    }
    let response = let_in(&door, parts, body, next).await;
    match page {
        Some(page) => page.show(response),
        None => response,
    }
}

/// What comes from where it may come from.
async fn let_in(door: &Door, mut parts: Parts, body: Body, next: Next) -> Response {
    // Before the body: a stranger's is not received.
    if let Err(refusal) = door.authenticator.authenticate(&mut parts).await {
        return refusal.into_response();
    }
    if let (Some(visitor), Some(caller)) = (parts.extensions.get::<Arc<Visitor>>(), parts.extensions.get::<Caller>())
        && !visitor.let_in(caller.principal().sharer())
    {
        // The connection is being closed: nothing must begin on it.
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let sharer = parts
        .extensions
        .get::<Caller>()
        .and_then(|caller| caller.principal().sharer());
    match tokio::time::timeout(BODY_TIMEOUT, door.bodies.receive(body, sharer)).await {
        Ok(Ok(Received { bytes, room })) => {
            // As on the other transports, whoever reads it further on.
            let text = bytes.slice_ref(reading::without_mark(&bytes));
            let response = next.run(Request::from_parts(parts, Body::from(text))).await;
            drop(room);
            response
        }
        Ok(Err(unreceived)) => unreceived.told(),
        Err(_) => turned_away(StatusCode::REQUEST_TIMEOUT, "Request Timeout"),
    }
}
