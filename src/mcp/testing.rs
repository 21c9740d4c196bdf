//! A handler and a bare HTTP client for the tests of the transports.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ProgressNotificationParam,
    ServerCapabilities, ServerConfig, SubscriptionFilter,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::Lifetime;

/// A handler whose one tool, whatever its name, answers when it is released.
#[derive(Clone)]
pub(super) struct Probe {
    lifetime: Lifetime,
    state: Arc<watch::Sender<State>>,
    /// Bytes of the answers.
    length: Arc<AtomicUsize>,
}

/// What the calls of a [`Probe`] are doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct State {
    /// Calls may answer.
    pub(super) released: bool,
    /// Calls that have begun.
    pub(super) begun: u32,
    /// Calls that were cancelled.
    pub(super) cancelled: u32,
    /// Calls that are done, cancelled or not.
    pub(super) answered: u32,
}

impl Probe {
    /// A probe whose calls wait.
    pub(super) fn new(lifetime: &Lifetime) -> Self {
        Self {
            lifetime: lifetime.clone(),
            state: Arc::new(watch::Sender::new(State::default())),
            length: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// Lets all calls answer.
    pub(super) fn release(&self) {
        self.state.send_modify(|state| state.released = true);
    }

    /// Has answers hold at least that many bytes.
    pub(super) fn answer_with(&self, bytes: usize) {
        self.length.store(bytes, Ordering::Relaxed);
    }

    /// How many calls have begun.
    pub(super) fn begun(&self) -> u32 {
        self.state.borrow().begun
    }

    /// Waits until the calls have come that far.
    pub(super) async fn until(&self, reached: impl FnMut(&State) -> bool) {
        self.state.subscribe().wait_for(reached).await.expect("the probe lives");
    }
}

impl ServerHandler for Probe {
    fn get_info(&self) -> ServerConfig {
        let tools = ServerCapabilities::builder().enable_tools().enable_tool_list_changed();
        ServerConfig::new(tools.build())
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn call_tool(
        &self,
        _request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let _in_flight = self.lifetime.begin_call();
        if let Some(token) = context.meta.get_progress_token() {
            let progress = ProgressNotificationParam::new(token, 1.0);
            context
                .peer
                .notify_progress(progress)
                .await
                .expect("the client listens");
        }
        self.state.send_modify(|state| state.begun += 1);
        tokio::select! {
            () = self.until(|state| state.released) => {}
            () = context.ct.cancelled() => self.state.send_modify(|state| state.cancelled += 1),
        }
        self.state.send_modify(|state| state.answered += 1);
        let filling = ".".repeat(self.length.load(Ordering::Relaxed));
        Ok(CallToolResult::success(vec![ContentBlock::text(format!("done{filling}"))]).into())
    }
}

/// A `tools/call` of 2026-07-28.
pub(super) fn stateless_call(id: u32, token: Option<&str>) -> Value {
    let mut meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    if let Some(token) = token {
        meta["progressToken"] = token.into();
    }
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": { "name": "wait", "arguments": {}, "_meta": meta } })
}

/// An `initialize` of 2025-11-25.
pub(super) fn initialize() -> Value {
    json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } } })
}

/// The headers that a POST of [`stateless_call`] needs.
pub(super) const STATELESS: &str = "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: wait\r\n";
/// The headers that every POST to `/mcp` needs.
pub(super) const MCP: &str = "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n";

/// One HTTP connection.
pub(super) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> Self {
        Self {
            stream: TcpStream::connect(address).await.expect("connected"),
            received: Vec::new(),
        }
    }

    /// Sends a request with these header lines, and `Host: localhost` if they name no host.
    pub(super) async fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) {
        let host = if headers.contains("Host:") {
            ""
        } else {
            "Host: localhost\r\n"
        };
        let length = body.len();
        let request = format!("{method} {path} HTTP/1.1\r\n{host}{headers}Content-Length: {length}\r\n\r\n{body}");
        self.write(request.as_bytes()).await;
    }

    /// Sends these bytes.
    pub(super) async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("sent");
    }

    /// Everything received so far, as soon as it contains `text`; panics if the server closes before.
    pub(super) async fn until(&mut self, text: &str) -> String {
        loop {
            let received = String::from_utf8_lossy(&self.received).into_owned();
            if received.contains(text) {
                return received;
            }
            let read = self.stream.read_buf(&mut self.received).await.expect("received");
            assert_ne!(read, 0, "closed without {text:?}: {received}");
        }
    }

    /// Everything received until the server closes.
    pub(super) async fn until_closed(&mut self) -> String {
        self.stream.read_to_end(&mut self.received).await.expect("received");
        String::from_utf8_lossy(&self.received).into_owned()
    }
}

/// Sends one request and returns the whole answer.
pub(super) async fn exchange(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> String {
    let mut connection = Connection::open(address).await;
    let headers = format!("Connection: close\r\n{headers}");
    connection.send(method, path, &headers, body).await;
    connection.until_closed().await
}

/// The status of an answer.
pub(super) fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or(answer)
}

/// Loopback, any port.
pub(super) fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}
