//! A document that a connector keeps as it was read.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::crypto::{Digest, HashAlgorithm, hex, sha256_hex};

/// Bytes that are copied at a time.
const PIECE: usize = 64 * 1024;

/// What a document held when it was read. The text of a file is not held on to: it is as large as the file, and is copied
/// only when all else is done.
pub(in crate::cli::import) struct Kept {
    /// SHA-256 of the text.
    pub(super) sha256: String,
    /// Length of the text in bytes.
    pub(super) bytes: usize,
    held: Held,
}

enum Held {
    Text(String),
    File(PathBuf),
}

impl Kept {
    /// Of a text that cannot be read a second time.
    pub(super) fn text(text: String) -> Self {
        Self {
            sha256: sha256_hex(text.as_bytes()),
            bytes: text.len(),
            held: Held::Text(text),
        }
    }

    /// Of the `text` that the file at `path` holds. Of a pipe, which can be read once only, the text is held on to.
    pub(super) fn file(path: &Path, text: String) -> Self {
        if !path.is_file() {
            return Self::text(text);
        }
        Self {
            sha256: sha256_hex(text.as_bytes()),
            bytes: text.len(),
            held: Held::File(path.to_owned()),
        }
    }

    /// Writes the text as it was read.
    ///
    /// Fails when the file is gone or holds something else now: what was made of it must not lie beside another text.
    fn write(&self, target: &Path) -> anyhow::Result<()> {
        match &self.held {
            Held::Text(text) => write(target, text),
            Held::File(path) => {
                let copied = copy(path, target)?;
                if copied != self.sha256 {
                    anyhow::bail!("{} was changed while it was imported: import it again", path.display());
                }
                Ok(())
            }
        }
    }
}

/// What is written into a file of a connector.
#[derive(Clone, Copy)]
pub(in crate::cli::import) enum Content<'a> {
    Text(&'a str),
    Kept(&'a Kept),
}

impl Content<'_> {
    /// Writes the file `target`, whose folder is there.
    ///
    /// # Errors
    /// When it cannot be written, or when what it is a copy of was changed since it was read.
    pub(in crate::cli::import) fn write(self, target: &Path) -> anyhow::Result<()> {
        match self {
            Self::Text(text) => write(target, text),
            Self::Kept(kept) => kept.write(target),
        }
    }
}

fn write(target: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(target, text).with_context(|| format!("cannot write {}", target.display()))
}

/// Copies a file; gives the SHA-256 of what was copied.
fn copy(path: &Path, target: &Path) -> anyhow::Result<String> {
    let unreadable = || format!("cannot read {} again", path.display());
    let unwritable = || format!("cannot write {}", target.display());
    let mut from = File::open(path).with_context(unreadable)?;
    let mut to = File::create(target).with_context(unwritable)?;
    let mut digest = Digest::new(HashAlgorithm::Sha256);
    let mut piece = vec![0; PIECE];
    loop {
        let length = from.read(&mut piece).with_context(unreadable)?;
        let Some(read) = piece.get(..length).filter(|read| !read.is_empty()) else {
            return Ok(hex(&digest.finish()));
        };
        digest.update(read);
        to.write_all(read).with_context(unwritable)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_changed_since_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (path, target) = (folder.path().join("openapi.yaml"), folder.path().join("kept.yaml"));
        let text = "openapi: 3.1.0 # ".repeat(PIECE / 8);
        fs::write(&path, &text).unwrap();
        let kept = Kept::file(&path, text.clone());
        assert_eq!(kept.bytes, text.len());
        Content::Kept(&kept).write(&target).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), text);

        fs::write(&path, text.replace("3.1.0", "3.1.1")).unwrap();
        let error = kept.write(&target).unwrap_err().to_string();
        assert!(
            error.ends_with("was changed while it was imported: import it again"),
            "{error}"
        );
        fs::remove_file(&path).unwrap();
        assert!(kept.write(&target).unwrap_err().to_string().ends_with("again"));
    }

    #[test]
    fn what_cannot_be_read_twice_is_held_on_to() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("kept.yaml");
        Kept::file(folder.path(), "openapi: 3.1.0".to_owned())
            .write(&target)
            .unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "openapi: 3.1.0");
    }
}
