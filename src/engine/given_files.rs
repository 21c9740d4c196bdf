//! Files among the arguments of an action.

use serde_json::{Map, Value};

use crate::connector::model::Action;
use crate::runner::declarative::{PrepareError, file_content};

/// The inputs of `action` that are files, or lists of files.
pub(super) fn inputs(action: &Action) -> impl Iterator<Item = &str> {
    let inputs = action.input.document().get("properties").and_then(Value::as_object);
    inputs
        .into_iter()
        .flatten()
        .filter(|(_, schema)| is_file(schema) || schema.get("items").is_some_and(is_file))
        .map(|(name, _)| name.as_str())
}

fn is_file(schema: &Value) -> bool {
    schema.get("format").is_some_and(|format| format == "file")
}

/// Looks at the content of each file for code, which would get something else where it is not base64.
///
/// # Errors
/// The first file that cannot be read, and where it stands.
pub(super) fn check(arguments: &Map<String, Value>, action: &Action) -> Result<(), PrepareError> {
    for name in inputs(action) {
        match arguments.get(name) {
            Some(file @ Value::Object(_)) => check_one(file, || format!("/{name}"))?,
            Some(Value::Array(files)) => {
                for (index, file) in files.iter().enumerate() {
                    check_one(file, || format!("/{name}/{index}"))?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_one(file: &Value, place: impl Fn() -> String) -> Result<(), PrepareError> {
    if file.get("base64").is_none_or(Value::is_null) {
        return Ok(());
    }
    file_content(file).map(drop).map_err(|error| PrepareError {
        pointer: Some(format!("{}/base64", place())),
        ..error
    })
}
