//! What two states of a connector do differently, for whoever decides whether the second replaces the first.
//!
//! Compared is what is loaded, not the files: what agents can do and how it is sent, however it is written down.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::connector::model::{Action, BodyTemplate, Connection, Connector, Effect, RequestTemplate};

/// What is told where nothing says how requests differ.
const BUILT_DIFFERENTLY: &str = "its requests are built differently";

/// What two states of a connector do differently.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Actions that are only in the second.
    pub added: Vec<Named>,
    /// Actions that are only in the first.
    pub removed: Vec<Named>,
    /// Actions that are in both and not the same.
    pub changed: Vec<Changed>,
    /// How many actions are the same.
    pub same: usize,
    /// How the API is reached differently.
    pub connection: Vec<String>,
}

/// An action.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// What it sends, e.g. `GET /tickets`.
    pub sends: String,
}

/// An action that is not what it was.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// What it is called.
    #[serde(flatten)]
    pub action: Named,
    /// In what, each a short sentence.
    pub changes: Vec<String>,
}

impl Difference {
    /// Compares `before` with `after`.
    #[must_use]
    pub fn between(before: &Connector, after: &Connector) -> Self {
        let mut difference = Self {
            connection: of_connection(before, after),
            ..Self::default()
        };
        let old: BTreeMap<&str, &Action> = before.actions.iter().map(|one| (one.name.as_str(), &**one)).collect();
        let new: BTreeMap<&str, &Action> = after.actions.iter().map(|one| (one.name.as_str(), &**one)).collect();
        for (name, action) in &old {
            let Some(now) = new.get(name) else {
                difference.removed.push(named(action));
                continue;
            };
            let mut changes = of_action(action, now);
            // The rest of what an approval is bound to, such as defaults of all actions.
            if changes.is_empty() && difference.connection.is_empty() && action.revision != now.revision {
                changes.push(BUILT_DIFFERENTLY.to_owned());
            }
            if changes.is_empty() {
                difference.same += 1;
            } else {
                difference.changed.push(Changed {
                    action: named(now),
                    changes,
                });
            }
        }
        let added = new.iter().filter(|(name, _)| !old.contains_key(*name));
        difference.added = added.map(|(_, action)| named(action)).collect();
        difference
    }

    /// Whether both do the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty() && self.connection.is_empty()
    }
}

fn named(action: &Action) -> Named {
    Named {
        name: action.name.clone(),
        sends: sends(action),
    }
}

fn sends(action: &Action) -> String {
    action.request().map_or_else(
        || "code".to_owned(),
        |request| format!("{} {}", request.method, request.path_source),
    )
}

fn of_connection(before: &Connector, after: &Connector) -> Vec<String> {
    let mut changes = Vec::new();
    let (old, new) = (&before.connection, &after.connection);
    if old.base_url != new.base_url {
        changes.push(format!("the address was {} and is {}", old.base_url, new.base_url));
    }
    changes.extend(of_servers(old, new));
    let manner = |one: &Connection| format!("{:?}", (one.timeout, one.retry_attempts, one.verify_ssl, &one.headers));
    if manner(old) != manner(new) {
        changes.push("requests are sent differently: see `[connection]` in connector.toml".to_owned());
    }
    // These hold references to secrets and never a secret; comparing what they would show is enough.
    if format!("{:?}", before.auth) != format!("{:?}", after.auth) {
        changes.push("requests are authenticated differently: see `[auth]` in connector.toml".to_owned());
    }
    if format!("{:?}", before.security) != format!("{:?}", after.security) {
        changes.push("requests may go elsewhere: see `[security]` in connector.toml".to_owned());
    }
    changes
}

fn of_servers(before: &Connection, after: &Connection) -> Vec<String> {
    let find = |all: &Connection, name: &str| all.servers.iter().find(|one| one.name == name).cloned();
    let mut changes = Vec::new();
    for now in &after.servers {
        let name = &now.name;
        match find(before, name) {
            None => changes.push(format!("the server `{name}` ({}) is new", now.base_url)),
            Some(was) if was.base_url != now.base_url => changes.push(format!(
                "the server `{name}` was {} and is {}",
                was.base_url, now.base_url
            )),
            Some(was) if was.credentials != now.credentials => {
                let gets = if now.credentials { "gets" } else { "does not get" };
                changes.push(format!(
                    "the server `{name}` ({}) {gets} the credential now",
                    now.base_url
                ));
            }
            Some(_) => {}
        }
    }
    let gone = before.servers.iter().filter(|was| find(after, &was.name).is_none());
    changes.extend(gone.map(|was| format!("the server `{}` ({}) is gone", was.name, was.base_url)));
    changes
}

