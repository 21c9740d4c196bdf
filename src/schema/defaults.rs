//! Defaults: found once in a schema, filled into many arguments.

use serde_json::{Map, Value};

use super::reference::followed;

/// Deepest object whose defaults are looked for. References may recurse for ever.
const DEEPEST: usize = 8;

/// The defaults of an object's properties, and of objects within it.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    own: Vec<(String, Value)>,
    members: Vec<(String, Inner)>,
}

/// What a property holds that has defaults of its own.
#[derive(Debug)]
enum Inner {
    Object(Defaults),
    Array(Box<Inner>),
}

impl Defaults {
    /// The defaults of a document's root object.
    pub(super) fn of(document: &Value) -> Self {
        let mut defaults = Self::default();
        defaults.collect(document, document, 0);
        defaults
    }

    fn collect(&mut self, document: &Value, schema: &Value, depth: usize) {
        let Some(schema) = followed(document, schema).filter(|_| depth < DEEPEST) else {
            return;
        };
        if let Some(Value::Object(properties)) = schema.get("properties") {
            for (name, property) in properties {
                let default = property
                    .get("default")
                    .or_else(|| followed(document, property)?.get("default"));
                if let Some(default) = default {
                    self.own.push((name.clone(), default.clone()));
                }
                if let Some(inner) = Inner::of(document, property, depth + 1) {
                    self.members.push((name.clone(), inner));
                }
            }
        }
        if let Some(Value::Array(branches)) = schema.get("allOf") {
            for branch in branches {
                self.collect(document, branch, depth + 1);
            }
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.own.is_empty() && self.members.is_empty()
    }

    /// Fills in what is absent.
    pub(super) fn apply(&self, object: &mut Map<String, Value>) {
        for (name, default) in &self.own {
            if !object.contains_key(name) {
                object.insert(name.clone(), default.clone());
            }
        }
        for (name, inner) in &self.members {
            if let Some(value) = object.get_mut(name) {
                inner.apply(value);
            }
        }
    }
}

impl Inner {
    fn of(document: &Value, schema: &Value, depth: usize) -> Option<Self> {
        let mut defaults = Defaults::default();
        defaults.collect(document, schema, depth);
        if !defaults.is_empty() {
            return Some(Self::Object(defaults));
        }
        let items = followed(document, schema)?.get("items").filter(|_| depth < DEEPEST)?;
        Self::of(document, items, depth + 1).map(|inner| Self::Array(Box::new(inner)))
    }

    fn apply(&self, value: &mut Value) {
        match (self, value) {
            (Self::Object(defaults), Value::Object(object)) => defaults.apply(object),
            (Self::Array(inner), Value::Array(elements)) => {
                for element in elements {
                    inner.apply(element);
                }
            }
            _ => {}
        }
    }
}
