//! What is printed about an import.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::output;
use crate::openapi::{Analysis, Folder, Import, Paged, Report, Target, next_steps};

/// Most operations that are listed for one reason; the report has all of them.
const MOST_LISTED: usize = 10;

/// Most things that are listed by name.
const MOST_GROUPS: usize = 12;

/// After an import.
pub(super) fn imported(import: &Import, target: &Target, folder: &Path, made: &Folder) -> Vec<String> {
    let report = &import.report;
    let services = made
        .files
        .iter()
        .filter(|file| file.path.starts_with("services/"))
        .count();
    let mut lines = vec![
        format!("Wrote {}: {}.", folder.display(), counts(report)),
        format!("  connector.toml        where the API is, and its authentication"),
        format!("  services/             {services} files of actions"),
        "  SKILL.md, AGENTS.md   for the agents that use it, and for whoever changes it".to_owned(),
        "  openapi/              the description as it is, and report.json".to_owned(),
        String::new(),
        size(import),
    ];
    lines.extend(left_out(report));
    lines.extend(changed(report));
    lines.extend(notes(report));
    lines.push(String::new());
    lines.push("Next:".to_owned());
    let steps = next_steps(import, target);
    lines.extend(
        steps
            .iter()
            .enumerate()
            .map(|(index, step)| format!("  {}. {step}", index + 1)),
    );
    lines
}

/// What an import would do.
pub(super) fn analysed(import: &Import, analysis: &Analysis) -> Vec<String> {
    let report = &import.report;
    let title = if report.title.is_empty() {
        "An API without a title"
    } else {
        &report.title
    };
    let mut lines = vec![
        format!("{title} {} (OpenAPI {})", report.version, report.openapi),
        String::new(),
        format!("Endpoints       {}", counts(report)),
        format!("                by method: {}", listed(&analysis.methods)),
        format!("                about: {}", listed(&analysis.groups)),
        format!(
            "Address         {}",
            import.base_url.as_ref().map_or("not known", |url| url.as_str())
        ),
    ];
    let others = import.servers.iter();
    lines.extend(others.map(|server| format!("                {}: {}", server.name, server.base_url)));
    lines.extend([
        format!("Authentication  {}", analysis.authentication),
        format!(
            "Limits          {}",
            match analysis.limited {
                0 => "none described".to_owned(),
                count => format!("{count} operations say how they refuse too many requests"),
            }
        ),
        format!("Formats         sends {}", listed(&analysis.sent)),
        format!("                answers with {}", listed(&analysis.answered)),
        format!(
            "Webhooks        {}",
            match analysis.events {
                0 => "none described".to_owned(),
                count => format!("{count}, which are not imported"),
            }
        ),
        format!("Pattern         {}", analysis.pattern),
        format!("Layout          {}: {}", analysis.tier, analysis.tier_reason),
        String::new(),
        size(import),
    ]);
    lines.extend(paged(&analysis.pagination));
    lines.extend(left_out(report));
    lines.extend(changed(report));
    lines.extend(notes(report));
    lines
}

/// Lists that could be read as a whole, and what to write for that.
fn paged(operations: &[Paged]) -> Vec<String> {
    if operations.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        String::new(),
        "Answers in pages, one page for each call; an overlay whose `x-toolgate` says this reads whole lists:"
            .to_owned(),
    ];
    for one in operations.iter().take(MOST_LISTED) {
        lines.push(format!("  {} {}", one.method, one.path));
        lines.push(format!("    pagination: {}", one.pagination));
    }
    if operations.len() > MOST_LISTED {
        lines.push(format!("  and {} more, see --json", operations.len() - MOST_LISTED));
    }
    lines
}

/// Why operations were left out, each reason with its operations.
pub(super) fn left_out(report: &Report) -> Vec<String> {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in &report.skipped {
        reasons
            .entry(&one.reason)
            .or_default()
            .push(format!("{} {}", one.method, one.path));
    }
    let mut lines = Vec::new();
    if !reasons.is_empty() {
        lines.push(String::new());
        lines.push("Left out:".to_owned());
    }
    for (reason, operations) in reasons {
        lines.push(format!(
            "  {}: {reason}",
            output::counted(operations.len(), "operation")
        ));
        lines.extend(
            operations
                .iter()
                .take(MOST_LISTED)
                .map(|operation| format!("    {operation}")),
        );
        if operations.len() > MOST_LISTED {
            lines.push(format!("    and {} more", operations.len() - MOST_LISTED));
        }
    }
    lines
}

fn counts(report: &Report) -> String {
    let mut parts = vec![format!(
        "{} of {}",
        report.imported.len(),
        output::counted(report.operations, "operation")
    )];
    if report.not_selected > 0 {
        parts.push(format!("{} not asked for", report.not_selected));
    }
    if !report.skipped.is_empty() {
        parts.push(format!("{} left out", report.skipped.len()));
    }
    parts.join(", ")
}

fn size(import: &Import) -> String {
    let report = &import.report;
    let largest = report.imported.iter().max_by_key(|one| one.tokens);
    let largest = largest.map_or(String::new(), |one| {
        format!("; the largest is `{}` with {}", one.action, one.tokens)
    });
    format!(
        "About {} tokens in {}{largest}.",
        report.tokens,
        output::counted(report.imported.len(), "tool")
    )
}

fn changed(report: &Report) -> Vec<String> {
    let changes = report.changes();
    let mut lines = Vec::new();
    if !changes.is_empty() {
        lines.push(String::new());
        lines.push("Schemas differ from the description in:".to_owned());
    }
    lines.extend(changes.iter().map(|(change, count)| format!("  {count} {change}")));
    lines
}

fn notes(report: &Report) -> Vec<String> {
    let noted = report.imported.iter().filter(|one| !one.notes.is_empty()).count();
    let mut lines: Vec<String> = report.notes.iter().map(|note| format!("  - {note}")).collect();
    if noted > 0 {
        lines.push(format!(
            "  - {} with notes of their own in the report",
            output::counted(noted, "action")
        ));
    }
    if !lines.is_empty() {
        lines.splice(0..0, [String::new(), "Notes:".to_owned()]);
    }
    lines
}

fn listed(counts: &BTreeMap<String, usize>) -> String {
    let mut all: Vec<(&String, &usize)> = counts.iter().collect();
    all.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
    let mut shown: Vec<String> = all
        .iter()
        .take(MOST_GROUPS)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    if all.len() > MOST_GROUPS {
        shown.push(format!("and {} more", all.len() - MOST_GROUPS));
    }
    if shown.is_empty() {
        "nothing".to_owned()
    } else {
        shown.join(", ")
    }
}
