//! `toolgate logs`: the audit log.

mod table;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::time::MissedTickBehavior;

pub(super) use self::table::table;
use self::table::{Columns, line, table_of};
use super::apis::place_of;
use super::{Failure, Global, assemble, output};
use crate::approval;
use crate::audit::{CallEvent, CallEventKind, CallLog};
use crate::catalog::Loader;
use crate::config::Config;
use crate::diagnostics::legible_line;
use crate::engine::ErrorCode;
use crate::overview::{Summary, Window};
use crate::store::{AuditFilter, AuditOutcome, CallScope, Store, Vocabulary as _, time};

/// How often `--follow` looks for calls that have ended.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// How long ago a call may have begun at least that `--follow` shows at its end, also when the settings changed since.
const LOOK_BACK: SignedDuration = SignedDuration::from_mins(15);

/// Most calls that `--follow` considers each time.
const LOOK_LIMIT: u32 = 10_000;

/// Show calls from the audit log, newest first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate logs
  toolgate logs my_company_crm --endpoint create_ticket --since 7d
  toolgate logs --status 404 --since today
  toolgate logs --user ana --since 7d
  toolgate logs my_company_crm --limit 100 --json

Times are in this machine's time zone (TZ), with --json in UTC.

Exit codes: 0 done; 1 no such API or call, or the log cannot be read; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Logs {
    /// Only calls of this API: its connector's slug.
    #[arg(value_name = "SLUG")]
    connector: Option<String>,
    #[command(flatten)]
    options: Options,
}

/// Which calls to show, and how.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Only calls of this action.
    #[arg(long, value_name = "ACTION")]
    endpoint: Option<String>,
    /// Only calls since then: 24h, 7d, "last 24 hours", today, a date or a moment, or all.
    #[arg(long, value_name = "WINDOW", default_value = "24h")]
    since: String,
    /// Only calls of this user.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Only calls with this status: `ok`, `error`, a status of the API such as 404, or a code such as `TIMEOUT`.
    #[arg(long, value_name = "STATUS")]
    status: Option<Status>,
    /// Only this call, with all that is known about it.
    #[arg(long, value_name = "ID", conflicts_with_all = ["endpoint", "since", "user", "status", "follow"])]
    call: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// Keep showing calls as they end, the newest last.
    #[arg(long)]
    follow: bool,
    /// Print whole rows as JSON; with --follow one row a line.
    #[arg(long)]
    json: bool,
}

/// A value of `--status`.
#[derive(Debug, Clone)]
enum Status {
    Failed,
    Upstream(u16),
    Outcome(AuditOutcome),
}

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim();
        match wanted.to_ascii_lowercase().as_str() {
            "ok" => return Ok(Self::Outcome(AuditOutcome::Succeeded)),
            "error" => return Ok(Self::Failed),
            _ => {}
        }
        // As the column shows it: `200 OK`.
        if let Some(Ok(status @ 100..=599)) = wanted.split_whitespace().next().map(str::parse) {
            return Ok(Self::Upstream(status));
        }
        let code = wanted.to_ascii_uppercase().replace(['-', ' '], "_");
        if let Some(code) = ErrorCode::ALL.into_iter().find(|known| known.as_str() == code) {
            return Ok(Self::Outcome(AuditOutcome::Failed(code)));
        }
        let codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        Err(format!(
            "write ok, error, a status such as 404, or one of {}",
            codes.join(", ")
        ))
    }
}

impl Logs {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        self.options.show(global, self.connector).await
    }
}

