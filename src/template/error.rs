//! What can be wrong with a template, and with filling one.

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

impl TemplateError {
    /// An error in a string whose place within the compiled value is not known yet.
    pub(super) fn at(offset: usize, message: impl Into<String>) -> Self {
        Self {
            pointer: String::new(),
            offset,
            message: message.into(),
        }
    }
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
