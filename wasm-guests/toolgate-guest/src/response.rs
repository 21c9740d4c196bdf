//! What came back.

use std::fmt;

use serde::de::DeserializeOwned;

use crate::bindings::toolgate::action::http;

/// What came back, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, without what it was compressed with.
    pub body: Vec<u8>,
}

impl Response {
    /// Whether the status is one of success: 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first value of a header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as text; bytes that are no UTF-8 become replacement characters.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body, read as JSON.
    ///
    /// # Errors
    /// When it is no JSON, or does not fit the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// The same response if its status is one of success.
    ///
    /// # Errors
    /// When it is not.
    pub fn successful(self) -> Result<Self, StatusError> {
        if self.is_success() {
            return Ok(self);
        }
        let text = self.text();
        Err(StatusError {
            status: self.status,
            begins: text.chars().take(LONGEST_EXCERPT).collect(),
        })
    }
}

/// Characters of an answer that an error repeats.
const LONGEST_EXCERPT: usize = 300;

/// An answer with a status that is none of success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusError {
    /// The status.
    pub status: u16,
    /// How the answer's body begins.
    pub begins: String,
}

impl fmt::Display for StatusError {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "the API answered with status {}", self.status)?;
        if self.begins.is_empty() {
            return Ok(());
        }
        write!(text, ": {}", self.begins)
    }
}

impl std::error::Error for StatusError {}

impl From<http::Response> for Response {
    fn from(response: http::Response) -> Self {
        Self {
            status: response.status,
            headers: response
                .headers
                .into_iter()
                .map(|header| (header.name, header.value))
                .collect(),
            body: response.body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &str) -> Response {
        Response {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.into(),
        }
    }

    #[test]
    fn only_success_is_success() {
        for (status, expected) in [(199, false), (200, true), (299, true), (300, false), (404, false)] {
            assert_eq!(response(status, "{}").successful().is_ok(), expected, "{status}");
        }
        let error = response(404, &"é".repeat(400)).successful().unwrap_err();
        assert_eq!((error.status, error.begins.chars().count()), (404, 300));
        assert_eq!(
            response(500, "").successful().unwrap_err().to_string(),
            "the API answered with status 500"
        );
    }

    #[test]
    fn a_body_is_read_as_what_it_should_be() {
        let good = response(200, r#"{"a": 1}"#);
        assert_eq!(good.json::<serde_json::Value>().unwrap()["a"], 1);
        assert_eq!(good.header("Content-Type"), Some("application/json"));
        assert_eq!(good.header("etag"), None);
        assert!(response(200, "<html>").json::<serde_json::Value>().is_err());
    }
}
