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
        if inside.starts_with('-') || inside.ends_with('-') {
            return Err(TemplateError::at(
                start,
                "white space stays as it is written: write `{{` without `-`, or `{{ -n }}` for the negative of a number",
            ));
        }
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

/// A bracket that is open.
struct Open {
    at: usize,
    /// Where the operand begins that it follows, as in `x[0]`.
    of: Option<usize>,
    /// Whether a colon parts what is in it.
    is_parted: bool,
}

/// `expression` with [`filters::GIVEN`] on whatever it takes a slice of, because to the expression engine a slice of what
/// was not given is an empty list; and what it takes slices of, because the engine does not look for names in there. What
/// is no expression may come out as anything that is none.
pub(super) fn guarded_slices(expression: &str) -> (String, Vec<&str>) {
    let bytes = expression.as_bytes();
    let mut additions: Vec<(usize, &str)> = Vec::new();
    let mut sliced = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    // Where the operand begins that what comes next may belong to.
    let mut operand = None;
    let mut before = Before::Other;
    let mut position = 0;
    while let Some(&byte) = bytes.get(position) {
        let start = position;
        position += 1;
        match byte {
            b'"' | b'\'' => {
                position = string_end(bytes, start, byte).map_or(bytes.len(), |end| end + 1);
                operand = Some(start);
            }
            byte if is_word(byte) => {
                position += bytes[position..].iter().take_while(|byte| is_word(**byte)).count();
                operand = match before {
                    Before::Dot => operand,
                    Before::Other if !OPERATORS.contains(&&expression[start..position]) => Some(start),
                    Before::Other | Before::Pipe | Before::Is => None,
                };
            }
            b'(' | b'[' | b'{' => {
                open.push(Open {
                    at: start,
                    of: operand.take(),
                    is_parted: false,
                });
            }
            b')' | b']' | b'}' => {
                let Some(closed) = open.pop() else { break };
                if let (Some(of), true, b']') = (closed.of, closed.is_parted, byte) {
                    additions.push((of, "("));
                    additions.push((closed.at, "|given)"));
                    sliced.push(&expression[of..closed.at]);
                }
                operand = closed.of.or(Some(closed.at));
            }
            byte if byte.is_ascii_whitespace() => continue,
            b'.' => {}
            byte => {
                if let (b':', Some(open)) = (byte, open.last_mut()) {
                    open.is_parted = true;
                }
                operand = None;
            }
        }
        before = match byte {
            b'|' => Before::Pipe,
            b'.' => Before::Dot,
            _ => Before::Other,
        };
    }
    additions.sort_by_key(|(at, _)| *at);
    let mut guarded = String::with_capacity(expression.len() + additions.len() * 4);
    let mut kept = 0;
    for (at, addition) in additions {
        guarded.push_str(&expression[kept..at]);
        guarded.push_str(addition);
        kept = at;
    }
    guarded.push_str(&expression[kept..]);
    (guarded, sliced)
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
                let (word, after) = (&expression[position..end], &expression[end..]);
                if before == Before::Pipe && word == "map" {
                    check_mapped(after, end)?;
                }
                before = check_word(word, before, position, after)?;
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

/// Refuses an unknown filter that `map` is told to use: `map('upper')`. `after` follows the word and begins at `offset`.
fn check_mapped(after: &str, offset: usize) -> Result<(), TemplateError> {
    let inside = after.trim_start().strip_prefix('(').map(str::trim_start);
    let Some(inside) = inside.filter(|inside| inside.starts_with(['"', '\''])) else {
        return Ok(());
    };
    let bytes = inside.as_bytes();
    let end = string_end(bytes, 0, bytes[0]).unwrap_or(bytes.len());
    let name = inside.get(1..end).unwrap_or_default();
    let known = filters::filter_names();
    if known.contains(&name) {
        return Ok(());
    }
    let message = format!("there is no filter `{name}`; there are {}", known.join(", "));
    Err(TemplateError::at(offset + (after.len() - inside.len()), message))
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
            ("a {{- x }}", 2, "white space"),
            ("a {{ x -}}", 2, "white space"),
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
