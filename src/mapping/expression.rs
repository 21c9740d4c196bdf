//! Single expressions that ask an answer something, and the answer they ask.

use std::fmt;

use jmespath::{Rcvar, Variable};
use serde_json::Value;

use super::MappingError;
use super::program::Program;

/// An answer, read once for all the expressions that are asked about it.
pub struct Data(pub(super) Rcvar);

/// What an API answered is not shown.
impl fmt::Debug for Data {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Data")
    }
}

impl Data {
    /// Reads `answer`.
    ///
    /// # Errors
    /// [`MappingError`] when it is no JSON data.
    pub fn new(answer: &Value) -> Result<Self, MappingError> {
        let data = Variable::from_serializable(answer)
            .map_err(|_| MappingError::at(0, "the answer cannot be read as JSON data"))?;
        Ok(Self(Rcvar::new(data)))
    }
}

/// One compiled JMESPath expression.
#[derive(Debug)]
pub struct Expression(Program);

impl Expression {
    /// Compiles `source`.
    ///
    /// # Errors
    /// [`MappingError`] with the offset in `source`.
    pub fn compile(source: &str) -> Result<Self, MappingError> {
        Program::compile(source).map(Self)
    }

    /// What it finds in `data`: null where it leads nowhere.
    ///
    /// # Errors
    /// [`MappingError`] when a function gets a value of the wrong type. Values of the answer are never quoted.
    pub fn find(&self, data: &Data) -> Result<Value, MappingError> {
        self.0.apply(&data.0)
    }
}
