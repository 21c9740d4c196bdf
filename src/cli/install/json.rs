//! Editing JSON with comments where it stands: every byte that is not the server's entry stays what it is.

use std::ops::Range;

use jsonc_parser::ast::{Object, ObjectPropName, Value as Parsed};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::{Map, Value};

use super::edit::{Problem, Splice, line_start, newline_of, spliced};

/// What editors write and read: JSON with comments and trailing commas.
const WITH_COMMENTS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// How deep a new file is indented.
const INDENT: &str = "  ";

/// A client's file.
pub(super) struct Document<'t> {
    text: &'t str,
    key: &'t str,
    name: &'t str,
    root: Option<Braces>,
    servers: Option<Braces>,
    /// The index of the entry among the servers.
    entry: Option<usize>,
    /// All of it, to compare with what an edit makes of it.
    value: Value,
}

/// Where the parts of an object stand.
struct Braces {
    open: usize,
    close: usize,
    members: Vec<Place>,
}

/// Where a member of an object stands.
struct Place {
    /// From the key to the end of the value.
    whole: Range<usize>,
    value: Range<usize>,
}

impl<'t> Document<'t> {
    /// Reads the text of a client's file whose servers are under `key`, to edit the entry `name`.
    pub(super) fn read(text: &'t str, key: &'t str, name: &'t str) -> Result<Self, Problem> {
        let collect = CollectOptions::default();
        let parsed = parse_to_ast(text, &collect, &WITH_COMMENTS).map_err(|error| {
            let message = format!("not valid JSON: {}", error.kind().to_string().to_lowercase());
            Problem::at(error.range().start..error.range().end, message)
        })?;
        let mut document = Self {
            text,
            key,
            name,
            root: None,
            servers: None,
            entry: None,
            value: parsed
                .value
                .as_ref()
                .map_or_else(|| Value::Object(Map::new()), comparable),
        };
        let Some(root) = &parsed.value else {
            return Ok(document);
        };
        let Parsed::Object(root) = root else {
            return Err(Problem::at(place(root), "the file must hold an object"));
        };
        if let Some(index) = position(root, key)? {
            let Parsed::Object(servers) = &root.properties[index].value else {
                let message = format!("`{key}` must be an object");
                return Err(Problem::at(place(&root.properties[index].value), message));
            };
            document.entry = position(servers, name)?;
            document.servers = Some(Braces::of(servers));
        }
        document.root = Some(Braces::of(root));
        Ok(document)
    }

    /// The entry as it is, if there is one.
    pub(super) fn entry(&self) -> Option<&Value> {
        self.entry?;
        self.value.get(self.key)?.get(self.name)
    }

    /// The text with `entry` in it, in place of the one that is there.
    pub(super) fn with(&self, entry: &Map<String, Value>) -> Result<String, Problem> {
        let entry = Value::Object(entry.clone());
        let style = Style::of(self.text);
        let text = match (&self.root, &self.servers) {
            (None, _) => {
                let text = self.text.trim_end();
                let break_line = if text.is_empty() { "" } else { style.newline };
                let whole = serde_json::json!({ self.key: { self.name: entry } });
                format!("{text}{break_line}{}{}", style.lines(&whole, ""), style.newline)
            }
            (Some(root), None) => {
                let servers = serde_json::json!({ self.name: entry });
                spliced(self.text, style.insert(self.text, root, self.key, &servers))
            }
            (Some(_), Some(servers)) => match self.entry {
                Some(index) => spliced(self.text, [style.replace(self.text, servers, index, &entry)]),
                None => spliced(self.text, style.insert(self.text, servers, self.name, &entry)),
            },
        };
        let mut expected = self.value.clone();
        expected[self.key][self.name] = entry;
        self.verified(text, &expected)
    }

    /// The text without the entry; `None` when there is none.
    pub(super) fn without(&self) -> Result<Option<String>, Problem> {
        let (Some(servers), Some(index)) = (&self.servers, self.entry) else {
            return Ok(None);
        };
        let text = spliced(self.text, remove(self.text, servers, index));
        let mut expected = self.value.clone();
        if let Some(servers) = expected[self.key].as_object_mut() {
            servers.shift_remove(self.name);
        }
        self.verified(text, &expected).map(Some)
    }

    /// Makes sure that an edit changed what it should and nothing else, order included.
    fn verified(&self, text: String, expected: &Value) -> Result<String, Problem> {
        let read = Document::read(&text, self.key, self.name).map_err(|_| Problem::beyond_editing())?;
        // As text, because maps compare without regard to order.
        let (read, expected) = (read.value.to_string(), expected.to_string());
        if read == expected {
            Ok(text)
        } else {
            Err(Problem::beyond_editing())
        }
    }
}

