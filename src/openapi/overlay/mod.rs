//! Overlays (Overlay Specification 1.0 and 1.1): changes that somebody keeps beside a description that is not theirs.
//!
//! Pure: gets the text of an overlay and changes the tree of a description. Must not know what the changes mean;
//! extension keys that shape actions are read where the actions are made.
//!
//! Every finding has its place in the overlay. A target that nothing fits is a warning, because descriptions change; an
//! overlay that cannot be understood or applied is an error, because half of it would be a connector that nobody asked
//! for.

mod apply;
mod elsewhere;
mod read;

use serde_json::Value;
use serde_json_path::JsonPath;

use super::documents::joined;
use crate::diagnostics::{Diagnostic, Severity};
use elsewhere::Leads;

/// How many values all overlays of a description may put into it: a short one can fit millions of places.
const MOST_ADDED_VALUES: usize = 2_000_000;

/// An overlay that was understood.
#[derive(Debug)]
pub struct Overlay {
    actions: Vec<Action>,
    /// The document that it is about, as written, and a finding without words there.
    extends: Option<(String, Diagnostic)>,
}

/// One change (section 4.4.3, "Action Object").
#[derive(Debug)]
struct Action {
    target: JsonPath,
    /// The target as it is written.
    written: String,
    change: Change,
    /// A finding without words at the target, and one at what is done to it.
    at_target: Diagnostic,
    at_change: Diagnostic,
}

/// What is done to the values that a target fits.
#[derive(Debug)]
enum Change {
    /// They are taken out.
    Remove,
    /// This is merged into them.
    Update(Value),
    /// The one value that this fits is merged into them (1.1).
    Copy(JsonPath),
}

/// How many more values overlays may put into one description.
#[derive(Debug, Clone)]
pub(super) struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(MOST_ADDED_VALUES)
    }
}

impl Overlay {
    /// The document that it says it is about (section 4.4.1, `extends`), as a path from the folder of the description, and
    /// a finding for when there is none of that name. `None` where it says nothing, or gives an address: the description.
    #[must_use]
    pub fn about(&self) -> Option<(String, Diagnostic)> {
        let (written, place) = self.extends.as_ref().filter(|(written, _)| !written.contains("://"))?;
        let message = format!("`{written}` is neither the description nor a file that it refers to");
        let help =
            "write its path as references to it have it, from the folder of the description, or leave `extends` out";
        let finding = Diagnostic {
            message,
            ..place.clone()
        };
        Some((joined("", written), finding.help(help)))
    }

    /// Changes `root`, one action after the other, and returns warnings about actions that change nothing.
    ///
    /// The time is linear in `root` for each action, as far as its target visits every value once.
    ///
    /// # Errors
    /// The first action that cannot be applied, with its place.
    pub(super) fn apply(
        &self,
        root: &mut Value,
        left: &mut Room,
        leads: &Leads<'_>,
    ) -> Result<Vec<Diagnostic>, Diagnostic> {
        let mut warnings = Vec::new();
        for action in &self.actions {
            let failed = |problem: String| Diagnostic {
                message: problem,
                ..action.at_change.clone()
            };
            let matched = apply::apply(root, &action.target, &action.change, left).map_err(failed)?;
            if matched == 0 {
                let advice = elsewhere::advice(root, &action.written, leads);
                let advice = advice.map_or_else(String::new, |advice| format!(": {advice}"));
                let mut warning = Diagnostic {
                    severity: Severity::Warning,
                    code: "no-match",
                    message: format!(
                        "the target `{}` fits nothing in the description{advice}",
                        action.written
                    ),
                    ..action.at_target.clone()
                };
                warning.help = Some("remove the action, or write where it belongs now".to_owned());
                warnings.push(warning);
            }
        }
        Ok(warnings)
    }
}

#[cfg(test)]
mod tests;
