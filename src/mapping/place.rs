//! A place in JSON that can be written to as well as read.

use jmespath::ast::Ast;
use serde_json::{Map, Value};

use super::MappingError;
use super::program::Program;

/// A place in JSON: the names that lead there, one in another. No names: the whole value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    names: Vec<String>,
    written: String,
}

impl Place {
    /// Reads a JMESPath of nothing but names, such as `data.items` or `"odata.value"`; `@` is the whole value.
    ///
    /// # Errors
    /// [`MappingError`] when it is no JMESPath, or one that computes or chooses.
    pub fn compile(source: &str) -> Result<Self, MappingError> {
        let program = Program::compile(source)?;
        let mut names = Vec::new();
        if !collect(program.syntax(), &mut names) {
            return Err(MappingError::at(
                0,
                format!(
                    "`{source}` is not a path of names such as `data.items`: only to such a place something can be put"
                ),
            ));
        }
        Ok(Self {
            names,
            written: source.trim().to_owned(),
        })
    }

    /// As its author wrote it.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The names that lead there.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What is there; `None` when nothing is.
    #[must_use]
    pub fn find<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.names.iter().try_fold(value, |inside, name| inside.get(name))
    }

    /// Where something stands in `value` whose way has one name that `is_alike` in place of the first that leads nowhere;
    /// `None` when this leads somewhere, or nothing is alike.
    #[must_use]
    pub fn nearly_in(&self, value: &Value, is_alike: impl Fn(&str, &str) -> bool) -> Option<String> {
        let mut inside = value;
        for (depth, name) in self.names.iter().enumerate() {
            let members = inside.as_object()?;
            let Some(member) = members.get(name) else {
                let alike = members.keys().find(|other| is_alike(name, other))?;
                let mut names = self.names.clone();
                names.get_mut(depth)?.clone_from(alike);
                return Some(names.join("."));
            };
            inside = member;
        }
        None
    }

    /// Takes out what is there and leaves null; `None` when nothing is.
    pub fn take(&self, value: &mut Value) -> Option<Value> {
        let found = self
            .names
            .iter()
            .try_fold(value, |inside, name| inside.get_mut(name.as_str()))?;
        Some(found.take())
    }

    /// Whether [`Self::put`] could put something there.
    #[must_use]
    pub fn can_hold(&self, value: &Value) -> bool {
        let mut inside = Some(value);
        for name in &self.names {
            match inside {
                None | Some(Value::Null) => return true,
                Some(Value::Object(members)) => inside = members.get(name),
                Some(_) => return false,
            }
        }
        true
    }

    /// Puts `new` there. Objects that are missing or null on the way are made; `false`, and nothing done, when something
    /// else stands in the way.
    #[must_use]
    pub fn put(&self, value: &mut Value, new: Value) -> bool {
        let mut inside = value;
        for name in &self.names {
            if inside.is_null() {
                *inside = Value::Object(Map::new());
            }
            let Value::Object(members) = inside else { return false };
            inside = members.entry(name.clone()).or_insert(Value::Null);
        }
        *inside = new;
        true
    }
}

/// Collects the names of a path from its outer end; whether it is one.
fn collect(syntax: &Ast, names: &mut Vec<String>) -> bool {
    match syntax {
        Ast::Identity { .. } => true,
        Ast::Field { name, .. } => {
            names.push(name.clone());
            true
        }
        Ast::Subexpr { lhs, rhs, .. } => collect(lhs, names) && collect(rhs, names),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_of_names_lead_somewhere() {
        let value = json!({"data": {"items": [1]}, "odata.value": 2});
        let table = [
            ("@", Some(value.clone())),
            ("data.items", Some(json!([1]))),
            ("@.data.items", Some(json!([1]))),
            ("\"odata.value\"", Some(json!(2))),
            ("data.more", None),
            ("data.items.x", None),
        ];
        for (source, expected) in table {
            let place = Place::compile(source).expect(source);
            assert_eq!(place.find(&value), expected.as_ref(), "{source}");
            assert_eq!(place.take(&mut value.clone()), expected, "{source}");
        }
    }

    #[test]
    fn what_computes_or_chooses_is_no_place() {
        for source in [
            "",
            "data[0]",
            "data[]",
            "length(data)",
            "a || b",
            "{a: a}",
            "data.*",
            "a |",
            "`1`",
        ] {
            assert!(Place::compile(source).is_err(), "{source}");
        }
    }

    #[test]
    fn putting_makes_the_way() {
        let table = [
            ("@", json!({"a": 1}), Some(json!([7]))),
            (
                "a.b",
                json!({"a": {"b": 1, "c": 2}}),
                Some(json!({"a": {"b": [7], "c": 2}})),
            ),
            ("a.b", json!({"a": null}), Some(json!({"a": {"b": [7]}}))),
            ("a.b", json!(null), Some(json!({"a": {"b": [7]}}))),
            ("a.b", json!({"a": 5}), None),
            ("a.b", json!([]), None),
        ];
        for (source, mut value, expected) in table {
            let place = Place::compile(source).expect(source);
            let before = value.clone();
            assert_eq!(place.can_hold(&value), expected.is_some(), "{source} {before}");
            let done = place.put(&mut value, json!([7]));
            assert_eq!(done, expected.is_some(), "{source} {before}");
            assert_eq!(value, expected.unwrap_or(before), "{source}");
        }
    }
}
