//! What a description tells about its API beyond its operations (contracts S3-03, S3-04, S4-08).

use std::collections::BTreeMap;

use serde::Serialize;

use super::documents::{Documents, Place};
use super::model::{Action, Import};
use super::paging::{self, Paged};
use super::security::Authentication;

/// Most operations of an API that fits into one file (contract S4-08).
const MOST_OF_LITE: usize = 5;

/// Parts of the names of parameters that ask for a part of a long list.
const PAGING: [&str; 9] = [
    "page",
    "cursor",
    "offset",
    "limit",
    "per_page",
    "pagesize",
    "starting_after",
    "marker",
    "next_token",
];

/// What a description tells about its API.
#[derive(Debug, Serialize)]
pub struct Analysis {
    /// How many operations have each method.
    pub methods: BTreeMap<String, usize>,
    /// How many actions are about each thing.
    pub groups: BTreeMap<String, usize>,
    /// How requests are authenticated, in words.
    pub authentication: String,
    /// Operations that say how they refuse too many requests.
    pub limited: usize,
    /// Operations that answer in pages.
    pub paged: usize,
    /// How the lists of some of them could be read as a whole.
    pub pagination: Vec<Paged>,
    /// How many operations send each media type.
    pub sent: BTreeMap<String, usize>,
    /// How many operations answer with each media type.
    pub answered: BTreeMap<String, usize>,
    /// Requests that the API makes by itself: webhooks and callbacks.
    pub events: usize,
    /// How to learn of changes.
    pub pattern: &'static str,
    /// The layout of folder that suits the API.
    pub tier: &'static str,
    /// Why.
    pub tier_reason: String,
}

/// Looks at a description and at what was imported of it.
#[must_use]
pub fn analyse(documents: &Documents, import: &Import) -> Analysis {
    let mut counted = Counted::default();
    let root = documents.root();
    let joined = documents.joined_paths();
    for (path, item) in root.get("paths").into_iter().flat_map(Place::members) {
        let item = joined.resolve(documents, path, item).unwrap_or(item);
        for (_, operation) in item
            .members()
            .filter(|(_, operation)| operation.get("responses").is_some())
        {
            counted.operation(documents, operation);
        }
    }
    let webhooks = root.get("webhooks").or_else(|| root.get("x-webhooks"));
    let events = counted.callbacks + webhooks.map_or(0, |all| all.members().count());
    let mut methods = BTreeMap::new();
    for (method, _) in operations_of(import) {
        *methods.entry(method).or_default() += 1;
    }
    let mut groups = BTreeMap::new();
    for action in &import.actions {
        *groups.entry(action.group.clone()).or_default() += 1;
    }
    let paged = import.actions.iter().filter(|action| is_paged(action)).count();
    let (tier, tier_reason) = tier(import, groups.len(), paged, counted.limited);
    Analysis {
        methods,
        groups,
        authentication: in_words(&import.authentication),
        limited: counted.limited,
        paged,
        pagination: import.actions.iter().filter_map(paging::hint).collect(),
        sent: counted.sent,
        answered: counted.answered,
        events,
        pattern: if events > 0 {
            "call its actions for what is wanted now; for changes as they happen the API can call: it describes webhooks"
        } else {
            "call its actions for what is wanted now; for changes ask again from time to time: it describes no webhooks"
        },
        tier,
        tier_reason,
    }
}

fn operations_of(import: &Import) -> impl Iterator<Item = (String, &str)> {
    let imported = import
        .report
        .imported
        .iter()
        .map(|one| (one.method.clone(), one.path.as_str()));
    imported.chain(
        import
            .report
            .skipped
            .iter()
            .map(|one| (one.method.clone(), one.path.as_str())),
    )
}

/// What is counted over all operations.
#[derive(Default)]
struct Counted {
    limited: usize,
    callbacks: usize,
    sent: BTreeMap<String, usize>,
    answered: BTreeMap<String, usize>,
}

