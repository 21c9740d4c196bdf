//! `#name` in a text: what it attaches (contract S2-26).

use std::sync::Arc;

use super::View;
use crate::catalog::{Lookup, Tool};
use crate::connector::model::Connector;

/// What a name stands for.
pub(super) enum Meaning<'a> {
    /// A connector with all its actions.
    Connector(&'a Arc<Connector>),
    /// One tool, or several connectors' actions of that name.
    Tools(Vec<&'a Arc<Tool>>),
    /// Nothing that this principal may see.
    Unknown,
}

/// The names behind each `#` of `text`, each once, in their order.
pub(in crate::mcp) fn mentions(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (position, _) in text.match_indices('#') {
        if !starts_a_word(text, position) {
            continue;
        }
        let rest = &text[position + 1..];
        let end = rest.find(|c| !is_part_of_a_name(c)).unwrap_or(rest.len());
        // A dot or a hyphen at the end belongs to the sentence.
        let name = rest[..end].trim_end_matches(['.', '-']);
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// Where the name that is being typed at the end of `text` begins, right behind its `#`.
pub(super) fn being_typed(text: &str) -> Option<usize> {
    let position = text.rfind('#').filter(|position| starts_a_word(text, *position))?;
    let start = position + 1;
    text[start..].chars().all(is_part_of_a_name).then_some(start)
}

/// What `name` stands for: a connector, a tool by its name or alias, or an action by its own name.
pub(super) fn meaning<'a>(view: View<'a>, name: &str) -> Meaning<'a> {
    if let Some(connector) = view.connector(name) {
        return Meaning::Connector(connector);
    }
    // `crm.create_ticket` is as good as `custom.crm.create_ticket`.
    let dotted = format!("custom.{name}");
    for spelling in [name, &dotted] {
        if let Lookup::Found(found) = view.catalog.find(spelling)
            && let Some(tool) = view.tools().find(|tool| tool.name == found.name)
        {
            return Meaning::Tools(vec![tool]);
        }
    }
    let tools: Vec<_> = view.tools().filter(|tool| tool.action.name == name).collect();
    if tools.is_empty() {
        Meaning::Unknown
    } else {
        Meaning::Tools(tools)
    }
}

/// Not in the middle of a word or a URL: `C#`, `page.html#top`.
fn starts_a_word(text: &str, position: usize) -> bool {
    text[..position]
        .chars()
        .next_back()
        .is_none_or(|before| before.is_whitespace() || "([{\"'`,;:".contains(before))
}

fn is_part_of_a_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-.".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_behind_a_hash_that_begins_a_word() {
        let cases: &[(&str, &[&str])] = &[
            ("ask #crm for Ada", &["crm"]),
            ("#crm, then (#crm__get_ticket).", &["crm", "crm__get_ticket"]),
            ("#crm and #crm again", &["crm"]),
            ("use #custom.crm.get_ticket.", &["custom.crm.get_ticket"]),
            ("written in C# at /a.html#top", &[]),
            ("# a heading", &[]),
            ("##crm", &[]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(mentions(text), *expected, "{text}");
        }
    }

    #[test]
    fn only_a_name_at_the_end_is_being_typed() {
        let cases = [
            ("#", Some("")),
            ("ask #cr", Some("cr")),
            ("#crm ask", None),
            ("C#", None),
            ("#a #b", Some("b")),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(being_typed(text).map(|start| &text[start..]), expected, "{text}");
        }
    }
}
