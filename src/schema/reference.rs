//! References within a schema document: following, checking and inlining them.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{SchemaError, pointer_segment};

/// Most references that are followed from one to the next.
pub(super) const LONGEST_CHAIN: usize = 16;

/// Deepest path of schemas that apply to the same value. Compiling and validating recurse along it.
const DEEPEST_IN_PLACE: usize = 128;

/// Most references that are replaced within each other.
const DEEPEST_INLINED: usize = 64;

/// Most values that inlining may produce: references that fan out grow exponentially.
const LARGEST_INLINED: usize = 20_000;

/// What `reference` points at, when it is a JSON pointer into `document`.
pub(super) fn target<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()?;
    document.pointer(&pointer)
}

/// `schema`, or what its `$ref` leads to within `document`.
pub(super) fn followed<'a>(document: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    let mut schema = schema;
    for _ in 0..LONGEST_CHAIN {
        match schema.get("$ref") {
            Some(Value::String(reference)) => schema = target(document, reference)?,
            _ => return Some(schema),
        }
    }
    None
}

/// Keywords whose subschemas apply to the very value that the schema applies to.
const IN_PLACE: [&str; 9] = [
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
];

/// Refuses references to other documents, and schemas that refer to themselves without descending into the value:
/// validating against those would never end.
pub(super) fn check(document: &Value) -> Result<(), SchemaError> {
    let mut walk = Walk {
        document,
        settled: HashSet::new(),
    };
    walk.everywhere(document)
}

struct Walk<'a> {
    document: &'a Value,
    /// Schemas known not to lead back to themselves, by address.
    settled: HashSet<*const Value>,
}

impl<'a> Walk<'a> {
    /// Where an error is gets known on the way back: there mostly is none.
    fn everywhere(&mut self, schema: &'a Value) -> Result<(), SchemaError> {
        match schema {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref")
                    && !reference.starts_with('#')
                    && !self.is_embedded(reference)
                {
                    return Err(SchemaError {
                        pointer: "/$ref".to_owned(),
                        message: format!(
                            "`{reference}` is another document: copy it into `$defs` and refer to it there"
                        ),
                    });
                }
                self.in_place(schema, &mut Vec::new())?;
                for (key, member) in members {
                    self.everywhere(member).map_err(|error| error.within(key))?;
                }
            }
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.everywhere(element)
                        .map_err(|error| error.within(&index.to_string()))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a schema within the document bears the name that `reference` gives.
    fn is_embedded(&self, reference: &str) -> bool {
        let base = reference.split('#').next().unwrap_or_default();
        reference_names(self.document).any(|name| name == base)
    }

    fn in_place(&mut self, schema: &'a Value, path: &mut Vec<*const Value>) -> Result<(), SchemaError> {
        let address = std::ptr::from_ref(schema);
        if self.settled.contains(&address) {
            return Ok(());
        }
        if path.contains(&address) {
            return Err(SchemaError {
                pointer: String::new(),
                message: "this schema refers to itself: validating would never end".to_owned(),
            });
        }
        if path.len() == DEEPEST_IN_PLACE {
            return Err(SchemaError {
                pointer: String::new(),
                message: format!("more than {DEEPEST_IN_PLACE} references and alternatives lead from one to the next"),
            });
        }
        path.push(address);
        if let Value::Object(members) = schema {
            for (key, member) in members.iter().filter(|(key, _)| IN_PLACE.contains(&key.as_str())) {
                match member {
                    Value::String(reference) if key == "$ref" => {
                        if let Some(next) = target(self.document, reference) {
                            self.in_place(next, path)?;
                        }
                    }
                    Value::Array(branches) => {
                        branches.iter().try_for_each(|branch| self.in_place(branch, path))?;
                    }
                    Value::Object(branches) if key == "dependentSchemas" => {
                        branches.values().try_for_each(|branch| self.in_place(branch, path))?;
                    }
                    member => self.in_place(member, path)?,
                }
            }
        }
        path.pop();
        self.settled.insert(address);
        Ok(())
    }
}

impl SchemaError {
    /// This error, of a schema that the keyword or item `name` holds.
    fn within(self, name: &str) -> Self {
        Self {
            pointer: pointer_segment(name) + &self.pointer,
            ..self
        }
    }
}

/// The `$id`s within a document, in any order.
fn reference_names(document: &Value) -> Box<dyn Iterator<Item = &str> + '_> {
    match document {
        Value::Object(members) => {
            let own = members
                .get("$id")
                .and_then(Value::as_str)
                .map(|name| name.trim_end_matches('#'));
            Box::new(own.into_iter().chain(members.values().flat_map(reference_names)))
        }
        Value::Array(elements) => Box::new(elements.iter().flat_map(reference_names)),
        _ => Box::new(std::iter::empty()),
    }
}

