//! Templates of URL paths.

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::{percent_decode, utf8_percent_encode};
use serde_json::{Map, Value};

use super::error::{RenderError, TemplateError};
use super::expression::{Expression, text};
use super::filters::ENCODED;
use super::scan::{self, Part};
use super::style::Style;

/// Longest path and query of a URL in bytes. The HTTP library takes no URL of 64 KiB, and a credential may yet be added.
pub const LONGEST_URL: usize = 60_000;

/// A URL path with `{name}` and `{{ expression }}` placeholders (ruling C-02).
#[derive(Debug)]
pub struct PathTemplate {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    /// Valid path characters, slashes included.
    Literal(String),
    Expression(Expression),
    /// An argument in a style of its own.
    Styled {
        expression: Expression,
        name: String,
        style: Style,
    },
}

impl Piece {
    fn expression(&self) -> Option<&Expression> {
        match self {
            Self::Literal(_) => None,
            Self::Expression(expression) | Self::Styled { expression, .. } => Some(expression),
        }
    }
}

impl PathTemplate {
    /// Compiles `source`, which starts with `/`.
    ///
    /// # Errors
    /// [`TemplateError`] with the byte offset in `source`.
    pub fn compile(source: &str) -> Result<Self, TemplateError> {
        if !source.starts_with('/') {
            return Err(TemplateError::at(0, "a path starts with `/`"));
        }
        let mut pieces = Vec::new();
        let mut position = 0;
        for part in scan::split(source)? {
            match part {
                Part::Literal(literal) => {
                    compile_literal(literal, position, &mut pieces)?;
                    position += literal.len();
                }
                Part::Placeholder { start, offset, inside } => {
                    pieces.push(Piece::Expression(Expression::compile(inside, offset)?));
                    position = scan::placeholder_end(source, start).unwrap_or(source.len());
                }
            }
        }
        let template = Self { pieces };
        template.refuse_fixed_dot_segments(source)?;
        Ok(template)
    }

    /// Writes the argument `argument`, which the API calls `name`, in a style of its own wherever it stands alone.
    pub fn write(&mut self, argument: &str, name: &str, style: Style) {
        for piece in &mut self.pieces {
            let expression = match piece {
                Piece::Expression(Expression::Argument(own)) if own == argument => Expression::Argument(own.clone()),
                _ => continue,
            };
            *piece = Piece::Styled {
                expression,
                name: name.to_owned(),
                style,
            };
        }
    }

    /// Names of the arguments that the path reads.
    pub fn arguments(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for expression in self.pieces.iter().filter_map(Piece::expression) {
            expression.collect_arguments(&mut names);
        }
        names
    }

    /// The path with every substituted value percent-encoded: no value can add a segment or climb out of one.
    ///
    /// # Errors
    /// [`RenderError`] for a missing or empty value, an object or array, or a segment that would be `.` or `..`, or that
    /// some servers would take for one.
    pub fn render(&self, arguments: &Map<String, Value>) -> Result<String, RenderError> {
        let mut path = String::new();
        let mut segment_start = 0;
        let mut last = None;
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => {
                    path.push_str(literal);
                    if let Some(slash) = literal.find('/') {
                        let slash = path.len() - literal.len() + slash;
                        refuse_dot_segment(&path[segment_start..slash], last)?;
                        segment_start = path.rfind('/').map_or(0, |slash| slash + 1);
                        last = None;
                    }
                }
                Piece::Expression(expression) => {
                    append(&mut path, expression, arguments)?;
                    last = Some(expression);
                }
                Piece::Styled {
                    expression,
                    name,
                    style,
                } => {
                    append_styled(&mut path, expression, name, *style, arguments)?;
                    last = Some(expression);
                }
            }
        }
        refuse_dot_segment(&path[segment_start..], last)?;
        Ok(path)
    }

    /// Refuses segments that are `.` or `..` whatever the arguments are.
    fn refuse_fixed_dot_segments(&self, source: &str) -> Result<(), TemplateError> {
        let mut shape = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => shape.push_str(literal),
                // Stands for any value: no segment that holds it is fixed.
                Piece::Expression(_) | Piece::Styled { .. } => shape.push('x'),
            }
        }
        match shape.split('/').find(|segment| leads_out(segment)) {
            None => Ok(()),
            Some(segment) => Err(TemplateError::at(
                source.find(&format!("/{segment}")).map_or(0, |slash| slash + 1),
                "`.` and `..` cannot be segments of a path: write the path that is meant",
            )),
        }
    }
}

