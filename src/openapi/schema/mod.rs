//! Schemas of a description as JSON Schema 2020-12 that clients accept.
//!
//! What comes out stands alone: no `$ref`, no `$defs`, no `allOf`, no `oneOf`, every list with `items`. It is never
//! narrower than what was written: a keyword that cannot be kept is left out, so that the API itself judges.

mod alternatives;
mod cut;
mod keywords;
mod measure;
mod merge;
mod null;
mod pattern;
mod subtypes;
mod value;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::documents::{Documents, Place};
use super::json::member;
use super::text::Texts;
use crate::schema::Schema;

pub(super) use keywords::is_text;
pub(super) use measure::default_of;
pub(super) use merge::merge;
use subtypes::Subtypes;
pub(super) use value::{holds_null, in_type_of, is_unwritable};

/// How often a schema may stand whole within itself. Within that one only its simple values are left.
const MOST_UNROLLED: usize = 1;

/// Most schemas on the way from a root to one of its parts, references and parts of `allOf` included.
const LONGEST_WAY: usize = 160;

/// Longest pattern that is kept, in bytes. Longer ones list words by the thousand: no model reads them, and each validator
/// takes long to compile them.
const LONGEST_PATTERN: usize = 1000;

/// Longest list of values that is kept. No model reads a longer one, and the API checks it itself.
const MOST_VALUES: usize = 1000;

/// What is left of the description of a root however small the tool has to be, in characters.
const SHORTEST_ROOT_DESCRIPTION: usize = 100;

/// Where a schema's values go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Into a request: what is `readOnly` is left out.
    Input,
    /// Out of an answer: what is `writeOnly` is left out.
    Output,
}

/// How much of a schema is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    /// Levels of properties and items below the root.
    pub(super) depth: usize,
    /// Longest description below the root, in characters.
    pub(super) description: usize,
    /// Whether an example of each value is kept.
    pub(super) examples: bool,
    /// About how many bytes may be written before nothing more is.
    pub(super) bytes: usize,
}

/// How a schema differs from what was written, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// A schema within itself was cut to its type.
    Cycle,
    /// A schema was cut to its type to keep the tool small.
    Cut,
    /// A reference leads nowhere.
    LostReference,
    /// A keyword that clients trip over was left out.
    Keyword,
    /// A value of a keyword is not one that the keyword can have.
    Mistake,
    /// Parts of an `allOf` contradict each other.
    Contradiction,
    /// What was cut has members that somebody wants otherwise.
    Shape,
}

impl Change {
    /// What happened, for the report.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Cycle => "schemas within themselves cut to their type",
            Self::Cut => "schemas cut to their type to keep the tool small",
            Self::LostReference => "references that lead nowhere: any value is taken there",
            Self::Keyword => "keywords left out that clients trip over",
            Self::Mistake => "values of keywords left out that are mistakes",
            Self::Shape => "schemas with `x-toolgate` inside of them cut: what it says there is not done",
            Self::Contradiction => "contradictions within `allOf`: the first is kept",
        }
    }
}

/// What the schemas of all tools of a description share.
pub(super) struct Shared<'d> {
    pub(super) documents: &'d Documents,
    pub(super) texts: &'d Texts,
    /// What became of each pattern that was met.
    patterns: RefCell<HashMap<String, Option<String>>>,
    subtypes: Subtypes,
}

impl<'d> Shared<'d> {
    pub(super) fn new(documents: &'d Documents, texts: &'d Texts) -> Self {
        Self {
            documents,
            texts,
            patterns: RefCell::default(),
            subtypes: Subtypes::default(),
        }
    }

    /// A regular expression as every client takes it; `None` when it cannot be written so.
    fn pattern(&self, written: &str) -> Option<String> {
        if written.len() > LONGEST_PATTERN {
            return None;
        }
        if let Some(known) = self.patterns.borrow().get(written) {
            return known.clone();
        }
        let usable =
            pattern::portable(written).filter(|pattern| Schema::compile(&json!({ "pattern": pattern })).is_ok());
        self.patterns.borrow_mut().insert(written.to_owned(), usable.clone());
        usable
    }
}

/// Normalises the schemas of one tool.
pub(super) struct Normaliser<'d> {
    shared: &'d Shared<'d>,
    direction: Direction,
    limits: Limits,
    /// Whether `xml` objects are kept: they say how values are written, and models need not know.
    keeps_xml: bool,
    /// Whether this is within an `allOf`: one of several things that a value is, and not all of it.
    is_part: bool,
    /// What is being normalised, outermost first.
    trail: Vec<*const Value>,
    level: usize,
    spent: usize,
    changes: BTreeMap<Change, usize>,
}

impl<'d> Normaliser<'d> {
    pub(super) fn new(shared: &'d Shared<'d>, direction: Direction, limits: Limits) -> Self {
        Self {
            shared,
            direction,
            limits,
            keeps_xml: false,
            is_part: false,
            trail: Vec::new(),
            level: 0,
            spent: 0,
            changes: BTreeMap::new(),
        }
    }

    /// One with the same limits, for what may not be kept: it counts for itself.
    pub(super) fn another(&self) -> Self {
        Self::new(self.shared, self.direction, self.limits)
    }

    /// [`Self::root`] of a value that is written as XML, with what says how.
    pub(super) fn root_of_xml(&mut self, place: Place<'d>) -> Map<String, Value> {
        self.keeps_xml = true;
        let schema = self.root(place);
        self.keeps_xml = false;
        schema
    }

