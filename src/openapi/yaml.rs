//! Reading YAML 1.2 (core schema) into a plain tree.
//!
//! [`crate::document`] keeps the place of every value, which a connector's author needs and a description of tens of
//! megabytes cannot afford. Here the tree is what JSON would have given, and nothing else.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use super::json;
use super::read::{DEEPEST_NESTING, ReadError};
use super::repeated::Repeated;

/// How many values aliases may repeat in all: a few lines of them can stand for billions.
const MOST_REPEATED_VALUES: usize = 2_000_000;

/// How far brackets are moved that close too far out.
const FURTHER_IN: &str = "                ";

/// A collection whose end has not been read yet.
struct Open {
    anchor: usize,
    contents: Contents,
}

enum Contents {
    List(Vec<Value>),
    Table {
        members: Map<String, Value>,
        key: Option<String>,
        /// Values of merge keys, which the table's own members win over.
        merged: Vec<Value>,
    },
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Value>,
    /// How many values aliases have repeated.
    copied: usize,
    repeated: Repeated,
    root: Option<Value>,
}

/// The value of the first document in `text`, and the keys that it holds twice.
///
/// # Errors
/// What is wrong with it, with line and column.
pub(super) fn parse(text: &str) -> Result<(Value, Repeated), ReadError> {
    // By the letter a bracket that closes must stand further in than what holds it; most other parsers take it anywhere.
    parse_strictly(text).or_else(|error| parse_strictly(&with_brackets_further_in(text)).map_err(|_| error))
}

/// `text` with lines that do nothing but close brackets moved to the right.
fn with_brackets_further_in(text: &str) -> String {
    let mut moved = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if !content.is_empty() && content.chars().all(|one| matches!(one, '}' | ']' | ',')) {
            moved.push_str(FURTHER_IN);
        }
        moved.push_str(line);
    }
    moved
}

fn parse_strictly(text: &str) -> Result<(Value, Repeated), ReadError> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| ReadError::Syntax {
            notation: "YAML",
            line: error.marker().line(),
            column: error.marker().col() + 1,
            problem: error.info().to_owned(),
        })?;
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        builder.event(event).map_err(|problem| ReadError::Syntax {
            notation: "YAML",
            line: span.start.line(),
            column: span.start.col() + 1,
            problem,
        })?;
    }
    Ok((builder.root.unwrap_or(Value::Null), builder.repeated))
}

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::SequenceStart(anchor, _) => self.begin(anchor, Contents::List(Vec::new())),
            Event::MappingStart(anchor, _) => self.begin(
                anchor,
                Contents::Table {
                    members: Map::new(),
                    key: None,
                    merged: Vec::new(),
                },
            ),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Scalar(text, style, anchor, tag) => {
                if let Some(Contents::Table { key: key @ None, .. }) =
                    self.open.last_mut().map(|open| &mut open.contents)
                {
                    // A plain key such as `200` or `on` is what its author wrote.
                    *key = Some(text.into_owned());
                    return Ok(());
                }
                let value = scalar(&text, style, tag.as_deref());
                self.finished(value, anchor)
            }
            Event::Alias(anchor) => {
                let Some(value) = self.anchors.get(&anchor) else {
                    return Err("this alias stands inside of what it repeats".to_owned());
                };
                let mut left = MOST_REPEATED_VALUES.saturating_sub(self.copied);
                let before = left;
                if !fits(value, &mut left) {
                    return Err(format!("aliases repeat more than {MOST_REPEATED_VALUES} values"));
                }
                let value = value.clone();
                self.copied += before - left;
                self.finished(value, 0)
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn begin(&mut self, anchor: usize, contents: Contents) -> Result<(), String> {
        if self.open.len() >= DEEPEST_NESTING {
            return Err(format!("values are nested more than {DEEPEST_NESTING} levels deep"));
        }
        if let Some(Contents::Table { key: None, .. }) = self.open.last().map(|open| &open.contents) {
            return Err("a key must be text, not a list or a table".to_owned());
        }
        self.open.push(Open { anchor, contents });
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = match open.contents {
            Contents::List(mut items) => {
                items.shrink_to_fit();
                Value::Array(items)
            }
            Contents::Table {
                mut members, merged, ..
            } => {
                for value in merged {
                    for (key, value) in tables(value) {
                        members.entry(key).or_insert(value);
                    }
                }
                Value::Object(json::fitted(members))
            }
        };
        self.finished(value, open.anchor)
    }

    /// Puts a finished value where it belongs.
    fn finished(&mut self, value: Value, anchor: usize) -> Result<(), String> {
        if anchor != 0 {
            let mut left = MOST_REPEATED_VALUES.saturating_sub(self.copied);
            let before = left;
            if !fits(&value, &mut left) {
                return Err(format!("anchors keep more than {MOST_REPEATED_VALUES} values"));
            }
            self.copied += before - left;
            self.anchors.insert(anchor, value.clone());
        }
        let Some((last, around)) = self.open.split_last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        match &mut last.contents {
            Contents::List(items) => items.push(value),
            Contents::Table { members, key, merged } => match key.take() {
                Some(key) if key == "<<" => merged.push(value),
                Some(key) => match members.entry(key) {
                    Entry::Vacant(entry) => {
                        entry.insert(value);
                    }
                    Entry::Occupied(mut entry) => {
                        let way = around.iter().map(|open| match &open.contents {
                            Contents::List(items) => Cow::Owned(items.len().to_string()),
                            Contents::Table { key, .. } => Cow::Borrowed(key.as_deref().unwrap_or_default()),
                        });
                        let earlier = entry.insert(value);
                        let name = entry.key().clone();
                        self.repeated.take(&way, &name, earlier, entry.get_mut());
                    }
                },
                None => return Err("a key must be text".to_owned()),
            },
        }
        Ok(())
    }
}

