//! Loading a folder again and again: what did not change is kept, what broke stays as it last worked.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::{self, ConnectorSource, ReadError};
use super::snapshot::{Catalog, Collision};
use crate::config::environment_variable;
use crate::connector::model::Connector;
use crate::connector::{self, SourceFile, Unreported};
use crate::crypto::sha256_hex;
use crate::diagnostics::{Diagnostic, Severity};

/// Loads connectors and remembers the last good state of each.
#[derive(Debug, Default)]
pub struct Loader {
    last_good: HashMap<PathBuf, Remembered>,
}

#[derive(Debug, Clone)]
struct Remembered {
    hash: String,
    connector: Arc<Connector>,
}

/// Finds faults of a connector that only show when its code is prepared.
pub type Examine<'a> = dyn Fn(&ConnectorSource) -> Vec<Diagnostic> + 'a;

/// What one loading found.
#[derive(Debug, Default)]
pub struct Report {
    /// Everything that can be served.
    pub catalog: Catalog,
    /// What to tell the authors, errors and warnings. Files that did not change are not reported again.
    pub diagnostics: Vec<Diagnostic>,
    /// How many there are beside those, of connectors with very many.
    pub unreported: Unreported,
    /// Files and folders that cannot be read.
    pub unreadable: Vec<ReadError>,
    /// Connectors left out because of their names.
    pub crowded_out: Vec<CrowdedOut>,
    /// Slugs of connectors that are served as they last worked, because their files are broken now.
    pub kept: Vec<String>,
    /// Where each connector of the catalog comes from.
    pub origins: Vec<Origin>,
    /// Files and folders of connectors that are not in the catalog because they are broken.
    pub left_out: Vec<PathBuf>,
    /// Whether the catalog differs from that of the loading before.
    pub changed: bool,
}

/// Where a connector comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The connector's slug.
    pub slug: String,
    /// Its folder, or its single file.
    pub path: PathBuf,
    /// Digest of its files.
    pub revision: String,
}

impl Origin {
    fn of(path: &Path, remembered: &Remembered) -> Self {
        Self {
            slug: remembered.connector.slug.clone(),
            path: path.to_owned(),
            revision: remembered.hash.clone(),
        }
    }
}

/// A connector that is left out because of its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrowdedOut {
    /// The name that another connector has.
    pub name: String,
    /// Where the connector comes from.
    pub origin: Origin,
}

impl Report {
    /// Whether anything keeps a connector from being served as its files say.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        !self.unreadable.is_empty()
            || !self.crowded_out.is_empty()
            || self
                .diagnostics
                .iter()
                .any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

impl Loader {
    /// Loads every connector in `folder`.
    pub fn load(&mut self, folder: &Path) -> Report {
        self.load_sources(folder::read(folder))
    }

    /// The same, where what would replace a connector that worked must also have no faults that `examine` finds.
    pub fn reload(&mut self, folder: &Path, examine: &Examine<'_>) -> Report {
        self.load_examined(folder::read(folder), examine)
    }

    /// Loads connectors that were read before.
    pub fn load_sources(&mut self, sources: folder::Sources) -> Report {
        self.load_examined(sources, &|_| Vec::new())
    }

