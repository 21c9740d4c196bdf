//! What would make a working connector better: advice that its author may leave aside (the `[nonfunc]` rows of the
//! contract).

use http::{Method, header};
use serde_json::{Map, Value};

use super::action;
use super::layout::Layout;
use super::model::{Action, Connector};
use crate::diagnostics::{Diagnostic, Severity, Source};
use crate::document::Node;

/// Advice about a description of the API that lies beside actions which were not made of it (contract S1-83).
pub(super) fn of_description(layout: &Layout<'_>) -> Option<Diagnostic> {
    let description = layout.description?.shown.display();
    let message = format!("{description} describes this API, and nothing was imported from it");
    let advice = format!(
        "`toolgate analyze {description}` tells what it holds, `toolgate import {description} --name NAME` makes a connector \
         of it, whose actions have their schemas and descriptions"
    );
    let hint = Diagnostic::for_file(Severity::Note, "not-imported", &layout.main.shown, message);
    Some(hint.help(advice))
}

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
    if action.response.schema.is_none() && may_answer_json(action) {
        // Contract S1-84.
        let message = format!("the answers of `{name}` are not described");
        let advice = "add `response_schema`: the tool gets an output schema, and a changed API is noticed; an action that \
                      answers with a file says so in the header `Accept`";
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

/// Whether a schema could describe the answers: not those of a deletion, which are mostly empty, nor those without a
/// body, nor those of an action that asks for pictures or other files. What code makes of answers is its own.
fn may_answer_json(action: &Action) -> bool {
    let Some(request) = action.request() else {
        return false;
    };
    let accepted = request.headers.iter().find(|(name, _)| name == header::ACCEPT);
    // One that holds placeholders says nothing here.
    let accepted = accepted.and_then(|(_, value)| value.render(&Map::new()).ok().flatten());
    let is_file = accepted.as_ref().and_then(Value::as_str).is_some_and(|accepted| {
        let mut types = accepted
            .split(',')
            .map(|one| one.split(';').next().unwrap_or_default().trim());
        types.all(|one| !one.ends_with("json") && !matches!(one, "" | "*/*" | "application/*"))
    });
    !matches!(request.method, Method::DELETE | Method::HEAD | Method::OPTIONS) && !is_file
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
        hints(&files, &[], &|_| None)
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
    fn a_description_that_nobody_imported_is_pointed_out() {
        let main = format!(
            "{MAIN}[[actions]]\nname = \"get_ticket\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/\"\n\
             response_schema = {{ id = \"string\" }}\n"
        );
        let main = ("connector.toml", main.as_str());
        let yaml = ("openapi/shop.yaml", "");
        let found = codes(&[main, yaml]);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].0, found[0].2.as_str()),
            (
                "not-imported",
                "openapi/shop.yaml describes this API, and nothing was imported from it"
            )
        );
        for files in [
            vec![main],
            vec![main, yaml, ("openapi/report.json", "")],
            vec![main, ("openapi/notes.toml", "")],
        ] {
            assert_eq!(codes(&files), [], "{:?}", files.last());
        }
    }

    #[test]
    fn a_described_action_needs_no_advice_whatever_its_keys_are_called() {
        let action = "[[endpoints]]\nname = \"get_ticket\"\ndescription = \"d\"\nmethod = \"GET\"\npath = \"/\"\n\
                      response_schema = { id = \"string\" }\n";
        assert_eq!(codes(&[("connector.toml", &format!("{MAIN}{action}"))]), []);
    }

    #[test]
    fn answers_that_no_schema_describes_need_none() {
        for (method, headers, advised) in [
            ("GET", "", true),
            ("GET", "headers = { Accept = \"application/json\" }", true),
            (
                "GET",
                "headers = { Accept = \"application/hal+json, text/html\" }",
                true,
            ),
            ("GET", "headers = { Accept = \"*/*\" }", true),
            ("GET", "headers = { Accept = \"image/*\" }", false),
            ("GET", "headers = { Accept = \"image/png\" }", false),
            (
                "GET",
                "headers = { accept = \"application/pdf;q=0.9, image/png\" }",
                false,
            ),
            ("POST", "", true),
            ("QUERY", "", true),
            ("DELETE", "", false),
            ("HEAD", "", false),
            ("OPTIONS", "", false),
        ] {
            let action = format!(
                "[[actions]]\nname = \"do_it\"\ndescription = \"d\"\nmethod = \"{method}\"\npath = \"/\"\n{headers}\n"
            );
            let found = codes(&[("connector.toml", &format!("{MAIN}{action}"))]);
            assert_eq!(!found.is_empty(), advised, "{method} {headers}");
        }
    }
}
