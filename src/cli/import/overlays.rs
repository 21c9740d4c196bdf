//! Overlays beside a description: read, laid over it, and kept with the connector.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::record::KeptFile;
use crate::cli::{Failure, output};
use crate::crypto::sha256_hex;
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

    /// Changes the document `name` of a description, the root when that is empty, with those that are about it; returns
    /// lines about changes that fit nothing. `root` is what the root's file is called.
    pub(super) fn lay_over(&self, name: &str, root: &str, documents: &mut Documents) -> Result<Vec<String>, Failure> {
        let mut notes = Vec::new();
        for file in &self.files {
            let about = file.overlay.about(root);
            if about.map_or("", |(about, _)| about) != name {
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
    pub(super) fn check(&self, root: &str, has: impl Fn(&str) -> bool) -> Result<(), Failure> {
        for file in &self.files {
            let about = file.overlay.about(root);
            if let Some((_, finding)) = about.filter(|(about, _)| !has(about)) {
                output::complain_of(&[finding]);
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

fn cannot_be_applied(path: &Path) -> Failure {
    Failure::Other(anyhow::anyhow!(
        "nothing was imported: the overlay {} cannot be applied",
        path.display()
    ))
}
