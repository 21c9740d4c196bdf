//! What must not come back: the credential's values, and the arguments that are secret.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::auth::Scrubber;
use crate::runner::guest::SEARCHED_BEYOND;
use crate::schema::{Violation, pointer_segment};

/// Shortest secret argument that is looked for in an answer, in characters. A shorter one is part of so many words that
/// its absence would give it away.
const SHORTEST: usize = 4;

/// Longest secret arguments of one call, in bytes of all their texts. They are looked for in some twenty spellings, and what
/// finds these takes a thousand bytes of memory for each of theirs: an agent must not decide how much that is.
const LONGEST: usize = 4096;

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
        let texts = secret_texts(secret, arguments);
        let long = texts
            .iter()
            .map(Cow::as_ref)
            .filter(|text| text.chars().nth(SHORTEST - 1).is_some());
        Self {
            credential: credential.clone(),
            arguments: Scrubber::new(long),
        }
    }

    /// What is wrong with the arguments of the names in `secret` when they are too long to be looked for.
    #[must_use]
    pub fn problem(secret: &[String], arguments: &Map<String, Value>) -> Option<Violation> {
        let length_of =
            |secret: &[String]| -> usize { secret_texts(secret, arguments).iter().map(|text| text.len()).sum() };
        let length = length_of(secret);
        let longest = secret.iter().max_by_key(|name| length_of(std::slice::from_ref(name)))?;
        (length > LONGEST).then(|| Violation {
            pointer: pointer_segment(longest),
            message: format!("secret arguments may be {LONGEST} bytes long together, and these are {length}"),
        })
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

/// All texts in the arguments of the names in `secret`.
fn secret_texts<'a>(secret: &[String], arguments: &'a Map<String, Value>) -> Vec<Cow<'a, str>> {
    let mut texts = Vec::new();
    for name in secret {
        if let Some(value) = arguments.get(name) {
            collect(value, &mut texts);
        }
    }
    texts
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
