//! How the tools that find tools describe themselves.

use std::sync::{Arc, LazyLock};

use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Value, json};

use super::request::{DEFAULT_LIMIT, MAX_LIMIT};

/// Finds actions.
pub(super) const FIND: &str = "find_actions";
/// Explains one.
pub(super) const DESCRIBE: &str = "describe_action";
/// Calls one.
pub(super) const CALL: &str = "call_action";

/// The tools that are listed in place of the actions, sorted by name. No action's tool can have one of these names: it
/// has two underscores in the middle, or is cut to 48 characters.
pub(in crate::mcp) static TOOLS: LazyLock<[Tool; 3]> = LazyLock::new(|| {
    [
        described(
            CALL,
            "Call an action",
            "Calls an action that find_actions found. Its arguments go into `arguments`, as describe_action shows them. \
             An action that writes may wait for a person's approval first, as it does when it is a tool of its own.",
            &json!({
                "name": { "type": "string", "description": "The action's name, as find_actions gives it." },
                "arguments": {
                    "type": "object",
                    "description": "The action's own arguments by name. Leave it out when it needs none.",
                    "additionalProperties": true,
                },
            }),
            "name",
        )
        // It does whatever the action does.
        .with_annotations(
            ToolAnnotations::with_title("Call an action")
                .read_only(false)
                .destructive(true)
                .idempotent(false)
                .open_world(true),
        ),
        described(
            DESCRIBE,
            "Describe an action",
            "Shows everything about one action: the schema of its arguments, whether it writes and asks a person first, \
             and an example call. Runs nothing.",
            &json!({ "name": { "type": "string", "description": "The action's name, as find_actions gives it." } }),
            "name",
        )
        .with_annotations(reading("Describe an action")),
        described(
            FIND,
            "Find actions",
            "Finds the actions that fit what you want to do, best first. Start here: most actions are not listed as \
             tools. Then call the one that fits by call_action; describe_action shows its arguments. Runs nothing.",
            &json!({
                "query": {
                    "type": "string",
                    "description": "What you want to do, in plain words, e.g. \"refund a payment\".",
                },
                "connector": { "type": "string", "description": "Only actions of this connector." },
                "limit": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_LIMIT,
                    "default": DEFAULT_LIMIT,
                    "description": "How many to return at most.",
                },
            }),
            "query",
        )
        .with_annotations(reading("Find actions")),
    ]
});

/// One of [`TOOLS`] by its name.
pub(in crate::mcp) fn tool(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

fn described(name: &'static str, title: &str, description: &'static str, properties: &Value, required: &str) -> Tool {
    let schema = json!({
        "type": "object",
        "properties": properties,
        "required": [required],
        "additionalProperties": false,
    });
    let schema = schema.as_object().cloned().unwrap_or_default();
    Tool::new(name, description, Arc::new(schema)).with_title(title)
}

/// Looks at the catalog and nothing else.
fn reading(title: &str) -> ToolAnnotations {
    ToolAnnotations::with_title(title)
        .read_only(true)
        .destructive(false)
        .idempotent(true)
        .open_world(false)
}
