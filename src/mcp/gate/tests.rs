//! What the gate lets through, and when.

use std::time::Duration;

use rmcp::model::ErrorData;
use serde_json::json;
use tokio::sync::mpsc;

use super::super::backlog::MOST;
use super::*;

const GRACE: Duration = Duration::from_secs(30);

/// A transport between two channels.
struct Channels {
    received: mpsc::Receiver<ClientJsonRpcMessage>,
    sent: mpsc::UnboundedSender<ServerJsonRpcMessage>,
    /// Whether the client reads what is sent to it.
    reads: bool,
}

impl Transport<RoleServer> for Channels {
    type Error = std::io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let sent = self.sent.clone();
        let reads = self.reads;
        async move {
            if !reads {
                std::future::pending::<()>().await;
            }
            sent.send(message).map_err(std::io::Error::other)
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        self.received.recv().await
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

struct Setting {
    gate: Gate<Channels>,
    client: mpsc::Sender<ClientJsonRpcMessage>,
    shutdown: CancellationToken,
    cut: CancellationToken,
    outbox: mpsc::UnboundedReceiver<ServerJsonRpcMessage>,
}

fn setting() -> Setting {
    let (client, received) = mpsc::channel(16);
    let (sent, outbox) = mpsc::unbounded_channel();
    let shutdown = CancellationToken::new();
    let cut = CancellationToken::new();
    let lifetime = Lifetime::new(shutdown.clone(), GRACE);
    let channels = Channels {
        received,
        sent,
        reads: true,
    };
    let gate = Gate::new(channels, lifetime, cut.clone());
    Setting {
        gate,
        client,
        shutdown,
        cut,
        outbox,
    }
}

fn message(value: serde_json::Value) -> ClientJsonRpcMessage {
    serde_json::from_value(value).expect("a message")
}

fn request(id: i64) -> ClientJsonRpcMessage {
    message(
        json!({ "jsonrpc": "2.0", "id": id, "method": "initialize", "params": { "protocolVersion": "2025-11-25",
        "capabilities": {}, "clientInfo": { "name": "tests", "version": "1" } } }),
    )
}

fn answer(id: i64) -> ServerJsonRpcMessage {
    JsonRpcMessage::error(ErrorData::internal_error("", None), Some(RequestId::Number(id)))
}

#[tokio::test]
async fn requests_that_leave_everything_open_do_not_open_a_stream() {
    let meta = |version: &str| {
        json!({ "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientCapabilities": {} })
    };
    let asking = |method: &str, parameters: serde_json::Value| {
        message(json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters }))
    };
    let open = [
        asking("ping", json!({})),
        asking("server/discover", json!({ "_meta": meta("2026-07-28") })),
        asking("tools/list", json!({})),
        asking("tools/list", json!({ "_meta": meta("1999-01-01") })),
        asking("unknown", json!({})),
    ];
    let late = message(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 7 } }));
    for request in open {
        let mut setting = setting();
        let mut next = request.clone();
        if let JsonRpcMessage::Request(next) = &mut next {
            next.id = RequestId::Number(2);
        }
        for message in [request, late.clone(), next] {
            setting.client.send(message).await.expect("sent");
        }
        for _ in 0..2 {
            let admitted = setting.gate.receive().await;
            assert!(matches!(admitted, Some(JsonRpcMessage::Request(_))), "{admitted:?}");
        }
    }
    let mut setting = setting();
    let whole = asking("tools/list", json!({ "_meta": meta("2026-07-28") }));
    for message in [whole, late] {
        setting.client.send(message).await.expect("sent");
    }
    setting.gate.receive().await;
    let admitted = setting.gate.receive().await;
    assert!(
        matches!(admitted, Some(JsonRpcMessage::Notification(_))),
        "{admitted:?}"
    );
}

