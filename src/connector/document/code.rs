//! How an author writes the rules for code.

use schemars::JsonSchema;
use serde::Deserialize;

/// How code of actions is run.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Code")]
pub(in crate::connector) struct CodeDocument {
    /// Whether JavaScript finds the names of other hosts too: `inputs`, `secrets`, `fetch` and `lastPollTime`.
    #[serde(default)]
    pub aliases: bool,
    /// What becomes of a returned object whose `error` is not empty or whose `success` is false.
    #[serde(default)]
    pub returned_errors: ReturnedErrorsName,
}

/// What becomes of a returned object that reports an error.
#[derive(Deserialize, JsonSchema, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ReturnedErrors")]
pub(in crate::connector) enum ReturnedErrorsName {
    /// The call fails, with the object.
    #[default]
    Fail,
    /// It is a result like any other.
    Return,
}

/// What code gets in place of secrets.
#[derive(Deserialize, JsonSchema, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Secrets")]
pub(in crate::connector) enum SecretsName {
    /// A handle for each, which becomes the secret in requests to the API and nowhere else.
    #[default]
    Sealed,
    /// The secrets themselves. For code that computes with them.
    Exposed,
}
