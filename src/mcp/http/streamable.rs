//! Streamable HTTP at `/mcp`: hands each request to a handler that acts for its caller, a plain call at once and
//! everything else through rmcp.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use axum::{Extension, Router};
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{Method, StatusCode};
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::SessionManager as _;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};

use super::events::Sessions;
use super::in_flight::{InFlight, until_sent};
use super::{HttpSettings, KEEP_ALIVE, too_many_sessions};
use super::{misread, plain, repeated};
use crate::engine::Channel;
use crate::mcp::authorization::Caller;
use crate::mcp::direct::Desk;
use crate::mcp::sessions::{Rooms, Stay, knows_empty_events, session_of};
use crate::policy::Principal;
use crate::policy::shares::{Full, Place};

struct Streamable<F> {
    service: F,
    sessions: Arc<Sessions>,
    rooms: Rooms,
    in_flight: InFlight,
    desk: Desk,
    config: StreamableHttpServerConfig,
}

/// The route.
pub(super) fn router<S, F>(service: F, settings: &HttpSettings) -> Router
where
    S: ServerHandler,
    F: Fn(Channel, Arc<Principal>) -> S + Clone + Send + Sync + 'static,
{
    let mut sessions = LocalSessionManager::default();
    sessions.session_config.keep_alive = Some(settings.session_idle);
    let sessions = Arc::new(sessions);
    let config = StreamableHttpServerConfig::default()
        // Most calls are one answer: JSON, unless something has to be said before it.
        .with_json_response(true)
        .with_sse_keep_alive(Some(KEEP_ALIVE))
        .with_max_request_body_bytes(settings.max_body_bytes)
        // `guard` checks them for all routes alike.
        .disable_allowed_hosts()
        .disable_allowed_origins();
    let streamable = Streamable {
        service,
        rooms: Rooms::new(Arc::clone(&sessions), settings.max_sessions),
        sessions: Arc::new(Sessions::new(sessions)),
        in_flight: InFlight::default(),
        desk: Desk::new(),
        config,
    };
    Router::new()
        .route("/mcp", any(handle::<S, F>))
        .with_state(Arc::new(streamable))
}

