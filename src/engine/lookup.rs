//! Step 1 of the pipeline: from the caller's name to a tool, or to a refusal that helps to find the right one.

use std::sync::Arc;

use super::{CallError, ErrorCode};
use crate::catalog::{Catalog, Lookup, Tool, naming};
use crate::connector::model::{Action, Connector, Effect};
use crate::policy::{self, Principal};

/// Most names offered in a refusal.
const MAX_OFFERED: usize = 8;

/// Most corrections that are offered.
const MAX_CLOSE: usize = 3;

/// Of so many characters of a name, one may be another for it to be offered as a correction.
const CHARACTERS_PER_SLIP: usize = 3;

/// The same for the name of a tool as a whole, of which the connector is a large part.
const CHARACTERS_PER_SLIP_OF_A_WHOLE_NAME: usize = 8;

/// The same for the word that says what a write does.
const CHARACTERS_PER_SLIP_OF_A_WRITE: usize = 4;

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
        .filter(|tool| policy::exists_for(principal, &tool.connector));
    // The name comes from a caller: comparing takes time in proportion to its length.
    let called = shown(name);
    let (slug, action) = match naming::split_tool_name(&called) {
        // One that names no connector is that of an action.
        (action, "") => ("", action),
        both => both,
    };
    let close = visible.filter_map(|tool| {
        // Clients put names of their own in front, and models write other signs between its parts.
        let whole = if called.ends_with(&tool.name) {
            Some(0)
        } else {
            distance(&called, &tool.name, CHARACTERS_PER_SLIP_OF_A_WHOLE_NAME)
        };
        if let Some(slips) = whole {
            return is_meant(action, &tool.action).then_some(((0, slips), tool.name.as_str()));
        }
        let slips = slips(action, &tool.action)?;
        let elsewhere = distance(slug, &tool.connector.slug, CHARACTERS_PER_SLIP);
        // An action of another connector may be something else altogether.
        let fits = slug.is_empty() || elsewhere.is_some() || slips == 0;
        fits.then_some(((elsewhere.unwrap_or(usize::MAX), slips), tool.name.as_str()))
    });
    let close = closest(close);
    let (offered, resolution) = if close.is_empty() {
        let resolution = "list the tools again and call one of them by its exact name".to_owned();
        (String::new(), resolution)
    } else {
        let offered = format!("call {} if that is what you mean", quoted(close.into_iter()));
        let resolution = format!("{offered}, or list the tools again");
        (offered, resolution)
    };
    let cause = format!("there is no tool `{}`", shown(name));
    CallError {
        offered: Some(offered),
        ..CallError::new(ErrorCode::UnknownApi, cause, resolution)
    }
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
    let called = shown(action);
    let close = connector.actions.iter();
    let close = closest(close.filter_map(|action| Some((slips(&called, action)?, action.name.as_str()))));
    let (offered, resolution) = if close.is_empty() {
        let some = names.iter().take(MAX_OFFERED).copied().collect::<Vec<_>>().join("`, `");
        let more = match names.len().saturating_sub(MAX_OFFERED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let offered = format!("its actions are `{some}`{more}");
        let resolution = format!("{offered}; list the tools for their exact names");
        (offered, resolution)
    } else {
        let tools: Vec<String> = close
            .iter()
            .map(|name| naming::tool_name(&connector.slug, name))
            .collect();
        let resolution = format!("call {} instead", quoted(tools.iter().map(String::as_str)));
        (resolution.clone(), resolution)
    };
    let cause = format!("`{}` has no action `{}`", connector.slug, shown(action));
    CallError {
        offered: Some(offered),
        ..CallError::new(ErrorCode::EndpointNotFound, cause, resolution)
    }
}

/// The names with the least slips in them.
fn closest<'a, S: Ord>(alike: impl Iterator<Item = (S, &'a str)>) -> Vec<&'a str> {
    let mut alike: Vec<(S, &str)> = alike.collect();
    alike.sort();
    let as_close = alike.iter().take_while(|(slips, _)| *slips == alike[0].0).count();
    let offered = alike.into_iter().take(as_close.min(MAX_CLOSE));
    offered.map(|(_, name)| name).collect()
}

/// How many slips lie between a name and that of an action, if it can be meant at all. What would write is not offered to
/// somebody whose first word says that they want something else.
fn slips(name: &str, action: &Action) -> Option<usize> {
    let slips = distance(name, &action.name, CHARACTERS_PER_SLIP)?;
    is_meant(name, action).then_some(slips)
}

/// Whether somebody who writes `name` may mean what the action does.
fn is_meant(name: &str, action: &Action) -> bool {
    let first = |name: &str| name.split('_').next().unwrap_or_default().to_owned();
    action.effect == Effect::Read
        || distance(&first(name), &first(&action.name), CHARACTERS_PER_SLIP_OF_A_WRITE).is_some()
}

/// How many characters are others, missing, too many or swapped between two names, unless they are too many for one to be
/// a slip of the other.
fn distance(one: &str, other: &str, characters_per_slip: usize) -> Option<usize> {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let (shorter, longer) = (one.chars().count(), other.chars().count());
    let most = shorter.max(longer) / characters_per_slip;
    // Comparing takes time in proportion to both lengths, and there may be many names.
    if shorter.abs_diff(longer) > most {
        return None;
    }
    let distance = strsim::osa_distance(&one, &other);
    (distance <= most).then_some(distance)
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

#[cfg(test)]
mod tests;
