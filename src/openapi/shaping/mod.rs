//! `x-toolgate`: what a description, or an overlay over it, says about an action or an argument in a connector's words.
//!
//! What makes calls less careful counts in an overlay only: whoever imports wrote that, and a description comes from
//! elsewhere. See [`leave_to_overlays`].

use serde_json::{Map, Value, json};

use super::operations::is_safe;
use crate::connector::carries_secret;
use crate::document::closest;
use crate::mapping::Mapping;
use crate::pagination::{self, StyleName};

/// The key of the object, in operations, parameters and properties.
pub(super) const KEY: &str = "x-toolgate";

/// Keys of an operation that the connector's own action has, and are put there as they are.
const SETTINGS: [&str; 10] = [
    "title",
    "effect",
    "confirm",
    "pinned",
    "response",
    "pagination",
    "validation",
    "ok_statuses",
    "timeout_ms",
    "requests_per_minute",
];

/// The other keys of an operation.
const OF_OPERATIONS: [&str; 3] = ["name", "description", "hidden"];

/// Keys of a parameter or a property.
const OF_ARGUMENTS: [&str; 5] = ["name", "description", "hidden", "value", "default"];

/// What is said about an operation.
#[derive(Debug, Default, PartialEq)]
pub(super) struct ActionShape {
    /// Its name, as it is written.
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    /// Whether it is left out.
    pub(super) hidden: bool,
    /// Keys of the connector's action.
    pub(super) settings: Map<String, Value>,
    /// What cannot be used, for the report.
    pub(super) notes: Vec<String>,
}

/// What is said about a parameter or a member of a body.
#[derive(Debug, Default, PartialEq)]
pub(super) struct ArgumentShape {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    /// Whether agents are not asked for it.
    pub(super) hidden: bool,
    /// What is sent in its place when it is hidden.
    pub(super) value: Option<Value>,
    pub(super) default: Option<Value>,
    /// What cannot be used, for the report.
    pub(super) notes: Vec<String>,
}

impl ActionShape {
    /// What `operation` says about itself.
    pub(super) fn of(operation: &Value) -> Self {
        let mut shape = Self::default();
        let known = [&OF_OPERATIONS[..], &SETTINGS].concat();
        for (key, value) in members(operation, &mut shape.notes) {
            match (key.as_str(), value) {
                ("name", Value::String(name)) => shape.name = Some(name.clone()),
                ("description", Value::String(text)) => shape.description = Some(text.clone()),
                ("hidden", Value::Bool(hidden)) => shape.hidden = *hidden,
                (key, value) => match expected(key) {
                    None => shape.notes.push(unknown(key, &known)),
                    Some(_) if !known.contains(&key) => shape.notes.push(unknown(key, &known)),
                    Some((kind, fits)) if !fits(value) => {
                        shape
                            .notes
                            .push(not_usable(key, &flaw(key, value).unwrap_or_else(|| kind.to_owned())));
                    }
                    Some(_) if has_template(value) => {
                        shape
                            .notes
                            .push(not_usable(key, "without `{{`, which begins a template"));
                    }
                    Some(_) => {
                        shape.settings.insert(key.to_owned(), value.clone());
                    }
                },
            }
        }
        shape
    }

    /// Whether calls of an action with this method wait for a person.
    pub(super) fn asks(settings: &Map<String, Value>, method: &str) -> bool {
        let writes = writes(settings, method);
        settings.get("confirm").and_then(Value::as_bool).unwrap_or(writes)
    }

    /// Takes back pagination that an action with this method and this kind of body cannot have: what was written for
    /// many operations at once must not keep the others from loading.
    pub(super) fn check_pagination(&mut self, method: &str, has_json_body: bool) {
        let Some(pagination) = self.settings.get("pagination") else {
            return;
        };
        let why = if writes(&self.settings, method) {
            "it changes something, and is called once; `effect: read` says that it does not".to_owned()
        } else if method == "HEAD" {
            "an answer to HEAD has no pages".to_owned()
        } else if method != "GET" && keeps_no_url(pagination) {
            let styles = StyleName::listed(false, "`", "and");
            format!("pages of the styles {styles} are asked for with GET")
        } else if pagination.get("in").is_some_and(|place| place == "body") && !has_json_body {
            "it has no JSON body for `in: body`".to_owned()
        } else {
            return;
        };
        self.settings.shift_remove("pagination");
        self.notes.push(format!("`{KEY}.pagination` is left out: {why}"));
    }
}

impl ArgumentShape {
    /// What each of `places` says about the argument called `written`; the first counts. A reference and what it leads
    /// to are two.
    pub(super) fn of(written: &str, places: &[&Value]) -> Self {
        let mut shape = Self::default();
        let mut problems = Vec::new();
        for place in places.iter().rev() {
            for (key, value) in members(place, &mut problems) {
                match (key.as_str(), value) {
                    ("name", Value::String(name)) => shape.name = Some(name.clone()),
                    ("description", Value::String(text)) => shape.description = Some(text.clone()),
                    ("hidden", Value::Bool(hidden)) => shape.hidden = *hidden,
                    ("value", value) => shape.value = Some(value.clone()),
                    ("default", value) => shape.default = Some(value.clone()),
                    (key, _) => match expected(key).filter(|_| OF_ARGUMENTS.contains(&key)) {
                        None => problems.push(unknown(key, &OF_ARGUMENTS)),
                        Some((kind, _)) => problems.push(not_usable(key, kind)),
                    },
                }
            }
        }
        if shape.value.is_some() && !shape.hidden {
            problems.push(format!("`{KEY}.value` has no effect without `hidden: true`"));
            shape.value = None;
        }
        if shape.value.is_some() && carries_secret(written) {
            problems.push("its name promises a secret, which belongs into `[auth]`: no value is sent".to_owned());
            shape.value = None;
        }
        shape.notes = problems
            .into_iter()
            .map(|problem| format!("`{written}`: {problem}"))
            .collect();
        shape
    }
}

