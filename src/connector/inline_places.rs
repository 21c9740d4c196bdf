//! Places in code that is written where its action is: errors name the line of the code, and its author counts those of the
//! file.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::model::{Code, LineStart};
use crate::document::lines_in_text;

/// Where each line of `code` begins, which is written at `span` in the file `text`.
pub(super) fn line_starts(text: &str, span: &Range<usize>, code: &str) -> Arc<[LineStart]> {
    let (mut line, mut counted) = (1, 0);
    let starts = lines_in_text(text, span, code).into_iter();
    starts
        .map(|start| {
            line += text[counted..start].matches('\n').count();
            counted = start;
            let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
            LineStart {
                line,
                column: 1 + text[line_start..start].chars().count(),
            }
        })
        .collect()
}

impl Code {
    /// `text`, in which the engine names places of this code, with the places of the file that it is written in:
    /// `connector.toml:15:11` for `connector.toml#report:2:3`.
    #[must_use]
    pub fn with_places<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.lines.is_empty() || !text.contains(self.name.as_str()) {
            return Cow::Borrowed(text);
        }
        let mut told = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(self.name.as_str()) {
            told.push_str(before);
            rest = after;
            match self.place(after) {
                Some((place, behind)) => {
                    told.push_str(&place);
                    rest = behind;
                }
                None => told.push_str(&self.name),
            }
        }
        told.push_str(rest);
        Cow::Owned(told)
    }

    /// The place in the file that `:LINE:COLUMN` at the beginning of `text` is, and what is behind it.
    fn place<'t>(&self, text: &'t str) -> Option<(String, &'t str)> {
        let (line, text) = number(text)?;
        let (column, behind) = number(text)?;
        let start = self.lines.get(line.checked_sub(1)?)?;
        let (file, _) = self.name.rsplit_once('#')?;
        // The code may have written any number.
        let column = start.column.saturating_add(column.saturating_sub(1));
        Some((format!("{file}:{}:{column}", start.line), behind))
    }
}

/// The number behind a colon at the beginning of `text`, and what is behind it.
fn number(text: &str) -> Option<(usize, &str)> {
    let text = text.strip_prefix(':')?;
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::model::Language;

    fn inline(text: &str, written: &str, code: &str) -> Code {
        let start = text.find(written).unwrap();
        Code {
            language: Language::JavaScript,
            name: "connector.toml#report".to_owned(),
            bytes: code.as_bytes().into(),
            lines: line_starts(text, &(start..start + written.len()), code),
        }
    }

    #[test]
    fn places_are_those_of_the_file() {
        let code = "const a = 1;\n\nif (a) {\n  f(a);\n}\n";
        // How the file writes the code, and where its fourth line has the name `f`.
        for (written, line, column) in [
            (format!("'''\n{code}'''"), 6, 3),
            (format!("'''{code}'''"), 5, 3),
            (format!("\"\"\"\r\n{code}\"\"\""), 6, 3),
            (
                "|\n    const a = 1;\n\n    if (a) {\n      f(a);\n    }\n".to_owned(),
                6,
                7,
            ),
            ("\"const a = 1;\\n\\nif (a) {\\n  f(a);\\n}\\n\"".to_owned(), 2, 36),
        ] {
            let text = format!("x: 1\ncode: {written}");
            let code = inline(&text, &written, code);
            let told = "no (at connector.toml#report:4:3), connector.toml#report:9:1; connector.toml#report";
            let expected =
                format!("no (at connector.toml:{line}:{column}), connector.toml#report:9:1; connector.toml#report");
            assert_eq!(code.with_places(told), expected, "{written}");
        }
    }

    #[test]
    fn what_names_no_place_stays() {
        let code = inline("code: 'a'", "'a'", "a");
        assert!(matches!(code.with_places("no place"), Cow::Borrowed("no place")));
        let lines = Arc::default();
        let code = Code { lines, ..code };
        assert!(matches!(
            code.with_places("connector.toml#report:1:1"),
            Cow::Borrowed(_)
        ));
    }
}
