//! How an author writes a value that is left to the environment of the server.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Scalar;

/// A value that is read from the server's environment. `{{settings.NAME}}` stands for it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Setting")]
#[expect(
    dead_code,
    reason = "the shape of the table; it is read from the tree, which keeps the places"
)]
pub(in crate::connector) struct SettingDocument {
    /// What it is for. Read by people.
    pub description: Option<String>,
    /// The kind of value. When left out, that of `default`, or text.
    pub r#type: Option<SettingTypeName>,
    /// The value when the variable is not set. Without one, the variable must be set.
    pub default: Option<Scalar>,
    /// Whether it is a secret, which can be used only in `auth`. When left out, it is one if `auth` uses it or its name
    /// says so.
    pub secret: Option<bool>,
}

/// The kind of a setting's value.
#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "SettingType")]
pub(in crate::connector) enum SettingTypeName {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number, whole or not.
    Number,
    /// `true` or `false`.
    Boolean,
}
