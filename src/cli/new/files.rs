//! The texts of a new connector's files.

use std::path::PathBuf;

use serde_json::Value;
use url::Url;

use super::connector::Tier;
use crate::connector;
use crate::connector::authentication::Kind;

/// Folder beside the connectors that holds the schemas for editors; nothing whose name begins with a dot is loaded.
pub(super) const SCHEMAS: &str = ".schema";

/// What was asked for.
pub(super) struct Plan {
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) tier: Tier,
    pub(super) base_url: Url,
    pub(super) auth: &'static Kind,
    /// Slugs, in the singular; exactly one in the lite tier.
    pub(super) entities: Vec<String>,
}

/// A file to write.
pub(super) struct File {
    /// Relative to the connector's folder.
    pub(super) path: PathBuf,
    pub(super) purpose: &'static str,
    pub(super) text: String,
}

/// The JSON Schemas that the files name in their first line.
pub(super) fn schemas() -> [(&'static str, Value); 2] {
    [
        ("connector.schema.json", connector::schema()),
        ("entity.schema.json", connector::entity_schema()),
    ]
}

/// All files, in the order in which they are filled in (contract S4-14).
pub(super) fn of(plan: &Plan) -> Vec<File> {
    let file = |path: &str, purpose, text| File {
        path: path.into(),
        purpose,
        text,
    };
    let mut files = vec![file(
        "connector.toml",
        "where the API is, its key, its limits",
        main(plan),
    )];
    if plan.tier == Tier::Full {
        files.extend(plan.entities.iter().map(|entity| {
            let text = format!(
                "#:schema ../../{SCHEMAS}/entity.schema.json\n# What can be done with a {entity}.\n{}",
                actions(entity)
            );
            file(&format!("services/{entity}.toml"), "the actions of one entity", text)
        }));
    }
    files.push(file("AGENTS.md", "for whoever changes the connector", agents(plan)));
    files.push(file("SKILL.md", "for the agents that use it", skill(plan)));
    files.push(file(
        ".env.example",
        "the variables it needs, without values",
        environment(plan),
    ));
    files
}

/// What to do with the files.
pub(super) fn next_steps(plan: &Plan) -> String {
    let mut steps = vec![
        format!(
            "read the documentation of {}, and put the real paths and fields into the files",
            plan.name
        ),
        "toolgate check --hints".to_owned(),
    ];
    let variables = variables(plan);
    if !variables.is_empty() {
        let exports: Vec<String> = variables.iter().map(|name| format!("export {name}=...")).collect();
        steps.push(exports.join("; "));
    }
    steps.push(format!("toolgate call {} --dry-run", first_tool(plan)));
    let numbered: Vec<String> = steps
        .iter()
        .enumerate()
        .map(|(index, step)| format!("  {}. {step}", index + 1))
        .collect();
    format!("Next:\n{}", numbered.join("\n"))
}

fn main(plan: &Plan) -> String {
    let mut text = format!(
        "#:schema ../{SCHEMAS}/connector.schema.json\n\
         name = {}\n\
         description = {}\n\
         tier = \"{}\"\n\
         \n\
         [connection]\n\
         base_url = {}\n\
         timeout_ms = 30000\n\
         \n\
         [security.rate_limit]\n\
         requests_per_minute = 60\n\
         requests_per_day = 10000\n\
         \n\
         [auth]\n\
         {}",
        quoted(&plan.name),
        quoted(&format!(
            "Say what {} holds, and when an agent should use it.",
            plan.name
        )),
        if plan.tier == Tier::Full { "full" } else { "lite" },
        quoted(plan.base_url.as_str()),
        auth(plan),
    );
    if plan.tier == Tier::Lite {
        for entity in &plan.entities {
            text.push_str(&actions(entity));
        }
    }
    text
}

fn auth(plan: &Plan) -> String {
    let mut text = format!("type = {}\n", quoted(plan.auth.name));
    if let Some(scaffold) = &plan.auth.scaffold {
        text.push_str(scaffold.keys);
    }
    for (secret, variable) in secrets(plan).iter().zip(variables(plan)) {
        text = text.replace(&format!("{{{secret}}}"), &quoted(&format!("env:{variable}")));
    }
    text
}

/// Names of the secrets that [`auth`] refers to.
fn secrets(plan: &Plan) -> &'static [&'static str] {
    plan.auth.scaffold.as_ref().map_or(&[], |scaffold| scaffold.secrets)
}

