//! What a call ends with.

use super::{ApprovalPrompt, CallError};

pub use crate::runner::declarative::Content;
pub use crate::runner::{File, FileContent};

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
    /// Files that belong to it.
    pub files: Vec<File>,
    /// Things the agent should know beside it, e.g. a schema mismatch that was let through.
    pub warnings: Vec<String>,
}
