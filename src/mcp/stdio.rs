//! MCP over standard input and output: one client, which started this process.
//!
//! Nothing but JSON-RPC is ever written to standard output.

use rmcp::service::{ServerInitializeError, serve_server_with_ct};
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::stdio_pipes;
use rmcp::{RoleServer, ServerHandler};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::Lifetime;
use super::gate::Gate;

/// Serving over standard input and output ended badly.
#[derive(Debug, thiserror::Error)]
pub enum StdioError {
    /// The streams broke before a client was served.
    #[error("cannot serve over standard input and output: {0}")]
    Handshake(#[from] Box<ServerInitializeError>),
    /// The service loop died.
    #[error("serving over standard input and output failed: {0}")]
    Loop(#[from] tokio::task::JoinError),
}

/// Serves `service` until the client closes standard input or the server is shut down. Calls in flight have the
/// lifetime's grace to finish, and their answers are written before this returns.
///
/// # Errors
/// [`StdioError`] when the streams break before a client was served.
pub async fn serve<S: ServerHandler>(service: S, lifetime: Lifetime) -> Result<(), StdioError> {
    let (input, output) = stdio_pipes();
    serve_streams(service, input, output, lifetime).await
}

/// [`serve`] over any pair of streams, with messages of at most 16 MiB, one on each line.
///
/// # Errors
/// As [`serve`].
pub async fn serve_streams<S, R, W>(service: S, input: R, output: W, lifetime: Lifetime) -> Result<(), StdioError>
where
    S: ServerHandler,
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let transport: AsyncRwTransport<RoleServer, _, _> = AsyncRwTransport::new(input, output);
    let gate = Gate::new(transport, lifetime.clone());
    // Cancelling this token is the hard end; the gate brings the soft one.
    let running = match serve_server_with_ct(service, gate, CancellationToken::new()).await {
        Ok(running) => running,
        // The client left, or the server was stopped, before anything happened.
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => return Ok(()),
        Err(error) => return Err(Box::new(error).into()),
    };
    running.waiting().await?;
    lifetime.settle().await;
    Ok(())
}
