//! `oneOf` and `anyOf`: said more simply where that is possible, else as `anyOf`.
//!
//! `oneOf` becomes `anyOf`: alternatives of real descriptions overlap, and a value that fits two of them would be
//! refused although the API takes it.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use serde_json::{Map, Value, json};

use super::merge::contradict;
use super::{Change, MOST_VALUES, Normaliser, Place, is_nothing, merge, null};
use crate::openapi::json::length;
use crate::openapi::shaping;

/// Most alternatives that are written out with what stands beside them.
const MOST_COMPLETED: usize = 12;

impl<'d> Normaliser<'d> {
    /// `schema` with the alternatives in `list`, both written in the schema at `place`.
    pub(super) fn with_alternatives(
        &mut self,
        schema: Map<String, Value>,
        place: Place<'d>,
        list: Place<'d>,
        depth: usize,
    ) -> Map<String, Value> {
        let mut alternatives = Vec::new();
        for item in list.items() {
            let mut alternative = self.schema(item, depth);
            if let Some(reference) = item.text("$ref") {
                name_kind(&mut alternative, place, reference, None);
            }
            alternatives.push(alternative);
        }
        self.with_any_of(schema, alternatives)
    }

    /// `schema` for the values of it that one of `alternatives` takes, which stand by themselves.
    pub(in crate::openapi) fn with_any_of(
        &mut self,
        schema: Map<String, Value>,
        alternatives: Vec<Map<String, Value>>,
    ) -> Map<String, Value> {
        let mut distinct = Distinct::default();
        let mut nullable = false;
        for mut alternative in alternatives {
            nullable |= take_null(&mut alternative);
            if is_nothing(&alternative) || is_null(&alternative) {
                continue;
            }
            for one in flattened(alternative) {
                distinct.push(one);
            }
        }
        let mut schema = self.joined(schema, distinct.list);
        if nullable {
            null::allow(&mut schema);
        }
        schema
    }

    pub(super) fn joined(
        &mut self,
        mut schema: Map<String, Value>,
        mut alternatives: Vec<Map<String, Value>>,
    ) -> Map<String, Value> {
        if alternatives.iter().any(says_nothing) {
            // One of them takes everything. Those that only require properties end here, too.
            if alternatives.len() > 1 {
                self.changed(Change::Keyword);
            }
            return schema;
        }
        if alternatives.len() <= 1 {
            let only = alternatives.pop().unwrap_or_default();
            // What stands outside describes this use of it.
            return self.merged(only, schema);
        }
        if let Some(mut simple) = values(&alternatives).or_else(|| types(&alternatives)) {
            let listed = simple.get("enum").and_then(Value::as_array);
            if listed.is_some_and(|values| values.len() > MOST_VALUES) {
                self.changed(Change::Keyword);
                simple.retain(|keyword, _| keyword == "type");
            }
            return self.merged(simple, schema);
        }
        if let Some(Value::Array(before)) = schema.shift_remove("anyOf") {
            let Some(both) = self.both(&before, &alternatives) else {
                self.changed(Change::Keyword);
                schema.insert("anyOf".to_owned(), Value::Array(before));
                return schema;
            };
            if let [only] = both.as_slice() {
                return self.merged(only.clone(), schema);
            }
            alternatives = both;
        }
        let is_object = schema.contains_key("properties");
        let (annotations, rest): (Map<_, _>, Map<_, _>) = schema.into_iter().partition(|(keyword, _)| {
            matches!(keyword.as_str(), "description" | "default" | "examples" | shaping::KEY)
        });
        let mut schema = annotations;
        let is_completed = is_object && alternatives.len() <= MOST_COMPLETED && {
            // Copies within copies multiply.
            self.spent += (alternatives.len() - 1) * length(&rest);
            !self.is_overfull()
        };
        if is_completed {
            // Each stands alone: one that is closed would refuse the properties beside it.
            let completed: Vec<Map<String, Value>> = alternatives
                .into_iter()
                .map(|alternative| self.merged(rest.clone(), alternative))
                .collect();
            schema.insert("anyOf".to_owned(), json!(completed));
        } else {
            schema.extend(rest);
            // Each alternative says its own.
            schema.shift_remove("type");
            schema.insert("anyOf".to_owned(), json!(alternatives));
        }
        schema
    }

