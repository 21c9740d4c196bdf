//! `toolgate test`: one run of an action as its author sees it, with its log and its requests.
//!
//! A run is a call like any other, which no limit of calls counts: must never go around the pipeline, its approval or its
//! audit row.

mod watch;

use async_trait::async_trait;
use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::terminal::Terminal;
use super::{Failure, Global, assemble, call, logs, output, serve};
use crate::audit::{CallEvent, CallLog};
use crate::engine::{Answer, ApprovalPrompt, Asking, CallError, Content, Ending, Front};
use crate::store::Via;

/// Run one action and show what it does: its log, its requests and its result.
///
/// The run is a call like any other: it asks before it writes, and leaves a row in the audit log. Only the limits of how
/// often the action may be called do not apply, and are not used up.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate test demo_crm__get_customer --input customer.json
  toolgate test demo_crm__get_customer --input - --json < customer.json
  toolgate test demo_crm__get_customer --input customer.json --watch

Exit codes: 0 the action gave a result, or --watch was interrupted; 1 it failed or was refused; 2 usage;
3 Toolgate cannot start.")]
pub(super) struct Test {
    /// The action, as `toolgate tools` lists it, or `custom.<connector>.<action>`.
    #[arg(value_name = "ACTION")]
    name: String,
    /// Arguments as a JSON object, or a file with one in it; `-` is standard input.
    #[arg(long, value_name = "JSON|FILE")]
    input: Option<String>,
    /// Print everything as one JSON object.
    #[arg(long)]
    json: bool,
    /// Run it again whenever a file of its connector or the input file changes, until interrupted.
    #[arg(long)]
    watch: bool,
}

/// A run as programs read it.
#[derive(Debug, Serialize)]
struct Run {
    passed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    files: Vec<Value>,
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<CallError>,
    /// As `toolgate logs --call ID --json` has it.
    log: Vec<CallEvent>,
}

impl Test {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        if self.watch {
            return watch::run(&self, global).await;
        }
        let arguments = assemble::arguments(self.input.as_deref())?;
        self.once(global, arguments, serve::shutdown_signal()).await
    }

    /// One run, which ends early when `cancel` is cancelled.
    async fn once(
        &self,
        global: &Global,
        arguments: Map<String, Value>,
        cancel: CancellationToken,
    ) -> Result<(), Failure> {
        let calls = assemble::Calling {
            input: self.input.as_deref().and_then(assemble::input_file),
            is_trial: true,
        };
        let (engine, _) = assemble::calling(global, calls).await?;
        let author = Author {
            terminal: Terminal::detect(),
            log: CallLog::default(),
        };
        let call = call::made_here(self.name.clone(), arguments, cancel);
        let ending = engine.call(call, &author).await;
        engine.close().await;
        let events = author.log.events();
        if self.json {
            let run = Run::of(ending, events);
            output::say_json(&run)?;
            return if run.passed { Ok(()) } else { Err(Failure::Told) };
        }
        for event in &events {
            output::say(&logs::event_line(event))?;
        }
        if !events.is_empty() {
            output::say("")?;
        }
        call::tell(ending)
    }
}

impl Run {
    fn of(ending: Ending, log: Vec<CallEvent>) -> Self {
        let mut run = Self {
            passed: false,
            result: None,
            files: Vec::new(),
            warnings: Vec::new(),
            error: None,
            log,
        };
        match ending {
            Ending::Done(outcome) => {
                run.passed = true;
                run.result = Some(match outcome.content {
                    Content::Json(value) => value,
                    Content::Binary { name, mime_type, bytes } => {
                        json!({ "name": name, "mime_type": mime_type, "bytes": bytes.len() })
                    }
                });
                let file = |file: &crate::engine::File| json!({ "name": file.name, "mime_type": file.mime_type, "bytes": file.content.len() });
                run.files = outcome.files.iter().map(file).collect();
                run.warnings = outcome.warnings;
            }
            Ending::Failed(mut error) => {
                run.result = error.returned.take();
                run.error = Some(error);
            }
            Ending::AskFirst(prompt) => run.warnings.push(format!("approval {} is needed", prompt.approval_id)),
        }
        run
    }
}

/// A person at a terminal who watches what the action does.
struct Author {
    terminal: Terminal,
    log: CallLog,
}

#[async_trait]
impl Front for Author {
    fn asking(&self) -> Asking {
        self.terminal.asking()
    }

    fn via(&self) -> Via {
        self.terminal.via()
    }

    async fn ask(&self, prompt: &ApprovalPrompt) -> Answer {
        self.terminal.ask(prompt).await
    }

    async fn progress(&self, step: u32, steps: u32, message: &str) {
        self.terminal.progress(step, steps, message).await;
    }

    fn watched(&self) -> Option<CallLog> {
        Some(self.log.clone())
    }

    async fn waiting(&self, approval_id: &str, seconds: u64) {
        self.terminal.waiting(approval_id, seconds).await;
    }
}
