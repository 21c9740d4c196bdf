//! Connectors: the domain model of one external API, and its loaders (TOML, YAML, JSON).
//!
//! Pure: gets texts, returns a model and diagnostics. Never reads a file, the environment or a secret.
//!
//! A file goes through the same steps whatever its format, and every step reports all that it finds:
//!
//! 1. [`crate::document`] reads it into a tree in which every value knows its place;
//! 2. `spelling` gives older keys their present names;
//! 3. `settings` fills in what the files leave to the environment, as the caller knows it;
//! 4. the tree is compared with the JSON Schema of the document types: unknown and missing keys, kinds of values;
//! 5. what is left is compiled into the model: templates, mappings, schemas, and rules that no schema can say.

mod action;
mod actions;
mod allowance;
mod any_of;
mod arguments;
pub(crate) mod authentication;
mod code;
mod connection;
mod credential;
mod document;
mod field;
mod file;
mod headers;
mod hints;
mod identity;
mod inline_places;
mod inside;
mod json_schema;
mod layout;
mod load;
mod media_type;
pub mod model;
mod naming;
mod pages;
mod pagination;
pub mod reach;
mod request;
mod response;
mod revision;
mod scope;
mod script;
mod secret;
mod secret_name;
mod security;
mod settings;
mod spelling;
mod taken_for;
mod unreported;
mod written_code;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostics::Diagnostic;
use crate::document::for_editors;

pub use allowance::Allowance;
pub use any_of::AnyOf;
pub(crate) use layout::LONGEST_SKILL;
pub use load::{hints, lints, load, load_with, missing_components, written_code};
pub(crate) use media_type::{
    Syntax, charsets, essence as media_type_essence, is_several as is_several_media_types,
    of_file as media_type_of_file,
};
pub use naming::{is_slug, slug_of, variable_of};
pub(crate) use pages::has_room_in_skill;
pub(crate) use request::{is_xml, is_yaml};
pub(crate) use secret::carries_secret;
pub use settings::Variables;
pub(crate) use taken_for::{TakenFor, bare, taken_for};
pub use unreported::Unreported;
pub use written_code::WrittenCode;

/// One file of a connector's folder, already read.
#[derive(Clone)]
pub struct SourceFile {
    /// The path to show in messages.
    pub shown: PathBuf,
    /// The path relative to the connector's folder, e.g. `services/contact.toml`.
    pub relative: PathBuf,
    /// Its text.
    pub text: String,
}

/// One file of code in a connector's folder, already read if it can be.
#[derive(Clone)]
pub struct CodeFile {
    /// The path to show in messages.
    pub shown: PathBuf,
    /// The path relative to the connector's folder, e.g. `actions/create_ticket.js`.
    pub relative: PathBuf,
    /// Its content, or why it cannot be read.
    pub bytes: Result<Arc<[u8]>, String>,
}

impl CodeFile {
    /// Its content.
    ///
    /// # Errors
    /// Which file cannot be read, and why.
    pub fn content(&self) -> Result<&Arc<[u8]>, String> {
        let bytes = self.bytes.as_ref();
        bytes.map_err(|problem| format!("cannot read {}: {problem}", self.shown.display()))
    }
}

/// What loading found: a connector only when no diagnostic is an error.
#[derive(Debug)]
pub struct Loaded {
    /// The connector, compiled and ready to serve.
    pub connector: Option<model::Connector>,
    /// What to tell the author, errors and warnings, in file and line order. With an error, one is among them.
    pub diagnostics: Vec<Diagnostic>,
    /// What else there is, when it is too much.
    pub unreported: Unreported,
}

/// Whether [`load`] wants to see the file at `relative` in a connector's folder. Other files are not part of the
/// definition.
pub fn is_wanted(relative: &Path) -> bool {
    layout::is_wanted(relative)
}

/// Whether [`load`] wants to know that the file at `relative` is there, but not its text: `AGENTS.md`.
pub fn is_only_noticed(relative: &Path) -> bool {
    layout::is_only_noticed(relative)
}

/// Whether the file at `relative` is code: one of those that [`load_with`] takes.
pub fn is_code(relative: &Path) -> bool {
    layout::is_code(relative)
}

/// The JSON Schema of a connector file, for editors.
pub fn schema() -> serde_json::Value {
    for_editors(&file::CONNECTOR_SCHEMA)
}

/// The JSON Schema of the file of one entity in `services`, for editors.
pub fn entity_schema() -> serde_json::Value {
    for_editors(&file::ENTITY_SCHEMA)
}

#[cfg(test)]
mod tests;
