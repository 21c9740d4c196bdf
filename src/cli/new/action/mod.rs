//! `toolgate new action`: an action with code that runs as it is, and its entry in the connector's file.
//!
//! A language is one file here, and one line in [`Language`]. Must never change what is already written: the connector's
//! files are only added to.

mod component;
mod connector;
mod javascript;
mod python;
mod rust;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::files::{File, quoted};
use crate::cli::{Failure, Global, assemble, output};
use crate::connector::slug_of;
use connector::{Added, Folder, append};

/// Longest name of an action.
const LONGEST_NAME: usize = 100;

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
        let entry = entry(&self.name, folder.readable_path(), &draft.code);
        let added = folder.with(&self.name, &entry, &draft);
        write_all(folder.path(), &draft.files)?;
        // Compilers do not make the folder of what they make.
        if let Some(code) = folder.path().join(&draft.code).parent() {
            fs::create_dir_all(code).with_context(|| format!("cannot create {}", code.display()))?;
        }
        if let Added::ToFile(text) = &added
            && let Err(error) = append(folder.main(), text)
        {
            // Code that no action names would be in the way of the next try.
            for file in &draft.files {
                drop(fs::remove_file(folder.path().join(&file.path)));
            }
            return Err(error.into());
        }
        for file in &draft.files {
            output::say(&format!(
                "Wrote {}: {}",
                folder.path().join(&file.path).display(),
                file.purpose
            ))?;
        }
        let main = folder.main().display();
        match added {
            Added::ToFile(_) => {
                output::say(&format!("Added the action to the end of {main}."))?;
                if let Some((page, line)) = folder.skill(&self.name) {
                    append(page, &line)?;
                    output::say(&format!("Added a line about it to {}.", page.display()))?;
                }
            }
            Added::ByHand { reason, text } => output::say(&format!("{reason}. Put this into {main}:\n\n{text}"))?,
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

/// The action in the connector's file. It only reads until its author says otherwise.
fn entry(name: &str, path: &str, code: &Path) -> String {
    let is_component = code.extension().is_some_and(|ending| ending == "wasm");
    let key = if is_component { "component" } else { "code" };
    let code = quoted(&code.to_string_lossy().replace('\\', "/"));
    let description = quoted(&format!(
        "Returns the first entries of the list at {path}. Say here what it returns, and when an agent should use it."
    ));
    format!(
        r#"
[[actions]]
name = "{name}"
description = {description}
effect = "read"
{key} = {code}

[[actions.input]]
name = "limit"
description = "How many entries to return at most."
default = 5
schema = {{ type = "integer", minimum = 1, maximum = 50 }}
"#
    )
}

/// Writes everything, or nothing over what was there before.
fn write_all(folder: &Path, files: &[File]) -> Result<(), Failure> {
    let paths: Vec<_> = files.iter().map(|file| folder.join(&file.path)).collect();
    if let Some(taken) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(Failure::Other(anyhow::anyhow!(
            "{} is there already; name another action, or remove it",
            taken.display()
        )));
    }
    for (file, path) in files.iter().zip(&paths) {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
        }
        fs::File::create_new(path)
            .and_then(|mut opened| opened.write_all(file.text.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
