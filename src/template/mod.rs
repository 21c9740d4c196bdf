//! `{{ expression }}` templates: turning an agent's arguments into parts of a request.
//!
//! Pure. Template sources come from connector authors only; nothing an agent sends is ever parsed as one.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A JSON value whose strings may hold `{{ expression }}` placeholders.
#[derive(Debug)]
pub struct ValueTemplate;

impl ValueTemplate {
    /// Compiles every string inside `source`.
    ///
    /// # Errors
    /// [`TemplateError`] names the pointer of the string and the byte offset within it.
    pub fn compile(_source: &Value) -> Result<Self, TemplateError> {
        unimplemented!()
    }
    /// A template that is exactly the argument `name`, whatever characters the name has.
    pub fn argument(_name: impl Into<String>) -> Self {
        unimplemented!()
    }
    /// An object built of already compiled members, in order.
    pub fn object(_members: Vec<(String, ValueTemplate)>) -> Self {
        unimplemented!()
    }
    /// Names of the arguments that the template reads.
    pub fn arguments(&self) -> BTreeSet<String> {
        unimplemented!()
    }
    /// The value, or `None` when it depends on an argument that was not given (the key is then dropped).
    ///
    /// # Errors
    /// [`RenderError`] when an expression fails on these arguments.
    pub fn render(&self, _arguments: &Map<String, Value>) -> Result<Option<Value>, RenderError> {
        unimplemented!()
    }
}

/// A URL path with `{name}` and `{{ expression }}` placeholders (ruling C-02).
#[derive(Debug)]
pub struct PathTemplate;

impl PathTemplate {
    /// Compiles `source`, which starts with `/`.
    ///
    /// # Errors
    /// [`TemplateError`] with the byte offset in `source`.
    pub fn compile(_source: &str) -> Result<Self, TemplateError> {
        unimplemented!()
    }
    /// Names of the arguments that the path reads.
    pub fn arguments(&self) -> BTreeSet<String> {
        unimplemented!()
    }
    /// The path with every substituted value percent-encoded: no value can add a segment or climb out of one.
    ///
    /// # Errors
    /// [`RenderError`] for a missing or empty value, an object or array, or a segment that would be `.` or `..`.
    pub fn render(&self, _arguments: &Map<String, Value>) -> Result<String, RenderError> {
        unimplemented!()
    }
}

/// Reads a body template that was written as one string: JSON text in which `{{x}}` may stand inside or outside of
/// quotes (then `Value` is the tree to compile), or `None` when the string is not JSON (then it is plain text).
#[must_use]
pub fn json_from_text(_source: &str) -> Option<Value> {
    unimplemented!()
}

/// A template does not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// JSON pointer of the string within the compiled value, empty for the value itself.
    pub pointer: String,
    /// Byte offset within that string.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}

/// A template cannot be filled with these arguments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RenderError {
    /// The argument to blame, as a JSON pointer into the arguments, when one can be named.
    pub pointer: Option<String>,
    /// What is wrong, without the argument's value.
    pub message: String,
}
