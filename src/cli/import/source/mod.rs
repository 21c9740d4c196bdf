//! Where a description is read from: a file or a URL, with what it refers to beside it.

mod fetched;
mod kept;
mod local;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ipnet::IpNet;
use url::Url;

use super::overlays::Overlays;
use super::record;
use crate::cli::{Failure, Global, output};
use crate::openapi::Documents;
use fetched::Web;
pub(super) use fetched::header;
pub(super) use kept::Content;
use kept::Kept;
use local::Folder;

/// Longest description in bytes, all its files together.
const LARGEST: u64 = 100 * 1024 * 1024;

/// Most files that a description may be split over.
const MOST_FILES: usize = 1_000;

/// Endings of files that a reference may lead to: a description must not make other files readable.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// What the user says about a description.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// A file or a URL.
    pub(super) spec: &'a str,
    /// Networks that its server may be in.
    pub(super) networks: &'a [IpNet],
    /// Names of headers that it is fetched with, and where their values are kept.
    pub(super) headers: &'a [(String, String)],
}

/// The documents of a description that was read, and where they are from. Their trees are kept apart: they are large, and
/// are done with earlier.
pub(super) struct Source {
    /// The root document.
    root: Kept,
    /// Name of its file.
    pub(super) file_name: String,
    /// The file that it was read from, or the path of its URL.
    path: PathBuf,
    /// The URL that it was fetched from.
    pub(super) fetched_from: Option<Url>,
    /// The others by their names, which are relative to the root document.
    others: Vec<(String, Kept)>,
    /// The overlays that were laid over the root document.
    pub(super) overlays: Overlays,
    /// What of them fits nothing.
    pub(super) notes: Vec<String>,
}

/// Where the files of a description are.
enum Place {
    Folder(Folder),
    Web(Box<Web>),
}

impl Place {
    /// The text of the file that a reference names, which takes its length from `left`.
    async fn text(&self, name: &str, left: &mut u64) -> anyhow::Result<String> {
        match self {
            Self::Folder(folder) => folder.text(name, left),
            Self::Web(web) => web.text(name, left).await,
        }
    }

    /// The same file, of which `text` was read, as something to keep.
    fn kept(&self, name: &str, text: String) -> Kept {
        match self {
            Self::Folder(folder) => Kept::file(&folder.path(name), text),
            Self::Web(_) => Kept::text(text),
        }
    }
}

impl Source {
    /// Reads what is wanted, with `overlays` laid over it.
    pub(super) async fn read(
        wanted: Wanted<'_>,
        global: &Global,
        overlays: Overlays,
    ) -> Result<(Documents, Self), Failure> {
        let mut left = LARGEST;
        if wanted.spec.starts_with("https://") || wanted.spec.starts_with("http://") {
            let (web, text) = Web::open(wanted, global, &mut left).await?;
            let url = web.root().clone();
            let (mut documents, mut source) = Self::of(text, Path::new(url.path()), Some(url.clone()))?;
            source.overlays = overlays;
            let deadline = fetched::LONGEST_TIME;
            let place = Place::Web(Box::new(web));
            tokio::time::timeout(deadline, source.complete(&mut documents, &place, &mut left))
                .await
                .map_err(|_| {
                    let seconds = deadline.as_secs();
                    Failure::Other(anyhow::anyhow!(
                        "the files that {url} refers to took more than {seconds} seconds"
                    ))
                })??;
            return Ok((documents, source));
        }
        if !wanted.headers.is_empty() {
            let message = "--header has no effect: the description is a file";
            return Err(Failure::Usage(anyhow::anyhow!(message)));
        }
        let path = Path::new(wanted.spec);
        let text = local::text_of(path, &mut left)?;
        let (mut documents, mut source) = Self::of(text, path, None)?;
        source.overlays = overlays;
        let place = Place::Folder(Folder::of(path));
        source.complete(&mut documents, &place, &mut left).await?;
        Ok((documents, source))
    }

    fn of(text: String, path: &Path, fetched_from: Option<Url>) -> Result<(Documents, Self), Failure> {
        let documents = Documents::read(&text)
            .with_context(|| format!("{} cannot be imported", path.display()))
            .map_err(Failure::Other)?;
        let named = path
            .file_name()
            .and_then(|name| name.to_str())
            .filter(|name| is_readable(name) && !is_taken(name));
        let begins = text.trim_start_matches('\u{feff}').trim_start();
        let usual = if begins.starts_with('{') {
            "openapi.json"
        } else {
            "openapi.yaml"
        };
        let file_name = named.unwrap_or(usual).to_owned();
        let documents = documents.in_file(&root_name(path, &file_name));
        let source = Self {
            file_name,
            root: match &fetched_from {
                Some(_) => Kept::text(text),
                None => Kept::file(path, text),
            },
            path: path.to_owned(),
            fetched_from,
            others: Vec::new(),
            overlays: Overlays::default(),
            notes: Vec::new(),
        };
        Ok((documents, source))
    }

