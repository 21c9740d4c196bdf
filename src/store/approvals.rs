//! What is kept of people's decisions.

use std::collections::HashMap;

use async_trait::async_trait;
use serde::Serialize;

use super::{Recorded, StoreError};
use crate::connector::model::Effect;

/// A person's decision about one exact write (contract D-09). Times are made by [`rfc3339`](super::time::rfc3339).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApprovalRecord {
    /// Random, 32 hexadecimal digits.
    pub id: String,
    /// The call that asked first.
    pub call_id: String,
    /// User who called.
    pub user: String,
    /// Organisation of the user.
    pub organisation: String,
    /// Connector slug.
    pub connector: String,
    /// Action name.
    pub action: String,
    /// What the action does.
    pub effect: Recorded<Effect>,
    /// HTTP method, or `CODE`.
    pub method: String,
    /// URL path and query that the request will have, without host; the name of the code.
    pub path: String,
    /// Keyed hash of the canonical arguments.
    pub arguments_hash: String,
    /// Revision of the action and its policy when it was asked.
    pub revision: String,
    /// Where the record is in its life.
    pub state: ApprovalState,
    /// When it was asked.
    pub created_at: String,
    /// From when on it allows nothing.
    pub expires_at: String,
    /// When it was decided.
    pub decided_at: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Through which front end.
    pub decided_via: Option<Via>,
    /// When it was used or refused. One that is neither ends when it expires.
    pub ended_at: Option<String>,
}

/// Where an approval is in its life. `pending -> approved -> used`, or `pending -> denied`; any may expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalState {
    /// Waits for a person.
    Pending,
    /// Allowed, not yet used.
    Approved,
    /// Refused.
    Denied,
    /// Allowed and used by one call.
    Used,
}

/// The front end through which an approval was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// A question that ended its call; another run of it brought the answer.
    Mrtr,
    /// A question to the client's person while the call waited.
    Elicitation,
    /// The terminal in which the call was made.
    Terminal,
    /// `toolgate approvals`, by an operator.
    Cli,
}

impl Via {
    /// The front end as text, e.g. `mrtr`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mrtr => "mrtr",
            Self::Elicitation => "elicitation",
            Self::Terminal => "terminal",
            Self::Cli => "cli",
        }
    }

    /// Reads what [`Via::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Mrtr, Self::Elicitation, Self::Terminal, Self::Cli]
            .into_iter()
            .find(|via| via.as_str() == text)
    }
}

impl ApprovalRecord {
    /// What a call must match to be allowed by this record.
    #[must_use]
    pub fn key(&self) -> ApprovalKey {
        ApprovalKey {
            user: self.user.clone(),
            organisation: self.organisation.clone(),
            connector: self.connector.clone(),
            action: self.action.clone(),
            arguments_hash: self.arguments_hash.clone(),
            revision: self.revision.clone(),
        }
    }
}

impl ApprovalState {
    /// The state as text, e.g. `pending`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Used => "used",
        }
    }

    /// Reads what [`ApprovalState::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Approved, Self::Denied, Self::Used]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// What an approval must match to be found for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalKey {
    /// User who calls.
    pub user: String,
    /// Organisation of the user.
    pub organisation: String,
    /// Connector slug.
    pub connector: String,
    /// Action name.
    pub action: String,
    /// Keyed hash of the canonical arguments.
    pub arguments_hash: String,
    /// Revision of the action and its policy.
    pub revision: String,
}

/// A decision to write.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Allowed or refused.
    pub approved: bool,
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// Through which front end.
    pub via: Via,
}

/// Approvals. Every transition is atomic: of two processes that race for one, exactly one wins. `now` is the moment of
/// the question, made by [`rfc3339`](super::time::rfc3339); a record is expired from its `expires_at` on, that moment included.
#[async_trait]
pub trait ApprovalStore: Send + Sync {
    /// Returns the unexpired pending or approved record of this key if there is one, else stores `record` and the
    /// arguments of its call, as JSON with secret ones replaced; atomic.
    async fn find_or_create_approval(
        &self,
        record: &ApprovalRecord,
        arguments: &str,
        now: &str,
    ) -> Result<ApprovalRecord, StoreError>;
    /// The newest unexpired record of this key, in any state.
    async fn find_approval(&self, key: &ApprovalKey, now: &str) -> Result<Option<ApprovalRecord>, StoreError>;
    /// One record by its id.
    async fn get_approval(&self, id: &str) -> Result<Option<ApprovalRecord>, StoreError>;
    /// The states of the records with these ids; those that there are not are left out.
    async fn approval_states(&self, ids: &[&str]) -> Result<HashMap<String, ApprovalState>, StoreError>;
    /// The arguments that were stored with a record; `None` when there is no such record, or they are gone.
    async fn read_approval_arguments(&self, id: &str) -> Result<Option<String>, StoreError>;
    /// Records in a state (all when `None`) that have not expired at that moment (all when `None`), newest first, at most
    /// `limit`.
    async fn list_approvals(
        &self,
        state: Option<ApprovalState>,
        unexpired_at: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ApprovalRecord>, StoreError>;
    /// `pending -> approved | denied`, unless expired; whether it happened.
    async fn decide_approval(&self, id: &str, decision: &Decision) -> Result<bool, StoreError>;
    /// `approved -> denied`, unless expired: whoever allowed a call may think better of it until it has gone through;
    /// whether it happened. `decision` is one that denies.
    async fn revoke_approval(&self, id: &str, decision: &Decision) -> Result<bool, StoreError>;
    /// `approved -> used` for exactly this key, unless expired at `now`; whether it happened.
    async fn use_approval(&self, id: &str, key: &ApprovalKey, now: &str) -> Result<bool, StoreError>;
    /// Removes the arguments of records that were used or refused, or else expired, before `before`, at most `most`;
    /// how many.
    async fn forget_approval_arguments(&self, before: &str, most: u32) -> Result<u64, StoreError>;
    /// Removes records that expired before `before`, at most `most`; how many.
    async fn prune_approvals(&self, before: &str, most: u32) -> Result<u64, StoreError>;
}
