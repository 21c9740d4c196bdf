//! Loading connectors: a folder per case in `tests/cases/load`, with the connector's files and `expected.txt`, which
//! holds what the author is told and what became of the actions.
//!
//! `TOOLGATE_UPDATE=1 cargo test --test it load` writes the files that are expected.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use toolgate::connector::model::{Action, BodyTemplate, Connector, Logic, RequestTemplate};
use toolgate::connector::{self, CodeFile, SourceFile};
use toolgate::diagnostics::render;

use crate::committed;

const EXPECTED: &str = "expected.txt";

#[test]
fn every_case_tells_what_is_expected() {
    let cases = committed::path("tests/cases/load");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&cases)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    assert!(!folders.is_empty());
    let changed: Vec<String> = folders
        .iter()
        .filter_map(|folder| committed::difference(&folder.join(EXPECTED), &outcome(folder)))
        .collect();
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

/// What loading a folder tells and gives.
fn outcome(folder: &Path) -> String {
    let (mut files, mut code) = (Vec::new(), Vec::new());
    collect(folder, folder, &mut files, &mut code);
    files.sort_by(|one, other| one.relative.cmp(&other.relative));
    code.sort_by(|one, other| one.relative.cmp(&other.relative));
    let loaded = connector::load_with(&files, &code, &|_| None);
    let mut text = render(&loaded.diagnostics, false);
    if !text.is_empty() {
        text.push('\n');
    }
    match &loaded.connector {
        Some(connector) => describe(connector, &mut text),
        None => text.push_str("No connector.\n"),
    }
    text
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>, code: &mut Vec<CodeFile>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let relative = path.strip_prefix(root).unwrap().to_owned();
        if path.is_dir() {
            collect(root, &path, files, code);
        } else if connector::is_code(&relative) {
            code.push(CodeFile {
                shown: relative.clone(),
                relative,
                bytes: Ok(std::fs::read(&path).unwrap().into()),
            });
        } else if relative != Path::new(EXPECTED) {
            let text = std::fs::read_to_string(&path).unwrap();
            files.push(SourceFile {
                shown: relative.clone(),
                relative,
                text,
            });
        }
    }
}

fn describe(connector: &Connector, text: &mut String) {
    let Connector {
        slug,
        name,
        tier,
        enabled,
        connection,
        auth,
        security,
        skill,
        ..
    } = connector;
    writeln!(text, "Connector {slug}: {name}, {tier:?}, enabled {enabled}").unwrap();
    if let Some(skill) = skill {
        writeln!(text, "Skill: {skill:?}").unwrap();
    }
    writeln!(
        text,
        "{} {:?} {} retries",
        connection.base_url, connection.timeout, connection.retry_attempts
    )
    .unwrap();
    writeln!(text, "{auth:?}").unwrap();
    writeln!(text, "{:?} {:?}", security.url_allowlist, security.ip_allowlist).unwrap();
    let rules = connector.code;
    if rules.aliases || !rules.returned_errors_fail || !security.sealed {
        writeln!(text, "{rules:?}, sealed {}", security.sealed).unwrap();
    }
    if security.safe_requests.patterns().next().is_some() {
        writeln!(text, "safe {:?}", security.safe_requests).unwrap();
    }
    if connector.actions.iter().any(|action| action.code().is_some()) {
        writeln!(text, "fields {:?}", connector.fields).unwrap();
    }
    for action in &connector.actions {
        let confirm = if action.confirm { ", confirmed" } else { "" };
        writeln!(
            text,
            "\n{} ({}): {:?}{confirm}",
            action.name, action.title, action.effect
        )
        .unwrap();
        writeln!(text, "{}", action.description).unwrap();
        match &action.logic {
            Logic::Request(request) => describe_request(request, text),
            Logic::Code(code) => writeln!(text, "{code:?}").unwrap(),
        }
        describe_results(action, text);
    }
}

fn describe_request(request: &RequestTemplate, text: &mut String) {
    let query: Vec<&str> = request.query.iter().map(|(name, _)| name.as_str()).collect();
    let headers: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    let cookies: Vec<&str> = request.cookies.iter().map(|(name, _)| name.as_str()).collect();
    let body = match &request.body {
        None => "none",
        Some(BodyTemplate::Json(_)) => "JSON",
        Some(BodyTemplate::Form(_)) => "form",
        Some(BodyTemplate::Multipart { .. }) => "parts",
        Some(
            BodyTemplate::Text { content_type, .. }
            | BodyTemplate::File { content_type, .. }
            | BodyTemplate::Xml { content_type, .. },
        ) => content_type,
    };
    let path = &request.path_source;
    writeln!(
        text,
        "{} {path} query {query:?} headers {headers:?} cookies {cookies:?} body {body}",
        request.method
    )
    .unwrap();
}

fn describe_results(action: &Action, text: &mut String) {
    writeln!(
        text,
        "secret {:?}, ok {:?}, {:?}",
        action.secret_arguments, action.response.ok_statuses, action.response.validation
    )
    .unwrap();
    writeln!(text, "input {:#}", action.input.document()).unwrap();
    if let Some(output) = &action.output_schema {
        writeln!(text, "output {:#}", serde_json::Value::Object((**output).clone())).unwrap();
    }
}