impl Options {
    /// Shows the calls of one API, or of all.
    pub(super) async fn show(self, global: &Global, connector: Option<String>) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let zone = TimeZone::system();
        let window =
            Window::parse(&self.since, Timestamp::now(), &zone).map_err(|error| Failure::Usage(error.into()))?;
        let store = assemble::calls_to_read(&locations).await?;
        let store = store.as_ref();
        let name = match &connector {
            Some(slug) => Some(name_of(store, &locations.connectors, slug).await?),
            None => None,
        };
        if let Some(id) = &self.call {
            return show_call(store, connector, id, self.json).await;
        }
        let filter = self.filter(connector.clone(), &window);
        if let (Some(slug), Some(action)) = (&connector, &self.endpoint)
            && !has_action(&locations.connectors, slug, action)
        {
            output::complain(&format!(
                "note: {slug} has no action `{action}` now; only calls of one that it had can be shown"
            ));
        }
        if self.follow {
            let config = assemble::config(&locations)?;
            return follow(store, filter, self.json, &zone, look_back(&config)).await;
        }
        let rows = store.read_audit(&filter).await.map_err(anyhow::Error::from)?;
        if self.json {
            return Ok(output::say_json(&rows)?);
        }
        if rows.is_empty() {
            return Ok(output::say(
                self.nothing(store, connector.as_deref(), &window).await?.as_str(),
            )?);
        }
        output::say(&format!("Custom API Logs: {}\n", name.as_deref().unwrap_or("All APIs")))?;
        output::say(&format!("Filter: {}\n", self.shown_filter(&window)))?;
        output::say(&table_of(&rows, connector.is_none(), &zone))?;
        if rows.len() == self.limit as usize {
            output::say(&format!("(the newest {}; --limit shows more)", self.limit))?;
        }
        assemble::add_up(store).await;
        let counts = store
            .count_calls(&scope(connector, &window))
            .await
            .map_err(anyhow::Error::from)?;
        let mut about = window.short_name.clone();
        if self.endpoint.is_some() || self.user.is_some() || self.status.is_some() {
            let of = name.map_or_else(String::new, |name| format!(" of {name}"));
            // Writing to a String cannot fail.
            write!(about, ", all calls{of}, not only those above").ok();
        }
        let lines = Summary::new(&counts).lines(&about);
        Ok(output::say(&format!("\n{}", lines.join("\n")))?)
    }

    fn filter(&self, connector: Option<String>, window: &Window) -> AuditFilter {
        let mut filter = AuditFilter {
            connector,
            action: self.endpoint.clone(),
            user: self.user.clone(),
            since: window.since.map(time::rfc3339),
            limit: self.limit,
            ..AuditFilter::default()
        };
        match &self.status {
            None => {}
            Some(Status::Failed) => filter.failed = true,
            Some(Status::Upstream(status)) => filter.upstream_status = Some(*status),
            Some(Status::Outcome(outcome)) => filter.outcome = Some(*outcome),
        }
        filter
    }

    fn shown_filter(&self, window: &Window) -> String {
        let status = match &self.status {
            None => "All Status".to_owned(),
            Some(Status::Failed) => "error".to_owned(),
            Some(Status::Upstream(status)) => status.to_string(),
            Some(Status::Outcome(outcome)) => outcome.as_str().to_owned(),
        };
        let endpoint = self.endpoint.as_deref().unwrap_or("All Endpoints");
        let user = self
            .user
            .as_deref()
            .map_or_else(String::new, |user| format!(", User {user}"));
        legible_line(&format!("{endpoint}, {}, {status}{user}", window.name))
    }

    /// What to say when no call fits.
    async fn nothing(&self, store: &dyn Store, connector: Option<&str>, window: &Window) -> Result<String, Failure> {
        let everything = AuditFilter {
            limit: 1,
            ..AuditFilter::default()
        };
        let rows = store.read_audit(&everything).await.map_err(anyhow::Error::from)?;
        if rows.is_empty() {
            let cut = store.verify_audit(None).await.map_err(anyhow::Error::from)?.cut;
            return Ok(if cut == 0 { "no calls yet" } else { "no calls are kept" }.to_owned());
        }
        let only_window =
            connector.is_none() && self.endpoint.is_none() && self.user.is_none() && self.status.is_none();
        let what = if only_window { "no calls" } else { "no such calls" };
        Ok(match window.since {
            None => what.to_owned(),
            Some(_) => format!(
                "{what}: {}; --since all looks at older ones, too",
                window.name.to_lowercase()
            ),
        })
    }
}

