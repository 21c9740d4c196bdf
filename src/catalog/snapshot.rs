//! One snapshot: tools in a stable order, found by name or by dotted alias.

use std::sync::Arc;

use crate::connector::model::{Action, Connector};

/// An action under the name that agents see.
#[derive(Debug)]
pub struct Tool {
    /// `<connector>__<action>`, at most 48 characters (ruling C-11).
    pub name: String,
    /// The connector it belongs to.
    pub connector: Arc<Connector>,
    /// The action behind it.
    pub action: Arc<Action>,
}

/// All connectors at one moment. A call works on the snapshot that it began with.
#[derive(Debug, Default)]
pub struct Catalog {
    connectors: Vec<Arc<Connector>>,
    tools: Vec<Arc<Tool>>,
}

/// What a tool name leads to.
#[derive(Debug)]
pub enum Lookup<'a> {
    /// This tool.
    Found(&'a Arc<Tool>),
    /// No connector of that name; holds the part of the name taken for one.
    UnknownConnector(String),
    /// The connector is known, the action is not.
    UnknownAction {
        /// The connector.
        connector: &'a Arc<Connector>,
        /// The part of the name taken for an action.
        action: String,
    },
}

impl Catalog {
    /// Tools of enabled connectors, sorted by name.
    #[must_use]
    pub fn tools(&self) -> &[Arc<Tool>] {
        &self.tools
    }
    /// All connectors, sorted by slug.
    #[must_use]
    pub fn connectors(&self) -> &[Arc<Connector>] {
        &self.connectors
    }
    /// Finds a tool by its name or by `custom.<connector>.<action>`.
    #[must_use]
    pub fn find(&self, _name: &str) -> Lookup<'_> {
        unimplemented!()
    }
}
