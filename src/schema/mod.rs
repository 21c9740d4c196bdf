//! JSON Schema 2020-12: compiling once, validating often, saying what is wrong with JSON pointers.
//!
//! Pure: never fetches a reference, never knows whether a value is an argument or an answer.

mod defaults;
mod integers;
mod message;
mod pattern;
mod reference;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, OnceLock};

use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};

use defaults::Defaults;
use message::{Describer, Quoting};

pub use reference::inlined;

/// Most violations that are reported of one value.
pub const MOST_VIOLATIONS: usize = 20;

/// Values with more nodes than this get only their first violation reported: the validator collects all of them
/// before the first can be read, and an API may answer with millions.
const LARGE: usize = 50_000;

/// Most steps back that a pattern with look-around or back-references may take. Other patterns run in linear time.
const BACKTRACK_LIMIT: usize = 100_000;

/// Largest compiled form of a pattern in bytes, against repetitions such as `(a{1000}){1000}`.
const PATTERN_SIZE_LIMIT: usize = 1024 * 1024;

/// A compiled schema.
pub struct Schema {
    document: Value,
    /// The document once more, as clients are told it.
    object: OnceLock<Option<Arc<Map<String, Value>>>>,
    validator: Validator,
    defaults: Defaults,
    /// Names of properties marked `writeOnly` anywhere in the document.
    hidden: HashSet<String>,
}

impl fmt::Debug for Schema {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Schema").field(&self.document).finish()
    }
}

impl Schema {
    /// Compiles a schema document. External references are refused; regular expressions run in linear time or
    /// under a backtracking limit. `format` is an annotation, as 2020-12 has it.
    ///
    /// # Errors
    /// [`SchemaError`] when the document is not a valid 2020-12 schema.
    pub fn compile(document: &Value) -> Result<Self, SchemaError> {
        reference::check(document)?;
        let validator = jsonschema::options()
            .offline()
            .with_keyword(pattern::KEYWORD, pattern::keyword)
            // For `patternProperties`.
            .with_pattern_options(pattern::options())
            .build(document)
            .map_err(|error| SchemaError {
                pointer: error.instance_path().as_str().to_owned(),
                message: format!("not a JSON Schema: {}", Describer::of_schema().describe(&error)),
            })?;
        Ok(Self {
            validator,
            defaults: Defaults::of(document),
            hidden: reference::write_only(document),
            document: document.clone(),
            object: OnceLock::new(),
        })
    }

    /// The document as it was compiled.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The document as an object that lists can share; `None` for a boolean schema. Made when it is first asked for.
    #[must_use]
    pub fn object(&self) -> Option<Arc<Map<String, Value>>> {
        let made = || self.document.as_object().cloned().map(Arc::new);
        self.object.get_or_init(made).clone()
    }

    /// All violations (at most [`MOST_VIOLATIONS`]), or an empty list. Short values are quoted, values of properties
    /// marked `writeOnly` never.
    #[must_use]
    pub fn violations(&self, instance: &Value) -> Vec<Violation> {
        self.describe(instance, Quoting::Values)
    }

    /// [`Schema::violations`], and whether there may be more.
    #[must_use]
    pub fn found(&self, instance: &Value) -> Found {
        let violations = self.violations(instance);
        Found {
            may_be_more: !violations.is_empty() && is_large(instance),
            violations,
        }
    }

    /// [`Schema::violations`] of an object.
    #[must_use]
    pub fn object_violations(&self, members: &Map<String, Value>) -> Vec<Violation> {
        // The validator reads whole values only; arguments are small beside the request that they become.
        self.violations(&Value::Object(members.clone()))
    }

    /// Like [`Schema::violations`], naming only the types of what was found: for values that must not be shown.
    #[must_use]
    pub fn violations_without_values(&self, instance: &Value) -> Vec<Violation> {
        self.describe(instance, Quoting::Types)
    }

    fn describe(&self, instance: &Value, quoting: Quoting) -> Vec<Violation> {
        if self.validator.is_valid(instance) {
            return Vec::new();
        }
        let describer = Describer::new(&self.document, &self.hidden, quoting);
        let errors: Vec<ValidationError<'_>> = if is_large(instance) {
            self.validator.validate(instance).err().into_iter().collect()
        } else {
            self.validator.iter_errors(instance).take(MOST_VIOLATIONS).collect()
        };
        let violations = errors.iter().flat_map(|error| describer.violations(error, instance));
        violations.take(MOST_VIOLATIONS).collect()
    }

    /// Fills absent properties of `arguments` (and of objects in them that are present) with the schema's defaults, and
    /// writes whole numbers as integers where the schema asks for those: `5.0` and `1e3` are integers to a schema, and
    /// none to most APIs.
    pub fn complete(&self, arguments: &mut Map<String, Value>) {
        self.defaults.apply(arguments);
        integers::apply(&self.document, arguments);
    }
}

/// Whether `value` holds more than [`LARGE`] nodes; stops counting there.
fn is_large(value: &Value) -> bool {
    fn count(value: &Value, left: &mut usize) -> bool {
        let Some(fewer) = left.checked_sub(1) else { return false };
        *left = fewer;
        match value {
            Value::Array(elements) => elements.iter().all(|element| count(element, left)),
            Value::Object(members) => members.values().all(|member| count(member, left)),
            _ => true,
        }
    }
    !count(value, &mut LARGE.clone())
}

/// `key` as one segment of a JSON pointer (RFC 6901), slash included.
#[must_use]
pub fn pointer_segment(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// What a value was found to break of its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Each place that was found.
    pub violations: Vec<Violation>,
    /// Whether not all of the value was looked through.
    pub may_be_more: bool,
}

/// One place where a value does not fit its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer into the value; empty for the value itself.
    pub pointer: String,
    /// What is expected and what was found, on one line.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(formatter, "{pointer}: {}", self.message)
    }
}

/// Most violations that a warning lists.
const MOST_WARNED: usize = 5;

/// A warning that `what`, such as `the answer`, does not match its schema.
#[must_use]
pub fn mismatch(what: &str, violations: &[Violation]) -> String {
    let listed: Vec<String> = violations.iter().take(MOST_WARNED).map(Violation::to_string).collect();
    let more = match violations.len().saturating_sub(MOST_WARNED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!("{what} does not match its schema: {}{more}", listed.join("; "))
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

#[cfg(test)]
mod tests;
