//! What a call ends with.

use bytes::Bytes;
use serde_json::Value;

use super::{ApprovalPrompt, CallError};

/// How a run of a call ended.
#[derive(Debug)]
pub enum Ending {
    /// With a result.
    Done(Outcome),
    /// With a typed failure.
    Failed(CallError),
    /// With a question; the same call comes again with the answer. Only for [`super::Asking::Deferred`].
    AskFirst(ApprovalPrompt),
}

/// A result.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What the agent gets.
    pub content: Content,
    /// Things the agent should know beside it, e.g. a schema mismatch that was let through.
    pub warnings: Vec<String>,
}

/// What the agent gets.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Structured content, always an object; sent as JSON text too.
    Json(Value),
    /// An image, audio or any other bytes.
    Binary {
        /// Media type, e.g. `image/png`.
        mime_type: String,
        /// The bytes.
        bytes: Bytes,
    },
}
