//! From a place in a text to the place in the file where that part of it is written.

use std::ops::Range;

/// The byte offset in `source` of the byte at `offset` of `decoded`, the text that is written at `span`.
///
/// Escapes, block indentation, folding and line continuations make the two differ. Both are read side by side; where
/// they cannot be brought together the text's beginning is the answer, which is never wrong by more than the text.
pub fn position_in_text(source: &str, span: &Range<usize>, decoded: &str, offset: usize) -> usize {
    let Some(written) = source.get(span.clone()) else {
        return span.start;
    };
    let target = decoded.get(..offset).unwrap_or(decoded);
    align(written, opening(written), target).map_or(span.start, |at| span.start + at)
}

/// The byte offsets in `source` at which the lines of `decoded` begin, the text that is written at `span`; as many as can
/// be followed.
///
/// Where a line stands behind the indentation of a block, it begins behind that.
pub fn lines_in_text(source: &str, span: &Range<usize>, decoded: &str) -> Vec<usize> {
    let Some(written) = source.get(span.clone()) else {
        return Vec::new();
    };
    let mut at = opening(written);
    if !decoded.starts_with(['\r', '\n']) {
        // The line break behind the quotes is no part of the text.
        at += written[at..].len() - written[at..].trim_start_matches(['\r', '\n']).len();
    }
    let blanks = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
    let mut starts = Vec::new();
    for line in decoded.split_inclusive('\n') {
        let indentation = blanks(&written[at..]).saturating_sub(blanks(line));
        starts.push(span.start + at + indentation);
        let Some(next) = follow(written, at, line) else { break };
        at = next;
    }
    starts
}

/// How many bytes at the beginning of a written text are notation: its quotes or its block header.
fn opening(written: &str) -> usize {
    for quotes in ["\"\"\"", "'''", "\"", "'"] {
        if written.starts_with(quotes) {
            return quotes.len();
        }
    }
    if written.starts_with(['|', '>']) {
        return written.find('\n').map_or(written.len(), |at| at + 1);
    }
    0
}

/// Where in `written`, from `start` on, the text behind `target` begins.
fn align(written: &str, start: usize, target: &str) -> Option<usize> {
    let escapes = written.starts_with('"');
    let at = follow(written, start, target)?;
    // What is looked for may begin behind a joined line or behind indentation.
    let rest = &written[at..];
    let skipped = if escapes && rest.starts_with('\\') && rest[1..].starts_with([' ', '\t', '\r', '\n']) {
        rest.len() - rest[1..].trim_start().len()
    } else if written[..at].ends_with('\n') && target.ends_with('\n') {
        rest.len() - rest.trim_start_matches([' ', '\t']).len()
    } else {
        0
    };
    Some(at + skipped)
}

/// Where in `written`, from `start` on, `target` ends.
fn follow(written: &str, start: usize, target: &str) -> Option<usize> {
    let escapes = written.starts_with('"');
    let mut at = start;
    let mut expected = target.chars().peekable();
    while let Some(&wanted) = expected.peek() {
        let rest = &written[at..];
        let found = rest.chars().next()?;
        if escapes && found == '\\' {
            let length = escape_length(rest);
            at += length;
            // A backslash in front of a line break only joins lines.
            if !rest[1..].starts_with([' ', '\t', '\r', '\n']) {
                expected.next();
            }
        } else if found == wanted {
            at += found.len_utf8();
            // YAML writes a quote inside of single quotes twice.
            if found == '\'' && written.starts_with('\'') && written[at..].starts_with('\'') {
                at += 1;
            }
            expected.next();
        } else if found == '\n' && wanted == ' ' {
            at += 1;
            expected.next();
        } else if found.is_whitespace() {
            at += found.len_utf8();
        } else {
            return None;
        }
    }
    Some(at)
}

/// How many bytes the escape at the beginning of `text` takes.
fn escape_length(text: &str) -> usize {
    let Some(kind) = text[1..].chars().next() else { return 1 };
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let end = 1 + kind.len_utf8() + digits;
    if text.is_char_boundary(end.min(text.len())) {
        end.min(text.len())
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::position_in_text;

    #[test]
    fn follows_every_notation() {
        // Written text, its decoded form, and what to look for in both.
        for (written, decoded, part) in [
            (r#""a {{x}}""#, "a {{x}}", "{{x"),
            (r#""a\n\"\u00e4 {{x}}""#, "a\n\"ä {{x}}", "{{x"),
            ("'a {{x}}'", "a {{x}}", "{{x"),
            ("'it''s {{x}}'", "it's {{x}}", "{{x"),
            ("\"\"\"\nfirst\r\n  {{x}}\"\"\"", "first\r\n  {{x}}", "{{x"),
            ("\"\"\"\\\n    a \\\n    {{x}}\"\"\"", "a {{x}}", "{{x"),
            ("'''\nfirst\n{{x}}'''", "first\n{{x}}", "{{x"),
            ("|-\n    first\n    {{x}}", "first\n{{x}}", "{{x"),
            (">\n  first\n  second {{x}}", "first second {{x}}\n", "{{x"),
            ("plain {{x}}", "plain {{x}}", "{{x"),
            ("plain\n  folded {{x}}", "plain folded {{x}}", "{{x"),
        ] {
            let source = format!("key: {written} # end");
            let span = 5..5 + written.len();
            let found = position_in_text(&source, &span, decoded, decoded.find(part).unwrap());
            assert_eq!(found, source.find(part).unwrap(), "{written}");
        }
    }

    #[test]
    fn falls_back_to_the_beginning() {
        assert_eq!(position_in_text("key: abc", &(5..8), "xyz", 2), 5);
        assert_eq!(position_in_text("key", &(5..8), "xyz", 2), 5);
    }

    proptest::proptest! {
        #[test]
        fn stays_within_the_text(written in r#"[|>"'\\ux01 \n{}é-]{0,20}"#, decoded in "[ux01 \n{}é-]{0,20}", offset in 0usize..24) {
            let found = position_in_text(&written, &(0..written.len()), &decoded, offset);
            proptest::prop_assert!(written.is_char_boundary(found));
        }
    }
}
