//! Editing TOML where it stands: every byte that is not the server's entry stays what it is.

use std::ops::Range;

use ::toml::Table;
use ::toml::de::{DeTable, DeValue};
use serde_json::{Map, Value};

use super::edit::{Problem, Splice, line_end, line_start, newline_of, spliced};

/// A client's file.
pub(super) struct Document<'t> {
    text: &'t str,
    key: &'t str,
    name: &'t str,
    /// Lines that make up the entry, in the order of the file.
    lines: Vec<Lines>,
    /// Where the table of all servers is written in braces, if it is.
    braces: Option<Range<usize>>,
    /// The entry in those braces, if it is one value there.
    within_braces: Option<Member>,
    /// Whether the entry cannot be told apart from what is around it.
    is_entangled: bool,
    /// All of it, to compare with what an edit makes of it.
    value: Table,
    entry: Option<Value>,
}

/// Whole lines that belong to the entry.
struct Lines {
    range: Range<usize>,
    /// Whether they begin with a header, so that another table can stand in their place.
    is_table: bool,
}

/// A name and its value in braces.
struct Member {
    key: Range<usize>,
    value: Range<usize>,
}

impl<'t> Document<'t> {
    /// Reads the text of a client's file whose servers are under `key`, to edit the entry `name`.
    pub(super) fn read(text: &'t str, key: &'t str, name: &'t str) -> Result<Self, Problem> {
        let unreadable = |error: &::toml::de::Error| {
            let range = error.span().unwrap_or(0..0);
            Problem::at(range, format!("not valid TOML: {}", error.message().trim()))
        };
        let root = DeTable::parse(text).map_err(|error| unreadable(&error))?;
        let value: Table = ::toml::from_str(text).map_err(|error| unreadable(&error))?;
        let mut document = Self {
            text,
            key,
            name,
            lines: Vec::new(),
            braces: None,
            within_braces: None,
            is_entangled: false,
            value,
            entry: None,
        };
        let Some((servers_key, servers)) = root.get_ref().iter().find(|(found, _)| found.get_ref() == key) else {
            return Ok(document);
        };
        let DeValue::Table(table) = servers.get_ref() else {
            let message = format!("`{key}` must be a table");
            return Err(Problem::at(servers_key.span(), message));
        };
        document.braces = Some(servers.span()).filter(|span| text[span.clone()].starts_with('{'));
        if let Some((entry_key, entry)) = table.iter().find(|(found, _)| found.get_ref() == name) {
            document.entry = document.value.get(key).and_then(|servers| servers.get(name)).map(plain);
            let (key, value) = (entry_key.span(), entry.span());
            let is_one_value = !entry.get_ref().is_table() || text[value.clone()].starts_with('{');
            if document.braces.is_some() && is_one_value {
                document.within_braces = Some(Member { key, value });
            } else {
                document.collect(key, value, entry.get_ref());
                document.join();
            }
        }
        Ok(document)
    }

    /// The entry as it is, if there is one.
    pub(super) fn entry(&self) -> Option<&Value> {
        self.entry.as_ref()
    }

    /// The text with `entry` in it, in place of the one that is there.
    pub(super) fn with(&self, entry: &Map<String, Value>) -> Result<String, Problem> {
        if let Some(member) = &self.within_braces {
            let value = written(&Value::Object(entry.clone()));
            let text = spliced(self.text, [Splice::new(member.value.clone(), value)]);
            return self.verified(text, &self.expected(entry)?);
        }
        let newline = newline_of(self.text);
        let table = self.written(entry).join(newline) + newline;
        let text = match self.lines.split_first() {
            Some((first, rest)) if first.is_table => {
                let others = rest
                    .iter()
                    .map(|lines| Splice::new(self.with_blank_line(&lines.range), ""));
                let first = std::iter::once(Splice::new(first.range.clone(), table));
                spliced(self.text, first.chain(others))
            }
            _ => {
                if let Some(braces) = self.braces.as_ref().filter(|_| self.entry.is_none()) {
                    return self.verified(self.within(braces, entry), &self.expected(entry)?);
                }
                let rest = spliced(self.text, self.removals());
                let blank = newline.repeat(2);
                let gap = match rest.as_str() {
                    "" => "",
                    rest if rest.ends_with(&blank) => "",
                    rest if rest.ends_with(newline) => newline,
                    _ => &blank,
                };
                format!("{rest}{gap}{table}")
            }
        };
        self.verified(text, &self.expected(entry)?)
    }

