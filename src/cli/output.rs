//! Writing to the terminal without panicking when nobody reads, and without anything in a text steering it: names,
//! answers and arguments come from elsewhere.

use std::io::{self, IsTerminal as _, Write as _};

use crate::diagnostics::{self, Diagnostic, legible, legible_json, legible_line};

/// Writes `text` and a line end to stdout.
pub(super) fn say(text: &str) -> io::Result<()> {
    write_to(&mut io::stdout().lock(), text)
}

fn write_to(terminal: &mut impl io::Write, text: &str) -> io::Result<()> {
    writeln!(terminal, "{}", legible(text))
}

/// Writes `value` as indented JSON to stdout.
pub(super) fn say_json(value: &impl serde::Serialize) -> io::Result<()> {
    say(&json(value)?)
}

/// Writes `value` as JSON on one line to stdout.
pub(super) fn say_json_line(value: &impl serde::Serialize) -> io::Result<()> {
    say(&legible_json(&serde_json::to_string(value)?))
}

fn json(value: &impl serde::Serialize) -> serde_json::Result<String> {
    Ok(legible_json(&serde_json::to_string_pretty(value)?))
}

/// Writes `text` and a line end to stderr. A closed stderr is no reason to fail.
pub(super) fn complain(text: &str) {
    drop(write_to(&mut io::stderr().lock(), text));
}

/// Writes findings to stderr, coloured where it shows colours; their texts are made legible by the renderer.
pub(super) fn complain_of(findings: &[Diagnostic]) {
    let text = diagnostics::render(findings, colored());
    drop(writeln!(io::stderr().lock(), "{}", text.trim_end()));
}

/// Whether stderr shows colours.
fn colored() -> bool {
    io::stderr().is_terminal() && crate::config::environment_variable("NO_COLOR").is_none()
}

/// A number and its noun, e.g. `1 tool` and `2 tools`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Lines of columns, each as wide as its widest cell.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    // A line end in a cell must not begin what looks like another row.
    let cells = |row: &Vec<String>| row.iter().map(|cell| legible_line(cell)).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_written_steers_the_terminal() {
        let hostile = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{7f}\u{202e}";
        let mut written = Vec::new();
        write_to(&mut written, &format!("a\tb\n{hostile}")).expect("written");
        let written = String::from_utf8(written).expect("UTF-8");
        assert!(
            written.starts_with("a\tb\n\u{fffd}[2J") && written.ends_with('\n'),
            "{written:?}"
        );
        let json = json(&serde_json::json!([hostile])).expect("JSON");
        assert!(json.contains("\\u009b31m\\u007f\\u202e"), "{json:?}");
        for text in [written, json] {
            assert!(
                !text.contains(|c| diagnostics::is_disruptive(c) && c != '\n' && c != '\t'),
                "{text:?}"
            );
        }
    }
}
