//! `toolgate apis add` (contract S1-70): a connector that was written elsewhere is checked and put beside the others.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;

use super::edit::tell_of;
use crate::catalog::{Catalog, Loader, folder};
use crate::cli::secrets::{self, Place};
use crate::cli::{Failure, Global, assemble, disk, output};
use crate::crypto;

/// Add an API: its connector is checked, and copied to the others. With an error, nothing is written.
///
/// Of a folder, the definition, its code, SKILL.md and AGENTS.md are copied. `toolgate new connector` writes one to
/// start from.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// The connector's file, or its folder.
    #[arg(long, value_name = "PATH")]
    file: PathBuf,
}

impl Add {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let shown = self.file.display();
        if locations.connectors.is_file() {
            return Err(Failure::Usage(anyhow::anyhow!(
                "{} is a single connector: name the folder that is to hold several with --connectors",
                locations.connectors.display()
            )));
        }
        let sources = folder::read(&self.file);
        let report = Loader::default().load_sources(folder::read(&self.file));
        tell_of(&report);
        if report.has_errors() {
            return Err(Failure::Told);
        }
        let ([source], [connector]) = (sources.connectors.as_slice(), report.catalog.connectors()) else {
            let found = sources.connectors.len();
            return Err(Failure::Usage(anyhow::anyhow!(
                "{shown} holds {found} connectors: name the file or the folder of one"
            )));
        };
        let slug = &connector.slug;
        // Those that are there come first, and keep their names.
        let mut all = Loader::default()
            .load(&locations.connectors)
            .catalog
            .connectors()
            .to_vec();
        all.push(Arc::clone(connector));
        if let Some(taken) = Catalog::assemble(all).1.first() {
            return Err(Failure::Other(anyhow::anyhow!(
                "the name `{}` is taken by another API: give {shown} another `slug`, or edit that one with \
                 `toolgate apis edit`",
                taken.name
            )));
        }
        let target = place(source, slug, &locations.connectors);
        if fs::symlink_metadata(&target).is_ok() {
            return Err(Failure::Other(anyhow::anyhow!(
                "{} is there already: rename or remove it first",
                target.display()
            )));
        }
        copy(source, &target)?;
        for missing in secrets::unset(report.catalog.connectors(), Place::Folder(&locations.state), None).await {
            output::complain(&format!("warning: {missing}"));
        }
        Ok(output::say(&format!(
            "{slug} is added as {}; tools: {}",
            target.display(),
            report.catalog.tools().len()
        ))?)
    }
}

/// Where the connector will be: under its slug, with the ending that its file has.
fn place(source: &folder::ConnectorSource, slug: &str, connectors: &Path) -> PathBuf {
    let ending = source.path.extension().filter(|_| source.path.is_file());
    match ending {
        Some(ending) => connectors.join(slug).with_extension(ending),
        None => connectors.join(slug),
    }
}

/// Copies under a name that nobody loads, and renames: a server that watches sees the whole connector at once, and one
/// that loads.
fn copy(source: &folder::ConnectorSource, target: &Path) -> Result<(), Failure> {
    let writing = || format!("cannot write {}", target.display());
    let connectors = target.parent().context("it has no folder").with_context(writing)?;
    fs::create_dir_all(connectors).with_context(writing)?;
    let mut name = format!(".{}", crypto::random_id().map_err(anyhow::Error::from)?);
    if let Some(ending) = target.extension().and_then(OsStr::to_str) {
        // Its ending says how a single file is read.
        name = format!("{name}.{ending}");
    }
    let unfinished = connectors.join(name);
    let copied = copy_files(source, &unfinished).with_context(writing);
    let copied = copied.map_err(Failure::from).and_then(|()| {
        check(&unfinished, target)?;
        Ok(fs::rename(&unfinished, target).with_context(writing)?)
    });
    if copied.is_err() {
        // What is left of it is hidden, and no reason to hide the error.
        drop(disk::remove(&unfinished));
    }
    copied
}

fn copy_files(source: &folder::ConnectorSource, to: &Path) -> anyhow::Result<()> {
    if source.path.is_file() {
        fs::copy(&source.path, to)?;
        return Ok(());
    }
    let place = |relative: &Path| -> anyhow::Result<PathBuf> {
        let place = to.join(relative);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(place)
    };
    for file in &source.files {
        fs::copy(&file.shown, place(&file.relative)?)?;
    }
    for code in &source.code {
        // What cannot be read is missed by the check of the copy if an action names it.
        let Ok(bytes) = code.content() else { continue };
        fs::write(place(&code.relative)?, bytes)?;
    }
    Ok(())
}

/// Refuses a copy that does not load, whatever the files were when they were read.
fn check(copy: &Path, target: &Path) -> Result<(), Failure> {
    let report = Loader::default().load(copy);
    if !report.has_errors() && report.catalog.connectors().len() == 1 {
        return Ok(());
    }
    tell_of(&report);
    Err(Failure::Other(anyhow::anyhow!(
        "{} would not load; nothing was written",
        target.display()
    )))
}
