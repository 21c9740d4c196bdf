//! What lets web pages of other origins use this server (Cross-Origin Resource Sharing, WHATWG Fetch section 3.2). A
//! browser asks before it sends a page's message, and shows the page an answer only where the answer says so.
//!
//! It gives nothing to a page that [`Guard`](crate::mcp::guard::Guard) has not let in, and nothing to whoever is no
//! browser. Must never know who calls: a browser asks without the key. Cookies are not among what is allowed, since
//! callers are known by nothing that a browser adds by itself.

use axum::response::{IntoResponse as _, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};

/// What the routes take.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, DELETE");

/// What a page may read of an answer beside its body and content type: the session, and how to go on after a refusal.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After");

/// For how many seconds a browser need not ask again.
const ASK_AGAIN_AFTER: HeaderValue = HeaderValue::from_static("600");

/// A web page that sends requests, and that was let in.
pub(super) struct Page {
    origin: HeaderValue,
}

impl Page {
    /// The page that a request comes from; none when it does not come from one.
    pub(super) fn of(request: &Parts) -> Option<Self> {
        let origin = request.headers.get(ORIGIN)?.clone();
        Some(Self { origin })
    }

    /// The answer to a browser that asks whether the page may send a message; nothing when it asks something else.
    ///
    /// All headers are allowed, as arguments may stand in headers whose names an action chooses (SEP-2243).
    pub(super) fn permission(&self, request: &Parts) -> Option<Response> {
        if request.method != Method::OPTIONS || !request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        if let Some(asked) = request.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        headers.insert(ACCESS_CONTROL_MAX_AGE, ASK_AGAIN_AFTER);
        Some(self.show(response))
    }

    /// Lets the page read an answer.
    pub(super) fn show(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone());
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        headers.append(VARY, HeaderValue::from_name(ORIGIN));
        response
    }
}
