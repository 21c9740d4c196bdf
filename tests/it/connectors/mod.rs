//! The connectors that come with Toolgate: they load without a complaint, and they tell the truth about their APIs.

mod demo_crm;
mod demo_desk;

use std::path::{Path, PathBuf};

use toolgate::connector::{self, CodeFile, SourceFile, model::Connector};
use toolgate::diagnostics::Severity;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("connectors").join(name)
}

fn files(root: &Path, folder: &Path, found: &mut Vec<SourceFile>, code: &mut Vec<CodeFile>) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let relative = path.strip_prefix(root).unwrap().to_owned();
        if path.is_dir() {
            files(root, &path, found, code);
        } else if connector::is_code(&relative) {
            code.push(CodeFile {
                shown: relative.clone(),
                relative,
                bytes: Ok(std::fs::read(&path).unwrap().into()),
            });
        } else if connector::is_wanted(&relative) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push(SourceFile {
                shown: relative.clone(),
                relative,
                text,
            });
        }
    }
}

fn load(name: &str) -> Connector {
    load_with(name, |text| text)
}

/// Loads a connector after a change to the text of its files.
fn load_with(name: &str, change: impl Fn(String) -> String) -> Connector {
    let root = folder(name);
    let (mut found, mut code) = (Vec::new(), Vec::new());
    files(&root, &root, &mut found, &mut code);
    found.sort_by(|a, b| a.relative.cmp(&b.relative));
    for file in &mut found {
        file.text = change(std::mem::take(&mut file.text));
    }
    let loaded = connector::load_with(&found, &code, &|_| None);
    let mut complaints = loaded.diagnostics;
    // They speak to this machine alone, and say so to everybody who checks them.
    complaints.retain(|complaint| complaint.severity != Severity::Note && complaint.code != "allow-http");
    assert!(complaints.is_empty(), "{name}: {complaints:#?}");
    loaded.connector.unwrap()
}

#[test]
fn every_connector_loads_without_a_complaint() {
    let folders: Vec<_> = folder("")
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(folders.len() >= 2);
    for name in folders {
        let connector = load(name.to_str().unwrap());
        assert!(!connector.actions.is_empty());
    }
}
