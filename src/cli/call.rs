//! `toolgate call`: one call through the same pipeline that agents use.

use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::terminal::Terminal;
use super::{Failure, Global, assemble, output, serve};
use crate::engine::{self, Channel, Content, Ending, Principal};

/// Call one tool and print its result.
///
/// A write asks in the terminal. Without a terminal it is refused, and the refusal says how to approve it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate call demo_crm__get_customer --input '{\"customer_id\": \"cust_1001\"}'
  toolgate call demo_crm__create_ticket --input ticket.json --dry-run

Exit codes: 0 the call gave a result; 1 it failed or was refused; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Call {
    /// The tool, as `toolgate tools` lists it, or `custom.<connector>.<action>`.
    name: String,
    /// Arguments as a JSON object, or a file with one in it; `-` is standard input.
    #[arg(long, value_name = "JSON|FILE")]
    input: Option<String>,
    /// Print the HTTP request, credentials replaced, and send nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Call {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let arguments = assemble::arguments(self.input.as_deref())?;
        let calls = assemble::Calling {
            input: self.input.as_deref().and_then(assemble::input_file),
            ..assemble::Calling::default()
        };
        let (engine, _) = assemble::calling(global, calls).await?;
        if self.dry_run {
            let shown = engine.dry_run(&self.name, &arguments, &Principal::local());
            return match shown {
                Ok(request) => Ok(output::say(&request)?),
                Err(error) => Err(told(&error)),
            };
        }
        let call = made_here(self.name, arguments, serve::shutdown_signal());
        let ending = engine.call(call, &Terminal::detect()).await;
        engine.close().await;
        tell(ending)
    }
}

/// A call of whoever runs this command.
pub(super) fn made_here(tool: String, arguments: Map<String, Value>, cancel: CancellationToken) -> engine::Call {
    engine::Call {
        tool,
        arguments,
        principal: Arc::new(Principal::local()),
        channel: Channel::Cli,
        client: Some(concat!("toolgate ", env!("CARGO_PKG_VERSION")).into()),
        resume: None,
        cancel,
    }
}

/// Prints how a call ended: its result to stdout, everything else to stderr.
pub(super) fn tell(ending: Ending) -> Result<(), Failure> {
    match ending {
        Ending::Done(outcome) => {
            for warning in &outcome.warnings {
                output::complain(&format!("warning: {warning}"));
            }
            for file in &outcome.files {
                let (name, mime_type, length) = (&file.name, &file.mime_type, file.content.len());
                output::complain(&format!("file: {name}, {length} bytes of {mime_type}"));
            }
            match outcome.content {
                Content::Json(value) => Ok(output::say_json(&value)?),
                Content::Binary { name, mime_type, bytes } => {
                    let name = name.map_or_else(String::new, |name| format!("{name}, "));
                    Ok(output::say(&format!("{name}{} bytes of {mime_type}", bytes.len()))?)
                }
            }
        }
        Ending::Failed(error) => Err(told(&error)),
        Ending::AskFirst(prompt) => {
            output::complain(&format!("approval {} is needed", prompt.approval_id));
            Err(Failure::Told)
        }
    }
}

fn told(error: &engine::CallError) -> Failure {
    output::complain(&error.text());
    Failure::Told
}