/// Names of properties that are marked `writeOnly` anywhere in the document, also by way of a reference.
pub(super) fn write_only(document: &Value) -> HashSet<String> {
    fn is_marked<'a>(document: &'a Value, schema: &'a Value, seen: &mut HashSet<*const Value>) -> bool {
        if schema.get("writeOnly") == Some(&Value::Bool(true)) {
            return true;
        }
        let Some(schema) = followed(document, schema) else {
            return false;
        };
        if !seen.insert(std::ptr::from_ref(schema)) {
            return false;
        }
        let mut branches = ["allOf", "anyOf", "oneOf"]
            .iter()
            .filter_map(|key| schema.get(*key)?.as_array())
            .flatten();
        schema.get("writeOnly") == Some(&Value::Bool(true)) || branches.any(|branch| is_marked(document, branch, seen))
    }
    fn collect(document: &Value, schema: &Value, names: &mut HashSet<String>) {
        match schema {
            Value::Object(members) => {
                if let Some(Value::Object(properties)) = members.get("properties") {
                    let marked = properties
                        .iter()
                        .filter(|(_, schema)| is_marked(document, schema, &mut HashSet::new()));
                    names.extend(marked.map(|(name, _)| name.clone()));
                }
                members.values().for_each(|member| collect(document, member, names));
            }
            Value::Array(elements) => elements.iter().for_each(|element| collect(document, element, names)),
            _ => {}
        }
    }
    let mut names = HashSet::new();
    collect(document, document, &mut names);
    names
}

/// `document` with every reference replaced by what it points at, and without `$defs`. References that lead back to
/// themselves, or nowhere, and everything past a size limit become `{}`, which allows anything.
///
/// Some clients drop `$defs`, and parts of a document that are moved elsewhere lose them.
#[must_use]
pub fn inlined(document: &Value) -> Value {
    let mut inliner = Inliner {
        document,
        open: Vec::new(),
        budget: LARGEST_INLINED,
    };
    let mut whole = inliner.inline(document);
    if let Value::Object(members) = &mut whole {
        members.shift_remove("$defs");
        members.shift_remove("definitions");
    }
    whole
}

struct Inliner<'a> {
    document: &'a Value,
    /// References that are being replaced, outermost first.
    open: Vec<&'a str>,
    budget: usize,
}

impl<'a> Inliner<'a> {
    fn inline(&mut self, value: &'a Value) -> Value {
        let Some(budget) = self.budget.checked_sub(1) else {
            return Value::Object(Map::new());
        };
        self.budget = budget;
        match value {
            Value::Array(elements) => elements.iter().map(|element| self.inline(element)).collect(),
            Value::Object(members) => {
                // What stands beside a reference, a description mostly, is closer to the use.
                let mut whole = match members.get("$ref") {
                    Some(Value::String(reference)) => match self.follow(reference) {
                        Value::Object(target) => target,
                        _ => return Value::Object(Map::new()),
                    },
                    _ => Map::new(),
                };
                for (key, member) in members {
                    if !is_reference(key, member) && key != "$defs" {
                        whole.insert(key.clone(), self.inline(member));
                    }
                }
                Value::Object(whole)
            }
            value => value.clone(),
        }
    }

    fn follow(&mut self, reference: &'a str) -> Value {
        let target = target(self.document, reference);
        let Some(target) = target.filter(|_| self.open.len() < DEEPEST_INLINED && !self.open.contains(&reference))
        else {
            return Value::Object(Map::new());
        };
        self.open.push(reference);
        let whole = self.inline(target);
        self.open.pop();
        whole
    }
}

/// Whether this is the keyword, and not a property that happens to be called `$ref`.
fn is_reference(key: &str, member: &Value) -> bool {
    key == "$ref" && member.is_string()
}
