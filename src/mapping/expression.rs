//! Single expressions that ask an answer something, and the answer they ask.

use std::fmt;

use jmespath::{Rcvar, Variable};
use serde_json::Value;

use super::MappingError;
use super::place::Place;
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
pub struct Expression {
    program: Program,
    /// Where it leads, when it is nothing but names.
    place: Option<Place>,
    /// Whether it compares sizes, which of other values than numbers cannot be said.
    compares_sizes: bool,
}

impl Expression {
    /// Compiles `source`.
    ///
    /// # Errors
    /// [`MappingError`] with the offset in `source`.
    pub fn compile(source: &str) -> Result<Self, MappingError> {
        Ok(Self {
            program: Program::compile(source)?,
            place: Place::compile(source).ok(),
            compares_sizes: false,
        })
    }

    /// Compiles `source` like [`Self::compile`]; when it compares sizes, texts that are numbers are compared as numbers.
    ///
    /// # Errors
    /// [`MappingError`] with the offset in `source`.
    pub fn compile_comparison(source: &str) -> Result<Self, MappingError> {
        let program = Program::compile(source)?;
        Ok(Self {
            compares_sizes: program.compares_sizes(),
            program: program.of_numbers(),
            place: Place::compile(source).ok(),
        })
    }

    /// Where it leads, when it is nothing but names: then nothing has to be computed.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Whether it was compiled as a comparison, and compares sizes: then null says that they are no numbers.
    #[must_use]
    pub fn compares_sizes(&self) -> bool {
        self.compares_sizes
    }

    /// What it finds in `data`: null where it leads nowhere.
    ///
    /// # Errors
    /// [`MappingError`] when a function gets a value of the wrong type. Values of the answer are never quoted.
    pub fn find(&self, data: &Data) -> Result<Value, MappingError> {
        self.program.apply(&data.0)
    }
}
