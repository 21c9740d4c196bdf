//! What is left of a schema that lies deeper than a tool may say.

use serde_json::{Map, Value, json};

use super::{Change, Direction, Normaliser, Place, has_null, is_true, null};
use crate::openapi::json::member;
use crate::openapi::shaping;

/// Lists within each other below the last level whose items still say their type.
const MOST_LISTS_IN_LISTS: usize = 2;

/// References, parts and alternatives within each other that are looked through for a type.
const DEEPEST_TYPE: usize = 4;

/// Most of them in all: each may have as many of its own.
const MOST_LOOKED_THROUGH: usize = 256;

/// What can be said of a value in a word.
struct Outline {
    /// Its type, when there is only one besides null.
    kind: Option<&'static str>,
    /// Whether it may be null.
    takes_null: bool,
}

impl<'d> Normaliser<'d> {
    /// What lies below the last level: simple values as they are, of others the type alone.
    pub(super) fn within_a_cut(&mut self, place: Place<'d>, depth: usize) -> Map<String, Value> {
        let target = self.shared.documents.resolve(place).unwrap_or(place);
        let is_simple = ["properties", "items", "allOf", "oneOf", "anyOf", "additionalProperties"]
            .iter()
            .all(|keyword| target.get(keyword).is_none());
        if is_simple && self.level < super::LONGEST_WAY {
            self.level += 1;
            let mut schema = self.own(target, depth + 1);
            self.level -= 1;
            if takes_null(place.value) || takes_null(target.value) {
                null::allow(&mut schema);
            }
            self.keep_possible_default(&mut schema);
            return schema;
        }
        self.changed(Change::Cut);
        if self.direction == Direction::Input && self.shared.documents.is_shaped() && shaping::is_within(target.value) {
            self.changed(Change::Shape);
        }
        self.type_alone(place, MOST_LISTS_IN_LISTS)
    }

    /// The type of a value, and of a list also that of its items, down to `lists` lists within each other.
    fn type_alone(&mut self, place: Place<'d>, lists: usize) -> Map<String, Value> {
        let mut schema = Map::new();
        let mut left = MOST_LOOKED_THROUGH;
        let outline = self.outline(place, DEEPEST_TYPE, &mut left);
        let Some(kind) = outline.kind else {
            return schema;
        };
        schema.insert("type".to_owned(), json!(kind));
        if kind == "array" {
            let target = self.shared.documents.resolve(place).unwrap_or(place);
            let items = target.get("items").filter(|items| lists > 0 && items.value.is_object());
            let items = items.map_or_else(Map::new, |items| self.type_alone(items, lists - 1));
            schema.insert("items".to_owned(), Value::Object(items));
        }
        if outline.takes_null {
            null::allow(&mut schema);
        }
        schema
    }

    /// The type of a value as it says itself, else as the parts of its `allOf` or all of its alternatives do; at most
    /// `left` of them are looked through.
    fn outline(&mut self, place: Place<'d>, levels: usize, left: &mut usize) -> Outline {
        let Some(fewer) = left.checked_sub(1) else {
            // It may be anything.
            return Outline {
                kind: None,
                takes_null: true,
            };
        };
        *left = fewer;
        let target = self.shared.documents.resolve(place).unwrap_or(place);
        let mut outline = Outline {
            kind: None,
            takes_null: takes_null(place.value) || takes_null(target.value),
        };
        let own = self.types(target);
        if !own.is_empty() || levels == 0 {
            outline.kind = own.first().copied().filter(|_| own.len() == 1);
            return outline;
        }
        for part in target.get("allOf").into_iter().flat_map(Place::items) {
            let part = self.outline(part, levels - 1, left);
            outline.kind = outline.kind.or(part.kind);
            outline.takes_null |= part.takes_null;
        }
        for keyword in ["oneOf", "anyOf"] {
            let alternatives = target.get(keyword).into_iter().flat_map(Place::items);
            let mut kinds = Vec::new();
            for alternative in alternatives {
                let alternative = self.outline(alternative, levels - 1, left);
                outline.takes_null |= alternative.takes_null || alternative.kind == Some("null");
                if alternative.kind != Some("null") && !kinds.contains(&alternative.kind) {
                    kinds.push(alternative.kind);
                }
            }
            if let (None, [only]) = (outline.kind, kinds.as_slice()) {
                outline.kind = *only;
            }
        }
        outline
    }
}

/// Whether a schema says itself that null is one of its values.
pub(super) fn takes_null(value: &Value) -> bool {
    let is_among = || {
        let values = member(value, "enum").and_then(Value::as_array);
        member(value, "type").is_none() && values.is_some_and(|values| values.iter().any(Value::is_null))
    };
    is_true(value, "nullable") || is_true(value, "x-nullable") || has_null(value) || is_among()
}
