//! The answer to a request over HTTP that is turned away before it is read. Clients show their people the message of a
//! JSON-RPC error, and of any other body at most the status.

use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use serde_json::json;

/// "Server error" of JSON-RPC 2.0 (section 5.1): MCP gives this number no meaning of its own.
const TURNED_AWAY: i32 = -32_000;

/// Says `why`. The identifier is that of a request which was not read (JSON-RPC 2.0, section 5).
pub(super) fn turned_away(status: StatusCode, why: &str) -> Response {
    let told = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": TURNED_AWAY, "message": why } });
    (status, [(header::CONTENT_TYPE, "application/json")], told.to_string()).into_response()
}
