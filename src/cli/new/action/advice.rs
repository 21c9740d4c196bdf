//! What the author of a connector does by hand where its file cannot be added to: what was found, where it is, and the
//! text to put there. Must never write.

use serde_json::json;

use super::entry::Entry;
use super::place::{Place, WRAPPER};
use crate::document::{Format, Kind, Node};

/// Something that the author does by hand.
pub(super) struct Step {
    /// What to do with the text.
    pub(super) what: String,
    /// The text, as the file has it.
    pub(super) text: String,
}

impl Place<'_> {
    /// Why the file is not added to, and what its author does instead.
    pub(super) fn by_hand(&self, entry: &Entry) -> (String, Vec<Step>) {
        let file = self.file.shown.display();
        let key = self.written_key();
        let mut steps = vec![self.step_for(entry)];
        let reason = match (self.offered(), self.list()) {
            (Some(names), _) => {
                let item = json!(entry.name).to_string();
                steps.push(self.step_behind("expose", names, &item, &item));
                format!(
                    "The list `expose` at {} names the actions that are offered, so this is done by hand",
                    self.at(names.span.start)
                )
            }
            (None, Some(list)) if self.format == Format::Toml => format!(
                "`{key}` at {} is one list, which is added to by hand",
                self.at(list.key_span.start)
            ),
            _ => format!("{file} is not TOML, so it is added to by hand"),
        };
        (reason, steps)
    }

    fn step_for(&self, entry: &Entry) -> Step {
        let value = entry.value();
        let (one, shown) = match self.format {
            Format::Toml => (entry.inline(), entry.inline()),
            Format::Json => (value.to_string(), format!("{value:#}")),
            Format::Yaml => (value.to_string(), value.to_string()),
        };
        let key = self.written_key();
        match self.list() {
            Some(list) if self.format == Format::Toml && !self.is_one_value(list) => Step {
                what: format!("Put this at the end of {}", self.file.shown.display()),
                text: entry.tables(&key).trim_end().to_owned(),
            },
            Some(list) if !self.is_empty() => self.step_behind(&key, &list.value, &shown, &one),
            Some(list) => Step {
                what: format!("Make this the value of `{key}` at {}", self.at(list.key_span.start)),
                text: format!("[{shown}]"),
            },
            None => {
                let holder = if self.is_wrapped {
                    format!("`{WRAPPER}` of ")
                } else {
                    String::new()
                };
                let indent = self.holder().members().first();
                let indent = indent.map_or(0, |member| self.position(member.key_span.start).1 - 1);
                let text = match self.format {
                    Format::Toml => format!("{} = [{one}]", self.key),
                    Format::Json => format!("\"{}\": [{shown}]", self.key),
                    Format::Yaml => format!("{}{}: [{one}]", " ".repeat(indent), self.key),
                };
                Step {
                    what: format!("Put this into {holder}{}", self.file.shown.display()),
                    text,
                }
            }
        }
    }

    /// Adds an item to the list at `key`: `shown` where it stands between brackets, `one` on one line.
    fn step_behind(&self, key: &str, list: &Node, shown: &str, one: &str) -> Step {
        if self.is_bracketed(list) {
            let end = self.end_of(list.items().last().unwrap_or(list));
            Step {
                what: format!(
                    "Put this behind the last item of the list `{key}`, which ends at {}, with a comma between them",
                    self.at(end - 1)
                ),
                text: shown.to_owned(),
            }
        } else {
            let (indent, end) = self.dashes(list);
            Step {
                what: format!(
                    "Put this at the end of the list `{key}`, in a line of its own behind {}:{}",
                    self.file.shown.display(),
                    self.position(end - 1).0
                ),
                text: format!("{indent}- {one}"),
            }
        }
    }

    /// What stands before the dashes of a list that is written in lines of its own, and where its last item ends. The text
    /// tells both: what has an anchor begins there, and what repeats another value is found in that one's place.
    fn dashes(&self, list: &Node) -> (&str, usize) {
        let text = self.source.text();
        let start = text[..list.span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let (mut offset, mut indent, mut written) = (start, None, start);
        for line in text[start..list.span.end].split_inclusive('\n') {
            let inside = line.trim_start();
            let before = &line[..line.len() - inside.len()];
            let is_item = inside
                .strip_prefix('-')
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
            if is_item && indent.is_none() {
                indent = Some(before);
            }
            if !inside.trim_end().is_empty() && !inside.starts_with('#') {
                written = offset + line.trim_end().len();
            }
            offset += line.len();
        }
        let end = list.items().last().map_or(written, |item| self.end_of(item));
        (indent.unwrap_or_default(), end.max(written))
    }

    /// Whether the value is written between brackets, and not in lines of its own as YAML can have it.
    fn is_bracketed(&self, node: &Node) -> bool {
        self.format != Format::Yaml || self.source.text()[node.span.start..].starts_with(['[', '{'])
    }

    /// Where the last character of a value ends. What YAML has in lines of its own lasts until the next line with text.
    fn end_of(&self, node: &Node) -> usize {
        let last = match &node.kind {
            Kind::List(items) => items.last(),
            Kind::Table(members) => members.last().map(|member| &member.value),
            _ => None,
        };
        match last {
            Some(last) if !self.is_bracketed(node) => self.end_of(last),
            _ => self.source.text()[..node.span.end].trim_end().len(),
        }
    }

    /// `FILE:LINE:COLUMN` of a byte.
    fn at(&self, offset: usize) -> String {
        let (line, column) = self.position(offset);
        format!("{}:{line}:{column}", self.file.shown.display())
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let before = &self.source.text()[..self.source.text().floor_char_boundary(offset)];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (self.source.line_of(offset), 1 + before[start..].chars().count())
    }
}