/// Reads literal text and the `{name}` placeholders in it.
fn compile_literal(literal: &str, start: usize, pieces: &mut Vec<Piece>) -> Result<(), TemplateError> {
    let mut rest = 0;
    while let Some(found) = literal[rest..].find('{') {
        let open = rest + found;
        let close = literal[open..].find('}').map(|length| open + length);
        let name = close.map(|close| literal[open + 1..close].trim());
        let (Some(close), Some(name)) = (close, name) else {
            return Err(TemplateError::at(start + open, "this `{` is never closed by `}`"));
        };
        if name.is_empty() || name.contains(['{', '/']) {
            return Err(TemplateError::at(
                start + open,
                "write an argument's name between the braces",
            ));
        }
        push_literal(&literal[rest..open], start + rest, pieces)?;
        pieces.push(Piece::Expression(Expression::Argument(name.to_owned())));
        rest = close + 1;
    }
    push_literal(&literal[rest..], start + rest, pieces)
}

fn push_literal(literal: &str, start: usize, pieces: &mut Vec<Piece>) -> Result<(), TemplateError> {
    for (offset, character) in literal.char_indices() {
        let problem = match character {
            '?' => "`?` begins the query, which has its own place: list the parameters under `query`".to_owned(),
            '#' => {
                "`#` begins a fragment, which is never sent: leave it out, or write `%23` for the character".to_owned()
            }
            '}' => "this `}` closes nothing".to_owned(),
            '%' if !is_escape(&literal[offset..]) => {
                "`%` is not followed by two hexadecimal digits: write `%25`".to_owned()
            }
            // RFC 3986, section 3.3: pchar, and the slash between segments.
            '/' | '%' | '-' | '.' | '_' | '~' | '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '='
            | ':' | '@' => continue,
            _ if character.is_ascii_alphanumeric() => continue,
            _ => {
                let mut buffer = [0; 4];
                let encoded = utf8_percent_encode(character.encode_utf8(&mut buffer), ENCODED).to_string();
                format!(
                    "`{}` cannot stand in a URL path: write `{encoded}`",
                    character.escape_debug()
                )
            }
        };
        return Err(TemplateError::at(start + offset, problem));
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal.to_owned()));
    }
    Ok(())
}

