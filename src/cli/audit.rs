//! `toolgate audit`: whether the audit log is as it was written.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Failure, Global, assemble, output};
use crate::store::AuditVerification;

/// Check that nobody has changed the audit log.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate audit verify
  toolgate audit verify --json

Exit codes: 0 the log is as it was written; 1 it is not; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Audit {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Verify(Verify),
}

/// Follow the chain of hashes through the audit log, and name the first event that does not fit.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate audit verify
  toolgate audit verify --head 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef

Note the head somewhere else now and then: whoever can write to the database could also make a whole new chain, but
not one that holds an earlier head.

Exit codes: 0 the log is as it was written; 1 it is not, or does not hold the head; 2 usage;
3 Toolgate cannot start.")]
struct Verify {
    /// A head that was noted earlier: the log must still hold it.
    #[arg(long, value_name = "HASH", value_parser = head)]
    head: Option<String>,
    /// Print what was found as JSON.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    holds: bool,
    #[serde(flatten)]
    found: AuditVerification,
}

impl Audit {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let Verb::Verify(verify) = self.verb;
        verify.run(global).await
    }
}

impl Verify {
    async fn run(self, global: &Global) -> Result<(), Failure> {
        let store = assemble::store(&assemble::locations(global)?).await?;
        let found = store.verify_audit(self.head.as_deref()).await;
        let found = found.map_err(anyhow::Error::from)?;
        let holds = found.holds();
        if self.json {
            output::say_json(&Report { holds, found })?;
        } else {
            output::say(&text(&found))?;
        }
        if holds { Ok(()) } else { Err(Failure::Told) }
    }
}

/// A hash as `toolgate audit verify` prints it.
fn head(text: &str) -> Result<String, String> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_owned())
    } else {
        Err("a head has 64 hexadecimal digits".to_owned())
    }
}

fn text(found: &AuditVerification) -> String {
    let first = if let Some(broken) = &found.broken {
        let call = broken.call_id.as_deref().map(|call| format!(" (call {call})"));
        let (event, call) = (broken.event, call.unwrap_or_default());
        format!("the audit log was changed at event {event}{call}: {}", broken.problem)
    } else if found.noted_head_found != Some(false) {
        "the audit log is as it was written".to_owned()
    } else if found.cut > 0 {
        "the audit log fits together, but the noted head is not in it, unless it is among what was cut off".to_owned()
    } else {
        "the audit log fits together, but the noted head is not in it: it is not the log that the head was noted of"
            .to_owned()
    };
    let mut lines = vec![first, format!("events: {}", found.events)];
    if found.cut > 0 {
        lines.push(format!("cut off: {}", found.cut));
    }
    lines.push(format!("head: {}", found.head));
    lines.join("\n")
}
