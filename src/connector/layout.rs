//! Which files make a connector, and in which layout (contract S4-01, ruling C-15).

use std::path::Path;

use super::SourceFile;
use super::code::language_of;
use super::model::Tier;
use crate::diagnostics::{Diagnostic, Severity};
use crate::document::Format;

/// Longest file of one entity, in lines (contract S4-05).
pub(super) const LONGEST_ENTITY_FILE: usize = 300;

/// Longest `SKILL.md`, in bytes: it is read into the context of a model as a whole.
pub(crate) const LONGEST_SKILL: usize = 64 * 1024;

/// The files of a connector, sorted out.
pub(super) struct Layout<'a> {
    /// Settings and client, and in the lite tier the actions.
    pub main: &'a SourceFile,
    /// One file per entity; only in the full tier.
    pub entities: Vec<&'a SourceFile>,
    /// `SKILL.md`.
    pub skill: Option<&'a SourceFile>,
    /// Whether there is an `AGENTS.md`.
    pub has_agents: bool,
    /// A description of the API that nobody has imported: one in `openapi` without the report of an import.
    pub description: Option<&'a SourceFile>,
    /// The tier that the files show.
    pub tier: Tier,
}

/// What a file is within a connector's folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Main,
    Entity,
    /// Composed actions.
    Gateway,
    /// Code of an action.
    Code,
    /// What an agent should know of the connector as a whole.
    Skill,
    /// What whoever changes the connector should know. Only that it is there matters.
    Agents,
    /// An OpenAPI description of the API. Only that it is there matters.
    Description,
    /// What an import of a description has come to. Only that it is there matters.
    Report,
    /// Read by somebody else.
    Other,
}

/// Whether a loader wants to see the file at `relative` in a connector's folder.
pub(super) fn is_wanted(relative: &Path) -> bool {
    role(relative) != Role::Other
}

/// Whether of the file at `relative` no loader reads more than that it is there.
pub(super) fn is_only_noticed(relative: &Path) -> bool {
    matches!(role(relative), Role::Agents | Role::Description | Role::Report)
}

/// Whether the file at `relative` is code of an action.
pub(super) fn is_code(relative: &Path) -> bool {
    role(relative) == Role::Code
}

/// Sorts the files out; reports what cannot be used.
pub(super) fn sort(files: &[SourceFile]) -> (Option<Layout<'_>>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let alone = |file: &&SourceFile| files.len() == 1 && file.relative.components().count() == 1;
    let is_main =
        |file: &&SourceFile| role(&file.relative) == Role::Main || alone(file) && Format::of(&file.relative).is_some();
    let mut mains = files.iter().filter(is_main);
    let main = mains.next();
    for other in mains {
        let first = main.map(|main| main.shown.display().to_string()).unwrap_or_default();
        let message = format!("the folder holds `{first}`, too: it is not clear which of the two is the connector");
        findings.push(error(other, "two-connectors", message).help("remove one of them"));
    }
    if main.is_none()
        && let Some(file) = files.first()
    {
        let message = if alone(&file) {
            "this file is not read: the file of a connector ends with .toml, .yaml, .yml or .json"
        } else {
            "the folder holds no connector.toml, connector.yaml or connector.json"
        };
        findings.push(error(file, "no-connector", message.to_owned()));
    }
    let entities: Vec<&SourceFile> = files
        .iter()
        .filter(|file| role(&file.relative) == Role::Entity)
        .collect();
    for file in files {
        if role(&file.relative) == Role::Other && main.is_some_and(|main| main.shown != file.shown) {
            findings.extend(stray(file));
        }
        if role(&file.relative) == Role::Gateway {
            let message = "this version does not run composed actions yet".to_owned();
            findings.push(error(file, "not-yet", message).help("move the file out of the folder for now"));
        }
    }
    let skill = files.iter().find(|file| role(&file.relative) == Role::Skill);
    if let Some(file) = skill.filter(|file| file.text.len() > LONGEST_SKILL) {
        let length = file.text.len();
        let message = format!("the file has {length} bytes; agents are given at most {LONGEST_SKILL}");
        findings
            .push(error(file, "too-long", message).help("move what few agents need into the descriptions of actions"));
    }
    let tier = if entities.is_empty() { Tier::Lite } else { Tier::Full };
    let is_imported = files.iter().any(|file| role(&file.relative) == Role::Report);
    let mut descriptions = files.iter().filter(|file| role(&file.relative) == Role::Description);
    let layout = main.map(|main| Layout {
        main,
        entities,
        skill,
        description: descriptions.next().filter(|_| !is_imported),
        has_agents: files.iter().any(|file| role(&file.relative) == Role::Agents),
        tier,
    });
    (layout, findings)
}

/// A definition in a place where nothing looks for one. JSON files of other programs are common.
fn stray(file: &SourceFile) -> Option<Diagnostic> {
    if !matches!(Format::of(&file.relative), Some(Format::Toml | Format::Yaml)) {
        return None;
    }
    let message = "this file is not read: by its name it is not part of a connector";
    let finding = Diagnostic::for_file(Severity::Warning, "not-read", &file.shown, message);
    Some(finding.help("actions of an entity belong in the folder `services`"))
}

fn error(file: &SourceFile, code: &'static str, message: String) -> Diagnostic {
    Diagnostic::for_file(Severity::Error, code, &file.shown, message)
}

fn role(relative: &Path) -> Role {
    let parts: Vec<&str> = relative.iter().filter_map(|part| part.to_str()).collect();
    let stem = relative.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let readable = Format::of(relative).is_some();
    match parts.as_slice() {
        [_] if stem == "connector" && readable => Role::Main,
        ["SKILL.md"] => Role::Skill,
        ["AGENTS.md"] => Role::Agents,
        [_] if stem == "gateway" && readable => Role::Gateway,
        ["services", _] if readable => Role::Entity,
        ["openapi", "report.json"] => Role::Report,
        ["openapi", _] if matches!(Format::of(relative), Some(Format::Json | Format::Yaml)) => Role::Description,
        ["actions", _] if language_of(relative).is_some() => Role::Code,
        _ => Role::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skill_is_kept_up_to_its_longest_length() {
        let file = |relative: &str, text: String| SourceFile {
            shown: relative.into(),
            relative: relative.into(),
            text,
        };
        let main = "name = \"T\"\n[connection]\nbase_url = \"https://a.example.com\"\n\
                    [[actions]]\nname = \"ping\"\nmethod = \"GET\"\npath = \"/\"\n";
        for (length, fits) in [(LONGEST_SKILL, true), (LONGEST_SKILL + 1, false)] {
            let files = [
                file("connector.toml", main.to_owned()),
                file("SKILL.md", "x".repeat(length)),
            ];
            let loaded = crate::connector::load(&files);
            let skill = loaded.connector.and_then(|connector| connector.skill);
            assert_eq!(skill.is_some_and(|skill| skill.len() == length), fits, "{length}");
        }
    }
}
