//! Refusals repeat what they refuse. rmcp's do so whole, and a client may send megabytes.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use serde_json::Value;

/// Longest refusal that is passed on as it is, in bytes.
const LONGEST: u64 = 4 * 1024;
/// What is kept of a longer text at its beginning, and at its end, in characters.
const KEPT: usize = 250;

/// `answer`, or one that says the same in fewer words when it is a long refusal.
pub(super) async fn shortened(answer: Response) -> Response {
    let is_long = answer.body().size_hint().exact().is_some_and(|length| length > LONGEST);
    if answer.status() != StatusCode::BAD_REQUEST || !is_long {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    // It lies in memory: its length is known.
    let Ok(told) = to_bytes(body, usize::MAX).await else {
        return parts.status.into_response();
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    let told = match serde_json::from_slice::<Value>(&told) {
        Ok(mut message) => {
            if let Some(Value::String(text)) = message.pointer_mut("/error/message") {
                *text = cut(text);
            }
            message.to_string()
        }
        Err(_) => cut(&String::from_utf8_lossy(&told)),
    };
    Response::from_parts(parts, Body::from(told))
}

/// `text` without its middle when it is long: a refusal names what it is about at its beginning, and the shorter one of
/// two values may stand at its end.
fn cut(text: &str) -> String {
    let start = text
        .char_indices()
        .nth(KEPT)
        .map_or(text.len(), |(position, _)| position);
    let end = text
        .char_indices()
        .nth_back(KEPT - 1)
        .map_or(0, |(position, _)| position);
    match (text.get(..start), text.get(start..end), text.get(end..)) {
        (Some(first), Some(middle), Some(last)) if !middle.is_empty() => {
            let left_out = middle.chars().count();
            format!("{first}… ({left_out} characters left out) …{last}")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn told(status: StatusCode, text: String) -> String {
        let answer = shortened((status, text).into_response()).await;
        assert_eq!(answer.status(), status);
        let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
        String::from_utf8(body.to_vec()).expect("text")
    }

    #[tokio::test]
    async fn long_refusals_lose_their_middle_and_nothing_else_does() {
        let long = "ü".repeat(5_000);
        let kept = "ü".repeat(KEPT - 1);
        let shorter = format!("<{kept}… (4502 characters left out) …{kept}>");
        assert_eq!(told(StatusCode::BAD_REQUEST, format!("<{long}>")).await, shorter);
        let message = |text: &str| format!(r#"{{"error":{{"code":-32020,"message":"{text}"}},"id":"{long}"}}"#);
        let refusal = told(StatusCode::BAD_REQUEST, message(&format!("<{long}>"))).await;
        let refusal: Value = serde_json::from_str(&refusal).expect("JSON");
        assert_eq!(refusal["error"]["message"], shorter);
        assert_eq!(refusal["id"], long, "whoever asked has to know it by that");
        for text in [message("short"), "short".to_owned()] {
            assert_eq!(told(StatusCode::BAD_REQUEST, text.clone()).await, text);
        }
        assert_eq!(told(StatusCode::OK, long.clone()).await, long);
    }

    #[test]
    fn what_would_not_become_shorter_stays() {
        for length in [0, 1, KEPT, 2 * KEPT] {
            let text = "é".repeat(length);
            assert_eq!(cut(&text), text);
        }
        assert!(cut(&"é".repeat(2 * KEPT + 1)).contains("(1 characters"));
    }
}