pub(super) fn scope(connector: Option<String>, window: &Window) -> CallScope {
    CallScope {
        connector,
        since: window.since.map(time::rfc3339),
    }
}

/// The name of an API as people read it; the slug when its files are gone or broken.
///
/// # Errors
/// There is no such API, and there never was one that was called: its slug is misspelled.
pub(super) async fn name_of(store: &dyn Store, connectors: &Path, slug: &str) -> Result<String, Failure> {
    let report = Loader::default().load(connectors);
    let mut known = report.catalog.connectors().iter();
    if let Some(connector) = known.find(|connector| connector.slug == slug) {
        return Ok(legible_line(&connector.name));
    }
    let Err(unknown) = place_of(&report, slug) else {
        return Ok(slug.to_owned());
    };
    let calls = AuditFilter {
        connector: Some(slug.to_owned()),
        limit: 1,
        ..AuditFilter::default()
    };
    if store.read_audit(&calls).await.map_err(anyhow::Error::from)?.is_empty() {
        return Err(unknown);
    }
    Ok(slug.to_owned())
}

/// Whether an API has an action of this name; one whose files are gone or broken may have any.
fn has_action(connectors: &Path, slug: &str, action: &str) -> bool {
    let report = Loader::default().load(connectors);
    let mut known = report.catalog.connectors().iter();
    known
        .find(|connector| connector.slug == slug)
        .is_none_or(|connector| connector.actions.iter().any(|one| one.name == action))
}

async fn show_call(store: &dyn Store, connector: Option<String>, id: &str, json: bool) -> Result<(), Failure> {
    let filter = AuditFilter {
        connector,
        call_id: Some(id.to_owned()),
        ..AuditFilter::default()
    };
    let rows = store.read_audit(&filter).await.map_err(anyhow::Error::from)?;
    let Some(row) = rows.first() else {
        return Err(Failure::Other(anyhow::anyhow!(
            "there is no call {id}; `toolgate logs --json` shows the ids of calls"
        )));
    };
    if json {
        let mut whole = serde_json::to_value(row).context("a row cannot be shown")?;
        whole["log"] = serde_json::to_value(log_of(store, id).await?).context("a log cannot be shown")?;
        return Ok(output::say_json(&[whole])?);
    }
    let fields = serde_json::to_value(row).context("a row cannot be shown")?;
    let lines = fields.as_object().into_iter().flatten().filter_map(|(name, value)| {
        let text = match value {
            Value::Null => return None,
            Value::String(text) => legible_line(text),
            other => other.to_string(),
        };
        Some(vec![name.clone(), text])
    });
    output::say(&output::table(&lines.collect::<Vec<_>>()))?;
    let events = log_of(store, id).await?;
    if !events.is_empty() {
        output::say("")?;
    }
    for event in &events {
        output::say(&event_line(event))?;
    }
    Ok(())
}

/// Where messages begin in the line of an event: behind its time and its level.
const MESSAGE_COLUMN: usize = 18;

/// What the code of a call did; nothing when it has none.
async fn log_of(store: &dyn Store, call_id: &str) -> Result<Vec<CallEvent>, Failure> {
    let text = store.read_call_log(call_id).await.map_err(anyhow::Error::from)?;
    Ok(text.map(|text| CallLog::of_text(&text)).unwrap_or_default())
}