    fn load_examined(&mut self, sources: folder::Sources, examine: &Examine<'_>) -> Report {
        let folder::Sources {
            connectors: sources,
            problems,
        } = sources;
        let mut report = Report {
            unreadable: problems,
            ..Report::default()
        };
        let mut next = HashMap::with_capacity(sources.len());
        let mut connectors = Vec::with_capacity(sources.len());
        for source in &sources {
            let hash = hash_of(source);
            let before = self.last_good.remove(&source.path);
            let readable = !report
                .unreadable
                .iter()
                .any(|problem| problem.path.starts_with(&source.path));
            let current = match before {
                Some(before) if before.hash == hash && readable => Some(before),
                before => {
                    let connector = if source.files.is_empty() {
                        None
                    } else {
                        let loaded = connector::load_with(&source.files, &source.code, &environment_variable);
                        report.diagnostics.extend(loaded.diagnostics);
                        report.unreported.add(loaded.unreported);
                        loaded.connector
                    };
                    let connector = connector.filter(|_| readable);
                    let faults = match (&connector, &before) {
                        (Some(_), Some(_)) => examine(source),
                        _ => Vec::new(),
                    };
                    let is_sound = faults.is_empty();
                    report.diagnostics.extend(faults);
                    match connector.filter(|_| is_sound) {
                        Some(connector) => {
                            report.changed = true;
                            Some(Remembered {
                                hash,
                                connector: Arc::new(connector),
                            })
                        }
                        None => before.inspect(|kept| report.kept.push(kept.connector.slug.clone())),
                    }
                }
            };
            if let Some(current) = current {
                connectors.push(Arc::clone(&current.connector));
                next.insert(source.path.clone(), current);
            } else {
                report.left_out.push(source.path.clone());
            }
        }
        // What is left over has lost its files, or they cannot be read now: then it stays as well.
        let mut left: Vec<_> = self.last_good.drain().collect();
        left.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        for (path, before) in left {
            let unreadable = |problem: &ReadError| path.starts_with(&problem.path) || problem.path.starts_with(&path);
            // A connector that was taken away is gone, whatever else cannot be read.
            let is_there = path.try_exists().unwrap_or(true);
            if is_there && report.unreadable.iter().any(unreadable) {
                report.kept.push(before.connector.slug.clone());
                connectors.push(Arc::clone(&before.connector));
                next.insert(path, before);
            } else {
                report.changed = true;
            }
        }
        self.last_good = next;
        let (catalog, collisions) = Catalog::assemble(connectors);
        report.catalog = catalog;
        let mut loaded: Vec<_> = self.last_good.iter().collect();
        loaded.sort_unstable_by(|(one_path, one), (other_path, other)| {
            let (one, other) = (&one.connector.slug, &other.connector.slug);
            one.cmp(other).then_with(|| one_path.cmp(other_path))
        });
        for (path, remembered) in loaded {
            let origin = Origin::of(path, remembered);
            let is_this = |collision: &&Collision| Arc::ptr_eq(&collision.connector, &remembered.connector);
            match collisions.iter().find(is_this) {
                Some(Collision { name, .. }) => report.crowded_out.push(CrowdedOut {
                    name: name.clone(),
                    origin,
                }),
                None => report.origins.push(origin),
            }
        }
        report
    }
}

fn hash_of(source: &ConnectorSource) -> String {
    let mut whole = String::new();
    for SourceFile { relative, text, .. } in &source.files {
        // The lengths keep a text from running over into its neighbour's name.
        // Writing to a String cannot fail.
        write!(whole, "{}\n{}\n{text}\n", relative.display(), text.len()).ok();
    }
    for code in &source.code {
        let content = code.bytes.as_ref().map_or_else(Clone::clone, |bytes| sha256_hex(bytes));
        write!(whole, "{}\n{content}\n", code.relative.display()).ok();
    }
    sha256_hex(whole.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const CRM: &str = "name = \"CRM\"\n[connection]\nbase_url = \"https://crm.example.com\"\n[[actions]]\nname = \"ping\"\nmethod = \"GET\"\npath = \"/ping\"\n";

    #[test]
    fn what_would_replace_a_connector_that_worked_is_examined() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("crm.toml");
        fs::write(&file, CRM).expect("written");
        let mut loader = Loader::default();
        let faulty = |source: &ConnectorSource| {
            let text = &source.files[0].text;
            let fault = Diagnostic::for_file(Severity::Error, "bad-code", &source.path, "it does not run");
            text.contains("faulty").then_some(fault).into_iter().collect::<Vec<_>>()
        };
        assert_eq!(loader.reload(folder.path(), &faulty).kept.len(), 0);
        for (comment, kept) in [("# faulty", 1), ("# faulty still", 1), ("# mended", 0)] {
            fs::write(&file, format!("{comment}\n{CRM}")).expect("written");
            let report = loader.reload(folder.path(), &faulty);
            let told = report.diagnostics.iter().filter(|finding| finding.code == "bad-code");
            assert_eq!(
                (
                    report.kept.len(),
                    told.count(),
                    report.catalog.tools().len(),
                    report.changed
                ),
                (kept, kept, 1, kept == 0),
                "{comment}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_stays_as_it_was_and_what_is_removed_goes() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("crm").join("connector.toml");
        fs::create_dir(folder.path().join("crm")).expect("created");
        fs::write(&file, CRM).expect("written");
        let mut loader = Loader::default();
        let report = loader.load(folder.path());
        assert_eq!(report.catalog.tools().len(), 1);
        let origin = report.origins[0].clone();
        assert_eq!(origin.slug, "crm");
        assert_eq!(origin.path, folder.path().join("crm"));

        // Saved in another encoding, cut within a character, or locked.
        fs::write(&file, b"name = \"\xff").expect("written");
        let report = loader.load(folder.path());
        assert_eq!(
            (report.catalog.tools().len(), report.kept, report.changed),
            (1, vec!["crm".into()], false)
        );
        assert!(!report.unreadable.is_empty());
        assert_eq!(
            (&report.origins, &report.left_out),
            (&vec![origin.clone()], &Vec::new())
        );

        fs::write(&file, CRM).expect("written");
        let report = loader.load(folder.path());
        assert_eq!((report.catalog.tools().len(), report.changed), (1, false));
        fs::write(&file, format!("# A comment\n{CRM}")).expect("written");
        let changed = loader.load(folder.path()).origins.remove(0);
        assert_ne!(changed.revision, origin.revision);
        fs::create_dir(folder.path().join("erp")).expect("created");
        fs::write(folder.path().join("erp/connector.toml"), "name = 1").expect("written");
        let report = loader.load(folder.path());
        assert_eq!(report.left_out, [folder.path().join("erp")]);

        fs::remove_dir_all(folder.path()).expect("removed");
        let report = loader.load(folder.path());
        assert_eq!((report.catalog.tools().len(), report.changed), (0, true));
    }
}
