//! Answers to bodies that are no message: rmcp says of each that its media type is unsupported, or that a session is
//! missing, and its sender looks in the wrong place.

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode, header};
use rmcp::ErrorData;
use rmcp::model::{
    ClientRequest, ConstString as _, InitializeResultMethod, JsonRpcMessage, JsonRpcRequest, RequestId,
    ServerJsonRpcMessage,
};

use crate::mcp::outline::{Kind, Outline};
use crate::mcp::{reading, unreadable};

const JSON: &str = "application/json";

/// Whether a body with these headers says that it is JSON.
pub(super) fn claims_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|name| name.to_str().ok())
        .is_some_and(|name| {
            let essence = name.split_once(';').map_or(name, |(essence, _)| essence);
            essence.trim().eq_ignore_ascii_case(JSON)
        })
}

/// The answer of rmcp to a `body` that [`claims_json`], or a better one when it is about something else than the fault.
pub(super) fn explained(answer: Response, body: &Bytes) -> Response {
    let fault = match answer.status() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => unread(body),
        StatusCode::BAD_REQUEST => unbegun(body),
        _ => None,
    };
    match fault {
        Some((fault, id)) => refusal(fault, id),
        None => answer,
    }
}

/// What is wrong with a body that is no message, and whose answer somebody may wait for.
fn unread(body: &[u8]) -> Option<(ErrorData, Option<RequestId>)> {
    let fault = reading::fault(&reading::message(body).err()?, body);
    let mut outline = Outline::default();
    outline.feed(body);
    let id = match outline.kind() {
        Kind::Request(id) => id,
        // The identifier of an answer is one of ours.
        Kind::Notification | Kind::Answer(_) => None,
    };
    Some((fault, id))
}

/// What is wrong with an `initialize` that rmcp takes for something else.
fn unbegun(body: &[u8]) -> Option<(ErrorData, Option<RequestId>)> {
    match reading::message(body).ok()? {
        JsonRpcMessage::Request(JsonRpcRequest {
            id,
            request: ClientRequest::CustomRequest(request),
            ..
        }) if request.method == InitializeResultMethod::VALUE => Some((unreadable::refusal(request), Some(id))),
        _ => None,
    }
}

/// The answer to a request that is refused as a message.
pub(super) fn refusal(fault: ErrorData, id: Option<RequestId>) -> Response {
    let message: ServerJsonRpcMessage = JsonRpcMessage::error(fault, id);
    match serde_json::to_vec(&message) {
        Ok(text) => (
            StatusCode::BAD_REQUEST,
            [(header::CONTENT_TYPE, JSON)],
            Body::from(text),
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            StatusCode::BAD_REQUEST.into_response()
        }
    }
}
