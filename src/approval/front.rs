//! What the pipeline asks of whoever brought the call: put a question to a person, show progress.

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::audit::CallLog;
use crate::store::Via;

/// Whether and how a front can ask its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// While the call waits ([`Front::ask`]): elicitation of 2025-11-25 and older, a terminal.
    Inline,
    /// By ending the call with the question and being called again (MRTR of 2026-07-28).
    Deferred,
    /// Not at all: the call waits for a decision made elsewhere.
    Unavailable,
}

/// What a person sees before a write leaves.
#[derive(Debug, Clone)]
pub struct ApprovalPrompt {
    /// Identifies the record that decides.
    pub approval_id: String,
    /// The call that asks. Others may ask for the same approval.
    pub call_id: String,
    /// The connector's plain name.
    pub connector: String,
    /// The action's title.
    pub action: String,
    /// `read` or `write`.
    pub effect: &'static str,
    /// HTTP method, or `CODE`.
    pub method: String,
    /// URL path and query with arguments filled in, without host; the name of the code.
    pub path: String,
    /// Arguments, secret ones replaced.
    pub arguments: Map<String, Value>,
    /// Seconds until the question expires.
    pub expires_in_seconds: u64,
    /// All of this as text: connector, action, effect, method and path, and the arguments, long ones cut with their
    /// length said.
    pub text: String,
}

/// What a person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Go ahead.
    Accepted,
    /// No.
    Declined,
    /// Closed the question without an answer, or a client did that in their place: one that runs without a person may
    /// say that it can ask, and close every question at once.
    Cancelled,
    /// Nothing, until it was too late.
    Late,
    /// The question could not be shown after all; the call goes on as if the front could not ask.
    Unavailable,
}

/// Whoever brought the call.
#[async_trait]
pub trait Front: Send + Sync {
    /// Whether and how it can ask.
    fn asking(&self) -> Asking;
    /// What the record says about where the answer came from.
    fn via(&self) -> Via {
        Via::Elicitation
    }
    /// Puts the question to the person and waits. Only called for [`Asking::Inline`].
    async fn ask(&self, prompt: &ApprovalPrompt) -> Answer;
    /// Whether anybody wants to see how far calls are.
    fn follows_progress(&self) -> bool {
        true
    }
    /// Shows how far the call is: `step` of `steps`, and what is happening.
    async fn progress(&self, step: u32, steps: u32, message: &str);
    /// Where to note the call's requests, and what its code does, for a front whose person watches it.
    fn watched(&self) -> Option<CallLog> {
        None
    }
    /// Tells that the call now waits for a decision made elsewhere; repeated while it waits.
    async fn waiting(&self, approval_id: &str, seconds: u64);
}

impl dyn Front + '_ {
    /// [`Front::progress`] for whoever [follows it](Front::follows_progress); most clients do not.
    pub async fn show_progress(&self, step: u32, steps: u32, message: &str) {
        if self.follows_progress() {
            self.progress(step, steps, message).await;
        }
    }
}