    /// What the file has to hold with `entry` in it.
    fn expected(&self, entry: &Map<String, Value>) -> Result<Table, Problem> {
        let mut expected = self.value.clone();
        let servers = expected
            .entry(self.key)
            .or_insert_with(|| Table::new().into())
            .as_table_mut();
        let (Some(servers), Ok(entry)) = (servers, ::toml::Value::try_from(entry)) else {
            return Err(Problem::beyond_editing());
        };
        servers.insert(self.name.to_owned(), entry);
        Ok(expected)
    }

    /// The text with `entry` as the last one in the braces: no table may follow to say more of them.
    fn within(&self, braces: &Range<usize>, entry: &Map<String, Value>) -> String {
        let inside = &self.text[braces.start + 1..braces.end - 1];
        let held = inside.trim_end();
        let has_comma = held.ends_with(',');
        let comma = if held.is_empty() || has_comma { "" } else { "," };
        let entry = written(&Value::Object(entry.clone()));
        let end = braces.start + 1 + held.len();
        if inside[held.len()..].contains('\n') {
            // On a line of its own, written as the others are.
            let last = &self.text[line_start(self.text, end)..end];
            let indent = match held {
                "" => "  ",
                _ => &last[..last.len() - last.trim_start().len()],
            };
            let closing = if has_comma { "," } else { "" };
            let newline = newline_of(self.text);
            let added = format!("{comma}{newline}{indent}{} = {entry}{closing}", self.name);
            return spliced(self.text, [Splice::new(end..end, added)]);
        }
        let added = format!("{comma} {} = {entry} ", self.name);
        spliced(self.text, [Splice::new(end..braces.end - 1, added)])
    }

    /// What goes with the entry when it is taken out of the braces: one of the commas around it.
    fn removal_within(&self, braces: &Range<usize>, member: &Member) -> Range<usize> {
        let (key, value) = (&member.key, &member.value);
        let before = &self.text[braces.start + 1..key.start];
        let after = &self.text[value.end..braces.end - 1];
        let is_alone = before.trim().is_empty() && after.trim().trim_start_matches(',').is_empty();
        if is_alone {
            return braces.start + 1..braces.end - 1;
        }
        let spaces = after.len() - after.trim_start().len();
        if after[spaces..].starts_with(',') {
            let comma = value.end + spaces + 1;
            let (line, next) = (line_start(self.text, key.start), line_end(self.text, comma));
            let has_its_lines = line > braces.start && next < braces.end;
            if has_its_lines && self.text[line..key.start].trim().is_empty() && self.text[comma..next].trim().is_empty()
            {
                return line..next;
            }
            let rest = &self.text[comma..braces.end - 1];
            return key.start..comma + rest.len() - rest.trim_start_matches([' ', '\t']).len();
        }
        let comma = braces.start + before.trim_end().len();
        // A comment may end with a comma too; it ends its line.
        let ends_its_line = self.text[comma..key.start].contains('\n');
        let is_comment = ends_its_line && self.text[line_start(self.text, comma)..comma].contains('#');
        let start = if self.text[comma..].starts_with(',') && !is_comment {
            comma
        } else {
            key.start
        };
        start..value.end
    }

    /// The text without the entry; `None` when there is none.
    pub(super) fn without(&self) -> Result<Option<String>, Problem> {
        if self.entry.is_none() {
            return Ok(None);
        }
        let mut expected = self.value.clone();
        let is_last = expected
            .get_mut(self.key)
            .and_then(::toml::Value::as_table_mut)
            .is_some_and(|servers| {
                servers.remove(self.name);
                servers.is_empty()
            });
        let text = match (&self.braces, &self.within_braces) {
            (Some(braces), Some(member)) => {
                let removed = Splice::new(self.removal_within(braces, member), "");
                spliced(self.text, [removed])
            }
            _ => spliced(self.text, self.removals()),
        };
        // A table that only its last server had brought about is gone with it.
        if is_last && self.verified(text.clone(), &expected).is_err() {
            expected.remove(self.key);
        }
        self.verified(text, &expected).map(Some)
    }

