//! Removes every value of a credential from texts: plain, all in one case, base64 (also twice), hexadecimal, URL-encoded,
//! and JSON- or HTML-escaped.
//!
//! Knows texts only. Encodings fall into two kinds: those with few spellings (base64, hexadecimal) are searched for as
//! they are (`forms`); those where every character can be written in several ways (URL, JSON and HTML escapes) are
//! searched for in a decoded copy of the text (`decoded`), which leaves no spelling out.

mod cache;
mod decoded;
mod forms;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use serde_json::{Map, Value};

pub use cache::ScrubberCache;

use crate::telemetry::REDACTED;
use decoded::{FORM, JSON, LETTERS, MARKUP, PERCENT};

/// How many escapes may be wrapped around each other, e.g. a URL-encoded value in a URL-encoded address.
const LAYERS: u8 = 2;

/// Replaces every value of a credential by `[REDACTED]`, in plain, base64, hexadecimal, URL-encoded and JSON-escaped
/// form. Cheap to clone; an empty one does nothing.
///
/// The values themselves are wiped after the search for them is built; the search's own tables are freed with the
/// scrubber, but not wiped.
#[derive(Clone)]
pub struct Scrubber {
    search: Option<Arc<Search>>,
}

struct Search {
    exact: Forms,
    /// The same for texts whose case says nothing any more.
    caseless: Forms,
    /// Whether a value holds a space, which a form encodes as `+`.
    spaces: bool,
    /// Whether a value holds anything that has a name in HTML: letters and digits have none.
    markup: bool,
}

/// What is looked for in a text as it is.
struct Forms {
    /// `None` when no automaton could be built: then everything is taken for a secret.
    automaton: Option<AhoCorasick>,
    /// Base64 of base64, where the processor has what makes it cheap to look for long texts by themselves: in the
    /// automaton they would make all of it slower.
    nested: Option<Searcher>,
}

impl Scrubber {
    /// A scrubber that changes nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self { search: None }
    }

    /// A scrubber for these values, however short. Empty ones are left out.
    #[must_use]
    pub fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let values: Vec<&str> = values.into_iter().filter(|value| !value.is_empty()).collect();
        if values.is_empty() {
            return Self::empty();
        }
        let mut patterns: Vec<_> = values.iter().flat_map(|value| forms::of(value)).collect();
        let long: Vec<_> = values.iter().flat_map(|value| forms::nested(value)).collect();
        let nested = Searcher::new(long.iter().map(|pattern| pattern.as_slice()));
        if nested.is_none() {
            patterns.extend(long);
        }
        // Overlapping matches are asked for, because a text may hold one value that begins within another.
        let automaton = |caseless: bool| {
            AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .ascii_case_insensitive(caseless)
                .build(patterns.iter().map(|pattern| pattern.as_slice()))
                .ok()
        };
        Self {
            search: Some(Arc::new(Search {
                exact: Forms {
                    automaton: automaton(false),
                    nested,
                },
                // Base64 of base64 that has lost its case says nothing to anybody.
                caseless: Forms {
                    automaton: automaton(true),
                    nested: None,
                },
                spaces: values.iter().any(|value| value.contains(' ')),
                markup: values
                    .iter()
                    .any(|value| value.contains(|character: char| !character.is_ascii_alphanumeric())),
            })),
        }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.search.is_none()
    }

    /// `text` without secrets; borrowed when there was none.
    #[must_use]
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        without(text, self.find(text.as_bytes()))
    }

    /// The same for a text that was made lower case on its way, e.g. the name of a header: secrets are found in any case.
    #[must_use]
    pub fn caseless<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let search = self.search.as_ref();
        let found = search.map(|search| search.find(&search.caseless, text.as_bytes(), LAYERS));
        without(text, found.unwrap_or_default())
    }

    /// `bytes` without secrets; borrowed when there was none.
    #[must_use]
    pub fn bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let found = self.find(bytes);
        if found.is_empty() {
            return Cow::Borrowed(bytes);
        }
        let mut clean = Vec::with_capacity(bytes.len());
        let mut kept = 0;
        for range in found {
            clean.extend_from_slice(bytes.get(kept..range.start).unwrap_or_default());
            clean.extend_from_slice(REDACTED.as_bytes());
            kept = range.end;
        }
        clean.extend_from_slice(bytes.get(kept..).unwrap_or_default());
        Cow::Owned(clean)
    }

    /// Cleans every string and key in `value`, and every number whose digits hold a secret.
    pub fn value(&self, value: &mut Value) {
        if self.is_empty() {
            return;
        }
        // A list of what is still to do instead of recursion: depth is the upstream's choice.
        let mut left = vec![value];
        while let Some(value) = left.pop() {
            match value {
                Value::Null | Value::Bool(_) => {}
                Value::Number(number) => {
                    if let Cow::Owned(clean) = self.text(&number.to_string()) {
                        *value = Value::String(clean);
                    }
                }
                Value::String(text) => {
                    if let Cow::Owned(clean) = self.text(text) {
                        *text = clean;
                    }
                }
                Value::Array(items) => left.extend(items),
                Value::Object(members) => {
                    self.keys(members);
                    left.extend(members.values_mut());
                }
            }
        }
    }

    /// Cleans the keys of one object. Two keys that become the same stay two members: losing one would be a silent
    /// change of the data.
    fn keys(&self, members: &mut Map<String, Value>) {
        if !members.keys().any(|key| matches!(self.text(key), Cow::Owned(_))) {
            return;
        }
        let before = std::mem::take(members);
        let mut taken: HashSet<String> = before
            .keys()
            .filter(|key| matches!(self.text(key), Cow::Borrowed(_)))
            .cloned()
            .collect();
        for (key, value) in before {
            let name = match self.text(&key) {
                Cow::Borrowed(_) => key,
                Cow::Owned(clean) => {
                    let name = free_name(&clean, &taken);
                    taken.insert(name.clone());
                    name
                }
            };
            members.insert(name, value);
        }
    }

    /// Where secrets stand: sorted, and neither overlapping nor touching.
    fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let Some(search) = &self.search else {
            return Vec::new();
        };
        search.find(&search.exact, text, LAYERS)
    }
}

