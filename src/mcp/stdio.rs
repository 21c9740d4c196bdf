//! MCP over standard input and output: one client, which started this process.
//!
//! Nothing but JSON-RPC is ever written to standard output.

use std::io;
use std::sync::Arc;

use rmcp::ServerHandler;
use rmcp::model::{CallToolRequest, JsonRpcRequest, ServerJsonRpcMessage};
use rmcp::service::{ServerInitializeError, serve_server_with_ct};
use rmcp::transport::stdio_pipes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::Lifetime;
use super::direct::{self, Desk};
use super::gate::{Beside, Gate, Ticket};
use super::lines::{LONGEST_LINE, Lines};
use super::outbox::Outbox;

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
    // In a task, since calls are started from here: what is started outside of the runtime's own threads has to wake one
    // of them first.
    let serving = AbortOnDropHandle::new(tokio::spawn(serve_until_closed(
        service,
        input,
        output,
        lifetime.clone(),
    )));
    let ended = serving.await?;
    lifetime.settle().await;
    ended
}

async fn serve_until_closed<S, R, W>(service: S, input: R, output: W, lifetime: Lifetime) -> Result<(), StdioError>
where
    S: ServerHandler,
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let transport = Lines::new(input, output, LONGEST_LINE);
    let backlog = transport.outbox().backlog().clone();
    let service = Arc::new(service);
    let calls = Calls {
        desk: Desk::new(),
        service: Arc::clone(&service),
        outbox: transport.outbox(),
    };
    let cut = CancellationToken::new();
    let gate = Gate::new(transport, lifetime, cut.clone())
        .with_beside(calls)
        .with_backlog(backlog);
    match Box::pin(serve_server_with_ct(service, gate, cut)).await {
        Ok(running) => {
            running.waiting().await?;
            Ok(())
        }
        // The client left, or the server was stopped, before there was anything for rmcp to do.
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => Ok(()),
        Err(error) => Err(Box::new(error).into()),
    }
}

/// Answers calls that stand alone, each in a task of its own.
struct Calls<S, W> {
    desk: Desk,
    service: Arc<S>,
    outbox: Outbox<W>,
}

impl<S, W> Beside for Calls<S, W>
where
    S: ServerHandler,
    W: AsyncWrite + Send + Unpin + 'static,
{
    fn begin(&self, call: JsonRpcRequest<CallToolRequest>, ticket: Ticket) {
        let (desk, service, outbox) = (self.desk.clone(), Arc::clone(&self.service), self.outbox.clone());
        direct::spawn(async move {
            let answer = desk.answer(&service, call, ticket.cancel().clone()).await;
            if ticket.is_wanted()
                && let Err(error) = send(&outbox, answer, &ticket).await
            {
                tracing::debug!(%error, "the client cannot be answered");
            }
        });
    }
}

