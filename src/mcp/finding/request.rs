//! Reading a call of a tool that finds tools, and of the names that other documents give such tools.

use rmcp::model::{CallToolRequestParams, JsonObject};
use serde_json::Value;

use super::tools::{CALL, DESCRIBE, FIND};
use crate::catalog::{Catalog, Lookup};
use crate::engine::{CallError, ErrorCode};

/// How many actions are returned unless the caller says otherwise.
pub(super) const DEFAULT_LIMIT: usize = 5;
/// How many are returned at most.
pub(super) const MAX_LIMIT: usize = 25;

/// What a tool call turns out to be.
pub(in crate::mcp) enum Request {
    /// A call of an action by its own name.
    Action(CallToolRequestParams),
    /// The same through `call_action`.
    Indirect(CallToolRequestParams),
    /// Something about the catalog.
    Question(Question),
}

/// Something about the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mcp) enum Question {
    /// Which actions fit a sentence.
    Find {
        /// The sentence.
        sentence: String,
        /// Only those of this connector.
        connector: Option<String>,
        /// How many at most.
        limit: usize,
    },
    /// Everything about one action.
    Describe(String),
    /// Which connectors there are (contract S1-35).
    Connectors,
    /// Everything about all actions of a connector (contract S1-36).
    Schema(String),
}

/// Reads `request`. What is no tool for finding tools is a call of an action, whether that exists or not.
///
/// # Errors
/// What is wrong with the arguments of a tool that finds tools, as `INVALID_REQUEST`.
pub(in crate::mcp) fn read(catalog: &Catalog, request: CallToolRequestParams) -> Result<Request, CallError> {
    let name = request.name.strip_suffix("()").unwrap_or(&request.name);
    let question = match name {
        CALL => return indirect(request),
        FIND => find(request.arguments, &["query"])?,
        // Any text will do: the document that names this tool shows a call with nothing but a sentence (S1-31).
        "custom_call_nl" | "custom.call_nl" => {
            find(request.arguments, &["query", "text", "sentence", "request", "input"])?
        }
        DESCRIBE => {
            let name = Given::new(DESCRIBE, request.arguments, &["name"])?.text(&["name"])?;
            check_action(&name)?;
            Question::Describe(name)
        }
        "custom_list" | "custom.list" => Question::Connectors,
        "custom_schema" => {
            let places = ["connector", "api", "slug", "name"];
            Question::Schema(Given::new("custom_schema", request.arguments, &places)?.text(&places)?)
        }
        _ => match schema_alias(catalog, name) {
            Some(slug) => Question::Schema(slug),
            None => return Ok(Request::Action(request)),
        },
    };
    Ok(Request::Question(question))
}

/// The connector in `custom.<connector>.schema`, unless it has an action of that name.
fn schema_alias(catalog: &Catalog, name: &str) -> Option<String> {
    let slug = name.strip_prefix("custom.")?.strip_suffix(".schema")?;
    match catalog.find(name.strip_suffix("()").unwrap_or(name)) {
        Lookup::Found(_) => None,
        Lookup::UnknownConnector(_) | Lookup::UnknownAction { .. } | Lookup::Disabled(_) => Some(slug.to_owned()),
    }
}

fn find(arguments: Option<JsonObject>, places: &[&str]) -> Result<Question, CallError> {
    let known: Vec<&str> = places.iter().copied().chain(["connector", "limit"]).collect();
    let mut given = Given::new(FIND, arguments, &known)?;
    let limit = match given.arguments.remove("limit") {
        None | Some(Value::Null) => DEFAULT_LIMIT,
        Some(limit) => whole_number(&limit)
            .and_then(|limit| usize::try_from(limit).ok())
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| {
                invalid(
                    format!("`limit` is {limit}"),
                    format!("give a whole number from 1 to {MAX_LIMIT}"),
                )
            })?,
    };
    let connector = match given.arguments.remove("connector") {
        None | Some(Value::Null) => None,
        Some(Value::String(connector)) => Some(connector),
        Some(other) => {
            return Err(invalid(
                format!("`connector` is {}", kind(&other)),
                "give its name as text",
            ));
        }
    };
    Ok(Question::Find {
        sentence: given.text(places)?,
        connector,
        limit,
    })
}

