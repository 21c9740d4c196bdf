//! A client's file as something to edit, whatever its notation.

use serde_json::{Map, Value};

use super::client::{Client, Notation};
use super::edit::Problem;
use super::{json, toml};

/// The text of a client's file, and the entry in it.
pub(super) enum Document<'t> {
    Json(json::Document<'t>),
    Toml(toml::Document<'t>),
}

impl<'t> Document<'t> {
    /// Reads the text of the client's file, to edit the entry `name`.
    pub(super) fn read(client: Client, text: &'t str, name: &'t str) -> Result<Self, Problem> {
        let key = client.servers_key();
        Ok(match client.notation() {
            Notation::Json => Self::Json(json::Document::read(text, key, name)?),
            Notation::Toml => Self::Toml(toml::Document::read(text, key, name)?),
        })
    }

    /// The entry as it is, if there is one.
    pub(super) fn entry(&self) -> Option<&Value> {
        match self {
            Self::Json(document) => document.entry(),
            Self::Toml(document) => document.entry(),
        }
    }

    /// The text with `entry` in it, in place of the one that is there.
    pub(super) fn with(&self, entry: &Map<String, Value>) -> Result<String, Problem> {
        match self {
            Self::Json(document) => document.with(entry),
            Self::Toml(document) => document.with(entry),
        }
    }

    /// The text without the entry; `None` when there is none.
    pub(super) fn without(&self) -> Result<Option<String>, Problem> {
        match self {
            Self::Json(document) => document.without(),
            Self::Toml(document) => document.without(),
        }
    }
}
