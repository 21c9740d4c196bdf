//! `toolgate new action`: an action with code that runs as it is, and its entry in the connector's file.
//!
//! A language is one file here, and one line in [`Language`]. Must never change what is already written: the connector's
//! files are only added to, and what cannot be written as a whole is not written at all.

mod advice;
mod changes;
mod component;
mod connector;
mod entry;
mod javascript;
mod links;
mod lookup;
mod place;
mod python;
mod rust;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::files::{File, quoted};
use crate::cli::{Failure, Global, assemble, output};
use crate::connector::slug_of;
use changes::Changes;
use connector::{Added, Folder};
use entry::Entry;

/// Longest name of an action that stands for itself: what connectors take as a slug.
const LONGEST_NAME: usize = 64;

/// Write the code of a new action, and name it in its connector.
#[derive(Debug, Args)]
pub(super) struct Action {
    /// Its name, e.g. `customer_overview`: the tool and the file are named after it.
    name: String,
    /// The connector's folder, or its name in the folder of connectors [default: the only one there].
    #[arg(long, value_name = "FOLDER")]
    connector: Option<String>,
    /// What it is written in.
    #[arg(long, value_enum, default_value_t = Language::Js)]
    lang: Language,
}

/// What actions are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    /// JavaScript
    Js,
    /// Rust, as a WebAssembly component
    Rust,
    /// Python, as a WebAssembly component
    Python,
}

/// What a new action is about.
struct Subject<'a> {
    /// Its name.
    name: &'a str,
    /// A path of the API that answers without arguments, below its base URL.
    path: &'a str,
    /// The connector's folder.
    folder: &'a Path,
}

/// What a language makes of a subject.
struct Draft {
    /// Files to write; their paths are relative to the connector's folder.
    files: Vec<File>,
    /// The code that the entry names, relative to the connector's folder, e.g. `actions/a.js`. It need not be one of the
    /// files: a component comes to be by the steps.
    code: PathBuf,
    /// Commands that its author runs before the first try, e.g. to compile it.
    steps: Vec<String>,
}

impl Language {
    fn draft(self, subject: &Subject<'_>) -> Draft {
        match self {
            Self::Js => javascript::draft(subject),
            Self::Rust => rust::draft(subject),
            Self::Python => python::draft(subject),
        }
    }
}

impl Action {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        check_name(&self.name)?;
        let connectors = assemble::locations(global)?.connectors;
        let folder = Folder::find(&connectors, self.connector.as_deref())?;
        folder.check_is_free(&self.name)?;
        let draft = self.lang.draft(&Subject {
            name: &self.name,
            path: folder.readable_path(),
            folder: folder.path(),
        });
        let places = draft.files.iter().map(|file| file.path.as_path());
        links::check(folder.path(), places.chain([draft.code.as_path()]))?;
        check_places(folder.path(), &draft)?;
        let entry = Entry::new(&self.name, folder.readable_path(), &draft.code);
        let added = folder.with(&entry, &draft)?;
        let skill = folder.skill(&self.name)?;
        let within = |path: &Path| folder.path().join(path);
        let files = draft.files.iter();
        let mut changes = Changes {
            files: files.map(|file| (within(&file.path), file.text.clone())).collect(),
            // Compilers do not make the folder of what they make.
            folders: draft.code.parent().map(within).into_iter().collect(),
            edits: Vec::new(),
        };
        match added {
            Added::ToFile(edit) => {
                let place = if folder.is_at_end(&edit) { "the end of " } else { "" };
                changes.edits.push(edit);
                changes.edits.extend(skill);
                changes.write()?;
                tell_files(&folder, &draft)?;
                output::say(&format!("Added the action to {place}{}.", folder.main().display()))?;
                if let [_, skill] = changes.edits.as_slice() {
                    output::say(&format!("Added a line about it to {}.", skill.path.display()))?;
                }
            }
            Added::ByHand { reason, steps } => {
                changes.write()?;
                tell_files(&folder, &draft)?;
                output::say(&format!("{reason}."))?;
                let skill = skill.map(|edit| advice::Step {
                    what: format!("Put this at the end of {}", edit.path.display()),
                    text: edit.text.trim().to_owned(),
                });
                for step in steps.into_iter().chain(skill) {
                    output::say(&format!("\n{}:\n\n{}", step.what, step.text))?;
                }
            }
        }
        let mut steps = draft.steps;
        steps.extend(folder.step_before());
        steps.push(format!(
            "toolgate test {}{}",
            folder.tool_name(&self.name),
            folder.flag(&connectors)
        ));
        let steps = steps
            .iter()
            .enumerate()
            .map(|(index, step)| format!("  {}. {step}", index + 1));
        Ok(output::say(&format!(
            "\nNext:\n{}",
            steps.collect::<Vec<_>>().join("\n")
        ))?)
    }
}

/// Names are what tools and files are called.
fn check_name(name: &str) -> Result<(), Failure> {
    let slug = slug_of(name);
    let problem = if slug.is_empty() {
        format!("{name:?} has no letter or digit that an action can be named after")
    } else if slug != name {
        format!(
            "{name:?} cannot be the name of an action and of its file: use lower-case letters, digits and `_`, e.g. `{slug}`"
        )
    } else if name.len() > LONGEST_NAME {
        format!(
            "the name has {} characters; an action's has at most {LONGEST_NAME}",
            name.len()
        )
    } else {
        return Ok(());
    };
    Err(Failure::Usage(anyhow::anyhow!(problem)))
}

/// Refuses to write over what is there. A component that is there already would be taken for the new action's.
fn check_places(folder: &Path, draft: &Draft) -> Result<(), Failure> {
    let written = draft.files.iter().map(|file| file.path.as_path());
    let taken = written
        .chain([draft.code.as_path()])
        .map(|path| folder.join(path))
        .find(|path| path.symlink_metadata().is_ok());
    taken.map_or(Ok(()), |taken| {
        Err(Failure::Other(anyhow::anyhow!(
            "{} is there already; name another action, or remove it",
            taken.display()
        )))
    })
}

fn tell_files(folder: &Folder, draft: &Draft) -> std::io::Result<()> {
    draft.files.iter().try_for_each(|file| {
        let path = folder.path().join(&file.path);
        output::say(&format!("Wrote {}: {}", path.display(), file.purpose))
    })
}
