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

/// Most corrections that are offered.
const MAX_CLOSE: usize = 3;

/// How much less alike than the best one a further correction may be.
const AS_CLOSE: f64 = 0.05;

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
    let close = closest(name, visible);
    let resolution = if close.is_empty() {
        "list the tools again and call one of them by its exact name".to_owned()
    } else {
        let close = quoted(close.iter().copied());
        format!("call {close} if that is what you mean, or list the tools again")
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
    let close = closest(action, names.iter().copied());
    let resolution = if close.is_empty() {
        let offered = names.iter().take(MAX_OFFERED).copied().collect::<Vec<_>>().join("`, `");
        format!("its actions are `{offered}`; list the tools for their exact names")
    } else {
        let tools: Vec<String> = close
            .iter()
            .map(|name| naming::tool_name(&connector.slug, name))
            .collect();
        format!("call {} instead", quoted(tools.iter().map(String::as_str)))
    };
    let cause = format!("`{}` has no action `{}`", connector.slug, shown(action));
    CallError::new(ErrorCode::EndpointNotFound, cause, resolution)
}

/// The names that are most like `name`, best first.
fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    // The name comes from a caller: comparing takes time in proportion to its length.
    let name = shown(name);
    let mut alike: Vec<(f64, &str)> = candidates
        .map(|candidate| (strsim::jaro_winkler(&name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let best = alike.first().map_or(0.0, |(likeness, _)| *likeness);
    let offered = alike.into_iter().take(MAX_CLOSE);
    offered
        .take_while(|(likeness, _)| *likeness >= best - AS_CLOSE)
        .map(|(_, name)| name)
        .collect()
}

/// Names to choose from, in words.
fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
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
