//! Connectors, settings and agents' configurations of the manual load, and the servers that they name start.

use serde_json::Value;
use toml::Table;

use super::agent::{tools_over_http, tools_over_stdio};
use super::commands::README_TOOL;
use super::markdown::{Block, blocks};
use super::workspace::{WITH_KEYS, Workspace, programs, write};
use super::{Page, pages};
use crate::committed;

/// Tables of `config.toml`.
const SETTINGS: &[&str] = &[
    "server",
    "http",
    "approvals",
    "audit",
    "egress",
    "vault",
    "log",
    "catalog",
    "finding",
];

/// What a fragment of a connector is laid over.
const BASE: &str = r#"
name = "Base"
description = "What fragments are laid over"
[connection]
base_url = "https://api.example.com/v1"
[[actions]]
name = "get_thing"
description = "Get a thing"
method = "GET"
path = "/thing"
"#;

#[tokio::test]
async fn every_snippet_loads() {
    let workspace = Workspace::new().await;
    for page in pages() {
        for block in blocks(&page.text) {
            let place = format!("{}:{}", page.name, block.line);
            match block.language.as_str() {
                "toml" => toml(&workspace, &block, &place).await,
                "json" => json(&workspace, &block, &place).await,
                "yaml" if block.text.starts_with("overlay:") => overlay(&workspace, &block, &place).await,
                "yaml" => connector(&workspace, &[("connector.yaml", &block.text)], &place).await,
                "rust" => excerpt(&block, "wasm-guests/examples/rust/src/lib.rs", &place),
                "python" => excerpt(&block, "wasm-guests/examples/python/app.py", &place),
                // These are tried with the commands.
                "sh" | "text" => {}
                other => panic!("{place}: no rule says how to try a block of `{other}`"),
            }
        }
    }
}

/// A rule that never applied would be a rule that does not work.
#[test]
fn there_are_snippets_of_every_kind() {
    let all: String = pages().iter().map(|Page { text, .. }| text.as_str()).collect();
    for language in ["sh", "text", "toml", "yaml", "json"] {
        assert!(
            blocks(&all).iter().any(|block| block.language == language),
            "{language}"
        );
    }
}

async fn toml(workspace: &Workspace, block: &Block, place: &str) {
    let table: Table = toml::from_str(&block.text).unwrap_or_else(|error| panic!("{place}: {error}"));
    let keys: Vec<&str> = table.keys().map(String::as_str).collect();
    if keys == ["mcp_servers"] {
        let servers = serde_json::to_value(&table["mcp_servers"]).unwrap();
        agents(workspace, &servers, place).await;
    } else if keys.iter().all(|key| SETTINGS.contains(key)) {
        settings(workspace, &block.text, place).await;
    } else if table.contains_key("name") && table.contains_key("connection") {
        connector(workspace, &[("connector.toml", &block.text)], place).await;
    } else {
        let mut base: Table = toml::from_str(BASE).unwrap();
        if keys == ["actions"] {
            // It may stand in an entity's file.
            base.remove("actions");
            let main = toml::to_string(&base).unwrap();
            let files = [("connector.toml", main.as_str()), ("services/entity.toml", &block.text)];
            connector(workspace, &files, place).await;
        } else {
            base.extend(table);
            let whole = toml::to_string(&base).unwrap();
            connector(workspace, &[("connector.toml", &whole)], place).await;
        }
    }
}

/// Code that is a part of a file, which `tests/run languages` builds.
fn excerpt(block: &Block, file: &str, place: &str) {
    let whole = std::fs::read_to_string(committed::path(file)).unwrap();
    assert!(whole.contains(&block.text), "{place}: this is no part of {file}");
}

async fn json(workspace: &Workspace, block: &Block, place: &str) {
    let value: Value = serde_json::from_str(&block.text).unwrap_or_else(|error| panic!("{place}: {error}"));
    let servers = ["mcpServers", "servers"].iter().find_map(|key| value.get(key));
    if let Some(servers) = servers {
        agents(workspace, servers, place).await;
    } else if value.get("connection").is_some() {
        connector(workspace, &[("connector.json", &block.text)], place).await;
    } else {
        panic!("{place}: no rule says how to try this JSON");
    }
}