impl Braces {
    fn of(object: &Object<'_>) -> Self {
        let members = object.properties.iter().map(|property| Place {
            whole: property.range.start..property.value.range().end,
            value: place(&property.value),
        });
        Self {
            open: object.range.start,
            close: object.range.end - 1,
            members: members.collect(),
        }
    }

    /// Where what stands behind a member ends: the next one, or the closing brace.
    fn limit(&self, index: usize) -> usize {
        self.members.get(index + 1).map_or(self.close, |next| next.whole.start)
    }
}

fn place(value: &Parsed<'_>) -> Range<usize> {
    value.range().start..value.range().end
}

/// The index of the member `key`, which must not be there twice: programs do not agree on which one counts.
fn position(object: &Object<'_>, key: &str) -> Result<Option<usize>, Problem> {
    let mut found = None;
    for (index, property) in object.properties.iter().enumerate() {
        if name_of(&property.name) == key && found.replace(index).is_some() {
            let range = property.range.start..property.value.range().start;
            return Err(Problem::at(range, format!("`{key}` is there twice")));
        }
    }
    Ok(found)
}

fn name_of<'a>(name: &'a ObjectPropName<'_>) -> &'a str {
    match name {
        ObjectPropName::String(literal) => &literal.value,
        ObjectPropName::Word(word) => word.value,
    }
}

/// A value to compare with others. Numbers stay the way they are written, which no number type could promise.
fn comparable(value: &Parsed<'_>) -> Value {
    match value {
        Parsed::NullKeyword(_) => Value::Null,
        Parsed::BooleanLit(literal) => Value::Bool(literal.value),
        Parsed::StringLit(literal) => Value::String(literal.value.to_string()),
        Parsed::NumberLit(literal) => Value::String(literal.value.to_owned()),
        Parsed::Array(array) => Value::Array(array.elements.iter().map(comparable).collect()),
        Parsed::Object(object) => Value::Object(
            object
                .properties
                .iter()
                .map(|property| (name_of(&property.name).to_owned(), comparable(&property.value)))
                .collect(),
        ),
    }
}

/// What stands between a value and the next one.
struct Gap {
    /// Where its comma is.
    comma: Option<usize>,
    /// Where everything ends that belongs to its line: the comma and comments.
    line: usize,
    /// Where the last comment or comma ends.
    last: usize,
    /// Whether nothing can stand behind `line` on its line, and behind `last` on its: a comment goes on to its end.
    is_line_taken: bool,
    is_last_taken: bool,
}

impl Gap {
    fn between(text: &str, start: usize, end: usize) -> Self {
        let mut gap = Self {
            comma: None,
            line: start,
            last: start,
            is_line_taken: false,
            is_last_taken: false,
        };
        let mut same_line = true;
        let mut at = start;
        while let Some(rest) = text.get(at..end).filter(|rest| !rest.is_empty()) {
            let length = if rest.starts_with("//") {
                rest.find(['\r', '\n']).unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |length| length + 2)
            } else if rest.starts_with(',') {
                gap.comma = Some(at);
                1
            } else {
                same_line &= !rest.starts_with('\n');
                at += rest.chars().next().map_or(1, char::len_utf8);
                continue;
            };
            gap.is_last_taken = rest.starts_with("//");
            at += length;
            gap.last = at;
            if same_line {
                gap.line = at;
                gap.is_line_taken = gap.is_last_taken;
            }
        }
        gap
    }

    /// Where a new member goes behind this one: after its comma and the comments beside it.
    fn behind(&self) -> usize {
        self.comma.map_or(self.line, |comma| self.line.max(comma + 1))
    }
}

/// How a file is laid out.
struct Style<'t> {
    newline: &'static str,
    unit: &'t str,
    /// Whether a colon and a comma are followed by a space.
    spaced: bool,
    /// Whether the whole file is one line.
    one_line: bool,
}

impl<'t> Style<'t> {
    fn of(text: &'t str) -> Self {
        let indented = text.lines().find_map(|line| {
            let (indent, _) = line.split_once('"')?;
            (!indent.is_empty() && indent.trim_matches([' ', '\t']).is_empty()).then_some(indent)
        });
        Self {
            newline: newline_of(text),
            unit: indented.map_or(INDENT, |indent| if indent.starts_with('\t') { "\t" } else { indent }),
            spaced: text.contains("\": ") || !text.contains("\":"),
            one_line: !text.trim_end().contains('\n') && text.contains(':'),
        }
    }

