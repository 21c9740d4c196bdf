//! One compiled expression: from arguments to a JSON value.
//!
//! Must never reach anything but the arguments: no function, file, clock or randomness.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use minijinja::value::{Serde, Value as Dynamic, ValueKind};
use minijinja::{Error, ErrorKind};
use serde_json::{Map, Number, Value};

use super::error::{RenderError, TemplateError};
use super::{filters, scan};
use crate::schema::pointer_segment;

/// What stands in a placeholder.
pub(super) enum Expression {
    /// An argument's name: needs no engine.
    Argument(String),
    /// Anything else.
    Program {
        /// The text, for messages.
        source: String,
        /// Arguments that it reads; nothing else is shown to the engine.
        names: BTreeSet<String>,
        /// The compiled text.
        program: Box<minijinja::Expression<'static, 'static>>,
    },
}

impl fmt::Debug for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(name) => formatter.debug_tuple("Argument").field(name).finish(),
            Self::Program { source, .. } => formatter.debug_tuple("Program").field(source).finish(),
        }
    }
}

impl Expression {
    /// Compiles the inside of a placeholder. `offset` is where it begins, for errors.
    pub(super) fn compile(inside: &str, offset: usize) -> Result<Self, TemplateError> {
        if scan::is_name(inside) {
            return Ok(Self::Argument(inside.to_owned()));
        }
        scan::check_depth(inside).map_err(|error| TemplateError::at(offset + error.offset, error.message))?;
        let compiled = |text: String| {
            let program = filters::ENVIRONMENT.compile_expression_owned(text);
            program.map_err(|error| {
                let reason = error.detail().unwrap_or("it cannot be read");
                TemplateError::at(offset, format!("`{inside}` is not an expression: {reason}"))
            })
        };
        let (guarded, sliced) = scan::guarded_slices(inside);
        let program = compiled(guarded)?;
        scan::check_names(inside).map_err(|error| TemplateError::at(offset + error.offset, error.message))?;
        let mut names: BTreeSet<String> = program.undeclared_variables(false).into_iter().collect();
        for operand in sliced {
            names.extend(compiled(operand.to_owned())?.undeclared_variables(false));
        }
        Ok(Self::Program {
            source: inside.to_owned(),
            names,
            program: Box::new(program),
        })
    }

    /// Adds the names of the arguments that the expression reads.
    pub(super) fn collect_arguments(&self, into: &mut BTreeSet<String>) {
        match self {
            Self::Argument(name) => {
                into.insert(name.clone());
            }
            Self::Program { names, .. } => into.extend(names.iter().cloned()),
        }
    }

    /// The value, or `None` when it depends on an argument that was not given.
    pub(super) fn evaluate<'a>(
        &self,
        arguments: &'a Map<String, Value>,
    ) -> Result<Option<Cow<'a, Value>>, RenderError> {
        match self {
            Self::Argument(name) => Ok(arguments.get(name).map(Cow::Borrowed)),
            Self::Program { names, program, .. } => match self.run(names, program, arguments)? {
                Some(value) => Ok(json(&value).map_err(|reason| self.failed(reason))?.map(Cow::Owned)),
                None => Ok(None),
            },
        }
    }

    /// The value as it stands in XML, or `None` when it depends on an argument that was not given. `write` escapes it,
    /// unless the expression says that it is XML, as the filters `xml` and `safe` do.
    pub(super) fn evaluate_for_xml(
        &self,
        arguments: &Map<String, Value>,
        write: fn(&str) -> Result<String, String>,
    ) -> Result<Option<String>, RenderError> {
        let value = match self {
            Self::Argument(name) => arguments.get(name).map(Cow::Borrowed),
            Self::Program { names, program, .. } => {
                let value = self.run(names, program, arguments)?;
                if let Some(safe) = value.as_ref().filter(|value| value.is_safe()) {
                    return Ok(safe.as_str().map(str::to_owned));
                }
                let value = value.map(|value| json(&value)).transpose();
                value.map_err(|reason| self.failed(reason))?.flatten().map(Cow::Owned)
            }
        };
        let text = value.as_deref().and_then(text);
        let escaped = text.map(|text| write(&text)).transpose();
        escaped.map_err(|message| RenderError {
            pointer: self.pointer(),
            message,
        })
    }

    fn run(
        &self,
        names: &BTreeSet<String>,
        program: &minijinja::Expression<'static, 'static>,
        arguments: &Map<String, Value>,
    ) -> Result<Option<Dynamic>, RenderError> {
        let given = names
            .iter()
            .filter_map(|name| Some((name.as_str(), Serde(arguments.get(name)?))));
        match program.eval(Dynamic::from_pairs(given)) {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_missing(&error) => Ok(None),
            // The sign of what is missing is the one operator that does not say what it was used on.
            Err(error) if error.detail().is_none() && names.iter().any(|name| !arguments.contains_key(name)) => {
                Ok(None)
            }
            Err(error) => Err(self.failed(explain(&error))),
        }
    }

    /// The argument to blame as a JSON pointer, when the expression reads exactly one.
    pub(super) fn pointer(&self) -> Option<String> {
        match self {
            Self::Argument(name) => Some(pointer_segment(name)),
            Self::Program { names, .. } if names.len() == 1 => names.first().map(|name| pointer_segment(name)),
            Self::Program { .. } => None,
        }
    }

    /// The expression as it was written.
    pub(super) fn source(&self) -> &str {
        match self {
            Self::Argument(name) => name,
            Self::Program { source, .. } => source,
        }
    }

    fn failed(&self, reason: &str) -> RenderError {
        RenderError {
            pointer: self.pointer(),
            message: format!("`{}` cannot be computed from these arguments: {reason}", self.source()),
        }
    }
}

