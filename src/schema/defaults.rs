//! Defaults: found once in a schema, filled into many arguments.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::reference::{LONGEST_CHAIN, followed};

/// The defaults of a schema and of everything that it leads to, as a graph: schemas may be recursive.
///
/// Only what leads to a default is kept, so there is nothing to walk for most schemas.
#[derive(Debug)]
pub(super) struct Defaults {
    /// The first one is the document's root.
    places: Vec<Place>,
}

/// What one schema says of the object or array that it describes.
#[derive(Debug, Default)]
struct Place {
    defaults: Vec<(String, Value)>,
    /// Properties that lead on, and where to.
    properties: Vec<(String, usize)>,
    /// Where an array's elements lead to.
    items: Option<usize>,
}

impl Defaults {
    /// The defaults of a document.
    pub(super) fn of(document: &Value) -> Self {
        let mut finder = Finder {
            document,
            places: Vec::new(),
            known: HashMap::new(),
            left: Vec::new(),
        };
        finder.place_of(document);
        // A list of what is still to do instead of recursion: references may form long chains.
        while let Some((index, schema)) = finder.left.pop() {
            finder.read(index, schema, 0);
        }
        let mut defaults = Self { places: finder.places };
        defaults.prune();
        defaults
    }

    /// Fills in what is absent.
    pub(super) fn apply(&self, object: &mut Map<String, Value>) {
        if let Some(root) = self.places.first() {
            self.fill(root, object);
        }
    }

    fn fill(&self, place: &Place, object: &mut Map<String, Value>) {
        for (name, default) in &place.defaults {
            if !object.contains_key(name) {
                object.insert(name.clone(), default.clone());
            }
        }
        for (name, next) in &place.properties {
            if let (Some(value), Some(next)) = (object.get_mut(name), self.places.get(*next)) {
                self.descend(next, value);
            }
        }
    }

    fn descend(&self, place: &Place, value: &mut Value) {
        match value {
            Value::Object(object) => self.fill(place, object),
            Value::Array(elements) => {
                if let Some(next) = place.items.and_then(|next| self.places.get(next)) {
                    for element in elements {
                        self.descend(next, element);
                    }
                }
            }
            _ => {}
        }
    }

    /// Removes the ways that lead to no default.
    fn prune(&mut self) {
        let mut leads: Vec<bool> = self.places.iter().map(|place| !place.defaults.is_empty()).collect();
        loop {
            let before = leads.iter().filter(|leads| **leads).count();
            for (index, place) in self.places.iter().enumerate() {
                if place.ways().any(|next| leads[next]) {
                    leads[index] = true;
                }
            }
            if leads.iter().filter(|leads| **leads).count() == before {
                break;
            }
        }
        for place in &mut self.places {
            place.properties.retain(|(_, next)| leads[*next]);
            place.items = place.items.filter(|next| leads[*next]);
        }
    }
}

impl Place {
    fn ways(&self) -> impl Iterator<Item = usize> {
        self.properties.iter().map(|(_, next)| *next).chain(self.items)
    }
}

struct Finder<'a> {
    document: &'a Value,
    places: Vec<Place>,
    /// Places by the address of their schema.
    known: HashMap<*const Value, usize>,
    left: Vec<(usize, &'a Value)>,
}

impl<'a> Finder<'a> {
    /// The place of a schema, which is read later.
    fn place_of(&mut self, schema: &'a Value) -> Option<usize> {
        let schema = followed(self.document, schema)?;
        Some(*self.known.entry(std::ptr::from_ref(schema)).or_insert_with(|| {
            self.places.push(Place::default());
            self.left.push((self.places.len() - 1, schema));
            self.places.len() - 1
        }))
    }

    /// Adds what `schema` says to a place.
    fn read(&mut self, index: usize, schema: &'a Value, branches: usize) {
        if let Some(Value::Object(properties)) = schema.get("properties") {
            for (name, property) in properties {
                let target = followed(self.document, property);
                // A default beside a reference is closer to the use.
                let default = property.get("default").or_else(|| target?.get("default"));
                let next = self.place_of(property);
                let place = &mut self.places[index];
                place
                    .defaults
                    .extend(default.map(|default| (name.clone(), default.clone())));
                place.properties.extend(next.map(|next| (name.clone(), next)));
            }
        }
        if let Some(items) = schema.get("items") {
            let items = self.place_of(items);
            let place = &mut self.places[index];
            place.items = place.items.or(items);
        }
        if let Some(Value::Array(all)) = schema.get("allOf") {
            for branch in all.iter().filter(|_| branches < LONGEST_CHAIN) {
                if let Some(branch) = followed(self.document, branch) {
                    self.read(index, branch, branches + 1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_leads_to_no_default_is_not_kept() {
        for (document, leads) in [
            (json!({"properties": {"a": {"default": 1}}}), true),
            (
                json!({"properties": {"a": {"items": {"properties": {"b": {"default": 1}}}}}}),
                true,
            ),
            (json!({"properties": {"a": {"type": "string"}}}), false),
            (
                json!({"properties": {"self": {"$ref": "#"}, "other": {"properties": {"self": {"$ref": "#"}}}}}),
                false,
            ),
        ] {
            let defaults = Defaults::of(&document);
            let root = defaults.places.first();
            let is_kept = root.is_some_and(|root| !root.defaults.is_empty() || root.ways().next().is_some());
            assert_eq!(is_kept, leads, "{document}");
        }
    }
}
