//! The pages that belong to a connector's folder: `AGENTS.md` for whoever changes it, `SKILL.md` for the agents that use
//! it (contracts S4-16, S4-22). Calls work without them; `check` does not pass.

use std::path::Path;

use super::layout::{LONGEST_SKILL, Layout};
use super::model::{Connector, Tier};
use crate::diagnostics::{Diagnostic, Severity};

/// Names of actions that `SKILL.md` must hold, in bytes with what stands around each: a quarter is left for the rest.
const MOST_NAMED: usize = LONGEST_SKILL / 4 * 3;

/// What stands around a name, in bytes.
const AROUND_A_NAME: usize = 16;

/// Whether `SKILL.md` has room for these names of actions. Agents find those of a larger connector by searching.
pub(crate) fn has_room_in_skill<'n>(names: impl IntoIterator<Item = &'n str>) -> bool {
    let bytes = names.into_iter().map(|name| name.len() + AROUND_A_NAME);
    bytes.sum::<usize>() <= MOST_NAMED
}

/// What is missing of the pages in a connector's folder.
pub(super) fn missing(layout: &Layout<'_>, connector: &Connector) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let severity = match layout.tier {
        Tier::Full => Severity::Error,
        Tier::Lite => Severity::Warning,
    };
    if !layout.has_agents {
        let message = "the folder has no AGENTS.md";
        let advice = "write down how to work on this connector: where the API is described, what to try after a change";
        found.push(of(&layout.main.shown, severity, "no-agents", message.to_owned()).help(advice));
    }
    if layout.skill.is_none() {
        let message = "the folder has no SKILL.md";
        let advice = "write down how to work with this API, for agents: which action for what, and in which order";
        found.push(of(&layout.main.shown, severity, "no-skill", message.to_owned()).help(advice));
    }
    if let Some(skill) = layout.skill {
        let names = || connector.actions.iter().map(|action| action.name.as_str());
        let missing: Vec<&str> = names().filter(|name| !mentions(&skill.text, name)).collect();
        if !missing.is_empty() && has_room_in_skill(names()) {
            let message = format!("SKILL.md does not name these actions: `{}`", missing.join("`, `"));
            let finding = of(&skill.shown, Severity::Error, "skill-drift", message);
            found.push(finding.help("say for each when to use it"));
        }
    }
    found
}

/// Whether `text` holds `name` as a word: `get_order` is not named by `get_orders`.
fn mentions(text: &str, name: &str) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        // Agents know an action by its tool's name, `<connector>__<action>`, as well.
        let begins = before.is_none_or(|before| !is_part(before)) || text[..at].ends_with("__");
        begins && !text[at + name.len()..].starts_with(is_part)
    })
}

fn of(file: &Path, severity: Severity, code: &'static str, message: String) -> Diagnostic {
    Diagnostic::for_file(severity, code, file, message)
}

#[cfg(test)]
mod tests {
    use super::{AROUND_A_NAME, MOST_NAMED};
    use crate::connector::{SourceFile, lints, load};

    const MAIN: &str = "name = \"T\"\n[connection]\nbase_url = \"https://a.example.com\"\n";
    const ACTION: &str = "[[actions]]\nname = \"get_ticket\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/\"\n";

    /// What is told of a folder's files, each with whether it is an error.
    fn found(files: &[(&str, &str)]) -> Vec<(&'static str, bool)> {
        let files: Vec<SourceFile> = files
            .iter()
            .map(|(relative, text)| SourceFile {
                shown: (*relative).into(),
                relative: (*relative).into(),
                text: (*text).to_owned(),
            })
            .collect();
        // It is served all the same.
        assert!(load(&files).connector.is_some());
        let found = lints(&files, &[], &|_| None);
        found.iter().map(|finding| (finding.code, finding.is_error())).collect()
    }

    #[test]
    fn a_folder_has_both_pages() {
        let lite = format!("{MAIN}{ACTION}");
        let full = [("connector.toml", MAIN), ("services/ticket.toml", ACTION)];
        let skill = ("SKILL.md", "`get_ticket` reads one.");
        let agents = ("AGENTS.md", "");
        assert_eq!(found(&full), [("no-agents", true), ("no-skill", true)]);
        assert_eq!(found(&[full[0], full[1], agents]), [("no-skill", true)]);
        assert_eq!(found(&[full[0], full[1], skill]), [("no-agents", true)]);
        assert_eq!(found(&[full[0], full[1], skill, agents]), []);
        let lite_folder = ("connector.toml", lite.as_str());
        assert_eq!(found(&[lite_folder]), [("no-agents", false), ("no-skill", false)]);
        assert_eq!(found(&[lite_folder, skill, agents]), []);
    }

    #[test]
    fn a_skill_need_not_name_more_than_it_has_room_for() {
        let name = |number: usize| format!("{number:04}_{}", "a".repeat(AROUND_A_NAME - 5));
        let most = MOST_NAMED / (2 * AROUND_A_NAME);
        for (count, expected) in [(most, vec![("skill-drift", true)]), (most + 1, vec![])] {
            let action = |number| ACTION.replace("get_ticket", &name(number));
            let actions: Vec<String> = (0..count).map(action).collect();
            // One file of an entity has no more lines than this.
            let files: Vec<(String, String)> = actions
                .chunks(50)
                .enumerate()
                .map(|(index, actions)| (format!("services/t{index}.toml"), actions.concat()))
                .collect();
            let mut all = vec![("connector.toml", MAIN), ("AGENTS.md", ""), ("SKILL.md", "Search.")];
            all.extend(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
            assert_eq!(found(&all), expected, "{count}");
        }
    }

    #[test]
    fn a_skill_names_every_action() {
        for (skill, named) in [
            ("Look first.", false),
            ("`get_tickets` reads many.", false),
            ("`forget_ticket` drops one.", false),
            ("`get_ticket` reads one.", true),
            ("t__get_ticket: one", true),
        ] {
            let files = [
                ("connector.toml", MAIN),
                ("services/ticket.toml", ACTION),
                ("AGENTS.md", ""),
                ("SKILL.md", skill),
            ];
            let expected = if named { vec![] } else { vec![("skill-drift", true)] };
            assert_eq!(found(&files), expected, "{skill}");
        }
    }
}
