//! Finding placeholders in a template's text, and checking what an expression names.

use super::error::TemplateError;
use super::filters;

/// A stretch of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Text to keep.
    Literal(&'a str),
    /// What stands between `{{` and `}}`.
    Placeholder {
        /// Byte offset of `{{` in the template.
        start: usize,
        /// Byte offset of the first byte of `inside`.
        offset: usize,
        /// The trimmed expression.
        inside: &'a str,
    },
}

/// Splits a template into literal text and placeholders.
pub(super) fn split(source: &str) -> Result<Vec<Part<'_>>, TemplateError> {
    let mut parts = Vec::new();
    let mut rest = 0;
    while let Some(found) = source[rest..].find("{{") {
        let start = rest + found;
        push_literal(&mut parts, source, rest, start)?;
        let end = placeholder_end(source, start).ok_or_else(|| {
            TemplateError::at(
                start,
                "this `{{` is never closed by `}}` (quotes and braces inside must pair up)",
            )
        })?;
        let inside = &source[start + 2..end - 2];
        let trimmed = inside.trim_start();
        let offset = start + 2 + (inside.len() - trimmed.len());
        let inside = trimmed.trim_end();
        if inside.is_empty() {
            return Err(TemplateError::at(
                start,
                "empty placeholder: write an argument's name between the braces",
            ));
        }
        parts.push(Part::Placeholder { start, offset, inside });
        rest = end;
    }
    push_literal(&mut parts, source, rest, source.len())?;
    Ok(parts)
}

fn push_literal<'a>(parts: &mut Vec<Part<'a>>, source: &'a str, start: usize, end: usize) -> Result<(), TemplateError> {
    let literal = &source[start..end];
    // An author who writes a statement would otherwise see it sent to the API as text.
    if let Some(found) = literal.find("{%") {
        return Err(TemplateError::at(
            start + found,
            "statements do not exist here: use `{{ a if condition else b }}`, or `{{ '{%' }}` for the characters",
        ));
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(())
}

/// The offset just past the `}}` that closes the placeholder which opens at `start`.
pub(super) fn placeholder_end(source: &str, start: usize) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut position = start + 2;
    let mut depth = 0_usize;
    while position < bytes.len() {
        match bytes[position] {
            quote @ (b'"' | b'\'') => position = string_end(bytes, position, quote)?,
            b'{' => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'}' if bytes.get(position + 1) == Some(&b'}') => return Some(position + 2),
            _ => {}
        }
        position += 1;
    }
    None
}

/// The offset of the quote that ends the string which begins at `start`.
fn string_end(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut position = start + 1;
    while position < bytes.len() {
        match bytes[position] {
            b'\\' => position += 1,
            byte if byte == quote => return Some(position),
            _ => {}
        }
        position += 1;
    }
    None
}

/// Words that the expression language keeps for itself: never arguments within an expression.
const OPERATORS: [&str; 8] = ["and", "or", "not", "in", "is", "if", "else", "recursive"];

/// Values that the expression language writes as words.
const CONSTANTS: [&str; 6] = ["true", "false", "none", "True", "False", "None"];

/// Whether `inside` is nothing but an argument's name. An operator cannot stand alone, so arguments may bear its name.
pub(super) fn is_name(inside: &str) -> bool {
    let mut bytes = inside.bytes();
    bytes.next().is_some_and(is_word_start) && bytes.all(is_word) && !CONSTANTS.contains(&inside)
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Most operators and brackets in one expression.
const MOST_OPERATORS: usize = 100;

/// Refuses expressions whose syntax tree could be deep: the expression engine recurses along it, and only some of its
/// recursion is limited.
pub(super) fn check_depth(expression: &str) -> Result<(), TemplateError> {
    let bytes = expression.as_bytes();
    let mut operators = 0;
    let mut position = 0;
    while position < bytes.len() {
        match bytes[position] {
            quote @ (b'"' | b'\'') => position = string_end(bytes, position, quote).unwrap_or(bytes.len()),
            byte if is_word(byte) => {
                let end = position + bytes[position..].iter().take_while(|byte| is_word(**byte)).count();
                operators += usize::from(OPERATORS.contains(&&expression[position..end]));
                position = end - 1;
            }
            // These part branches of the tree, and make it wider.
            b',' | b':' | b')' | b']' | b'}' => {}
            byte => operators += usize::from(byte.is_ascii_punctuation()),
        }
        if operators > MOST_OPERATORS {
            let message = format!("the expression has more than {MOST_OPERATORS} operators: make it simpler");
            return Err(TemplateError::at(position, message));
        }
        position += 1;
    }
    Ok(())
}

/// What came before a word decides what the word is.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Pipe,
    Is,
    Dot,
    Other,
}

