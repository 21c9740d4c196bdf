//! The command line as a person uses it: words, exit codes, and how it ends.

mod adding;
mod apis;
mod auditing;
mod bundling;
mod calling;
mod checking;
mod checking_all;
mod helping;
mod installing;
mod new_action;
mod operating;
mod reloading;
mod scaffolding;
mod seeing;
mod serving;
mod starting;
mod state;
mod telling;
mod vault;
mod withholding;

/// What clients are told when there are other tools.
const CHANGED: &str = "notifications/tools/list_changed";

/// A read and a write of one API.
pub(crate) const ACTIONS: &str = r#"
[auth]
type = "api_key"
header_name = "X-Key"
key = "env:CRM_KEY"
[[actions]]
name = "get_thing"
description = "Gets a thing"
method = "GET"
path = "/things/{id}"
[[actions.input]]
name = "id"
required = true
[[actions]]
name = "create_thing"
description = "Creates a thing"
method = "POST"
path = "/things"
body = { title = "{{title}}" }
[[actions.input]]
name = "title"
required = true
"#;

/// An installation whose one connector, `crm`, has [`ACTIONS`] and its key.
fn crm(base_url: &str) -> crate::harness::Workspace {
    let mut workspace = crate::harness::Workspace::with(base_url, ACTIONS);
    workspace.set("CRM_KEY", "k3y-cli");
    workspace
}
