//! Completing what a person types into a prompt's argument.

use rmcp::ErrorData;
use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference};

use super::prompts::{ACTION, MENTIONS, TEXT};
use super::{View, mention, resources};

/// Values for the argument that is being typed.
///
/// # Errors
/// Invalid params (-32602) for a prompt or resource template that does not exist.
pub(in crate::mcp) fn complete(view: View<'_>, request: &CompleteRequestParams) -> Result<CompleteResult, ErrorData> {
    let typed = request.argument.value.as_str();
    let argument = request.argument.name.as_str();
    let values = match &request.r#ref {
        Reference::Prompt(prompt) if prompt.name == MENTIONS => {
            if argument == TEXT {
                names(view, typed)
            } else {
                Vec::new()
            }
        }
        Reference::Prompt(prompt) => {
            let connector = view.connector(&prompt.name).ok_or_else(|| unknown("prompt"))?;
            if argument == ACTION {
                let actions = view.tools_of(connector).map(|tool| tool.action.name.clone());
                matching(typed.trim_start_matches('#'), actions)
            } else {
                Vec::new()
            }
        }
        Reference::Resource(template) if template.uri == resources::TEMPLATE => matching(
            typed,
            resources::skills(view).map(|(connector, _)| connector.slug.clone()),
        ),
        _ => return Err(unknown("resource template")),
    };
    Ok(CompleteResult::new(limited(values)))
}

/// `text` with the name at its end completed, once for each candidate.
fn names(view: View<'_>, text: &str) -> Vec<String> {
    let Some(start) = mention::being_typed(text) else {
        return Vec::new();
    };
    let (before, typed) = text.split_at(start);
    let slugs = view.connectors().map(|connector| connector.slug.clone());
    let tools = view.tools().map(|tool| tool.name.clone());
    matching(typed, slugs.chain(tools))
        .into_iter()
        .map(|name| format!("{before}{name}"))
        .collect()
}

/// Candidates that begin with what was typed, then those that contain it, each in their own order.
fn matching(typed: &str, candidates: impl Iterator<Item = String>) -> Vec<String> {
    let typed = typed.to_ascii_lowercase();
    let (mut beginning, rest): (Vec<_>, Vec<_>) = candidates.partition(|name| name.starts_with(&typed));
    beginning.extend(rest.into_iter().filter(|name| name.contains(&typed)));
    beginning
}

fn limited(mut values: Vec<String>) -> CompletionInfo {
    let total = u32::try_from(values.len()).ok();
    let has_more = values.len() > CompletionInfo::MAX_VALUES;
    values.truncate(CompletionInfo::MAX_VALUES);
    let mut completion = CompletionInfo::default();
    completion.values = values;
    completion.total = total;
    completion.has_more = Some(has_more);
    completion
}

fn unknown(what: &str) -> ErrorData {
    ErrorData::invalid_params(format!("there is no {what} of that name"), None)
}