    /// The schema at `place`.
    pub(super) fn root(&mut self, place: Place<'d>) -> Map<String, Value> {
        self.schema(place, 0)
    }

    /// Whether so much was written that what came out is not complete.
    pub(super) fn is_overfull(&self) -> bool {
        self.spent > self.limits.bytes
    }

    /// Longest description of a root, in characters.
    pub(super) fn longest_description(&self) -> usize {
        self.limits.description.max(SHORTEST_ROOT_DESCRIPTION)
    }

    /// How what came out differs from what was written.
    pub(super) fn changes(&self) -> &BTreeMap<Change, usize> {
        &self.changes
    }

    fn changed(&mut self, change: Change) {
        *self.changes.entry(change).or_default() += 1;
    }

    /// A schema that stands by itself, as opposed to a part of an `allOf`.
    fn schema(&mut self, place: Place<'d>, depth: usize) -> Map<String, Value> {
        let was_part = std::mem::replace(&mut self.is_part, false);
        let mut schema = self.part(place, depth);
        self.is_part = was_part;
        keep_possible_requirements(&mut schema);
        self.keep_possible_default(&mut schema);
        schema
    }

    fn part(&mut self, place: Place<'d>, depth: usize) -> Map<String, Value> {
        if self.is_overfull() {
            return Map::new();
        }
        if self.level >= LONGEST_WAY {
            self.changed(Change::Cut);
            return Map::new();
        }
        self.level += 1;
        let schema = match place.value {
            Value::Bool(false) => nothing(),
            Value::Object(_) => match place.text("$ref") {
                Some(reference) => self.referred(place, reference, depth),
                None => self.whole(place, depth),
            },
            Value::Bool(true) => Map::new(),
            _ => {
                self.changed(Change::Mistake);
                Map::new()
            }
        };
        self.level -= 1;
        schema
    }

    /// What a reference leads to. Keywords beside it count in every version: before 3.1 they should not be there, and
    /// whoever wrote them meant them.
    fn referred(&mut self, place: Place<'d>, reference: &str, depth: usize) -> Map<String, Value> {
        let target = self.shared.documents.follow(place.file, reference);
        let Ok(target) = target else {
            self.changed(Change::LostReference);
            return self.beside(place, depth);
        };
        let address = std::ptr::from_ref(target.value);
        let times = self.trail.iter().filter(|one| **one == address).count();
        let depth_within = if times < MOST_UNROLLED {
            depth
        } else {
            self.limits.depth
        };
        let schema = if times > MOST_UNROLLED {
            Map::new()
        } else {
            if times == MOST_UNROLLED {
                self.changed(Change::Cycle);
            }
            self.trail.push(address);
            let schema = self.part(target, depth_within);
            self.trail.pop();
            schema
        };
        if place.value.as_object().is_some_and(|members| members.len() == 1) {
            return schema;
        }
        let beside = self.beside(place, depth);
        self.merged(schema, beside)
    }

    /// The keywords beside a `$ref`.
    fn beside(&mut self, place: Place<'d>, depth: usize) -> Map<String, Value> {
        self.whole(place, depth)
    }

    /// A schema that is no reference: its own keywords, the parts of its `allOf`, its alternatives.
    fn whole(&mut self, place: Place<'d>, depth: usize) -> Map<String, Value> {
        let mut schema = Map::new();
        for part in place.get("allOf").into_iter().flat_map(Place::items) {
            let was_part = std::mem::replace(&mut self.is_part, true);
            let part = self.part(part, depth);
            self.is_part = was_part;
            schema = self.merged(schema, part);
        }
        let own = self.own(place, depth);
        schema = self.merged(schema, own);
        if !self.is_part {
            schema = self.with_subtypes(schema, place, depth);
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(list) = place.get(keyword).filter(|list| list.value.is_array()) {
                schema = self.with_alternatives(schema, place, list, depth);
            }
        }
        if cut::takes_null(place.value) {
            null::allow(&mut schema);
        }
        schema
    }

    fn merged(&mut self, first: Map<String, Value>, second: Map<String, Value>) -> Map<String, Value> {
        let (schema, contradictions) = merge(first, second);
        if contradictions > 0 {
            self.changed(Change::Contradiction);
        }
        schema
    }
}

/// A schema that no value fits.
fn nothing() -> Map<String, Value> {
    Map::from_iter([("not".to_owned(), json!({}))])
}

fn is_nothing(schema: &Map<String, Value>) -> bool {
    schema.get("not").is_some_and(|not| *not == json!({}))
}

fn is_true(value: &Value, key: &str) -> bool {
    member(value, key) == Some(&Value::Bool(true))
}

/// Whether `type` is a list with `null` among others.
fn has_null(value: &Value) -> bool {
    let types = member(value, "type").and_then(Value::as_array);
    types.is_some_and(|types| types.len() > 1 && types.iter().any(|name| name == "null"))
}

/// A property can only be required where it is described: parts of an `allOf` may require those of another part, and
/// what is `readOnly` has been left out.
fn keep_possible_requirements(schema: &mut Map<String, Value>) {
    let Some(Value::Array(required)) = schema.get("required") else {
        return;
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let possible: Vec<Value> = required
        .iter()
        .filter(|name| {
            name.as_str()
                .is_some_and(|name| properties.is_some_and(|properties| properties.contains_key(name)))
        })
        .cloned()
        .collect();
    if possible.is_empty() {
        schema.shift_remove("required");
    } else {
        schema.insert("required".to_owned(), Value::Array(possible));
    }
}

#[cfg(test)]
mod tests;
