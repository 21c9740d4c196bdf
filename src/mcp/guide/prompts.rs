//! Connectors as prompts: what a person picks from a menu to tell the model which API to use.

use rmcp::ErrorData;
use rmcp::model::{
    CacheScope, GetPromptRequestParams, GetPromptResult, JsonObject, ListPromptsResult, Prompt, PromptArgument,
    PromptMessage, ResourceContents, Role,
};
use rmcp::model::{ContentBlock, EmbeddedResource};
use serde_json::Value;

use super::mention::{self, Meaning};
use super::{View, resources, text};
use crate::connector::model::Connector;
use crate::mcp::cursor;

/// The prompt whose text says by `#names` what to use. No slug has a hyphen, so that no connector takes its name.
pub(super) const MENTIONS: &str = "use-actions";
/// Its argument.
pub(super) const TEXT: &str = "text";
/// The argument of a connector's prompt that names one of its actions.
pub(super) const ACTION: &str = "action";
/// The argument of a connector's prompt that says what is wanted.
const REQUEST: &str = "request";

/// Most names of one text that are looked up.
const MAX_MENTIONS: usize = 20;

/// The page of prompts that `cursor` points to.
///
/// # Errors
/// Invalid params (-32602) for a cursor that no earlier page returned.
pub(in crate::mcp) fn list(view: View<'_>, cursor: Option<&str>, size: usize) -> Result<ListPromptsResult, ErrorData> {
    let mut prompts: Vec<Prompt> = view.connectors().map(|connector| of_connector(connector)).collect();
    prompts.push(of_mentions());
    prompts.sort_by(|left, right| left.name.cmp(&right.name));
    let (page, next) = cursor::page(&prompts, |prompt| &prompt.name, cursor, size)?;
    let mut result = ListPromptsResult::with_all_items(page.to_vec())
        // Files can change at any moment.
        .with_ttl_ms(0)
        .with_cache_scope(CacheScope::Private);
    result.next_cursor = next;
    Ok(result)
}

/// What a prompt says to the model.
///
/// # Errors
/// Invalid params (-32602) for an unknown prompt or action, or a text that is missing.
pub(in crate::mcp) fn get(view: View<'_>, request: &GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    let argument = |name: &str| argument(request.arguments.as_ref(), name);
    if request.name == MENTIONS {
        let text = argument(TEXT)
            .ok_or_else(|| ErrorData::invalid_params(format!("the prompt `{MENTIONS}` needs `{TEXT}`"), None))?;
        return Ok(GetPromptResult::new(with_mentions(view, text)));
    }
    let connector = view
        .connector(&request.name)
        .ok_or_else(|| ErrorData::invalid_params("there is no prompt of that name; list the prompts again", None))?;
    let mut messages = match argument(ACTION) {
        None => about(view, connector),
        Some(wanted) => {
            let name = wanted.trim_start_matches('#');
            let tool = view
                .tools_of(connector)
                .find(|tool| tool.action.name == name || tool.name == name)
                .ok_or_else(|| {
                    let message = format!("`{}` has no action of that name; `action` completes", connector.slug);
                    ErrorData::invalid_params(message, None)
                })?;
            std::iter::once(said(format!("Use this tool.\n\n{}", text::tool(tool))))
                .chain(skill(connector))
                .collect()
        }
    };
    messages.extend(argument(REQUEST).map(|request| said(request.to_owned())));
    Ok(GetPromptResult::new(messages))
}

fn of_connector(connector: &Connector) -> Prompt {
    let description = format!("Tells the model how to work with {}.", connector.name);
    let arguments = vec![
        PromptArgument::new(ACTION)
            .with_description("The one action to use; leave it out for all of them.")
            .with_required(false),
        PromptArgument::new(REQUEST)
            .with_description("What you want done.")
            .with_required(false),
    ];
    Prompt::new(connector.slug.clone(), Some(description), Some(arguments)).with_title(connector.name.clone())
}

fn of_mentions() -> Prompt {
    let text = PromptArgument::new(TEXT)
        .with_description("What you want done, with #connector or #action for what to use.")
        .with_required(true);
    Prompt::new(
        MENTIONS,
        Some("Tells the model to use what your text names with #."),
        Some(vec![text]),
    )
    .with_title("Use actions by #name")
}

/// A text, and what its names stand for.
fn with_mentions(view: View<'_>, text: &str) -> Vec<PromptMessage> {
    let mut messages = Vec::new();
    let mut unknown = Vec::new();
    for name in mention::mentions(text).into_iter().take(MAX_MENTIONS) {
        match mention::meaning(view, name) {
            Meaning::Connector(connector) => messages.extend(about(view, connector)),
            Meaning::Tools(tools) => {
                let described: Vec<String> = tools.iter().map(|tool| text::tool(tool)).collect();
                let one = "is this tool";
                let what = if tools.len() == 1 {
                    one
                } else {
                    "may be any of these tools"
                };
                messages.push(said(format!("`#{name}` {what}.\n\n{}", described.join("\n"))));
            }
            Meaning::Unknown => unknown.push(format!("`#{name}`")),
        }
    }
    if !unknown.is_empty() {
        messages.push(said(format!(
            "{} names no connector or action here.",
            unknown.join(", ")
        )));
    }
    messages.push(said(text.to_owned()));
    messages
}

fn about(view: View<'_>, connector: &Connector) -> Vec<PromptMessage> {
    std::iter::once(said(text::connector(view, connector)))
        .chain(skill(connector))
        .collect()
}

fn skill(connector: &Connector) -> Option<PromptMessage> {
    resources::contents(connector).map(attached)
}

fn attached(contents: ResourceContents) -> PromptMessage {
    PromptMessage::new(Role::User, ContentBlock::Resource(EmbeddedResource::new(contents)))
}

fn said(text: String) -> PromptMessage {
    PromptMessage::new_text(Role::User, text)
}

fn argument<'a>(arguments: Option<&'a JsonObject>, name: &str) -> Option<&'a str> {
    arguments?
        .get(name)
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|value| !value.is_empty())
}
