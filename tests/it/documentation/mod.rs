//! The manual: whatever the README and `docs/` show is run, loaded or compared, so that none of it can become untrue.

mod agent;
mod commands;
mod guard;
mod help;
mod links;
mod markdown;
mod snippets;
mod tables;
mod transcript;
mod workspace;

use std::path::PathBuf;

use crate::committed;

/// One page of the manual.
struct Page {
    /// Its path in the repository, e.g. `docs/errors.md`.
    name: String,
    text: String,
}

impl Page {
    fn read(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: std::fs::read_to_string(committed::path(name)).unwrap(),
        }
    }
}

/// Every page: the README and those in `docs`.
fn pages() -> Vec<Page> {
    let mut names: Vec<PathBuf> = std::fs::read_dir(committed::path("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    names.sort();
    let names = names
        .iter()
        .map(|path| format!("docs/{}", path.file_name().unwrap().to_str().unwrap()));
    std::iter::once("README.md".to_owned())
        .chain(names)
        .map(|name| Page::read(&name))
        .collect()
}
