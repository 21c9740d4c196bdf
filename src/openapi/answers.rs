//! The schemas of what operations answer with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::documents::Place;
use super::json::Written;
use super::schema::{Direction, Limits, Normaliser, Shared};
use crate::connector::media_type_essence;

/// Longest schema of an answer, in bytes. It documents; what does not fit is not missed by a call.
const MOST_RESPONSE_BYTES: usize = 4_000;

/// Most media types of answers that a request names.
const MOST_ACCEPTED: usize = 10;

/// How much of an answer's schema is kept, most first.
const RESPONSE_STEPS: [Limits; 4] = [response(5, 80), response(3, 50), response(2, 0), response(1, 0)];

const fn response(depth: usize, description: usize) -> Limits {
    Limits {
        depth,
        description,
        examples: false,
        bytes: MOST_RESPONSE_BYTES + MOST_RESPONSE_BYTES / 4,
    }
}

/// The schema of an answer.
type Answer = Arc<Written>;

/// Schemas of answers that were written before, by where in the description they stand. All threads share them.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<usize, Option<Answer>>>);

/// Writes the schemas of answers, each that many operations share once.
pub(super) struct Answers<'d> {
    shared: &'d Shared<'d>,
    known: &'d Known,
}

impl<'d> Answers<'d> {
    pub(super) fn new(shared: &'d Shared<'d>, known: &'d Known) -> Self {
        Self { shared, known }
    }

    /// The value of the header `Accept` for an operation whose good answers are of other types than JSON; `None` where
    /// what every request says is right.
    ///
    /// Some servers compare texts and do not know that `*/*` stands for their types.
    pub(super) fn accepted(&self, operation: Place<'_>) -> Option<String> {
        let mut accepted: Vec<&str> = Vec::new();
        for answer in good(operation) {
            let answer = self.shared.documents.resolve(answer).ok()?;
            for (name, _) in self.shared.documents.media_types(answer) {
                let essence = media_type_essence(name);
                if essence == "application/json" || ["*/*", "application/*"].contains(&essence.as_str()) {
                    return None;
                }
                let is_plain = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
                if !name.bytes().all(is_plain) || name.parse::<mime::Mime>().is_err() {
                    return None;
                }
                if !accepted.contains(&name) {
                    accepted.push(name);
                }
            }
        }
        let is_some = (1..=MOST_ACCEPTED).contains(&accepted.len());
        is_some.then(|| format!("{}, */*;q=0.5", accepted.join(", ")))
    }

    /// The schema of a good answer that is JSON.
    pub(super) fn of(&self, operation: Place<'_>) -> Option<Answer> {
        let schema = good(operation).into_iter().find_map(|answer| {
            let answer = self.shared.documents.resolve(answer).ok()?;
            let mut types = self.shared.documents.media_types(answer);
            let (_, media_type) = types.find(|(name, _)| is_json(name) || *name == "*/*")?;
            media_type.get("schema")
        })?;
        // Many operations answer with the same few things.
        let Some(reference) = schema.text("$ref").filter(|_| stands_alone(schema)) else {
            return self.written(schema);
        };
        let address = std::ptr::from_ref(self.shared.documents.follow(schema.file, reference).ok()?.value).addr();
        let known = || self.known.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(&address) {
            return known.clone();
        }
        // Not locked meanwhile: another thread may do the same work, and comes to the same.
        let answer = self.written(schema);
        known().entry(address).or_insert(answer).clone()
    }

    /// The schema of an answer, as much of it as is kept.
    fn written(&self, schema: Place<'_>) -> Option<Answer> {
        for limits in RESPONSE_STEPS {
            let mut normaliser = Normaliser::new(self.shared, Direction::Output, limits);
            let schema = normaliser.root(schema);
            if schema.is_empty() || schema.get("not").is_some() {
                return None;
            }
            if normaliser.is_overfull() {
                continue;
            }
            let written = Written::of(&schema);
            if written.length() <= MOST_RESPONSE_BYTES {
                return Some(Arc::new(written));
            }
        }
        None
    }
}

/// What `operation` answers with when it succeeds, by status.
fn good<'d>(operation: Place<'d>) -> Vec<Place<'d>> {
    let answers: Vec<(&String, Place<'d>)> = operation
        .get("responses")
        .into_iter()
        .flat_map(Place::members)
        .collect();
    let mut good: Vec<(&String, Place<'d>)> = answers.clone();
    good.retain(|(status, _)| status.starts_with('2'));
    if good.is_empty() {
        good = answers;
        good.retain(|(status, _)| *status == "default");
    }
    good.sort_by_key(|(status, _)| *status);
    good.into_iter().map(|(_, answer)| answer).collect()
}

/// Whether an answer of this type is one value of JSON. One that has a value on each line is passed on as text.
fn is_json(media_type: &str) -> bool {
    let essence = media_type_essence(media_type);
    essence.contains("json") && !is_json_lines(&essence) && !essence.ends_with("json-seq")
}

/// Whether texts of the type `essence` are JSON, one value on each line.
pub(super) fn is_json_lines(essence: &str) -> bool {
    ["jsonl", "ndjson", "jsonlines", "json-lines"]
        .iter()
        .any(|end| essence.ends_with(end))
}

/// Whether a schema has one keyword.
fn stands_alone(schema: Place<'_>) -> bool {
    schema.value.as_object().is_some_and(|members| members.len() == 1)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::openapi::documents::Documents;
    use crate::openapi::text::Texts;

    fn accepted(responses: &Value) -> Option<String> {
        let root = json!({"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": responses}}},
            "components": {"responses": {"Image": {"content": {"image/png": {}}}}}});
        let documents = Documents::read(&root.to_string()).unwrap();
        let operation = documents.follow(0, "#/paths/~1a/get").unwrap();
        let texts = Texts::default();
        let (shared, known) = (Shared::new(&documents, &texts), Known::default());
        Answers::new(&shared, &known).accepted(operation)
    }

    #[test]
    fn answers_of_other_types_than_json_are_asked_for_by_name() {
        let of = |names: &[&str]| {
            let content: serde_json::Map<String, Value> =
                names.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
            json!({ "content": content })
        };
        let many: Vec<String> = (0..=MOST_ACCEPTED).map(|number| format!("image/x-{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (responses, expected) in [
            (
                json!({"200": of(&["image/png", "image/*"])}),
                Some("image/png, image/*, */*;q=0.5"),
            ),
            (
                json!({"200": of(&["application/vnd.a+json; version=3"]), "404": of(&["text/html"])}),
                Some("application/vnd.a+json; version=3, */*;q=0.5"),
            ),
            (
                json!({"201": {"$ref": "#/components/responses/Image"}}),
                Some("image/png, */*;q=0.5"),
            ),
            (json!({"default": of(&["text/csv"])}), Some("text/csv, */*;q=0.5")),
            (
                json!({"200": of(&["text/csv"]), "202": of(&["text/csv", "text/plain"])}),
                Some("text/csv, text/plain, */*;q=0.5"),
            ),
            (
                json!({"200": of(&["text/plain", "application/json; charset=utf-8"])}),
                None,
            ),
            (
                json!({"200": of(&["image/png"]), "202": of(&["application/json"])}),
                None,
            ),
            (json!({"200": of(&["*/*"])}), None),
            (json!({"200": of(&["png"])}), None),
            (json!({"200": of(&["text/csv\n"])}), None),
            (json!({"200": of(&many)}), None),
            (json!({"204": {"description": "Nothing"}}), None),
            (json!({}), None),
        ] {
            assert_eq!(accepted(&responses).as_deref(), expected, "{responses}");
        }
    }
}