/// Refuses unknown filters and tests, and calls, where the author can still be told: the expression engine itself
/// would notice them only when the expression runs. `expression` is syntactically valid.
pub(super) fn check_names(expression: &str) -> Result<(), TemplateError> {
    let bytes = expression.as_bytes();
    let mut before = Before::Other;
    let mut position = 0;
    while position < bytes.len() {
        match bytes[position] {
            quote @ (b'"' | b'\'') => {
                position = string_end(bytes, position, quote).unwrap_or(bytes.len());
                before = Before::Other;
            }
            byte if is_word_start(byte) => {
                let end = position + bytes[position..].iter().take_while(|byte| is_word(**byte)).count();
                before = check_word(&expression[position..end], before, position, &expression[end..])?;
                position = end - 1;
            }
            // The digits of a number are not the beginning of a word, nor is what follows them.
            byte if byte.is_ascii_digit() => {
                position += bytes[position..].iter().take_while(|byte| is_word(**byte)).count() - 1;
                before = Before::Other;
            }
            b'|' => before = Before::Pipe,
            b'.' => before = Before::Dot,
            byte if byte.is_ascii_whitespace() => {}
            _ => before = Before::Other,
        }
        position += 1;
    }
    Ok(())
}

fn check_word(word: &str, before: Before, offset: usize, after: &str) -> Result<Before, TemplateError> {
    let unknown = |kind: &str, known: &[&str]| {
        let message = format!("there is no {kind} `{word}`; there are {}", known.join(", "));
        Err(TemplateError::at(offset, message))
    };
    match before {
        Before::Pipe => match filters::filter_names() {
            known if known.contains(&word) => Ok(Before::Other),
            known => unknown("filter", &known),
        },
        Before::Is if word == "not" => Ok(Before::Is),
        Before::Is if !filters::TESTS.contains(&word) => unknown("test", &filters::TESTS),
        Before::Is => Ok(Before::Other),
        Before::Other if word == "is" => Ok(Before::Is),
        Before::Dot | Before::Other if OPERATORS.contains(&word) || !after.trim_start().starts_with('(') => {
            Ok(Before::Other)
        }
        Before::Dot | Before::Other => Err(TemplateError::at(
            offset,
            format!("`{word}(…)` is a call, and templates have none: use a filter, as in `name | upper`"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_text_and_placeholders() {
        let placeholder = |start, offset, inside| Part::Placeholder { start, offset, inside };
        let table = [
            ("", vec![]),
            ("plain } }} { text", vec![Part::Literal("plain } }} { text")]),
            ("{{x}}", vec![placeholder(0, 2, "x")]),
            (
                "a {{ x }}{{y}} b",
                vec![
                    Part::Literal("a "),
                    placeholder(2, 5, "x"),
                    placeholder(9, 11, "y"),
                    Part::Literal(" b"),
                ],
            ),
            ("{{ '}}' }}", vec![placeholder(0, 3, "'}}'")]),
            ("{{ '{{' }}x", vec![placeholder(0, 3, "'{{'"), Part::Literal("x")]),
            (r#"{{ "\"}}" }}"#, vec![placeholder(0, 3, r#""\"}}""#)]),
            ("{{ {'a': {}} }}", vec![placeholder(0, 3, "{'a': {}}")]),
            ("{{x}}}", vec![placeholder(0, 2, "x"), Part::Literal("}")]),
            ("é{{ü}}", vec![Part::Literal("é"), placeholder(2, 4, "ü")]),
        ];
        for (source, expected) in table {
            assert_eq!(split(source), Ok(expected), "{source}");
        }
    }

    #[test]
    fn refuses_broken_placeholders() {
        let table = [
            ("a {{x", 2, "never closed"),
            ("{{ it's }}", 0, "never closed"),
            ("{{ {x }}", 0, "never closed"),
            ("ab{{ }}", 2, "empty placeholder"),
            ("{% if x %}y{% endif %}", 0, "statements do not exist"),
            ("{{x}} {%- y", 6, "statements do not exist"),
        ];
        for (source, offset, message) in table {
            let error = split(source).expect_err(source);
            assert!(error.message.contains(message), "{source}: {}", error.message);
            assert_eq!(error.offset, offset, "{source}");
        }
    }

    #[test]
    fn every_listed_test_exists() {
        for test in filters::TESTS {
            let program = filters::ENVIRONMENT
                .compile_expression_owned(format!("x is {test}"))
                .expect(test);
            let unknown = program
                .eval(())
                .is_err_and(|error| error.kind() == minijinja::ErrorKind::UnknownTest);
            assert!(!unknown, "{test}");
        }
    }
}
