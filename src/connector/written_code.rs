//! Code of actions, and where its author wrote it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::model::{Code, Language};
use super::script::{self, Rules};
use super::secret;
use crate::diagnostics::{Diagnostic, Severity, Source};
use crate::document::{Node, position_in_text};

/// Code of an action, and where its author wrote it.
///
/// Has no `Debug`: the files may hold a secret that their author wrote by mistake.
pub struct WrittenCode {
    code: Code,
    /// The file that findings are placed in: the code's own, or for code without lines that of the action.
    file: PathBuf,
    /// The file's text.
    text: String,
    /// Where in that text the code stands, or its name; `None`: it is the text.
    span: Option<Range<usize>>,
    /// The code, when it is JavaScript.
    script: Option<String>,
    /// Where the text holds what nobody should see.
    hidden: Vec<Range<usize>>,
    looked: script::Looked,
}

impl WrittenCode {
    /// `code` of the action at `node` in a connector's file; `shown` is its own file, if it has one.
    pub(super) fn new(
        code: Code,
        shown: Option<&Path>,
        action: &Source<'_>,
        root: &Node,
        node: &Node,
        rules: &Rules,
    ) -> Self {
        let source = (code.language == Language::JavaScript).then(|| String::from_utf8_lossy(&code.bytes).into_owned());
        let key = if source.is_some() { "code" } else { "component" };
        let (file, text, span) = match (shown, &source) {
            (Some(shown), Some(source)) => (shown, source.trim_start_matches('\u{feff}'), None),
            _ => (action.file(), action.text(), Some(node.value_span(key))),
        };
        let hidden = if span.is_some() {
            secret::written_out(root)
        } else {
            Vec::new()
        };
        let mut written = Self {
            file: file.to_owned(),
            text: text.to_owned(),
            span,
            hidden,
            looked: source
                .as_deref()
                .map(|source| script::look(source, rules))
                .unwrap_or_default(),
            script: source,
            code,
        };
        let unmeant = written.unmeant_escape();
        written.looked.findings.extend(unmeant);
        let keys: Vec<Range<usize>> = written.looked.keys.iter().map(|key| written.place(key)).collect();
        written.hidden.extend(keys);
        written
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// A character that nobody writes, which the notation made of what the author wrote: `\b` of a regular expression is a
    /// backspace between the double quotes of TOML, YAML and JSON, and the expression finds nothing.
    fn unmeant_escape(&self) -> Option<script::Finding> {
        let span = self.span.as_ref()?;
        self.text[span.clone()].strip_prefix('"')?;
        let is_unmeant = |character: char| character.is_control() && !matches!(character, '\t' | '\n' | '\r');
        let mut characters = self.script.as_deref()?.char_indices();
        let (at, character) = characters.find(|(_, character)| is_unmeant(*character))?;
        Some(script::Finding {
            code: "unmeant-escape",
            range: at..at + character.len_utf8(),
            message: format!(
                "the code holds the control character U+{:04X}: between double quotes a backslash begins an escape",
                u32::from(character)
            ),
            help: "write the code between ''' in TOML, as a block behind | in YAML, or in a file of its own: there a \
                   backslash stands for itself"
                .to_owned(),
        })
    }

    /// What is questionable about the source, although it may run. Nothing for components.
    #[must_use]
    pub fn lints(&self) -> Vec<Diagnostic> {
        let source = self.source();
        let finding = |finding: &script::Finding| {
            let range = self.place(&finding.range);
            source
                .warning(finding.code, range, finding.message.clone())
                .help(finding.help.clone())
        };
        self.looked.findings.iter().map(finding).collect()
    }

    /// A finding about the code as a whole, or about a place in the source: its line and column, from 1.
    #[must_use]
    pub fn finding(
        &self,
        severity: Severity,
        code: &'static str,
        place: Option<(usize, usize)>,
        message: &str,
    ) -> Diagnostic {
        let range = match (&self.script, place, &self.span) {
            (Some(script), Some((line, column)), _) => {
                let at = offset(script, line, column);
                self.place(&(at..at + script[at..].chars().next().map_or(0, char::len_utf8)))
            }
            (_, _, Some(span)) => span.clone(),
            _ => 0..0,
        };
        // What reads a source may quote it.
        let mut message = message.to_owned();
        let script = self.script.as_deref().unwrap_or_default();
        for key in &self.looked.keys {
            if let Some(key) = script.get(key.clone()) {
                message = message.replace(key, "***");
            }
        }
        let source = self.source();
        match severity {
            Severity::Error => source.error(code, range, message),
            Severity::Warning => source.warning(code, range, message),
            Severity::Note => source.note(code, range, message),
        }
    }

    fn source(&self) -> Source<'_> {
        let mut source = Source::new(&self.file, &self.text);
        source.hide(self.hidden.clone());
        source
    }

    /// Where in the file the part of the code at `range` is written.
    fn place(&self, range: &Range<usize>) -> Range<usize> {
        let script = self.script.as_deref().unwrap_or_default();
        let Some(span) = &self.span else {
            let mark = script.len() - script.trim_start_matches('\u{feff}').len();
            return range.start.saturating_sub(mark)..range.end.saturating_sub(mark);
        };
        let of = |offset| position_in_text(&self.text, span, script, offset);
        let (mut start, end) = (of(range.start), of(range.end));
        if start == span.start && range.start > 0 {
            // It is written in a way that cannot be followed.
            return span.clone();
        }
        let end = if end < start { span.end } else { end };
        // The line break behind the quotes is no part of the text.
        let written = &self.text[start..];
        if range.start == 0 && !script.starts_with(['\r', '\n']) {
            start += written.len() - written.trim_start_matches(['\r', '\n']).len();
        }
        start..end.max(start)
    }
}

/// The byte at `line` and `column`, from 1, or the nearest one before it.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut lines = text.split_inclusive('\n');
    let start: usize = lines.by_ref().take(line.saturating_sub(1)).map(str::len).sum();
    let line = lines.next().unwrap_or_default().trim_end_matches(['\r', '\n']);
    let before = line.chars().take(column.saturating_sub(1));
    start + before.map(char::len_utf8).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::offset;

    #[test]
    fn lines_and_columns_count_characters() {
        for (line, column, expected) in [
            (1, 1, 0),
            (1, 2, 2),
            (1, 99, 3),
            (2, 2, 5),
            (2, 9, 7),
            (3, 1, 7),
            (0, 0, 0),
        ] {
            assert_eq!(offset("äb\nxyz", line, column), expected, "{line}:{column}");
        }
    }
}