#[tokio::test]
async fn nothing_but_a_request_opens_a_stream() {
    let mut setting = setting();
    let early = message(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    setting.client.send(early.clone()).await.expect("sent");
    setting.client.send(request(1)).await.expect("sent");
    setting.client.send(early).await.expect("sent");
    let first = setting.gate.receive().await;
    assert!(matches!(first, Some(JsonRpcMessage::Request(_))), "{first:?}");
    let second = setting.gate.receive().await;
    assert!(matches!(second, Some(JsonRpcMessage::Notification(_))), "{second:?}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_not_read() {
    let mut setting = setting();
    setting.gate.most_unanswered = 2;
    for id in [1, 2, 3] {
        setting.client.send(request(id)).await.expect("sent");
    }
    for _ in 0..2 {
        assert!(setting.gate.receive().await.is_some());
    }
    let third = tokio::time::timeout(GRACE, setting.gate.receive()).await;
    assert!(third.is_err(), "{third:?}");
    setting.gate.send(answer(1)).await.expect("sent");
    assert!(setting.gate.receive().await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_long_answers_slowly_is_not_taken_for_gone() {
    let setting = setting();
    let backlog = Backlog::default();
    let mut gate = setting.gate.with_backlog(backlog.clone());
    let start = Instant::now();
    backlog.add(MOST + 3);
    setting.client.send(request(1)).await.expect("sent");
    let reading = tokio::spawn({
        let backlog = backlog.clone();
        async move {
            for _ in 0..4 {
                tokio::time::sleep(UNREAD_TIME * 2 / 3).await;
                backlog.remove(1);
            }
        }
    });
    assert!(gate.receive().await.is_some());
    assert_eq!(start.elapsed(), UNREAD_TIME * 8 / 3);
    reading.await.expect("no panic");
    backlog.add(1);
    setting.client.send(request(2)).await.expect("sent");
    gate.send(answer(1)).await.expect("sent");
    let start = Instant::now();
    assert!(gate.receive().await.is_none(), "it reads nothing");
    assert_eq!(start.elapsed(), UNREAD_TIME);
}

/// Using an identifier twice gets nobody around that.
#[tokio::test(start_paused = true)]
async fn refusals_that_are_not_read_count_as_well() {
    let mut setting = setting();
    setting.gate.most_unanswered = 2;
    setting.gate.inner.reads = false;
    for _ in 0..3 {
        setting.client.send(request(1)).await.expect("sent");
    }
    assert!(setting.gate.receive().await.is_some());
    let start = Instant::now();
    let second = tokio::time::timeout(GRACE, setting.gate.receive()).await;
    assert!(second.is_err(), "{second:?}");
    let unread = setting.client.max_capacity() - setting.client.capacity();
    assert_eq!(unread, 1, "the third one is not read");
    // Nor is the end of input. Yet the stream ends, however often the service loop looks.
    drop(setting.client);
    let second = tokio::time::timeout(GRACE, setting.gate.receive()).await;
    assert!(second.is_err(), "{second:?}");
    assert!(setting.gate.receive().await.is_none());
    assert_eq!(start.elapsed(), UNREAD_TIME + GRACE);
}

#[tokio::test(start_paused = true)]
async fn a_stream_whose_answers_nobody_reads_is_idle() {
    let idle = Duration::from_mins(10);
    let setting = setting();
    let mut gate = setting.gate.with_idle_end(idle);
    gate.inner.reads = false;
    setting.client.send(request(1)).await.expect("sent");
    assert!(gate.receive().await.is_some());
    let start = Instant::now();
    assert!(
        tokio::time::timeout(2 * idle, gate.receive()).await.is_err(),
        "a call is under way"
    );
    let sending = tokio::spawn(gate.send(answer(1)));
    let ended = tokio::time::timeout(2 * idle + GRACE, gate.receive()).await;
    assert!(ended.expect("the call has its answer").is_none());
    assert_eq!(start.elapsed(), 3 * idle + GRACE);
    sending.abort();
}

#[tokio::test(start_paused = true)]
async fn the_end_of_input_waits_for_answers() {
    let mut setting = setting();
    setting.client.send(request(1)).await.expect("sent");
    assert!(setting.gate.receive().await.is_some());
    drop(setting.client);
    let early = tokio::time::timeout(GRACE / 2, setting.gate.receive()).await;
    assert!(early.is_err() && !setting.cut.is_cancelled(), "{early:?}");
    setting.gate.send(answer(1)).await.expect("sent");
    assert!(setting.gate.receive().await.is_none());
    assert!(setting.cut.is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn a_subscription_is_not_waited_for() {
    let mut setting = setting();
    let listen = json!({ "jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen",
        "params": { "notifications": { "toolsListChanged": true } } });
    setting.client.send(message(listen)).await.expect("sent");
    assert!(setting.gate.receive().await.is_some());
    let start = Instant::now();
    drop(setting.client);
    assert!(setting.gate.receive().await.is_none());
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(setting.cut.is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn answers_are_not_waited_for_longer_than_the_grace() {
    let mut setting = setting();
    setting.client.send(request(1)).await.expect("sent");
    assert!(setting.gate.receive().await.is_some());
    let start = Instant::now();
    setting.shutdown.cancel();
    assert!(setting.gate.receive().await.is_none());
    assert_eq!(start.elapsed(), GRACE);
    assert!(setting.cut.is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_request_is_not_waited_for() {
    let mut setting = setting();
    setting.client.send(request(1)).await.expect("sent");
    let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
    setting.client.send(message(cancelled)).await.expect("sent");
    for _ in 0..2 {
        assert!(setting.gate.receive().await.is_some());
    }
    let start = Instant::now();
    drop(setting.client);
    assert!(setting.gate.receive().await.is_none());
    assert_eq!(start.elapsed(), Duration::ZERO);
}

fn question(id: i64) -> ServerJsonRpcMessage {
    let question = json!({ "jsonrpc": "2.0", "id": id, "method": "elicitation/create",
        "params": { "message": "Really?", "requestedSchema": { "type": "object", "properties": {} } } });
    serde_json::from_value(question).expect("a question")
}

#[tokio::test(start_paused = true)]
async fn a_question_is_put_away_when_nobody_can_answer_it() {
    for by_shutdown in [false, true] {
        let mut setting = setting();
        setting.client.send(request(1)).await.expect("sent");
        assert!(setting.gate.receive().await.is_some());
        setting.gate.send(question(5)).await.expect("sent");
        let start = Instant::now();
        if by_shutdown {
            setting.shutdown.cancel();
        } else {
            drop(setting.client);
        }
        for id in [5, 6] {
            let cancelled = setting.gate.receive().await.expect("an answer");
            let cancelled = serde_json::to_value(cancelled).expect("JSON");
            assert_eq!(cancelled["id"], id);
            assert_eq!(cancelled["result"]["action"], "cancel");
            // One that is asked too late.
            setting.gate.send(question(6)).await.expect("sent");
        }
        assert!(setting.gate.receive().await.is_some());
        assert_eq!(start.elapsed(), Duration::ZERO);
        setting.gate.send(answer(1)).await.expect("sent");
        assert!(setting.gate.receive().await.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn answered_and_withdrawn_questions_are_over() {
    let mut setting = setting();
    setting.client.send(request(1)).await.expect("sent");
    for reply in [
        json!({ "jsonrpc": "2.0", "id": 5, "result": { "action": "accept" } }),
        json!({ "jsonrpc": "2.0", "id": 6, "error": { "code": -32601, "message": "no forms here" } }),
    ] {
        setting.client.send(message(reply)).await.expect("sent");
    }
    for id in 5..=7 {
        setting.gate.send(question(id)).await.expect("sent");
    }
    for _ in 0..3 {
        assert!(setting.gate.receive().await.is_some());
    }
    let withdrawn = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 7 } });
    let withdrawn = serde_json::from_value(withdrawn).expect("a notification");
    setting.gate.send(withdrawn).await.expect("sent");
    assert!(setting.gate.questions.is_empty(), "{:?}", setting.gate.questions);
}

#[tokio::test]
async fn shutdown_ends_reading() {
    let mut setting = setting();
    setting.shutdown.cancel();
    setting.client.send(request(1)).await.expect("sent");
    assert!(setting.gate.receive().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_second_request_of_an_identifier_in_use_is_refused() {
    let mut setting = setting();
    let call = |id| message(json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": "x" } }));
    for message in [request(1), call(7), call(7), call(8)] {
        setting.client.send(message).await.expect("sent");
    }
    for expected in [1, 7, 8] {
        let admitted = setting.gate.receive().await;
        let Some(JsonRpcMessage::Request(request)) = admitted else {
            panic!("{admitted:?}");
        };
        assert_eq!(request.id, RequestId::Number(expected));
    }
    let refusal = setting.outbox.recv().await.expect("answered");
    let refusal = serde_json::to_value(&refusal).expect("JSON");
    assert_eq!((&refusal["id"], &refusal["error"]["code"]), (&json!(7), &json!(-32600)));
    for id in [1, 7, 8] {
        setting.gate.send(answer(id)).await.expect("sent");
    }
    // All are answered: the end waits for none. Once answered, an identifier is free.
    setting.client.send(call(7)).await.expect("sent");
    assert!(setting.gate.receive().await.is_some());
    setting.gate.send(answer(7)).await.expect("sent");
    drop(setting.client);
    let closing = Instant::now();
    assert!(setting.gate.receive().await.is_none());
    assert_eq!(closing.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn an_identifier_that_was_cancelled_is_not_used_again() {
    let mut setting = setting();
    let call = |id| message(json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": "x" } }));
    let cancel =
        message(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 7 } }));
    for message in [request(1), call(7), cancel, call(7), call(8)] {
        setting.client.send(message).await.expect("sent");
    }
    let mut admitted = Vec::new();
    for _ in 0..4 {
        admitted.push(match setting.gate.receive().await.expect("open") {
            JsonRpcMessage::Request(request) => Some(request.id),
            _ => None,
        });
    }
    assert_eq!(
        admitted,
        [1, 7, 0, 8].map(|id| (id != 0).then_some(RequestId::Number(id)))
    );
    let refusal = serde_json::to_value(setting.outbox.recv().await.expect("answered")).expect("JSON");
    assert_eq!((&refusal["id"], &refusal["error"]["code"]), (&json!(7), &json!(-32600)));
}

#[tokio::test(start_paused = true)]
async fn subscriptions_have_a_bound_of_their_own() {
    let mut setting = setting();
    setting.gate.most_unanswered = MOST_SUBSCRIPTIONS + 1;
    let meta = json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {} });
    let listen = |id: usize| {
        message(json!({ "jsonrpc": "2.0", "id": id, "method": "subscriptions/listen",
            "params": { "notifications": { "toolsListChanged": true }, "_meta": meta } }))
    };
    let client = setting.client.clone();
    let sending = tokio::spawn({
        let all: Vec<_> = (0..=MOST_SUBSCRIPTIONS).map(listen).chain([request(1_000)]).collect();
        async move {
            for message in all {
                client.send(message).await.expect("read");
            }
        }
    });
    for _ in 0..=MOST_SUBSCRIPTIONS {
        let received = tokio::time::timeout(GRACE, setting.gate.receive()).await;
        assert!(matches!(received, Ok(Some(_))), "{received:?}");
    }
    sending.await.expect("all was read");
    let refusal = tokio::time::timeout(GRACE, setting.outbox.recv()).await;
    let refusal = serde_json::to_value(refusal.expect("refused").expect("answered")).expect("JSON");
    assert_eq!(refusal["id"], json!(MOST_SUBSCRIPTIONS));
    assert_eq!(refusal["error"]["code"], json!(-32600));
}
