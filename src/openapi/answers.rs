//! The schemas of what operations answer with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::documents::Place;
use super::json::Written;
use super::schema::{Direction, Limits, Normaliser, Shared};
use crate::connector::media_type_essence;

/// Longest schema of an answer, in bytes. It documents; what does not fit is not missed by a call.
const MOST_RESPONSE_BYTES: usize = 4_000;

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

    /// The schema of a good answer that is JSON.
    pub(super) fn of(&self, operation: Place<'_>) -> Option<Answer> {
        let answers: Vec<(&String, Place<'_>)> = operation
            .get("responses")
            .into_iter()
            .flat_map(Place::members)
            .collect();
        let mut good: Vec<&(&String, Place<'_>)> =
            answers.iter().filter(|(status, _)| status.starts_with('2')).collect();
        good.sort_by_key(|(status, _)| *status);
        let default = answers
            .iter()
            .filter(|(status, _)| *status == "default" && good.is_empty());
        let schema = good.iter().copied().chain(default).find_map(|(_, answer)| {
            let answer = self.shared.documents.resolve(*answer).ok()?;
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
