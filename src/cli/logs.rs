//! `toolgate logs`: the audit log.

use clap::Args;

use super::{Failure, Global, assemble, output};
use crate::diagnostics::legible_line;
use crate::store::{AuditFilter, AuditRecord};

/// Show calls from the audit log, newest first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate logs
  toolgate logs my_company_crm --limit 100 --json

Exit codes: 0 done; 1 the log cannot be read; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Logs {
    /// Only calls of this connector.
    connector: Option<String>,
    /// Only calls of this action.
    #[arg(long, value_name = "ACTION")]
    endpoint: Option<String>,
    /// Only calls with this outcome: `ok`, or a code such as `TIMEOUT`.
    #[arg(long, value_name = "OUTCOME")]
    status: Option<String>,
    /// Only this call.
    #[arg(long, value_name = "ID")]
    call: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// Print whole rows as JSON.
    #[arg(long)]
    json: bool,
}

impl Logs {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let store = assemble::store(&assemble::locations(global)?).await?;
        let filter = AuditFilter {
            connector: self.connector,
            action: self.endpoint,
            outcome: self.status,
            call_id: self.call,
            since: None,
            limit: self.limit,
        };
        let rows = store.read_audit(&filter).await.map_err(anyhow::Error::from)?;
        if self.json {
            return Ok(output::say_json(&rows)?);
        }
        if rows.is_empty() {
            let unfiltered = filter.connector.is_none()
                && filter.action.is_none()
                && filter.outcome.is_none()
                && filter.call_id.is_none();
            return Ok(output::say(if unfiltered { "no calls yet" } else { "no such calls" })?);
        }
        Ok(output::say(&table(&rows))?)
    }
}

/// The columns that people look for.
pub(super) fn table(rows: &[AuditRecord]) -> String {
    let mut lines = vec![
        ["TIME", "TOOL", "OUTCOME", "STATUS", "LATENCY", "DECISION", "BY"]
            .map(str::to_owned)
            .to_vec(),
    ];
    lines.extend(rows.iter().map(|row| {
        vec![
            row.started_at.clone(),
            match (&row.connector, &row.action) {
                (Some(connector), Some(action)) => format!("{connector}.{action}"),
                _ => legible_line(&row.tool),
            },
            row.outcome.clone(),
            row.upstream_status
                .map_or_else(|| "-".to_owned(), |status| status.to_string()),
            format!("{}ms", row.duration_ms),
            row.decision.clone(),
            row.approver.clone().unwrap_or_default(),
        ]
    }));
    output::table(&lines)
}
