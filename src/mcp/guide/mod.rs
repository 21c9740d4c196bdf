//! What connectors tell people and models beside their tools: `SKILL.md` as a resource, each connector as a prompt,
//! and completion of `#names` (contract S2-26, S4-16).
//!
//! Shows what the principal may see and nothing else. Must never run a call.

mod completion;
mod mention;
mod prompts;
mod resources;
mod text;

use std::sync::Arc;

use crate::catalog::{Catalog, Tool};
use crate::connector::model::Connector;
use crate::engine::Principal;
use crate::policy;

pub(super) use completion::complete;
pub(in crate::mcp) use mention::mentions;
pub(super) use prompts::{get as prompt, list as prompts};
pub(super) use resources::{NotFound, list as resources, read as resource, templates as resource_templates};

/// The part of a catalog that one principal may see.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) principal: &'a Principal,
}

impl<'a> View<'a> {
    /// Connectors in order of their slugs. What a disabled one says is not served (contract S4-02).
    fn connectors(self) -> impl Iterator<Item = &'a Arc<Connector>> {
        let catalog = self.catalog;
        let may_see = move |connector: &&Arc<Connector>| {
            catalog.offers(connector) && policy::exists_for(self.principal, connector)
        };
        catalog.connectors().iter().filter(may_see)
    }

    fn connector(self, slug: &str) -> Option<&'a Arc<Connector>> {
        self.connectors().find(|connector| connector.slug == slug)
    }

    /// Tools in order of their names.
    fn tools(self) -> impl Iterator<Item = &'a Arc<Tool>> {
        let may_see = move |tool: &&Arc<Tool>| policy::exists_for(self.principal, &tool.connector);
        self.catalog.tools().iter().filter(may_see)
    }

    fn tools_of(self, connector: &'a Connector) -> impl Iterator<Item = &'a Arc<Tool>> {
        self.tools().filter(|tool| tool.connector.slug == connector.slug)
    }
}

#[cfg(test)]
mod tests;
