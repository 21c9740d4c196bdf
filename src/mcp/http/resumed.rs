//! A stream that a client comes back to. rmcp sends the event again that the client names as the last one it has, and
//! that may be a question to its person.

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};

const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// Names the event behind the last one that the client has of the answer to a request. Events of the session's own stream
/// are left as they are: there, the first one has the number of what stands before it.
pub(super) fn from_the_next(request: &mut Parts) {
    if request.method != Method::GET {
        return;
    }
    let last = request.headers.get(LAST_EVENT).and_then(|value| value.to_str().ok());
    if let Some(next) = last.and_then(behind)
        && let Ok(next) = HeaderValue::from_str(&next)
    {
        request.headers.insert(LAST_EVENT, next);
    }
}

/// `NUMBER/STREAM` of the next event.
fn behind(last: &str) -> Option<String> {
    let (number, stream) = last.split_once('/')?;
    let next = number.parse::<usize>().ok()?.checked_add(1)?;
    Some(format!("{next}/{stream}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_event_of_an_answer_is_left_as_it_is() {
        let resumed = |method: &str, last: &str| {
            let request = http::Request::builder()
                .method(method)
                .header(LAST_EVENT, last)
                .body(());
            let mut parts = request.expect("a request").into_parts().0;
            from_the_next(&mut parts);
            parts.headers[LAST_EVENT].to_str().expect("text").to_owned()
        };
        assert_eq!(resumed("GET", "0/7"), "1/7");
        assert_eq!(resumed("GET", "9/7"), "10/7");
        for last in ["7", "", "x/7", "-1/7", "18446744073709551615/7"] {
            assert_eq!(resumed("GET", last), last);
        }
        assert_eq!(resumed("POST", "0/7"), "0/7");
    }
}
