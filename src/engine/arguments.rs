//! Step 4 of the pipeline: arguments that fit the tool's schema.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::call::READ_IN_PLACE;
use super::{CallError, ErrorCode, failures};
use crate::catalog::Tool;
use crate::connector::model::Action;
use crate::runner::Redaction;

/// Bytes that a value is counted as beside its text: what it takes to look at it.
const LOOKED_AT: usize = 16;

/// [`checked`], where others do not have to wait for it: agents may send megabytes.
pub(super) async fn check(
    tool: &Arc<Tool>,
    given: Map<String, Value>,
    is_complete: bool,
) -> Result<Map<String, Value>, CallError> {
    if !is_long(&given) {
        return checked(&tool.action, given, is_complete);
    }
    let tool = Arc::clone(tool);
    let checking = tokio::task::spawn_blocking(move || checked(&tool.action, given, is_complete));
    checking.await.unwrap_or_else(|error| {
        tracing::error!(%error, "the arguments of a call could not be checked");
        Err(CallError::new(
            ErrorCode::InternalError,
            "the arguments could not be checked; nothing was sent",
            "tell the operator of this server, its log says why",
        ))
    })
}

/// Fills in defaults and writes integers as such, unless that is done, then checks against the schema. What comes out is
/// what a person approves, what is recorded and what is sent.
pub(super) fn checked(
    action: &Action,
    mut given: Map<String, Value>,
    is_complete: bool,
) -> Result<Map<String, Value>, CallError> {
    if !is_complete {
        action.input.complete(&mut given);
    }
    let too_long = Redaction::problem(&action.secret_arguments, &given);
    let instance = Value::Object(given);
    let mut found = action.input.found(&instance);
    found.violations.extend(too_long);
    match instance {
        Value::Object(arguments) if found.violations.is_empty() => Ok(arguments),
        _ => Err(failures::invalid_arguments(&found)),
    }
}

/// Whether checking these would hold up other calls.
fn is_long(arguments: &Map<String, Value>) -> bool {
    let mut left = READ_IN_PLACE;
    !arguments
        .iter()
        .all(|(name, value)| take(&mut left, name.len()) && fits(value, &mut left))
}

fn fits(value: &Value, left: &mut usize) -> bool {
    take(left, LOOKED_AT)
        && match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => true,
            Value::String(text) => take(left, text.len()),
            Value::Array(elements) => elements.iter().all(|element| fits(element, left)),
            Value::Object(members) => members
                .iter()
                .all(|(name, member)| take(left, name.len()) && fits(member, left)),
        }
}

fn take(left: &mut usize, bytes: usize) -> bool {
    let rest = left.checked_sub(bytes);
    *left = rest.unwrap_or(0);
    rest.is_some()
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt as _;
    use serde_json::json;

    use super::*;
    use crate::catalog::Catalog;
    use crate::connector::{self, SourceFile};

    fn tool() -> Arc<Tool> {
        let text = "name = \"crm\"\n[connection]\nbase_url = \"https://crm.example.com\"\n\
                    [[actions]]\nname = \"get\"\nmethod = \"GET\"\npath = \"/a\"\n[[actions.input]]\nname = \"a\"\nin = \"query\"";
        let file = SourceFile {
            shown: "connector.toml".into(),
            relative: "connector.toml".into(),
            text: text.to_owned(),
        };
        let connector = Arc::new(connector::load(&[file]).connector.expect("a connector"));
        let catalog = Catalog::assemble(vec![connector]).0;
        Arc::clone(catalog.tools().first().expect("a tool"))
    }

    fn many(count: usize) -> Map<String, Value> {
        (0..count).map(|index| (format!("k{index}"), json!(1))).collect()
    }

    #[test]
    fn megabytes_are_not_checked_where_other_calls_run() {
        let tool = tool();
        let long = json!({"a": "x".repeat(READ_IN_PLACE)});
        let deep = json!({"a": [{"b": "x".repeat(READ_IN_PLACE)}]});
        let long_name = json!({ "x".repeat(READ_IN_PLACE): 1 });
        // One thread for what is long, which is kept busy while is looked at what waits for it.
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.max_blocking_threads(1).build().expect("a runtime");
        for (given, is_long) in [
            (json!({"a": "x"}), false),
            (Value::Object(many(1_000)), false),
            (Value::Object(many(100_000)), true),
            (json!({"a": vec![0; READ_IN_PLACE / LOOKED_AT]}), true),
            (long, true),
            (deep, true),
            (long_name, true),
        ] {
            let Value::Object(given) = given else {
                panic!("no object")
            };
            let shown = given.len();
            let expected = checked(&tool.action, given.clone(), false);
            let (waits, done) = runtime.block_on(async {
                let (release, held) = std::sync::mpsc::channel::<()>();
                let busy = tokio::task::spawn_blocking(move || held.recv());
                let mut checking = pin!(check(&tool, given, false));
                let at_once = checking.as_mut().now_or_never();
                drop(release);
                assert!(busy.await.expect("no panic").is_err());
                match at_once {
                    Some(done) => (false, done),
                    None => (true, checking.await),
                }
            });
            assert_eq!(waits, is_long, "{shown}");
            assert_eq!(format!("{done:?}"), format!("{expected:?}"), "{shown}");
        }
    }

    #[test]
    fn it_is_not_said_how_many_are_wrong_where_only_the_first_was_looked_for() {
        let tool = tool();
        for (count, said) in [
            (1, "1 argument does not match"),
            (2, "some arguments do not match"),
            (2_000, "some arguments do not match"),
            (100_000, "at least 1 argument does not match"),
        ] {
            let error = checked(&tool.action, many(count), false).expect_err("unknown arguments");
            assert!(error.cause.starts_with(said), "{count}: {}", error.cause);
        }
    }
}
