//! What every message stream needs in front of rmcp's service loop: a clean beginning, a bound on unanswered requests
//! and an end that lets calls in flight answer.

mod unanswered;

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequest, ClientJsonRpcMessage, ClientNotification, ClientRequest, ClientResult, ElicitResult,
    ElicitationAction, GetMeta as _, JsonRpcMessage, JsonRpcRequest, ProtocolVersion, RequestId, ServerJsonRpcMessage,
    ServerNotification, ServerRequest,
};
use rmcp::transport::Transport;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(super) use self::unanswered::Ticket;
use self::unanswered::{Kind, Unanswered};
use super::{Lifetime, direct};

/// Most requests of one stream that wait for their answer to be sent. A client that sends and never reads stops
/// being read here; it must exceed what the engine runs and queues, whose calls may wait for the client itself.
const MAX_UNANSWERED: usize = 4_096;

/// A transport between a client and rmcp's service loop.
pub(super) struct Gate<T> {
    inner: T,
    lifetime: Lifetime,
    /// Cancelled at the end, so that rmcp does not wait once more for what was not answered within the grace, nor for
    /// subscriptions, which are never answered.
    cut: CancellationToken,
    beside: Option<Box<dyn Beside>>,
    unanswered: Arc<Unanswered>,
    most_unanswered: usize,
    /// Questions to the client's person that wait for an answer. Calls wait for them, so there are never more.
    questions: HashSet<RequestId>,
    /// Whether the client has sent a request that begins the service loop.
    opened: bool,
    /// Set at the end of input or at shutdown: until then calls in flight may still answer.
    closes_at: Option<Instant>,
}

/// Answers calls beside the service loop.
pub(super) trait Beside: Send + 'static {
    /// Begins `call` in a task of its own, which keeps the ticket until the answer is sent.
    fn begin(&self, call: JsonRpcRequest<CallToolRequest>, ticket: Ticket);
}

impl<T> Gate<T> {
    /// A gate to a service loop that ends when `cut` is cancelled.
    pub(super) fn new(inner: T, lifetime: Lifetime, cut: CancellationToken) -> Self {
        Self {
            inner,
            lifetime,
            cut,
            beside: None,
            unanswered: Arc::default(),
            most_unanswered: MAX_UNANSWERED,
            questions: HashSet::new(),
            opened: false,
            closes_at: None,
        }
    }

    /// The same gate with calls that stand alone led to `beside`.
    pub(super) fn with_beside(mut self, beside: impl Beside) -> Self {
        self.beside = Some(Box::new(beside));
        self
    }

    /// Keeps the books on `message`; `None` if it must not reach the service loop.
    fn admit(&mut self, message: ClientJsonRpcMessage) -> Option<ClientJsonRpcMessage> {
        let message = match message {
            JsonRpcMessage::Request(JsonRpcRequest {
                id,
                request: ClientRequest::CallToolRequest(call),
                ..
            }) if direct::stands_alone(&call) => match &self.beside {
                Some(beside) => {
                    let ticket = Ticket::new(&self.unanswered, id.clone());
                    beside.begin(JsonRpcRequest::new(id, call), ticket);
                    return None;
                }
                None => JsonRpcMessage::request(ClientRequest::CallToolRequest(call), id),
            },
            message => message,
        };
        match &message {
            ClientJsonRpcMessage::Request(request) => {
                self.opened = self.opened || opens(&request.request);
                let kind = match request.request {
                    ClientRequest::SubscriptionsListenRequest(_) => Kind::Subscription,
                    _ => Kind::Call,
                };
                self.unanswered.add(request.id.clone(), kind);
                return Some(message);
            }
            ClientJsonRpcMessage::Notification(notification) => {
                // A cancelled request is never answered.
                if let ClientNotification::CancelledNotification(cancelled) = &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    let taken_back = self.unanswered.take_back(id);
                    for kind in &taken_back {
                        if let Kind::Beside(cancel) = kind {
                            cancel.cancel();
                        }
                    }
                    if !taken_back.is_empty() && taken_back.iter().all(|kind| matches!(kind, Kind::Beside(_))) {
                        return None;
                    }
                }
            }
            ClientJsonRpcMessage::Response(response) => {
                self.questions.remove(&response.id);
            }
            ClientJsonRpcMessage::Error(error) => {
                if let Some(id) = &error.id {
                    self.questions.remove(id);
                }
            }
        }
        // Until its loop has begun, rmcp gives up on a stream that brings anything but a request.
        if !self.opened {
            tracing::debug!("dropped a message from before the first request that begins a session or stands alone");
            return None;
        }
        Some(message)
    }

    /// Keeps the books on questions, which go to the client and may be taken back.
    fn note_question(&mut self, message: &ServerJsonRpcMessage) {
        match message {
            ServerJsonRpcMessage::Request(request) if matches!(request.request, ServerRequest::ElicitRequest(_)) => {
                self.questions.insert(request.id.clone());
            }
            ServerJsonRpcMessage::Notification(notification) => {
                if let ServerNotification::CancelledNotification(cancelled) = &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.questions.remove(id);
                }
            }
            _ => {}
        }
    }

    /// An answer to one of the questions that nobody can answer any more: it is put away.
    fn put_away(&mut self) -> Option<ClientJsonRpcMessage> {
        let id = self.questions.iter().next()?.clone();
        self.questions.remove(&id);
        let cancelled = ClientResult::ElicitResult(ElicitResult::new(ElicitationAction::Cancel));
        Some(JsonRpcMessage::response(cancelled, id))
    }

    fn close_soon(&mut self) -> Instant {
        *self
            .closes_at
            .get_or_insert_with(|| Instant::now() + self.lifetime.grace())
    }
}

