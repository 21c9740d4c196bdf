//! `manifest.json`, MCPB's specification 0.3: what a client shows, asks its user for, and starts.

use serde_json::{Map, Value, json};

use super::Variable;
use super::contents::{CONNECTORS, SETTINGS};
use super::platform::Platform;
use crate::catalog::Catalog;

/// Its name in a bundle.
pub(super) const FILE: &str = "manifest.json";

/// The manifest of a bundle.
pub(super) fn of(name: &str, platform: Platform, catalog: &Catalog, variables: &[Variable], settings: bool) -> Value {
    // The client puts the folder in which it unpacked the bundle in this place.
    let inside = |path: &str| format!("${{__dirname}}/{path}");
    let mut arguments = vec!["serve".to_owned(), "--connectors".to_owned(), inside(CONNECTORS)];
    if settings {
        arguments.extend(["--config".to_owned(), inside(SETTINGS)]);
    }
    let connectors = catalog.connectors();
    let names: Vec<&str> = connectors.iter().map(|connector| connector.name.as_str()).collect();
    let described = connectors
        .iter()
        .map(|connector| format!("- **{}**: {}", connector.name, connector.description.trim()));
    let tools: Vec<Value> = catalog
        .tools()
        .iter()
        .map(|tool| json!({ "name": tool.name, "description": tool.action.description }))
        .collect();
    let mut manifest = json!({
        "manifest_version": "0.3",
        "name": name,
        "display_name": names.join(", "),
        "version": env!("CARGO_PKG_VERSION"),
        "description": format!("Tools for {}", names.join(", ")),
        "long_description": format!(
            "{}\n\nWrites wait for a person's approval. Keys are kept by this application and never shown to a model.",
            described.collect::<Vec<_>>().join("\n")
        ),
        "author": { "name": "Toolgate" },
        "license": env!("CARGO_PKG_LICENSE"),
        "server": {
            "type": "binary",
            "entry_point": platform.program(),
            "mcp_config": {
                "command": inside(platform.program()),
                "args": arguments,
                "env": {},
            },
        },
        "tools": tools,
        // A catalog with very many tools is offered through a few that search it.
        "tools_generated": true,
        "compatibility": { "platforms": [platform.name()] },
    });
    if !variables.is_empty() {
        let references = variables.iter().map(|variable| {
            (
                variable.name.clone(),
                json!(format!("${{user_config.{}}}", variable.name)),
            )
        });
        manifest["server"]["mcp_config"]["env"] = Value::Object(references.collect());
        let questions = variables
            .iter()
            .map(|variable| (variable.name.clone(), question(variable)));
        manifest["user_config"] = Value::Object(questions.collect::<Map<_, _>>());
    }
    manifest
}

/// What the client asks its user for.
fn question(variable: &Variable) -> Value {
    json!({
        "type": "string",
        "title": variable.name,
        "description": format!(
            "{} {}",
            if variable.secret { "The credential for" } else { "A setting of" },
            variable.connectors.join(", ")
        ),
        "sensitive": variable.secret,
        "required": true,
    })
}