fn is_escape(text: &str) -> bool {
    text.as_bytes()
        .get(1..3)
        .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// What an argument is that no URL has room for.
const TOO_LONG: &str = "is longer than a URL can be";

fn append(path: &mut String, expression: &Expression, arguments: &Map<String, Value>) -> Result<(), RenderError> {
    let refuse = |reason: &str| RenderError {
        pointer: expression.pointer(),
        message: format!("`{}` {reason}: it is part of the URL path", expression.source()),
    };
    let value = expression.evaluate(arguments)?.unwrap_or(Cow::Owned(Value::Null));
    match value.as_ref() {
        Value::Null => return Err(refuse("must be given")),
        Value::Array(_) => return Err(refuse("must be a single value, not an array")),
        Value::Object(_) => return Err(refuse("must be a single value, not an object")),
        value => match text(value).as_deref() {
            None | Some("") => return Err(refuse("must not be empty")),
            // Before it is encoded and looked through for steps, which takes seconds for megabytes.
            Some(text) if text.len() > LONGEST_URL => return Err(refuse(TOO_LONG)),
            Some(text) => path.extend(utf8_percent_encode(text, ENCODED)),
        },
    }
    Ok(())
}

fn append_styled(
    path: &mut String,
    expression: &Expression,
    name: &str,
    style: Style,
    arguments: &Map<String, Value>,
) -> Result<(), RenderError> {
    let refuse = |reason: &str| RenderError {
        pointer: expression.pointer(),
        message: format!("`{}` {reason}: it is part of the URL path", expression.source()),
    };
    let value = expression.evaluate(arguments)?.unwrap_or(Cow::Owned(Value::Null));
    if value.is_null() {
        return Err(refuse("must be given"));
    }
    let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    match style.text(name, &value, &encode) {
        Some(text) if text.len() > LONGEST_URL => return Err(refuse(TOO_LONG)),
        Some(text) => path.push_str(&text),
        None => return Err(refuse("must not be empty")),
    }
    Ok(())
}

fn refuse_dot_segment(segment: &str, last: Option<&Expression>) -> Result<(), RenderError> {
    if !leads_out(segment) {
        return Ok(());
    }
    let name = last.map_or("a value", Expression::source);
    Err(RenderError {
        pointer: last.and_then(Expression::pointer),
        message: format!("`{name}` must not make a path segment that is `.` or `..`, nor hold such a step"),
    })
}

/// The rules of addresses refuse such paths as well, but cannot say which argument made them.
fn leads_out(segment: &str) -> bool {
    is_dot_segment(segment) || climbs(segment)
}

/// Layers of percent-encoding that are taken off a path in search of `..`. What still changes then is taken for one.
const LAYERS: usize = 4;

/// Whether a server that decodes the path before it looks at the segments would be led out of one: whoever parses a URL
/// resolves `..` and `%2e%2e`, but not `..%2f`, `..%5c` or `..;`, nor what is encoded twice.
#[must_use]
pub fn climbs(path: &str) -> bool {
    if !path.contains("..") && !path.contains('%') {
        return false;
    }
    let mut decoded = path.as_bytes().to_vec();
    for _ in 0..LAYERS {
        if has_climbing_segment(&decoded) {
            return true;
        }
        let next: Vec<u8> = percent_decode(&decoded).collect();
        if next == decoded {
            return false;
        }
        decoded = next;
    }
    // Nobody encodes an argument that often for any other reason.
    true
}

fn has_climbing_segment(path: &[u8]) -> bool {
    path.split(|byte| matches!(byte, b'/' | b'\\')).any(|segment| {
        // What stands behind these is a parameter, or is cut off by some servers.
        let name = segment
            .split(|byte| matches!(byte, b';' | b'?' | b'#' | 0))
            .next()
            .unwrap_or_default();
        name.trim_ascii() == b".."
    })
}

/// Whether URL software takes the segment for "here" or "one up": encoded dots count (WHATWG URL, section 4.4).
fn is_dot_segment(segment: &str) -> bool {
    let mut rest = segment;
    let mut dots = 0;
    while !rest.is_empty() {
        rest = match rest.strip_prefix('.') {
            Some(after) => after,
            None if rest.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%2e")) => &rest[3..],
            None => return false,
        };
        dots += 1;
    }
    dots == 1 || dots == 2
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use serde_json::json;
    use url::Url;

    use super::*;

    fn render(template: &str, arguments: &Value) -> Result<String, RenderError> {
        let template = PathTemplate::compile(template).unwrap_or_else(|error| panic!("{template}: {error}"));
        template.render(arguments.as_object().expect("an object"))
    }

    #[test]
    fn fills_in_values() {
        let table = [
            ("/", json!({}), "/"),
            ("/a//b/", json!({}), "/a//b/"),
            (
                "/customers/{id}/tickets",
                json!({"id": "cust_1"}),
                "/customers/cust_1/tickets",
            ),
            ("/customers/{{id}}/tickets", json!({"id": 7}), "/customers/7/tickets"),
            ("/c/{ X-Id }", json!({"X-Id": true}), "/c/true"),
            ("/{a}{{b}}-{a}.json", json!({"a": "x", "b": "y"}), "/xy-x.json"),
            ("/{{ a | lower }}/x", json!({"a": "ÄB"}), "/%C3%A4b/x"),
            (
                "/u('{id}');v=1/$count%2F@:,",
                json!({"id": "o'x"}),
                "/u('o%27x');v=1/$count%2F@:,",
            ),
            ("/{x}", json!({"x": "a/b"}), "/a%2Fb"),
            ("/{x}", json!({"x": "a/..b/c..;"}), "/a%2F..b%2Fc..%3B"),
            (
                "/{x}",
                json!({"x": "a b+c?d#e&f=g%2f\\"}),
                "/a%20b%2Bc%3Fd%23e%26f%3Dg%252f%5C",
            ),
            ("/{x}", json!({"x": "\r\n\u{0}{{7*7}}"}), "/%0D%0A%00%7B%7B7%2A7%7D%7D"),
            ("/{x}", json!({"x": "..."}), "/..."),
            ("/{x}", json!({"x": ".hidden-_~"}), "/.hidden-_~"),
            ("/v{x}", json!({"x": "."}), "/v."),
            ("/{x}", json!({"x": "%2e"}), "/%252e"),
            ("/{x}", json!({"x": "..a.. "}), "/..a..%20"),
            ("/{x}", json!({"x": 1.5}), "/1.5"),
            ("/{{ x | default('all') }}", json!({}), "/all"),
        ];
        for (template, arguments, expected) in table {
            assert_eq!(
                render(template, &arguments).as_deref(),
                Ok(expected),
                "{template} {arguments}"
            );
        }
    }

    #[test]
    fn refuses_values_that_cannot_be_segments() {
        let table = [
            ("/a/{x}", json!({}), "must be given"),
            ("/a/{x}", json!({"x": null}), "must be given"),
            ("/a/{x}", json!({"x": ""}), "must not be empty"),
            ("/a/{x}b", json!({"x": ""}), "must not be empty"),
            ("/a/{x}", json!({"x": []}), "not an array"),
            ("/a/{x}", json!({"x": {}}), "not an object"),
            ("/a/{x}", json!({"x": "."}), "`.` or `..`"),
            ("/a/{x}/b", json!({"x": ".."}), "`.` or `..`"),
            ("/a/.{x}/b", json!({"x": "."}), "`.` or `..`"),
            ("/a/%2E{{x}}", json!({"x": "."}), "`.` or `..`"),
            ("/{x}{x}", json!({"x": "."}), "`.` or `..`"),
            ("/{{ x }}/b", json!({"x": ".."}), "`.` or `..`"),
            ("/{x}", json!({"x": "../../admin"}), "`.` or `..`"),
            ("/{x}", json!({"x": "a/../b"}), "`.` or `..`"),
            ("/a{x}/b", json!({"x": "/.."}), "`.` or `..`"),
            ("/{x}", json!({"x": "..\\"}), "`.` or `..`"),
            ("/{x}", json!({"x": "..;"}), "`.` or `..`"),
            ("/{x}", json!({"x": "..;a=b"}), "`.` or `..`"),
            ("/{x}", json!({"x": "%2e%2e"}), "`.` or `..`"),
            ("/{x}", json!({"x": "%252E%252E%252f"}), "`.` or `..`"),
            ("/{x}", json!({"x": "..\u{0}"}), "`.` or `..`"),
            ("/{x}", json!({"x": "..%00"}), "`.` or `..`"),
            ("/{x}", json!({"x": ".. "}), "`.` or `..`"),
            ("/{x}", json!({"x": "..#a"}), "`.` or `..`"),
        ];
        for (template, arguments, expected) in table {
            let error = render(template, &arguments).expect_err(template);
            assert!(error.message.contains(expected), "{template}: {}", error.message);
            assert_eq!(error.pointer.as_deref(), Some("/x"), "{template}");
        }
    }

    #[test]
    fn refuses_values_that_no_url_has_room_for() {
        for value in [json!("%".repeat(LONGEST_URL + 1)), json!("../".repeat(LONGEST_URL))] {
            let error = render("/a/{x}", &json!({"x": value})).expect_err("a long path");
            assert_eq!(
                (error.pointer.as_deref(), error.message.as_str()),
                (
                    Some("/x"),
                    "`x` is longer than a URL can be: it is part of the URL path"
                )
            );
        }
    }

    #[test]
    fn refuses_paths_that_are_none() {
        let table = [
            ("a", 0, "starts with `/`"),
            ("", 0, "starts with `/`"),
            ("https://x/y", 0, "starts with `/`"),
            ("/a?b={x}", 2, "under `query`"),
            ("/{{x}}/a#b", 8, "`%23`"),
            ("/a b", 2, "write `%20`"),
            ("/é", 1, "write `%C3%A9`"),
            ("/a%2", 2, "write `%25`"),
            ("/a%zz", 2, "write `%25`"),
            ("/a\\b", 2, "write `%5C`"),
            ("/a\nb", 2, "write `%0A`"),
            ("/{x", 1, "never closed"),
            ("/{}", 1, "argument's name"),
            ("/{a/b}", 1, "argument's name"),
            ("/a}", 2, "closes nothing"),
            ("/a/../b", 3, "`..` cannot be segments"),
            ("/a/%2e%2E/{x}", 3, "`..` cannot be segments"),
            ("/a/.", 3, "`..` cannot be segments"),
            ("/a/..;/{x}", 3, "`..` cannot be segments"),
            ("/{{x | nope}}", 7, "no filter"),
            ("/{{x}}/{{y}", 7, "never closed"),
        ];
        for (template, offset, message) in table {
            let error = PathTemplate::compile(template).expect_err(template);
            assert!(error.message.contains(message), "{template}: {}", error.message);
            assert_eq!(error.offset, offset, "{template}");
        }
    }

    #[test]
    fn arguments_lists_what_is_read() {
        let template = PathTemplate::compile("/{b}/{{ a | default(c) }}/{X-Id}").expect("a path");
        assert_eq!(Vec::from_iter(template.arguments()), ["X-Id", "a", "b", "c"]);
    }

    proptest::proptest! {
        /// Whatever the value, URL software sees the template's segments and reads the value back.
        #[test]
        fn values_stay_within_their_segment(value in "(?s)(.{1,40}|[./%2eE\\\\]{1,8})") {
            let arguments = json!({"x": value});
            if let Ok(path) = render("/a/{x}/b-{x}/c", &arguments) {
                let url = Url::parse(&format!("https://api.example.com/v1{path}")).expect("a URL");
                let segments: Vec<_> = url.path_segments().expect("segments").collect();
                proptest::prop_assert_eq!(segments.len(), 5, "{}", url);
                proptest::prop_assert_eq!((segments[0], segments[1], segments[4]), ("v1", "a", "c"));
                let read = percent_decode_str(segments[2]).decode_utf8().expect("UTF-8");
                proptest::prop_assert_eq!(read.as_ref(), value.as_str());
                proptest::prop_assert!(url.query().is_none() && url.fragment().is_none());
                proptest::prop_assert_eq!(url.host_str(), Some("api.example.com"));
            } else {
                let may_climb = value.contains("..") || value.contains('%');
                proptest::prop_assert!(value == "." || may_climb, "{value:?} was refused");
            }
        }

        #[test]
        fn never_panics(template in "/[{}a/.%2e |'é?]{0,30}", value in ".{0,5}") {
            if let Ok(template) = PathTemplate::compile(&template) {
                drop(template.render(json!({"a": value}).as_object().expect("an object")));
            }
        }
    }
}
