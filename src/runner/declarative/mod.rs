//! Declarative actions: one HTTP request made of templates, one answer checked and reshaped.
//!
//! Pure: the engine sends what [`prepare`] builds and hands the answer to [`interpret`]. Never knows a credential's
//! value; [`redacted`] knows where one would go.

mod charset;
mod decode;
mod detail;
mod disposition;
#[cfg(test)]
mod fixture;
mod interpret;
mod markup;
mod pages;
mod prepare;
mod shown;
mod status;
mod version;

use bytes::Bytes;
use serde_json::Value;

use crate::mapping::MappingError;
use crate::pagination::PageError;
use crate::schema::Violation;
use crate::template::RenderError;

pub use interpret::interpret;
pub use pages::{Pages, Taken};
pub use prepare::{file_content, prepare};
pub use shown::redacted;
pub use status::StatusKind;
pub use version::{VersionDrift, version_drift};

/// What an answer became.
#[derive(Debug, Clone, PartialEq)]
pub struct Interpreted {
    /// What the agent gets.
    pub content: Content,
    /// Things the agent should know beside it, e.g. a schema mismatch that was let through.
    pub warnings: Vec<String>,
}

/// What the agent gets.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Structured content, always an object.
    Json(Value),
    /// An image, audio or any other bytes.
    Binary {
        /// The name that the API gives it, made one that is a file's name anywhere.
        name: Option<String>,
        /// Media type, e.g. `image/png`.
        mime_type: String,
        /// The bytes.
        bytes: Bytes,
    },
}

/// No request can be built of these arguments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PrepareError {
    /// The argument to blame, as a JSON pointer into the arguments, when one can be named.
    pub pointer: Option<String>,
    /// What is wrong, without the argument's value.
    pub message: String,
}

impl From<RenderError> for PrepareError {
    fn from(error: RenderError) -> Self {
        Self {
            pointer: error.pointer,
            message: error.message,
        }
    }
}

/// An answer is no result. Messages hold no secret, no base URL and nothing of the answer but what it says itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// The API refused or failed.
    #[error("the API answered with status {status}")]
    Status {
        /// The status.
        status: u16,
        /// What kind of failure that is.
        kind: StatusKind,
        /// What `Retry-After` says, in seconds.
        retry_after_seconds: Option<u64>,
        /// The API's own words, at most 2000 characters.
        detail: Option<String>,
    },
    /// The answer should be JSON and is not.
    #[error("the API's answer is not JSON: {reason}")]
    NotJson {
        /// Why, without quoting the answer.
        reason: String,
    },
    /// The answer does not match its schema.
    #[error("the API's answer does not match its schema")]
    SchemaMismatch {
        /// Each place where it does not, without the answer's values.
        violations: Vec<Violation>,
    },
    /// The answer does not fit the response mapping.
    #[error("the response mapping failed{}: {}", at(&.0.pointer), .0.message)]
    Mapping(MappingError),
    /// The answer is no page of a list, or the next page cannot be told or asked for.
    #[error(transparent)]
    Page(#[from] PageError),
}

fn at(pointer: &str) -> String {
    if pointer.is_empty() {
        String::new()
    } else {
        format!(" at `{pointer}`")
    }
}
