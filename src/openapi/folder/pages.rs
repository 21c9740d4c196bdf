//! `SKILL.md` for the agents that use the connector, `AGENTS.md` for whoever changes it.

use std::collections::BTreeMap;

use super::{Target, connector_file};
use crate::connector;
use crate::openapi::model::{Action, Import};
use crate::openapi::shaping::ActionShape;
use crate::openapi::text::Texts;

/// Longest `SKILL.md` in bytes: loaders take 64 KiB.
const LONGEST_SKILL: usize = 60 * 1024;

/// Longest description of an action in `SKILL.md`, in characters.
const LONGEST_LINE: usize = 90;

pub(super) fn skill(import: &Import, target: &Target, groups: &BTreeMap<&str, Vec<&Action>>) -> String {
    let top = format!("# Working with {}\n\n{}\n", target.name, import.description);
    let most = [described(groups), named(groups)]
        .into_iter()
        .find(|list| top.len() + list.len() <= LONGEST_SKILL);
    let names = || import.actions.iter().map(|action| action.name.as_str());
    let list = most.unwrap_or_else(|| {
        if connector::has_room_in_skill(names()) {
            format!("\n{}", names().map(line).collect::<String>())
        } else {
            counted(groups)
        }
    });
    top + &list
}

/// Every action with what it does.
fn described(groups: &BTreeMap<&str, Vec<&Action>>) -> String {
    listed(groups, |action| {
        let description = Texts::default().short(&action.description, LONGEST_LINE);
        let stop = if description.ends_with('.') { "" } else { "." };
        let asks = if ActionShape::asks(&action.settings, &action.method) {
            " A person is asked first."
        } else {
            ""
        };
        format!("- `{}`: {description}{stop}{asks}\n", action.name)
    })
}

/// The names of all actions.
fn named(groups: &BTreeMap<&str, Vec<&Action>>) -> String {
    listed(groups, |action| line(&action.name))
}

fn line(name: &str) -> String {
    format!("- `{name}`\n")
}

fn listed(groups: &BTreeMap<&str, Vec<&Action>>, line: impl Fn(&Action) -> String) -> String {
    let mut text = Vec::new();
    for (group, actions) in groups {
        text.push(format!("\n## {}\n\n", group.replace('_', " ")));
        text.extend(actions.iter().map(|action| line(action)));
    }
    text.concat()
}

/// What there is, where there is too much of it to be named.
fn counted(groups: &BTreeMap<&str, Vec<&Action>>) -> String {
    let count: usize = groups.values().map(Vec::len).sum();
    let mut text = format!("\nIt has {count} actions. Look for the one that fits with `find_actions`.\n\n");
    for (group, actions) in groups {
        let line = format!("- {}: {}\n", group.replace('_', " "), actions.len());
        if text.len() + line.len() > LONGEST_SKILL / 2 {
            break;
        }
        text.push_str(&line);
    }
    text
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