/// Whether rmcp's service loop begins with `request`: with an `initialize`, or with one that says all that a request of
/// 2026-07-28 has to say. What comes before, as `ping` and `server/discover` do, is answered outside of the loop.
fn opens(request: &ClientRequest) -> bool {
    match request {
        ClientRequest::InitializeRequest(_) => true,
        ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
        request => {
            let meta = request.get_meta();
            let is_known = |version| ProtocolVersion::KNOWN_VERSIONS.contains(&version);
            meta.protocol_version().is_some_and(is_known)
                && meta.missing_required_keys(&ProtocolVersion::V_2026_07_28).is_empty()
        }
    }
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for Gate<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.note_question(&message);
        let answers = match &message {
            ServerJsonRpcMessage::Response(response) => Some(response.id.clone()),
            ServerJsonRpcMessage::Error(error) => error.id.clone(),
            ServerJsonRpcMessage::Request(_) | ServerJsonRpcMessage::Notification(_) => None,
        };
        let sending = self.inner.send(message);
        let unanswered = Arc::clone(&self.unanswered);
        async move {
            let sent = sending.await;
            if let Some(id) = answers {
                unanswered.answer(&id);
            }
            sent
        }
    }

    // Dropped and called again whenever rmcp has something else to do: all state is in `self`.
    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        let unanswered = Arc::clone(&self.unanswered);
        let most_unanswered = self.most_unanswered;
        let shutdown = self.lifetime.shutdown().clone();
        while self.closes_at.is_none() {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => { self.close_soon(); }
                message = async {
                    unanswered.until(|all| all.len() < most_unanswered).await;
                    self.inner.receive().await
                } => match message {
                    None => { self.close_soon(); }
                    Some(message) => if let Some(admitted) = self.admit(message) {
                        return Some(admitted);
                    },
                },
            }
        }
        let deadline = self.close_soon();
        // Nothing is read any more. A question that is asked from now on brings rmcp back here as well.
        if let Some(cancelled) = self.put_away() {
            return Some(cancelled);
        }
        let answered = unanswered.until(|all| all.calls() == 0);
        if tokio::time::timeout_at(deadline, answered).await.is_err() {
            tracing::warn!(
                calls = unanswered.calls(),
                "cancelling calls that were not answered in time"
            );
        }
        unanswered.cancel();
        self.cut.cancel();
        None
    }

    fn close(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send {
        self.inner.close()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rmcp::model::ErrorData;
    use serde_json::json;
    use tokio::sync::mpsc;

    use super::*;

    const GRACE: Duration = Duration::from_secs(30);

    /// A transport between two channels.
    struct Channels {
        received: mpsc::Receiver<ClientJsonRpcMessage>,
        sent: mpsc::UnboundedSender<ServerJsonRpcMessage>,
    }

    impl Transport<RoleServer> for Channels {
        type Error = std::io::Error;

        fn send(
            &mut self,
            message: ServerJsonRpcMessage,
        ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
            let sent = self.sent.clone();
            async move { sent.send(message).map_err(std::io::Error::other) }
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
        _outbox: mpsc::UnboundedReceiver<ServerJsonRpcMessage>,
    }

    fn setting() -> Setting {
        let (client, received) = mpsc::channel(16);
        let (sent, outbox) = mpsc::unbounded_channel();
        let shutdown = CancellationToken::new();
        let cut = CancellationToken::new();
        let lifetime = Lifetime::new(shutdown.clone(), GRACE);
        let gate = Gate::new(Channels { received, sent }, lifetime, cut.clone());
        Setting {
            gate,
            client,
            shutdown,
            cut,
            _outbox: outbox,
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
        let late =
            message(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 7 } }));
        for request in open {
            let mut setting = setting();
            for message in [request.clone(), late.clone(), request] {
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
        for id in 1..=3 {
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
    async fn a_client_that_uses_an_identifier_twice_is_held_up_like_any_other() {
        let mut setting = setting();
        setting.gate.most_unanswered = 2;
        for _ in 1..=3 {
            setting.client.send(request(1)).await.expect("sent");
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
}
