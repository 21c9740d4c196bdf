//! The requests of one stream that wait for their answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::model::RequestId;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The books on requests that wait.
#[derive(Default)]
pub(super) struct Unanswered {
    requests: Mutex<HashMap<RequestId, Kind>>,
    answered: Notify,
}

/// What a request is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// Will be answered by the service loop.
    Call,
    /// Will be answered beside the service loop; how it is told to end.
    Beside(CancellationToken),
    /// Goes on until the client or the server ends it.
    Subscription,
}

impl Unanswered {
    fn requests(&self) -> MutexGuard<'_, HashMap<RequestId, Kind>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, id: RequestId, kind: Kind) {
        self.requests().insert(id, kind);
    }

    /// Forgets a request, and says what it was.
    pub(super) fn remove(&self, id: &RequestId) -> Option<Kind> {
        let kind = self.requests().remove(id);
        self.answered.notify_waiters();
        kind
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.requests().len()
    }

    /// How many will be answered.
    pub(super) fn calls(&self) -> usize {
        let answerable = |kind: &&Kind| !matches!(kind, Kind::Subscription);
        self.requests().values().filter(answerable).count()
    }

    /// Tells all calls beside the service loop to end.
    pub(super) fn cancel(&self) {
        for kind in self.requests().values() {
            if let Kind::Beside(cancel) = kind {
                cancel.cancel();
            }
        }
    }

    /// Waits until `reached` says so about the requests.
    pub(super) async fn until(&self, reached: impl Fn(&Self) -> bool) {
        while !reached(self) {
            let mut answered = std::pin::pin!(self.answered.notified());
            // Registered before looking once more, so that an answer in between is not missed.
            answered.as_mut().enable();
            if reached(self) {
                return;
            }
            answered.await;
        }
    }
}

/// A call that is answered beside the service loop. It counts as answered when this is dropped.
pub(in crate::mcp) struct Ticket {
    unanswered: Arc<Unanswered>,
    id: RequestId,
    cancel: CancellationToken,
}

impl Ticket {
    pub(super) fn new(unanswered: &Arc<Unanswered>, id: RequestId) -> Self {
        let cancel = CancellationToken::new();
        unanswered.add(id.clone(), Kind::Beside(cancel.clone()));
        Self {
            unanswered: Arc::clone(unanswered),
            id,
            cancel,
        }
    }

    /// How the call is told to end.
    pub(in crate::mcp) fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    /// Whether other requests wait for their answer as well.
    pub(in crate::mcp) fn has_company(&self) -> bool {
        self.unanswered.len() > 1
    }

    /// Whether the client still waits: a cancelled request is never answered.
    pub(in crate::mcp) fn is_wanted(&self) -> bool {
        self.unanswered.requests().contains_key(&self.id)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.unanswered.remove(&self.id);
    }
}
