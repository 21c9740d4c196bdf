//! Holds the direction of the rooms: nothing below imports anything above.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Rooms from the bottom up. Rooms of one line do not know each other.
const LEVELS: [&[&str]; 17] = [
    &["clock", "crypto", "diagnostics", "error_code", "process"],
    &["telemetry"],
    &["document", "schema"],
    &["template", "mapping"],
    &["pagination"],
    &["connector"],
    &["openapi"],
    &["config"],
    &["store"],
    &["audit", "vault", "catalog"],
    &["auth"],
    &["egress"],
    &["runner"],
    &["approval", "overview", "policy"],
    &["engine"],
    &["mcp", "sample"],
    &["cli"],
];

/// What only one room may name.
const ONLY_IN: [(&str, &[&str]); 5] = [
    ("ring::", &["crypto"]),
    ("sqlx::", &["store"]),
    ("std::env::var", &["config"]),
    ("reqwest::", &["egress"]),
    ("wasmtime::", &["runner"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn room_of(path: &Path, root: &Path) -> String {
    let first = path.strip_prefix(root).unwrap().components().next().unwrap();
    first.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// Rooms that `text` names as `crate::room`, also inside `use crate::{...}` groups.
fn imports(text: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for line in text.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            assert!(!rest.starts_with('{'), "write one `use` line for each room: {line}");
            rooms.push(
                rest.chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    rooms
}

#[test]
fn nothing_below_imports_anything_above() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let level: BTreeMap<&str, usize> = LEVELS
        .iter()
        .enumerate()
        .flat_map(|(level, rooms)| rooms.iter().map(move |room| (*room, level)))
        .collect();
    let mut files = Vec::new();
    sources(&folder, &mut files);
    let mut wrong = Vec::new();
    for file in &files {
        let room = room_of(file, &folder);
        if matches!(room.as_str(), "lib" | "main") {
            continue;
        }
        let own = *level
            .get(room.as_str())
            .unwrap_or_else(|| panic!("the room `{room}` has no level"));
        let source = std::fs::read_to_string(file).unwrap();
        for imported in imports(&source) {
            let Some(other) = level.get(imported.as_str()) else {
                continue;
            };
            if imported != room && *other >= own {
                wrong.push(format!(
                    "{} imports `{imported}`",
                    file.strip_prefix(&folder).unwrap().display()
                ));
            }
        }
    }
    assert!(files.len() > 40, "only {} files were read", files.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn some_crates_belong_to_one_room() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&folder, &mut files);
    let mut wrong = Vec::new();
    // Tests may bring a client of their own to look at a room from outside.
    files.retain(|file| file.file_name().is_some_and(|name| name != "tests.rs"));
    for file in &files {
        let room = room_of(file, &folder);
        let source = std::fs::read_to_string(file).unwrap();
        for (name, rooms) in ONLY_IN {
            let named = source
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .any(|line| {
                    line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                        .any(|word| word.starts_with(name))
                });
            if named && !rooms.contains(&room.as_str()) {
                wrong.push(format!(
                    "{} names `{name}`",
                    file.strip_prefix(&folder).unwrap().display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
