//! Accepting TCP connections and serving HTTP/1.1 on them, with the limits that `axum::serve` leaves out: a bound on
//! connections, deadlines for headers and for reading answers, and an end that does not wait for streams.
//!
//! HTTP/2 is left to the proxy that also brings TLS.

mod unread;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::unread::Unread;
use super::Lifetime;
use super::authorization::Ends;

/// How long a client may take to send the headers of a request. Also closes connections that are kept open unused.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// The same once few connections are left: those that say nothing must not keep others out.
const CROWDED_HEADER_TIMEOUT: Duration = Duration::from_secs(3);
/// Time for the answers of the last calls to leave before streams are cut.
const ANSWER_TIME: Duration = Duration::from_millis(250);
/// Time for connections to close after their streams were cut.
const CLOSE_TIME: Duration = Duration::from_secs(2);
/// Pause after an error that the next attempt would meet too, as when file descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// Serves `router` until shutdown; then no connection is accepted, calls in flight have their grace, and
/// `cut_streams` is cancelled to end what would stream for ever.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    max_connections: usize,
    lifetime: &Lifetime,
    cut_streams: CancellationToken,
) {
    let connections = TaskTracker::new();
    let abort = CancellationToken::new();
    let slots = Arc::new(Semaphore::new(max_connections));
    while let Some((stream, ends, slot)) = accept(&listener, &slots, lifetime.shutdown()).await {
        let patience = patience(slots.available_permits(), max_connections);
        connections.spawn(connection(
            stream,
            ends,
            patience,
            router.clone(),
            lifetime.shutdown().clone(),
            abort.clone(),
            slot,
        ));
    }
    drop(listener);
    connections.close();
    tokio::select! {
        () = connections.wait() => {}
        () = async {
            lifetime.calls_finished().await;
            tokio::time::sleep(ANSWER_TIME).await;
        } => {}
        () = tokio::time::sleep(lifetime.grace()) => {
            tracing::warn!("cancelling calls that did not finish in time");
        }
    }
    cut_streams.cancel();
    if tokio::time::timeout(CLOSE_TIME, connections.wait()).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "dropping connections that did not close"
        );
    }
    abort.cancel();
}

/// The next connection, as soon as there is a slot for it; `None` at shutdown.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, Ends, OwnedSemaphorePermit)> {
    tokio::select! {
        biased;
        () = shutdown.cancelled() => None,
        accepted = async {
            // The semaphore is never closed; without a slot there is no connection.
            let slot = Arc::clone(slots).acquire_owned().await.ok()?;
            loop {
                match listener.accept().await {
                    Ok((stream, peer)) => {
                        // With Nagle's algorithm on, each small event of a stream waits for an acknowledgement, about
                        // 40 ms.
                        if let Err(error) = stream.set_nodelay(true) {
                            tracing::debug!(%error, "cannot set TCP_NODELAY");
                        }
                        // A connection that is gone already has no address; nothing will come on it.
                        let own = stream.local_addr().unwrap_or(peer);
                        let ends = Ends {
                            peer: peer.ip(),
                            own: own.ip(),
                        };
                        return Some((stream, ends, slot));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "cannot accept a connection");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                }
            }
        } => accepted,
    }
}

/// How long the next connection may take for headers when `free` of `most` connections are left.
fn patience(free: usize, most: usize) -> Duration {
    if free < most / 2 {
        CROWDED_HEADER_TIMEOUT
    } else {
        HEADER_TIMEOUT
    }
}

async fn connection(
    stream: TcpStream,
    ends: Ends,
    patience: Duration,
    router: Router,
    shutdown: CancellationToken,
    abort: CancellationToken,
    _slot: OwnedSemaphorePermit,
) {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ends);
        router.call(request)
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(Unread::new(stream)), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = abort.cancelled() => Ok(()),
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::any_port;
    use super::*;

    #[test]
    fn patience_ends_where_connections_do() {
        assert_eq!(patience(1_023, 1_024), HEADER_TIMEOUT);
        assert_eq!(patience(512, 1_024), HEADER_TIMEOUT);
        assert_eq!(patience(511, 1_024), CROWDED_HEADER_TIMEOUT);
        assert_eq!(patience(0, 1_024), CROWDED_HEADER_TIMEOUT);
        assert_eq!(patience(0, 1), HEADER_TIMEOUT, "one connection has no neighbours");
    }

    #[tokio::test]
    async fn silent_connections_make_way_when_it_is_crowded() {
        let listener = TcpListener::bind(any_port()).await.expect("bound");
        let address = listener.local_addr().expect("address");
        let shutdown = CancellationToken::new();
        let lifetime = Lifetime::new(shutdown.clone(), Duration::ZERO);
        let theirs = lifetime.clone();
        let serving = tokio::spawn(async move {
            serve(listener, Router::new(), 4, &theirs, CancellationToken::new()).await;
        });
        let mut silent = Vec::new();
        for _ in 0..4 {
            silent.push(TcpStream::connect(address).await.expect("connected"));
        }
        let started = tokio::time::Instant::now();
        let answer = super::super::testing::exchange(address, "GET", "/", "", "").await;
        assert_eq!(super::super::testing::status(&answer), "404");
        assert!(started.elapsed() < HEADER_TIMEOUT / 2, "{:?}", started.elapsed());
        shutdown.cancel();
        serving.await.expect("served");
    }

    #[tokio::test]
    async fn small_messages_leave_at_once() {
        let listener = TcpListener::bind(any_port()).await.expect("bound");
        let _client = TcpStream::connect(listener.local_addr().expect("address"))
            .await
            .expect("connected");
        let slots = Arc::new(Semaphore::new(1));
        let (stream, ends, _slot) = accept(&listener, &slots, &CancellationToken::new())
            .await
            .expect("accepted");
        assert!(stream.nodelay().expect("option"));
        assert_eq!((ends.peer, ends.own), (any_port().ip(), any_port().ip()));
    }
}
