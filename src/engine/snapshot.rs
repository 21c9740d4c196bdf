//! A catalog with everything resolved that would otherwise be resolved once a call.

use std::collections::HashMap;
use std::sync::Arc;

use super::CallError;
use super::code::Programs;
use crate::catalog::{Catalog, Tool};
use crate::connector::model::Connector;
use crate::egress::{Egress, EgressError, Route};
use crate::runner::guest::{Program, Sandbox};

/// A catalog and its ways out.
#[derive(Default)]
pub(super) struct Snapshot {
    pub(super) catalog: Arc<Catalog>,
    routes: HashMap<String, Result<Route, EgressError>>,
    programs: Programs,
}

/// A connector that cannot be reached as it is configured.
#[derive(Debug, Clone)]
pub struct Unroutable {
    /// Its slug.
    pub connector: String,
    /// Why.
    pub error: EgressError,
}

impl Snapshot {
    pub(super) fn build(catalog: Catalog, egress: &Egress) -> (Self, Vec<Unroutable>) {
        let mut unroutable = Vec::new();
        let mut routes = HashMap::with_capacity(catalog.connectors().len());
        for connector in catalog.connectors() {
            let route = egress.route(connector);
            if let Err(error) = &route {
                unroutable.push(Unroutable {
                    connector: connector.slug.clone(),
                    error: error.clone(),
                });
            }
            routes.insert(connector.slug.clone(), route);
        }
        (
            Self {
                programs: Programs::of(&catalog),
                catalog: Arc::new(catalog),
                routes,
            },
            unroutable,
        )
    }

    /// The program of `tool`, which is one of this snapshot's.
    pub(super) async fn program(&self, sandbox: &Sandbox, tool: &Tool) -> Result<Program, CallError> {
        self.programs.get(sandbox, tool).await
    }

    /// The way out for `connector`, which is one of this snapshot's.
    pub(super) fn route(&self, connector: &Connector) -> Result<&Route, EgressError> {
        match self.routes.get(&connector.slug) {
            Some(Ok(route)) => Ok(route),
            Some(Err(error)) => Err(error.clone()),
            None => Err(EgressError::Setup(format!(
                "the connector `{}` has no route",
                connector.slug
            ))),
        }
    }
}
