//! Step 6 of the pipeline for actions with code: runs it, and makes a result of what it returns.
//!
//! Every request of the code goes through [`host`], which is the code's only way out. Must never know how a sandbox
//! runs code, or give code a secret that its connector has not exposed.

mod failure;
mod files;
mod host;
mod message;
mod program;
mod tally;

use std::convert::Infallible;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::call::READ_IN_PLACE;
use super::deadline::Deadline;
use super::outcome::{Ending, Outcome};
use super::row::Row;
use super::snapshot::Snapshot;
use super::{Call, CallError, Content, Front, Parts, failures};
use crate::audit::CallLog;
use crate::auth::{Credential, GuestAuth};
use crate::catalog::Tool;
use crate::connector::model::{Code, Effect, Language};
use crate::policy::Turn;
use crate::runner::guest::Finished;
use crate::runner::{Redaction, returned};
use crate::vault::Holder;
use host::{Host, Progress};

pub(super) use program::Programs;
pub use program::{CodeRunner, prepare};
pub(super) use tally::Tally;

/// Reports of progress that may wait to be shown. Further ones are left out: the next one says more.
const PROGRESS_LENGTH: usize = 16;

/// One run of code.
pub(super) struct Run<'a> {
    pub(super) parts: &'a Parts,
    pub(super) snapshot: &'a Arc<Snapshot>,
    pub(super) tool: &'a Arc<Tool>,
    pub(super) code: &'a Code,
    /// As they were checked, secret ones included.
    pub(super) arguments: Map<String, Value>,
    pub(super) call: &'a Call,
    pub(super) front: &'a dyn Front,
    pub(super) deadline: &'a Deadline,
}

impl Run<'_> {
    /// Waits for a turn, resolves the credential, and runs the code to its end.
    pub(super) async fn run(mut self, row: &mut Row) -> Result<Ending, CallError> {
        files::measure(&mut self.arguments, &self.tool.action);
        let tally = Arc::new(Tally::default());
        row.counted_by(Arc::clone(&tally));
        // Kept also when the call is dropped on the way.
        let kept = KeptLog {
            runner: &self.parts.code,
            call_id: row.call_id().to_owned(),
            log: self.front.watched().unwrap_or_default(),
            began: Instant::now(),
        };
        self.to_its_end(row, &tally, &kept).await
    }

    async fn to_its_end(&self, row: &mut Row, tally: &Arc<Tally>, kept: &KeptLog<'_>) -> Result<Ending, CallError> {
        let (parts, tool) = (self.parts, self.tool);
        let turn = parts.admission.turn(self.call.principal.sharer()).await;
        let sandbox = parts.code.sandbox().await;
        let sandbox = sandbox.map_err(|problem| failure::no_sandbox(&problem))?;
        let program = self.snapshot.program(&sandbox, tool).await?;
        let (credential, auth) = self.secrets().await?;
        let redaction = Redaction::of(auth.scrubber(), &tool.action.secret_arguments, &self.arguments);
        if tool.action.effect == Effect::Write {
            // The intent is durable before the first byte leaves, so that a crash cannot hide a write.
            row.intend().await.map_err(|error| failures::intent(&error))?;
        }
        let data = self.data(&auth);
        let (progress, shown) = mpsc::channel(PROGRESS_LENGTH);
        let host = Arc::new(Host {
            snapshot: Arc::clone(self.snapshot),
            tool: Arc::clone(tool),
            credential,
            auth,
            redaction: redaction.clone(),
            tally: Arc::clone(tally),
            log: kept.log.clone(),
            began: kept.began,
            progress,
        });
        let mut limits = sandbox.limits();
        limits.time = limits.time.min(self.deadline.left());
        let running = sandbox.run(&program, &data, Arc::clone(&host) as _, &limits);
        let finished = show_progress(running, shown, self.front).await;
        drop(data);
        match finished {
            Ok(finished) => self.result(finished, &host, turn).await,
            Err(error) => Err(failure::of_run(&error, &host, tally)),
        }
    }

    /// What goes on requests, and what the code may know of it.
    async fn secrets(&self) -> Result<(Credential, GuestAuth), CallError> {
        let (parts, connector) = (self.parts, &self.tool.connector);
        let holder = || Holder {
            organisation: &self.call.principal.organisation,
            user: &self.call.principal.user,
            sees_everybodys: self.call.principal.sees_everybodys(),
        };
        let source = parts.secrets.as_ref();
        let credential = Credential::resolve(&connector.auth, source, holder(), &parts.scrubbers)
            .await
            .map_err(|error| failures::secret(&error))?;
        let auth = GuestAuth::resolve(connector, &credential, source, holder(), &parts.scrubbers)
            .await
            .map_err(failure::no_auth)?;
        Ok((credential, auth))
    }

    /// What the code reads as `data`.
    fn data(&self, auth: &GuestAuth) -> Zeroizing<String> {
        let principal = &self.call.principal;
        let user = principal.user.as_str();
        let email = Some(user).filter(|user| user.contains('@'));
        let user = json!({ "id": user, "email": email, "organisation": principal.organisation });
        let input = Zeroizing::new(serde_json::to_string(&self.arguments).unwrap_or_default());
        let mut data = Zeroizing::new(String::with_capacity(input.len() + auth.json().len() + 256));
        for part in [
            "{\"input\":",
            &input,
            ",\"auth\":",
            auth.json(),
            ",\"user\":",
            &user.to_string(),
            "}",
        ] {
            data.push_str(part);
        }
        data
    }

    /// Step 7: what the code returned, as a result. The turn is over when that is.
    async fn result(&self, finished: Finished, host: &Arc<Host>, turn: Turn) -> Result<Ending, CallError> {
        if host.tally.write_was_cut_off() {
            return Err(failure::cut_off());
        }
        let mut result = finished.result;
        if result.is_empty() && self.code.language != Language::JavaScript {
            // A component need not say anything; a script without `return` fails (contract B.1).
            result.push_str("null");
        }
        let length = result.len();
        let (tool, host) = (Arc::clone(self.tool), Arc::clone(host));
        let tally = Arc::clone(&host.tally);
        let read = move || {
            let _turn = turn;
            let rules = tool.connector.code;
            returned(&tool.action, rules, &result, &host.redaction, host.auth.handles())
        };
        let read = if length <= READ_IN_PLACE {
            read()
        } else {
            tokio::task::spawn_blocking(read).await.map_err(|error| {
                tracing::error!(%error, "the result of code could not be read");
                failures::unread()
            })?
        };
        let returned = read.map_err(|error| failure::of_result(error, self.code, &tally))?;
        if let Some(said) = returned.error {
            return Err(failure::returned(&said, returned.content, &tally));
        }
        Ok(Ending::Done(Outcome {
            content: Content::Json(returned.content),
            files: returned.files,
            warnings: returned.warnings,
        }))
    }
}

