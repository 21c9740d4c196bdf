//! Writing long answers. It takes time in proportion to their length, and where calls run a long one would hold up the
//! others of its thread for milliseconds; so it gets a thread of its own, as reading a long answer of an API does.

use rmcp::model::{
    CallToolResult, ContentBlock, JsonRpcMessage, ReadResourceResult, ResourceContents, ServerJsonRpcMessage,
    ServerResult,
};
use serde_json::Value;

use crate::engine::{Content, File, Outcome};

/// Longest answer, in bytes, that is written where its call runs.
const IN_PLACE: usize = 256 * 1024;

/// Does `work` for something of about `length` bytes, elsewhere if that is long.
pub(super) async fn by_length<T: Send + 'static>(length: usize, work: impl FnOnce() -> T + Send + 'static) -> T {
    if length <= IN_PLACE {
        return work();
    }
    match tokio::task::spawn_blocking(work)
        .await
        .map_err(tokio::task::JoinError::try_into_panic)
    {
        Ok(done) => done,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // The runtime is ending, and with it whoever waits here.
        Err(Err(_)) => std::future::pending().await,
    }
}

/// About how many bytes of JSON an outcome becomes; no more is counted than makes it a long one.
pub(super) fn length_of_outcome(outcome: &Outcome) -> usize {
    let content = match &outcome.content {
        Content::Json(value) => {
            let mut left = IN_PLACE;
            if fits(value, &mut left) {
                IN_PLACE - left
            } else {
                IN_PLACE + 1
            }
        }
        Content::Binary { bytes, .. } => bytes.len(),
    };
    let files = outcome.files.iter().map(|File { content, .. }| content.len());
    content + files.sum::<usize>()
}

/// About how many bytes of JSON a message becomes. Only of answers with data in them, which alone can be long.
pub(super) fn length_of_message(message: &ServerJsonRpcMessage) -> usize {
    let JsonRpcMessage::Response(response) = message else {
        return 0;
    };
    match &response.result {
        // What is structured stands in the text as well.
        ServerResult::CallToolResult(CallToolResult { content, .. }) => content.iter().map(length_of_block).sum(),
        ServerResult::ReadResourceResult(ReadResourceResult { contents, .. }) => {
            contents.iter().map(length_of_contents).sum()
        }
        _ => 0,
    }
}

fn length_of_block(block: &ContentBlock) -> usize {
    match block {
        ContentBlock::Text(text) => text.text.len(),
        ContentBlock::Image(image) => image.data.len(),
        ContentBlock::Audio(audio) => audio.data.len(),
        ContentBlock::Resource(embedded) => length_of_contents(&embedded.resource),
        _ => 0,
    }
}

fn length_of_contents(contents: &ResourceContents) -> usize {
    match contents {
        ResourceContents::TextResourceContents { text, .. } => text.len(),
        ResourceContents::BlobResourceContents { blob, .. } => blob.len(),
        _ => 0,
    }
}

/// Whether `value` has about as many bytes as are left, or fewer; they are taken from those.
fn fits(value: &Value, left: &mut usize) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => take(4, left),
        Value::String(text) => take(text.len(), left),
        Value::Array(items) => take(0, left) && items.iter().all(|item| fits(item, left)),
        Value::Object(members) => {
            let mut members = members.iter();
            take(0, left) && members.all(|(key, member)| take(key.len(), left) && fits(member, left))
        }
    }
}

/// Takes `length` bytes and what stands around them from those that are left; whether there were as many.
fn take(length: usize, left: &mut usize) -> bool {
    let fewer = left.checked_sub(length + 2);
    *left = fewer.unwrap_or(0);
    fewer.is_some()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use rmcp::model::RequestId;
    use serde_json::json;

    use super::*;

    fn outcome(content: Content) -> Outcome {
        Outcome {
            content,
            files: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn long_answers_are_known_before_and_after_they_are_put_together() {
        let long = "x".repeat(IN_PLACE);
        for (content, is_long) in [
            (json!({ "a": 1 }), false),
            (json!(["x".repeat(IN_PLACE / 2)]), false),
            (json!(long), true),
            (json!({ "a": { "b": [long] } }), true),
            (json!({ long.as_str(): null }), true),
            (json!(vec![0; IN_PLACE]), true),
        ] {
            let outcome = outcome(Content::Json(content.clone()));
            assert_eq!(length_of_outcome(&outcome) > IN_PLACE, is_long);
            let result = CallToolResult::structured(content);
            let message = JsonRpcMessage::response(ServerResult::CallToolResult(result), RequestId::Number(1));
            assert_eq!(length_of_message(&message) > IN_PLACE, is_long);
        }
        let bytes = vec![0; IN_PLACE + 1].into();
        let file = Content::Binary {
            name: None,
            mime_type: "image/png".to_owned(),
            bytes,
        };
        assert!(length_of_outcome(&outcome(file)) > IN_PLACE);
    }

    #[tokio::test]
    async fn what_is_long_is_done_on_another_thread() {
        let here = thread::current().id();
        assert_eq!(by_length(IN_PLACE, || thread::current().id()).await, here);
        assert_ne!(by_length(IN_PLACE + 1, || thread::current().id()).await, here);
    }

    #[tokio::test]
    #[should_panic(expected = "as it would in place")]
    async fn what_panics_there_panics_here() {
        by_length::<()>(IN_PLACE + 1, || panic!("as it would in place")).await;
    }
}
