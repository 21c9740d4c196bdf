//! Requests of a known method whose parameters cannot be read. rmcp hands them on as if nobody knew the method.

use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestMethod, CallToolRequestParams, CompleteRequestMethod, CompleteRequestParams, ConstString as _,
    CustomRequest, ErrorCode, GetPromptRequestMethod, GetPromptRequestParams, InitializeRequestParams,
    InitializeResultMethod, ReadResourceRequestMethod, ReadResourceRequestParams,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostics::legible_line;

/// Longest part of a message that quotes what was sent, in bytes.
const LONGEST: usize = 300;

/// What is wrong with `request`.
pub(super) fn refusal(request: CustomRequest) -> ErrorData {
    let parameters = request.params.unwrap_or_default();
    let cause = match &*request.method {
        CallToolRequestMethod::VALUE => {
            let cause = cause::<CallToolRequestParams>(parameters);
            return ErrorData::invalid_params(
                format!("cannot read the call: {cause}; `name` must be text and `arguments` an object"),
                None,
            );
        }
        CompleteRequestMethod::VALUE => cause::<CompleteRequestParams>(parameters),
        GetPromptRequestMethod::VALUE => cause::<GetPromptRequestParams>(parameters),
        InitializeResultMethod::VALUE => cause::<InitializeRequestParams>(parameters),
        ReadResourceRequestMethod::VALUE => cause::<ReadResourceRequestParams>(parameters),
        _ => return unknown(request.method),
    };
    ErrorData::invalid_params(
        format!("cannot read the parameters of `{}`: {cause}", request.method),
        None,
    )
}

/// That there is no such method, in a sentence: rmcp says its name and nothing else.
pub(super) fn unknown(method: impl Into<String>) -> ErrorData {
    let method = legible_line(&shortened(method.into()));
    let told = format!("this server has no method `{method}`");
    ErrorData::new(ErrorCode::METHOD_NOT_FOUND, told, None)
}

fn cause<T: DeserializeOwned>(parameters: Value) -> String {
    match T::deserialize(parameters) {
        Err(error) => shortened(error.to_string()),
        Ok(_) => "a key stands twice".to_owned(),
    }
}

/// A cause quotes what was sent, which may be long.
fn shortened(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_known_is_not_called_unknown() {
        let refused = |method: &str, parameters: Option<Value>| refusal(CustomRequest::new(method, parameters));
        for (method, parameters, told) in [
            ("tools/call", None, "cannot read the call: invalid type: null"),
            (
                "tools/call",
                Some(json!({ "name": 7 })),
                "cannot read the call: invalid type: integer `7`",
            ),
            ("tools/call", Some(json!({ "name": "a" })), "a key stands twice"),
            (
                "resources/read",
                Some(json!({})),
                "of `resources/read`: missing field `uri`",
            ),
            ("prompts/get", Some(json!({})), "of `prompts/get`: missing field `name`"),
            (
                "completion/complete",
                Some(json!({})),
                "of `completion/complete`: missing field `ref`",
            ),
            (
                "initialize",
                Some(json!({})),
                "of `initialize`: missing field `protocolVersion`",
            ),
        ] {
            let error = refused(method, parameters);
            assert_eq!(error.code, ErrorCode::INVALID_PARAMS, "{method}");
            assert!(error.message.contains(told), "{method}: {}", error.message);
        }
        for error in [
            refused(
                "initialize",
                Some(json!({ "protocolVersion": "1", "capabilities": "Z".repeat(9_000) })),
            ),
            refused(
                "tools/call",
                Some(json!({ "name": "a", "arguments": "Z".repeat(9_000) })),
            ),
            refused(&"ü".repeat(9_000), None),
        ] {
            assert!(error.message.len() < 500, "{}", error.message);
            assert!(error.message.contains('…'), "{}", error.message);
        }
        let error = refused("unknown", None);
        assert_eq!(
            (error.code, &*error.message),
            (ErrorCode::METHOD_NOT_FOUND, "this server has no method `unknown`")
        );
    }
}
