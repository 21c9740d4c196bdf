//! Accepting TCP connections and serving HTTP/1.1 on them, with the limits that `axum::serve` leaves out: a bound on
//! connections, deadlines for headers and for reading answers, and an end that does not wait for streams.
//!
//! HTTP/2 is left to the proxy that also brings TLS.

mod strangers;
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
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::strangers::Strangers;
pub(super) use self::strangers::Visitor;
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
/// The same at most, counted from the end of the grace.
const LATE_CLOSE_TIME: Duration = Duration::from_secs(1);
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
    let strangers = Strangers::new(max_connections);
    while let Some((stream, ends, slot)) = accept(&listener, &slots, &strangers, lifetime.shutdown()).await {
        let leave = lifetime.shutdown().child_token();
        let client = Client {
            stream,
            ends,
            visitor: Arc::new(strangers.meet(leave.clone())),
            patience: patience(slots.available_permits(), max_connections),
            _slot: slot,
        };
        connections.spawn(connection(
            client,
            router.clone(),
            leave,
            lifetime.shutdown().clone(),
            abort.clone(),
        ));
    }
    drop(listener);
    connections.close();
    let latest = Instant::now() + lifetime.grace() + LATE_CLOSE_TIME;
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
    let closing = latest.min(Instant::now() + CLOSE_TIME);
    if tokio::time::timeout_at(closing, connections.wait()).await.is_err() {
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
    strangers: &Strangers,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, Ends, OwnedSemaphorePermit)> {
    tokio::select! {
        biased;
        () = shutdown.cancelled() => None,
        accepted = async {
            let (stream, ends) = next(listener).await;
            let slot = loop {
                let is_going = slots.available_permits() > 0 || strangers.send_one_away();
                tokio::select! {
                    // The semaphore is never closed; without a slot there is no connection.
                    slot = Arc::clone(slots).acquire_owned() => break slot.ok()?,
                    () = strangers.again(), if !is_going => {}
                }
            };
            Some((stream, ends, slot))
        } => accepted,
    }
}

/// The next connection that comes.
async fn next(listener: &TcpListener) -> (TcpStream, Ends) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // With Nagle's algorithm on, each small event of a stream waits for an acknowledgement, about 40 ms.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
                // A connection that is gone already has no address; nothing will come on it.
                let own = stream.local_addr().unwrap_or(peer);
                let ends = Ends {
                    peer: peer.ip(),
                    own: own.ip(),
                };
                return (stream, ends);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
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

/// A connection that was accepted.
struct Client {
    stream: TcpStream,
    ends: Ends,
    visitor: Arc<Visitor>,
    /// How long it may take for headers.
    patience: Duration,
    _slot: OwnedSemaphorePermit,
}

