//! The bridge over real connections, and its idle timeout on a paused clock.

use std::net::SocketAddr;

use rmcp::ErrorData;
use rmcp::model::JsonRpcMessage;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::super::Authentication;
use super::super::backlog;
use super::super::http::{bind, serve};
use super::super::testing::{Connection, Probe, any_port, exchange, initialize, status};
use super::*;

const JSON: &str = "Content-Type: application/json\r\n";

struct Server {
    address: SocketAddr,
    probe: Probe,
}

async fn start(adjust: impl FnOnce(&mut HttpSettings)) -> Server {
    let mut settings = HttpSettings::default();
    adjust(&mut settings);
    let lifetime = Lifetime::new(CancellationToken::new(), Duration::from_secs(1));
    let probe = Probe::new(&lifetime);
    let listener = bind(any_port(), &Authentication::None).await.expect("bound");
    let address = listener.local_addr().expect("address");
    let service = probe.clone();
    tokio::spawn(async move { serve(listener, move |_, _| service.clone(), &settings, lifetime).await });
    Server { address, probe }
}

impl Server {
    /// Opens a stream and returns it with the path to post to.
    async fn open(&self) -> (Connection, String) {
        let mut stream = Connection::open(self.address).await;
        stream.send("GET", "/sse", "Accept: text/event-stream\r\n", "").await;
        // Header lines end with a carriage return, the lines of events do not.
        let received = stream.until("\n\n").await;
        let endpoint = received
            .lines()
            .find_map(|line| line.strip_prefix("data: "))
            .expect("endpoint");
        assert!(received.contains("event: endpoint"), "{received}");
        assert!(endpoint.starts_with("messages?session_id="), "relative: {endpoint}");
        let path = format!("/{}", endpoint.trim());
        (stream, path)
    }

    async fn post(&self, path: &str, message: &Value) -> String {
        exchange(self.address, "POST", path, JSON, &message.to_string()).await
    }
}

fn call() -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "wait" } })
}

#[tokio::test]
async fn answers_come_on_the_stream() {
    let server = start(|_| {}).await;
    server.probe.release();
    let (mut stream, path) = server.open().await;
    let (mut other, _) = server.open().await;
    assert_eq!(status(&server.post(&path, &initialize()).await), "202");
    stream.until("\"protocolVersion\":\"2025-11-25\"").await;
    assert_eq!(status(&server.post(&path, &call()).await), "202");
    let received = stream.until("\"done\"").await;
    assert!(received.contains("event: message"), "{received}");
    let elsewhere = tokio::time::timeout(Duration::from_millis(1), other.until("\"done\"")).await;
    assert!(elsewhere.is_err(), "another session saw it");
}

#[tokio::test]
async fn the_bridge_can_be_left_out() {
    let server = start(|settings| settings.legacy_sse = false).await;
    assert_eq!(status(&exchange(server.address, "GET", "/sse", "", "").await), "404");
    assert_eq!(status(&server.post("/messages?session_id=0123", &call()).await), "404");
}

#[tokio::test]
async fn only_open_sessions_take_messages() {
    let server = start(|_| {}).await;
    assert_eq!(status(&server.post("/messages?session_id=0123", &call()).await), "404");
    assert_eq!(status(&server.post("/messages", &call()).await), "400");
    let (_stream, path) = server.open().await;
    for broken in ["", "{", "[]", "7", "{}"] {
        let answer = exchange(server.address, "POST", &path, JSON, broken).await;
        assert_eq!(status(&answer), "400", "{broken:?}: {answer}");
    }
    assert_eq!(status(&server.post(&path, &initialize()).await), "202");
}

#[tokio::test]
async fn identifiers_cannot_be_guessed() {
    let server = start(|_| {}).await;
    let (_first, one) = server.open().await;
    let (_second, other) = server.open().await;
    assert_ne!(one, other);
    assert_eq!(one.rsplit('=').next().expect("identifier").len(), 32);
}

#[tokio::test]
async fn messages_may_be_as_long_as_bodies() {
    let server = start(|_| {}).await;
    let (_stream, path) = server.open().await;
    let mut long = call();
    long["params"]["arguments"]["text"] = "x".repeat(4_000_000).into();
    assert_eq!(status(&server.post(&path, &long).await), "202");
}

#[tokio::test]
async fn sessions_have_a_limit() {
    let server = start(|settings| settings.max_sessions = 1).await;
    let (_stream, _) = server.open().await;
    let answer = exchange(server.address, "GET", "/sse", "", "").await;
    assert_eq!(status(&answer), "503", "{answer}");
}

