//! Calls that are answered without rmcp's service loop: those that stand alone and want nothing before their answer,
//! which nearly all calls of 2026-07-28 do. The loop would start two tasks and pass two channels for each.

use std::future::Future;

use rmcp::model::{
    CallToolRequest, ClientCapabilities, ClientRequest, JsonRpcMessage, JsonRpcRequest, ProtocolVersion,
    RequestMetaObject, ServerJsonRpcMessage,
};
use rmcp::service::{Peer, RequestContext, Service as _, serve_directly};
use rmcp::{RoleServer, ServerHandler};
use serde::Deserialize as _;
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Answers calls. Clones share everything.
#[derive(Clone)]
pub(super) struct Desk {
    /// Stands for clients that can be told nothing before their answer: the other end is closed.
    nobody: Peer<RoleServer>,
}

/// What is served to nobody.
struct Nothing;

impl ServerHandler for Nothing {}

impl Desk {
    /// Must be called in a runtime.
    pub(super) fn new() -> Self {
        let closed = (tokio::io::empty(), tokio::io::sink());
        Self {
            nobody: serve_directly(Nothing, closed, None).peer().clone(),
        }
    }

    /// The answer of `service` to `call`, which [`stands_alone`]. It is told to end when `cancel` is cancelled.
    pub(super) async fn answer<S: ServerHandler>(
        &self,
        service: &S,
        call: JsonRpcRequest<CallToolRequest>,
        cancel: CancellationToken,
    ) -> ServerJsonRpcMessage {
        let JsonRpcRequest { id, mut request, .. } = call;
        let mut context = RequestContext::new(id.clone(), self.nobody.clone());
        context.ct = cancel;
        context.meta = request.extensions.remove().unwrap_or_default();
        match service
            .handle_request(ClientRequest::CallToolRequest(request), context)
            .await
        {
            Ok(result) => JsonRpcMessage::response(result, id),
            Err(error) => JsonRpcMessage::error(error, Some(id)),
        }
    }
}

/// Runs a call in a task of its own. The future is boxed first: it is large, a task is copied more than once on its way,
/// and the memory of tasks is aligned in a way that makes large ones slow to allocate.
pub(super) fn spawn<T: Send + 'static>(call: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    tokio::spawn(Box::pin(call))
}

/// Whether `request` says all that a call of 2026-07-28 has to say, and its client does not follow its progress.
pub(super) fn stands_alone(request: &CallToolRequest) -> bool {
    let Some(meta) = request.extensions.get::<RequestMetaObject>() else {
        return false;
    };
    let [version, capabilities] = RequestMetaObject::DRAFT_REQUIRED_KEYS.map(|key| meta.get(key));
    // Read where they are: rmcp would copy them first.
    version.and_then(Value::as_str) == Some(ProtocolVersion::V_2026_07_28.as_str())
        && capabilities.is_some_and(|said| ClientCapabilities::deserialize(said).is_ok())
        && meta.get_progress_token().is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::mcp::reading;
    use crate::mcp::testing::stateless_call;

    fn stands_alone(call: &Value) -> bool {
        let call = reading::call(call.to_string().as_bytes()).expect("a call");
        super::stands_alone(&call.request)
    }

    #[test]
    fn nothing_but_a_whole_call_without_progress_stands_alone() {
        assert!(stands_alone(&stateless_call(7, None)));
        assert!(!stands_alone(&stateless_call(7, Some("progress"))));
        let with = |key: &str, value: Value| {
            let mut call = stateless_call(7, None);
            call["params"]["_meta"][format!("io.modelcontextprotocol/{key}")] = value;
            call
        };
        for call in [
            with("protocolVersion", "2025-11-25".into()),
            with("protocolVersion", Value::Null),
            with("clientCapabilities", Value::Null),
            with("clientCapabilities", "all".into()),
            json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": { "name": "wait" } }),
        ] {
            assert!(!stands_alone(&call), "{call}");
        }
    }
}