    /// Reads the files that the description refers to, and lays the overlays over them.
    async fn complete(&mut self, documents: &mut Documents, place: &Place, left: &mut u64) -> Result<(), Failure> {
        let mut unusable = HashSet::new();
        if !self.overlays.is_empty() {
            let root = self.root_name();
            let others = if self.overlays.are_unsure(&root) {
                all_names(documents, place, *left).await
            } else {
                HashSet::new()
            };
            self.overlays.settle(&root, |name| others.contains(name));
            // Targets lead into paths wherever those stand. Other files come later: an overlay may add and take out
            // references to them.
            self.read_others(documents, Documents::missing_paths, &mut unusable, place, left)
                .await?;
            documents.bring_in_paths();
            self.lay_over("", documents)?;
        }
        self.read_others(documents, Documents::missing, &mut unusable, place, left)
            .await?;
        let has = |name: &str| self.others.iter().any(|(known, _)| known == name);
        self.overlays.check(has)
    }

    /// What the root's file is called where it was read.
    fn root_name(&self) -> String {
        root_name(&self.path, &self.file_name)
    }

    fn lay_over(&mut self, name: &str, documents: &mut Documents) -> Result<(), Failure> {
        let notes = self.overlays.lay_over(name, documents)?;
        self.notes.extend(notes);
        Ok(())
    }

    /// Reads the files that `missing` names, and those that it names then, until there are none.
    async fn read_others(
        &mut self,
        documents: &mut Documents,
        missing: impl Fn(&Documents) -> Vec<String>,
        unusable: &mut HashSet<String>,
        place: &Place,
        left: &mut u64,
    ) -> Result<(), Failure> {
        loop {
            let missing = missing(documents);
            let wanted: Vec<String> = missing.into_iter().filter(|name| !unusable.contains(name)).collect();
            if wanted.is_empty() {
                return Ok(());
            }
            for name in wanted {
                if self.others.len() + unusable.len() >= MOST_FILES {
                    let message = format!("the description is split over more than {MOST_FILES} files");
                    return Err(Failure::Other(anyhow::anyhow!(message)));
                }
                // What refers to one that cannot be used is left out, and told; the rest can be imported.
                match self.read_other(documents, place, &name, left).await {
                    Ok(()) => self.lay_over(&name, documents)?,
                    Err(error) => {
                        output::complain(&format!("warning: {error:#}"));
                        unusable.insert(name);
                    }
                }
            }
        }
    }

    async fn read_other(
        &mut self,
        documents: &mut Documents,
        place: &Place,
        name: &str,
        left: &mut u64,
    ) -> anyhow::Result<()> {
        if !is_readable(name) {
            anyhow::bail!("`{name}` is not read: references lead to .yaml, .yml and .json files only");
        }
        let text = place.text(name, left).await?;
        let added = documents.add(name.to_owned(), &text);
        added.with_context(|| format!("{name} cannot be used"))?;
        self.others.push((name.to_owned(), place.kept(name, text)));
        Ok(())
    }

    /// Where the description was read, for whoever imports it into `folder` again; none when that holds a secret.
    pub(super) fn written_down(&self, folder: &Path) -> anyhow::Result<Option<String>> {
        match &self.fetched_from {
            Some(url) => Ok(record::url(url)),
            None => record::path(&self.path, folder).map(Some),
        }
    }

    /// SHA-256 of the root document.
    pub(super) fn sha256(&self) -> &str {
        &self.root.sha256
    }

    /// Length of the root document in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.root.bytes
    }

    /// Names of the documents to keep, relative to the folder `openapi`, without those of the overlays. Those from above
    /// the root's folder are kept in one called `up`.
    pub(super) fn kept_names(&self) -> impl Iterator<Item = String> {
        let others = self.others.iter().map(|(name, _)| kept_as(name));
        std::iter::once(self.file_name.clone()).chain(others)
    }

    /// Files to keep, those of [`Source::kept_names`] and the overlays.
    pub(super) fn files(&self) -> impl Iterator<Item = (String, Content<'_>)> {
        let documents = std::iter::once(&self.root).chain(self.others.iter().map(|(_, kept)| kept));
        let documents = self.kept_names().zip(documents.map(Content::Kept));
        documents.chain(self.overlays.files().map(|(name, text)| (name, Content::Text(text))))
    }
}

/// Names of the documents that a description refers to before anything is laid over it, as far as they can be read. They
/// may take as many bytes as are `left`, and are read once more when they are wanted.
async fn all_names(documents: &Documents, place: &Place, mut left: u64) -> HashSet<String> {
    let mut documents = documents.clone();
    let (mut tried, mut found) = (HashSet::new(), HashSet::new());
    loop {
        let mut missing = documents.missing();
        missing.retain(|name| tried.len() < MOST_FILES && tried.insert(name.clone()));
        if missing.is_empty() {
            return found;
        }
        for name in missing.into_iter().filter(|name| is_readable(name)) {
            let Ok(text) = place.text(&name, &mut left).await else {
                continue;
            };
            if documents.add(name.clone(), &text).is_ok() {
                found.insert(name);
            }
        }
    }
}

/// What a root document is called that was read from `path`, and that is kept as `file_name`.
fn root_name(path: &Path, file_name: &str) -> String {
    let name = path.file_name().and_then(|name| name.to_str());
    name.unwrap_or(file_name).to_owned()
}

/// Where a document that others refer to is kept, relative to the folder `openapi`.
fn kept_as(name: &str) -> String {
    if is_taken(name) {
        format!("other-{name}")
    } else {
        name.replace("..", "up")
    }
}

/// Whether another file is kept under this name.
fn is_taken(name: &str) -> bool {
    name == "report.json" || name.starts_with("overlay")
}

fn is_readable(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}