/// A number, or a text of one: models write JSON into JSON.
fn whole_number(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64(),
    }
}

/// The call that `call_action` asks for.
fn indirect(mut request: CallToolRequestParams) -> Result<Request, CallError> {
    let mut given = Given::new(CALL, request.arguments.take(), &["name", "arguments"])?;
    let arguments = match given.arguments.remove("arguments") {
        None | Some(Value::Null) => JsonObject::new(),
        Some(Value::Object(arguments)) => arguments,
        // Models write JSON into JSON. It says the same, and is checked like any other arguments.
        Some(Value::String(text)) => serde_json::from_str(&text).map_err(|error| {
            invalid(
                format!("`arguments` is text, and not that of a JSON object: {error}"),
                "give `arguments` as an object, e.g. {\"id\": 1}",
            )
        })?,
        Some(other) => {
            return Err(invalid(
                format!("`arguments` is {}, not an object", kind(&other)),
                "give the action's arguments by name, e.g. {\"id\": 1}",
            ));
        }
    };
    let name = given.text(&["name"])?;
    check_action(&name)?;
    request.name = name.trim_start_matches('#').to_owned().into();
    request.arguments = Some(arguments);
    Ok(Request::Indirect(request))
}

/// Refuses what models take for actions because it stands among the tools: it is looked for among the actions otherwise,
/// and something else is offered instead.
fn check_action(name: &str) -> Result<(), CallError> {
    let name = name.trim_start_matches('#');
    let name = name.strip_suffix("()").unwrap_or(name);
    if [FIND, DESCRIBE, CALL].contains(&name) {
        return Err(invalid(
            format!("`{name}` is a tool of its own, and no action"),
            "call it by its own name",
        ));
    }
    Ok(())
}

/// The arguments of a call, with only the known ones among them.
struct Given {
    tool: &'static str,
    arguments: JsonObject,
}

impl Given {
    fn new(tool: &'static str, arguments: Option<JsonObject>, known: &[&str]) -> Result<Self, CallError> {
        let arguments = arguments.unwrap_or_default();
        let unknown: Vec<&str> = arguments
            .keys()
            .map(String::as_str)
            .filter(|name| !known.contains(name))
            .collect();
        if !unknown.is_empty() {
            let resolution = if tool == CALL {
                "put the action's own arguments into `arguments`"
            } else {
                "leave it out"
            };
            let known = known.join("`, `");
            let unknown = unknown.join("`, `");
            return Err(invalid(
                format!("`{tool}` has the arguments `{known}`, and no `{unknown}`"),
                resolution,
            ));
        }
        Ok(Self { tool, arguments })
    }

    /// The text at the first of these places that is given.
    fn text(&mut self, places: &[&str]) -> Result<String, CallError> {
        let found = places
            .iter()
            .find_map(|place| Some((place, self.arguments.remove(*place)?)));
        match found {
            Some((_, Value::String(text))) if !text.trim().is_empty() => Ok(text),
            Some((place, other)) => Err(invalid(
                format!("`{place}` of `{}` is {}", self.tool, kind(&other)),
                "give it as text that is not empty",
            )),
            None => {
                let place = places.first().copied().unwrap_or_default();
                Err(invalid(
                    format!("`{}` needs the argument `{place}`", self.tool),
                    "give it as text",
                ))
            }
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "empty text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn invalid(cause: impl Into<String>, resolution: impl Into<String>) -> CallError {
    let mut error = CallError::new(ErrorCode::InvalidRequest, cause, resolution);
    error.source = Some("local");
    error
}
