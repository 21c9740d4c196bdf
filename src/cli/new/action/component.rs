//! What new actions have in common that are components.

use std::path::PathBuf;

use super::{File, Subject};

/// The folder of its sources, relative to the connector's.
pub(super) fn sources(subject: &Subject<'_>) -> PathBuf {
    PathBuf::from("components").join(subject.name)
}

/// The component, relative to the connector's folder.
pub(super) fn code(subject: &Subject<'_>) -> PathBuf {
    PathBuf::from(format!("actions/{}.wasm", subject.name))
}

/// What it and the host say to each other.
pub(super) fn contract(subject: &Subject<'_>) -> File {
    File {
        path: sources(subject).join("wit/action.wit"),
        purpose: "what it may ask of Toolgate",
        text: include_str!("../../../../wasm-guests/wit/action.wit").to_owned(),
    }
}
