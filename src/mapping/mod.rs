//! Response mapping: JMESPath programs that reshape an API's answer (contract S2-19).
//!
//! Pure. Programs come from connector authors only.

use serde_json::Value;

/// A compiled mapping.
#[derive(Debug)]
pub struct Mapping;

impl Mapping {
    /// Compiles a JMESPath expression (a string) or a table whose leaves are expressions.
    ///
    /// # Errors
    /// [`MappingError`] with the pointer of the leaf and the offset in its text.
    pub fn compile(_source: &Value) -> Result<Self, MappingError> {
        unimplemented!()
    }
    /// Reshapes `response`; paths that lead nowhere become null.
    ///
    /// # Errors
    /// [`MappingError`] when a function gets a value of the wrong type.
    pub fn apply(&self, _response: &Value) -> Result<Value, MappingError> {
        unimplemented!()
    }
    /// The schema of what [`Mapping::apply`] returns for responses of `response_schema`, where it can be derived.
    #[must_use]
    pub fn output_schema(&self, _response_schema: Option<&Value>) -> Option<Value> {
        unimplemented!()
    }
}

/// A mapping does not compile, or does not fit the response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MappingError {
    /// JSON pointer of the leaf within the mapping, empty for a single expression.
    pub pointer: String,
    /// Byte offset within that expression.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}
