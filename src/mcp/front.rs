//! The engine's view of the MCP client that brought a call: it can perhaps ask its person, and it can show progress.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rmcp::RoleServer;
use rmcp::model::{ElicitRequestParams, ElicitResult, ProgressNotificationParam, ProgressToken};
use rmcp::service::{RequestContext, ServiceError};

use super::questions;
use crate::engine::{Answer, ApprovalPrompt, Asking, Front};

/// How long a progress notification may wait for a client that does not read. Progress is not worth more.
const PROGRESS_TIMEOUT: Duration = Duration::from_secs(2);

/// How much earlier than its approval a question ends, so that the client is told to put it away.
const MARGIN: Duration = Duration::from_millis(500);

/// The client that brought one call, in either protocol era.
pub(super) struct PeerFront<'a> {
    /// Looked at when there is a question: reading what a client says it can do takes time, and most calls ask nothing.
    context: &'a RequestContext<RoleServer>,
    /// Whether its person is asked, when it can ask.
    may_ask: bool,
    /// Without a token the client has not asked for progress and gets none.
    token: Option<ProgressToken>,
    progress: Mutex<Progress>,
}

impl<'a> PeerFront<'a> {
    /// `may_ask`: whether its person is asked, when it can ask.
    pub(super) fn new(context: &'a RequestContext<RoleServer>, may_ask: bool) -> Self {
        Self {
            context,
            may_ask,
            token: context.meta.get_progress_token(),
            progress: Mutex::new(Progress::default()),
        }
    }

    async fn elicit(&self, params: ElicitRequestParams, timeout: Duration) -> Result<ElicitResult, ServiceError> {
        self.context
            .peer
            .create_elicitation_with_timeout(params, Some(timeout))
            .await
    }

    async fn notify(&self, step: u32, steps: Option<u32>, message: String) {
        let Some(token) = self.token.clone() else {
            return;
        };
        let Some((value, total)) = self.shown().advance(step, steps) else {
            return;
        };
        let notification = ProgressNotificationParam::new(token, value)
            .with_total(total)
            .with_message(message);
        // A client that cannot be told loses the notification, not the call.
        match tokio::time::timeout(PROGRESS_TIMEOUT, self.context.peer.notify_progress(notification)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "progress could not be sent"),
            Err(_) => {
                tracing::debug!("the client does not read its progress notifications");
                self.shown().abandoned = true;
            }
        }
    }

    fn shown(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the client of this request can ask. One that did not declare forms is never asked.
fn asking(context: &RequestContext<RoleServer>) -> Asking {
    if !questions::shows_forms(context.client_capabilities().as_ref()) {
        return Asking::Unavailable;
    }
    let has_sessions = context
        .protocol_version()
        .is_none_or(|version| version.has_initialize());
    if has_sessions { Asking::Inline } else { Asking::Deferred }
}

#[async_trait]
impl Front for PeerFront<'_> {
    fn asking(&self) -> Asking {
        if self.may_ask {
            asking(self.context)
        } else {
            Asking::Unavailable
        }
    }

    fn follows_progress(&self) -> bool {
        self.token.is_some()
    }

    async fn ask(&self, prompt: &ApprovalPrompt) -> Answer {
        let expiry = Duration::from_secs(prompt.expires_in_seconds);
        match self
            .elicit(questions::form(prompt), expiry.saturating_sub(MARGIN))
            .await
        {
            Ok(result) => questions::answer(&result),
            Err(ServiceError::Timeout { .. }) => Answer::Late,
            Err(ServiceError::Cancelled { .. }) => Answer::Cancelled,
            Err(error) => {
                tracing::warn!(%error, approval = prompt.approval_id, "the client could not show a question");
                Answer::Unavailable
            }
        }
    }

    async fn progress(&self, step: u32, steps: u32, message: &str) {
        self.notify(step, Some(steps), message.to_owned()).await;
    }

    async fn waiting(&self, approval_id: &str, seconds: u64) {
        let message = format!("Waiting for approval {approval_id} ({seconds} s)");
        self.notify(0, None, message).await;
    }
}

/// The last progress shown. MCP wants every value to be larger than the one before.
#[derive(Default)]
struct Progress {
    step: u32,
    steps: u32,
    /// Notifications since `step` began.
    repeats: u32,
    shown: bool,
    /// The client did not take one in time; the call does not wait for it again.
    abandoned: bool,
}

impl Progress {
    /// Value and total for the next notification. One that does not lead past the last step, as while waiting,
    /// comes nearer to the next step without reaching it.
    fn advance(&mut self, step: u32, steps: Option<u32>) -> Option<(f64, f64)> {
        if self.abandoned {
            return None;
        }
        if let Some(steps) = steps {
            self.steps = steps;
        }
        if step > self.step {
            self.step = step;
            self.repeats = 0;
        } else if self.shown {
            self.repeats = self.repeats.saturating_add(1);
        }
        self.shown = true;
        let repeats = f64::from(self.repeats);
        let value = f64::from(self.step) + repeats / (repeats + 1.0);
        Some((value, f64::from(self.steps).max(value.ceil()).max(1.0)))
    }
}

#[cfg(test)]
mod tests;
