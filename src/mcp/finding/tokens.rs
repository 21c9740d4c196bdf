//! How many tokens of a model's context a tool takes, estimated.
//!
//! Tokenisers differ from model to model, and are large. Four bytes of JSON a token is what lists of tools come to:
//! `docs/finding.md` says how that compares with a real one.

use crate::catalog::Tool;
use crate::mcp::tools;

/// Bytes of JSON that make a token.
const BYTES: usize = 4;

/// About how many tokens `tool` takes in a list of tools.
#[must_use]
pub fn of_tool(tool: &Tool) -> usize {
    of_description(&tools::describe(tool))
}

pub(super) fn of_description(tool: &rmcp::model::Tool) -> usize {
    serde_json::to_vec(tool).map_or(0, |json| json.len().div_ceil(BYTES))
}