    /// `value` over several lines, the first of which begins behind `indent`.
    fn lines(&self, value: &Value, indent: &str) -> String {
        let inner = format!("{indent}{}", self.unit);
        let (open, close, items): (_, _, Vec<String>) = match value {
            Value::Object(members) if !members.is_empty() => {
                let member = |(key, value): (&String, &Value)| {
                    format!("{}: {}", Value::String(key.clone()), self.lines(value, &inner))
                };
                ('{', '}', members.iter().map(member).collect())
            }
            Value::Array(items) if !items.is_empty() => {
                ('[', ']', items.iter().map(|item| self.lines(item, &inner)).collect())
            }
            other => return other.to_string(),
        };
        let newline = self.newline;
        let items = items.join(&format!(",{newline}{inner}"));
        format!("{open}{newline}{inner}{items}{newline}{indent}{close}")
    }

    /// `value` on one line.
    fn line(&self, value: &Value) -> String {
        let space = self.space();
        match value {
            Value::Object(members) if !members.is_empty() => {
                let member = |(key, value): (&String, &Value)| {
                    format!("{}:{space}{}", Value::String(key.clone()), self.line(value))
                };
                let members: Vec<String> = members.iter().map(member).collect();
                format!("{{{space}{}{space}}}", members.join(&format!(",{space}")))
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.line(item)).collect();
                format!("[{}]", items.join(&format!(",{space}")))
            }
            other => other.to_string(),
        }
    }

    const fn space(&self) -> &'static str {
        if self.spaced { " " } else { "" }
    }

    /// Puts a member behind the last one of an object.
    fn insert(&self, text: &str, object: &Braces, key: &str, value: &Value) -> Vec<Splice> {
        let key = Value::String(key.to_owned());
        let Some(last) = object.members.last() else {
            let begin = Gap::between(text, object.open + 1, object.close).last;
            let written = if self.one_line {
                format!("{key}:{}{}", self.space(), self.line(value))
            } else {
                let outer = indent_at(text, object.open);
                let indent = format!("{outer}{}", self.unit);
                let newline = self.newline;
                format!("{newline}{indent}{key}: {}{newline}{outer}", self.lines(value, &indent))
            };
            return vec![Splice::new(begin..object.close, written)];
        };
        let gap = Gap::between(text, last.whole.end, object.close);
        let is_on_own_line = starts_line(text, last.whole.start);
        let written = if is_on_own_line {
            let indent = indent_at(text, last.whole.start);
            format!("{}{indent}{key}: {}", self.newline, self.lines(value, indent))
        } else {
            format!("{0}{key}:{0}{1}", self.space(), self.line(value))
        };
        let behind = if is_on_own_line || !gap.is_line_taken {
            gap.behind()
        } else {
            gap.comma.map_or(last.whole.end, |comma| comma + 1)
        };
        if gap.comma.is_some() {
            return vec![Splice::new(behind..behind, written + ",")];
        }
        let end = last.whole.end;
        vec![Splice::new(end..end, ","), Splice::new(behind..behind, written)]
    }

    /// Puts another value in the place of a member's.
    fn replace(&self, text: &str, object: &Braces, index: usize, value: &Value) -> Splice {
        let member = &object.members[index];
        let written = if starts_line(text, member.whole.start) {
            self.lines(value, indent_at(text, member.whole.start))
        } else {
            self.line(value)
        };
        Splice::new(member.value.clone(), written)
    }
}

/// Takes a member out of an object, with its comma and its lines, and leaves all comments.
fn remove(text: &str, object: &Braces, index: usize) -> Vec<Splice> {
    let member = &object.members[index];
    let before = match index.checked_sub(1) {
        Some(previous) => Gap::between(text, object.members[previous].whole.end, member.whole.start),
        None => Gap::between(text, object.open + 1, member.whole.start),
    };
    let behind = Gap::between(text, member.whole.end, object.limit(index));
    let is_alone = object.members.len() == 1;
    let comments =
        before.last > object.open + 1 || behind.last > behind.comma.map_or(member.whole.end, |comma| comma + 1);
    if is_alone && !comments {
        return vec![Splice::new(object.open + 1..object.close, "")];
    }
    // What follows on the member's line must not become part of a comment on the line before.
    let rest = text[member.whole.end..].lines().next().unwrap_or_default();
    let is_followed = !rest.trim_matches([' ', '\t', ',']).is_empty();
    let begin = if before.is_last_taken && is_followed {
        member.whole.start
    } else {
        before.last
    };
    let lines = Splice::new(begin..member.whole.end, "");
    if let Some(comma) = behind.comma {
        return vec![lines, Splice::new(comma..comma + 1, "")];
    }
    // It was the last one: the comma that led to it has nothing to lead to.
    let comma = before.comma.map(|comma| Splice::new(comma..comma + 1, ""));
    comma.into_iter().chain([lines]).collect()
}

/// The white space in front of the line that `at` is on.
fn indent_at(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..at];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

fn starts_line(text: &str, at: usize) -> bool {
    let start = line_start(text, at);
    start > 0 && text[start..at].trim_matches([' ', '\t']).is_empty()
}
