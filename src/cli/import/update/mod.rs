//! `toolgate import --update`: a connector imported again, with a look at what changes first.
//!
//! Must never lose what a person edited: it is kept, or the update is refused.

mod folder;
mod plan;
mod told;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use super::overlays::Overlays;
use super::record::{self, Origin, REPORT};
use super::source::{Content, Source};
use super::{Import, Made, make};
use crate::catalog;
use crate::cli::{Failure, Global, output, terminal};
use crate::config::{self, Locations};
use crate::connector::{self, CodeFile, SourceFile, model::Connector};
use crate::crypto::sha256_hex;
use crate::openapi::{Difference, Documents, KeptName};
use plan::Fate;

/// What an update comes to.
struct Update {
    /// The connector's folder.
    folder: PathBuf,
    before: Origin,
    /// What the actions were called.
    names: Vec<KeptName>,
    after: Origin,
    made: Made,
    difference: Difference,
    fates: BTreeMap<String, Fate>,
    /// Whether something that was edited is written over.
    is_written_over: bool,
}

/// What was put in the connector's place.
struct Put {
    /// Where the folder as it was is kept, when something edited was written over.
    backup: Option<PathBuf>,
    /// Why that folder is not where it should be, or not gone.
    left_over: Option<anyhow::Error>,
}

impl Import {
    /// Imports `connector` again, a slug or a folder.
    pub(super) async fn update(self, connector: &str, global: &Global, locations: &Locations) -> Result<(), Failure> {
        let folder = folder_of(connector, locations);
        if let Some(place) = folder::restore(&folder)? {
            output::complain(&format!(
                "note: {} is back: an update that did not end had left it as {}",
                folder.display(),
                place.display()
            ));
        }
        let (before, names) = record::read(&folder)?;
        let (documents, source) = self.source_of(&folder, &before, global).await?;
        let update = self.compare(folder, before, names, (documents, &source))?;
        let lines = told::compared(&update);
        if update.is_nothing() {
            return self.tell(&update, false, &["Nothing has changed.".to_owned()]);
        }
        let refused: Vec<String> = update.refused();
        if !refused.is_empty() {
            output::complain(&lines.join("\n"));
            return Err(Failure::Other(anyhow::anyhow!(
                "nothing was written: {}; move what you changed to an overlay, or say --overwrite, which keeps the \
                 folder as it is now beside the new one",
                refused.join("; ")
            )));
        }
        if !self.yes && !terminal::Terminal::detect().is_attended() {
            self.tell(&update, false, &lines)?;
            return Err(Failure::Waiting(anyhow::anyhow!(
                "nothing was written: nobody is here to ask; say --yes to update {}",
                update.folder.display()
            )));
        }
        if !self.yes {
            output::complain(&lines.join("\n"));
            let question = format!("\nUpdate {}?", update.folder.display());
            terminal::confirm(&question, "the connector is updated").await?;
        }
        let put = update.write(&source)?;
        if let Some(error) = &put.left_over {
            output::complain(&format!("warning: the connector is updated, but {error:#}"));
        }
        let mut written = if self.yes { lines } else { Vec::new() };
        written.extend(told::written(&update, put.backup.as_deref()));
        self.tell(&update, true, &written)
    }

    /// The description: the one that is named, else the one that was read before. Likewise its overlays.
    async fn source_of(&self, folder: &Path, before: &Origin, global: &Global) -> Result<(Documents, Source), Failure> {
        let overlays = if self.choice.overlay.is_empty() {
            Overlays::read(&overlays_in(folder, before))?
        } else {
            Overlays::read(&self.choice.overlay)?
        };
        let spec = match (&self.spec, &before.from) {
            (Some(spec), _) => spec.clone(),
            (None, Some(from)) if from.contains("://") => from.clone(),
            (None, Some(from)) => folder.join(from).display().to_string(),
            (None, None) => {
                return Err(Failure::Usage(anyhow::anyhow!(
                    "the description was read from a URL with a secret in it, which is not kept: say where it is, behind \
                     --update {}",
                    before.slug
                )));
            }
        };
        let choice = self.choice.clone().or(&before.choice);
        choice.read(&spec, global, overlays).await
    }

