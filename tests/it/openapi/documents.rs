//! What becomes of each description in `tests/cases/openapi`, compared with the `expected.txt` beside it.

use std::fmt::Write as _;
use std::path::Path;

use toolgate::openapi::{self, ArgumentValue, Documents, Import, Options, Overlay, Target};
use url::Url;

use crate::committed;

const CASES: [&str; 7] = [
    "bar/openapi.yaml",
    "circular/openapi.yaml",
    "museum/openapi.yaml",
    "security/openapi.json",
    "separate/spec/openapi.yaml",
    "shaped/openapi.yaml",
    "styles/openapi.yaml",
];

#[test]
fn every_description_becomes_what_is_expected() {
    let cases = committed::path("tests/cases/openapi");
    let changed: Vec<String> = CASES
        .iter()
        .filter_map(|case| {
            let path = cases.join(case);
            let expected = cases.join(case.split('/').next().unwrap()).join("expected.txt");
            committed::difference(&expected, &outcome(&path))
        })
        .collect();
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

fn read(path: &Path) -> Documents {
    let mut documents = Documents::read(&std::fs::read_to_string(path).unwrap()).unwrap();
    if let Ok(text) = std::fs::read_to_string(path.with_file_name("overlay.yaml")) {
        documents
            .lay(&Overlay::read(Path::new("overlay.yaml"), &text).unwrap())
            .unwrap();
    }
    loop {
        let missing = documents.missing();
        if missing.is_empty() {
            return documents;
        }
        for name in missing {
            let text = std::fs::read_to_string(path.parent().unwrap().join(&name)).unwrap();
            documents.add(name, &text).unwrap();
        }
    }
}

fn outcome(path: &Path) -> String {
    let documents = read(path);
    let options = Options {
        slug: "case".to_owned(),
        fetched_from: Some(Url::parse("https://api.example.com/openapi").unwrap()),
        ..Options::default()
    };
    let mut import = openapi::import(&documents, &options);
    let target = Target {
        name: "Case".to_owned(),
        slug: "case".to_owned(),
        document: "openapi".to_owned(),
        ..Target::default()
    };
    let folder = openapi::folder(&mut import, &target);
    assert_eq!(folder.errors.len(), 0, "{}: {:?}", path.display(), folder.errors);
    // Nothing is lost without a word.
    let report = &import.report;
    assert_eq!(
        report.imported.len() + report.skipped.len() + report.not_selected,
        report.operations
    );
    described(&import)
}

fn described(import: &Import) -> String {
    let mut text = String::new();
    let report = &import.report;
    let base_url = import.base_url.as_ref().unwrap();
    writeln!(
        text,
        "{}: {}\n{base_url} {:?}",
        import.title, import.description, import.authentication
    )
    .unwrap();
    for note in &report.notes {
        writeln!(text, "- {note}").unwrap();
    }
    for one in &report.skipped {
        writeln!(text, "\nleft out: {} {}: {}", one.method, one.path, one.reason).unwrap();
    }
    for (action, told) in import.actions.iter().zip(&report.imported) {
        writeln!(
            text,
            "\n{} ({}): {} {}",
            action.name, action.group, action.method, action.path
        )
        .unwrap();
        writeln!(text, "{}", action.description).unwrap();
        if let Some(body) = &action.body {
            writeln!(text, "body {:?} {}", body.kind, body.media_type).unwrap();
        }
        for argument in &action.input {
            let star = if argument.required { "*" } else { "" };
            let value = match &argument.value {
                ArgumentValue::Schema(schema) => serde_json::to_string(&schema.read()).unwrap(),
                ArgumentValue::File { several, .. } => format!("file, several {several}"),
            };
            write!(text, "  {:?} {}{star}: {value}", argument.place, argument.name).unwrap();
            if let Some(style) = argument.style {
                write!(text, " {:?} explode {}", style.form, style.explode).unwrap();
            }
            writeln!(text).unwrap();
        }
        for fixed in &action.fixed {
            writeln!(text, "  always {:?} {}: {}", fixed.place, fixed.name, fixed.value).unwrap();
        }
        if !action.settings.is_empty() {
            writeln!(text, "  {}", serde_json::to_string(&action.settings).unwrap()).unwrap();
        }
        if let Some(response) = &action.response {
            writeln!(text, "  = {}", serde_json::to_string(&response.read()).unwrap()).unwrap();
        }
        for (change, count) in &told.changes {
            writeln!(text, "  {count} {change}").unwrap();
        }
        for note in &told.notes {
            writeln!(text, "  - {note}").unwrap();
        }
    }
    text
}
