//! MCP over HTTP: Streamable HTTP at `/mcp` for both protocol eras, the older `/sse` with `/messages`, and `/health`.

mod bodies;
mod door;
mod events;
mod in_flight;
mod misread;
mod pages;
mod plain;
mod repeated;
mod streamable;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use rmcp::ServerHandler;
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::CancellationToken;

use self::bodies::Bodies;
use self::door::Door;
use super::authorization::{Authentication, Authenticator};
use super::guard::{Guard, PatternError};
use super::turned_away::turned_away;
use super::{Lifetime, connections, health, legacy_sse};
use crate::engine::Channel;
use crate::policy::Principal;
use crate::policy::shares::Full;

/// How often a stream without messages shows that it is alive, so that proxies keep it.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Settings of the HTTP server.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// `Host` values that are served: names or addresses, with or without a port. Default: loopback names.
    pub allowed_hosts: Vec<String>,
    /// `Origin` values that are served; `:*` stands for any port. Default: pages from loopback.
    pub allowed_origins: Vec<String>,
    /// Whether clients of 2024-11-05 are served at `/sse` and `/messages`.
    pub legacy_sse: bool,
    /// How callers prove who they are.
    pub authentication: Authentication,
    /// Longest request body in bytes.
    pub max_body_bytes: usize,
    /// Most connections at a time; more wait to be accepted.
    pub max_connections: usize,
    /// Most sessions at a time on each of `/mcp` and `/sse`; clients past it get 503. A user with a key gets no more than
    /// three times what is left for others.
    pub max_sessions: usize,
    /// How long a session may be silent before it is closed.
    pub session_idle: Duration,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            allowed_hosts: ["localhost", "127.0.0.1", "::1"].map(String::from).to_vec(),
            allowed_origins: ["localhost", "127.0.0.1", "[::1]"]
                .iter()
                .flat_map(|host| [format!("http://{host}:*"), format!("https://{host}:*")])
                .collect(),
            legacy_sse: true,
            authentication: Authentication::None,
            max_body_bytes: 4 * 1024 * 1024,
            max_connections: 1_024,
            max_sessions: 1_000,
            session_idle: Duration::from_hours(1),
        }
    }
}

/// The HTTP server could not start.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Others could reach the address, and nothing would stop them.
    #[error(
        "refusing to listen on {0}: others can reach that address, and no caller would have to show a key; leave \
         `authentication` of `[http]` out and make a key with `toolgate keys create --user NAME`, or listen on 127.0.0.1"
    )]
    Unprotected(SocketAddr),
    /// The address cannot be used.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A host or origin in the settings cannot be read.
    #[error(transparent)]
    Pattern(#[from] PatternError),
}

/// Whether a server with these settings can start, as far as that is known before it listens.
///
/// # Errors
/// [`HttpError::Pattern`] for a host or an origin that cannot be read.
pub fn check(allowed_hosts: &[String], allowed_origins: &[String]) -> Result<(), HttpError> {
    Guard::new(allowed_hosts, allowed_origins)?;
    Ok(())
}

/// Whether only this machine can reach `address`.
#[must_use]
pub fn is_private(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// Listens on `address`, if only this machine can reach it or callers must prove who they are (contract D-11).
///
/// # Errors
/// [`HttpError::Unprotected`] and [`HttpError::Bind`].
#[allow(clippy::unused_async, reason = "a listener can only be made within a runtime")]
pub async fn bind(address: SocketAddr, authentication: &Authentication) -> Result<TcpListener, HttpError> {
    if !is_private(address) && !authentication.protects() {
        return Err(HttpError::Unprotected(address));
    }
    listen(address).map_err(|source| HttpError::Bind { address, source })
}

/// How many connections may wait to be taken, as far as the system allows: many clients come back at once after a restart.
const BACKLOG: u32 = 4096;

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Connections of a server that has ended keep no other from taking its place. Elsewhere it would let two serve at once.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves MCP on `listener` until the lifetime ends. `service` makes the handler of each session or request, which acts
/// for that principal, and must be cheap.
///
/// # Errors
/// [`HttpError::Pattern`] before anything is served.
pub async fn serve<S, F>(
    listener: TcpListener,
    service: F,
    settings: &HttpSettings,
    lifetime: Lifetime,
) -> Result<(), HttpError>
where
    S: ServerHandler,
    F: Fn(Channel, Arc<Principal>) -> S + Clone + Send + Sync + 'static,
{
    let cut_streams = CancellationToken::new();
    let guard = Guard::new(&settings.allowed_hosts, &settings.allowed_origins)?;
    let router = router(service, settings, guard, &lifetime, &cut_streams);
    connections::serve(listener, router, settings.max_connections, &lifetime, cut_streams).await;
    lifetime.settle().await;
    Ok(())
}

fn router<S, F>(
    service: F,
    settings: &HttpSettings,
    guard: Guard,
    lifetime: &Lifetime,
    cut_streams: &CancellationToken,
) -> Router
where
    S: ServerHandler,
    F: Fn(Channel, Arc<Principal>) -> S + Clone + Send + Sync + 'static,
{
    let door = Door {
        guard,
        authenticator: Authenticator::start(&settings.authentication, cut_streams),
        bodies: Bodies::new(settings.max_body_bytes),
    };
    let legacy_sse = if settings.legacy_sse {
        legacy_sse::router(service.clone(), settings, lifetime)
    } else {
        Router::new()
    };
    streamable::router(service, settings)
        .merge(legacy_sse)
        .layer(middleware::from_fn_with_state(Arc::new(door), door::enter))
        // Outside of all checks: probes name whatever host they like, and there is nothing to learn.
        .route(health::PATH, get(|| async { health::ANSWER }))
}

/// The answer to a client for whose session there is no place.
pub(super) fn too_many_sessions(full: Full) -> Response {
    let told = match full {
        Full::Everywhere => "Service Unavailable: too many sessions",
        Full::ForThisUser => "Service Unavailable: this user has as many sessions as one may have; close some",
    };
    tracing::warn!(?full, "refused a session: the limit is reached");
    let refusal = turned_away(StatusCode::SERVICE_UNAVAILABLE, told);
    ([(header::RETRY_AFTER, "60")], refusal).into_response()
}

#[cfg(test)]
mod tests;
