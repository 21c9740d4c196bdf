//! Members inside of an argument's value that the API knows by other names, or that agents are not asked for.

use std::collections::{HashMap, HashSet};

use super::document::{InputDocument, InsideDocument};
use super::scope::Scope;
use super::secret;
use crate::document::Node;
use crate::template::{Change, Inside, InsidePath, Step};

/// The key of the list.
const KEY: &str = "inside";

/// What the input at `node` says about members of its value; reports what would have no effect.
pub(super) fn compile(
    scope: &Scope<'_>,
    node: &Node,
    field: &InputDocument,
    schema: &serde_json::Map<String, serde_json::Value>,
) -> Vec<Inside> {
    let mut all = Vec::new();
    let mut paths: HashSet<InsidePath> = HashSet::new();
    let mut named: Vec<(InsidePath, &InsideDocument, &Node)> = Vec::new();
    let nodes = node.get(KEY).map(Node::items).unwrap_or_default();
    for (document, node) in field.inside.iter().zip(nodes) {
        let Some(path) = path(scope, node, document, schema) else {
            continue;
        };
        if !paths.insert(path.clone()) {
            let message = format!("`{path}` is written twice");
            scope.refuse("duplicate-key", node.value_span("path"), message, "keep one of them");
            continue;
        }
        all.extend(
            changes(scope, node, document, &path)
                .into_iter()
                .map(|change| Inside::new(path.clone(), change)),
        );
        named.push((path, document, node));
    }
    refuse_shared_names(scope, &named, schema);
    Inside::sort(&mut all);
    all
}

/// Reports members of one table that would have one name: the value of one of them would be lost.
fn refuse_shared_names(
    scope: &Scope<'_>,
    named: &[(InsidePath, &InsideDocument, &Node)],
    schema: &serde_json::Map<String, serde_json::Value>,
) {
    let schema = serde_json::Value::Object(schema.clone());
    let mut written: HashMap<&[Step], HashSet<&str>> = HashMap::new();
    for (path, _, _) in named {
        written.entry(path.steps()).or_default().insert(path.last());
    }
    let mut ends: HashMap<&[Step], HashSet<&str>> = HashMap::new();
    for (path, document, node) in named {
        let end = document.sent_as.as_deref().unwrap_or(path.last());
        // Of two, the later one is to blame.
        let is_shared = !ends.entry(path.steps()).or_default().insert(end);
        let is_spoken_of = written.get(path.steps()).is_some_and(|siblings| siblings.contains(end));
        let keeps_its_name = end != path.last() && !is_spoken_of && holds_both(&schema, path.steps(), path.last(), end);
        if is_shared || keeps_its_name {
            let message = format!("`{path}` would be sent as `{end}`, as another member beside it is");
            let key = if document.sent_as.is_some() { "sent_as" } else { "path" };
            let help = "give each a name of its own, or the other one another name as well";
            scope.refuse("duplicate-key", node.value_span(key), message, help);
        }
    }
}

/// Whether a table to which `steps` lead in a value of `schema` may have both members at once.
fn holds_both(schema: &serde_json::Value, steps: &[Step], one: &str, other: &str) -> bool {
    let alternatives = ["anyOf", "oneOf", "allOf"].iter();
    let mut alternatives = alternatives
        .filter_map(|keyword| schema.get(keyword)?.as_array())
        .flatten();
    if alternatives.any(|alternative| holds_both(alternative, steps, one, other)) {
        return true;
    }
    let properties = schema.get("properties");
    let Some((step, rest)) = steps.split_first() else {
        return properties.is_some_and(|names| names.get(one).is_some() && names.get(other).is_some());
    };
    let next = match step {
        Step::Member(name) => properties.and_then(|names| names.get(name)),
        Step::Items => schema.get("items"),
        Step::Members => schema.get("additionalProperties"),
    };
    next.is_some_and(|next| holds_both(next, rest, one, other))
}

fn path(
    scope: &Scope<'_>,
    node: &Node,
    document: &InsideDocument,
    schema: &serde_json::Map<String, serde_json::Value>,
) -> Option<InsidePath> {
    let written = node.get("path")?;
    let path = match InsidePath::parse(&document.path) {
        Ok(path) => path,
        Err((offset, problem)) => {
            let help = "write the way from the value to the member, e.g. `address.city` or `[].price`";
            scope.refuse("bad-path", scope.within_text(written, offset), problem, help);
            return None;
        }
    };
    // A fixed value stands for a member that agents do not see.
    let last = document.value.is_none().then_some(path.last());
    if !describes(&serde_json::Value::Object(schema.clone()), path.steps(), last) {
        let message = format!("`schema` describes nothing at `{path}`, so it is never there");
        let help = "write the names that stand in `schema`";
        scope.refuse("no-effect", written.span.clone(), message, help);
        return None;
    }
    Some(path)
}

fn changes(scope: &Scope<'_>, node: &Node, document: &InsideDocument, path: &InsidePath) -> Vec<Change> {
    let span = node.value_span("path");
    let is_alone = document.sent_as.is_none() && document.default.is_none();
    match &document.value {
        Some(_) if !is_alone => {
            let message = format!("what is always sent as `{path}` has no other name and no default");
            scope.refuse("no-effect", span, message, "keep `value` alone");
            Vec::new()
        }
        Some(value) => {
            if secret::carries_secret(path.last()) {
                let message = format!("`{path}` looks like a secret that is written out");
                let help = format!("authenticate in `[auth]`: {}", secret::advice(scope.root, "key"));
                scope.refuse("literal-secret", node.value_span("value"), message, help);
            }
            vec![Change::Value(value.clone())]
        }
        None if is_alone => {
            let message = format!("nothing is said about `{path}`");
            let help = "write `sent_as`, `value` or `default`";
            scope.refuse("missing-key", span, message, help);
            Vec::new()
        }
        None => {
            let default = document.default.clone().map(Change::Default);
            let name = document.sent_as.clone().map(Change::SentAs);
            default.into_iter().chain(name).collect()
        }
    }
}

/// Whether a value of `schema` may have what `steps` lead to, and there the member `last`. A table whose members nobody
/// describes may have any.
fn describes(schema: &serde_json::Value, steps: &[Step], last: Option<&str>) -> bool {
    let alternatives = ["anyOf", "oneOf", "allOf"]
        .iter()
        .filter_map(|keyword| schema.get(keyword)?.as_array())
        .flatten();
    if alternatives.into_iter().any(|one| describes(one, steps, last)) {
        return true;
    }
    let next = match (steps.first(), last) {
        (Some(Step::Member(name)), _) => Some(name.as_str()),
        (None, Some(last)) => Some(last),
        (Some(Step::Items), _) => {
            return schema
                .get("items")
                .is_none_or(|items| describes(items, &steps[1..], last));
        }
        (Some(Step::Members), _) => {
            let others = schema.get("additionalProperties");
            return others.is_none_or(|others| describes(others, &steps[1..], last));
        }
        (None, None) => None,
    };
    let Some(next) = next else { return true };
    let Some(properties) = schema.get("properties") else {
        // Where alternatives are all that is said, one of them would have had it.
        return ["anyOf", "oneOf", "allOf"]
            .iter()
            .all(|keyword| schema.get(keyword).is_none());
    };
    match properties.get(next) {
        Some(property) => steps.is_empty() || describes(property, &steps[1..], last),
        None => false,
    }
}