/// One event as people read it.
pub(super) fn event_line(event: &CallEvent) -> String {
    let text = match &event.what {
        // A line end in a message must not begin what looks like another event.
        CallEventKind::Log { level, message } => {
            format!(
                "{level:<5}  {}",
                message.replace('\n', &format!("\n{:MESSAGE_COLUMN$}", ""))
            )
        }
        CallEventKind::Request {
            method,
            url,
            status,
            failure,
            bytes,
            duration_ms,
        } => {
            let end = match (status, failure) {
                (Some(status), _) => format!("{status}, {bytes} bytes"),
                (None, failure) => failure.clone().unwrap_or_default(),
            };
            legible_line(&format!("{method} {url}  {end}, {duration_ms} ms"))
        }
    };
    format!("{:>6} ms  {text}", event.at_ms)
}

/// How long ago a call may have begun that ends now: a question to a person is asked, or waited for, as long as the
/// settings say.
fn look_back(config: &Config) -> SignedDuration {
    let settings = approval::Settings::from(&config.approvals);
    let longest = settings.wait.max(settings.expires) + Duration::from_millis(config.server.call_timeout_ms);
    SignedDuration::try_from(longest).map_or(SignedDuration::MAX, |longest| longest.max(LOOK_BACK))
}

/// Shows calls as they end, until interrupted.
async fn follow(
    store: &dyn Store,
    filter: AuditFilter,
    json: bool,
    zone: &TimeZone,
    look_back: SignedDuration,
) -> Result<(), Failure> {
    let recent = || {
        let began = Timestamp::now().saturating_sub(look_back).unwrap_or(Timestamp::MIN);
        AuditFilter {
            since: Some(time::rfc3339(began)),
            limit: LOOK_LIMIT,
            ..filter.clone()
        }
    };
    // What has ended before is shown as far as was asked for, and not later either.
    let before = store.read_audit(&recent()).await.map_err(anyhow::Error::from)?;
    let rows = store.read_audit(&filter).await.map_err(anyhow::Error::from)?;
    let mut columns = Columns::of(&rows, filter.connector.is_none());
    // Whoever has a key may be the next to call.
    columns.decision = true;
    columns.user |= !store.list_keys().await.map_err(anyhow::Error::from)?.is_empty();
    let listed: HashSet<&str> = rows.iter().map(|row| row.call_id.as_str()).collect();
    let mut shown: HashSet<String> = before
        .into_iter()
        .filter(|row| row.ended_at.is_some() && !listed.contains(row.call_id.as_str()))
        .map(|row| row.call_id)
        .collect();
    if !json {
        output::say(&line(&columns.head()))?;
    }
    let mut fresh = rows;
    let mut look = tokio::time::interval(LOOK_INTERVAL);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let interrupted = super::serve::interrupted();
    tokio::pin!(interrupted);
    loop {
        fresh.retain(|row| row.ended_at.is_some() && !shown.contains(&row.call_id));
        fresh.sort_by(|one, other| (&one.ended_at, &one.call_id).cmp(&(&other.ended_at, &other.call_id)));
        for row in &fresh {
            if json {
                output::say_json_line(row)?;
            } else {
                output::say(&line(&columns.cells(row, zone)))?;
            }
        }
        shown.extend(fresh.into_iter().map(|row| row.call_id));
        tokio::select! {
            () = &mut interrupted => return Ok(()),
            _ = look.tick() => {}
        }
        fresh = store.read_audit(&recent()).await.map_err(anyhow::Error::from)?;
        // What is out of sight does not come back.
        let in_sight: HashSet<&str> = fresh.iter().map(|row| row.call_id.as_str()).collect();
        shown.retain(|id: &String| in_sight.contains(id.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_several_lines_forges_no_event() {
        let event = CallEvent {
            at_ms: 12,
            what: CallEventKind::Log {
                level: "info".to_owned(),
                message: "one\n     0 ms  error  two".to_owned(),
            },
        };
        let shown = event_line(&event);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0], "    12 ms  info   one");
        assert_eq!(lines[1], format!("{}     0 ms  error  two", " ".repeat(MESSAGE_COLUMN)));
        assert_eq!(lines[0].find("one"), Some(MESSAGE_COLUMN));
    }
}
