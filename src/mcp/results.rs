//! How a call's ending looks to an MCP client.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rmcp::ErrorData;
use rmcp::model::{CallToolResult, ContentBlock, JsonObject, MetaObject, Resource, ResourceContents};
use serde_json::{Value, json};

use crate::engine::{CallError, Content, ErrorCode, File, FileContent, Outcome};

/// Longest error text in characters: clients cut longer ones, and what to do next stands at the end.
const MAX_ERROR_CHARS: usize = 10_000;
/// Key of the warnings in a result's `_meta`.
const WARNINGS_KEY: &str = "toolgate/warnings";
/// Key of the machine-readable error in a result's `_meta`.
const ERROR_KEY: &str = "toolgate/error";

/// A successful result. Structured content and text say the same: some clients show the model only one of them.
///
/// `keep` is offered each file, and gives it back when it is to lie in the result.
pub(super) fn success(tool: &str, outcome: Outcome, keep: impl Fn(File) -> Result<Resource, File>) -> CallToolResult {
    let file = |file| match keep(file) {
        Ok(link) => ContentBlock::resource_link(link),
        Err(file) => embedded(tool, &file),
    };
    let mut result = match outcome.content {
        Content::Json(value) => CallToolResult::structured(value),
        Content::Binary { name, mime_type, bytes } => {
            CallToolResult::success(vec![match mime_type.split('/').next() {
                // Models look at these, and read no links.
                Some("image") => ContentBlock::image(STANDARD.encode(&bytes), mime_type),
                Some("audio") => ContentBlock::audio(STANDARD.encode(&bytes), mime_type),
                _ => file(File {
                    name: name.unwrap_or_else(|| tool.to_owned()),
                    mime_type,
                    content: FileContent::Bytes(bytes),
                }),
            }])
        }
    };
    result.content.extend(outcome.files.into_iter().map(file));
    if !outcome.warnings.is_empty() {
        result.content.push(ContentBlock::text(format!(
            "Warnings:\n- {}",
            outcome.warnings.join("\n- ")
        )));
        result
            .meta
            .get_or_insert_with(MetaObject::new)
            .0
            .insert(WARNINGS_KEY.to_owned(), json!(outcome.warnings));
    }
    result
}

/// A file as an embedded resource (contract S0-50). Its URI names it; nothing can be read from there.
fn embedded(tool: &str, file: &File) -> ContentBlock {
    let name = utf8_percent_encode(&file.name, NON_ALPHANUMERIC);
    let uri = format!("toolgate://result/{tool}/{name}");
    let contents = match &file.content {
        FileContent::Text(text) => ResourceContents::text(text, uri),
        FileContent::Bytes(bytes) => ResourceContents::blob(STANDARD.encode(bytes), uri),
    };
    ContentBlock::resource(contents.with_mime_type(&file.mime_type))
}

/// A failed call: a result that the model reads and can act on, or a protocol error when there is no such tool.
///
/// The error is in the structured content unless the tool declares an output schema: the TypeScript client checks
/// structured content of errors against it too, and would hide the error behind its own. `_meta` always has it.
///
/// # Errors
/// Invalid params (-32602) for a tool that does not exist, as the specification has it.
pub(super) fn failure(error: &CallError, declares_output: bool) -> Result<CallToolResult, ErrorData> {
    if is_unknown_tool(error) {
        return Err(protocol_error(error));
    }
    Ok(failed(error, declares_output))
}

/// A failure of a tool that leads to others: always a result, so that the model reads how to mend its call.
pub(super) fn mended(error: &CallError) -> CallToolResult {
    failed(error, false)
}

fn failed(error: &CallError, declares_output: bool) -> CallToolResult {
    let facts = facts(error);
    let mut result = CallToolResult::error(vec![ContentBlock::text(readable(error))]);
    result.meta = Some(MetaObject(JsonObject::from_iter([(
        ERROR_KEY.to_owned(),
        facts.clone(),
    )])));
    if !declares_output {
        // What code returned in its own words, else the facts.
        let facts = json!({ "error": facts });
        result.structured_content = Some(error.returned.clone().unwrap_or(facts));
    }
    result
}

/// A request that no tool could be run for, with the same facts as any other failure.
pub(super) fn protocol_error(error: &CallError) -> ErrorData {
    ErrorData::invalid_params(readable(error), Some(json!({ "error": facts(error) })))
}

fn facts(error: &CallError) -> Value {
    // Strings and numbers always have a JSON form.
    serde_json::to_value(error).unwrap_or_default()
}

/// Whether the name led to nothing here. An API that answers 404 has the same code, but it has answered.
fn is_unknown_tool(error: &CallError) -> bool {
    matches!(error.code, ErrorCode::UnknownApi | ErrorCode::EndpointNotFound) && error.upstream_status.is_none()
}

