//! An API on loopback that answers as a test wants it to.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

/// One request that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A running API. Dropping it stops it.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    seen: watch::Sender<Vec<Seen>>,
    _server: AbortOnDropHandle<()>,
}

impl Upstream {
    /// An API that gives every request to `answer`.
    pub(crate) async fn start<F, A>(answer: F) -> Self
    where
        F: Fn(Seen) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = watch::Sender::new(Vec::new());
        let journal = seen.clone();
        let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let request = Seen {
                method,
                uri,
                headers,
                body,
            };
            journal.send_modify(|seen| seen.push(request.clone()));
            answer(request)
        };
        let router = Router::new().fallback(handler);
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            seen,
            _server: AbortOnDropHandle::new(server),
        }
    }

    /// An API that answers every request with the same JSON.
    pub(crate) async fn fixed(json: &'static str) -> Self {
        Self::start(move |_| async move { json_answer(json) }).await
    }

    /// An API that takes requests and never answers.
    pub(crate) async fn silent() -> Self {
        Self::start(|_| std::future::pending()).await
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What has arrived so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.borrow().clone()
    }

    /// How many requests have arrived so far.
    pub(crate) fn count(&self) -> usize {
        self.seen.borrow().len()
    }

    /// Waits until `count` requests have arrived.
    pub(crate) async fn arrived(&self, count: usize) {
        let mut seen = self.seen.subscribe();
        super::within("a request at the API", seen.wait_for(|seen| seen.len() >= count))
            .await
            .unwrap();
    }
}

pub(crate) fn json_answer(json: impl Into<String>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json.into()).into_response()
}
