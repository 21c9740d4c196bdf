//! `toolgate stats`: calls summed up.

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::{Failure, Global, assemble, logs, output};
use crate::overview::{Summary, Window};
use crate::store::time;

/// Sum up calls: how many, how many succeeded, how fast, and what failed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate stats
  toolgate stats my_company_crm --since 7d --json

Total calls are those that have ended. The average latency is that of calls whose request left and that waited for
no person. Errors are named by the API's status, or by the code of the failure.

Exit codes: 0 done; 1 no such API, or the log cannot be read; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Stats {
    /// Only calls of this API: its connector's slug.
    #[arg(value_name = "SLUG")]
    connector: Option<String>,
    /// Only calls since then: 24h, 7d, "last 24 hours", today, a date or a moment, or all.
    #[arg(long, value_name = "WINDOW", default_value = "24h")]
    since: String,
    /// Print numbers and words as JSON.
    #[arg(long)]
    json: bool,
}

impl Stats {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let window = Window::parse(&self.since, Timestamp::now(), &TimeZone::system())
            .map_err(|error| Failure::Usage(error.into()))?;
        let store = assemble::calls_to_read(&locations).await?;
        let name = match &self.connector {
            Some(slug) => Some(logs::name_of(&*store, &locations.connectors, slug).await?),
            None => None,
        };
        assemble::add_up(&*store).await;
        let counts = store
            .count_calls(&logs::scope(self.connector.clone(), &window))
            .await
            .map_err(anyhow::Error::from)?;
        let summary = Summary::new(&counts);
        if self.json {
            return Ok(output::say_json(&json!({
                "api": self.connector,
                "window": window.name,
                "since": window.since.map(time::rfc3339),
                "summary": summary,
            }))?);
        }
        if let Some(name) = name {
            output::say(&format!("Custom API: {name}\n"))?;
        }
        Ok(output::say(&summary.lines(&window.short_name).join("\n"))?)
    }
}
