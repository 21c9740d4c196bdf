//! The bundled sample API: a small CRM on loopback, with its own data, for the demo and the tests.
//!
//! Stands in for somebody else's API. Must never know that Toolgate exists: no connector, tool or call appears here.

mod crm;
mod customers;
mod journal;
mod probe;
mod problem;
mod reports;
mod tickets;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crm::{Crm, SeedError};
use journal::Journal;
pub use journal::{Received, RequestState};
use problem::Problem;

/// Where the key of a request is looked for.
const KEY_HEADER: &str = "x-api-key";

/// How long stopping waits for answers that are on their way.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// A free port on loopback.
pub const ANY_LOOPBACK_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A running sample API. Dropping it stops the server.
pub struct Running {
    address: SocketAddr,
    api_key: String,
    journal: Journal,
    stop: DropGuard,
    server: JoinHandle<()>,
}

/// Starts the API on `address` with fresh data. Requests for customers, tickets and reports must bring `api_key` as
/// `X-API-Key`.
///
/// # Errors
/// [`SampleError`]: the address cannot be used.
pub async fn start(address: SocketAddr, api_key: String) -> Result<Running, SampleError> {
    let cannot_bind = |source| SampleError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(cannot_bind)?;
    let address = listener.local_addr().map_err(cannot_bind)?;
    let journal = Journal::default();
    let stop = CancellationToken::new();
    let shared = Shared {
        crm: Arc::new(Mutex::new(Crm::from_seed()?)),
        api_key: api_key.as_str().into(),
        stop: stop.clone(),
    };
    let routes = routes(shared, &journal);
    // A small answer must not wait for the acknowledgement of the one before it.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let server = tokio::spawn({
        let stop = stop.clone();
        async move {
            if let Err(error) = axum::serve(listener, routes)
                .with_graceful_shutdown(stop.cancelled_owned())
                .await
            {
                tracing::error!(%error, "the sample API stopped");
            }
        }
    });
    Ok(Running {
        address,
        api_key,
        journal,
        stop: stop.drop_guard(),
        server,
    })
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the paths of its endpoints are appended to, e.g. `http://127.0.0.1:7878/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The key that requests must bring.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The last requests, oldest first, with what became of them. `wait_for` on it waits until something happened.
    pub fn requests(&self) -> watch::Receiver<Vec<Received>> {
        self.journal.subscribe()
    }

    /// How many of the last requests had this method and path.
    pub fn count(&self, method: &str, path: &str) -> usize {
        let requests = self.requests();
        let requests = requests.borrow();
        requests
            .iter()
            .filter(|request| request.method == method && request.path == path)
            .count()
    }

    /// Stops taking requests and waits, two seconds at most, for answers that are on their way.
    pub async fn stop(mut self) {
        drop(self.stop);
        if tokio::time::timeout(STOP_TIMEOUT, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

/// The sample API could not start.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The address is in use or not of this machine.
    #[error("the sample API cannot listen on {address}: {source}; choose another port")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The data that comes with the program is broken.
    #[error(transparent)]
    Seed(#[from] SeedError),
}

/// What handlers share.
#[derive(Clone)]
struct Shared {
    crm: Arc<Mutex<Crm>>,
    api_key: Arc<str>,
    stop: CancellationToken,
}

impl Shared {
    fn crm(&self) -> MutexGuard<'_, Crm> {
        self.crm.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn routes(shared: Shared, journal: &Journal) -> Router {
    let crm = customers::routes()
        .merge(tickets::routes())
        .merge(reports::routes())
        .layer(middleware::from_fn_with_state(shared.clone(), require_key));
    Router::new()
        .merge(crm)
        .merge(probe::routes())
        .fallback(no_such_endpoint)
        .method_not_allowed_fallback(no_such_method)
        .with_state(shared)
        .layer(middleware::from_fn_with_state(journal.clone(), journal::keep))
        .merge(journal::routes(journal.clone()))
}

async fn require_key(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let problem = match request.headers().get(KEY_HEADER) {
        Some(key) if key.as_bytes() == shared.api_key.as_bytes() => return next.run(request).await,
        Some(_) => "The key in X-API-Key is not valid.",
        None => "Send your API key in the header X-API-Key.",
    };
    let challenge = [("www-authenticate", "ApiKey realm=\"sample CRM\"")];
    (challenge, Problem::new(StatusCode::UNAUTHORIZED, problem)).into_response()
}

async fn no_such_endpoint(uri: Uri) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("There is no endpoint {}.", uri.path()))
}

async fn no_such_method(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} does not answer to {method}.", uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}

#[cfg(test)]
mod tests;