#[tokio::test]
async fn a_client_that_leaves_cancels_its_calls_and_frees_its_place() {
    let server = start(|settings| settings.max_sessions = 1).await;
    let (mut stream, path) = server.open().await;
    server.post(&path, &initialize()).await;
    stream.until("protocolVersion").await;
    server.post(&path, &call()).await;
    server.probe.until(|state| state.begun == 1).await;
    drop(stream);
    server.probe.until(|state| state.cancelled == 1).await;
    assert_eq!(status(&server.post(&path, &call()).await), "404");
    let (_stream, _) = server.open().await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_loses_its_stream() {
    let server = start(|settings| settings.session_idle = Duration::from_mins(10)).await;
    let (mut stream, _) = server.open().await;
    let start = Instant::now();
    stream.until_closed().await;
    assert!(start.elapsed() >= Duration::from_mins(9), "{:?}", start.elapsed());
    assert!(start.elapsed() <= Duration::from_mins(11), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_session_whose_call_is_under_way_is_not_idle() {
    let idle = Duration::from_mins(10);
    let server = start(|settings| settings.session_idle = idle).await;
    let (mut stream, path) = server.open().await;
    server.post(&path, &initialize()).await;
    stream.until("protocolVersion").await;
    server.post(&path, &call()).await;
    server.probe.until(|state| state.begun == 1).await;
    let start = Instant::now();
    assert!(tokio::time::timeout(3 * idle, stream.until("\"done\"")).await.is_err());
    server.probe.release();
    stream.until("\"done\"").await;
    stream.until_closed().await;
    assert!(start.elapsed() >= 4 * idle, "{:?}", start.elapsed());
    assert!(start.elapsed() < 5 * idle, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_message_that_finds_no_room_is_refused() {
    let (inbound, _received) = mpsc::channel(1);
    let session = session(inbound, Caller::local(CancellationToken::new()));
    assert_eq!(
        post_twice(session).await,
        [StatusCode::ACCEPTED, StatusCode::SERVICE_UNAVAILABLE]
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_long_answers_unread_is_not_read() {
    let (inbound, received) = mpsc::channel(2);
    let (outbound, mut sent) = mpsc::channel(QUEUE);
    let bridged = Bridged {
        received,
        outbound,
        backlog: Backlog::default(),
    };
    let lifetime = Lifetime::new(CancellationToken::new(), Duration::ZERO);
    let mut gate = bridged.gate(lifetime, CancellationToken::new());
    let long = ErrorData::internal_error(".".repeat(backlog::MOST), None);
    gate.send(JsonRpcMessage::error(long, None)).await.expect("sent");
    let message = reading::message(initialize().to_string().as_bytes()).expect("a message");
    inbound.send(message).await.expect("sent");
    let unread = tokio::time::timeout(Duration::from_secs(1), gate.receive()).await;
    assert!(unread.is_err(), "{unread:?}");
    drop(sent.recv().await.expect("it was sent"));
    assert!(gate.receive().await.is_some());
}

#[tokio::test]
async fn another_principal_does_not_see_the_session() {
    let (inbound, _received) = mpsc::channel(2);
    let caller = Caller::with_key(
        "0123456789abcdef",
        Principal::caller("ana", "acme"),
        CancellationToken::new(),
    );
    let session = session(inbound, caller);
    assert_eq!(post_twice(session).await, [StatusCode::NOT_FOUND; 2]);
}

fn session(inbound: mpsc::Sender<ClientJsonRpcMessage>, caller: Caller) -> Session {
    let place = Shares::new(1).take(None).expect("free");
    Session {
        inbound,
        caller,
        _place: place,
    }
}

/// Posts two messages of the local user to `session`.
async fn post_twice(session: Session) -> [StatusCode; 2] {
    let lifetime = Lifetime::new(CancellationToken::new(), Duration::ZERO);
    let probe = Probe::new(&lifetime);
    let bridge = Arc::new(Bridge {
        service: move |_, _| probe.clone(),
        sessions: Arc::new(Mutex::new(HashMap::from([("open".to_owned(), session)]))),
        places: Shares::new(1),
        idle: Duration::ZERO,
        lifetime,
    });
    let post = async || {
        let session_id = "open".to_owned();
        let answer = receive(
            State(Arc::clone(&bridge)),
            Query(SessionQuery { session_id }),
            Extension(Caller::local(CancellationToken::new())),
            call().to_string().into(),
        );
        answer.await.status()
    };
    [post().await, post().await]
}
