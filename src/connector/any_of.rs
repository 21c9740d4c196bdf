//! Arguments of which at least one has to be given. The schema of a tool cannot say so: clients refuse tools with a choice
//! at the top of their schemas.

use std::fmt;

use serde_json::{Map, Value};

use super::arguments::Arguments;
use super::document::ActionDocument;
use super::scope::Scope;
use crate::document::{Node, closest};

/// The key of the list.
const KEY: &str = "any_of";

/// Most groups that are named in a text.
const MOST_NAMED: usize = 12;

/// Groups of arguments of which at least one has to be given, with everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyOf(Vec<Vec<String>>);

impl AnyOf {
    /// At least one of `groups`, each of them names of arguments.
    #[must_use]
    pub fn new(groups: Vec<Vec<String>>) -> Self {
        Self(groups)
    }

    /// The groups.
    #[must_use]
    pub fn groups(&self) -> &[Vec<String>] {
        &self.0
    }

    /// Whether `arguments` have one of the groups.
    #[must_use]
    pub fn is_met(&self, arguments: &Map<String, Value>) -> bool {
        let is_given = |group: &Vec<String>| group.iter().all(|name| arguments.contains_key(name));
        self.0.iter().any(is_given)
    }
}

/// The groups as people and models read them, e.g. `` `id`, or `folder` with `name` ``.
impl fmt::Display for AnyOf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_whole = self.0.len() <= MOST_NAMED;
        for (index, group) in self.0.iter().take(MOST_NAMED).enumerate() {
            let between = match index {
                0 => "",
                _ if is_whole && index + 1 == self.0.len() => ", or ",
                _ => ", ",
            };
            let names: Vec<String> = group.iter().map(|name| format!("`{name}`")).collect();
            write!(formatter, "{between}{}", names.join(" with "))?;
        }
        if !is_whole {
            write!(formatter, ", or one of {} more", self.0.len() - MOST_NAMED)?;
        }
        Ok(())
    }
}

/// What an action says about arguments of which one is needed; reports names that no argument has.
pub(super) fn compile(
    scope: &Scope<'_>,
    node: &Node,
    document: &ActionDocument,
    arguments: &Arguments,
) -> Option<AnyOf> {
    let groups = document.any_of.as_ref()?;
    let place = node.get(KEY)?;
    if groups.is_empty() {
        let message = format!("`{KEY}` has no names, so nothing could be given");
        scope.refuse("no-effect", place.span.clone(), message, "name inputs, or remove it");
        return None;
    }
    let names = || arguments.list.iter().map(|argument| argument.name.as_str());
    for (group, place) in groups.iter().zip(place.items()) {
        let unknown = group.names().iter().find(|name| names().all(|known| known != *name));
        if let Some(name) = unknown.filter(|_| !arguments.incomplete) {
            let help = match closest(name, names()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("declare it among the inputs: [[actions.input]] with name = \"{name}\""),
            };
            let message = format!("`{name}` is not an input of this action");
            scope.refuse("undeclared-input", place.span.clone(), message, &help);
        }
    }
    Some(AnyOf::new(groups.iter().map(|group| group.names().to_vec()).collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn any_of(groups: &[&[&str]]) -> AnyOf {
        let owned = |group: &&[&str]| group.iter().map(|name| (*name).to_owned()).collect();
        AnyOf::new(groups.iter().map(owned).collect())
    }

    #[test]
    fn one_whole_group_is_enough() {
        let either = any_of(&[&["id"], &["folder", "name"]]);
        for (arguments, expected) in [
            (json!({}), false),
            (json!({"folder": "a"}), false),
            (json!({"folder": "a", "name": "b"}), true),
            (json!({"id": null}), true),
            (json!({"id": 1, "folder": "a"}), true),
        ] {
            assert_eq!(either.is_met(arguments.as_object().unwrap()), expected, "{arguments}");
        }
    }

    #[test]
    fn what_is_needed_is_named_as_far_as_anybody_reads() {
        assert_eq!(any_of(&[&["id"]]).to_string(), "`id`");
        let either = any_of(&[&["id"], &["folder", "name"], &["url"]]);
        assert_eq!(either.to_string(), "`id`, `folder` with `name`, or `url`");
        let many = any_of(&[&["a"] as &[&str]; MOST_NAMED + 3]).to_string();
        assert!(many.ends_with("`a`, or one of 3 more"), "{many}");
    }
}
