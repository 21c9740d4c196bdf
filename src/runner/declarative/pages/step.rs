//! What a step to the next page changes in a request.

use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use percent_encoding::utf8_percent_encode;
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::super::prepare::{LONGEST_URL, QUERY_NAME, QUERY_VALUE};
use crate::egress::OutgoingRequest;
use crate::pagination::{PageError, Parameter, Step};

/// Stands in logs for the path of a URL that the API chose, when the first one held an argument nobody may see.
const UNSHOWN_PATH: &str = "/[HIDDEN]";

/// The value of `parameter` in `request`; `None` when it has none.
pub(super) fn sent(parameter: &Parameter, request: &OutgoingRequest) -> Option<Value> {
    match parameter {
        Parameter::Query(name) => {
            let pair = request.url.query_pairs().find(|(found, _)| found == name)?;
            Some(Value::String(pair.1.into_owned()))
        }
        Parameter::Body(place) => {
            let body: Value = serde_json::from_slice(request.body.as_ref()?).ok()?;
            place.find(&body).filter(|value| !value.is_null()).cloned()
        }
    }
}

/// Makes `request` ask for the next page.
///
/// # Errors
/// [`PageError`] when it has no place for what says which page that is.
pub(super) fn take(request: &mut OutgoingRequest, parameter: Option<&Parameter>, step: Step) -> Result<(), PageError> {
    match (step, parameter) {
        (Step::Url(url), _) => {
            if let Some(shown) = &mut request.shown_path {
                UNSHOWN_PATH.clone_into(shown);
            }
            request.url = url;
        }
        (Step::Value(value), Some(Parameter::Query(name))) => set_query(&mut request.url, name, &value),
        (Step::Value(value), Some(Parameter::Body(place))) => {
            let no_place = || PageError::NoPlace {
                place: place.written().to_owned(),
            };
            let mut body = match &request.body {
                Some(body) => serde_json::from_slice(body).map_err(|_| no_place())?,
                None => Value::Null,
            };
            if !place.put(&mut body, value) {
                return Err(no_place());
            }
            request.body = Some(Bytes::from(body.to_string()));
            let json = HeaderValue::from_static("application/json");
            request.headers.entry(CONTENT_TYPE).or_insert(json);
        }
        // No style makes values without a parameter.
        (Step::Value(_), None) => {}
    }
    if request.url.path().len() + request.url.query().map_or(0, str::len) > LONGEST_URL {
        return Err(PageError::TooLong { limit: LONGEST_URL });
    }
    Ok(())
}

/// Gives the parameter `name` this one value. The others stay as they were written: some APIs sign them.
fn set_query(url: &mut Url, name: &str, value: &Value) {
    let is_other = |pair: &&str| {
        let found = form_urlencoded::parse(pair.as_bytes()).next();
        found.is_some_and(|(found, _)| found != name)
    };
    let others = url.query().unwrap_or_default().split('&').filter(is_other);
    let mut query = others.collect::<Vec<_>>().join("&");
    if !query.is_empty() {
        query.push('&');
    }
    let text = match value {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        other => Cow::Owned(other.to_string()),
    };
    query.extend(utf8_percent_encode(name, QUERY_NAME));
    query.push('=');
    query.extend(utf8_percent_encode(&text, QUERY_VALUE));
    url.set_query(Some(&query));
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};
    use serde_json::json;

    use super::*;
    use crate::mapping::Place;

    fn request(url: &str, body: Option<&str>) -> OutgoingRequest {
        OutgoingRequest {
            method: Method::GET,
            url: url.parse().expect("a URL"),
            headers: HeaderMap::new(),
            body: body.map(|body| Bytes::from(body.to_owned())),
            timeout: None,
            max_response_bytes: None,
            shown_path: None,
            only_reads: false,
        }
    }

    #[test]
    fn a_query_parameter_gets_one_value() {
        let table = [
            ("", json!("a&b= c"), "after=a%26b%3D%20c"),
            ("?x=%7e&y=1+2", json!(7), "x=%7e&y=1+2&after=7"),
            ("?after=1&x=1&after=2&%61fter=3", json!("4"), "x=1&after=4"),
            ("?afterwards=1", json!("2"), "afterwards=1&after=2"),
        ];
        let parameter = Parameter::Query("after".to_owned());
        for (query, value, expected) in table {
            let mut request = request(&format!("https://a.example/b{query}"), None);
            take(&mut request, Some(&parameter), Step::Value(value.clone())).expect(query);
            assert_eq!(request.url.query(), Some(expected), "{query}");
            let text = value.as_str().map_or(value.to_string(), str::to_owned);
            assert_eq!(sent(&parameter, &request), Some(Value::String(text)), "{query}");
        }
        let brackets = Parameter::Query("page[after]".to_owned());
        let mut request = request("https://a.example/b?page%5Bafter%5D=1", None);
        assert_eq!(sent(&brackets, &request), Some(json!("1")));
        take(&mut request, Some(&brackets), Step::Value(json!("2"))).expect("a request");
        assert_eq!(request.url.query(), Some("page%5Bafter%5D=2"));
    }

    #[test]
    fn a_member_of_the_body_gets_the_value() {
        let parameter = Parameter::Body(Place::compile("variables.after").expect("a place"));
        let table = [
            (
                Some(r#"{"query":"q"}"#),
                None,
                Some(json!({"query": "q", "variables": {"after": "x"}})),
            ),
            (
                Some(r#"{"variables":{"after":"w","n":1}}"#),
                Some(json!("w")),
                Some(json!({"variables": {"after": "x", "n": 1}})),
            ),
            (
                Some(r#"{"variables":{"after":null}}"#),
                None,
                Some(json!({"variables": {"after": "x"}})),
            ),
            (None, None, Some(json!({"variables": {"after": "x"}}))),
            (Some(r#"{"variables":5}"#), None, None),
            (Some("[]"), None, None),
        ];
        for (body, before, after) in table {
            let mut request = request("https://a.example/b", body);
            assert_eq!(sent(&parameter, &request), before, "{body:?}");
            let taken = take(&mut request, Some(&parameter), Step::Value(json!("x")));
            assert_eq!(taken.is_ok(), after.is_some(), "{body:?}");
            if let Some(after) = after {
                let body: Value = serde_json::from_slice(&request.body.expect("a body")).expect("JSON");
                assert_eq!(body, after);
                assert_eq!(request.headers[CONTENT_TYPE], "application/json");
            }
        }
    }

    #[test]
    fn a_url_replaces_the_whole_url_and_hides_what_was_hidden() {
        let mut request = request("https://a.example/secret?limit=2", None);
        request.shown_path = Some("/*".to_owned());
        let url: Url = "https://a.example/other?page=2".parse().expect("a URL");
        take(&mut request, None, Step::Url(url.clone())).expect("a request");
        assert_eq!((&request.url, request.shown_path.as_deref()), (&url, Some("/[HIDDEN]")));
    }

    #[test]
    fn what_makes_the_url_too_long_is_not_sent() {
        let parameter = Parameter::Query("after".to_owned());
        let mut request = request("https://a.example/b", None);
        let taken = take(
            &mut request,
            Some(&parameter),
            Step::Value(json!("x".repeat(LONGEST_URL))),
        );
        assert_eq!(taken, Err(PageError::TooLong { limit: LONGEST_URL }));
    }
}
