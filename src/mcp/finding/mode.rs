//! Which tools are listed: all of them, or those that find the others.

use std::sync::Arc;

use super::tokens;
use super::tools::TOOLS;
use crate::catalog::{Catalog, Tool};
use crate::config::{FindingConfig, FindingMode};

/// What is listed of the catalog that one caller sees, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Whether actions are found by searching. Pinned ones are listed all the same.
    pub searching: bool,
    /// Why, in words, e.g. `62 actions, more than 40`.
    pub reason: String,
}

impl Plan {
    /// Decides for `catalog`, which holds what the caller sees.
    #[must_use]
    pub fn new(catalog: &Catalog, settings: &FindingConfig) -> Self {
        let actions = catalog.tools().len();
        match settings.mode {
            FindingMode::Direct | FindingMode::Search => Self {
                searching: settings.mode == FindingMode::Search,
                reason: format!("finding.mode is {}", settings.mode.as_str()),
            },
            FindingMode::Auto if actions > settings.max_tools => Self {
                searching: true,
                reason: format!("{actions} actions, more than {}", settings.max_tools),
            },
            FindingMode::Auto => {
                let tokens: usize = catalog.tools().iter().map(|tool| tokens::of_tool(tool)).sum();
                let most = settings.max_tokens;
                let searching = tokens > most;
                let compared = if searching { "more than" } else { "at most" };
                Self {
                    searching,
                    reason: if searching {
                        format!("about {tokens} tokens, {compared} {most}")
                    } else {
                        format!("at most {} actions and {most} tokens", settings.max_tools)
                    },
                }
            }
        }
    }

    /// The actions that are listed as tools, in the catalog's order.
    pub fn listed<'a>(&self, catalog: &'a Catalog) -> impl Iterator<Item = &'a Arc<Tool>> {
        let all = !self.searching;
        catalog.tools().iter().filter(move |tool| all || tool.action.pinned)
    }

    /// About how many tokens the whole list takes.
    #[must_use]
    pub fn tokens(&self, catalog: &Catalog) -> usize {
        let own: usize = if self.searching {
            TOOLS.iter().map(tokens::of_description).sum()
        } else {
            0
        };
        own + self.listed(catalog).map(|tool| tokens::of_tool(tool)).sum::<usize>()
    }
}
