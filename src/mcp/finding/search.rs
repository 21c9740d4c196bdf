//! Which actions a sentence leads to: those that it mentions by name, then those that fit its words.

use std::sync::Arc;

use crate::catalog::{Catalog, Lookup, Tool};
use crate::mcp::guide::mentions;

/// Longest sentence that is read, in characters.
const MAX_CHARS: usize = 2_000;

/// The best `limit` actions of `catalog` for `sentence`, of one connector if that is named. `#name` in the sentence
/// stands for an action or a connector (contract S2-26), and a sentence that is a tool's name for that tool.
#[must_use]
pub fn search(catalog: &Catalog, sentence: &str, connector: Option<&str>, limit: usize) -> Vec<Arc<Tool>> {
    let sentence: String = sentence.chars().take(MAX_CHARS).collect();
    let mut mentioned = Mentioned::default();
    mentioned.add(catalog, sentence.trim());
    for name in mentions(&sentence) {
        mentioned.add(catalog, name);
        mentioned.add_connector(catalog, name);
    }
    let of_connector = |tool: &Tool| {
        let slug = tool.connector.slug.as_str();
        match connector {
            Some(connector) => slug == connector,
            None => mentioned.connectors.is_empty() || mentioned.connectors.contains(&slug),
        }
    };
    let mut found = mentioned.tools.clone();
    found.retain(|tool| connector.is_none_or(|connector| tool.connector.slug == connector));
    // There may be thousands of the same name, and what was named comes before what fits.
    found.truncate(limit);
    if found.len() == limit {
        return found;
    }
    let hits = catalog
        .index()
        .search(&sentence, limit.saturating_add(found.len()), |position| {
            catalog.tools().get(position).is_some_and(|tool| of_connector(tool))
        });
    let by_words: Vec<_> = hits.iter().filter_map(|hit| catalog.tools().get(hit.tool)).collect();
    for tool in by_words {
        if !found.iter().any(|known| known.name == tool.name) {
            found.push(Arc::clone(tool));
        }
    }
    if found.is_empty() {
        // "What is there in #crm": nothing fits better than anything else.
        let named = |tool: &&Arc<Tool>| !mentioned.connectors.is_empty() && of_connector(tool);
        found.extend(catalog.tools().iter().filter(named).cloned());
    }
    found.truncate(limit);
    found
}

/// What is called by its name.
#[derive(Default)]
struct Mentioned<'a> {
    tools: Vec<Arc<Tool>>,
    connectors: Vec<&'a str>,
}

impl<'a> Mentioned<'a> {
    /// An action by its tool's name or alias, or all actions of that name.
    fn add(&mut self, catalog: &Catalog, name: &str) {
        for spelling in [name, &format!("custom.{name}")] {
            if let Lookup::Found(tool) = catalog.find(spelling) {
                self.tools.push(Arc::clone(tool));
                return;
            }
        }
        self.tools
            .extend(catalog.tools().iter().filter(|tool| tool.action.name == name).cloned());
    }

    fn add_connector(&mut self, catalog: &'a Catalog, name: &str) {
        let known = catalog.connectors().iter().filter(|connector| connector.slug == name);
        self.connectors.extend(known.map(|connector| connector.slug.as_str()));
    }
}
