//! A document that a connector keeps as it was read.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::crypto::sha256_hex;

/// What a document held when it was read. The text of a file is not held on to: it is as large as the file, and is needed
/// again only when all else is done.
pub(super) struct Kept {
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
    pub(super) fn text_itself(text: String) -> Self {
        Self {
            sha256: sha256_hex(text.as_bytes()),
            bytes: text.len(),
            held: Held::Text(text),
        }
    }

    /// Of the `text` that the file at `path` holds. Of a pipe, which can be read once only, the text is held on to.
    pub(super) fn of_file(path: &Path, text: String) -> Self {
        if !path.is_file() {
            return Self::text_itself(text);
        }
        Self {
            sha256: sha256_hex(text.as_bytes()),
            bytes: text.len(),
            held: Held::File(path.to_owned()),
        }
    }

    /// The text as it was read.
    ///
    /// # Errors
    /// When the file is gone or holds something else now: what was made of it must not lie beside another text.
    pub(super) fn text(&self) -> anyhow::Result<Cow<'_, str>> {
        let path = match &self.held {
            Held::Text(text) => return Ok(Cow::Borrowed(text)),
            Held::File(path) => path,
        };
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {} again", path.display()))?;
        if sha256_hex(text.as_bytes()) != self.sha256 {
            anyhow::bail!("{} was changed while it was imported: import it again", path.display());
        }
        Ok(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_changed_since_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("openapi.yaml");
        fs::write(&path, "openapi: 3.1.0").unwrap();
        let kept = Kept::of_file(&path, "openapi: 3.1.0".to_owned());
        assert_eq!((kept.bytes, kept.text().unwrap().as_ref()), (14, "openapi: 3.1.0"));
        fs::write(&path, "openapi: 3.1.1").unwrap();
        let error = kept.text().unwrap_err().to_string();
        assert!(
            error.ends_with("was changed while it was imported: import it again"),
            "{error}"
        );
        fs::remove_file(&path).unwrap();
        assert!(kept.text().unwrap_err().to_string().starts_with("cannot read "));
    }

    #[test]
    fn what_cannot_be_read_twice_is_held_on_to() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::of_file(folder.path(), "openapi: 3.1.0".to_owned());
        assert_eq!(kept.text().unwrap(), "openapi: 3.1.0");
    }
}