    /// One of `first` and one of `second` as one alternative, each with each; `None` when these are too many.
    fn both(&mut self, first: &[Value], second: &[Map<String, Value>]) -> Option<Vec<Map<String, Value>>> {
        let first: Vec<&Map<String, Value>> = first.iter().filter_map(Value::as_object).collect();
        if first.len() * second.len() > MOST_COMPLETED {
            return None;
        }
        self.spent += (second.len() - 1) * length(&first) + first.len().saturating_sub(1) * length(&second);
        if self.is_overfull() {
            return None;
        }
        let mut both = Distinct::default();
        // Null is only taken where both lists have it.
        for one in first.into_iter().filter(|one| !is_null(one)) {
            // What no value can be is no choice.
            for other in second.iter().filter(|other| !contradict(one, other)) {
                both.push(merge(one.clone(), other.clone()).0);
            }
        }
        Some(both.list).filter(|both| !both.is_empty())
    }
}

/// The alternatives of a schema that is nothing but alternatives, else the schema.
fn flattened(mut schema: Map<String, Value>) -> Vec<Map<String, Value>> {
    if schema.len() == 1
        && let Some(Value::Array(inner)) = schema.shift_remove("anyOf")
    {
        return inner
            .into_iter()
            .filter_map(|value| match value {
                Value::Object(schema) => Some(schema),
                _ => None,
            })
            .collect();
    }
    vec![schema]
}

/// Says in an alternative which value of the discriminator of `place` chooses it: that of the mapping, else what the
/// alternative has `declared`, else its name.
pub(super) fn name_kind(
    alternative: &mut Map<String, Value>,
    place: Place<'_>,
    reference: &str,
    declared: Option<&str>,
) {
    let Some(discriminator) = place.get("discriminator") else {
        return;
    };
    // In 2.0 it is the name itself.
    let Some(property) = discriminator.text("propertyName").or(discriminator.value.as_str()) else {
        return;
    };
    let own_name = reference.rsplit('/').next().unwrap_or_default();
    let is_meant = |target: &str| target == reference || target.rsplit('/').next() == Some(own_name);
    if discriminator.text("defaultMapping").is_some_and(is_meant) {
        // Values that choose no other one choose it, and so does none at all (OpenAPI 3.2, "Discriminator Object").
        return;
    }
    let mapping = discriminator.get("mapping");
    let mut kinds: Vec<Value> = mapping
        .into_iter()
        .flat_map(Place::members)
        .filter(|(_, target)| target.value.as_str().is_some_and(is_meant))
        .map(|(kind, _)| json!(kind))
        .collect();
    if kinds.is_empty() {
        kinds.push(json!(declared.unwrap_or(own_name)));
    }
    let Some(Value::Object(properties)) = alternative.get_mut("properties") else {
        return;
    };
    let described = properties.get_mut(property);
    let is_said = described
        .as_ref()
        .is_some_and(|schema| schema.get("const").is_some() || schema.get("enum").is_some());
    if is_said {
        return;
    }
    properties.insert(property.to_owned(), json!({ "type": "string", "enum": kinds }));
    let required = alternative.entry("required").or_insert_with(|| json!([]));
    if let Value::Array(required) = required
        && !required.iter().any(|name| name == property)
    {
        required.push(json!(property));
    }
}

/// Alternatives that differ in more than how they are described.
#[derive(Default)]
struct Distinct {
    list: Vec<Map<String, Value>>,
    /// Where those stand that have the same [`fingerprint`]: lists may be too long to compare each with each.
    known: HashMap<u64, Vec<usize>>,
}

impl Distinct {
    fn push(&mut self, alternative: Map<String, Value>) {
        let known = self.known.entry(fingerprint(&alternative)).or_default();
        if !known.iter().any(|index| same(&self.list[*index], &alternative)) {
            known.push(self.list.len());
            self.list.push(alternative);
        }
    }
}

/// A number that schemas share which are the [`same`].
fn fingerprint(schema: &Map<String, Value>) -> u64 {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let own = schema.iter().filter(|(keyword, _)| !is_annotation(keyword));
    // In whichever order they are.
    own.fold(0, |sum, keyword| sum.wrapping_add(hasher.hash_one(keyword)))
}

/// Whether the two differ in nothing but how they are described.
fn same(first: &Map<String, Value>, second: &Map<String, Value>) -> bool {
    let count = |schema: &Map<String, Value>| schema.keys().filter(|keyword| !is_annotation(keyword)).count();
    let mut own = first.iter().filter(|(keyword, _)| !is_annotation(keyword));
    count(first) == count(second) && own.all(|(keyword, value)| second.get(keyword) == Some(value))
}

fn is_annotation(keyword: &str) -> bool {
    matches!(keyword, "description" | "examples" | "default")
}