/// The tables that a merge key names.
fn tables(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        Value::Array(items) => {
            let mut all = Map::new();
            for (key, value) in items.into_iter().flat_map(tables) {
                all.entry(key).or_insert(value);
            }
            all
        }
        _ => Map::new(),
    }
}

/// Whether `value` holds no more values than `left`, which it takes them from.
fn fits(value: &Value, left: &mut usize) -> bool {
    let Some(fewer) = left.checked_sub(1) else { return false };
    *left = fewer;
    match value {
        Value::Array(items) => items.iter().all(|item| fits(item, left)),
        Value::Object(members) => members.values().all(|member| fits(member, left)),
        _ => true,
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str");
    if is_text {
        Value::String(text.to_owned())
    } else {
        plain(text)
    }
}

/// The value of a plain scalar (YAML 1.2.2, section 10.3.2). What JSON has no number for stays text, and so does a number
/// that is written in another way than it would be again: `1.10` and `007` may well be texts, which only their schema
/// knows.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    match number(text) {
        Some(number) if number.to_string() == text => Value::Number(number),
        _ => Value::String(text.to_owned()),
    }
}

/// The number that a plain scalar stands for, if it is one.
pub(super) fn number(text: &str) -> Option<Number> {
    let is_number = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
        && text
            .chars()
            .all(|character| character.is_ascii_digit() || "+-.eE".contains(character))
        && text.contains(|character: char| character.is_ascii_digit());
    let number = is_number
        .then(|| text.strip_prefix('+').unwrap_or(text))
        .and_then(|text| {
            let integer = text
                .parse::<i64>()
                .map(Number::from)
                .or_else(|_| text.parse::<u64>().map(Number::from));
            integer
                .ok()
                .or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64))
        });
    let radix = |prefix: &str, radix| {
        u64::from_str_radix(text.strip_prefix(prefix)?, radix)
            .ok()
            .map(Number::from)
    };
    number.or_else(|| radix("0x", 16)).or_else(|| radix("0o", 8))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_what_json_would_have_given() {
        for (text, expected) in [
            ("a: 1\nb: [x, 'y', \"z\"]", json!({"a": 1, "b": ["x", "y", "z"]})),
            ("200: ok\non: yes\nno: ~", json!({"200": "ok", "on": "yes", "no": null})),
            (
                "a: 1.5\nb: -2\nc: 1.0\nd: 18446744073709551615\ne: 0.001\nf: .inf",
                json!({"a": 1.5, "b": -2, "c": 1.0, "d": u64::MAX, "e": 0.001, "f": ".inf"}),
            ),
            // They may be versions and codes.
            (
                "a: 1.10\nb: 007\nc: +3\nd: 0x1F\ne: 1e3",
                json!({"a": "1.10", "b": "007", "c": "+3", "d": "0x1F", "e": "1e3"}),
            ),
            (
                "a: 1.2.3\nb: 2020-01-01\nc: '3.0'\nd: .\ne: '-'",
                json!({"a": "1.2.3", "b": "2020-01-01", "c": "3.0", "d": ".", "e": "-"}),
            ),
            (
                "base: &b {x: 1, y: 2}\nmore:\n  <<: *b\n  y: 3",
                json!({"base": {"x": 1, "y": 2}, "more": {"y": 3, "x": 1}}),
            ),
            ("a: &x [1]\nb: *x", json!({"a": [1], "b": [1]})),
            ("a: |\n  two\n  lines\n", json!({"a": "two\nlines\n"})),
            ("", json!(null)),
        ] {
            assert_eq!(parse(text).unwrap().0, expected, "{text}");
        }
    }

    #[test]
    fn brackets_may_close_where_they_opened() {
        let text = "a:\n  b: {\n    x: 1,\n    y: [\n      2\n    ]\n  }\n  c: |\n    {\n    }\n";
        let (read, _) = parse(text).unwrap();
        assert_eq!(read["a"]["b"], json!({"x": 1, "y": [2]}));
        assert!(read["a"]["c"].as_str().unwrap().starts_with("{\n"));
    }

    #[test]
    fn aliases_cannot_stand_for_billions_of_values() {
        use std::fmt::Write as _;
        let mut text = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n".to_owned();
        for level in 1..20 {
            let before = level - 1;
            let many = vec![format!("*a{before}"); 9].join(", ");
            writeln!(text, "a{level}: &a{level} [{many}]").unwrap();
        }
        assert!(parse(&text).unwrap_err().to_string().contains("more than"), "{text}");
    }

    #[test]
    fn what_is_written_twice_is_told_with_its_place() {
        let text = "a:\n- 0\n- {b: 1, c: [], b: [{x: 1, x: 2}], b: 3}\na/b: {<<: {y: 2}, <<: {z: 1}, y: 1}\na: 5";
        let (read, repeated) = parse(text).unwrap();
        assert_eq!(read, json!({"a": 5, "a/b": {"y": 1, "z": 1}}));
        let told: Vec<String> = repeated.notes("").collect();
        let places: Vec<&str> = told.iter().filter_map(|note| note.split('`').nth(1)).collect();
        assert_eq!(places, ["/a/1/b/0/x", "/a/1/b", "/a/1/b", "/a"]);
    }

    #[test]
    fn mistakes_have_their_place() {
        let error = parse("a: 1\nb: [1, 2\nc: 3").unwrap_err().to_string();
        assert!(error.contains("line 3"), "{error}");
        let deep = format!("a: {}", "[".repeat(200));
        assert!(parse(&deep).unwrap_err().to_string().contains("levels deep"));
    }
}
