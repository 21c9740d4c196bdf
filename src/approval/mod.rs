//! Approvals: the record that a person allowed one exact write, and the gate that asks for it.
//!
//! The record in the store is the authority; prompts are front ends to it. Must never know MCP, and offers nothing
//! that an agent could call: only a [`Front`]'s person, or an operator, decides.

pub mod binding;
pub mod front;
pub mod gate;
mod lookout;
mod open;
pub mod prompt;
mod settings;
#[cfg(test)]
mod tests;

pub use front::{Answer, ApprovalPrompt, Asking, Front};
pub use gate::{Approvals, Asked, Continued, Granted, Refusal, Verdict};
pub use settings::Settings;
