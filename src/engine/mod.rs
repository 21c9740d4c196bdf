//! The one pipeline that every call goes through.
//!
//! Must never know MCP, HTTP servers or terminals: a [`Front`] asks people and shows progress.

pub mod error;
pub mod front;
pub mod outcome;

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use error::{CallError, ErrorCode};
pub use front::{Answer, ApprovalPrompt, Asking, Front};
pub use outcome::{Content, Ending, Outcome};

use crate::catalog::Catalog;

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The user.
    pub user: String,
    /// The user's organisation.
    pub organisation: String,
}

impl Principal {
    /// The one implicit user of a process that serves a single person (ruling C-27).
    #[must_use]
    pub fn local() -> Self {
        Self {
            user: "local".into(),
            organisation: "local".into(),
        }
    }
}

/// One call as it comes in.
#[derive(Debug, Clone)]
pub struct Call {
    /// Tool name or alias.
    pub tool: String,
    /// Named arguments.
    pub arguments: Map<String, Value>,
    /// Who is calling.
    pub principal: Principal,
    /// How the call came in: `stdio`, `http`, `sse`, `cli`, `demo`.
    pub channel: &'static str,
    /// The client program as it names itself.
    pub client: Option<String>,
    /// The answer to an [`Ending::AskFirst`] of an earlier run of the same call.
    pub resume: Option<Resume>,
    /// Cancelled when the caller no longer wants the answer.
    pub cancel: CancellationToken,
}

/// The answer to a question that an earlier run of the same call ended with.
#[derive(Debug, Clone)]
pub struct Resume {
    /// The approval that was asked for.
    pub approval_id: String,
    /// What the person said.
    pub answer: Answer,
}

/// The pipeline and everything it needs. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    _inner: Arc<()>,
}

impl Engine {
    /// The catalog at this moment.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        unimplemented!()
    }
    /// Changes whenever the catalog was replaced.
    #[must_use]
    pub fn catalog_changes(&self) -> watch::Receiver<u64> {
        unimplemented!()
    }
    /// Runs one call from start to end. Leaves exactly one audit row.
    pub async fn call(&self, _call: Call, _front: &dyn Front) -> Ending {
        unimplemented!()
    }
}
