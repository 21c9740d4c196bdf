//! The plain call: a `tools/call` of 2026-07-28 that wants one answer in JSON and nothing before it, which is what a
//! hosted server gets all day. It is answered without the machinery of streams: rmcp runs a service loop for each
//! request, and reads and writes its message several times over.
//!
//! A request is plain when there is nothing about it to decide or to refuse. Every other one is rmcp's, which says what
//! is wrong with it.

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequest, CallToolRequestMethod, ConstString as _, ErrorCode, JsonObject, JsonRpcMessage, JsonRpcRequest,
    ProtocolVersion, ServerJsonRpcMessage,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::mcp::authorization::Caller;
use crate::mcp::direct::{self, Desk};
use crate::mcp::{reading, writing};

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");
/// Beginning of the headers that repeat arguments (SEP-2243).
const ARGUMENT: &str = "mcp-param-";
/// Where the schema of an argument says that a header repeats it.
const REPEATED: &str = "x-mcp-header";

/// Answers `call`. When its client leaves, or may no longer call, the call is cancelled and comes to its own end.
pub(super) async fn answer<S: ServerHandler>(
    desk: &Desk,
    service: S,
    call: JsonRpcRequest<CallToolRequest>,
    caller: &Caller,
) -> Response {
    let cancel = CancellationToken::new();
    let cancel_when_dropped = cancel.clone().drop_guard();
    let desk = desk.clone();
    let calling = direct::spawn(async move { desk.answer(&service, call, cancel).await });
    let answer = tokio::select! {
        answer = calling => answer,
        () = caller.ended().cancelled() => return broken_off(),
    };
    cancel_when_dropped.disarm();
    match answer {
        Ok(message) => written(message).await,
        Err(error) => {
            tracing::error!(%error, "a call ended without an answer");
            broken_off()
        }
    }
}

/// The call in a request, when it is plain.
pub(super) fn call<S: ServerHandler>(
    service: &S,
    parts: &Parts,
    body: &Bytes,
) -> Option<JsonRpcRequest<CallToolRequest>> {
    if parts.method != Method::POST || !headers_are_plain(&parts.headers) {
        return None;
    }
    let call = reading::call(body)?;
    let name = &*call.request.params.name;
    let is_plain = only(&parts.headers, &NAME)? == name
        && direct::stands_alone(&call.request)
        && !service
            .get_tool(name)
            .is_some_and(|tool| repeats_arguments(&tool.input_schema));
    is_plain.then_some(call)
}

fn headers_are_plain(headers: &HeaderMap) -> bool {
    let accepts = |accepted: &str| {
        let mut types = accepted.split(',').map(str::trim);
        types.clone().any(|name| name == JSON) && types.any(|name| name == EVENTS)
    };
    only(headers, &VERSION) == Some(ProtocolVersion::V_2026_07_28.as_str())
        && only(headers, &METHOD) == Some(CallToolRequestMethod::VALUE)
        && only(headers, &header::CONTENT_TYPE) == Some(JSON)
        && only(headers, &header::ACCEPT).is_some_and(accepts)
        && !headers.keys().any(|name| name.as_str().starts_with(ARGUMENT))
}

/// The value of a header that stands once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Whether a header has to repeat one of the arguments of this schema, which rmcp checks.
fn repeats_arguments(schema: &JsonObject) -> bool {
    let Some(Value::Object(properties)) = schema.get("properties") else {
        return false;
    };
    properties
        .values()
        .filter_map(Value::as_object)
        .any(|property| property.contains_key(REPEATED) || repeats_arguments(property))
}

/// The status that goes with an error (2026-07-28, basic/transports, Streamable HTTP).
fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::UNSUPPORTED_PROTOCOL_VERSION
        | ErrorCode::MISSING_REQUIRED_CLIENT_CAPABILITY
        | ErrorCode::HEADER_MISMATCH => StatusCode::BAD_REQUEST,
        ErrorCode::METHOD_NOT_FOUND => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    }
}

async fn written(message: ServerJsonRpcMessage) -> Response {
    let status = match &message {
        JsonRpcMessage::Error(answer) => status(answer.error.code),
        _ => StatusCode::OK,
    };
    let length = writing::length_of_message(&message);
    match writing::by_length(length, move || serde_json::to_vec(&message)).await {
        Ok(text) => (status, [(header::CONTENT_TYPE, JSON)], Body::from(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            broken_off()
        }
    }
}

fn broken_off() -> Response {
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "Internal Server Error: the call ended without an answer",
    )
        .into_response()
}

#[cfg(test)]
mod tests;
