//! What is printed about an update.

use std::path::Path;

use super::Update;
use super::plan::Fate;
use crate::cli::output;
use crate::openapi::{Changed, Named};

/// Most actions that are listed of each kind.
const MOST_LISTED: usize = 40;

/// Most lines that are shown of what a file that stays lacks.
const MOST_LINES: usize = 12;

/// Digits of a hash that people compare.
const DIGITS: usize = 12;

/// What an update would do.
pub(super) fn compared(update: &Update) -> Vec<String> {
    let (difference, report) = (&update.difference, &update.made.import.report);
    let mut lines = vec![description(update)];
    lines.push(format!(
        "{} added, {} removed, {} changed, {} as before.",
        output::counted(difference.added.len(), "action"),
        difference.removed.len(),
        difference.changed.len(),
        difference.same
    ));
    lines.extend(difference.connection.iter().map(|change| format!("  ! {change}")));
    let listed = |mark: &str, actions: &[Named], why: &dyn Fn(&Named) -> String| -> Vec<String> {
        let shown = actions.iter().take(MOST_LISTED);
        shown
            .map(|one| format!("  {mark} {}: {}{}", one.name, one.sends, why(one)))
            .chain(more(actions.len()))
            .collect()
    };
    lines.extend(listed("+", &difference.added, &|_| String::new()));
    // An operation that is still there is left out for a reason.
    let reason = |one: &Named| {
        let known = update.operation_of(&one.name);
        let skipped = report
            .skipped
            .iter()
            .find(|skipped| known.is_some_and(|(method, path)| skipped.method == method && skipped.path == path));
        skipped.map_or(String::new(), |skipped| format!(" ({})", skipped.reason))
    };
    lines.extend(listed("-", &difference.removed, &reason));
    lines.extend(difference.changed.iter().take(MOST_LISTED).flat_map(changed));
    lines.extend(more(difference.changed.len()));
    lines.extend(files(update));
    lines.extend(report.notes.iter().map(|note| format!("  note: {note}")));
    lines
}

/// What an update did.
pub(super) fn written(update: &Update, backup: Option<&Path>) -> Vec<String> {
    let mut lines = vec![format!("Updated {}.", update.folder.display())];
    lines.extend(backup.map(|backup| format!("The folder as it was is {}.", backup.display())));
    lines
}

/// A file's fate in a word; none when nothing happens to it.
pub(super) fn fate(fate: Fate) -> Option<&'static str> {
    Some(match fate {
        Fate::Same => return None,
        Fate::Written => "written",
        Fate::Removed => "removed",
        Fate::Stays => "stays as it was edited",
        Fate::StaysBehind => "stays as it was edited, although the import would write something else now",
        Fate::Refused(edit) => edit.as_str(),
    })
}

fn description(update: &Update) -> String {
    let (before, after) = (&update.before, &update.after);
    let short = |hash: &str| hash.chars().take(DIGITS).collect::<String>();
    let day = before.imported_at.split('T').next().unwrap_or_default();
    if before.sha256 == after.sha256 {
        format!(
            "The description is the one of {day} (sha256 {}).",
            short(&before.sha256)
        )
    } else {
        format!(
            "The description changed: it was sha256 {} on {day}, and is {}.",
            short(&before.sha256),
            short(&after.sha256)
        )
    }
}

fn changed(one: &Changed) -> Vec<String> {
    let changes = one.changes.iter().map(|change| format!("      {change}"));
    std::iter::once(format!("  ~ {}", one.action.name))
        .chain(changes)
        .collect()
}

fn more(count: usize) -> Option<String> {
    (count > MOST_LISTED).then(|| format!("    and {} more", count - MOST_LISTED))
}

fn files(update: &Update) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, file_fate) in &update.fates {
        let Some(word) = fate(*file_fate) else { continue };
        lines.push(format!("  {path} {word}"));
        if *file_fate == Fate::StaysBehind && path == "connector.toml" {
            lines.extend(lacking(update, path));
        }
    }
    if !lines.is_empty() {
        lines.insert(0, "Files:".to_owned());
    }
    lines
}

/// What the import would write into a file now that does not stand there.
fn lacking(update: &Update, path: &str) -> Vec<String> {
    let present = std::fs::read_to_string(update.folder.join(path)).unwrap_or_default();
    let made = update.made.folder.files.iter().find(|file| file.path == path);
    let new = made.map_or("", |file| file.text.as_str()).lines();
    let missing: Vec<&str> = new
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !present.lines().any(|other| other == *line))
        .collect();
    missing
        .iter()
        .take(MOST_LINES)
        .map(|line| format!("      would have: {line}"))
        .collect()
}