    /// What the connector would be, beside what it is.
    fn compare(
        &self,
        folder: PathBuf,
        before: Origin,
        names: Vec<KeptName>,
        (documents, source): (Documents, &Source),
    ) -> Result<Update, Failure> {
        let choice = self.choice.clone().or(&before.choice);
        let mut options = choice.options(&before.slug, source)?;
        options.kept.clone_from(&names);
        let made = make(documents, source, &options, &choice, before.name.clone())?;
        // The copy in the connector's own folder is not where the description comes from.
        let is_own_copy = self
            .spec
            .as_ref()
            .is_some_and(|spec| is_within(Path::new(spec), &folder.join("openapi")));
        let mut after = made.origin(source, &choice, &folder)?;
        if is_own_copy || self.spec.is_none() {
            after.from.clone_from(&before.from);
        }
        let present = |path: &str| fs::read(folder.join(path)).ok().map(|bytes| sha256_hex(&bytes));
        let fates = plan::plan(&before.generated, &after.generated, &present, false);
        let has_edits = fates.values().any(|fate| matches!(fate, Fate::Refused(_)));
        let is_written_over = has_edits && self.overwrite;
        let fates = if is_written_over {
            plan::plan(&before.generated, &after.generated, &present, true)
        } else {
            fates
        };
        let (files, code) = files_of(&folder)?;
        let old = loaded(&files, &code, "the connector has errors as it is: fix them first")?;
        let new = loaded(
            &made.applied(&folder, files, &fates),
            &code,
            "nothing was written: the connector would have errors",
        )?;
        Ok(Update {
            difference: Difference::between(&old, &new),
            folder,
            before,
            names,
            after,
            made,
            fates,
            is_written_over,
        })
    }

    fn tell(&self, update: &Update, is_written: bool, lines: &[String]) -> Result<(), Failure> {
        if !self.json {
            return Ok(output::say(&lines.join("\n"))?);
        }
        let files: BTreeMap<&String, &str> = update
            .fates
            .iter()
            .filter_map(|(path, fate)| Some((path, told::fate(*fate)?)))
            .collect();
        Ok(output::say_json(&json!({
            "before": { "sha256": update.before.sha256, "imported_at": update.before.imported_at },
            "after": { "sha256": update.after.sha256 },
            "difference": update.difference,
            "files": files,
            "written": is_written,
        }))?)
    }
}

impl Update {
    /// Whether everything is as it was, the description and what was asked for included.
    fn is_nothing(&self) -> bool {
        let is_settled = |fate: &Fate| matches!(fate, Fate::Same | Fate::Stays);
        self.before.sha256 == self.after.sha256
            && self.before.overlays == self.after.overlays
            && self.before.generated == self.after.generated
            && self.before.choice == self.after.choice
            && self.before.from == self.after.from
            && self.fates.values().all(is_settled)
    }

    /// The method and path of the operation whose action was called `name`.
    fn operation_of(&self, name: &str) -> Option<(&str, &str)> {
        let known = self.names.iter().find(|one| one.name == name)?;
        Some((&known.method, &known.path))
    }

    /// Why the update is refused, one sentence for each file.
    fn refused(&self) -> Vec<String> {
        let all = self.fates.iter().filter_map(|(path, fate)| match fate {
            Fate::Refused(edit) => Some(format!("{} {}", self.folder.join(path).display(), edit.as_str())),
            _ => None,
        });
        all.collect()
    }