/// The error in words; a cause that is too long loses its end, never the advice after it.
fn readable(error: &CallError) -> String {
    let text = error.text();
    let excess = text.chars().count().saturating_sub(MAX_ERROR_CHARS);
    if excess == 0 {
        return text;
    }
    let kept = error.cause.chars().count().saturating_sub(excess + 1);
    let mut shortened = error.clone();
    shortened.cause = error.cause.chars().take(kept).chain(['…']).collect();
    shortened.text().chars().take(MAX_ERROR_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn outcome(content: Content) -> Outcome {
        Outcome {
            content,
            files: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn structured_content_equals_the_text() {
        let value = json!({ "id": 7, "name": "Ada" });
        let result = success("crm__get", outcome(Content::Json(value.clone())), Err);
        assert_eq!(result.structured_content, Some(value.clone()));
        assert_eq!(result.is_error, Some(false));
        let text = &result.content[0].as_text().expect("text").text;
        assert_eq!(serde_json::from_str::<Value>(text).expect("JSON"), value);
        assert_eq!(result.content.len(), 1);
    }

    #[test]
    fn warnings_come_beside_the_data() {
        let result = success(
            "crm__get",
            Outcome {
                content: Content::Json(json!({ "id": 7 })),
                files: Vec::new(),
                warnings: vec!["/id: expected a string".into()],
            },
            Err,
        );
        assert_eq!(result.structured_content, Some(json!({ "id": 7 })));
        assert_eq!(
            result.content[1].as_text().expect("text").text,
            "Warnings:\n- /id: expected a string"
        );
        assert_eq!(
            result.meta.expect("meta").0[WARNINGS_KEY],
            json!(["/id: expected a string"])
        );
    }

    #[test]
    fn bytes_become_the_content_that_fits_their_type() {
        let content = |mime_type: &str, name: Option<&str>| {
            let content = Content::Binary {
                name: name.map(str::to_owned),
                mime_type: mime_type.to_owned(),
                bytes: Bytes::from_static(b"\x00\x01"),
            };
            serde_json::to_value(&success("crm__file", outcome(content), Err).content[0]).expect("JSON")
        };
        assert_eq!(
            content("image/png", Some("a.png")),
            json!({ "type": "image", "data": "AAE=", "mimeType": "image/png" })
        );
        assert_eq!(
            content("audio/wav", None),
            json!({ "type": "audio", "data": "AAE=", "mimeType": "audio/wav" })
        );
        assert_eq!(
            content("application/pdf", None),
            json!({ "type": "resource", "resource": {
                "uri": "toolgate://result/crm__file/crm%5F%5Ffile", "mimeType": "application/pdf", "blob": "AAE=" } })
        );
        let named = content("application/pdf", Some("report 7.pdf"));
        assert_eq!(named["resource"]["uri"], "toolgate://result/crm__file/report%207%2Epdf");
    }

    #[test]
    fn only_a_tool_that_does_not_exist_is_a_protocol_error() {
        let unknown = CallError::new(ErrorCode::UnknownApi, "no connector `crn`", "use `crm`");
        let error = failure(&unknown, false).expect_err("protocol error");
        assert_eq!(error.code, rmcp::model::ErrorCode::INVALID_PARAMS);
        assert!(error.message.contains("use `crm`"));
        assert_eq!(error.data.expect("data")["error"]["code"], "UNKNOWN_API");

        let mut answered = CallError::new(ErrorCode::EndpointNotFound, "the API answered 404", "check the id");
        assert!(failure(&answered, false).is_err());
        answered.upstream_status = Some(404);
        let result = failure(&answered, false).expect("result");
        assert_eq!(result.is_error, Some(true));
        assert_eq!(result.content[0].as_text().expect("text").text, answered.text());
        assert_eq!(
            result.structured_content.expect("structured")["error"],
            serde_json::to_value(&answered).expect("JSON")
        );
    }

    #[test]
    fn an_error_never_breaks_a_declared_output_schema() {
        let error = CallError::new(ErrorCode::Timeout, "no answer within 30 s", "try again later");
        let result = failure(&error, true).expect("result");
        assert_eq!(result.structured_content, None);
        assert_eq!(result.meta.expect("meta").0[ERROR_KEY]["code"], "TIMEOUT");
    }

    #[test]
    fn a_long_cause_never_costs_the_advice() {
        let error = CallError::new(ErrorCode::UpstreamError, "x".repeat(50_000), "ask for less");
        let text = readable(&error);
        assert!(text.chars().count() <= MAX_ERROR_CHARS);
        assert!(text.contains("What to do: ask for less"));
    }
}
