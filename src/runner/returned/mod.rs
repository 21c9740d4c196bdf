//! What code returned, as a result: files taken out of it, errors recognised, the rest checked.
//!
//! Pure. What comes in may be anything that code can write as JSON; what goes out holds no secret.

mod content;
mod file;

pub(in crate::runner) use file::file_name;

use bytes::Bytes;
use serde_json::Value;

use super::Redaction;
use crate::auth::Handles;
use crate::connector::model::{Action, CodeRules, Validation};
use crate::mapping;
use crate::runner::halves;
use crate::schema::{Violation, mismatch};

/// Most files in one result.
const MOST_FILES: usize = 100;

/// Most levels of arrays and objects in a result. It is what `serde_json` follows: deeper ones would be hard on the stack
/// wherever a value is walked through, and many a client could not read them.
const DEEPEST: usize = 127;

/// Longest text of a returned error that becomes the message, in characters.
const LONGEST_MESSAGE: usize = 2_000;

/// What code returned.
#[derive(Debug, Clone, PartialEq)]
pub struct Returned {
    /// Structured content, always an object. Of each file it holds everything but the content.
    pub content: Value,
    /// The files, in their order.
    pub files: Vec<File>,
    /// What the code says went wrong, when its result tells of an error (ruling C-19).
    pub error: Option<String>,
    /// Things the agent should know beside it.
    pub warnings: Vec<String>,
}

/// A file in a result (contract B.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name with extension.
    pub name: String,
    /// Its media type.
    pub mime_type: String,
    /// Its content.
    pub content: FileContent,
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileContent {
    /// UTF-8 text.
    Text(String),
    /// Any bytes.
    Bytes(Bytes),
}

impl FileContent {
    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What code returned is no result. Messages hold nothing of it but names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReturnedError {
    /// Nothing was returned (contract B.1).
    #[error("the code returned nothing: it must end with `return` and a value")]
    Nothing,
    /// Not JSON. Only a component can do that.
    #[error("the code's result is not JSON: {0}")]
    NotJson(String),
    /// More levels than a parser of JSON follows.
    #[error(
        "the code's result is nested more than {DEEPEST} levels deep: return fewer levels, or the deep part as a text of \
         JSON"
    )]
    TooDeep,
    /// A file cannot be used as it is.
    #[error("the file at `{pointer}` of the code's result {problem}")]
    File {
        /// Where it stands in the result.
        pointer: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The result does not match its schema.
    #[error("the code's result does not match its schema")]
    SchemaMismatch {
        /// Each place where it does not, without values.
        violations: Vec<Violation>,
    },
}

/// Makes a result of what code of `action` returned: JSON, or an empty text for nothing.
///
/// # Errors
/// [`ReturnedError`] when it is no result.
pub fn returned(
    action: &Action,
    rules: CodeRules,
    result: &str,
    redaction: &Redaction,
    handles: &Handles,
) -> Result<Returned, ReturnedError> {
    if result.is_empty() {
        return Err(ReturnedError::Nothing);
    }
    let mut value = halves::read(result).map_err(|error| not_json(&error))?;
    // Files first: what they hold is no text for a model, and nothing to look for errors in.
    let mut files = file::take(&mut value, &|content| match content {
        FileContent::Text(text) => FileContent::Text(handles.hidden(&redaction.text(&text)).into_owned()),
        FileContent::Bytes(bytes) => FileContent::Bytes(redaction.bytes(&bytes)),
    })?;
    for file in &mut files {
        file.name = handles.hidden(&redaction.text(&file.name)).into_owned();
        file.mime_type = handles.hidden(&redaction.text(&file.mime_type)).into_owned();
    }
    // Redaction before validation, so that no violation can hold a secret.
    redaction.value(&mut value);
    handles.hide_in(&mut value);

    let error = if rules.returned_errors_fail {
        error_in(&value)
    } else {
        None
    };
    let mut warnings = Vec::new();
    // An error follows no schema.
    if let Some(schema) = action.response.schema.as_ref().filter(|_| error.is_none()) {
        let violations = schema.violations_without_values(&value);
        match action.response.validation {
            _ if violations.is_empty() => {}
            Validation::Strict => return Err(ReturnedError::SchemaMismatch { violations }),
            Validation::Warn => warnings.push(mismatch("the result", &violations)),
        }
    }
    Ok(Returned {
        content: Value::Object(mapping::structured(value)),
        files,
        error,
        warnings,
    })
}

fn not_json(error: &serde_json::Error) -> ReturnedError {
    let said = error.to_string();
    // The only sign there is of it.
    if said.starts_with("recursion limit exceeded") {
        ReturnedError::TooDeep
    } else {
        ReturnedError::NotJson(said)
    }
}

/// What a result says went wrong: its `error` holds something, or its `success` is false.
fn error_in(value: &Value) -> Option<String> {
    let members = value.as_object()?;
    let error = members.get("error").filter(|error| says_something(error));
    if error.is_none() && members.get("success") != Some(&Value::Bool(false)) {
        return None;
    }
    let said = error
        .and_then(text_of)
        .or_else(|| members.get("message").and_then(text_of));
    let mut said = said.unwrap_or_else(|| "the action reports that it did not succeed".to_owned());
    if let Some((end, _)) = said.char_indices().nth(LONGEST_MESSAGE) {
        said.truncate(end);
        said.push('…');
    }
    Some(said)
}

/// As JavaScript has it, but for lists and objects that hold nothing: many an API says of every success that there was no
/// error in this way.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Object(members) => match members.get("message") {
            Some(Value::String(text)) => Some(text.clone()),
            _ => Some(value.to_string()),
        },
        Value::Array(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests;
