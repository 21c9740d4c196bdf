//! One file that is appended to by the process that holds its lock.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::EXTENSION;

/// A file of this process.
#[derive(Debug)]
pub(super) struct JournalFile {
    file: File,
    path: PathBuf,
    length: u64,
}

impl JournalFile {
    /// Creates a file that only this user can read, and locks it.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        loop {
            let path = folder.join(Uuid::now_v7().to_string()).with_extension(EXTENSION);
            let mut options = OpenOptions::new();
            options.append(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(&path)?;
            file.lock()?;
            // Between the two, another process may have taken it for one that belongs to nobody.
            if path.try_exists()? {
                return Ok(Self { file, path, length: 0 });
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Appends all of `bytes`, or nothing.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(bytes);
        if written.is_ok() {
            self.length += bytes.len() as u64;
        } else {
            // What got there is half a line. It must not stand in front of the next one.
            self.file.set_len(self.length)?;
        }
        written
    }
}

/// The lock of a file whose process has ended; `None` while it lives.
pub(super) fn lock_abandoned(path: &Path) -> io::Result<Option<File>> {
    let file = match File::open(path) {
        Ok(file) => file,
        // Another process has folded it meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