impl Counted {
    fn operation(&mut self, documents: &Documents, operation: Place<'_>) {
        let mut answered: Vec<String> = Vec::new();
        let mut is_limited = false;
        for (status, answer) in operation.get("responses").into_iter().flat_map(Place::members) {
            let answer = documents.resolve(answer).unwrap_or(answer);
            let headers = answer.get("headers").into_iter().flat_map(Place::members);
            is_limited |= status == "429"
                || headers
                    .into_iter()
                    .any(|(name, _)| name.to_lowercase().contains("ratelimit"));
            if status.starts_with('2') {
                answered.extend(documents.media_types(answer).map(|(name, _)| name.to_owned()));
            }
        }
        let of_root = |key| documents.root().get(key);
        let listed = |key| {
            operation
                .get(key)
                .or_else(|| of_root(key))
                .into_iter()
                .flat_map(Place::items)
        };
        answered.extend(listed("produces").filter_map(|one| Some(one.value.as_str()?.to_owned())));
        answered.sort();
        answered.dedup();
        for name in answered {
            *self.answered.entry(name).or_default() += 1;
        }
        let body = operation
            .get("requestBody")
            .map(|body| documents.resolve(body).unwrap_or(body));
        let mut sent: Vec<String> = body
            .into_iter()
            .flat_map(|body| documents.media_types(body))
            .map(|(name, _)| name.to_owned())
            .collect();
        let parameters = operation.get("parameters").into_iter().flat_map(Place::items);
        if parameters
            .into_iter()
            .any(|one| matches!(one.text("in"), Some("body" | "formData")))
        {
            sent.extend(listed("consumes").filter_map(|one| Some(one.value.as_str()?.to_owned())));
        }
        for name in sent {
            *self.sent.entry(name).or_default() += 1;
        }
        self.limited += usize::from(is_limited);
        self.callbacks += operation
            .get("callbacks")
            .and_then(|all| all.value.as_object().map(serde_json::Map::len))
            .unwrap_or(0);
    }
}

fn is_paged(action: &Action) -> bool {
    action.method == "GET"
        && action.input.iter().any(|argument| {
            let name = argument.sent_as.to_ascii_lowercase();
            PAGING.iter().any(|part| name.contains(part))
        })
}

fn tier(import: &Import, groups: usize, paged: usize, limited: usize) -> (&'static str, String) {
    let count = import.actions.len();
    let mut reasons = Vec::new();
    if count > MOST_OF_LITE {
        reasons.push(format!("{count} actions"));
    }
    if groups > 1 {
        reasons.push(format!("{groups} things that they are about"));
    }
    if import.report.notes.iter().any(|note| note.contains("OAuth")) {
        reasons.push("OAuth".to_owned());
    }
    if paged > 0 {
        reasons.push("answers in pages".to_owned());
    }
    if limited > 0 {
        reasons.push("limits on requests".to_owned());
    }
    if reasons.is_empty() {
        ("lite", format!("{count} simple actions"))
    } else {
        ("full", reasons.join(", "))
    }
}

fn in_words(authentication: &Authentication) -> String {
    match authentication {
        Authentication::None => "none".to_owned(),
        Authentication::ApiKey { place, name } => format!("a key in the {place} `{name}`"),
        Authentication::Scheme(name) => {
            let words = authentication.kind().map(|(_, described)| described.words);
            words.unwrap_or(name).to_owned()
        }
        Authentication::Headers(names) => format!("the headers `{}`", names.join("`, `")),
        Authentication::Combined(parts) => parts.iter().map(in_words).collect::<Vec<_>>().join(" with "),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::openapi::{Options, import};

    fn analysed(root: &Value) -> Analysis {
        let documents = Documents::read(&root.to_string()).unwrap();
        analyse(&documents, &import(&documents, &Options::default()))
    }

    #[test]
    fn what_the_tier_depends_on() {
        let ok = json!({"responses": {"200": {"content": {"application/json": {}}}}});
        let one = |operation: &Value| json!({"openapi": "3.1.0", "paths": {"/a": {"get": operation}}});
        assert_eq!(analysed(&one(&ok)).tier, "lite");
        let mut limited = ok.clone();
        limited["responses"]["429"] = json!({});
        let mut paged = ok.clone();
        paged["parameters"] = json!([{"name": "page", "in": "query", "schema": {}}]);
        for operation in [limited, paged] {
            assert_eq!(analysed(&one(&operation)).tier, "full", "{operation}");
        }
        let paths: serde_json::Map<String, Value> = (0..6)
            .map(|index| (format!("/a/{index}"), json!({"get": ok})))
            .collect();
        assert_eq!(analysed(&json!({"openapi": "3.1.0", "paths": paths})).tier, "full");
    }

    #[test]
    fn formats_and_events_are_counted() {
        let found = analysed(
            &json!({"swagger": "2.0", "consumes": ["application/json"], "produces": ["application/json"],
            "paths": {"/a": {"post": {"parameters": [{"name": "b", "in": "body"}], "responses": {"200": {}}}}}}),
        );
        assert_eq!(
            (
                found.sent["application/json"],
                found.answered["application/json"],
                found.events
            ),
            (1, 1, 0)
        );
        assert!(found.pattern.contains("no webhooks"));
        let found = analysed(
            &json!({"openapi": "3.1.0", "webhooks": {"made": {}}, "paths": {"/a": {"post": {
            "callbacks": {"done": {}}, "responses": {}}}}}),
        );
        assert_eq!((found.events, found.methods["POST"]), (2, 1));
        assert!(!found.pattern.contains("no webhooks"));
    }
}
