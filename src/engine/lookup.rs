//! Step 1 of the pipeline: from the caller's name to a tool, or to a refusal that helps to find the right one.

use std::sync::Arc;

use super::{CallError, ErrorCode};
use crate::catalog::{Catalog, Lookup, Tool, naming};
use crate::connector::model::Connector;
use crate::policy::{self, Principal};

/// Most names offered in a refusal.
const MAX_OFFERED: usize = 8;

/// How alike two names must be to be offered as a correction.
const ALIKE: f64 = 0.6;

/// Finds the tool that `name` stands for, among those that exist for `principal`.
pub(super) fn find(catalog: &Catalog, name: &str, principal: &Principal) -> Result<Arc<Tool>, CallError> {
    match catalog.find(name) {
        Lookup::Found(tool) if policy::exists_for(principal, &tool.connector) => Ok(Arc::clone(tool)),
        Lookup::UnknownAction { connector, action } if policy::exists_for(principal, connector) => {
            Err(unknown_action(connector, &action))
        }
        Lookup::Disabled(connector) if policy::exists_for(principal, connector) => Err(disabled(connector)),
        Lookup::Found(_) | Lookup::UnknownAction { .. } | Lookup::UnknownConnector(_) | Lookup::Disabled(_) => {
            Err(unknown_tool(catalog, name, principal))
        }
    }
}

fn unknown_tool(catalog: &Catalog, name: &str, principal: &Principal) -> CallError {
    let visible = catalog
        .tools()
        .iter()
        .filter(|tool| policy::exists_for(principal, &tool.connector))
        .map(|tool| tool.name.as_str());
    let resolution = match closest(name, visible) {
        Some(close) => format!("call `{close}` if that is what you mean, or list the tools again"),
        None => "list the tools again and call one of them by its exact name".to_owned(),
    };
    CallError::new(
        ErrorCode::UnknownApi,
        format!("there is no tool `{}`", shown(name)),
        resolution,
    )
}

fn disabled(connector: &Connector) -> CallError {
    CallError {
        source: Some("local"),
        ..CallError::new(
            ErrorCode::ApiDisabled,
            format!("the API `{}` is disabled; nothing was sent", connector.slug),
            "do without it: only an operator can enable it again",
        )
    }
}

fn unknown_action(connector: &Connector, action: &str) -> CallError {
    let names: Vec<&str> = connector.actions.iter().map(|action| action.name.as_str()).collect();
    let resolution = if let Some(close) = closest(action, names.iter().copied()) {
        format!("call `{}` instead", naming::tool_name(&connector.slug, close))
    } else {
        let offered = names.iter().take(MAX_OFFERED).copied().collect::<Vec<_>>().join("`, `");
        format!("its actions are `{offered}`; list the tools for their exact names")
    };
    let cause = format!("`{}` has no action `{}`", connector.slug, shown(action));
    CallError::new(ErrorCode::EndpointNotFound, cause, resolution)
}

fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // The name comes from a caller: comparing takes time in proportion to its length.
    let name = shown(name);
    candidates
        .map(|candidate| (strsim::jaro_winkler(&name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

fn shown(name: &str) -> String {
    const MAX_SHOWN: usize = 80;
    let mut shown: String = name
        .chars()
        .take(MAX_SHOWN)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if name.chars().nth(MAX_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
