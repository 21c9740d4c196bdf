//! Schemas that others are built upon. One with a `discriminator` and without alternatives of its own stands for any that
//! has it among its `allOf` (`OpenAPI` 3.1, section 4.8.25.3; 2.0, "Composition and Inheritance").

use std::cell::OnceCell;
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::alternatives::name_kind;
use super::{Direction, Documents, Normaliser, Place, keep_possible_requirements};
use crate::openapi::shaping;

/// Most schemas that one is written out as. With more the tool would say little about each.
const MOST_SUBTYPES: usize = 12;

/// How deep in a value alternatives are still written out: they multiply.
const DEEPEST: usize = 3;

/// Which schemas are built upon which: the names of those that have the one at an address among their `allOf`.
#[derive(Default)]
pub(super) struct Subtypes {
    by_base: OnceCell<HashMap<*const Value, Vec<String>>>,
}

/// A schema that is built upon another one.
struct Subtype<'d> {
    /// Its name among the schemas of the description.
    name: &'d str,
    place: Place<'d>,
}

impl Subtypes {
    /// The schemas that are built upon `base`, and those that are built upon these; at most one more than is ever written.
    fn of<'d>(&self, documents: &'d Documents, base: Place<'d>) -> Vec<Subtype<'d>> {
        let by_base = self.by_base.get_or_init(|| by_base(documents));
        let mut found: Vec<Subtype<'d>> = Vec::new();
        let mut next = vec![std::ptr::from_ref(base.value)];
        while let Some(address) = next.pop() {
            for name in by_base.get(&address).into_iter().flatten() {
                let known =
                    named(documents).and_then(|all| Some((all.value.as_object()?.get_key_value(name)?, all.file)));
                let Some(((name, value), file)) = known else {
                    continue;
                };
                let place = Place { value, file };
                if found.len() <= MOST_SUBTYPES && found.iter().all(|one| one.name != name) {
                    found.push(Subtype { name, place });
                    next.push(std::ptr::from_ref(place.value));
                }
            }
        }
        found
    }
}

/// The schemas that have a name.
fn named(documents: &Documents) -> Option<Place<'_>> {
    let root = documents.root();
    let components = root.get("components").and_then(|components| components.get("schemas"));
    components.or_else(|| root.get("definitions"))
}

fn by_base(documents: &Documents) -> HashMap<*const Value, Vec<String>> {
    let mut by_base: HashMap<*const Value, Vec<String>> = HashMap::new();
    for (name, place) in named(documents).into_iter().flat_map(Place::members) {
        for part in place.get("allOf").into_iter().flat_map(Place::items) {
            let base = part
                .text("$ref")
                .map(|reference| documents.follow(part.file, reference));
            if let Some(Ok(base)) = base {
                let subtypes = by_base.entry(std::ptr::from_ref(base.value)).or_default();
                subtypes.push(name.clone());
            }
        }
    }
    by_base
}

impl<'d> Normaliser<'d> {
    /// `schema`, which is what the schema at `place` says itself, or what is built upon it: any of these may be sent.
    pub(super) fn with_subtypes(
        &mut self,
        mut schema: Map<String, Value>,
        place: Place<'d>,
        depth: usize,
    ) -> Map<String, Value> {
        let has_own = ["oneOf", "anyOf"].iter().any(|keyword| place.get(keyword).is_some());
        let is_base = place.get("discriminator").is_some() && !has_own;
        if !is_base || self.direction == Direction::Output {
            return schema;
        }
        let subtypes = self.shared.subtypes.of(self.shared.documents, place);
        if subtypes.is_empty() {
            return schema;
        }
        if subtypes.len() > MOST_SUBTYPES || depth >= DEEPEST.min(self.limits.depth) {
            // Whoever calls may know what is built upon it.
            schema.insert("additionalProperties".to_owned(), Value::Bool(true));
            return schema;
        }
        let mut alternatives = Vec::with_capacity(subtypes.len() + 1);
        for subtype in subtypes {
            let was_part = std::mem::replace(&mut self.is_part, true);
            let mut alternative = self.part(subtype.place, depth);
            self.is_part = was_part;
            keep_possible_requirements(&mut alternative);
            self.keep_possible_default(&mut alternative);
            let declared = subtype.place.text("x-ms-discriminator-value");
            name_kind(&mut alternative, place, subtype.name, declared);
            alternatives.push(alternative);
        }
        let mut outer = Map::new();
        for keyword in ["description", shaping::KEY] {
            outer.extend(schema.shift_remove(keyword).map(|value| (keyword.to_owned(), value)));
        }
        keep_possible_requirements(&mut schema);
        self.keep_possible_default(&mut schema);
        alternatives.push(schema);
        self.joined(outer, alternatives)
    }
}