/// The log of a run, which is kept when the run is over, however it ends.
struct KeptLog<'a> {
    runner: &'a CodeRunner,
    call_id: String,
    log: CallLog,
    began: Instant,
}

impl Drop for KeptLog<'_> {
    fn drop(&mut self) {
        self.runner.keep_log(&self.call_id, &self.log);
    }
}

/// Waits for `running`, and shows meanwhile how far the code says it is.
async fn show_progress<F: Future>(running: F, mut shown: mpsc::Receiver<Progress>, front: &dyn Front) -> F::Output {
    // Beside the run, which a client that is slow to read must not hold up.
    let showing = async {
        while let Some(Progress { done, total, message }) = shown.recv().await {
            front.progress(done, total, &message).await;
        }
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        biased;
        output = running => output,
        never = showing => match never {},
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use async_trait::async_trait;

    use tokio::time::timeout;

    use super::*;
    use crate::approval::{Answer, ApprovalPrompt, Asking};

    /// A client that reads nothing.
    struct Unread;

    #[async_trait]
    impl Front for Unread {
        fn asking(&self) -> Asking {
            Asking::Unavailable
        }

        async fn ask(&self, _prompt: &ApprovalPrompt) -> Answer {
            Answer::Unavailable
        }

        async fn progress(&self, _step: u32, _steps: u32, _message: &str) {
            std::future::pending::<()>().await;
        }

        async fn waiting(&self, _approval_id: &str, _seconds: u64) {}
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_holds_up_no_run() {
        let (progress, shown) = mpsc::channel(1);
        let running = async {
            for done in 0..3 {
                let message = "running".to_owned();
                drop(progress.try_send(Progress {
                    done,
                    total: 3,
                    message,
                }));
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        let began = Instant::now();
        timeout(Duration::from_mins(1), show_progress(running, shown, &Unread))
            .await
            .expect("the end of the run");
        assert_eq!(began.elapsed(), Duration::from_secs(3));
    }
}
