//! What must not come back: the credential's values, and the arguments that are secret.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::auth::Scrubber;

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
    /// Redaction of the answer to a call whose arguments of the names in `secret` nobody may see. APIs quote what they
    /// refuse, passwords included (contract S0-40).
    #[must_use]
    pub fn of(credential: &Scrubber, secret: &[String], arguments: &Map<String, Value>) -> Self {
        let mut texts = Vec::new();
        for name in secret {
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
