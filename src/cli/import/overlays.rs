//! Overlays beside a description: read, laid over it, and kept with the connector.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::record::KeptFile;
use crate::cli::{Failure, output};
use crate::crypto::sha256_hex;
use crate::diagnostics::Diagnostic;
use crate::document::LARGEST_DOCUMENT;
use crate::openapi::{Documents, Overlay};

/// The overlays of a description, in the order in which they are applied.
#[derive(Default)]
pub(super) struct Overlays {
    files: Vec<OverlayFile>,
}

struct OverlayFile {
    /// Where it was read.
    path: PathBuf,
    text: String,
    overlay: Overlay,
    /// The document that it is about, as the description calls it, with a finding for when it has none of that name.
    /// `None`: the root.
    about: Option<(String, Diagnostic)>,
}

impl Overlays {
    /// Reads all of `paths`.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, Failure> {
        let files: Result<Vec<OverlayFile>, Failure> = paths.iter().map(|path| OverlayFile::read(path)).collect();
        Ok(Self { files: files? })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether it depends on the other documents of a description what one of these is about: its root is called `root`,
    /// as is the file that an overlay names in another folder.
    pub(super) fn are_unsure(&self, root: &str) -> bool {
        let named = self.files.iter().filter_map(|file| Some(&file.about.as_ref()?.0));
        named.into_iter().any(|name| is_called(name, root) && name != root)
    }

    /// Finds out which are about the root, whose file is called `root`: those that say so, and those that name a file of
    /// the same name where the description `has` no other such document. Their authors may write paths from elsewhere.
    pub(super) fn settle(&mut self, root: &str, has: impl Fn(&str) -> bool) {
        for file in &mut self.files {
            let is_other = |name: &str| name != root && (has(name) || !is_called(name, root));
            file.about.take_if(|(name, _)| !is_other(name));
        }
    }

    /// Changes the document `name` of a description, the root when that is empty, with those that are about it; returns
    /// lines about changes that fit nothing.
    pub(super) fn lay_over(&self, name: &str, documents: &mut Documents) -> Result<Vec<String>, Failure> {
        let mut notes = Vec::new();
        for file in &self.files {
            if file.about.as_ref().map_or("", |(about, _)| about) != name {
                continue;
            }
            match documents.lay_over(name, &file.overlay) {
                Ok(warnings) => notes.extend(
                    warnings
                        .iter()
                        .map(|one| format!("{}:{}:{}: {}", one.file.display(), one.line, one.column, one.message)),
                ),
                Err(error) => {
                    output::complain_of(&[error]);
                    return Err(cannot_be_applied(&file.path));
                }
            }
        }
        Ok(notes)
    }

    /// Refuses an overlay that is about a document which the description does not have: `has` knows those that it has.
    pub(super) fn check(&self, has: impl Fn(&str) -> bool) -> Result<(), Failure> {
        for file in &self.files {
            if let Some((_, finding)) = file.about.as_ref().filter(|(about, _)| !has(about)) {
                output::complain_of(std::slice::from_ref(finding));
                return Err(cannot_be_applied(&file.path));
            }
        }
        Ok(())
    }

    /// Files to keep, relative to the folder `openapi`.
    pub(super) fn files(&self) -> impl Iterator<Item = (String, &str)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (file.kept_as(index), file.text.as_str()))
    }

    /// What the report says about each.
    pub(super) fn kept(&self) -> Vec<KeptFile> {
        let kept = self.files().map(|(name, text)| KeptFile {
            file: format!("openapi/{name}"),
            sha256: sha256_hex(text.as_bytes()),
        });
        kept.collect()
    }
}

impl OverlayFile {
    fn read(path: &Path) -> Result<Self, Failure> {
        let length = path
            .metadata()
            .with_context(|| format!("cannot read the overlay {}", path.display()))?
            .len();
        if usize::try_from(length).map_or(true, |length| length > LARGEST_DOCUMENT) {
            let message = format!(
                "{} is too long: overlays of up to {LARGEST_DOCUMENT} bytes are read",
                path.display()
            );
            return Err(Failure::Other(anyhow::anyhow!(message)));
        }
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read the overlay {}", path.display()))?;
        let overlay = Overlay::read(path, &text).map_err(|findings| {
            output::complain_of(&findings);
            cannot_be_applied(path)
        })?;
        Ok(Self {
            path: path.to_owned(),
            text,
            about: overlay.about(),
            overlay,
        })
    }

    /// `overlay.yaml`, `overlay-2.json`: the same however the file was called, so that an update finds it.
    fn kept_as(&self, index: usize) -> String {
        let ending = if self.text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
            "json"
        } else {
            "yaml"
        };
        match index {
            0 => format!("overlay.{ending}"),
            index => format!("overlay-{}.{ending}", index + 1),
        }
    }
}

/// Whether the last part of the path `name` is `root`.
fn is_called(name: &str, root: &str) -> bool {
    name.rsplit('/').next() == Some(root)
}

fn cannot_be_applied(path: &Path) -> Failure {
    Failure::Other(anyhow::anyhow!(
        "nothing was imported: the overlay {} cannot be applied",
        path.display()
    ))
}
