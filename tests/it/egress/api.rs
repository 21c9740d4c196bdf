//! Servers that play the API.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::serve::{Listener, ListenerExt as _};
use bytes::Bytes;
use http::{HeaderMap, Method, Uri, Version};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A working HTTP server that remembers what came.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Api {
    /// Answers with what `respond` makes of each request.
    pub(super) async fn start(respond: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self::start_on(listener, address, respond)
    }

    /// Answers everything with `ok`.
    pub(super) async fn ok() -> Self {
        Self::start(|_| Response::new(Body::from("ok"))).await
    }

    pub(super) fn start_on<L>(
        listener: L,
        address: SocketAddr,
        respond: impl Fn(&Seen) -> Response + Send + Sync + 'static,
    ) -> Self
    where
        L: Listener<Addr = SocketAddr>,
    {
        let api = Self {
            address,
            connections: Arc::default(),
            seen: Arc::default(),
        };
        let seen = Arc::clone(&api.seen);
        let respond = Arc::new(respond);
        let app = Router::new().fallback(move |request: Request| {
            let (seen, respond) = (Arc::clone(&seen), Arc::clone(&respond));
            async move {
                let (parts, body) = request.into_parts();
                let request = Seen {
                    method: parts.method,
                    uri: parts.uri,
                    version: parts.version,
                    headers: parts.headers,
                    body: axum::body::to_bytes(body, usize::MAX).await.unwrap(),
                };
                seen.lock().unwrap().push(request.clone());
                respond(&request)
            }
        });
        let connections = Arc::clone(&api.connections);
        let listener = listener.tap_io(move |_| {
            connections.fetch_add(1, Ordering::SeqCst);
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        api
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The same under the name `localhost`.
    pub(super) fn named_url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.address.port())
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The only request that came.
    pub(super) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen[0].clone()
    }
}

/// A server that is no HTTP server: `serve` gets each connection.
pub(crate) async fn raw<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// Reads a request's head, and gives the answer.
pub(crate) async fn answer(stream: &mut TcpStream, answer: &[u8]) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    // The other side may have had enough.
    drop(stream.write_all(answer).await);
}
