//! Which connectors offer tools to one caller, followed through the changes of the catalog.

use std::sync::Arc;

use tokio::sync::watch;

use crate::connector::model::Connector;
use crate::engine::Engine;
use crate::policy::{self, Principal};

/// The connectors that exist for a caller, as last looked at.
pub(super) struct Visible {
    engine: Engine,
    principal: Arc<Principal>,
    changes: watch::Receiver<u64>,
    connectors: Vec<Arc<Connector>>,
}

impl Visible {
    /// What there is for `principal` now.
    pub(super) fn new(engine: &Engine, principal: &Arc<Principal>) -> Self {
        // Before looking: a change in between is then one that is still to come.
        let mut changes = engine.catalog_changes();
        changes.mark_unchanged();
        Self {
            connectors: connectors(engine, principal),
            engine: engine.clone(),
            principal: Arc::clone(principal),
            changes,
        }
    }

    /// Changes whenever the catalog does, from [`Visible::new`] on, whether or not the caller can see it.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    /// Looks again; whether anything is different for the caller.
    pub(super) fn refresh(&mut self) -> bool {
        let now = connectors(&self.engine, &self.principal);
        // Connectors that did not change are kept when files are read again.
        let same = now.len() == self.connectors.len()
            && now
                .iter()
                .zip(&self.connectors)
                .all(|(now, before)| Arc::ptr_eq(now, before));
        self.connectors = now;
        !same
    }
}

fn connectors(engine: &Engine, principal: &Principal) -> Vec<Arc<Connector>> {
    let catalog = engine.catalog();
    let offered = catalog
        .connectors()
        .iter()
        .filter(|connector| catalog.offers(connector));
    offered
        .filter(|connector| policy::exists_for(principal, connector))
        .cloned()
        .collect()
}
