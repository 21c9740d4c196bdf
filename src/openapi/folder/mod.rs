//! An import as the files of a connector in the full tier.
//!
//! The files are what is served: small, readable, and open to changes by hand. Reading the description itself at every
//! start would cost its whole size each time, and there would be nowhere to write a better name.

mod connector_file;
mod notation;
mod pages;
mod services;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use pages::next_steps;

use super::model::{Action, Import};
use super::processors::shared_out;
use crate::connector::{self, SourceFile};
use crate::diagnostics::Diagnostic;

/// How often what does not load is taken out before the rest is left to its user.
const MOST_ROUNDS: usize = 3;

/// Bytes of files of actions that are loaded at once: the connector's own file is loaded with them each time.
const LOADED_AT_ONCE: usize = 32 * 1024;

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Relative to the connector's folder, e.g. `services/pet.toml`.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// What the user says about the connector.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// The name people read.
    pub name: String,
    /// The name in tool names.
    pub slug: String,
    /// Networks that the API must belong to, when it is not public.
    pub networks: Vec<String>,
    /// Name of the description's file in `openapi`.
    pub document: String,
}

/// A connector's folder, ready to be written.
#[derive(Debug)]
pub struct Folder {
    /// Its files, without those in `openapi`.
    pub files: Vec<File>,
    /// What is wrong with them: nothing, unless the user's own settings are.
    pub errors: Vec<Diagnostic>,
}

/// Writes `import` down. Every file is loaded as it will be when it is served; an action that does not load is taken
/// out, and the report says why.
#[must_use]
pub fn folder(import: &mut Import, target: &Target) -> Folder {
    let mut round = 0;
    loop {
        round += 1;
        let written = written(import, target);
        let errors = written.errors();
        let unusable: BTreeMap<String, String> = errors
            .iter()
            .filter_map(|error| Some((written.action_at(error)?, error.message.clone())))
            .collect();
        if unusable.is_empty() || round > MOST_ROUNDS {
            return Folder {
                files: written.files,
                errors,
            };
        }
        import.actions.retain(|action| !unusable.contains_key(&action.name));
        for (name, reason) in unusable {
            import
                .report
                .withdraw(&name, format!("what was made of it does not load: {reason}"));
        }
    }
}

/// Files, and where each action stands.
struct Written {
    files: Vec<File>,
    /// File, first line, and name of each action, in order.
    places: Vec<(String, usize, String)>,
}

impl Written {
    /// What keeps the files from loading. A few files of actions are looked at at a time: loaded connectors are much
    /// larger than their files, and no action depends on another.
    fn errors(&self) -> Vec<Diagnostic> {
        let (services, rest): (Vec<&File>, Vec<&File>) = self
            .files
            .iter()
            .partition(|file| file.path.starts_with(services::FOLDER));
        let rest: Vec<SourceFile> = rest.into_iter().map(source).collect();
        let mut loads: Vec<Vec<&File>> = Vec::new();
        let mut bytes = LOADED_AT_ONCE;
        for file in services {
            bytes += file.text.len();
            if bytes > LOADED_AT_ONCE {
                loads.push(Vec::new());
                bytes = file.text.len();
            }
            if let Some(load) = loads.last_mut() {
                load.push(file);
            }
        }
        let found = shared_out(loads.len(), |taken| {
            taken
                .map(|index| {
                    let own = loads[index].iter().map(|file| source(file));
                    let sources: Vec<SourceFile> = rest.iter().cloned().chain(own).collect();
                    let found = connector::load(&sources).diagnostics;
                    (
                        index,
                        found.into_iter().filter(Diagnostic::is_error).collect::<Vec<_>>(),
                    )
                })
                .collect()
        });
        let mut errors: Vec<Diagnostic> = Vec::new();
        for error in found.into_iter().flatten() {
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        errors
    }

    /// The action that an error is about.
    fn action_at(&self, error: &Diagnostic) -> Option<String> {
        let file = error.file.to_str()?;
        let mut own = self
            .places
            .iter()
            .filter(|(path, line, _)| path == file && *line <= error.line);
        own.next_back().map(|(_, _, name)| name.clone())
    }
}

fn source(file: &File) -> SourceFile {
    SourceFile {
        shown: PathBuf::from(&file.path),
        relative: PathBuf::from(&file.path),
        text: file.text.clone(),
    }
}

fn written(import: &Import, target: &Target) -> Written {
    let mut groups: BTreeMap<&str, Vec<&Action>> = BTreeMap::new();
    for action in &import.actions {
        groups.entry(&action.group).or_default().push(action);
    }
    let mut files = vec![File {
        path: "connector.toml".to_owned(),
        text: connector_file::text(import, target),
    }];
    let mut places = Vec::new();
    let listed: Vec<(&&str, &Vec<&Action>)> = groups.iter().collect();
    let made = shared_out(listed.len(), |taken| {
        taken
            .map(|index| (index, services::files(listed[index].0, listed[index].1)))
            .collect()
    });
    for of_group in made {
        for (file, starts) in of_group {
            places.extend(starts.into_iter().map(|(line, name)| (file.path.clone(), line, name)));
            files.push(file);
        }
    }
    files.push(File {
        path: "SKILL.md".to_owned(),
        text: pages::skill(import, target, &groups),
    });
    files.push(File {
        path: "AGENTS.md".to_owned(),
        text: pages::agents(target),
    });
    Written { files, places }
}

#[cfg(test)]
mod tests;