impl Search {
    /// Where `forms` stand in `text`, also in what it is once up to `layers` layers of escapes are gone. Sorted and apart.
    fn find(&self, forms: &Forms, text: &[u8], layers: u8) -> Vec<Range<usize>> {
        let Some(automaton) = &forms.automaton else {
            return std::iter::once(0..text.len()).collect();
        };
        let mut found = Vec::new();
        // The plain question first: most texts hold no secret, and it is answered several times faster.
        if automaton.is_match(text) {
            for hit in automaton.find_overlapping_iter(text) {
                push(&mut found, hit.range());
            }
        }
        if let Some(nested) = &forms.nested {
            found.extend(nested.find_iter(text).map(|hit| hit.range()));
        }
        if let Some(layers) = layers.checked_sub(1) {
            let kinds = [
                Some(JSON),
                Some(PERCENT),
                self.spaces.then_some(FORM),
                Some(if self.markup { MARKUP } else { LETTERS }),
            ];
            for escapes in kinds.into_iter().flatten() {
                if let Some(decoded) = escapes.decode(text) {
                    let hits = self.find(forms, &decoded, layers);
                    found.extend(escapes.originals(text, &hits));
                }
            }
        }
        merge(found)
    }
}

/// `text` with a mark in place of what stands at `found`; borrowed when there is nothing.
fn without(text: &str, found: Vec<Range<usize>>) -> Cow<'_, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut kept = 0;
    for range in found {
        let start = text.floor_char_boundary(range.start);
        clean.push_str(text.get(kept..start).unwrap_or_default());
        clean.push_str(REDACTED);
        kept = text.ceil_char_boundary(range.end);
    }
    clean.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(clean)
}

/// `name`, or `name (2)` and so on when it is taken.
fn free_name(name: &str, taken: &HashSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2_usize;
    while taken.contains(&candidate) {
        candidate = format!("{name} ({number})");
        number += 1;
    }
    candidate
}

/// Adds a match that ends no earlier than those before it, which keeps runs of matches one range.
fn push(ranges: &mut Vec<Range<usize>>, mut range: Range<usize>) {
    while let Some(last) = ranges.pop_if(|last| last.end >= range.start) {
        range.start = range.start.min(last.start);
        range.end = range.end.max(last.end);
    }
    ranges.push(range);
}

fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut merged = Vec::with_capacity(ranges.len());
    for range in ranges {
        push(&mut merged, range);
    }
    merged
}

#[cfg(test)]
mod tests;
