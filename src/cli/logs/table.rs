//! Calls as lines of columns. Must never know where the rows come from.

use jiff::tz::TimeZone;

use crate::cli::output;
use crate::diagnostics::legible_line;
use crate::overview;
use crate::policy::principal;
use crate::store::{AuditDecision, AuditRecord};

/// A line of columns whose widths are not known beforehand.
pub(super) fn line(cells: &[String]) -> String {
    const WIDTHS: [usize; 4] = [8, 32, 16, 8];
    let widths = WIDTHS.into_iter().chain(std::iter::repeat(8));
    let cells: Vec<String> = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{cell:<width$}"))
        .collect();
    cells.join("  ").trim_end().to_owned()
}

/// Calls of several APIs.
pub(in crate::cli) fn table(rows: &[AuditRecord], zone: &TimeZone) -> String {
    table_of(rows, true, zone)
}

pub(super) fn table_of(rows: &[AuditRecord], with_api: bool, zone: &TimeZone) -> String {
    let columns = Columns::of(rows, with_api);
    let lines = std::iter::once(columns.head()).chain(rows.iter().map(|row| columns.cells(row, zone)));
    output::table(&lines.collect::<Vec<_>>())
}

/// Which columns there are beside those of the document (contract S1-72). Those stand alone as long as the others would
/// say the same of each call.
pub(super) struct Columns {
    /// Calls are of several APIs.
    api: bool,
    /// Not all callers are whoever runs this process.
    pub(super) user: bool,
    /// What people decided, and who.
    pub(super) decision: bool,
}

impl Columns {
    pub(super) fn of(rows: &[AuditRecord], with_api: bool) -> Self {
        let was_decided = |row: &AuditRecord| row.decision != AuditDecision::Allowed || row.approver.is_some();
        Self {
            api: with_api,
            user: rows.iter().any(|row| row.user != principal::LOCAL),
            decision: with_api || rows.iter().any(was_decided),
        }
    }

    pub(super) fn head(&self) -> Vec<String> {
        let mut head = vec!["Time", "Endpoint", "Status", "Latency"];
        if self.user {
            head.push("User");
        }
        if self.decision {
            head.extend(["Decision", "By"]);
        }
        head.into_iter().map(str::to_owned).collect()
    }

    pub(super) fn cells(&self, row: &AuditRecord, zone: &TimeZone) -> Vec<String> {
        let endpoint = match (&row.connector, &row.action) {
            (Some(connector), Some(action)) if self.api => format!("{connector}.{action}"),
            (_, Some(action)) => action.clone(),
            _ => row.tool.clone(),
        };
        let mut cells = vec![
            overview::time_of_day(row, zone),
            legible_line(&endpoint),
            overview::status(row),
            overview::latency(row),
        ];
        if self.user {
            cells.push(legible_line(&row.user));
        }
        if self.decision {
            cells.push(legible_line(row.decision.as_str()));
            cells.push(legible_line(row.approver.as_deref().unwrap_or_default()));
        }
        cells
    }
}