/// Every target of an overlay fits something in the reader's description, and everything that it asks for is done.
async fn overlay(workspace: &Workspace, block: &Block, place: &str) {
    let file = workspace.path("tried.overlay.yaml");
    write(&file, &block.text);
    let analyze = "toolgate analyze openapi.yaml --overlay tried.overlay.yaml --json";
    let finished = workspace.run(analyze).await;
    assert_eq!(finished.code, Some(0), "{place}: {}", finished.stderr);
    for complaint in ["fits nothing", "x-toolgate.", "cannot be hidden"] {
        assert!(!finished.stdout.contains(complaint), "{place}: {}", finished.stdout);
    }
}

/// A connector loads without errors and warnings.
async fn connector(workspace: &Workspace, files: &[(&str, &str)], place: &str) {
    let folder = place.replace(['/', ':'], "-");
    // A page for agents that names every action, because it holds everything.
    let skill: String = files.iter().map(|(_, text)| *text).collect();
    let pages = [("SKILL.md", skill.as_str()), ("AGENTS.md", "Read the manual.")];
    for (name, text) in files.iter().chain(&pages) {
        write(&workspace.path("tried").join(&folder).join(name), text);
    }
    // What the reader sets.
    let finished = workspace
        .run(&format!(
            "AMAZON_REFRESH_TOKEN=shown toolgate check --connectors 'tried/{folder}'"
        ))
        .await;
    assert_eq!(finished.code, Some(0), "{place}: {}", finished.stderr);
    // No snippet's credential is set here.
    let mut complaints = finished
        .stderr
        .lines()
        .filter(|line| !line.ends_with("which is not set here") && !line.contains("which the vault does not hold"));
    assert!(
        !complaints.any(|line| line.contains("warning")),
        "{place}: {}",
        finished.stderr
    );
    assert!(
        finished.stdout.starts_with("1 connector, "),
        "{place}: {}",
        finished.stdout
    );
}

/// What an agent with this configuration sends as `Authorization`, with `KEY` for the reader's key.
fn authorization(server: &Value) -> Option<String> {
    if server["bearer_token_env_var"] == "TOOLGATE_KEY" {
        return Some("Bearer KEY".to_owned());
    }
    let header = server["headers"]["Authorization"].as_str()?;
    // How each client writes a value that stands elsewhere.
    let places = ["${TOOLGATE_KEY}", "${env:TOOLGATE_KEY}", "${input:toolgate_key}"];
    let place = places.iter().find(|place| header.contains(**place));
    Some(header.replace(place.expect("a place for the key"), "KEY"))
}

async fn settings(workspace: &Workspace, text: &str, place: &str) {
    write(&workspace.path("config.toml"), text);
    let finished = workspace.run("toolgate check --config config.toml").await;
    assert_eq!(finished.code, Some(0), "{place}: {}", finished.stderr);
}

/// Every server that an agent's configuration names starts and lists the README's tools.
async fn agents(workspace: &Workspace, servers: &Value, place: &str) {
    for (name, server) in servers.as_object().unwrap() {
        let tools = if let Some(program) = server["command"].as_str() {
            let mut command = workspace.command(programs().join(program).to_str().unwrap());
            for argument in server["args"].as_array().unwrap() {
                command.arg(workspace.filled_in(argument.as_str().unwrap()));
            }
            for (variable, value) in server["env"].as_object().into_iter().flatten() {
                command.env(variable, value.as_str().unwrap());
            }
            tools_over_stdio(command).await
        } else if let Some(shown) = authorization(server) {
            // The address is that of the reader's proxy.
            assert_eq!(server["url"], "https://tools.example.com/mcp", "{place}");
            let (_, key) = workspace.key().await;
            let command = workspace.shell(&format!("{WITH_KEYS} toolgate serve --http 127.0.0.1:0"));
            tools_over_http(command, Some(&shown.replace("KEY", &key))).await
        } else {
            // The address is that of the manual's `toolgate serve --http`.
            assert_eq!(server["url"], "http://127.0.0.1:8080/mcp", "{place}");
            tools_over_http(workspace.shell("exec toolgate serve --http 127.0.0.1:0"), None).await
        };
        assert!(tools.contains(&README_TOOL.to_owned()), "{place}: {name}: {tools:?}");
    }
}
