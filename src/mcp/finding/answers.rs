//! What the tools for finding tools answer. Never names a base URL or a header (contract S1-34).

use std::sync::Arc;

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value, json};

use super::request::Question;
use super::{example, search};
use crate::catalog::{Catalog, Tool};
use crate::connector::model::{Action, Connector};
use crate::diagnostics::legible_line;
use crate::engine::{CallError, ErrorCode};
use crate::mcp::results;

/// Most connectors that are named where one was not found.
const MOST_NAMED: usize = 50;

/// Most bytes of the definitions in one answer: about 12,000 tokens of a model's context.
const MOST_DEFINED: usize = 48 * 1024;

/// What to do where nothing can be found, however it is searched for.
const NO_CONNECTORS: &str =
    "There is no connector for this caller. Tell the user: an operator has to add one, or to let their key use it.";

/// Answers `question` from `catalog`, which holds what the caller may see. `find` looks up an action by its name.
pub(in crate::mcp) fn answer(
    catalog: &Catalog,
    question: &Question,
    find: impl Fn(&str) -> Result<Arc<Tool>, CallError>,
) -> CallToolResult {
    let answered = match question {
        Question::Find {
            sentence,
            connector,
            limit,
        } => found(catalog, sentence, connector.as_deref(), *limit),
        Question::Describe(name) => named(catalog, name, find).map(|tool| described(&tool)),
        Question::Connectors => {
            let slugs: Vec<&str> = connectors(catalog).map(|connector| connector.slug.as_str()).collect();
            Ok(json!({ "connectors": slugs }))
        }
        Question::Schema(slug) => connector(catalog, slug).map(|connector| schema(catalog, connector)),
    };
    answered.map_or_else(|error| mistaken(&searched(error)), told)
}

/// A failure that the caller can mend: it is read by the model like any other result of a tool.
pub(in crate::mcp) fn mistaken(error: &CallError) -> CallToolResult {
    results::mended(error)
}

/// The failure of a call that went through `call_action`.
pub(in crate::mcp) fn failed(error: CallError) -> CallToolResult {
    let unknown = matches!(error.code, ErrorCode::UnknownApi | ErrorCode::EndpointNotFound);
    let is_bare = unknown && error.offered.is_none() && error.upstream_status.is_none();
    let mut error = searched(error);
    if is_bare {
        error.resolution.push_str("; find_actions finds others");
    }
    mistaken(&error)
}

/// A failure as it is told to somebody whose list of tools does not hold the actions.
pub(in crate::mcp) fn searched(mut error: CallError) -> CallError {
    error.resolution = match error.offered.take() {
        Some(offered) if offered.is_empty() => "find_actions finds the actions there are".to_owned(),
        Some(offered) => format!("{offered}; find_actions finds others"),
        None => return error,
    };
    error
}

fn told(value: Value) -> CallToolResult {
    // Indented, the text would take twice the tokens; structured content and text say the same.
    let text = value.to_string();
    let mut result = CallToolResult::structured(value);
    result.content = vec![ContentBlock::text(text)];
    result
}

/// Connectors that are offered.
fn connectors(catalog: &Catalog) -> impl Iterator<Item = &Arc<Connector>> {
    catalog
        .connectors()
        .iter()
        .filter(|connector| catalog.offers(connector))
}

fn connector<'a>(catalog: &'a Catalog, slug: &str) -> Result<&'a Arc<Connector>, CallError> {
    let slug = slug.trim_start_matches('#');
    let slug = slug.strip_prefix("custom.").unwrap_or(slug);
    connectors(catalog)
        .find(|connector| connector.slug == slug)
        .ok_or_else(|| {
            let known = known(catalog);
            let resolution = if known.is_empty() {
                NO_CONNECTORS.to_owned()
            } else {
                format!("name one of these: `{}`", known.join("`, `"))
            };
            CallError::new(
                ErrorCode::UnknownApi,
                format!(
                    "there is no connector `{}`",
                    legible_line(&slug.chars().take(80).collect::<String>())
                ),
                resolution,
            )
        })
}

/// Slugs of connectors that are offered, to choose from.
fn known(catalog: &Catalog) -> Vec<&str> {
    let slugs = connectors(catalog).map(|connector| connector.slug.as_str());
    slugs.take(MOST_NAMED).collect()
}

fn found(catalog: &Catalog, sentence: &str, named: Option<&str>, limit: usize) -> Result<Value, CallError> {
    let only = named.map(|slug| connector(catalog, slug)).transpose()?;
    let tools = search(catalog, sentence, only.map(|connector| connector.slug.as_str()), limit);
    if tools.is_empty() {
        let known = known(catalog);
        let next = if known.is_empty() {
            NO_CONNECTORS
        } else {
            "No action fits these words. Say it in others, or give one of these connectors as `connector`."
        };
        return Ok(json!({ "actions": [], "connectors": known, "next": next }));
    }
    let actions: Vec<Value> = tools.iter().map(|tool| brief(tool)).collect();
    Ok(json!({
        "actions": actions,
        "next": "Best first. Call the one that fits: call_action with its name and arguments; describe_action shows \
                 all of them. If several fit equally, ask the user which is meant.",
    }))
}

