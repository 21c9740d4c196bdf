//! What a client tells its model about this server: which connectors there are and when to use them (contract S0-06).

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::connector::model::Connector;

/// Longest list of connectors, in characters: it stands in the context of every conversation.
const MAX_LIST_CHARS: usize = 6_000;
/// Longest description of one connector while there is room.
const MAX_DESCRIPTION_CHARS: usize = 600;
/// A description is not cut shorter than this; connectors that do not fit are counted instead.
const MIN_DESCRIPTION_CHARS: usize = 80;

const INTRODUCTION: &str = "Tools that call HTTP APIs. A tool's name is <connector>__<action>. Credentials are added \
    by the server: never ask for them and never pass them. A tool that changes something may wait for a person's \
    approval first. An error says what to do next.";

/// The instructions for one catalog.
pub(super) fn write(catalog: &Catalog) -> String {
    let connectors: Vec<&Arc<Connector>> = catalog
        .connectors()
        .iter()
        .filter(|connector| connector.enabled)
        .collect();
    if connectors.is_empty() {
        return format!("{INTRODUCTION}\n\nNo connector is loaded at the moment.");
    }
    let share = (MAX_LIST_CHARS / connectors.len()).clamp(MIN_DESCRIPTION_CHARS, MAX_DESCRIPTION_CHARS);
    let mut lines = vec![INTRODUCTION.to_owned(), String::new(), "Connectors:".to_owned()];
    let mut room = MAX_LIST_CHARS;
    for (position, connector) in connectors.iter().enumerate() {
        let line = line(connector, share);
        let length = line.chars().count();
        if length > room {
            lines.push(format!("- and {} more", connectors.len() - position));
            break;
        }
        room -= length;
        lines.push(line);
    }
    lines.join("\n")
}

fn line(connector: &Connector, share: usize) -> String {
    // One line each, so that a description cannot look like further instructions of the server.
    let description = connector.description.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = cut(&connector.name, MIN_DESCRIPTION_CHARS);
    if description.is_empty() {
        format!("- {} ({name})", connector.slug)
    } else {
        format!("- {} ({name}): {}", connector.slug, cut(&description, share))
    }
}

/// `text`, cut to `limit` characters with a mark.
fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_connectors_it_says_so() {
        assert!(write(&Catalog::default()).contains("No connector is loaded"));
    }

    #[test]
    fn long_texts_are_cut_with_a_mark() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("ééé", 3), "ééé");
    }
}