    /// Writes everything down.
    fn write(&self, source: &Source) -> Result<Put, Failure> {
        let report =
            serde_json::to_string_pretty(&self.made.report(&self.after)).context("cannot write the report")? + "\n";
        let mut files: BTreeMap<String, Option<Content<'_>>> = BTreeMap::new();
        let old = self
            .before
            .overlays
            .iter()
            .map(|one| &one.file)
            .chain(&self.before.kept);
        files.extend(old.map(|path| (path.clone(), None)));
        let documents = source.files();
        files.extend(documents.map(|(path, content)| (format!("openapi/{path}"), Some(content))));
        files.insert(REPORT.to_owned(), Some(Content::Text(&report)));
        for (path, fate) in &self.fates {
            match fate {
                Fate::Written => {
                    let made = self.made.folder.files.iter().find(|file| file.path == *path);
                    files.insert(path.clone(), made.map(|file| Content::Text(&file.text)));
                }
                Fate::Removed => {
                    files.insert(path.clone(), None);
                }
                Fate::Same | Fate::Stays | Fate::StaysBehind | Fate::Refused(_) => {}
            }
        }
        let moment = self.after.imported_at.replace([':', '-'], "");
        let backup = self
            .is_written_over
            .then(|| folder::beside(&self.folder, &format!("before-{moment}")));
        let left_over = folder::replace(&self.folder, &files, backup.as_deref())?;
        Ok(Put {
            backup: backup.filter(|_| left_over.is_none()),
            left_over,
        })
    }
}

/// The overlays that were kept and are still there; else one that somebody put where it would be kept.
fn overlays_in(folder: &Path, before: &Origin) -> Vec<PathBuf> {
    let mut kept = before.overlays.iter().map(|one| one.file.as_str());
    let usual = ["openapi/overlay.yaml", "openapi/overlay.json"];
    let there = |paths: &mut dyn Iterator<Item = &str>| -> Vec<PathBuf> {
        paths
            .map(|path| folder.join(path))
            .filter(|path| path.is_file())
            .collect()
    };
    let found = there(&mut kept);
    if found.is_empty() {
        there(&mut usual.into_iter()).into_iter().take(1).collect()
    } else {
        found
    }
}

/// The folder that is meant by a connector's name or path.
fn folder_of(connector: &str, locations: &Locations) -> PathBuf {
    let named = Path::new(connector);
    if named.join(REPORT).is_file() || connector.contains(['/', '\\']) {
        named.to_owned()
    } else {
        locations.connectors.join(connector::slug_of(connector))
    }
}

fn is_within(file: &Path, folder: &Path) -> bool {
    match (fs::canonicalize(file), fs::canonicalize(folder)) {
        (Ok(file), Ok(folder)) => file.starts_with(folder),
        _ => false,
    }
}

/// The files of the connector in `folder` that are loaded.
fn files_of(folder: &Path) -> Result<(Vec<SourceFile>, Vec<CodeFile>), Failure> {
    let mut sources = catalog::folder::read(folder);
    if let Some(problem) = sources.problems.pop() {
        return Err(Failure::Other(problem.into()));
    }
    let Some(connector) = sources.connectors.pop() else {
        return Err(Failure::Other(anyhow::anyhow!(
            "{} holds no connector",
            folder.display()
        )));
    };
    Ok((connector.files, connector.code))
}

fn loaded(files: &[SourceFile], code: &[CodeFile], problem: &str) -> Result<Connector, Failure> {
    let loaded = connector::load_with(files, code, &config::environment_variable);
    loaded.connector.ok_or_else(|| {
        output::complain_of(&loaded.diagnostics);
        Failure::Other(anyhow::anyhow!("{problem}"))
    })
}

impl Made {
    /// The files of a connector once every file has had its fate.
    fn applied(&self, folder: &Path, files: Vec<SourceFile>, fates: &BTreeMap<String, Fate>) -> Vec<SourceFile> {
        let fate_of = |path: &Path| path.to_str().and_then(|path| fates.get(path));
        let is_left = |file: &SourceFile| {
            matches!(
                fate_of(&file.relative),
                None | Some(Fate::Same | Fate::Stays | Fate::StaysBehind)
            )
        };
        let mut applied: Vec<SourceFile> = files.into_iter().filter(is_left).collect();
        let made = self
            .folder
            .files
            .iter()
            .filter(|file| matches!(fates.get(&file.path), Some(Fate::Written | Fate::Refused(_))));
        applied.extend(made.map(|file| SourceFile {
            shown: folder.join(&file.path),
            relative: PathBuf::from(&file.path),
            text: file.text.clone(),
        }));
        applied.sort_by(|one, other| one.relative.cmp(&other.relative));
        applied
    }
}
