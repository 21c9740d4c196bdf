//! `SKILL.md` for the agents that use the connector, `AGENTS.md` for whoever changes it.

use std::collections::BTreeMap;

use super::{Target, connector_file};
use crate::openapi::model::{Action, Import};
use crate::openapi::shaping::ActionShape;
use crate::openapi::text::Texts;

/// Longest `SKILL.md` in bytes: loaders take 64 KiB.
const LONGEST_SKILL: usize = 60 * 1024;

/// Longest description of an action in `SKILL.md`, in characters.
const LONGEST_LINE: usize = 90;

pub(super) fn skill(import: &Import, target: &Target, groups: &BTreeMap<&str, Vec<&Action>>) -> String {
    let with_descriptions = text(import, target, groups, true);
    if with_descriptions.len() <= LONGEST_SKILL {
        return with_descriptions;
    }
    let mut names = text(import, target, groups, false);
    if names.len() > LONGEST_SKILL {
        let end = names[..LONGEST_SKILL].rfind('\n').unwrap_or(LONGEST_SKILL);
        names.truncate(end + 1);
    }
    names
}

fn text(import: &Import, target: &Target, groups: &BTreeMap<&str, Vec<&Action>>, with_descriptions: bool) -> String {
    let mut text = vec![format!("# Working with {}\n\n{}\n", target.name, import.description)];
    for (group, actions) in groups {
        text.push(format!("\n## {}\n\n", group.replace('_', " ")));
        for action in actions {
            let asks = if ActionShape::asks(&action.settings, &action.method) {
                " A person is asked first."
            } else {
                ""
            };
            if with_descriptions {
                let description = Texts::default().short(&action.description, LONGEST_LINE);
                let stop = if description.ends_with('.') { "" } else { "." };
                text.push(format!("- `{}`: {description}{stop}{asks}\n", action.name));
            } else {
                text.push(format!("- `{}`\n", action.name));
            }
        }
    }
    text.concat()
}

pub(super) fn agents(target: &Target) -> String {
    format!(
        "# Changing this connector\n\n\
         - `openapi/{}`: the API's own description, as it was imported. `openapi/report.json` says what became of it.\n\
         - `connector.toml`: address, authentication, limits. Secrets are only named there, never written out.\n\
         - `services/`: what can be done. These files are what is served. What has to outlive the API's next version,\n\
         \x20 such as better names, goes into `openapi/overlay.yaml`: then run `toolgate import --update {}`.\n\
         - `SKILL.md`: what an agent should know. A new action gets a line there.\n\n\
         Then:\n\n```sh\ntoolgate check\n```\n",
        target.document, target.slug
    )
}

/// Commands that store what the connector needs to authenticate.
#[must_use]
pub fn next_steps(import: &Import, target: &Target) -> Vec<String> {
    let secrets = connector_file::secrets(&import.authentication);
    let mut steps: Vec<String> = secrets
        .iter()
        .map(|name| format!("toolgate vault set {}/{name}", target.slug))
        .collect();
    steps.push("toolgate check".to_owned());
    if let Some(action) = import.actions.iter().find(|action| action.method == "GET") {
        steps.push(format!("toolgate call {}__{} --dry-run", target.slug, action.name));
    }
    steps
}
