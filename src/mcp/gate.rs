//! What every message stream needs in front of rmcp's service loop: a clean beginning, a bound on unanswered requests
//! and an end that lets calls in flight answer.

mod unanswered;

use std::collections::{HashSet, VecDeque};
use std::future::Future;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{
    CallToolRequest, ClientJsonRpcMessage, ClientNotification, ClientRequest, ClientResult, ElicitResult,
    ElicitationAction, GetMeta as _, JsonRpcMessage, JsonRpcRequest, ProtocolVersion, RequestId, ServerJsonRpcMessage,
    ServerNotification, ServerRequest,
};
use rmcp::transport::Transport;
use rmcp::{ErrorData, RoleServer};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(super) use self::unanswered::Ticket;
use self::unanswered::{Kind, Unanswered};
use super::backlog::Backlog;
use super::{Lifetime, direct};

/// Most requests of one stream that wait for their answer to be sent. A client that sends and never reads stops
/// being read here; it must exceed what the engine runs and queues, whose calls may wait for the client itself.
const MAX_UNANSWERED: usize = 4_096;

/// Most subscriptions of one stream. Each brings the client the same messages, and none is ever answered.
const MOST_SUBSCRIPTIONS: usize = 64;

/// How long a client may leave so many answers unread that nothing more is read of it, until it is taken for gone: whether
/// it has closed its end cannot be seen meanwhile.
const UNREAD_TIME: Duration = Duration::from_mins(2);

/// How long the last answers may take to leave once the grace is over: those of calls that end because of it, or that
/// their client has not read so far. rmcp alone would wait for them five seconds, and two more to close the stream.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Identifiers of cancelled requests that are remembered.
const MOST_CANCELLED: usize = 256;

/// A transport between a client and rmcp's service loop.
pub(super) struct Gate<T> {
    inner: T,
    lifetime: Lifetime,
    /// Cancelled at the end, so that rmcp does not wait once more for what was not answered within the grace, nor for
    /// subscriptions, which are never answered.
    cut: CancellationToken,
    /// Cancelled when nothing is sent any more, and nothing waits to be.
    over: CancellationToken,
    beside: Option<Box<dyn Beside>>,
    unanswered: Arc<Unanswered>,
    most_unanswered: usize,
    backlog: Backlog,
    unread: Option<Unread>,
    idle: Option<Idle>,
    /// Requests of the service loop that the client has cancelled, by hashes of their identifiers: the loop may still be
    /// at them, and would take the end of one for the answer to another of the same identifier.
    cancelled: VecDeque<u64>,
    hasher: RandomState,
    /// Questions to the client's person that wait for an answer. Calls wait for them, so there are never more.
    questions: HashSet<RequestId>,
    /// Whether the client has sent a request that begins the service loop.
    opened: bool,
    /// Set at the end of input or at shutdown: until then calls in flight may still answer.
    closes_at: Option<Instant>,
}

/// Nothing more is read, because the client does not read its answers.
#[derive(Debug, Clone, Copy)]
struct Unread {
    /// Since when it has read nothing.
    since: Instant,
    /// How much had left by then.
    left: u64,
}

/// When a stream ends on which nothing happens.
#[derive(Debug, Clone, Copy)]
struct Idle {
    /// How long nothing may come, go or be under way.
    longest: Duration,
    /// When that will have been so.
    ends_at: Instant,
}

/// Answers calls beside the service loop.
pub(super) trait Beside: Send + 'static {
    /// Begins `call` in a task of its own, which keeps the ticket until the answer is sent.
    fn begin(&self, call: JsonRpcRequest<CallToolRequest>, ticket: Ticket);
}

