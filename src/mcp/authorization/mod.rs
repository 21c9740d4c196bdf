//! Who is calling over HTTP: the one place where a request becomes a [`Caller`] (contract D-11).
//!
//! Must never know MCP messages: it sees headers and addresses only.

mod caller;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio_util::sync::CancellationToken;

pub(super) use caller::Caller;

/// How callers prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// They do not: everyone who can connect is the local user (ruling C-27).
    None,
}

impl Authentication {
    /// Whether a stranger who reaches the port is turned away.
    #[must_use]
    pub fn protects(self) -> bool {
        match self {
            Self::None => false,
        }
    }
}

/// Finds out who sent a request, for one server.
#[derive(Debug)]
pub(super) struct Authenticator {
    local: Caller,
}

impl Authenticator {
    /// Whoever it lets in is cut off when `cut_streams` is cancelled.
    pub(super) fn start(authentication: Authentication, cut_streams: &CancellationToken) -> Self {
        match authentication {
            Authentication::None => Self {
                local: Caller::local(cut_streams.child_token()),
            },
        }
    }
}

/// Lets a request through with its [`Caller`] among its extensions, or answers with the challenge.
pub(super) async fn authenticate(
    State(authenticator): State<Arc<Authenticator>>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(authenticator.local.clone());
    next.run(request).await
}
