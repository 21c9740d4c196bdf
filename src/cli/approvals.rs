//! `toolgate approvals`: the operator's side of a waiting write.

use std::path::Path;

use clap::{Args, Subcommand};

use super::{Failure, Global, assemble, output};
use crate::approval::prompt::{self, Facts};
use crate::catalog::Loader;
use crate::connector::model::LOCAL;
use crate::store::{ApprovalRecord, ApprovalState, Decision, Store, Via, time};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

/// Most records listed.
const LIST_LIMIT: u32 = 200;

/// List, show, approve or deny writes that wait for a person.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate approvals list
  toolgate approvals show 1f0c9a52d3b84e7691c2a4d05e6f7788
  toolgate approvals approve 1f0c9a52d3b84e7691c2a4d05e6f7788

An approval allows one exact call once: the same caller, action and arguments, until it expires.

Exit codes: 0 done; 1 no such approval, or it is decided or expired; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Approvals {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the ones that wait, newest first.
    List {
        /// Those of every state.
        #[arg(long)]
        all: bool,
        /// Print as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show one with its arguments, all of them.
    Show {
        /// Its id.
        id: String,
        /// Print as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Allow one: the same call then goes through once.
    Approve {
        /// Its id.
        id: String,
    },
    /// Refuse one.
    Deny {
        /// Its id.
        id: String,
    },
}

impl Approvals {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let store = match self.verb {
            Verb::List { .. } | Verb::Show { .. } => assemble::store_to_read(&locations).await?,
            Verb::Approve { .. } | Verb::Deny { .. } => assemble::store(&locations).await?,
        };
        let store = store.as_ref();
        match self.verb {
            Verb::List { all, json } => list(store, all, json).await,
            Verb::Show { id, json } => show(store, &locations.connectors, &id, json).await,
            Verb::Approve { id } => decide(store, &id, true).await,
            Verb::Deny { id } => decide(store, &id, false).await,
        }
    }
}

async fn list(store: &dyn Store, all: bool, json: bool) -> Result<(), Failure> {
    let (state, now) = ((!all).then_some(ApprovalState::Pending), now());
    let unexpired_at = (!all).then_some(now.as_str());
    let mut records = store
        .list_approvals(state, unexpired_at, LIST_LIMIT + 1)
        .await
        .map_err(anyhow::Error::from)?;
    let most = LIST_LIMIT as usize;
    if records.len() > most {
        records.truncate(most);
        output::complain(&format!("only the newest {most} are shown; there are more"));
    }
    if json {
        return Ok(output::say_json(&records)?);
    }
    if records.is_empty() {
        return Ok(output::say("nothing waits for approval")?);
    }
    let mut rows = vec![
        ["ID", "STATE", "ASKED", "USER", "ACTION", "REQUEST"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(records.iter().map(|record| {
        vec![
            record.id.clone(),
            state_of(record).to_owned(),
            record.created_at.clone(),
            who(record),
            format!("{}.{}", record.connector, record.action),
            format!("{} {}", record.method, record.path),
        ]
    }));
    Ok(output::say(&output::table(&rows))?)
}

/// An approval as `show --json` prints it.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    record: &'a ApprovalRecord,
    /// JSON; none once they are gone.
    arguments: Option<&'a str>,
}

async fn show(store: &dyn Store, connectors: &Path, id: &str, json: bool) -> Result<(), Failure> {
    let record = find(store, id).await?;
    let kept = store.read_approval_arguments(id).await.map_err(anyhow::Error::from)?;
    if json {
        let (record, arguments) = (&record, kept.as_deref());
        return Ok(output::say_json(&Shown { record, arguments })?);
    }
    let arguments = kept.as_deref().map(serde_json::from_str).transpose();
    let arguments: Option<Map<String, Value>> = arguments.map_err(anyhow::Error::from)?;
    let (connector, action) = names(connectors, &record);
    let facts = Facts {
        connector: &connector,
        action: &action,
        effect: record.effect.as_str(),
        method: &record.method,
        path: &record.path,
    };
    output::say(&prompt::whole(&facts, arguments.as_ref()))?;
    output::say(&format!(
        "Asked by {} at {}, expires at {}",
        who(&record),
        record.created_at,
        record.expires_at
    ))?;
    let by = match (&record.decided_by, record.decided_via, &record.decided_at) {
        (Some(by), Some(via), Some(at)) => format!(" by {by} via {} at {at}", via.as_str()),
        _ => String::new(),
    };
    Ok(output::say(&format!("State: {}{by}", state_of(&record)))?)
}

/// What the API and the action are called where clients ask; as the record has them when their files are gone.
fn names(connectors: &Path, record: &ApprovalRecord) -> (String, String) {
    let report = Loader::default().load(connectors);
    let mut known = report.catalog.connectors().iter();
    let connector = known.find(|connector| connector.slug == record.connector);
    let mut actions = connector.iter().flat_map(|connector| &connector.actions);
    let action = actions.find(|action| action.name == record.action);
    (
        connector.map_or(&record.connector, |connector| &connector.name).clone(),
        action.map_or(&record.action, |action| &action.title).clone(),
    )
}

async fn decide(store: &dyn Store, id: &str, approved: bool) -> Result<(), Failure> {
    let decision = Decision {
        approved,
        at: now(),
        by: crate::config::operator(),
        via: Via::Cli,
    };
    let mut decided = store
        .decide_approval(id, &decision)
        .await
        .map_err(anyhow::Error::from)?;
    if !decided && !approved {
        // What was allowed by mistake, and has not gone through yet.
        decided = store
            .revoke_approval(id, &decision)
            .await
            .map_err(anyhow::Error::from)?;
    }
    if decided {
        let done = if approved {
            "approved: the same call now goes through once"
        } else {
            "denied"
        };
        return Ok(output::say(&format!("{id} {done}"))?);
    }
    let record = find(store, id).await?;
    Err(Failure::Other(anyhow::anyhow!(
        "approval {id} can no longer be decided: it is {}",
        state_of(&record)
    )))
}

async fn find(store: &dyn Store, id: &str) -> Result<ApprovalRecord, Failure> {
    store
        .get_approval(id)
        .await
        .map_err(anyhow::Error::from)?
        .ok_or_else(|| {
            Failure::Other(anyhow::anyhow!(
                "there is no approval {id}; `toolgate approvals list` shows those that wait"
            ))
        })
}

/// Who asked. Users of different organisations may have the same name.
fn who(record: &ApprovalRecord) -> String {
    if record.organisation == LOCAL {
        record.user.clone()
    } else {
        format!("{} in {}", record.user, record.organisation)
    }
}

fn state_of(record: &ApprovalRecord) -> &'static str {
    match record.state {
        ApprovalState::Used => "used",
        ApprovalState::Denied => "denied",
        _ if record.expires_at <= now() => "expired",
        ApprovalState::Pending => "pending",
        ApprovalState::Approved => "approved",
    }
}

fn now() -> String {
    time::rfc3339(Timestamp::now())
}
