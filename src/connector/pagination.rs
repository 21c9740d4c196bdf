//! How an action reads a list that comes in pages.

use std::ops::Range;

use http::Method;
use serde_json::Value;

use super::action::Shared;
use super::arguments::Arguments;
use super::document::{ActionDocument, PlaceName};
use super::model::{BodyTemplate, Effect, Logic, RequestTemplate};
use super::scope::{Scope, json};
use crate::document::Node;
use crate::pagination::{self, Flaw, Keys, Pagination, Parameter, StyleName};

/// The key of the table.
const KEY: &str = "pagination";

/// Puts into `logic` what the action says about pages; reports what cannot be used. Whether nothing is wrong.
pub(super) fn add(
    scope: &Scope<'_>,
    node: &Node,
    document: &ActionDocument,
    arguments: &Arguments,
    effect: Effect,
    shared: &Shared<'_>,
    logic: &mut Logic,
) -> bool {
    let Some(keys) = &document.pagination else { return true };
    let span = node.key_span(KEY);
    let Logic::Request(request) = logic else {
        let message = "`pagination` has no effect here: the code makes its own requests";
        scope.refuse("no-effect", span, message, "remove it");
        return false;
    };
    if effect == Effect::Write {
        let message = "only an action that reads can have `pagination`: a write is sent once";
        let help = "write effect = \"read\" if the request changes nothing, else remove it";
        scope.refuse("bad-pagination", span, message, help);
        return false;
    }
    if request.method == Method::HEAD {
        let message = "the answer to a HEAD request has no body, so it has no pages";
        scope.refuse("bad-pagination", span, message, "write method = \"GET\", or remove it");
        return false;
    }
    let keys = match &shared.defaults.pagination {
        Some(defaults) => keys.over(defaults),
        None => keys.clone(),
    };
    match pagination::compile(&keys) {
        Ok(mut pagination) => {
            if !is_sent(scope, node, request, &pagination, shared) {
                return false;
            }
            pagination.argument = argument(node, &pagination, arguments);
            request.pagination = Some(Box::new(pagination));
            true
        }
        Err(flaws) => {
            for flaw in flaws {
                report(scope, node, &keys, flaw);
            }
            false
        }
    }
}

/// Warns of `[defaults.pagination]` that no action takes over: its author believes that lists are read whole.
pub(super) fn warn_of_unused_defaults(scope: &Scope<'_>) {
    let defaults = scope.root.get("defaults");
    let Some(defaults) = defaults.filter(|defaults| defaults.get(KEY).is_some()) else {
        return;
    };
    let message = "`[defaults.pagination]` has no effect: no action says that its answer comes in pages";
    let help = "write `pagination = {}` in each action that reads such a list, or remove it";
    scope.warn("no-effect", defaults.key_span(KEY), message, help);
}

/// Reports `flaw` where its key is written, else where the action asks for the defaults.
fn report(scope: &Scope<'_>, node: &Node, keys: &Keys, flaw: Flaw) {
    let written = node.get(KEY).and_then(|table| table.get(flaw.key));
    let span = match written {
        Some(value) if value.text().is_some() => scope.within_text(value, flaw.offset),
        Some(value) => value.span.clone(),
        None => node.key_span(KEY),
    };
    let is_default = written.is_none() && !flaw.key.is_empty() && keys.style.is_some();
    let message = if is_default {
        format!("{} (with what `[defaults.pagination]` says)", flaw.message)
    } else {
        flaw.message
    };
    scope.refuse("bad-pagination", span, message, flaw.help);
}

/// Whether the request has a place for the parameter; reports it when it has none.
fn is_sent(
    scope: &Scope<'_>,
    node: &Node,
    request: &RequestTemplate,
    pagination: &Pagination,
    shared: &Shared<'_>,
) -> bool {
    match &pagination.parameter {
        Some(Parameter::Query(name)) if shared.forbidden.query.contains(name) => {
            let message = format!("`{name}` is set by `[auth]`");
            let help = "name the parameter that says which page is wanted";
            scope.refuse("bad-name", place(node, "parameter"), message, help);
            false
        }
        // A URL that an API names may be anything to change there.
        None if request.method != Method::GET => {
            let message = format!(
                "pages of the styles {} are asked for with GET, and this is a {} request",
                StyleName::listed(false, "`", "and"),
                request.method
            );
            let help = format!(
                "write method = \"GET\", or a style that keeps the URL: {}",
                StyleName::listed(true, "", "or")
            );
            scope.refuse("bad-pagination", place(node, "style"), message, help);
            false
        }
        Some(Parameter::Body(_)) if !matches!(request.body, Some(BodyTemplate::Json(_))) => {
            let message = "the value for the next page goes into the JSON body, and this request has none";
            let help = "write `body`, or leave out in = \"body\" for a query parameter";
            scope.refuse("bad-pagination", place(node, "in"), message, help);
            false
        }
        _ => true,
    }
}

/// Where `key` is written.
fn place(node: &Node, key: &str) -> Range<usize> {
    let table = node.get(KEY);
    let value = table.and_then(|table| table.get(key));
    value.map_or_else(|| node.key_span(KEY), |value| value.span.clone())
}

/// The argument that alone is the parameter's value: a call with it begins there.
fn argument(node: &Node, pagination: &Pagination, arguments: &Arguments) -> Option<String> {
    let (wanted, name, written) = match pagination.parameter.as_ref()? {
        Parameter::Query(name) => (
            PlaceName::Query,
            name.as_str(),
            json(node.get("query")).get(name).cloned(),
        ),
        Parameter::Body(place) => (
            PlaceName::Body,
            place.written(),
            place.find(&json(node.get("body"))).cloned(),
        ),
    };
    let by_itself = |one: &&super::arguments::Argument| one.place == Some(wanted) && one.sent_as == name;
    if let Some(argument) = arguments.list.iter().find(by_itself) {
        return Some(argument.name.clone());
    }
    let Some(Value::String(text)) = written else {
        return None;
    };
    let inside = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    arguments
        .list
        .iter()
        .find(|one| one.name == inside)
        .map(|one| one.name.clone())
}
