//! What was asked of the API, and what became of it; `/_requests` shows it to test programs.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use tokio::sync::watch;

/// Requests that are remembered; older ones are forgotten.
const LENGTH: usize = 1_000;

/// One request that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Received {
    /// Its method.
    pub method: String,
    /// Its path, as it was sent.
    pub path: String,
    /// Its query, as it was sent.
    pub query: Option<String>,
    /// What became of it.
    #[serde(flatten)]
    pub state: RequestState,
    #[serde(skip)]
    number: u64,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum RequestState {
    /// Being worked on.
    Running,
    /// Answered.
    Answered {
        /// With this status.
        status: u16,
    },
    /// The client went away before there was an answer.
    Disconnected,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Journal {
    requests: Arc<watch::Sender<Vec<Received>>>,
}

impl Journal {
    pub(super) fn subscribe(&self) -> watch::Receiver<Vec<Received>> {
        self.requests.subscribe()
    }

    fn begin(&self, request: &Request) -> Entry {
        let mut number = 0;
        self.requests.send_modify(|requests| {
            number = requests.last().map_or(0, |last| last.number + 1);
            if requests.len() == LENGTH {
                requests.remove(0);
            }
            requests.push(Received {
                method: request.method().to_string(),
                path: request.uri().path().to_owned(),
                query: request.uri().query().map(str::to_owned),
                state: RequestState::Running,
                number,
            });
        });
        Entry {
            journal: self.clone(),
            number,
            state: RequestState::Disconnected,
        }
    }
}

/// Writes what became of its request when it is dropped, so that a handler that is dropped leaves a trace too.
struct Entry {
    journal: Journal,
    number: u64,
    state: RequestState,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.journal.requests.send_modify(|requests| {
            if let Some(request) = requests.iter_mut().find(|request| request.number == self.number) {
                request.state = self.state;
            }
        });
    }
}

/// The journal for programs that cannot call [`Journal::subscribe`]; what they read here is not written down.
pub(super) fn routes(journal: Journal) -> Router {
    Router::new().route("/_requests", get(show)).with_state(journal)
}

async fn show(State(journal): State<Journal>) -> Json<Vec<Received>> {
    Json(journal.requests.borrow().clone())
}

/// Middleware that keeps the journal.
pub(super) async fn keep(State(journal): State<Journal>, request: Request, next: Next) -> Response {
    let mut entry = journal.begin(&request);
    let response = next.run(request).await;
    entry.state = RequestState::Answered {
        status: response.status().as_u16(),
    };
    response
}
