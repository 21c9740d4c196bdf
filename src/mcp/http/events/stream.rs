//! The events of one request: what is said before its answer, and the answer. One reader has them at a time
//! (2025-11-25, basic/transports, Multiple Connections: no message goes to two). Knows nothing of sessions or callers.

use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

use rmcp::model::JsonRpcMessage;
use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use tokio::runtime::Handle;
use tokio::sync::mpsc::Receiver;

use super::weight;

/// Most events that are kept of one request. The oldest that only tell how things stand go first.
const MOST_EVENTS: usize = 64;

/// The events of one request, as far as they are kept.
pub(super) struct Stream {
    state: Mutex<State>,
    /// Known when it has ended.
    weight: OnceLock<usize>,
    on_end: Box<dyn Fn(End) + Send + Sync>,
}

/// How a stream stands that has had its last event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Nobody is known to have all of it.
    Unread,
    /// Its reader has asked for more.
    Read,
}

struct State {
    /// Each with its number.
    kept: VecDeque<(usize, ServerSseMessage)>,
    /// The number of the event to come. rmcp counts in the same way, and its numbers are what clients name.
    next: usize,
    source: Source,
    /// The number of the reader whose events they are now.
    turn: u64,
    /// That reader, while there is nothing for it.
    waiting: Option<Waker>,
}

/// Where the next event comes from.
enum Source {
    /// The first reader takes it from the session, which waits for one that is slow.
    Session(Receiver<ServerSseMessage>),
    /// A task does: that reader is gone, and the session waits for nobody who may never come.
    Task,
    /// Nowhere: the last one is there.
    End,
}

/// Gives the events that are kept and those to come, until another reader wants them.
pub(super) struct Reader {
    stream: Arc<Stream>,
    turn: u64,
    /// The number of the next event that it wants.
    next: usize,
}

impl Stream {
    /// The stream of a request whose events come from `source`, and its first reader. `on_end` learns of its end, and
    /// may do so more than once.
    pub(super) fn new(
        source: Receiver<ServerSseMessage>,
        on_end: impl Fn(End) + Send + Sync + 'static,
    ) -> (Arc<Self>, Reader) {
        let state = State {
            kept: VecDeque::new(),
            next: 0,
            source: Source::Session(source),
            turn: 0,
            waiting: None,
        };
        let stream = Arc::new(Self {
            state: Mutex::new(state),
            weight: OnceLock::new(),
            on_end: Box::new(on_end),
        });
        let reader = Reader {
            stream: Arc::clone(&stream),
            turn: 0,
            next: 0,
        };
        (stream, reader)
    }

    /// Whether there has been an event of this number.
    pub(super) fn has(&self, index: usize) -> bool {
        index < self.state().next
    }

    /// What comes after the event of this number, if there has been one. Whoever reads now gets no more.
    pub(super) fn after(self: &Arc<Self>, index: usize) -> Option<Reader> {
        let mut state = self.state();
        if index >= state.next {
            return None;
        }
        state.turn += 1;
        let turn = state.turn;
        let before = state.waiting.take();
        let source = state.leave();
        drop(state);
        self.take(source);
        if let Some(before) = before {
            before.wake();
        }
        Some(Reader {
            stream: Arc::clone(self),
            turn,
            next: index + 1,
        })
    }

    /// About how much memory its events take. It has ended: no more come.
    pub(super) fn weight(&self) -> usize {
        let weigh = || self.state().kept.iter().map(|(_, event)| weight::of(event)).sum();
        *self.weight.get_or_init(weigh)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a task take the events from the session.
    fn take(self: &Arc<Self>, source: Option<Receiver<ServerSseMessage>>) {
        // Without a runtime the server is ending, and nobody comes back.
        let (Some(mut source), Ok(runtime)) = (source, Handle::try_current()) else {
            return;
        };
        let stream = Arc::clone(self);
        runtime.spawn(async move {
            while let Some(event) = source.recv().await {
                let is_last = is_answer(&event);
                stream.go_on(|state| state.keep(event));
                if is_last {
                    break;
                }
            }
            stream.go_on(|state| state.source = Source::End);
            (stream.on_end)(End::Unread);
        });
    }

    /// Changes its state, and tells its reader.
    fn go_on(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        let waiting = state.waiting.take();
        drop(state);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }
}

impl State {
    /// Keeps one more event.
    fn keep(&mut self, event: ServerSseMessage) {
        if self.kept.len() >= MOST_EVENTS {
            let place = self.kept.iter().position(|(_, event)| is_news(event));
            self.kept.remove(place.unwrap_or(0));
        }
        self.kept.push_back((self.next, event));
        self.next += 1;
    }

    /// The first event from this number on.
    fn from(&self, index: usize) -> Option<&(usize, ServerSseMessage)> {
        self.kept.get(self.kept.partition_point(|(number, _)| *number < index))
    }

    /// What the first reader has left to a task.
    fn leave(&mut self) -> Option<Receiver<ServerSseMessage>> {
        match mem::replace(&mut self.source, Source::Task) {
            Source::Session(source) => Some(source),
            other => {
                self.source = other;
                None
            }
        }
    }
}

impl futures_util::Stream for Reader {
    type Item = ServerSseMessage;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<ServerSseMessage>> {
        let reader = self.get_mut();
        let mut state = reader.stream.state();
        if state.turn != reader.turn {
            return Poll::Ready(None);
        }
        if let Some((number, event)) = state.from(reader.next) {
            reader.next = number + 1;
            return Poll::Ready(Some(event.clone()));
        }
        let taken = match &mut state.source {
            Source::Session(source) => source.poll_recv(context),
            Source::Task => Poll::Pending,
            Source::End => Poll::Ready(None),
        };
        match taken {
            Poll::Ready(Some(event)) => {
                reader.next = state.next + 1;
                state.keep(event.clone());
                if is_answer(&event) {
                    // It may be large, and is not to lie here unnoticed while a client does not read it.
                    state.source = Source::End;
                    drop(state);
                    (reader.stream.on_end)(End::Unread);
                }
                Poll::Ready(Some(event))
            }
            Poll::Ready(None) => {
                state.source = Source::End;
                drop(state);
                (reader.stream.on_end)(End::Read);
                Poll::Ready(None)
            }
            Poll::Pending => {
                // Whoever takes its place has to wake it.
                state.waiting = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.stream.state();
        if state.turn != self.turn {
            return;
        }
        state.waiting = None;
        let source = state.leave();
        drop(state);
        self.stream.take(source);
    }
}

/// Whether nothing comes after it.
fn is_answer(event: &ServerSseMessage) -> bool {
    matches!(
        event.message.as_deref(),
        Some(JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_))
    )
}

/// Whether it only tells how things stand: nobody waits for it.
fn is_news(event: &ServerSseMessage) -> bool {
    matches!(event.message.as_deref(), None | Some(JsonRpcMessage::Notification(_)))
}

#[cfg(test)]
mod tests;