/// The members of the object in `place`.
fn members<'v>(
    place: &'v Value,
    problems: &mut Vec<String>,
) -> impl Iterator<Item = (&'v String, &'v Value)> + use<'v> {
    let written = place.get(KEY);
    if written.is_some_and(|written| !written.is_object()) {
        problems.push(format!("`{KEY}` is left out: it must be a table"));
    }
    written.and_then(Value::as_object).into_iter().flatten()
}

/// What a value must be, in words, and whether one is that.
type Expected = (&'static str, fn(&Value) -> bool);

/// What the value of `key` must be.
fn expected(key: &str) -> Option<Expected> {
    Some(match key {
        "name" | "description" | "title" => ("text", Value::is_string),
        "hidden" | "confirm" | "pinned" => ("true or false", Value::is_boolean),
        "effect" => ("`read` or `write`", |value| *value == "read" || *value == "write"),
        "validation" => ("`strict` or `warn`", |value| *value == "strict" || *value == "warn"),
        "response" => ("a JMESPath, or a table of them", |value| {
            Mapping::compile(value).is_ok()
        }),
        "pagination" => ("a table of pagination", |value| flaw("pagination", value).is_none()),
        "ok_statuses" => ("a list of statuses from 100 to 599", |value| {
            let statuses = value.as_array();
            let is_status = |one: &Value| one.as_u64().is_some_and(|status| (100..=599).contains(&status));
            statuses.is_some_and(|statuses| statuses.iter().all(is_status))
        }),
        "timeout_ms" => ("milliseconds from 1 to 600000", |value| {
            value.as_u64().is_some_and(|time| (1..=600_000).contains(&time))
        }),
        "requests_per_minute" => ("a number of calls, or `unlimited`", |value| {
            value.as_u64().is_some_and(|number| number > 0) || *value == "unlimited"
        }),
        "value" | "default" => ("a value", |_| true),
        _ => return None,
    })
}

/// What a value of `key` must be other than it is, where that takes a sentence.
fn flaw(key: &str, value: &Value) -> Option<String> {
    if key != "pagination" {
        return None;
    }
    let keys = match serde_json::from_value(value.clone()) {
        Ok(keys) => keys,
        Err(error) => return Some(format!("a table of pagination: {error}")),
    };
    let flaws = pagination::compile(&keys).err()?;
    let all: Vec<String> = flaws.into_iter().map(|flaw| flaw.message).collect();
    Some(format!("pagination that can be used: {}", all.join("; ")))
}

fn unknown(key: &str, known: &[&str]) -> String {
    let advice = match closest(key, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", known.join(", ")),
    };
    format!("`{KEY}.{key}` is not known: {advice}")
}

/// Whether an action with these settings and this method changes anything.
fn writes(settings: &Map<String, Value>, method: &str) -> bool {
    match settings.get("effect").and_then(Value::as_str) {
        Some(effect) => effect == "write",
        None => !is_safe(method),
    }
}

/// Whether the next page has a URL that the API names.
fn keeps_no_url(pagination: &Value) -> bool {
    let style = pagination.get("style").and_then(Value::as_str);
    style.is_some_and(|style| !StyleName::keeps_url(style))
}

fn not_usable(key: &str, kind: &str) -> String {
    format!("`{KEY}.{key}` is left out: it must be {kind}")
}

/// Whether a text in `value` would be read as a template of the connector.
pub(super) fn has_template(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("{{"),
        Value::Array(items) => items.iter().any(has_template),
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| name.contains("{{") || has_template(member)),
        _ => false,
    }
}

/// Whether anything in `tree` is shaped.
pub(super) fn is_within(tree: &Value) -> bool {
    match tree {
        Value::Array(items) => items.iter().any(is_within),
        Value::Object(members) => members.contains_key(KEY) || members.values().any(is_within),
        _ => false,
    }
}

/// Takes out of a description what only an overlay may say: that a request which writes reads, that nobody is asked, and
/// how often an action may be called. Returns how many keys those were.
pub(super) fn leave_to_overlays(tree: &mut Value) -> usize {
    match tree {
        Value::Array(items) => items.iter_mut().map(leave_to_overlays).sum(),
        Value::Object(members) => members
            .iter_mut()
            .map(|(name, member)| match member.as_object_mut().filter(|_| name == KEY) {
                Some(shape) => {
                    let before = shape.len();
                    shape.retain(|key, value| match key.as_str() {
                        "effect" => *value == "write",
                        "confirm" => *value == json!(true),
                        key => key != "requests_per_minute",
                    });
                    before - shape.len()
                }
                None => leave_to_overlays(member),
            })
            .sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
