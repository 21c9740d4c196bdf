//! Events for the tests of streams and of who keeps them.

use rmcp::model::{
    CallToolResult, ContentBlock, JsonRpcMessage, NumberOrString, PingRequest, ProgressNotification,
    ProgressNotificationParam, ProgressToken, RequestId, ServerJsonRpcMessage,
};
use rmcp::transport::streamable_http_server::session::ServerSseMessage;

/// Tells how things stand.
pub(super) fn news(progress: f64) -> ServerSseMessage {
    let progress = ProgressNotificationParam::new(ProgressToken(NumberOrString::Number(1)), progress);
    let message = ServerJsonRpcMessage::notification(ProgressNotification::new(progress).into());
    ServerSseMessage::from_message(message)
}

/// Asks the client something.
pub(super) fn question() -> ServerSseMessage {
    let message = ServerJsonRpcMessage::request(PingRequest::default().into(), RequestId::Number(1));
    ServerSseMessage::from_message(message)
}

/// An answer of about so many bytes.
pub(super) fn answer(bytes: usize) -> ServerSseMessage {
    let result = CallToolResult::success(vec![ContentBlock::text("x".repeat(bytes))]);
    ServerSseMessage::from_message(ServerJsonRpcMessage::response(result.into(), RequestId::Number(1)))
}

/// What an event is, in a word; of what tells how things stand, how they do.
pub(super) fn named(event: &ServerSseMessage) -> String {
    match event.message.as_deref() {
        Some(JsonRpcMessage::Notification(message)) => {
            let told = serde_json::to_value(message).expect("JSON");
            told["params"]["progress"].to_string()
        }
        Some(JsonRpcMessage::Request(_)) => "question".to_owned(),
        Some(JsonRpcMessage::Response(_)) => "answer".to_owned(),
        other => panic!("{other:?}"),
    }
}
