//! Files and folders that other programs read while they are written: each is there whole, as it was or as it will be.
//!
//! Must never know what they hold.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// How deeply folders may be nested in one that is copied.
const DEEPEST: usize = 32;

/// Who may read a new file.
pub(super) enum Mode {
    /// Whoever may read another one.
    Of(fs::Permissions),
    /// Its user.
    Private,
    /// Whoever the user's defaults say.
    Usual,
}

/// Creates a file that is not there yet. Nobody can read it who should not, not even for a moment.
pub(super) fn create(path: &Path, mode: Mode) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if !matches!(mode, Mode::Usual) {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file = options.open(path)?;
    if let Mode::Of(permissions) = mode {
        file.set_permissions(permissions)?;
    }
    Ok(file)
}

/// A new file beside the one that it will replace. It is removed unless it does.
pub(super) struct Scratch {
    path: PathBuf,
    file: File,
}

impl Scratch {
    /// A file beside `target`.
    pub(super) fn create(target: &Path, mode: Mode) -> anyhow::Result<Self> {
        let mut name = target.as_os_str().to_owned();
        name.push(format!(".{}.tmp", crate::crypto::random_id()?));
        let path = PathBuf::from(name);
        let file = create(&path, mode)?;
        Ok(Self { path, file })
    }

    /// Writes `parts` one behind the other.
    pub(super) fn fill(&self, parts: &[&str]) -> io::Result<()> {
        let mut file = &self.file;
        for part in parts {
            file.write_all(part.as_bytes())?;
        }
        file.sync_all()
    }

    /// Puts it in the place of `target`.
    pub(super) fn move_to(self, target: &Path) -> anyhow::Result<()> {
        fs::rename(&self.path, target).with_context(|| format!("cannot replace {}", target.display()))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // After the move there is nothing left to remove.
        drop(fs::remove_file(&self.path));
    }
}

/// Copies a file, or a folder with everything in it; links stay links.
pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    copy_within(from, to, 0)
}

fn copy_within(from: &Path, to: &Path, depth: usize) -> anyhow::Result<()> {
    let shown = from.display();
    let found = fs::symlink_metadata(from).with_context(|| format!("cannot read {shown}"))?;
    if found.is_symlink() {
        return copy_link(from, to).with_context(|| format!("cannot copy {shown}"));
    }
    if !found.is_dir() {
        return fs::copy(from, to)
            .map(drop)
            .with_context(|| format!("cannot copy {shown}"));
    }
    if depth > DEEPEST {
        bail!("folders in {shown} are nested more than {DEEPEST} deep");
    }
    fs::create_dir(to).with_context(|| format!("cannot create {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {shown}"))? {
        let entry = entry.with_context(|| format!("cannot read {shown}"))?;
        copy_within(&entry.path(), &to.join(entry.file_name()), depth + 1)?;
    }
    // Last: nothing could be put into a folder that can only be read.
    fs::set_permissions(to, found.permissions()).with_context(|| format!("cannot create {}", to.display()))
}

#[cfg(unix)]
fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

#[cfg(not(unix))]
fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to).map(drop)
}

/// Lets two files or folders change places at once: at no moment is there none at either place.
///
/// # Errors
/// The system, or the file system, cannot do that, or not here.
pub(super) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};

        Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
    }
    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    {
        let _ = (one, other);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Removes a file, or a folder with everything in it; of a link only the link, never what it leads to.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_copy_has_everything_with_links_as_links() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let around = tempfile::tempdir().unwrap();
        let (from, to) = (around.path().join("crm"), around.path().join("copy"));
        fs::create_dir_all(from.join("services")).unwrap();
        fs::write(from.join("connector.toml"), "a").unwrap();
        fs::write(from.join("services/ticket.toml"), "b").unwrap();
        symlink("connector.toml", from.join("same.toml")).unwrap();
        symlink("services", from.join("folder")).unwrap();
        symlink("nowhere", from.join("dangling")).unwrap();
        fs::set_permissions(from.join("services"), fs::Permissions::from_mode(0o500)).unwrap();
        copy(&from, &to).unwrap();
        fs::set_permissions(from.join("services"), fs::Permissions::from_mode(0o700)).unwrap();
        remove(&from).unwrap();
        assert!(!from.exists());
        let text = |name: &str| fs::read_to_string(to.join(name)).unwrap();
        assert_eq!(text("same.toml") + &text("folder/ticket.toml"), "ab");
        for (link, target) in [
            ("same.toml", "connector.toml"),
            ("folder", "services"),
            ("dangling", "nowhere"),
        ] {
            assert_eq!(fs::read_link(to.join(link)).unwrap(), Path::new(target));
        }
        let mode = fs::metadata(to.join("services")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o500);
        fs::set_permissions(to.join("services"), fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn of_a_link_only_the_link_is_removed() {
        let around = tempfile::tempdir().unwrap();
        let (folder, link) = (around.path().join("crm"), around.path().join("link"));
        fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink("crm", &link).unwrap();
        remove(&link).unwrap();
        assert!(link.symlink_metadata().is_err() && folder.is_dir());
    }

    #[test]
    fn what_does_not_replace_anything_is_not_left() {
        let around = tempfile::tempdir().unwrap();
        let target = around.path().join("a");
        fs::write(&target, "old").unwrap();
        let scratch = Scratch::create(&target, Mode::Usual).unwrap();
        scratch.fill(&["n", "ew"]).unwrap();
        drop(scratch);
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
        let scratch = Scratch::create(&target, Mode::Usual).unwrap();
        scratch.fill(&["n", "ew"]).unwrap();
        scratch.move_to(&target).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 1);
    }
}
