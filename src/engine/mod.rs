//! The one pipeline that every call goes through: [`Engine::call`].
//!
//! Must never know MCP, HTTP servers or terminals: a [`Front`] asks people and shows progress.

mod admit;
mod arguments;
pub mod call;
mod code;
mod deadline;
pub mod error;
mod exchange;
mod failures;
mod given_files;
mod lookup;
pub mod outcome;
mod pages;
mod parts;
mod plan;
pub mod row;
pub mod snapshot;
pub mod unanswered;
mod watched;

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use crate::approval::front::{Answer, ApprovalPrompt, Asking, Front};
pub use crate::policy::Principal;
pub use crate::store::Channel;
pub use code::{CodeRunner, prepare as prepare_code};
pub use error::{CallError, ErrorCode};
pub use outcome::{Content, Ending, File, FileContent, Outcome};
pub use parts::Parts;

use crate::catalog::{Catalog, Tool};
use crate::runner::guest::Sandbox;
use snapshot::{Snapshot, Unroutable};

/// One call as it comes in.
#[derive(Debug, Clone)]
pub struct Call {
    /// Tool name or alias.
    pub tool: String,
    /// Named arguments.
    pub arguments: Map<String, Value>,
    /// Who is calling.
    pub principal: Arc<Principal>,
    /// How the call came in.
    pub channel: Channel,
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
    /// The run that ended with it.
    pub call_id: String,
    /// What the person said.
    pub answer: Answer,
}

/// The pipeline and everything it needs. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    parts: Parts,
    snapshot: arc_swap::ArcSwap<Snapshot>,
    changes: watch::Sender<u64>,
}

impl Engine {
    /// An engine with an empty catalog.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let snapshot = arc_swap::ArcSwap::from_pointee(Snapshot::default());
        Self {
            inner: Arc::new(Inner {
                parts,
                snapshot,
                changes: watch::channel(0).0,
            }),
        }
    }

    /// Replaces the catalog. Calls in flight end on the one that they began with. Returns the connectors that cannot
    /// be reached as they are configured; their tools are offered, and fail with that reason.
    pub fn install(&self, catalog: Catalog) -> Vec<Unroutable> {
        let (snapshot, unroutable) = Snapshot::build(catalog, &self.inner.parts.egress);
        self.inner.snapshot.store(Arc::new(snapshot));
        self.inner.changes.send_modify(|revision| *revision += 1);
        unroutable
    }

    /// Prepares all code of the catalog, one action after the other, so that its first calls need not wait for that.
    /// What is wrong with it is logged, and told to whoever calls it.
    pub async fn prepare_code(&self) {
        let snapshot = self.inner.snapshot.load_full();
        for tool in snapshot
            .catalog
            .tools()
            .iter()
            .filter(|tool| tool.action.code().is_some())
        {
            let Ok(sandbox) = self.inner.parts.code.sandbox().await else {
                return;
            };
            drop(snapshot.program(&sandbox, tool).await);
        }
    }

    /// What runs its code. Blocks where there was no code to run yet.
    ///
    /// # Errors
    /// Why there is none.
    pub fn sandbox(&self) -> Result<Sandbox, String> {
        self.inner.parts.code.blocking_sandbox()
    }

    /// The catalog at this moment.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.inner.snapshot.load().catalog)
    }

    /// The tool that `name` stands for, among those that exist for `principal`. Leaves no audit row: nothing is called.
    ///
    /// # Errors
    /// The refusal that a call of that name would end with, which names the closest ones.
    pub fn find(&self, name: &str, principal: &Principal) -> Result<Arc<Tool>, CallError> {
        lookup::find(&self.inner.snapshot.load().catalog, name, principal)
    }

    /// Changes whenever the catalog was replaced.
    #[must_use]
    pub fn catalog_changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Calls that are in the process.
    #[must_use]
    pub fn calls_in_flight(&self) -> usize {
        self.inner.parts.admission.present()
    }

    /// Runs one call from start to end. Leaves exactly one audit row, also when the returned future is dropped.
    pub async fn call(&self, call: Call, front: &dyn Front) -> Ending {
        call::run(&self.inner.parts, self.inner.snapshot.load_full(), call, front).await
    }

    /// Records a call that brings the answer to a question that was not put to its caller, and says why it is refused.
    pub async fn refuse(&self, call: &Call) -> CallError {
        call::refuse(&self.inner.parts, &self.inner.snapshot.load_full(), call).await
    }

    /// The HTTP request that a call would make, as text with its credentials replaced. Sends, asks and records nothing.
    ///
    /// # Errors
    /// What would keep the call from getting as far as the request.
    pub fn dry_run(
        &self,
        tool: &str,
        arguments: &Map<String, Value>,
        principal: &Principal,
    ) -> Result<String, CallError> {
        call::dry_run(&self.inner.snapshot.load(), tool, arguments, principal)
    }

    /// Writes what is left to write. No call may come after.
    pub async fn close(&self) {
        self.inner.parts.limits.close().await;
        self.inner.parts.code.close().await;
        self.inner.parts.audit.close().await;
    }
}
