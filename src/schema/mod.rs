//! JSON Schema 2020-12: compiling once, validating often, saying what is wrong with JSON pointers.
//!
//! Pure: never fetches a reference, never knows whether a value is an argument or an answer.

use serde_json::{Map, Value};

/// A compiled schema.
#[derive(Debug)]
pub struct Schema;

impl Schema {
    /// Compiles a schema document. External references are refused; regular expressions run in linear time or
    /// under a backtracking limit.
    ///
    /// # Errors
    /// [`SchemaError`] when the document is not a valid 2020-12 schema.
    pub fn compile(_document: &Value) -> Result<Self, SchemaError> {
        unimplemented!()
    }
    /// The document as it was compiled.
    #[must_use]
    pub fn document(&self) -> &Value {
        unimplemented!()
    }
    /// All violations (at most 20), or an empty list. Values of properties marked `writeOnly` are never quoted.
    #[must_use]
    pub fn violations(&self, _instance: &Value) -> Vec<Violation> {
        unimplemented!()
    }
    /// Fills absent properties of `arguments` (and of objects in them that are present) with the schema's defaults.
    pub fn apply_defaults(&self, _arguments: &mut Map<String, Value>) {
        unimplemented!()
    }
}

/// One place where a value does not fit its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer into the value; empty for the value itself.
    pub pointer: String,
    /// What is expected and what was found, on one line.
    pub message: String,
}

/// A document is not a usable schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SchemaError {
    /// JSON pointer into the schema document.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
}
