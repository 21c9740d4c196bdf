//! The actions of all files of a connector together: their names are unique, and it may offer only some of them.

use std::collections::HashMap;
use std::sync::Arc;

use super::action::{self, Shared};
use super::model::Action;
use super::scope::Scope;
use crate::document::{Node, closest};

/// The actions of all files.
#[derive(Default)]
pub(super) struct Actions {
    compiled: Vec<Arc<Action>>,
    /// Where each name is written, for messages about another action of the same name.
    places: HashMap<String, String>,
    /// How many actions were written, broken ones included.
    pub(super) written: usize,
    /// Whether one of them says how its answer comes in pages.
    pub(super) paged: bool,
    /// Whether the actions of a file could not be read, so that there may be more.
    pub(super) incomplete: bool,
}

impl Actions {
    pub(super) fn compile(&mut self, scope: &Scope<'_>, shared: &Shared<'_>) {
        for node in scope.root.get("actions").map(Node::items).unwrap_or_default() {
            self.written += 1;
            self.paged |= node.get("pagination").is_some();
            // The name is taken from the tree: an action with errors takes its name, too.
            if let Some(slug) = action::slug(node) {
                self.take(scope, node, slug);
            }
            self.compiled.extend(action::compile(scope, node, shared).map(Arc::new));
        }
        // Something else in place of the list has been told.
        let is_no_list = scope.root.get("actions").is_some_and(|actions| actions.broken);
        self.incomplete |= is_no_list || scope.root.is_null();
    }

    /// Takes a name for an action; reports it when it is taken.
    fn take(&mut self, scope: &Scope<'_>, node: &Node, slug: String) {
        let span = node.value_span("name");
        let place = format!("{}:{}", scope.source.file().display(), scope.source.line_of(span.start));
        if let Some(first) = self.places.get(&slug) {
            let message = format!("there is an action `{slug}` already, at {first}");
            scope.refuse("duplicate-action", span, message, "rename one of them");
        } else {
            self.places.insert(slug, place);
        }
    }
}

/// The actions that the connector offers: all, or those in `expose` (ruling C-15).
pub(super) fn exposed(scope: &Scope<'_>, actions: Actions) -> Vec<Arc<Action>> {
    let Some(list) = scope.root.get("expose").filter(|list| !list.is_null()) else {
        return actions.compiled;
    };
    for item in list.items() {
        let Some(name) = item.text() else { continue };
        if !actions.incomplete && !actions.places.contains_key(name) {
            let mut finding = scope.source.error(
                "unknown-action",
                item.span.clone(),
                format!("there is no action `{name}`"),
            );
            finding.help = closest(name, actions.places.keys().map(String::as_str))
                .map(|meant| format!("did you mean `{meant}`?"));
            scope.report(finding);
        }
    }
    let offered = |action: &Arc<Action>| {
        list.items()
            .iter()
            .any(|item| item.text() == Some(action.name.as_str()))
    };
    actions.compiled.into_iter().filter(offered).collect()
}
