//! Where a connector's file has its actions, and the edit that brings another one there. Must never write, and never know
//! what an action is.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::changes::Edit;
use super::entry::Entry;
use crate::connector::SourceFile;
use crate::diagnostics::Source;
use crate::document::{Format, Kind, Member, Node, parse};

/// The key that some connectors have everything below.
pub(super) const WRAPPER: &str = "custom_api";

/// The keys of the list, the usual one first.
const LISTS: [&str; 2] = ["actions", "endpoints"];

/// The place of the actions in one file.
pub(super) struct Place<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) source: Source<'a>,
    pub(super) format: Format,
    root: Node,
    /// Whether everything stands below [`WRAPPER`].
    pub(super) is_wrapped: bool,
    /// The key of the list.
    pub(super) key: &'static str,
}

impl<'a> Place<'a> {
    /// The place in `file`; nothing when the file cannot be read.
    pub(super) fn of(file: &'a SourceFile) -> Option<Self> {
        let source = Source::new(&file.shown, &file.text);
        let format = Format::of(&file.relative)?;
        let root = parse(&source, format).ok()?;
        let is_wrapped = root
            .get(WRAPPER)
            .is_some_and(|inner| matches!(inner.kind, Kind::Table(_)));
        let mut place = Self {
            file,
            source,
            format,
            root,
            is_wrapped,
            key: LISTS[0],
        };
        let written = LISTS.into_iter().find(|key| place.holder().get(key).is_some());
        place.key = written.unwrap_or(LISTS[0]);
        Some(place)
    }

    /// The connector, wherever it stands in the file.
    pub(super) fn holder(&self) -> &Node {
        self.root.get(WRAPPER).filter(|_| self.is_wrapped).unwrap_or(&self.root)
    }

    pub(super) fn list(&self) -> Option<&Member> {
        self.holder().member(self.key)
    }

    /// The names of the actions that are offered, where those are only some.
    pub(super) fn offered(&self) -> Option<&Node> {
        self.holder().get("expose").filter(|names| !names.is_null())
    }

    /// Whether there is no action in the file, and nothing else in the place of the actions.
    pub(super) fn is_empty(&self) -> bool {
        self.list().is_none_or(|member| match &member.value.kind {
            Kind::Null => true,
            Kind::List(items) => items.is_empty(),
            Kind::Table(members) => members.is_empty(),
            Kind::Boolean(_) | Kind::Number(_) | Kind::Text(_) => false,
        })
    }

    /// The whole file as JSON, with one action more.
    pub(super) fn as_json_with(&self, name: &str, action: Value) -> SourceFile {
        let mut whole = self.root.to_json();
        let holder = match whole.get_mut(WRAPPER) {
            Some(inner) if self.is_wrapped => inner,
            _ => &mut whole,
        };
        if let Some(members) = holder.as_object_mut() {
            match members.get_mut(self.key) {
                Some(Value::Array(list)) => list.push(action),
                _ => drop(members.insert(self.key.to_owned(), json!([action]))),
            }
            if let Some(Value::Array(names)) = members.get_mut("expose") {
                names.push(name.into());
            }
        }
        SourceFile {
            shown: self.file.shown.clone(),
            relative: PathBuf::from("connector.json"),
            text: whole.to_string(),
        }
    }

    /// How `entry` comes into the file, if the file can be added to.
    pub(super) fn edit(&self, entry: &Entry) -> Option<Edit> {
        if self.format != Format::Toml || self.offered().is_some() {
            return None;
        }
        let text = self.source.text();
        let tables = entry.tables(&self.written_key());
        let (range, added) = match self.list() {
            Some(list) if self.is_empty() => {
                let span = list.value.span.clone();
                match list.value.kind {
                    Kind::List(_) if self.is_one_value(list) => {
                        let end = span.end - 1;
                        let gap = if text[..end].ends_with('\n') { "" } else { "\n" };
                        (end..end, format!("{gap}  {},\n", entry.inline()))
                    }
                    _ if self.is_one_value(list) => (span, format!("[\n  {},\n]", entry.inline())),
                    // The header of a table without members.
                    _ => (span, tables.trim_end().to_owned()),
                }
            }
            Some(list) if self.is_one_value(list) => return None,
            _ => {
                let gap = if text.ends_with('\n') { "\n" } else { "\n\n" };
                (text.len()..text.len(), format!("{gap}{tables}"))
            }
        };
        // What ranges count from.
        let mark = self.file.text.len() - text.len();
        let edit = Edit {
            path: self.file.shown.clone(),
            before: self.file.text.clone(),
            range: range.start + mark..range.end + mark,
            text: added,
        };
        Some(edit.with_line_ends_of(text))
    }

    /// The key of the list, with what it stands below.
    pub(super) fn written_key(&self) -> String {
        if self.is_wrapped {
            format!("{WRAPPER}.{}", self.key)
        } else {
            self.key.to_owned()
        }
    }

    /// Whether TOML has the member as `key = value`, and not as the header of a table.
    pub(super) fn is_one_value(&self, member: &Member) -> bool {
        let between = self.source.text().get(member.key_span.end..member.value.span.start);
        between.is_some_and(|between| between.contains('='))
    }
}
