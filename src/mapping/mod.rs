//! Response mapping: JMESPath programs that reshape an API's answer (contract S2-19).
//!
//! Pure. Programs come from connector authors only.
//!
//! A mapping is one expression, or a table of expressions that is filled in leaf by leaf. A path that leads nowhere
//! becomes `null`. Integers stay exact up to 64 bits, except through functions that compute (`sum`, `abs`, …), which
//! work on doubles. Objects come back with their keys sorted; tables keep the author's order.

mod expression;
mod nesting;
mod place;
mod program;
mod shape;
mod structure;

use jmespath::Rcvar;
use serde_json::{Map, Value};

use crate::schema;

use program::Program;

pub use expression::{Data, Expression};
pub use place::Place;
pub use structure::{RESULT_KEY, structured, structured_schema};

/// Deepest nesting of tables in a mapping.
const DEEPEST: usize = 32;

/// A compiled mapping.
#[derive(Debug)]
pub struct Mapping(Node);

#[derive(Debug)]
enum Node {
    Program(Program),
    Table(Vec<(String, Node)>),
}

impl Mapping {
    /// Compiles a JMESPath expression (a string) or a table whose leaves are expressions.
    ///
    /// # Errors
    /// [`MappingError`] with the pointer of the leaf and the offset in its text.
    pub fn compile(source: &Value) -> Result<Self, MappingError> {
        Node::compile(source, 0).map(Self)
    }

    /// Reshapes `response`; paths that lead nowhere become null.
    ///
    /// # Errors
    /// [`MappingError`] when a function gets a value of the wrong type. Values of the response are never quoted.
    pub fn apply(&self, response: &Value) -> Result<Value, MappingError> {
        // Converted once for all programs: the crate's own entry point would convert it for each.
        self.0.apply(&Data::new(response)?.0)
    }

    /// The schema of what [`Mapping::apply`] returns for responses of `response_schema`, where it can be derived.
    ///
    /// It has a definite `type`. An object's schema says nothing about `null`, which [`structured`] turns into an
    /// object that fits every schema derived here. Give no `response_schema` where responses are not held to it.
    #[must_use]
    pub fn output_schema(&self, response_schema: Option<&Value>) -> Option<Value> {
        let response = response_schema.map(schema::inlined).unwrap_or_default();
        shape::definite(self.0.shape(&shape::Shape::of_response(&response)))
    }
}

impl Node {
    fn compile(source: &Value, depth: usize) -> Result<Self, MappingError> {
        match source {
            Value::String(source) => Program::compile(source).map(Self::Program),
            Value::Object(_) if depth == DEEPEST => Err(MappingError::at(
                0,
                format!("tables are nested more than {DEEPEST} levels deep"),
            )),
            Value::Object(members) => {
                let members = members.iter().map(|(key, member)| {
                    let member = Self::compile(member, depth + 1).map_err(|error| within(key, error))?;
                    Ok((key.clone(), member))
                });
                Ok(Self::Table(members.collect::<Result<_, _>>()?))
            }
            _ => Err(MappingError::at(
                0,
                "a mapping is a JMESPath expression in quotes, or a table of them",
            )),
        }
    }

    fn apply(&self, data: &Rcvar) -> Result<Value, MappingError> {
        match self {
            Self::Program(program) => program.apply(data),
            Self::Table(members) => {
                let mut mapped = Map::with_capacity(members.len());
                for (key, member) in members {
                    let value = member.apply(data).map_err(|error| within(key, error))?;
                    mapped.insert(key.clone(), value);
                }
                Ok(Value::Object(mapped))
            }
        }
    }

    fn shape(&self, response: &shape::Shape) -> shape::Shape {
        match self {
            Self::Program(program) => shape::of(program.syntax(), response),
            Self::Table(members) => shape::Shape::object(
                members
                    .iter()
                    .map(|(key, member)| (key.clone(), member.shape(response))),
            ),
        }
    }
}

/// `error` seen from the table that holds its expression under `key`.
fn within(key: &str, error: MappingError) -> MappingError {
    MappingError {
        pointer: schema::pointer_segment(key) + &error.pointer,
        ..error
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

impl MappingError {
    fn at(offset: usize, message: impl Into<String>) -> Self {
        Self {
            pointer: String::new(),
            offset,
            message: message.into(),
        }
    }
}

#[cfg(test)]
mod tests;
