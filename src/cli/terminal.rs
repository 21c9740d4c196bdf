//! A person at a terminal as the one who brought the call.

use std::io::{BufRead as _, IsTerminal as _};

use async_trait::async_trait;

use super::Failure;
use super::output::complain;
use crate::engine::{Answer, ApprovalPrompt, Asking, Front};
use crate::store::Via;

/// Asks on stderr and reads the answer from stdin, when both are a terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    /// Whether anybody is there to ask.
    attended: bool,
}

impl Terminal {
    /// Finds out whether anybody is there.
    pub(super) fn detect() -> Self {
        Self {
            attended: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
        }
    }

    /// Whether anybody is there to ask.
    pub(super) fn is_attended(self) -> bool {
        self.attended
    }

    /// Reads one answer from stdin.
    pub(super) async fn read_answer() -> Answer {
        complain("Type yes to allow, anything else to decline:");
        let read = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin()
                .lock()
                .read_line(&mut line)
                .map(|length| (length, line))
        });
        match read.await {
            Ok(Ok((0, _)) | Err(_)) | Err(_) => Answer::Cancelled,
            Ok(Ok((_, line))) if line.trim().eq_ignore_ascii_case("yes") => Answer::Accepted,
            Ok(Ok(_)) => Answer::Declined,
        }
    }
}

/// Asks `question` before something that cannot be taken back.
///
/// # Errors
/// [`Failure::Usage`] with what was to be decided when nobody is there to ask; [`Failure::Told`] when the answer is not
/// yes.
pub(super) async fn confirm(question: &str, decision: &str) -> Result<(), Failure> {
    if !Terminal::detect().is_attended() {
        return Err(Failure::Usage(anyhow::anyhow!(
            "nobody is here to ask whether {decision}: say --yes"
        )));
    }
    complain(question);
    match Terminal::read_answer().await {
        Answer::Accepted => Ok(()),
        Answer::Declined | Answer::Cancelled | Answer::Late | Answer::Unavailable => {
            complain("nothing is done");
            Err(Failure::Told)
        }
    }
}

#[async_trait]
impl Front for Terminal {
    fn asking(&self) -> Asking {
        if self.attended {
            Asking::Inline
        } else {
            Asking::Unavailable
        }
    }

    fn via(&self) -> Via {
        Via::Terminal
    }

    async fn ask(&self, prompt: &ApprovalPrompt) -> Answer {
        complain(&prompt.text);
        Self::read_answer().await
    }

    async fn progress(&self, _step: u32, _steps: u32, _message: &str) {}

    async fn waiting(&self, approval_id: &str, seconds: u64) {
        if seconds == 0 {
            complain(&format!("waiting for `toolgate approvals approve {approval_id}`"));
        }
    }
}