/// Each request gets a service of its own, which acts for its caller and ends when the caller is no longer let in.
async fn handle<S, F>(
    State(streamable): State<Arc<Streamable<F>>>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response
where
    S: ServerHandler,
    F: Fn(Channel, Arc<Principal>) -> S + Clone + Send + Sync + 'static,
{
    let stay = match streamable.rooms.check(request.headers(), &caller).await {
        Ok(stay) => stay,
        Err(refusal) => return refusal,
    };
    let (mut parts, body) = request.into_parts();
    if let Err(refusal) = streamable.sessions.check(&parts).await {
        return refusal;
    }
    // It lies in memory already, and is not longer than allowed: the door has received it.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let make = streamable.service.clone();
    let principal = Arc::clone(caller.principal());
    let service = make(Channel::Http, Arc::clone(&principal));
    if let Some(call) = plain::call(&service, &parts, &body) {
        return plain::answer(&streamable.desk, service, call, &caller).await;
    }
    let place = match streamable.admit(&stay, &parts, &body, &caller).await {
        Ok(place) => place,
        Err(full) => return too_many_sessions(full),
    };
    let flight = match session_of(&parts.headers).map(|session| streamable.in_flight.begin(session, &body)) {
        Some(Err(refusal)) => return refusal,
        begun => begun.and_then(Result::ok).flatten(),
    };
    if let Some(flight) = &flight {
        // rmcp keeps these with the request until its call has ended.
        parts.extensions.insert(flight.clone());
    }
    let ends = parts.method == Method::DELETE;
    let claims_json = misread::claims_json(&parts.headers);
    let mut config = streamable.config.clone();
    if !knows_empty_events(&parts.headers) {
        config.sse_retry = None;
    }
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let service = StreamableHttpService::new(
        move || Ok(make(Channel::Http, Arc::clone(&principal))),
        Arc::clone(&streamable.sessions),
        config.with_cancellation_token(caller.ended().clone()),
    );
    let response = match place {
        None => service.handle(request).await,
        // In a task: were this dropped when the client leaves, a session could be there that is nobody's.
        Some(place) => {
            let beginning = tokio::spawn(async move {
                let response = service.handle(request).await;
                streamable.rooms.note(response.headers(), caller, place);
                response
            });
            match beginning.await {
                Ok(response) => response,
                Err(error) => {
                    tracing::error!(%error, "a session could not begin");
                    return StatusCode::INTERNAL_SERVER_ERROR.into_response();
                }
            }
        }
    };
    let mut response = response.into_response();
    if claims_json {
        response = misread::explained(response, &body);
    }
    let mut response = repeated::shortened(response).await;
    if ends {
        tell_of_end(&mut response);
    }
    until_sent((flight, stay), response)
}

impl<F> Streamable<F> {
    /// Takes a place for the session that a request begins, if need be that of a session that nobody uses.
    async fn admit(&self, stay: &Stay, request: &Parts, body: &[u8], caller: &Caller) -> Result<Option<Place>, Full> {
        loop {
            let full = match self.rooms.admit(stay, request, body, caller).await {
                Ok(place) => return Ok(place),
                Err(full) => full,
            };
            let in_flight = |session: &str| self.in_flight.has(session);
            let idle = self.rooms.give_up_idle(caller, in_flight).ok_or(full)?;
            tracing::debug!("ended a session that nobody uses: its user begins another, and there is no room for both");
            // It is nobody's any more, whatever comes of this.
            if let Err(error) = self.sessions.close_session(&idle.into()).await {
                tracing::debug!(%error, "a session did not end properly");
            }
        }
    }
}

/// The session has ended: nothing of it is still to be done. The official Python client warns of any other status than this
/// one and 200.
fn tell_of_end(response: &mut Response) {
    if response.status() == StatusCode::ACCEPTED {
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().remove(CONTENT_LENGTH);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::header::{ACCEPT, CONTENT_TYPE, HOST};
    use rmcp::model::{InitializeRequestParams, InitializeResult};
    use rmcp::service::RequestContext;
    use rmcp::{ErrorData, RoleServer};
    use tokio::sync::Notify;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::mcp::testing::initialize;

    /// Says when a session begins, and goes on when it is told to.
    #[derive(Clone, Default)]
    struct Held {
        begun: Arc<Notify>,
        go_on: Arc<Notify>,
    }

    impl ServerHandler for Held {
        async fn initialize(
            &self,
            request: InitializeRequestParams,
            _context: RequestContext<RoleServer>,
        ) -> Result<InitializeResult, ErrorData> {
            self.begun.notify_one();
            self.go_on.notified().await;
            self.negotiate_initialize(&request)
        }
    }

    #[tokio::test]
    async fn a_session_whose_client_leaves_while_it_begins_has_its_place() {
        let held = Held::default();
        let service = held.clone();
        let sessions = Arc::new(LocalSessionManager::default());
        let streamable = Arc::new(Streamable {
            service: move |_, _| service.clone(),
            rooms: Rooms::new(Arc::clone(&sessions), 4),
            sessions: Arc::new(Sessions::new(sessions)),
            in_flight: InFlight::default(),
            desk: Desk::new(),
            config: StreamableHttpServerConfig::default().with_json_response(true),
        });
        let request = http::Request::post("/mcp")
            .header(HOST, "localhost")
            .header(ACCEPT, "application/json, text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(initialize().to_string()))
            .expect("a request");
        let caller = Caller::local(CancellationToken::new());
        tokio::select! {
            answer = handle(State(Arc::clone(&streamable)), Extension(caller), request) => panic!("{answer:?}"),
            () = held.begun.notified() => {}
        }
        assert_eq!(streamable.rooms.taken(), 1);
        held.go_on.notify_one();
        let noted = async {
            while streamable.rooms.owned() == 0 {
                tokio::task::yield_now().await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(10), noted).await.is_ok());
        assert_eq!(streamable.rooms.taken(), 1);
    }
}
