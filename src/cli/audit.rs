//! `toolgate audit`: whether the audit log is as it was written, and cutting off what is old of it.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;

use super::{Failure, Global, assemble, output, terminal};
use crate::audit::upkeep;
use crate::overview::Window;
use crate::store::{AuditVerification, time};

/// Check that nobody has changed the audit log, or remove old calls from it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate audit verify
  toolgate audit prune --before 90d

Exit codes: 0 done; 1 the log is not as it was written; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Audit {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Verify(Verify),
    Prune(Prune),
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

/// Remove calls that ended before a moment from the log, for good. What is left still verifies.
///
/// A server does this by itself with what is older than `retention_days` of the settings. How often each API was called
/// stays known.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate audit prune
  toolgate audit prune --before 90d --yes
  toolgate audit prune --before 2026-01-01

Exit codes: 0 done; 1 the answer was not yes, or the log cannot be written; 2 usage; 3 Toolgate cannot start.")]
struct Prune {
    /// An age such as 90d, a day or a moment [default: `retention_days` of the settings].
    #[arg(long, value_name = "WHEN")]
    before: Option<String>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Print what was done as JSON.
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
        match self.verb {
            Verb::Verify(verify) => verify.run(global).await,
            Verb::Prune(prune) => prune.run(global).await,
        }
    }
}

impl Verify {
    async fn run(self, global: &Global) -> Result<(), Failure> {
        let store = assemble::calls_to_read(&assemble::locations(global)?).await?;
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

impl Prune {
    async fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let retention_days = assemble::config(&locations)?.audit.retention_days;
        let before = self.moment(Timestamp::now(), retention_days)?;
        let shown = time::rfc3339(before);
        if !self.yes {
            let question = format!("Cut every call that ended before {shown} off the audit log? They are gone then.");
            terminal::confirm(&question, "calls are to be removed from the audit log").await?;
        }
        let store = assemble::store(&locations).await?;
        let cut = upkeep::prune(&*store, before).await.map_err(anyhow::Error::from)?;
        if self.json {
            return Ok(output::say_json(&json!({ "before": shown, "cut": cut }))?);
        }
        Ok(output::say(&format!(
            "events cut off: {cut}; what ended at or after {shown} is kept"
        ))?)
    }

    /// What ended before this moment goes. One that is to come is refused: it would take what is being written, too.
    fn moment(&self, now: Timestamp, retention_days: u32) -> Result<Timestamp, Failure> {
        let usage = |message: String| Failure::Usage(anyhow::anyhow!(message));
        let Some(text) = &self.before else {
            let kept = upkeep::retention(retention_days).ok_or_else(|| {
                usage(
                    "the settings keep calls for ever (`retention_days = 0`): say what is old with --before".to_owned(),
                )
            })?;
            return Ok(now - kept);
        };
        // Of windows, the one without a beginning is none here, so that its own advice would be wrong.
        let window = Window::parse(text, now, &TimeZone::system());
        match window.ok().and_then(|window| window.since) {
            Some(before) if before <= now => Ok(before),
            Some(_) => Err(usage(format!("--before {text} is yet to come"))),
            None => Err(usage(format!(
                "--before {text} names no moment; write an age such as 90d, or a day such as 2026-01-31"
            ))),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_old_is_an_age_a_day_or_as_the_settings_say() {
        let now: Timestamp = "2026-11-21T09:30:00Z".parse().unwrap();
        for (before, retention_days, expected) in [
            (None, 365, Some("2025-11-21T09:30:00.000Z")),
            (None, 0, None),
            (Some("90d"), 0, Some("2026-08-23T09:30:00.000Z")),
            (Some("2026-01-31T12:00:00Z"), 365, Some("2026-01-31T12:00:00.000Z")),
            (Some("2026-11-21T09:30:01Z"), 365, None),
            (Some("all"), 365, None),
            (Some("soon"), 365, None),
        ] {
            let prune = Prune {
                before: before.map(str::to_owned),
                yes: true,
                json: false,
            };
            let moment = prune.moment(now, retention_days).ok().map(time::rfc3339);
            assert_eq!(moment.as_deref(), expected, "{before:?} {retention_days}");
        }
    }
}
