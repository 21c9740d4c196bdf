//! Holds the direction of the rooms: nothing below imports anything above.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What only some rooms, or files, may name.
const ONLY_IN: [(&str, &[&str]); 7] = [
    ("ring::", &["crypto"]),
    ("sqlx::", &["store"]),
    ("std::env::var", &["config"]),
    ("reqwest::", &["egress"]),
    ("TcpStream::connect", &["egress", "mcp/health.rs"]),
    ("to_socket_addrs", &["egress"]),
    ("wasmtime::", &["runner"]),
];

/// Rooms without input or output, which hold no secret.
const PURE: [&str; 7] = [
    "connector",
    "document",
    "mapping",
    "openapi",
    "pagination",
    "schema",
    "template",
];

/// What does input or output, or is made for secrets.
const IMPURE: [&str; 12] = [
    "std::env",
    "std::fs",
    "std::process",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "std::net::Tcp",
    "std::net::Udp",
    "std::net::ToSocketAddrs",
    "tokio",
    "secrecy",
    "zeroize",
];

/// Rooms from the bottom up, as the library's root lists them in paragraphs. Rooms of one paragraph do not know each other.
fn levels() -> BTreeMap<&'static str, usize> {
    let root = include_str!("../../src/lib.rs");
    let paragraphs = root.split("\n\n").enumerate();
    let rooms = paragraphs.flat_map(|(level, lines)| {
        let rooms = lines.lines().filter_map(|line| line.strip_prefix("pub mod "));
        rooms.map(move |room| (room.trim_end_matches(';'), level))
    });
    rooms.collect()
}

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
    let level = levels();
    assert!(level.len() > 25, "{level:?}");
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

/// Every file of the program itself: its path in `src`, and its text up to its tests.
fn program() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&folder, &mut files);
    let shown = |file: &PathBuf| file.strip_prefix(&folder).unwrap().display().to_string();
    // Tests may bring a client of their own to look at a room from outside.
    let is_test = |path: &str| {
        let mut parts = path.split('/');
        parts.any(|part| ["tests", "tests.rs", "testing.rs"].contains(&part))
    };
    let program = files.iter().filter(|file| !is_test(&shown(file))).map(|file| {
        let source = std::fs::read_to_string(file).unwrap();
        let (text, _) = source.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&source, ""));
        (shown(file), text.to_owned())
    });
    program.collect()
}

/// Whether a line of code in `text` has a path that begins with `name`.
fn names(text: &str, name: &str) -> bool {
    let mut code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.any(|line| {
        line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
            .any(|word| word.starts_with(name))
    })
}

#[test]
fn some_things_belong_to_one_room() {
    let mut wrong = Vec::new();
    for (file, text) in program() {
        for (name, places) in ONLY_IN {
            let room = file.split('/').next().map(|room| room.trim_end_matches(".rs"));
            let is_place = |place: &&str| file == *place || room == Some(*place);
            if names(&text, name) && !places.iter().any(is_place) {
                wrong.push(format!("{file} names `{name}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rooms_without_effects_have_none() {
    let program = program();
    let in_room = |room: &str| {
        let (folder, file) = (format!("{room}/"), format!("{room}.rs"));
        program
            .iter()
            .filter(move |(path, _)| path.starts_with(&folder) || *path == file)
    };
    let mut wrong = Vec::new();
    for room in PURE {
        assert!(in_room(room).next().is_some(), "there is no room `{room}`");
        for (path, text) in in_room(room) {
            let named = IMPURE.iter().filter(|name| names(text, name));
            wrong.extend(named.map(|name| format!("{path} names `{name}`")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
