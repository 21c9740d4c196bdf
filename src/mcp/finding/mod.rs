//! Tools for finding tools: what stands in the list instead of the actions when there are too many of them.
//!
//! `find_actions` ranks, `describe_action` explains and `call_action` leads to the same call as the tool of the action
//! itself: schema, limits, approvals, progress, cancellation and audit are the engine's, and nothing here runs anything.
//! Gets the part of the catalog that the caller may see, and must never know another one.

mod answers;
mod example;
mod mode;
mod request;
mod search;
pub mod tokens;
mod tools;

pub(super) use answers::{answer, failed, mistaken, searched};
pub use mode::Plan;
pub(super) use request::{Question, Request, read};
pub use search::search;
pub(super) use tools::{TOOLS, tool};

#[cfg(test)]
mod tests;