/// Serves `client` until it leaves or has to: at once when `leave` is cancelled without a shutdown, else when its answer
/// is out or `abort` is cancelled.
async fn connection(
    client: Client,
    router: Router,
    leave: CancellationToken,
    shutdown: CancellationToken,
    abort: CancellationToken,
) {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(client.patience);
    let router = TowerToHyperService::new(router);
    let (ends, visitor) = (client.ends, client.visitor);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let extensions = request.extensions_mut();
        extensions.insert(ends);
        extensions.insert(Arc::clone(&visitor));
        visitor.asks();
        let answering = router.call(request);
        let visitor = Arc::clone(&visitor);
        async move {
            let answer = answering.await;
            visitor.is_answered();
            answer
        }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(Unread::new(client.stream)), service));
    let ended = tokio::select! {
        biased;
        () = leave.cancelled() => {
            if !shutdown.is_cancelled() {
                tracing::debug!(peer = %ends.peer, "closed a connection on which nobody was let in, or that a user had beyond their share: there is no room");
                return;
            }
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection.as_mut() => ended,
                () = abort.cancelled() => Ok(()),
            }
        }
        ended = connection.as_mut() => ended,
    };
    if let Err(error) = ended {
        tracing::debug!(error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::Extension;
    use axum::routing::get;

    use super::super::testing::{Connection, any_port};
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
    async fn an_answer_that_nobody_reads_does_not_hold_the_end_up() {
        let listener = TcpListener::bind(any_port()).await.expect("bound");
        let address = listener.local_addr().expect("address");
        let shutdown = CancellationToken::new();
        let lifetime = Lifetime::new(shutdown.clone(), Duration::ZERO);
        let router = Router::new().route("/long", get(async || "x".repeat(64 << 20)));
        let serving =
            tokio::spawn(async move { serve(listener, router, 1, &lifetime, CancellationToken::new()).await });
        let mut silent = Connection::open(address).await;
        silent.send("GET", "/long", "", "").await;
        silent.until("xxx").await;
        tokio::time::pause();
        let start = Instant::now();
        shutdown.cancel();
        serving.await.expect("no panic");
        assert!(start.elapsed() < Duration::from_millis(1_500), "{:?}", start.elapsed());
    }

    /// Serves `most` connections with a route that lets in and, as any other path, one that does not.
    async fn served(most: usize) -> SocketAddr {
        let listener = TcpListener::bind(any_port()).await.expect("bound");
        let address = listener.local_addr().expect("address");
        let lifetime = Lifetime::new(CancellationToken::new(), Duration::ZERO);
        let enter = async |visitor: Extension<Arc<Visitor>>| visitor.let_in(None).to_string();
        let router = Router::new().route("/in", get(enter));
        tokio::spawn(async move { serve(listener, router, most, &lifetime, CancellationToken::new()).await });
        address
    }

    #[tokio::test]
    async fn the_first_stranger_makes_way_when_there_is_no_room() {
        let address = served(3).await;
        let mut silent = Connection::open(address).await;
        let mut known = Connection::open(address).await;
        known.send("GET", "/in", "", "").await;
        known.until("true").await;
        let mut refused = Connection::open(address).await;
        refused.send("GET", "/nowhere", "", "").await;
        refused.until("404").await;
        let mut next = Connection::open(address).await;
        next.send("GET", "/in", "", "").await;
        next.until("true").await;
        assert_eq!(silent.until_closed().await, "");
        // Whoever was not let in is a stranger even if they said something; the others stay.
        let mut last = Connection::open(address).await;
        last.send("GET", "/in", "", "").await;
        last.until("true").await;
        refused.until_closed().await;
        for connection in [&mut known, &mut next, &mut last] {
            connection.send("GET", "/nowhere", "", "").await;
            connection.until("404").await;
        }
        // Nobody is let in on any of them any more.
        let mut late = Connection::open(address).await;
        late.send("GET", "/in", "", "").await;
        late.until("true").await;
        known.until_closed().await;
    }

    #[tokio::test]
    async fn a_connection_that_waits_gets_the_room_of_one_on_which_nobody_is_let_in_any_more() {
        let address = served(1).await;
        let mut known = Connection::open(address).await;
        known.send("GET", "/in", "", "").await;
        known.until("true").await;
        let mut waiting = Connection::open(address).await;
        waiting.send("GET", "/in", "", "").await;
        let early = tokio::time::timeout(Duration::from_millis(200), waiting.until("true")).await;
        assert!(early.is_err(), "{early:?}");
        known.send("GET", "/nowhere", "", "").await;
        let soon = tokio::time::timeout(HEADER_TIMEOUT / 3, waiting.until("true")).await;
        assert!(soon.is_ok(), "it waits for the other to be silent for long enough");
    }

    #[tokio::test]
    async fn small_messages_leave_at_once() {
        let listener = TcpListener::bind(any_port()).await.expect("bound");
        let _client = TcpStream::connect(listener.local_addr().expect("address"))
            .await
            .expect("connected");
        let slots = Arc::new(Semaphore::new(1));
        let (stream, ends, _slot) = accept(&listener, &slots, &Strangers::new(1), &CancellationToken::new())
            .await
            .expect("accepted");
        assert!(stream.nodelay().expect("option"));
        assert_eq!((ends.peer, ends.own), (any_port().ip(), any_port().ip()));
    }
}
