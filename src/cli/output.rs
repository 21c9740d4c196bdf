//! Writing to the terminal without panicking when nobody reads.

use std::io::{self, IsTerminal as _, Write as _};

/// Writes `text` and a line end to stdout.
pub(super) fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// Writes `value` as indented JSON to stdout.
pub(super) fn say_json(value: &impl serde::Serialize) -> io::Result<()> {
    say(&serde_json::to_string_pretty(value)?)
}

/// Writes `text` and a line end to stderr. A closed stderr is no reason to fail.
pub(super) fn complain(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Whether stderr shows colours.
pub(super) fn colored() -> bool {
    io::stderr().is_terminal() && crate::config::environment_variable("NO_COLOR").is_none()
}

/// Lines of columns, each as wide as its widest cell.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let lines = rows.iter().map(|row| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}
