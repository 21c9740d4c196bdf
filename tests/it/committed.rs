//! Committed files that are made from the code: compared, or written anew when `TOOLGATE_UPDATE=1` is set.

use std::path::{Path, PathBuf};

/// A path in the repository.
pub(crate) fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// What to tell when `file` does not hold `text`; writes it instead when that is asked for.
pub(crate) fn difference(file: &Path, text: &str) -> Option<String> {
    let present = std::fs::read_to_string(file).unwrap_or_default();
    if present == text {
        return None;
    }
    if toolgate::config::environment_variable("TOOLGATE_UPDATE").is_some() {
        std::fs::write(file, text).unwrap();
        return None;
    }
    let line = present
        .lines()
        .zip(text.lines())
        .position(|(present, expected)| present != expected);
    let line = line.unwrap_or_else(|| present.lines().count().min(text.lines().count()));
    Some(format!(
        "{} is not up to date from line {} on:\n  it holds: {}\n  expected: {}\n\
         Look at the difference, then run: TOOLGATE_UPDATE=1 cargo test --test it",
        file.display(),
        line + 1,
        present.lines().nth(line).unwrap_or("(nothing)"),
        text.lines().nth(line).unwrap_or("(nothing)"),
    ))
}
