//! Actions with code, through the front door: a connector folder, the binary, an MCP client, an API on loopback.

mod effects;
mod inline;
mod samples;
mod scripts;
mod secrets;
mod signing;
mod trials;
mod watching;

use std::fmt::Write as _;

use serde_json::Value;

use crate::harness::{Workspace, share_compiled_code};

/// An installation with a connector `desk` whose API is at `base_url`. `settings` stand before its actions; each action
/// has a name, an effect and its code.
fn desk(base_url: &str, settings: &str, actions: &[(&str, &str, &str)]) -> Workspace {
    let mut workspace = Workspace::new();
    workspace.set("DESK_KEY", KEY);
    let mut text = format!(
        "name = \"Desk\"\ndescription = \"Tickets\"\n[connection]\nbase_url = \"{base_url}\"\ntimeout_ms = 5000\n{settings}\n"
    );
    for (name, effect, code) in actions {
        let file = format!("actions/{name}.js");
        workspace.write(&format!("desk/{file}"), code);
        _ = writeln!(
            text,
            "[[actions]]\nname = \"{name}\"\ndescription = \"Does {name}.\"\neffect = \"{effect}\"\nconfirm = false\n\
             code = \"{file}\"\nrequests_per_minute = \"unlimited\""
        );
        for input in [
            "title",
            "description",
            "priority",
            "assignee",
            "query",
            "parent",
            "itemId",
            "url",
            "token",
        ] {
            _ = writeln!(text, "[[actions.input]]\nname = \"{input}\"");
        }
        text.push_str("[[actions.input]]\nname = \"document\"\ntype = \"FILE\"\n");
    }
    workspace.write("desk/connector.toml", text);
    share_compiled_code(&workspace.state());
    workspace
}

/// The value of the secret.
const KEY: &str = "s3cr3t-key-0123456789";

/// What most connectors of these tests have.
const SEALED: &str = "\n[security]\nallow_http = true\nip_allowlist = [\"127.0.0.0/8\"]\n[security.rate_limit]\n\
    requests_per_minute = \"unlimited\"\nrequests_per_day = \"unlimited\"\n[auth]\ntype = \"api_key\"\n\
    [auth.fields]\napi_key = \"env:DESK_KEY\"\naccess_token = \"env:DESK_KEY\"\n";

/// The structured content of a result that is no error.
pub(crate) fn content(answer: &Value) -> &Value {
    let result = &answer["result"];
    assert_ne!(result["isError"], true, "{answer:#}");
    &result["structuredContent"]
}

/// The text of a result that is an error.
pub(crate) fn failure(answer: &Value) -> &str {
    assert_eq!(answer["result"]["isError"], true, "{answer:#}");
    answer["result"]["content"][0]["text"].as_str().unwrap()
}
