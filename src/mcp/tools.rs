//! A catalog tool as MCP describes it. Never names a base URL or a header (contract S1-34).

use std::sync::Arc;

use http::Method;
use rmcp::model::{Icon, JsonObject, Tool, ToolAnnotations};

use crate::catalog;
use crate::connector::model::{Action, Connector, Effect};

/// Describes `tool` to clients.
pub(super) fn describe(tool: &catalog::Tool) -> Tool {
    let action = &tool.action;
    let mut described = Tool::new(
        tool.name.clone(),
        description(action, &tool.connector),
        input_schema(action),
    )
    .with_title(action.title.clone())
    .with_annotations(annotations(action));
    if let Some(schema) = &action.output_schema {
        described = described.with_raw_output_schema(Arc::clone(schema));
    }
    if let Some(source) = &tool.connector.icon {
        described = described.with_icons(vec![icon(source)]);
    }
    described
}

/// The action's own description first, as clients that search tools show its first sentence; then what the whole
/// connector is for (contract S0-06).
fn description(action: &Action, connector: &Connector) -> String {
    match (action.description.trim(), connector.description.trim()) {
        ("", "") => connector.name.clone(),
        (own, "") => own.to_owned(),
        ("", whole) => format!("{}: {whole}", connector.name),
        (own, whole) => format!("{own}\n\n{}: {whole}", connector.name),
    }
}

fn input_schema(action: &Action) -> Arc<JsonObject> {
    let schema = action.input.document().as_object().cloned().unwrap_or_else(|| {
        // MCP requires an object schema; a boolean schema can only mean "no named arguments".
        JsonObject::from_iter([("type".to_owned(), "object".into())])
    });
    Arc::new(schema)
}

/// Hints that agree with what the engine enforces (contract S2-20): a write asks, a read never changes anything.
fn annotations(action: &Action) -> ToolAnnotations {
    let method = &action.request.method;
    let read_only = action.effect == Effect::Read;
    ToolAnnotations::with_title(action.title.clone())
        .read_only(read_only)
        .destructive(!read_only && [Method::PUT, Method::PATCH, Method::DELETE].contains(method))
        .idempotent(read_only || [Method::PUT, Method::DELETE].contains(method))
        .open_world(true)
}

fn icon(source: &str) -> Icon {
    let icon = Icon::new(source);
    match media_type_of_data_uri(source) {
        Some(media_type) => icon.with_mime_type(media_type),
        None => icon,
    }
}

/// The media type in `data:<media type>[;parameter][;base64],…` (RFC 2397).
fn media_type_of_data_uri(uri: &str) -> Option<&str> {
    let (header, _) = uri.strip_prefix("data:")?.split_once(',')?;
    let media_type = header.split(';').next()?;
    (!media_type.is_empty()).then_some(media_type)
}