/// Whether an expression failed because something it reads was not given. Some filters wrap that failure, and operators
/// report a missing operand as one of the wrong type: what they say then names types alone.
fn is_missing(error: &Error) -> bool {
    let said = error.detail().unwrap_or_default();
    let is_operand = said.starts_with("tried to use ")
        && (said.contains(" unsupported types undefined and ") || said.ends_with(" and undefined"));
    error.kind() == ErrorKind::UndefinedError
        || is_operand
        || said.starts_with("cannot convert undefined to ")
        || std::error::Error::source(error)
            .and_then(|source| source.downcast_ref::<Error>())
            .is_some_and(is_missing)
}

/// Why an expression failed. The engine's own words may quote an argument, so only the kind is told.
fn explain(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::OutOfFuel => "it takes too many steps",
        ErrorKind::TooManyArguments | ErrorKind::MissingArgument => "a filter gets the wrong number of parameters",
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest => "it names a filter that does not exist",
        _ => "a value has the wrong type or is out of range for an operator or filter",
    }
}

/// `value` as JSON, or `None` when it is undefined or has something undefined in it.
pub(super) fn json(value: &Dynamic) -> Result<Option<Value>, &'static str> {
    Ok(Some(match value.kind() {
        ValueKind::Undefined => return Ok(None),
        ValueKind::None => Value::Null,
        ValueKind::Bool => Value::Bool(value.is_true()),
        ValueKind::Number => Value::Number(number(value)?),
        ValueKind::String => Value::String(value.as_str().unwrap_or_default().to_owned()),
        ValueKind::Seq | ValueKind::Iterable => {
            let mut elements = Vec::new();
            for element in value.try_iter().map_err(|_| "a list cannot be read")? {
                let Some(element) = json(&element)? else {
                    return Ok(None);
                };
                elements.push(element);
            }
            Value::Array(elements)
        }
        ValueKind::Map => {
            let mut members = Map::new();
            for key in value.try_iter().map_err(|_| "an object cannot be read")? {
                let member = value.get_item(&key).map_err(|_| "an object cannot be read")?;
                let Some(member) = json(&member)? else { return Ok(None) };
                let key = key.as_str().ok_or("an object's key is not a string")?;
                members.insert(key.to_owned(), member);
            }
            Value::Object(members)
        }
        _ => return Err("its result has no JSON form"),
    }))
}

fn number(value: &Dynamic) -> Result<Number, &'static str> {
    if value.is_integer() {
        return i64::try_from(value.clone())
            .map(Number::from)
            .or_else(|_| u64::try_from(value.clone()).map(Number::from))
            .map_err(|_| "its result is an integer of more than 64 bits");
    }
    f64::try_from(value.clone())
        .ok()
        .and_then(Number::from_f64)
        .ok_or("its result is not a finite number")
}

/// `value` as it stands in longer text: `None` for null, JSON text for arrays and objects.
pub(crate) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(true) => Some(Cow::Borrowed("true")),
        Value::Bool(false) => Some(Cow::Borrowed("false")),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(Cow::Owned(value.to_string())),
    }
}

#[cfg(test)]
mod tests;