impl<T: Transport<RoleServer>> Gate<T> {
    /// A gate to a service loop that ends when `cut` is cancelled.
    pub(super) fn new(inner: T, lifetime: Lifetime, cut: CancellationToken) -> Self {
        Self {
            inner,
            lifetime,
            cut,
            over: CancellationToken::new(),
            beside: None,
            unanswered: Arc::default(),
            most_unanswered: MAX_UNANSWERED,
            backlog: Backlog::default(),
            unread: None,
            idle: None,
            cancelled: VecDeque::new(),
            hasher: RandomState::new(),
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

    /// The same gate, which reads nothing more while too much of what was made for the client waits.
    pub(super) fn with_backlog(mut self, backlog: Backlog) -> Self {
        self.backlog = backlog;
        self
    }

    /// The same gate, whose stream ends when nothing came, went or was under way for `longest`. A call that waits for its
    /// API or for a person is under way.
    pub(super) fn with_idle_end(mut self, longest: Duration) -> Self {
        self.idle = Some(Idle {
            longest,
            ends_at: Instant::now() + longest,
        });
        self
    }

    /// Something came or went.
    fn note_life(&mut self) {
        if let Some(idle) = &mut self.idle {
            idle.ends_at = Instant::now() + idle.longest;
        }
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
                if let Some(fault) = self.fault(request) {
                    self.refuse(request.id.clone(), fault);
                    return None;
                }
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
                    if taken_back.iter().any(|kind| !matches!(kind, Kind::Beside(_))) {
                        if self.cancelled.len() == MOST_CANCELLED {
                            self.cancelled.pop_front();
                        }
                        self.cancelled.push_back(self.hasher.hash_one(id));
                    }
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

    /// Why `request` must not reach the service loop, if it must not.
    fn fault(&self, request: &JsonRpcRequest<ClientRequest>) -> Option<&'static str> {
        // rmcp keeps one of each identifier: it would answer one of them, or neither.
        let is_second = self.unanswered.has_in_loop(&request.id);
        // 2025-11-25, basic, Requests: no identifier is used twice.
        if is_second || !self.cancelled.is_empty() && self.cancelled.contains(&self.hasher.hash_one(&request.id)) {
            return Some(
                "a request of this id is not answered yet, or was cancelled; give each request an id of its own",
            );
        }
        let subscribes = matches!(request.request, ClientRequest::SubscriptionsListenRequest(_));
        if subscribes && self.unanswered.subscriptions() >= MOST_SUBSCRIPTIONS {
            return Some("there are 64 subscriptions on this connection already; cancel one of them first");
        }
        None
    }

    /// Answers a request that does not reach the service loop. It counts until that is sent, as any other.
    fn refuse(&mut self, id: RequestId, fault: &'static str) {
        let ticket = Ticket::new(&self.unanswered, id.clone());
        let refusal = JsonRpcMessage::error(ErrorData::invalid_request(fault, None), Some(id));
        let sending = self.inner.send(refusal);
        tokio::spawn(async move {
            if let Err(error) = sending.await {
                tracing::debug!(%error, "the client cannot be told");
            }
            drop(ticket);
        });
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

/// The next message of a client that reads its answers; `None` at the end of its stream, or when it stopped reading.
async fn next<T: Transport<RoleServer>>(
    inner: &mut T,
    unanswered: &Unanswered,
    most_unanswered: usize,
    backlog: &Backlog,
    unread: &mut Option<Unread>,
) -> Option<ClientJsonRpcMessage> {
    loop {
        while unanswered.len() >= most_unanswered || backlog.is_full() {
            let left = backlog.left();
            // Long answers take their time: whoever reads some of one is there.
            let since = match *unread {
                Some(unread) if unread.left == left => unread.since,
                _ => Instant::now(),
            };
            *unread = Some(Unread { since, left });
            let room = async {
                unanswered.until(|all| all.len() < most_unanswered).await;
                backlog.until(false).await;
            };
            if tokio::time::timeout_at(since + UNREAD_TIME, room).await.is_err() && backlog.left() == left {
                tracing::warn!("the client does not read its answers");
                return None;
            }
        }
        *unread = None;
        tokio::select! {
            biased;
            // An answer that was made meanwhile.
            () = backlog.until(true) => {}
            message = inner.receive() => return message,
        }
    }
}

/// Waits until nothing happened for as long as `idle` says, if it says so.
async fn idle_end(idle: Option<Idle>, unanswered: &Unanswered) {
    match idle {
        Some(idle) => {
            unanswered.until(|all| all.under_way() == 0).await;
            tokio::time::sleep_until(idle.ends_at).await;
        }
        None => std::future::pending().await,
    }
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for Gate<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.note_question(&message);
        self.note_life();
        let answers = match &message {
            ServerJsonRpcMessage::Response(response) => Some(response.id.clone()),
            ServerJsonRpcMessage::Error(error) => error.id.clone(),
            ServerJsonRpcMessage::Request(_) | ServerJsonRpcMessage::Notification(_) => None,
        };
        let sending = self.inner.send(message);
        let unanswered = Arc::clone(&self.unanswered);
        if let Some(id) = &answers {
            unanswered.is_made(id);
        }
        let over = self.over.clone();
        async move {
            let sent = tokio::select! {
                biased;
                sent = sending => sent,
                // Nobody is there to be told of it.
                () = over.cancelled() => Ok(()),
            };
            if let Some(id) = answers {
                unanswered.answer(&id);
            }
            sent
        }
    }

    // Dropped and called again whenever rmcp has something else to do: all state is in `self`.
    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        let unanswered = Arc::clone(&self.unanswered);
        let shutdown = self.lifetime.shutdown().clone();
        while self.closes_at.is_none() {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => { self.close_soon(); }
                message = next(
                    &mut self.inner,
                    &unanswered,
                    self.most_unanswered,
                    &self.backlog,
                    &mut self.unread,
                ) => {
                    self.note_life();
                    match message {
                        None => { self.close_soon(); }
                        Some(message) => if let Some(admitted) = self.admit(message) {
                            return Some(admitted);
                        },
                    }
                },
                () = idle_end(self.idle, &unanswered) => { self.close_soon(); }
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
            let over = self.over.clone();
            tokio::spawn(async move {
                tokio::time::sleep(LAST_WORDS).await;
                over.cancel();
            });
        }
        unanswered.cancel();
        self.cut.cancel();
        None
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        tokio::select! {
            biased;
            closed = self.inner.close() => closed,
            () = self.over.cancelled() => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