/// Names of the environment variables that they are in.
fn variables(plan: &Plan) -> Vec<String> {
    let names = secrets(plan)
        .iter()
        .map(|what| connector::variable_of(&plan.slug, what));
    names.collect()
}

/// A read of many, a read of one, and a write, as most APIs have them.
fn actions(entity: &str) -> String {
    let shown = entity.replace('_', " ");
    let article = article(&shown);
    format!(
        r#"
[[actions]]
name = "list_{entity}s"
description = "Finds {shown}s by words in them, and returns their ids. Call this first."
method = "GET"
path = "/{entity}s"

[[actions.input]]
name = "query"
in = "query"
description = "Words to look for. Leave it out to list all."

[actions.response_schema]
type = "array"
items = {{ type = "object", properties = {{ id = "string", name = "string" }} }}


[[actions]]
name = "get_{entity}"
description = "Everything about one {shown}."
method = "GET"
path = "/{entity}s/{{{entity}_id}}"

[[actions.input]]
name = "{entity}_id"
description = "Id from list_{entity}s."
required = true

[actions.response_schema]
type = "object"
properties = {{ id = "string", name = "string" }}


# A write: a person is asked before it leaves.
[[actions]]
name = "create_{entity}"
description = "Adds {article} {shown}, and returns its id."
method = "POST"
path = "/{entity}s"
body = {{ name = "{{{{name}}}}" }}

[[actions.input]]
name = "name"
description = "What people will call it."
required = true

[actions.response_schema]
type = "object"
properties = {{ id = "string" }}
"#
    )
}

fn agents(plan: &Plan) -> String {
    let mut parts = vec![
        "- `connector.toml`: address, authentication, limits. Secrets are only named there, never written out."
            .to_owned(),
    ];
    if plan.tier == Tier::Full {
        let entities = plan.entities.iter();
        parts.extend(entities.map(|entity| {
            let article = article(entity);
            format!("- `services/{entity}.toml`: what can be done with {article} {entity}.")
        }));
        parts.push("- `openapi/`: put the API's own description here, as it was downloaded.".to_owned());
    }
    format!(
        "# Changing this connector\n\n{}\n\
         - `SKILL.md`: what an agent should know. A new action gets a line there.\n\
         - `.env.example`: the variables that the connector needs; no values.\n\n\
         Read the API's documentation before you write an action. Then:\n\n\
         ```sh\ntoolgate check --hints\ntoolgate call {} --dry-run\n```\n",
        parts.join("\n"),
        first_tool(plan)
    )
}

fn skill(plan: &Plan) -> String {
    let rows: Vec<String> = plan
        .entities
        .iter()
        .map(|entity| {
            let shown = entity.replace('_', " ");
            format!(
                "| find {} {shown} | `list_{entity}s` | words in it |\n\
                 | read one | `get_{entity}` | `{entity}_id` |\n\
                 | add one | `create_{entity}` | `name`; a person is asked first |\n",
                article(&shown)
            )
        })
        .collect();
    format!(
        "# Working with {}\n\n| To | call | with |\n|---|---|---|\n{}\n\
         Ids come from the API: search for them, never make them up.\n",
        plan.name,
        rows.concat()
    )
}

/// The indefinite article of most words that begin like `word`.
fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    }
}

fn environment(plan: &Plan) -> String {
    let lines: Vec<String> = variables(plan).iter().map(|name| format!("{name}=\n")).collect();
    if lines.is_empty() {
        return "# This connector needs no variables.\n".to_owned();
    }
    lines.concat()
}

fn first_tool(plan: &Plan) -> String {
    let entity = plan.entities.first().map(String::as_str).unwrap_or_default();
    format!("{}__list_{entity}s", plan.slug)
}

/// `text` as a TOML string.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