async fn send<W>(outbox: &Outbox<W>, answer: ServerJsonRpcMessage, ticket: &Ticket) -> io::Result<()>
where
    W: AsyncWrite + Send + Unpin + 'static,
{
    outbox.put(answer).await?;
    if ticket.has_company() {
        // Others that are ready may have their answers by then: one write for all of them wakes the client once.
        tokio::task::yield_now().await;
    }
    outbox.flush().await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::Value;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, ReadHalf, WriteHalf, split};
    use tokio::task::JoinHandle;

    use super::super::backlog;
    use super::super::testing::{Probe, State, initialize, stateless_call};
    use super::*;

    /// Longer than rmcp itself waits for answers at the end of input (5 s).
    const GRACE: Duration = Duration::from_mins(1);

    struct Client {
        input: WriteHalf<DuplexStream>,
        output: BufReader<ReadHalf<DuplexStream>>,
        probe: Probe,
        shutdown: CancellationToken,
        served: JoinHandle<Result<(), StdioError>>,
    }

    fn start() -> Client {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let (output, input) = split(near);
        let (far_input, far_output) = split(far);
        let shutdown = CancellationToken::new();
        let lifetime = Lifetime::new(shutdown.clone(), GRACE);
        let probe = Probe::new(&lifetime);
        let served = tokio::spawn(serve_streams(probe.clone(), far_input, far_output, lifetime));
        Client {
            input,
            output: BufReader::new(output),
            probe,
            shutdown,
            served,
        }
    }

    impl Client {
        async fn write(&mut self, line: &str) {
            self.input
                .write_all(format!("{line}\n").as_bytes())
                .await
                .expect("written");
        }

        async fn read(&mut self) -> Value {
            let mut line = String::new();
            self.output.read_line(&mut line).await.expect("read");
            serde_json::from_str(&line).expect("every line is JSON")
        }

        async fn begin_call(&mut self) {
            self.write(&stateless_call(7, None).to_string()).await;
            self.probe.until(|state| state.begun == 1).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn calls_in_flight_are_answered_after_the_end_of_input() {
        let mut client = start();
        client.begin_call().await;
        client.input.shutdown().await.expect("closed");
        let probe = client.probe.clone();
        tokio::spawn(async move {
            tokio::time::sleep(GRACE / 2).await;
            probe.release();
        });
        assert_eq!(client.read().await["id"], 7);
        client.served.await.expect("no panic").expect("served");
        client.probe.until(|state| state.cancelled == 0).await;
    }

    #[tokio::test(start_paused = true)]
    async fn calls_past_the_grace_are_cancelled() {
        let mut client = start();
        client.begin_call().await;
        let start = tokio::time::Instant::now();
        client.shutdown.cancel();
        client.served.await.expect("no panic").expect("served");
        assert_eq!(start.elapsed(), GRACE);
        let reached = |state: &State| state.cancelled == 1;
        client.probe.until(reached).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_nothing_does_not_hold_the_end_up() {
        for (alone, signalled) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut client = start();
            client.probe.release();
            client.write(&initialize().to_string()).await;
            // More answers than the pipe takes.
            for id in 1..2_000 {
                let mut call = stateless_call(id, None);
                if !alone {
                    call["params"].as_object_mut().expect("parameters").remove("_meta");
                }
                client.write(&call.to_string()).await;
            }
            client.probe.until(|state| state.begun == 1_999).await;
            let start = tokio::time::Instant::now();
            if signalled {
                client.shutdown.cancel();
            } else {
                client.input.shutdown().await.expect("closed");
            }
            client.served.await.expect("no panic").expect("served");
            let late = start.elapsed().saturating_sub(GRACE);
            assert!(late <= Duration::from_secs(1), "alone: {alone}: {late:?} late");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_leaves_long_answers_unread_is_not_read() {
        for alone in [false, true] {
            let mut client = start();
            client.probe.release();
            // More than the stream takes by itself.
            client.probe.answer_with(2 * backlog::MOST);
            client.write(&initialize().to_string()).await;
            for id in 1..=2 {
                let mut call = stateless_call(id, None);
                if !alone {
                    call["params"].as_object_mut().expect("parameters").remove("_meta");
                }
                client.write(&call.to_string()).await;
                // The clock goes on when nothing else is to be done.
                tokio::time::sleep(Duration::from_secs(1)).await;
                assert_eq!(client.probe.begun(), 1, "alone: {alone}");
            }
            for id in 0..=2 {
                assert_eq!(client.read().await["id"], id);
            }
        }
    }

    #[tokio::test]
    async fn a_cancelled_call_ends_and_is_not_answered() {
        let mut client = start();
        client.begin_call().await;
        client
            .write(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#)
            .await;
        client.probe.until(|state| state.cancelled == 1).await;
        // The first message for rmcp, which would give up if it had been the one above.
        client.write(&initialize().to_string()).await;
        assert_eq!(client.read().await["id"], 0);
    }

    #[tokio::test]
    async fn calls_with_and_without_progress_are_answered() {
        let mut client = start();
        client.probe.release();
        client.write(&stateless_call(7, None).to_string()).await;
        assert_eq!(client.read().await["id"], 7);
        client.write(&stateless_call(8, Some("token")).to_string()).await;
        assert_eq!(client.read().await["method"], "notifications/progress");
        assert_eq!(client.read().await["id"], 8);
    }

    #[tokio::test(start_paused = true)]
    async fn a_subscription_does_not_hold_the_end_up() {
        let mut client = start();
        let mut listen = stateless_call(7, None);
        listen["method"] = "subscriptions/listen".into();
        listen["params"]["notifications"] = serde_json::json!({ "toolsListChanged": true });
        client.write(&listen.to_string()).await;
        assert_eq!(
            client.read().await["method"],
            "notifications/subscriptions/acknowledged"
        );
        let start = tokio::time::Instant::now();
        client.input.shutdown().await.expect("closed");
        client.served.await.expect("no panic").expect("served");
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test]
    async fn rubbish_does_not_end_the_stream() {
        let mut client = start();
        for rubbish in [
            "",
            "rubbish",
            "{}",
            "[]",
            "7",
            "\u{0}",
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        ] {
            client.write(rubbish).await;
        }
        client.write(&initialize().to_string()).await;
        loop {
            let answer = client.read().await;
            if answer["id"] == 0 {
                assert_eq!(answer["result"]["protocolVersion"], "2025-11-25");
                break;
            }
            let code = answer["error"]["code"].as_i64();
            assert!(matches!(code, Some(-32600 | -32700)), "{answer}");
        }
    }

    /// What clients of 2026-07-28 begin with, and what they send when a call has just been answered.
    #[tokio::test]
    async fn taking_back_what_is_over_does_not_end_the_stream() {
        let mut client = start();
        client.probe.release();
        let mut discover = stateless_call(1, None);
        discover["method"] = "server/discover".into();
        let taken_back = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#;
        for first in [
            r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.to_owned(),
            discover.to_string(),
        ] {
            client.write(&first).await;
            assert_eq!(client.read().await["id"], 1);
            client.write(&stateless_call(7, None).to_string()).await;
            assert_eq!(client.read().await["id"], 7);
            client.write(taken_back).await;
        }
        client.write(&initialize().to_string()).await;
        assert_eq!(client.read().await["id"], 0);
    }

    #[tokio::test]
    async fn a_client_that_says_nothing_is_no_error() {
        let mut client = start();
        client.input.shutdown().await.expect("closed");
        client.served.await.expect("no panic").expect("served");
    }
}