fn of_action(before: &Action, after: &Action) -> Vec<String> {
    let mut changes = Vec::new();
    let (old, new) = (sends(before), sends(after));
    if old != new {
        changes.push(format!("was {old} and is {new}"));
    }
    if before.effect != after.effect {
        let change = match after.effect {
            Effect::Read => "it wrote, and only reads now",
            Effect::Write => "it only read, and writes now",
        };
        changes.push(change.to_owned());
    }
    if before.confirm != after.confirm {
        let now = if after.confirm {
            "a person is asked now"
        } else {
            "nobody is asked any more"
        };
        changes.push(now.to_owned());
    }
    let arguments = of_arguments(before.input.document(), after.input.document());
    changes.extend(of_logic(before, after, old == new && arguments.is_empty()));
    changes.extend(arguments);
    if before.description != after.description || before.title != after.title {
        changes.push("it is described differently".to_owned());
    }
    changes.extend(of_answer(before, after));
    if before.pinned != after.pinned {
        let now = if after.pinned {
            "it is pinned now"
        } else {
            "it is not pinned any more"
        };
        changes.push(now.to_owned());
    }
    if before.timeout != after.timeout || before.requests_per_minute != after.requests_per_minute {
        changes.push("its limits are others".to_owned());
    }
    changes
}

/// How what is sent, or run, differs beside its method, path and arguments; `are_those_the_same` when these do not.
fn of_logic(before: &Action, after: &Action, are_those_the_same: bool) -> Vec<String> {
    let mut changes = Vec::new();
    let (Some(old), Some(new)) = (before.request(), after.request()) else {
        if before.code() != after.code() {
            changes.push("its code is another".to_owned());
        }
        return changes;
    };
    let server = |request: &RequestTemplate| request.server.as_ref().map(|server| server.base_url.clone());
    if server(old) != server(new) {
        let place = |request| server(request).map_or_else(|| "the API's own address".to_owned(), |url| url.to_string());
        changes.push(format!("it went to {} and goes to {}", place(old), place(new)));
    }
    if old.credentials != new.credentials {
        let now = if new.credentials { "with" } else { "without" };
        changes.push(format!("it is sent {now} the credential now"));
    }
    let (body, body_before) = (kind_of(new.body.as_ref()), kind_of(old.body.as_ref()));
    if body != body_before {
        changes.push(format!("its body was {body_before} and is {body}"));
    }
    // Templates are compared as they would be shown; whatever else has changed may be why they are others.
    if changes.is_empty() && are_those_the_same && format!("{old:?}") != format!("{new:?}") {
        changes.push(BUILT_DIFFERENTLY.to_owned());
    }
    changes
}

fn kind_of(body: Option<&BodyTemplate>) -> &str {
    match body {
        None => "none",
        Some(BodyTemplate::Json(_)) => "JSON",
        Some(BodyTemplate::Form(_)) => "a form",
        Some(BodyTemplate::Multipart { .. }) => "a form of parts",
        Some(
            BodyTemplate::File { content_type, .. }
            | BodyTemplate::Xml { content_type, .. }
            | BodyTemplate::Text { content_type, .. },
        ) => content_type,
    }
}

fn of_answer(before: &Action, after: &Action) -> Vec<String> {
    let mut changes = Vec::new();
    let (old, new) = (&before.response, &after.response);
    // Programs are compared as they would be shown: what they do cannot be.
    let reshaped = format!("{:?}", old.mapping) != format!("{:?}", new.mapping);
    if reshaped {
        changes.push("its answer is reshaped differently".to_owned());
    }
    let schema = |action: &Action| action.response.schema.as_ref().map(|schema| schema.document().clone());
    if schema(before) != schema(after) || !reshaped && before.output_schema != after.output_schema {
        changes.push("its answer is described differently".to_owned());
    }
    if old.ok_statuses != new.ok_statuses || old.validation != new.validation {
        changes.push("other answers count as good".to_owned());
    }
    changes
}

fn of_arguments(before: &Value, after: &Value) -> Vec<String> {
    let none = Map::new();
    let properties = |schema: &'_ Value| -> Map<String, Value> {
        schema
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&none)
            .clone()
    };
    let required = |schema: &Value| -> BTreeSet<String> {
        let names = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        names.filter_map(|name| Some(name.as_str()?.to_owned())).collect()
    };
    let (old, new) = (properties(before), properties(after));
    let (was, is) = (required(before), required(after));
    let mut changes = Vec::new();
    for (name, schema) in &new {
        let Some(earlier) = old.get(name) else {
            let must = if is.contains(name) { ", and required" } else { "" };
            changes.push(format!("the argument `{name}` is new{must}"));
            continue;
        };
        match (was.contains(name), is.contains(name)) {
            (false, true) => changes.push(format!("`{name}` is required now")),
            (true, false) => changes.push(format!("`{name}` is not required any more")),
            _ => {}
        }
        let (kind, kind_before) = (type_of(schema), type_of(earlier));
        if kind != kind_before {
            changes.push(format!("`{name}` is {kind}, and was {kind_before}"));
        } else if without_words(schema) != without_words(earlier) {
            changes.push(format!("`{name}` takes other values"));
        } else if schema != earlier {
            changes.push(format!("`{name}` is described differently"));
        }
    }
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    changes.extend(gone.map(|name| format!("the argument `{name}` is gone")));
    changes
}

fn type_of(schema: &Value) -> String {
    match schema.get("type") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            names.join(" or ")
        }
        _ => "anything".to_owned(),
    }
}

/// What a schema accepts, without what it tells people.
fn without_words(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => members
            .iter()
            .filter(|(keyword, value)| !(matches!(keyword.as_str(), "description" | "title") && value.is_string()))
            .filter(|(keyword, _)| *keyword != "examples")
            .map(|(keyword, value)| (keyword.clone(), without_words(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_words).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
