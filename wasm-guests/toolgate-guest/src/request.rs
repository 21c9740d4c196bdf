//! Requests: the only way out of an action.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::bindings::toolgate::action::http;
use crate::{Response, host};

/// A request that the host is asked to make, under the rules of the connector.
///
/// ```no_run
/// # async fn example() -> Result<(), toolgate_guest::Failure> {
/// use toolgate_guest::Request;
///
/// let response = Request::post("/search")
///     .query("limit", "20")
///     .json(&serde_json::json!({ "text": "lamp" }))
///     .send()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "it leaves with `send`"]
pub struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    timeout: Option<Duration>,
    /// What could not be written as JSON: told by `send`, so that a request reads as one chain.
    unwritable: Option<serde_json::Error>,
}

impl Request {
    /// A request with any method. A URL that begins with `/` stands below the connection's base URL.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: None,
            timeout: None,
            unwritable: None,
        }
    }

    /// Reads.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url)
    }

    /// Makes something; an action that only reads may not send it, unless its connector lists it as safe.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new("POST", url)
    }

    /// Replaces something.
    pub fn put(url: impl Into<String>) -> Self {
        Self::new("PUT", url)
    }

    /// Changes something.
    pub fn patch(url: impl Into<String>) -> Self {
        Self::new("PATCH", url)
    }

    /// Deletes something.
    pub fn delete(url: impl Into<String>) -> Self {
        Self::new("DELETE", url)
    }

    /// Adds a header. A handle may stand in its value.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds a parameter to the URL's query.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let (before, fragment) = match self.url.split_once('#') {
            Some((before, fragment)) => (before, format!("#{fragment}")),
            None => (self.url.as_str(), String::new()),
        };
        let sign = match before.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        self.url = format!("{before}{sign}{}={}{fragment}", encode(name), encode(value));
        self
    }

    /// Sends `value` as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.body = Some(body),
            Err(error) => self.unwritable = Some(error),
        }
        self.header("content-type", "application/json")
    }

    /// Sends `fields` as a form.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        self.body = Some(pairs.join("&").into_bytes());
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    /// Sends these bytes.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some(bytes.into());
        self
    }

    /// How long the whole exchange may take; never more than the connector's own limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends it and waits for the answer, whatever its status.
    ///
    /// # Errors
    /// When there is no answer, e.g. because a rule of the connector said no. Nothing is repeated.
    pub async fn send(self) -> Result<Response, SendError> {
        let request = self.into_bindings()?;
        let response = http::send(request).await?;
        Ok(response.into())
    }

    fn into_bindings(self) -> Result<http::Request, SendError> {
        if let Some(error) = self.unwritable {
            let problem = format!(
                "the body of {} {} cannot be written as JSON: {error}",
                self.method, self.url
            );
            return Err(SendError::Invalid(problem));
        }
        Ok(http::Request {
            method: self.method,
            url: self.url,
            headers: self
                .headers
                .into_iter()
                .map(|(name, value)| http::Header { name, value })
                .collect(),
            body: self.body,
            timeout_ms: self.timeout.map(host::milliseconds),
        })
    }
}

/// `text` as one part of a path or a query: everything but letters, digits and `-._~` is percent-encoded (RFC 3986,
/// section 2.3).
#[must_use]
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Why there is no response. The text is the host's, and names no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// A rule said no before anything left: address, method, number of requests, a write of an action that only reads.
    Refused(String),
    /// The time for it was over.
    TimedOut(String),
    /// No connection, or it broke.
    Unreachable(String),
    /// The answer was larger than what is allowed.
    TooLarge(String),
    /// The request is no HTTP.
    Invalid(String),
}

impl fmt::Display for SendError {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Refused(said)
        | Self::TimedOut(said)
        | Self::Unreachable(said)
        | Self::TooLarge(said)
        | Self::Invalid(said)) = self;
        text.write_str(said)
    }
}

impl std::error::Error for SendError {}

impl From<http::Failure> for SendError {
    fn from(failure: http::Failure) -> Self {
        match failure {
            http::Failure::Refused(said) => Self::Refused(said),
            http::Failure::TimedOut(said) => Self::TimedOut(said),
            http::Failure::Unreachable(said) => Self::Unreachable(said),
            http::Failure::TooLarge(said) => Self::TooLarge(said),
            http::Failure::Invalid(said) => Self::Invalid(said),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn parameters_join_the_query_that_is_there() {
        for (url, expected) in [
            ("https://a.example/b", "https://a.example/b?q=a%20b%26c"),
            ("https://a.example/b?", "https://a.example/b?q=a%20b%26c"),
            ("https://a.example/b?x=1", "https://a.example/b?x=1&q=a%20b%26c"),
            ("https://a.example/b?x=1#top", "https://a.example/b?x=1&q=a%20b%26c#top"),
            ("https://a.example/b#top?", "https://a.example/b?q=a%20b%26c#top?"),
        ] {
            assert_eq!(Request::get(url).query("q", "a b&c").url, expected);
        }
    }

    #[test]
    fn bodies_say_what_they_are() {
        let json = Request::post("u").json(&[1, 2]).into_bindings().unwrap();
        assert_eq!(json.body.as_deref(), Some(b"[1,2]".as_slice()));
        assert_eq!(
            (json.headers[0].name.as_str(), json.headers[0].value.as_str()),
            ("content-type", "application/json")
        );
        let form = Request::put("u")
            .form(&[("a b", "é"), ("c", "~")])
            .into_bindings()
            .unwrap();
        assert_eq!(form.body.as_deref(), Some(b"a%20b=%C3%A9&c=~".as_slice()));
        assert_eq!(form.headers[0].value, "application/x-www-form-urlencoded");
    }

    #[test]
    fn what_is_no_json_is_told_when_it_is_sent() {
        let keys_that_are_no_text: BTreeMap<Vec<u8>, u8> = BTreeMap::from([(vec![1], 1)]);
        let error = Request::post("https://a.example/")
            .json(&keys_that_are_no_text)
            .into_bindings()
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the body of POST https://a.example/ cannot be written as JSON: "),
            "{error}"
        );
    }

    #[test]
    fn a_request_carries_what_it_was_given() {
        let request = Request::delete("https://a.example/b")
            .header("X-Key", "handle")
            .body("bytes")
            .timeout(Duration::from_secs(2))
            .into_bindings()
            .unwrap();
        assert_eq!(
            (request.method.as_str(), request.url.as_str()),
            ("DELETE", "https://a.example/b")
        );
        assert_eq!(request.headers[0].name, "X-Key");
        assert_eq!(
            (request.body, request.timeout_ms),
            (Some(b"bytes".to_vec()), Some(2_000))
        );
    }
}
