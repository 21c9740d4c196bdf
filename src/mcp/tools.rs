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
    action.input.object().unwrap_or_else(|| {
        // MCP requires an object schema; a boolean schema can only mean "no named arguments".
        Arc::new(JsonObject::from_iter([("type".to_owned(), "object".into())]))
    })
}

/// Hints that agree with what the engine enforces (contract S2-20): a write asks, a read never changes anything.
fn annotations(action: &Action) -> ToolAnnotations {
    let has = |methods: &[Method]| {
        action
            .request()
            .is_some_and(|request| methods.contains(&request.method))
    };
    let read_only = action.effect == Effect::Read;
    ToolAnnotations::with_title(action.title.clone())
        .read_only(read_only)
        // What code that writes does to what is there, nobody has said.
        .destructive(!read_only && (has(&[Method::PUT, Method::PATCH, Method::DELETE]) || action.code().is_some()))
        .idempotent(read_only || has(&[Method::PUT, Method::DELETE]))
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::connector::{self, SourceFile};

    /// Each tool of a connector as clients see it.
    fn described(connector: &str) -> Vec<Value> {
        let file = SourceFile {
            shown: "crm.toml".into(),
            relative: "connector.toml".into(),
            text: connector.to_owned(),
        };
        let loaded = connector::load(&[file]);
        let connector = Arc::new(loaded.connector.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics)));
        let tools = connector.actions.iter().map(|action| catalog::Tool {
            name: format!("{}__{}", connector.slug, action.name),
            connector: Arc::clone(&connector),
            action: Arc::clone(action),
        });
        tools
            .map(|tool| serde_json::to_value(describe(&tool)).expect("JSON"))
            .collect()
    }

    const CRM: &str = r#"
        name = "CRM"
        description = "Customers and their tickets"
        icon = "data:image/svg+xml;base64,PHN2Zy8+"
        [connection]
        base_url = "https://secret-host.example.com/api"
        [auth]
        type = "api_key"
        header_name = "X-Secret-Header"
        key = "env:CRM_KEY"
    "#;

    fn action(name: &str, method: &str, more: &str) -> String {
        format!(
            "\n[[actions]]\nname = \"{name}\"\ndescription = \"Does {name}.\"\nmethod = \"{method}\"\npath = \"/x\"\n{more}\n"
        )
    }

    #[test]
    fn a_tool_says_what_it_is_for_and_nothing_about_how_it_is_reached() {
        let tools = described(&format!("{CRM}{}", action("list", "GET", "")));
        let tool = &tools[0];
        assert_eq!(tool["name"], "crm__list");
        assert_eq!(tool["description"], "Does list.\n\nCRM: Customers and their tickets");
        assert_eq!(tool["inputSchema"]["type"], "object");
        assert_eq!(
            tool["icons"],
            json!([{ "src": "data:image/svg+xml;base64,PHN2Zy8+", "mimeType": "image/svg+xml" }])
        );
        assert_eq!(tool["title"], tool["annotations"]["title"]);
        let text = tool.to_string();
        for secret in ["secret-host", "X-Secret-Header", "CRM_KEY"] {
            assert!(!text.contains(secret), "{text}");
        }
    }

    #[test]
    fn annotations_agree_with_what_is_enforced() {
        let connector = [
            CRM.to_owned(),
            action("get", "GET", ""),
            action("create", "POST", ""),
            action("search", "POST", "effect = \"read\""),
            action("replace", "PUT", ""),
            action("change", "PATCH", ""),
            action("delete", "DELETE", ""),
        ];
        let expected = [
            ("get", true, false, true),
            ("create", false, false, false),
            ("search", true, false, true),
            ("replace", false, true, true),
            ("change", false, true, false),
            ("delete", false, true, true),
        ];
        let tools = described(&connector.concat());
        for ((name, read_only, destructive, idempotent), tool) in expected.into_iter().zip(tools) {
            let annotations = &tool["annotations"];
            assert_eq!(tool["name"], format!("crm__{name}"));
            assert_eq!(annotations["readOnlyHint"], read_only, "{name}");
            assert_eq!(annotations["destructiveHint"], destructive, "{name}");
            assert_eq!(annotations["idempotentHint"], idempotent, "{name}");
            assert_eq!(annotations["openWorldHint"], true, "{name}");
        }
    }

    #[test]
    fn the_media_type_of_an_icon_is_told_where_it_is_known() {
        let cases = [
            ("data:image/png;base64,AAAA", Some("image/png")),
            ("data:image/svg+xml,%3Csvg/%3E", Some("image/svg+xml")),
            ("data:,x", None),
            ("data:image/png", None),
            ("https://example.com/icon.png", None),
        ];
        for (uri, expected) in cases {
            assert_eq!(media_type_of_data_uri(uri), expected, "{uri}");
        }
    }
}
