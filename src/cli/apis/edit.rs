//! `toolgate apis edit`.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use clap::Args;

use super::place_of;
use crate::catalog::{Loader, Report, folder};
use crate::cli::{Failure, Global, assemble, output};
use crate::config::environment_variable;
use crate::diagnostics::Severity;

/// Variables that name the user's editor, in the order of their weight, and what is opened without them.
const EDITORS: [&str; 2] = ["VISUAL", "EDITOR"];
const FALLBACK_EDITOR: &str = "vi";

/// Open an API's file in $VISUAL or $EDITOR, and check it afterwards.
///
/// A running server reads it again by itself, and serves what is broken as it last worked.
#[derive(Debug, Args)]
pub(super) struct Edit {
    /// The API's slug; while its files are broken, the name of its file or folder.
    slug: String,
    /// Another of its files, e.g. services/ticket.toml.
    #[arg(long)]
    file: Option<PathBuf>,
}

impl Edit {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let report = Loader::default().load(&locations.connectors);
        let place = place_of(&report, &self.slug)?;
        let file = self.file_in(&place)?;
        let editor = editor(&file)?;
        tokio::task::spawn_blocking(move || edit(&editor, &file))
            .await
            .context("the editor cannot be run")??;
        check(&place)
    }

    /// The file to open: only one that belongs to the API.
    fn file_in(&self, place: &Path) -> Result<PathBuf, Failure> {
        let sources = folder::read(place);
        let mut files = sources.connectors.iter().flat_map(|source| &source.files);
        match &self.file {
            // The first one by its name may be any: the main one is called `connector`, or is alone.
            None if place.is_file() => Ok(place.to_owned()),
            None => files
                .find(|file| file.relative.file_stem().is_some_and(|stem| stem == "connector"))
                .map(|file| file.shown.clone())
                .ok_or_else(|| Failure::Other(anyhow::anyhow!("{} cannot be read", place.display()))),
            Some(wanted) => files
                .find(|file| file.relative == *wanted)
                .map(|file| file.shown.clone())
                .ok_or_else(|| {
                    Failure::Usage(anyhow::anyhow!(
                        "`{}` is not a file of `{}`",
                        wanted.display(),
                        self.slug
                    ))
                }),
        }
    }
}

/// The editor that is named, or the one that every terminal has.
fn editor(file: &Path) -> Result<String, Failure> {
    let named = EDITORS.iter().find_map(|name| environment_variable(name));
    // A named one may have a window of its own.
    if named.is_none() && !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(anyhow::anyhow!(
            "there is no terminal to edit in: change {} some other way and run `toolgate check`, or name an editor in VISUAL \
             or EDITOR",
            file.display()
        )));
    }
    Ok(named.unwrap_or_else(|| FALLBACK_EDITOR.to_owned()))
}

fn edit(editor: &str, file: &Path) -> anyhow::Result<()> {
    // `code --wait` is a program and its argument.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or(FALLBACK_EDITOR);
    let status = Command::new(program)
        .args(words)
        .arg(file)
        .status()
        .with_context(|| format!("cannot run the editor `{editor}`; name another in VISUAL or EDITOR"))?;
    if status.success() {
        return Ok(());
    }
    anyhow::bail!("the editor `{editor}` ended with {status}")
}

/// Tells everything that was found, warnings included.
pub(super) fn tell_of(report: &Report) {
    if !report.diagnostics.is_empty() {
        output::complain_of(&report.diagnostics);
    }
    for problem in assemble::problems(report) {
        output::complain(&format!("error: {problem}"));
    }
}

fn check(place: &Path) -> Result<(), Failure> {
    let report = Loader::default().load(place);
    tell_of(&report);
    if report.has_errors() {
        return Err(Failure::Told);
    }
    let warnings = report
        .diagnostics
        .iter()
        .filter(|finding| finding.severity == Severity::Warning)
        .count();
    let tools = report.catalog.tools().len();
    Ok(output::say(&format!(
        "no errors; tools: {tools}, warnings: {warnings}"
    ))?)
}
