//! What would make a working connector better: advice that its author may leave aside (the `[nonfunc]` rows of the
//! contract).

use std::path::Path;

use serde_json::Value;

use super::action;
use super::layout::Layout;
use super::model::{Action, Connector, Tier};
use crate::diagnostics::{Diagnostic, Severity, Source};
use crate::document::Node;

/// Advice about the actions that are written in one file.
pub(super) fn of_actions(source: &Source<'_>, root: &Node, connector: &Connector, found: &mut Vec<Diagnostic>) {
    for node in root.get("actions").map(Node::items).unwrap_or_default() {
        let Some(name) = action::slug(node) else { continue };
        if let Some(action) = connector.actions.iter().find(|action| action.name == name) {
            found.extend(of_action(source, node, action));
        }
    }
}

fn of_action(source: &Source<'_>, node: &Node, action: &Action) -> Vec<Diagnostic> {
    let name = &action.name;
    let span = node.value_span("name");
    let mut found = Vec::new();
    if !name.contains('_') {
        // Contract S0-108.
        let message = format!("`{name}` is one word");
        let advice = format!("a verb and a noun tell a model more, e.g. `{name}_orders` or `get_{name}`");
        found.push(source.note("short-name", span.clone(), message).help(advice));
    }
    if action.response.schema.is_none() {
        // Contract S1-84.
        let message = format!("the answers of `{name}` are not described");
        let advice = "add `response_schema`: the tool gets an output schema, and a changed API is noticed";
        found.push(source.note("no-response-schema", span.clone(), message).help(advice));
    }
    let undescribed = undescribed(action.input.document());
    if !undescribed.is_empty() {
        // Contract S1-84.
        let message = format!(
            "parameters of `{name}` without a description: `{}`",
            undescribed.join("`, `")
        );
        let advice = "say what each is, in which form, and where a model gets it from";
        found.push(source.note("undescribed-parameters", span, message).help(advice));
    }
    found
}

/// Names of parameters that a model has to guess the meaning of.
fn undescribed(schema: &Value) -> Vec<&str> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .filter(|(_, property)| {
            property["description"]
                .as_str()
                .is_none_or(|text| text.trim().is_empty())
        })
        .map(|(name, _)| name.as_str())
        .collect()
}

/// Advice about what a folder holds for agents (contracts S4-16, S4-22). A single file has none of it.
pub(super) fn of_folder(layout: &Layout<'_>, connector: &Connector) -> Vec<Diagnostic> {
    let Some(skill) = layout.skill else {
        if layout.tier == Tier::Lite {
            return Vec::new();
        }
        let message = "the folder has no SKILL.md";
        let advice = "write down how to work with this API, for agents: which action for what, and in which order";
        return vec![note(&layout.main.shown, "no-skill", message.to_owned()).help(advice)];
    };
    let missing: Vec<&str> = connector
        .actions
        .iter()
        .map(|action| action.name.as_str())
        .filter(|name| !skill.text.contains(name))
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let message = format!("SKILL.md does not name these actions: `{}`", missing.join("`, `"));
    let advice = "say for each when to use it";
    vec![note(&skill.shown, "skill-drift", message).help(advice)]
}

fn note(file: &Path, code: &'static str, message: String) -> Diagnostic {
    Diagnostic::for_file(Severity::Note, code, file, message)
}

#[cfg(test)]
mod tests {
    use crate::connector::{SourceFile, hints, load};

    fn codes(files: &[(&str, &str)]) -> Vec<(&'static str, usize, String)> {
        let files: Vec<SourceFile> = files
            .iter()
            .map(|(relative, text)| SourceFile {
                shown: (*relative).into(),
                relative: (*relative).into(),
                text: (*text).to_owned(),
            })
            .collect();
        let loaded = load(&files);
        assert!(loaded.connector.is_some(), "{:?}", loaded.diagnostics);
        hints(&files, &|_| None)
            .into_iter()
            .map(|hint| (hint.code, hint.line, hint.message))
            .collect()
    }

    const MAIN: &str = "name = \"T\"\n[connection]\nbase_url = \"https://a.example.com\"\n";

    #[test]
    fn advice_stands_at_the_action_that_it_is_about() {
        let action = "[[actions]]\nname = \"tickets\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/{id}\"\n\
                      [[actions.input]]\nname = \"id\"\nrequired = true\n\
                      [[actions.input]]\nname = \"q\"\ndescription = \"What to find.\"\nin = \"query\"\n";
        let found = codes(&[("connector.toml", &format!("{MAIN}{action}"))]);
        assert_eq!(
            found,
            [
                ("short-name", 5, "`tickets` is one word".to_owned()),
                (
                    "no-response-schema",
                    5,
                    "the answers of `tickets` are not described".to_owned()
                ),
                (
                    "undescribed-parameters",
                    5,
                    "parameters of `tickets` without a description: `id`".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn a_described_action_needs_no_advice_whatever_its_keys_are_called() {
        let action = "[[endpoints]]\nname = \"get_ticket\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/\"\n\
                      response_schema = { id = \"string\" }\n";
        assert_eq!(codes(&[("connector.toml", &format!("{MAIN}{action}"))]), []);
    }

    #[test]
    fn a_skill_names_every_action() {
        let action = "[[actions]]\nname = \"get_ticket\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/\"\n\
                      response_schema = { id = \"string\" }\n";
        let full = |skill: Option<&'static str>| {
            let mut files = vec![("connector.toml", MAIN), ("services/ticket.toml", action)];
            files.extend(skill.map(|skill| ("SKILL.md", skill)));
            codes(&files).into_iter().map(|(code, ..)| code).collect::<Vec<_>>()
        };
        assert_eq!(full(None), ["no-skill"]);
        assert_eq!(full(Some("Look first.")), ["skill-drift"]);
        assert_eq!(full(Some("`get_ticket` reads one.")), Vec::<&str>::new());
    }
}
