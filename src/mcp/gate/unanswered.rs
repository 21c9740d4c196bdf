//! The requests of one stream that wait for their answer.
//!
//! Clients must not use an identifier twice. For one that does all the same, each request counts by itself: else it
//! could have any number of them under way, and the end of one would be taken for the end of another.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::model::RequestId;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The books on requests that wait.
#[derive(Default)]
pub(super) struct Unanswered {
    books: Mutex<Books>,
    answered: Notify,
}

#[derive(Default)]
struct Books {
    /// By identifier, each with its number.
    requests: HashMap<RequestId, Vec<(u64, Kind)>>,
    /// How many there are.
    count: usize,
    /// Number of the next one.
    next: u64,
}

/// What a request is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// Will be answered by the service loop.
    Call,
    /// Was answered by the service loop; the answer is on its way to the client, which may not read it.
    Made,
    /// Will be answered beside the service loop; how it is told to end.
    Beside(CancellationToken),
    /// Goes on until the client or the server ends it.
    Subscription,
}

impl Books {
    /// Forgets the first request `id` that `is_meant`.
    fn remove(&mut self, id: &RequestId, is_meant: impl Fn(&(u64, Kind)) -> bool) {
        let Some(same) = self.requests.get_mut(id) else {
            return;
        };
        if let Some(place) = same.iter().position(is_meant) {
            same.remove(place);
            self.count -= 1;
        }
        if same.is_empty() {
            self.requests.remove(id);
        }
    }

    fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.requests.values().flatten().map(|(_, kind)| kind)
    }
}

impl Unanswered {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request; returns its number.
    pub(super) fn add(&self, id: RequestId, kind: Kind) -> u64 {
        let mut books = self.books();
        let number = books.next;
        books.next += 1;
        books.count += 1;
        books.requests.entry(id).or_default().push((number, kind));
        number
    }

    /// Notes that the answer to a request of the service loop is made.
    pub(super) fn is_made(&self, id: &RequestId) {
        if let Some(same) = self.books().requests.get_mut(id)
            && let Some((_, kind)) = same.iter_mut().find(|(_, kind)| matches!(kind, Kind::Call))
        {
            *kind = Kind::Made;
        }
        self.answered.notify_waiters();
    }

    /// Forgets a request that the service loop has answered.
    pub(super) fn answer(&self, id: &RequestId) {
        self.books().remove(id, |(_, kind)| !matches!(kind, Kind::Beside(_)));
        self.answered.notify_waiters();
    }

    /// Forgets what the client does not want answered any more, and says what it was.
    pub(super) fn take_back(&self, id: &RequestId) -> Vec<Kind> {
        let taken = {
            let mut books = self.books();
            let taken = books.requests.remove(id).unwrap_or_default();
            books.count -= taken.len();
            taken
        };
        self.answered.notify_waiters();
        taken.into_iter().map(|(_, kind)| kind).collect()
    }

    /// Whether the service loop has a request `id` that waits.
    pub(super) fn has_in_loop(&self, id: &RequestId) -> bool {
        let books = self.books();
        let same = books.requests.get(id);
        same.is_some_and(|same| same.iter().any(|(_, kind)| !matches!(kind, Kind::Beside(_))))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.books().count
    }

    /// How many will be answered.
    pub(super) fn calls(&self) -> usize {
        let books = self.books();
        books.kinds().filter(|kind| !matches!(kind, Kind::Subscription)).count()
    }

    /// How many have no answer yet.
    pub(super) fn under_way(&self) -> usize {
        let books = self.books();
        books
            .kinds()
            .filter(|kind| matches!(kind, Kind::Call | Kind::Beside(_)))
            .count()
    }

    /// How many go on until somebody ends them.
    pub(super) fn subscriptions(&self) -> usize {
        let books = self.books();
        books.kinds().filter(|kind| matches!(kind, Kind::Subscription)).count()
    }

    /// Tells all calls beside the service loop to end.
    pub(super) fn cancel(&self) {
        for kind in self.books().kinds() {
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
    number: u64,
    cancel: CancellationToken,
}

impl Ticket {
    pub(super) fn new(unanswered: &Arc<Unanswered>, id: RequestId) -> Self {
        let cancel = CancellationToken::new();
        let number = unanswered.add(id.clone(), Kind::Beside(cancel.clone()));
        Self {
            unanswered: Arc::clone(unanswered),
            id,
            number,
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
        let books = self.unanswered.books();
        let same = books.requests.get(&self.id);
        same.is_some_and(|same| same.iter().any(|(number, _)| *number == self.number))
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let number = self.number;
        self.unanswered.books().remove(&self.id, |(found, _)| *found == number);
        self.unanswered.answered.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_the_same_identifier_count_by_themselves() {
        let unanswered = Arc::new(Unanswered::default());
        let id = || RequestId::Number(7);
        let (first, second) = (Ticket::new(&unanswered, id()), Ticket::new(&unanswered, id()));
        unanswered.add(id(), Kind::Call);
        unanswered.add(id(), Kind::Subscription);
        assert_eq!((unanswered.len(), unanswered.calls()), (4, 3));
        drop(first);
        assert!(second.is_wanted());
        unanswered.answer(&id());
        assert_eq!((unanswered.len(), unanswered.calls()), (2, 1));
        assert_eq!(unanswered.take_back(&id()).len(), 2);
        assert!(!second.is_wanted());
        drop(second);
        assert_eq!(unanswered.len(), 0);
    }
}
