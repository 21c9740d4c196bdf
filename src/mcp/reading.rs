//! Reads messages of clients. A `tools/call`, which is nearly everything that a busy server gets, is read in one pass:
//! rmcp's own reading keeps a copy of a whole message before it tries each kind of it, and takes five times as long.

use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequest, CallToolRequestMethod, CallToolRequestParams, ClientJsonRpcMessage, ClientRequest,
    ConstString as _, JsonRpcMessage, JsonRpcRequest, RequestId,
};
use serde::Deserialize;

/// Version of JSON-RPC.
const VERSION: &str = "2.0";

/// Some Windows programs begin a text with it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// `text` without a byte order mark, which JSON readers may ignore (RFC 8259, section 8.1).
pub(super) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// A request with nothing in it but what a call has. Anything else does not fit and is read by rmcp.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request<'a> {
    jsonrpc: &'a str,
    id: RequestId,
    method: &'a str,
    params: CallToolRequestParams,
}

/// Reads the message of a client.
///
/// # Errors
/// Of `serde_json`, when it is not JSON or not a message.
pub(super) fn message(text: &[u8]) -> serde_json::Result<ClientJsonRpcMessage> {
    match call(text) {
        Some(call) => {
            let request = ClientRequest::CallToolRequest(call.request);
            Ok(JsonRpcMessage::Request(JsonRpcRequest::new(call.id, request)))
        }
        None => serde_json::from_slice(text),
    }
}

/// What is wrong with a `text` that [`message`] could not read for this reason.
pub(super) fn fault(error: &serde_json::Error, text: &[u8]) -> ErrorData {
    if error.is_data() && text.trim_ascii_start().starts_with(b"[") {
        ErrorData::invalid_request("batches of messages are not read: send the messages one by one", None)
    } else if error.is_data() {
        ErrorData::invalid_request("this is JSON, but no JSON-RPC 2.0 request or answer", None)
    } else {
        ErrorData::parse_error(format!("cannot read the message: {error}"), None)
    }
}

/// Reads a `tools/call`, with what stands under `_meta` among its extensions, where rmcp wants it. `None` when it is
/// anything else, or is written as no client writes it.
pub(super) fn call(text: &[u8]) -> Option<JsonRpcRequest<CallToolRequest>> {
    let read: Request<'_> = serde_json::from_slice(text).ok()?;
    if read.jsonrpc != VERSION || read.method != CallToolRequestMethod::VALUE {
        return None;
    }
    let mut request = CallToolRequest::new(read.params);
    if let Some(meta) = request.params.meta.take() {
        request.extensions.insert(meta);
    }
    Some(JsonRpcRequest::new(read.id, request))
}

#[cfg(test)]
mod tests {
    use rmcp::model::RequestMetaObject;
    use serde_json::{Value, json};

    use super::*;

    fn by_rmcp(text: &str) -> Option<ClientJsonRpcMessage> {
        serde_json::from_str(text).ok()
    }

    /// With what is not written back: the extensions.
    fn shown(message: &ClientJsonRpcMessage) -> String {
        let meta = match message {
            JsonRpcMessage::Request(JsonRpcRequest {
                request: ClientRequest::CallToolRequest(call),
                ..
            }) => call.extensions.get::<RequestMetaObject>().cloned(),
            _ => None,
        };
        format!("{message:?} {meta:?}")
    }

    #[test]
    fn messages_are_read_as_rmcp_reads_them() {
        let call = |params: &str| format!(r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{params}}}"#);
        let calls = [
            r#"{"name":"a__b"}"#,
            r#"{"name":"a__b","arguments":{}}"#,
            r#"{"name":"a__b","arguments":null,"_meta":null}"#,
            r#"{"name":"a__b","arguments":{"x":1,"y":[1.5,-2,18446744073709551615,1e300,123456789012345678901234567890]}}"#,
            r#"{"name":"a__b","arguments":{"x":"1","x":"2","\u0061":"\ud83d\ude00"}}"#,
            r#"{"name":"a__b","_meta":{"progressToken":"t","traceparent":"00"},"arguments":{"_meta":{"x":1}}}"#,
            r#"{"name":"a__b","unknown":{"x":[1]}}"#,
            r#"{"name":"a__b","requestState":"s","inputResponses":{}}"#,
            r#"{"name":"a__b","name":"c__d"}"#,
            r#"{"name":"a__b","arguments":[]}"#,
            r#"{"name":7}"#,
            r#"{"name":"a\u005f_b"}"#,
            "{}",
            "null",
            "[]",
        ];
        let others = [
            r#"{"params":{"name":"a__b"},"method":"tools/call","id":"x","jsonrpc":"2.0"}"#,
            r#"{"jsonrpc":"2.0","id":1.0,"method":"tools/call","params":{"name":"a__b"}}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"a__b"}}"#,
            r#"{"jsonrpc":"2.0","id":7,"id":8,"method":"tools/call","params":{"name":"a__b"}}"#,
            r#"{"jsonrpc":"1.0","id":7,"method":"tools/call","params":{"name":"a__b"}}"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"tools\/call","params":{"name":"a__b"}}"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__b"},"result":{}}"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__b"},"more":1}"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call"}"#,
            r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a__b"}}"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"prompts/get","params":{"name":"a__b"}}"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"unknown","params":{"name":"a__b"}}"#,
            r#"{"jsonrpc":"2.0","id":7,"result":{}}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__b"}} x"#,
            "{}",
            "",
        ];
        for text in calls.into_iter().map(call).chain(others.into_iter().map(str::to_owned)) {
            let ours = message(text.as_bytes()).ok();
            assert_eq!(ours.as_ref().map(shown), by_rmcp(&text).as_ref().map(shown), "{text}");
        }
    }

    #[test]
    fn a_call_is_read_in_one_pass() {
        let text = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call",
            "params": { "name": "a__b", "arguments": { "x": 1 }, "_meta": { "progressToken": "t" } } });
        let read = call(text.to_string().as_bytes()).expect("a call");
        assert_eq!(read.id, RequestId::Number(7));
        assert_eq!(read.request.params.arguments.expect("arguments")["x"], 1);
        let meta = read.request.extensions.get::<RequestMetaObject>().expect("kept");
        assert_eq!(meta.0.0.get("progressToken"), Some(&Value::from("t")));
        assert!(read.request.params.meta.is_none());
    }
}
