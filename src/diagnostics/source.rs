//! The text of one file, and findings placed in it by byte range.

use std::ops::Range;
use std::path::Path;

use super::{Diagnostic, Severity};

/// Longest line that is repeated in a finding, in bytes: minified JSON would otherwise fill the screen.
const LONGEST_SHOWN_LINE: usize = 1000;

/// Words that mark the value behind them as a secret on a line that could not be parsed.
const SECRET_WORDS: [&str; 6] = ["key", "token", "secret", "password", "credential", "authorization"];

/// The text of one file. Byte ranges of it become findings with line and column.
///
/// Has no `Debug`: the text may hold a secret that its author wrote by mistake.
pub struct Source<'a> {
    file: &'a Path,
    text: &'a str,
    line_starts: Vec<usize>,
    /// Where secrets are, once that is known.
    secrets: Option<Vec<Range<usize>>>,
}

impl<'a> Source<'a> {
    /// Takes the text of `file`; a byte order mark in front of it is dropped, and ranges count from behind it.
    pub fn new(file: &'a Path, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            file,
            text,
            line_starts,
            secrets: None,
        }
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The file as the user named it.
    pub fn file(&self) -> &'a Path {
        self.file
    }

    /// How many lines the file has; a line break at the end does not begin another one.
    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// Keeps the texts in `ranges` out of every finding made from now on.
    ///
    /// Until it is known where secrets are, as in a file that cannot be parsed, findings do not show what stands behind
    /// a word such as `key`.
    pub fn hide(&mut self, ranges: impl IntoIterator<Item = Range<usize>>) {
        self.secrets = Some(ranges.into_iter().collect());
    }

    /// Whether any of the text in `range` is kept out of findings; messages must not quote it either.
    pub fn is_hidden(&self, range: &Range<usize>) -> bool {
        self.secrets
            .as_deref()
            .is_none_or(|secrets| secrets.iter().any(|secret| overlap(secret, range)))
    }

    /// The 1-based line that the byte at `offset` is on.
    pub fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// An error at `range`.
    pub fn error(&self, code: &'static str, range: Range<usize>, message: impl Into<String>) -> Diagnostic {
        self.diagnostic(Severity::Error, code, range, message)
    }

    /// A warning at `range`.
    pub fn warning(&self, code: &'static str, range: Range<usize>, message: impl Into<String>) -> Diagnostic {
        self.diagnostic(Severity::Warning, code, range, message)
    }

    /// A note at `range`.
    pub fn note(&self, code: &'static str, range: Range<usize>, message: impl Into<String>) -> Diagnostic {
        self.diagnostic(Severity::Note, code, range, message)
    }

    fn diagnostic(
        &self,
        severity: Severity,
        code: &'static str,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        let start = self.boundary(range.start);
        let line = self.line_of(start);
        let line_start = self.line_starts[line - 1];
        let line_end = self.line_starts.get(line).map_or(self.text.len(), |next| next - 1);
        let shown = self.text[line_start..line_end].trim_end_matches('\r');
        let start = start.min(line_start + shown.len());
        let end = self.boundary(range.end).clamp(start, line_start + shown.len());
        let column = 1 + self.text[line_start..start].chars().count();
        Diagnostic {
            severity,
            code,
            file: self.file.to_path_buf(),
            line,
            column,
            end_column: column + self.text[start..end].chars().count(),
            source_line: if shown.len() > LONGEST_SHOWN_LINE {
                String::new()
            } else {
                self.without_secrets(line_start, shown)
            },
            message: message.into(),
            help: None,
        }
    }

    /// The nearest position at or before `offset` where a character begins.
    fn boundary(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset.min(self.text.len()))
    }

    fn without_secrets(&self, line_start: usize, line: &str) -> String {
        let guessed = self
            .secrets
            .is_none()
            .then(|| guess(line))
            .flatten()
            .map(|at| line_start + at..usize::MAX);
        let line_range = line_start..line_start + line.len();
        let secrets: Vec<&Range<usize>> = self
            .secrets
            .as_deref()
            .unwrap_or(guessed.as_slice())
            .iter()
            .filter(|secret| overlap(secret, &line_range))
            .collect();
        line.char_indices()
            .map(|(at, character)| {
                let hidden = secrets.iter().any(|range| range.contains(&(line_start + at)));
                if hidden && !character.is_whitespace() {
                    '*'
                } else {
                    character
                }
            })
            .collect()
    }
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Where on a line of unknown meaning a secret may begin.
fn guess(line: &str) -> Option<usize> {
    let lowercase = line.to_ascii_lowercase();
    let word = SECRET_WORDS.iter().filter_map(|word| lowercase.find(word)).min()?;
    Some(word + lowercase[word..].find(['=', ':'])? + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_before_a_carriage_return() {
        let source = Source::new(Path::new("a.toml"), "\u{feff}first\r\nä = \"ü\"\r\n");
        let start = source.text().find('"').unwrap();
        let finding = source.error("x", start..start + 4, "m");
        assert_eq!((finding.line, finding.column, finding.end_column), (2, 5, 8));
        assert_eq!(finding.source_line, "ä = \"ü\"");
        assert_eq!(source.lines(), 2);
    }

    #[test]
    fn ranges_past_the_end_or_inside_a_character_are_clipped() {
        let source = Source::new(Path::new("a.toml"), "ä\nb");
        let inside = source.error("x", 1..99, "m");
        assert_eq!((inside.line, inside.column, inside.end_column), (1, 1, 2));
        let past = source.error("x", 99..100, "m");
        assert_eq!((past.line, past.column, past.end_column), (2, 2, 2));
        let empty = Source::new(Path::new("a.toml"), "").error("x", 0..1, "m");
        assert_eq!((empty.line, empty.column, empty.end_column), (1, 1, 1));
    }

    #[test]
    fn hidden_text_never_appears() {
        let text = "key = \"sk-live\" # note";
        let mut source = Source::new(Path::new("a.toml"), text);
        source.hide(std::iter::once(6..15));
        assert_eq!(source.error("x", 0..3, "m").source_line, "key = ********* # note");
    }

    #[test]
    fn an_unparsed_line_hides_what_may_be_a_secret() {
        let source = Source::new(Path::new("a.toml"), "name = \"x\"\napi_key = \"sk live");
        assert_eq!(source.error("x", 21..22, "m").source_line, "api_key = *** ****");
        assert_eq!(source.error("x", 0..1, "m").source_line, "name = \"x\"");
    }

    #[test]
    fn a_very_long_line_is_left_out() {
        let text = "x".repeat(LONGEST_SHOWN_LINE + 1);
        assert_eq!(
            Source::new(Path::new("a.json"), &text)
                .error("x", 3..4, "m")
                .source_line,
            ""
        );
    }
}