fn says_nothing(schema: &Map<String, Value>) -> bool {
    schema.keys().all(|keyword| is_annotation(keyword))
}

fn is_null(schema: &Map<String, Value>) -> bool {
    schema.get("type").is_some_and(|name| name == "null")
}

/// Takes null out of a schema that allows other values as well; says whether it was there.
fn take_null(schema: &mut Map<String, Value>) -> bool {
    if is_null(schema) {
        return true;
    }
    let Some(Value::Array(types)) = schema.get_mut("type") else {
        return false;
    };
    let before = types.len();
    types.retain(|name| name != "null");
    let was_there = types.len() < before;
    if let [only] = types.as_slice() {
        let only = only.clone();
        schema.insert("type".to_owned(), only);
    }
    was_there
}

/// Alternatives that are nothing but values of one type, as one list of values.
fn values(alternatives: &[Map<String, Value>]) -> Option<Map<String, Value>> {
    let mut all: Vec<Value> = Vec::new();
    let mut known = HashSet::new();
    let mut meanings: Vec<String> = Vec::new();
    let kind = alternatives.first()?.get("type")?;
    for alternative in alternatives {
        let plain = alternative
            .keys()
            .all(|keyword| is_annotation(keyword) || matches!(keyword.as_str(), "type" | "const" | "enum"));
        if !plain || alternative.get("type") != Some(kind) {
            return None;
        }
        let own: Vec<Value> = match (alternative.get("const"), alternative.get("enum")) {
            (Some(value), _) => vec![value.clone()],
            (None, Some(Value::Array(values))) => values.clone(),
            _ => return None,
        };
        if let (Some(meaning), [value]) = (alternative.get("description").and_then(Value::as_str), own.as_slice()) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if meaning != value {
                meanings.push(format!("{value} = {meaning}"));
            }
        }
        for value in own {
            if known.insert(value.clone()) {
                all.push(value);
            }
        }
    }
    let mut schema = Map::from_iter([
        ("type".to_owned(), kind.clone()),
        ("enum".to_owned(), Value::Array(all)),
    ]);
    if !meanings.is_empty() {
        schema.insert("description".to_owned(), json!(meanings.join("; ")));
    }
    Some(schema)
}

/// Alternatives that are nothing but types, as one list of types.
fn types(alternatives: &[Map<String, Value>]) -> Option<Map<String, Value>> {
    let mut all: Vec<Value> = Vec::new();
    for alternative in alternatives {
        let plain = alternative
            .keys()
            .all(|keyword| is_annotation(keyword) || keyword == "type");
        let kind = alternative.get("type").filter(|_| plain)?;
        let kinds = match kind {
            Value::Array(kinds) => kinds.clone(),
            kind => vec![kind.clone()],
        };
        // A list needs `items` beside it, and an object that takes anything says more than its type.
        if kinds.iter().any(|kind| kind == "array" || kind == "object") {
            return None;
        }
        for kind in kinds {
            if !all.contains(&kind) {
                all.push(kind);
            }
        }
    }
    let kind = if all.len() == 1 { all.pop()? } else { Value::Array(all) };
    Some(Map::from_iter([("type".to_owned(), kind)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alternative_is_compared_with_few_others() {
        let of = |index: usize, description: &str| {
            let name = format!("n{index}");
            let schema = json!({"properties": {name: {}}, "description": description});
            schema.as_object().unwrap().clone()
        };
        let mut distinct = Distinct::default();
        for index in 0..1_000 {
            distinct.push(of(index, "one"));
            distinct.push(of(index, "other"));
        }
        assert_eq!((distinct.list.len(), distinct.known.len()), (1_000, 1_000));
    }

    #[test]
    fn alternatives_of_values_and_types_are_said_simply() {
        let map = |value: Value| value.as_object().unwrap().clone();
        let values_of = [
            map(json!({"type": "integer", "const": 1, "description": "One"})),
            map(json!({"type": "integer", "enum": [2, 3]})),
        ];
        assert_eq!(
            values(&values_of).map(Value::Object),
            Some(json!({"type": "integer", "enum": [1, 2, 3], "description": "1 = One"}))
        );
        let types_of = [
            map(json!({"type": "string"})),
            map(json!({"type": ["integer", "string"]})),
        ];
        assert_eq!(
            types(&types_of).map(Value::Object),
            Some(json!({"type": ["string", "integer"]}))
        );
        let lists = [
            map(json!({"type": "string"})),
            map(json!({"type": "array", "items": {}})),
        ];
        assert_eq!(types(&lists), None);
    }
}
