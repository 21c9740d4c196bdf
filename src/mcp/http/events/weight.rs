//! About how much memory an event takes. Answers to calls are walked through, which costs a small part of writing them.

use std::io::{self, Write};

use rmcp::model::{CallToolResult, ContentBlock, JsonRpcMessage, JsonRpcResponse, ServerResult};
use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use serde::Serialize;
use serde_json::Value;

/// What keeping an event costs, however short it is.
const LEAST: usize = 512;

/// Of this event.
pub(super) fn of(event: &ServerSseMessage) -> usize {
    LEAST
        + match event.message.as_deref() {
            None => 0,
            Some(JsonRpcMessage::Response(JsonRpcResponse {
                result: ServerResult::CallToolResult(result),
                ..
            })) => of_result(result),
            Some(message) => written(message),
        }
}

fn of_result(result: &CallToolResult) -> usize {
    let content: usize = result.content.iter().map(of_content).sum();
    content + result.structured_content.as_ref().map_or(0, of_value) + result.meta.as_ref().map_or(0, written)
}

fn of_content(content: &ContentBlock) -> usize {
    size_of::<ContentBlock>()
        + match content {
            ContentBlock::Text(text) => text.text.len(),
            ContentBlock::Image(image) => image.data.len(),
            ContentBlock::Audio(audio) => audio.data.len(),
            other => written(other),
        }
}

fn of_value(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => text.len(),
            Value::Array(values) => values.iter().map(of_value).sum(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| size_of::<String>() + name.len() + of_value(value))
                .sum(),
        }
}

/// The length of its JSON.
fn written(value: &impl Serialize) -> usize {
    struct Counter(usize);
    impl Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // What cannot be written is not sent either.
    match serde_json::to_writer(&mut counter, value) {
        Ok(()) | Err(_) => counter.0,
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::{EmptyResult, RequestId, ServerJsonRpcMessage};
    use serde_json::json;

    use super::*;

    fn weight(result: ServerResult) -> usize {
        let message = ServerJsonRpcMessage::response(result, RequestId::Number(1));
        of(&ServerSseMessage::from_message(message))
    }

    #[test]
    fn what_an_answer_holds_is_counted_wherever_it_lies() {
        let long = "x".repeat(100_000);
        let within = |weight: usize, times: usize| {
            let least = times * long.len();
            assert!(
                (least..least + 10_000).contains(&weight),
                "{weight} is not about {least}"
            );
        };
        within(of(&ServerSseMessage::default()), 0);
        within(weight(EmptyResult {}.into()), 0);
        let contents = [
            ContentBlock::text(&long),
            ContentBlock::image(&long, "image/png"),
            ContentBlock::embedded_text("file:///a", &long),
        ];
        for content in contents {
            within(weight(CallToolResult::success(vec![content]).into()), 1);
        }
        // It lies there as a value and as its text.
        within(
            weight(CallToolResult::structured(json!({ &long: [1, &long] })).into()),
            4,
        );
        let mut numbers = CallToolResult::structured(json!(vec![7; 10_000]));
        numbers.content.clear();
        assert!(weight(numbers.into()) >= 10_000 * size_of::<Value>());
    }
}
