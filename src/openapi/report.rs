//! What became of a description: nothing is left out without a line.

use std::collections::BTreeMap;

use serde::Serialize;

use super::schema::Change;

/// What became of a description.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The title and version of the API.
    pub title: String,
    /// Version of the API, as the description says.
    pub version: String,
    /// Version of `OpenAPI` that the description follows.
    pub openapi: String,
    /// Operations in the description.
    pub operations: usize,
    /// Operations that were not asked for.
    pub not_selected: usize,
    /// Operations that became actions.
    pub imported: Vec<Imported>,
    /// Operations that did not, and why.
    pub skipped: Vec<Skipped>,
    /// What concerns the connector as a whole.
    pub notes: Vec<String>,
    /// Estimated tokens of all tools in a model's context.
    pub tokens: usize,
}

/// An operation that became an action.
#[derive(Debug, Serialize)]
pub struct Imported {
    /// Name of the action.
    pub action: String,
    /// In capitals.
    pub method: String,
    /// As the description has it.
    pub path: String,
    /// As the description has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
    /// Estimated tokens of the tool in a model's context.
    pub tokens: usize,
    /// How its schemas differ from the description, and how often.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub changes: BTreeMap<&'static str, usize>,
    /// What else its user should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// An operation that did not become an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// In capitals.
    pub method: String,
    /// As the description has it.
    pub path: String,
    /// As the description has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
    /// Why.
    pub reason: String,
}

impl Report {
    /// Takes an action back that turned out to be unusable.
    pub fn withdraw(&mut self, action: &str, reason: String) {
        let Some(index) = self.imported.iter().position(|one| one.action == action) else {
            return;
        };
        let one = self.imported.remove(index);
        self.tokens = self.tokens.saturating_sub(one.tokens);
        self.skipped.push(Skipped {
            method: one.method,
            path: one.path,
            operation_id: one.operation_id,
            reason,
        });
    }

    /// How often each kind of change was made, over all actions.
    #[must_use]
    pub fn changes(&self) -> BTreeMap<&'static str, usize> {
        let mut all = BTreeMap::new();
        for (change, count) in self.imported.iter().flat_map(|one| &one.changes) {
            *all.entry(*change).or_default() += count;
        }
        all
    }
}

/// Changes as they are reported.
pub(super) fn described(changes: &BTreeMap<Change, usize>) -> BTreeMap<&'static str, usize> {
    changes
        .iter()
        .map(|(change, count)| (change.describe(), *count))
        .collect()
}
