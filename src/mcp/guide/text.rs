//! How connectors and tools are put to a model in a prompt. Never names a base URL or a header (contract S1-34).

use std::fmt::Write as _;

use super::View;
use crate::catalog::Tool;
use crate::connector::model::{Connector, Effect};

/// Most tools that are described one by one.
const MAX_TOOLS: usize = 40;
/// Longest description of one of many tools.
const MAX_DESCRIPTION_CHARS: usize = 200;

/// A connector and its tools, a line each.
pub(super) fn connector(view: View<'_>, connector: &Connector) -> String {
    let mut text = format!("`{}` is {}", connector.slug, connector.name);
    if !connector.description.is_empty() {
        write_to(&mut text, format_args!(": {}", one_line(&connector.description)));
    }
    text.push_str("\n\nIts tools:\n");
    let tools: Vec<_> = view.tools_of(connector).collect();
    for tool in tools.iter().take(MAX_TOOLS) {
        let description = cut(&one_line(&tool.action.description));
        write_to(
            &mut text,
            format_args!("- `{}` ({}): {description}\n", tool.name, effect(tool)),
        );
    }
    if let Some(more) = tools.len().checked_sub(MAX_TOOLS).filter(|more| *more > 0) {
        write_to(&mut text, format_args!("- and {more} more\n"));
    }
    text
}

/// One tool with its parameters.
pub(super) fn tool(tool: &Tool) -> String {
    let mut text = format!(
        "`{}` ({}, of {}): {}\n",
        tool.name,
        effect(tool),
        tool.connector.name,
        one_line(&tool.action.description)
    );
    let schema = tool.action.input.document();
    let required: Vec<&str> = schema["required"]
        .as_array()
        .map(|names| names.iter().filter_map(serde_json::Value::as_str).collect())
        .unwrap_or_default();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let needed = if required.contains(&name.as_str()) {
            "required"
        } else {
            "optional"
        };
        write_to(&mut text, format_args!("- `{name}` ({needed})"));
        if let Some(description) = property["description"].as_str() {
            write_to(&mut text, format_args!(": {}", cut(&one_line(description))));
        }
        text.push('\n');
    }
    text
}

fn effect(tool: &Tool) -> &'static str {
    match (tool.action.effect, tool.action.confirm) {
        (_, true) => "asks a person first",
        (Effect::Read, false) => "reads",
        (Effect::Write, false) => "writes",
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str) -> String {
    if text.chars().nth(MAX_DESCRIPTION_CHARS).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(MAX_DESCRIPTION_CHARS - 1).collect();
    format!("{kept}…")
}

fn write_to(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    text.write_fmt(more).ok();
}