    fn removals(&self) -> impl Iterator<Item = Splice> {
        self.lines
            .iter()
            .map(|lines| Splice::new(self.with_blank_line(&lines.range), ""))
    }

    /// Finds the lines of the entry, or of a part of it, in the order of its keys.
    fn collect(&mut self, key: Range<usize>, value: Range<usize>, parsed: &DeValue<'_>) {
        let start = line_start(self.text, key.start);
        let before = self.text[start..key.start].trim_start();
        let is_inline = self.text[value.clone()].starts_with('{');
        match parsed {
            DeValue::Table(table) if !is_inline => {
                if before.starts_with('[') {
                    self.lines.push(Lines {
                        range: start..line_end(self.text, key.end),
                        is_table: true,
                    });
                }
                for (key, value) in table {
                    self.collect(key.span(), value.span(), value.get_ref());
                }
            }
            _ => {
                // In front of a key that has its line to itself stand only the keys that lead to it.
                let is_path =
                    |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'' | ' ' | '\t');
                self.is_entangled |= !before.chars().all(is_path);
                self.lines.push(Lines {
                    range: start..line_end(self.text, value.end.max(key.end)),
                    is_table: false,
                });
            }
        }
    }

    /// Puts all lines in the order of the file, and joins what follows a header to it, so that a comment between two
    /// lines of the entry goes with them.
    fn join(&mut self) {
        self.lines.sort_by_key(|lines| lines.range.start);
        let mut joined: Vec<Lines> = Vec::with_capacity(self.lines.len());
        for lines in self.lines.drain(..) {
            match joined.last_mut() {
                Some(table) if table.is_table && !lines.is_table => table.range.end = lines.range.end,
                _ => joined.push(lines),
            }
        }
        self.lines = joined;
    }

    /// Lines and the blank one in front of them, when otherwise two would follow each other or end the file.
    fn with_blank_line(&self, lines: &Range<usize>) -> Range<usize> {
        let start = lines.start;
        let is_blank = |from: usize| {
            let line = &self.text[from..line_end(self.text, from)];
            line.trim().is_empty()
        };
        if start == 0 || !is_blank(lines.end) {
            return lines.clone();
        }
        let previous = line_start(self.text, start - 1);
        if is_blank(previous) {
            previous..lines.end
        } else {
            lines.clone()
        }
    }

    /// The lines of a table for `entry`.
    fn written(&self, entry: &Map<String, Value>) -> Vec<String> {
        let header = format!("[{}.{}]", self.key, self.name);
        let settings = entry.iter().map(|(key, value)| format!("{key} = {}", written(value)));
        std::iter::once(header).chain(settings).collect()
    }

    /// Makes sure that an edit changed what it should and nothing else.
    fn verified(&self, text: String, expected: &Table) -> Result<String, Problem> {
        let is_expected = ::toml::from_str::<Table>(&text).is_ok_and(|read| read == *expected);
        if is_expected && !self.is_entangled {
            return Ok(text);
        }
        Err(match &self.braces {
            Some(braces) => Problem::at(
                braces.clone(),
                format!(
                    "`{}` is written in braces, and what they hold cannot be edited safely",
                    self.key
                ),
            ),
            None => Problem::beyond_editing(),
        })
    }
}

/// A value on one line. Entries hold texts, lists of texts, and tables of texts.
fn written(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(written).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| format!("{} = {}", quoted(key), written(value));
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    ::toml::Value::String(text.to_owned()).to_string()
}

/// An entry to compare and to show; dates become text.
fn plain(value: &::toml::Value) -> Value {
    match value {
        ::toml::Value::Table(table) => {
            Value::Object(table.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        ::toml::Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        ::toml::Value::String(text) => Value::String(text.clone()),
        ::toml::Value::Boolean(value) => Value::Bool(*value),
        ::toml::Value::Integer(number) => Value::from(*number),
        ::toml::Value::Float(number) => Value::from(*number),
        ::toml::Value::Datetime(moment) => Value::String(moment.to_string()),
    }
}
