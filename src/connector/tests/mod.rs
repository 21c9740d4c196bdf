//! Loading connectors, rule by rule; whole files are tried in `tests/it/load.rs`.

mod actions;
mod credentials;
mod files;
mod inside;
mod limits;
mod pagination;
mod reaching;
mod servers;

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::model::{Action, BodyTemplate, Effect, KeyPlace, Piece, Placement, RateLimit, Setting, Validation};
use super::*;
use crate::diagnostics::{Severity, render};

const SEED: &str = include_str!("../../../tests/cases/load/seed-001/connector.yaml");

/// Loads a connector written in one file.
fn load_text(name: &str, text: &str) -> Loaded {
    load(&[SourceFile {
        shown: PathBuf::from(name),
        relative: PathBuf::from(name),
        text: text.to_owned(),
    }])
}

/// A connector with these lines in front of one harmless action.
fn with_lines(lines: &str) -> Loaded {
    let name = if lines.contains("name =") && lines.starts_with("name") {
        ""
    } else {
        "name = \"Test\"\n"
    };
    let connection = if lines.contains("[connection]") {
        ""
    } else {
        "[connection]\nbase_url = \"https://api.example.com/v1\"\n"
    };
    load_text(
        "connector.toml",
        &format!(
            "{name}{lines}\n{connection}[[actions]]\nname = \"ping\"\ndescription = \"Pings.\"\nmethod = \"GET\"\npath = \"/ping\"\n"
        ),
    )
}

/// A connector with one action of these lines.
fn with_action(lines: &str) -> Loaded {
    load_text(
        "connector.toml",
        &format!(
            "name = \"Test\"\n[connection]\nbase_url = \"https://api.example.com\"\n[[actions]]\nname = \"act\"\ndescription = \"Acts.\"\n{lines}\n"
        ),
    )
}

fn connector(loaded: Loaded) -> model::Connector {
    let told = render(&loaded.diagnostics, false);
    loaded.connector.unwrap_or_else(|| panic!("{told}"))
}

fn action(lines: &str) -> std::sync::Arc<Action> {
    connector(with_action(lines)).actions[0].clone()
}

fn errors(loaded: &Loaded) -> Vec<&'static str> {
    loaded
        .diagnostics
        .iter()
        .filter(|finding| finding.is_error())
        .map(|finding| finding.code)
        .collect()
}