/// As much as is needed to choose.
fn brief(tool: &Tool) -> Value {
    let action = &tool.action;
    let (first, _) = crate::catalog::search::first_sentence(&action.description);
    let mut brief = json!({
        "name": tool.name,
        "title": action.title,
        "does": first,
        "connector": tool.connector.slug,
        "required": required(action),
        "effect": action.effect.as_str(),
        "asks_first": action.confirm,
    });
    if let Some(groups) = any_of(action) {
        brief["any_of"] = groups;
    }
    brief
}

/// The arguments that must be given.
fn required(action: &Action) -> Value {
    let required = action.input.document().get("required");
    required.cloned().unwrap_or_else(|| json!([]))
}

/// Groups of arguments of which one must be given besides, which no schema of a tool can say.
fn any_of(action: &Action) -> Option<Value> {
    let groups = action.request()?.any_of.as_ref()?.groups();
    Some(json!(groups.iter().take(MOST_NAMED).collect::<Vec<_>>()))
}

/// The action that `name` means: by its tool's name or alias, or by its own name if that is only one's.
fn named(
    catalog: &Catalog,
    name: &str,
    find: impl Fn(&str) -> Result<Arc<Tool>, CallError>,
) -> Result<Arc<Tool>, CallError> {
    let name = name.trim().trim_start_matches('#');
    find(name).or_else(|error| {
        let own: Vec<&Arc<Tool>> = catalog.tools().iter().filter(|tool| tool.action.name == name).collect();
        match own.as_slice() {
            [] => Err(error),
            [tool] => Ok(Arc::clone(tool)),
            several => {
                let names: Vec<&str> = several.iter().take(MOST_NAMED).map(|tool| tool.name.as_str()).collect();
                Err(CallError::new(
                    ErrorCode::EndpointNotFound,
                    format!("several connectors have an action `{name}`"),
                    format!("name one of these: `{}`", names.join("`, `")),
                ))
            }
        }
    })
}

fn described(tool: &Tool) -> Value {
    let action = &tool.action;
    let mut described = json!({
        "name": tool.name,
        "title": action.title,
        "description": action.description,
        "connector": tool.connector.slug,
        "effect": action.effect.as_str(),
        "asks_first": action.confirm,
        "input_schema": action.input.document(),
    });
    if let Some(schema) = &action.output_schema {
        described["output_schema"] = Value::Object(Map::clone(schema));
    }
    let example = example::arguments(action);
    let shown = if example.is_some() {
        "in the example"
    } else {
        "`input_schema` has them"
    };
    described["next"] = json!(format!("Call it: call_action with `name` and `arguments` as {shown}."));
    if let Some(arguments) = example {
        described["example"] = json!({ "name": tool.name, "arguments": arguments });
    }
    described
}

/// A connector with the full definition of its actions, as far as they fit into one answer.
fn schema(catalog: &Catalog, connector: &Connector) -> Value {
    let tools = catalog.tools().iter();
    let own: Vec<&Arc<Tool>> = tools.filter(|tool| tool.connector.slug == connector.slug).collect();
    let mut schema = json!({
        "connector": connector.slug,
        "name": connector.name,
        "description": connector.description,
    });
    let (actions, left_out) = fitting(own.iter().map(|tool| defined(tool)));
    if left_out == 0 {
        schema["actions"] = Value::Array(actions);
        return schema;
    }
    let (actions, left_out) = fitting(own.iter().map(|tool| listed(tool)));
    let more = if left_out > 0 {
        format!(" There are {left_out} more: find_actions finds them.")
    } else {
        String::new()
    };
    schema["actions"] = Value::Array(actions);
    schema["next"] = json!(format!(
        "The full definitions are too long for one answer: describe_action shows one action.{more}"
    ));
    schema
}

/// As many of `definitions` as one answer may hold, and how many it may not.
fn fitting(mut definitions: impl ExactSizeIterator<Item = Value>) -> (Vec<Value>, usize) {
    let mut kept = Vec::new();
    let mut bytes = 0;
    while let Some(one) = definitions.next() {
        bytes += one.to_string().len();
        if bytes > MOST_DEFINED {
            return (kept, definitions.len() + 1);
        }
        kept.push(one);
    }
    (kept, 0)
}

/// An action among the others of its connector.
fn defined(tool: &Tool) -> Value {
    let mut described = described(tool);
    if let Some(members) = described.as_object_mut() {
        members.retain(|key, _| key != "next" && key != "connector");
    }
    described
}

/// An action among so many that it cannot be shown whole.
fn listed(tool: &Tool) -> Value {
    let action = &tool.action;
    let mut listed = json!({ "name": tool.name, "title": action.title, "required": required(action) });
    if let Some(groups) = any_of(action) {
        listed["any_of"] = groups;
    }
    listed
}
