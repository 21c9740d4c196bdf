//! What must not come back: the credential's values, and the arguments that are secret.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::auth::Scrubber;
use crate::connector::model::Action;
use crate::runner::guest::SEARCHED_BEYOND;

/// Shortest secret argument that is looked for in an answer, in characters. A shorter one is part of so many words that
/// its absence would give it away.
const SHORTEST: usize = 4;

/// Removes secrets from what an API answers, and from what code says.
#[derive(Clone)]
pub struct Redaction {
    credential: Scrubber,
    arguments: Scrubber,
}

impl Redaction {
    /// Redaction of one call's answer. APIs quote what they refuse, passwords included (contract S0-40).
    #[must_use]
    pub fn of(credential: &Scrubber, action: &Action, arguments: &Map<String, Value>) -> Self {
        let mut texts = Vec::new();
        for name in &action.secret_arguments {
            if let Some(value) = arguments.get(name) {
                collect(value, &mut texts);
            }
        }
        let long = texts
            .iter()
            .map(Cow::as_ref)
            .filter(|text| text.chars().nth(SHORTEST - 1).is_some());
        Self {
            credential: credential.clone(),
            arguments: Scrubber::new(long),
        }
    }

    /// Redaction of an answer in which there is nothing to look for.
    #[cfg(test)]
    pub(super) fn nothing(credential: &Scrubber) -> Self {
        Self {
            credential: credential.clone(),
            arguments: Scrubber::empty(),
        }
    }

    /// `text` without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.arguments.text(&self.credential.text(text)).into_owned()
    }

    /// The same for a text that was made lower case on its way, e.g. the name of a header.
    #[must_use]
    pub fn caseless(&self, text: &str) -> String {
        self.arguments.caseless(&self.credential.caseless(text)).into_owned()
    }

    /// Removes secrets from every text, key and number of `value`.
    pub fn value(&self, value: &mut Value) {
        self.credential.value(value);
        self.arguments.value(value);
    }

    /// `bytes` without secrets.
    #[must_use]
    pub fn bytes(&self, bytes: &Bytes) -> Bytes {
        let clean = self.credential.bytes(bytes);
        match (self.arguments.bytes(&clean), &clean) {
            (Cow::Borrowed(_), Cow::Borrowed(_)) => bytes.clone(),
            (cleaner, _) => Bytes::from(cleaner.into_owned()),
        }
    }

    /// The beginning of a text that was cut before anybody could look for secrets in it: without those, and without its
    /// end, which may be the beginning of one.
    #[must_use]
    pub fn text_before_cut(&self, text: &str) -> String {
        let mut clean = self.text(text);
        if !self.is_empty() {
            clean.truncate(clean.floor_char_boundary(clean.len().saturating_sub(SEARCHED_BEYOND)));
        }
        clean
    }

    /// The same of bytes.
    #[must_use]
    pub fn bytes_before_cut(&self, bytes: &Bytes) -> Bytes {
        let mut clean = self.bytes(bytes);
        if !self.is_empty() {
            clean.truncate(clean.len().saturating_sub(SEARCHED_BEYOND));
        }
        clean
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.credential.is_empty() && self.arguments.is_empty()
    }
}

fn collect<'a>(value: &'a Value, texts: &mut Vec<Cow<'a, str>>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => texts.push(Cow::Owned(number.to_string())),
        Value::String(text) => texts.push(Cow::Borrowed(text)),
        Value::Array(elements) => {
            for element in elements {
                collect(element, texts);
            }
        }
        Value::Object(members) => {
            for member in members.values() {
                collect(member, texts);
            }
        }
    }
}
