//! One file that is appended to by the process that holds its lock.
//!
//! The lock is that of an empty file beside it: where locks are mandatory, as on Windows, nobody could read a file that
//! is locked itself.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::EXTENSION;

/// Ends the names of files that are locked.
pub(super) const LOCK_EXTENSION: &str = "lock";

/// A file of this process.
#[derive(Debug)]
pub(super) struct JournalFile {
    file: File,
    path: PathBuf,
    length: u64,
    is_cut_off: bool,
    /// Held until this is dropped, or the process ends.
    _lock: File,
}

impl JournalFile {
    /// Creates a file that only this user can read, and locks it. Waits for no other process.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        loop {
            let path = folder.join(Uuid::now_v7().to_string()).with_extension(EXTENSION);
            let lock_path = path.with_extension(LOCK_EXTENSION);
            let lock = ours().create_new(true).open(&lock_path)?;
            if !is_taken(&lock, &lock_path)? {
                continue;
            }
            // Only now: whoever sees the file finds it locked.
            let file = ours().create_new(true).open(&path)?;
            return Ok(Self {
                file,
                path,
                length: 0,
                is_cut_off: false,
                _lock: lock,
            });
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Writes to `file` from now on, and returns what it wrote to.
    #[cfg(test)]
    pub(super) fn replace(&mut self, file: File) -> File {
        std::mem::replace(&mut self.file, file)
    }

    /// Whether the file ends within a line for ever, so that nothing may be appended any more.
    pub(super) fn is_cut_off(&self) -> bool {
        self.is_cut_off
    }

    /// Appends all of `bytes`. What an error leaves behind of them is taken back; where that fails as well, the file
    /// [is cut off](Self::is_cut_off).
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(bytes);
        if written.is_ok() {
            self.length += bytes.len() as u64;
        } else {
            // What got there is half a line. It must not stand in front of the next one.
            self.is_cut_off = self.file.set_len(self.length).is_err();
        }
        written
    }
}

/// Takes a `lock` that was created at `path` just now; whether it is this process's. In between, another one may have
/// taken it for one that belongs to nobody: it has it locked then, or has removed it already.
fn is_taken(lock: &File, path: &Path) -> io::Result<bool> {
    match lock.try_lock() {
        Ok(()) => path.try_exists(),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The lock of the file at `path`, when its process has ended; `None` while it lives.
pub(super) fn lock_abandoned(path: &Path) -> io::Result<Option<File>> {
    let lock = ours().create(true).open(path.with_extension(LOCK_EXTENSION))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Removes a file, and then what was locked for it.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    for path in [path, &path.with_extension(LOCK_EXTENSION)] {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// How files are opened that only this user can read.
fn ours() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_another_process_was_quicker_with_is_left_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.lock");
        let lock = ours().create_new(true).open(&path).unwrap();
        let others = ours().open(&path).unwrap();
        others.try_lock().unwrap();
        assert!(!is_taken(&lock, &path).unwrap());
        std::fs::remove_file(&path).unwrap();
        drop(others);
        assert!(!is_taken(&lock, &path).unwrap(), "it is gone");
        let path = folder.path().join("2.lock");
        let lock = ours().create_new(true).open(&path).unwrap();
        assert!(is_taken(&lock, &path).unwrap());
    }
}
