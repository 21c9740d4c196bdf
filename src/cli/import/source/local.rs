//! Descriptions in files.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::LARGEST;

/// The folder of a description's root document.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The folder that `root` is in.
    pub(super) fn of(root: &Path) -> Self {
        Self(root.parent().unwrap_or(Path::new("")).to_owned())
    }

    /// The text of the file that a reference names, which takes its length from `left`.
    pub(super) fn text(&self, name: &str, left: &mut u64) -> anyhow::Result<String> {
        let path = self.path(name);
        if !is_within_reach(&path, &self.0)? {
            anyhow::bail!(
                "`{name}` is not read: it is hidden, or more than one folder above the description's and not below the \
                 current one; import from a folder that holds both"
            );
        }
        text_of(&path, left)
    }

    /// Where the file is that a reference names.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// Whether a reference may lead to `path`: below the folder that holds the description's `folder` (a common layout keeps
/// shared parts beside it) or below the current one, wherever links lead, and through nothing hidden. A description comes
/// from elsewhere, and what it names is copied into the connector: it must not choose among the files of whoever imports
/// it.
fn is_within_reach(path: &Path, folder: &Path) -> anyhow::Result<bool> {
    let real = |path: &Path| fs::canonicalize(path).with_context(|| format!("cannot read {}", path.display()));
    let path = real(path)?;
    let folder = Path::new(".").join(folder);
    let above = folder.join("..");
    // The innermost first: that these folders may be hidden themselves does not matter.
    for root in [folder, ".".into(), above] {
        let root = real(&root)?;
        if let Ok(below) = path.strip_prefix(root) {
            let is_hidden = |part: &std::ffi::OsStr| part.to_string_lossy().starts_with('.');
            return Ok(!below.iter().any(is_hidden));
        }
    }
    Ok(false)
}

/// The text of a file, which takes its length from `left`.
pub(super) fn text_of(path: &Path, left: &mut u64) -> anyhow::Result<String> {
    let shown = path.display();
    let file = fs::File::open(path).with_context(|| format!("cannot read {shown}"))?;
    // With room for all of it, rather than read into ever larger pieces of memory.
    let length = file.metadata().map_or(0, |metadata| metadata.len().min(*left));
    let mut text = String::with_capacity(usize::try_from(length).unwrap_or(0));
    file.take(*left + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read {shown}"))?;
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    *left = left
        .checked_sub(length)
        .with_context(|| format!("{shown} is too long: descriptions of up to {LARGEST} bytes are read"))?;
    Ok(text)
}
