//! Events, and logs of calls, on their way into the database.
//!
//! An answer waits for its call's event, and a commit costs several changes of threads. So an event that need not
//! survive a power cut is first appended to a file of this process: one `write`, which the end of the process does not
//! undo. Folding puts the events of these files into the database, many at a time: a moment later, and before anybody
//! reads. Any process may fold any file, as far as it is written; how far that was is kept in the database and changes
//! in the same transaction, so that no event is taken twice or left out. A process holds the lock of its own file; a
//! file whose lock is free belongs to nobody any more, and is removed once it is folded.

mod file;
mod fold;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use file::JournalFile;
pub(super) use fold::{fold, fold_to_read};

/// Ends the names of journals; in front of it stands a UUID.
const EXTENSION: &str = "journal";

/// Bytes of events that may wait to be folded. Past it the database is not keeping up or cannot be written, and
/// callers have to wait for it.
const MOST_WAITING: u64 = 64 * 1024 * 1024;

/// A file that is longer than this is given up for a new one as soon as it is folded.
const LONG: u64 = 4 * 1024 * 1024;

/// The journal of this process.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    /// Made with the first event: most processes only read.
    current: Mutex<Option<Current>>,
}

#[derive(Debug)]
struct Current {
    file: JournalFile,
    folded: u64,
}

impl Journal {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            current: Mutex::new(None),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends one event. Returns `false` when too many wait to be folded; nothing is appended then.
    ///
    /// The lock is held for one `write` to the page cache.
    ///
    /// # Errors
    /// The file cannot be created or written; nothing is appended then.
    pub(super) fn append(&self, call_id: &str, started_at: &str, details: &str) -> io::Result<bool> {
        self.append_line(&fold::line(&[call_id, started_at, details]))
    }

    /// Appends the log of one call, like an event. Returns `false` also for one that cannot stand in a line.
    ///
    /// # Errors
    /// The file cannot be created or written; nothing is appended then.
    pub(super) fn append_log(&self, call_id: &str, ended_at: &str, log: &str) -> io::Result<bool> {
        if log.contains(['\t', '\n']) {
            return Ok(false);
        }
        self.append_line(&fold::line(&[fold::LOG, call_id, ended_at, log]))
    }

    fn append_line(&self, line: &str) -> io::Result<bool> {
        let mut current = self.current();
        let open = match &mut *current {
            Some(open) => open,
            none => none.insert(Current {
                file: JournalFile::create(&self.folder)?,
                folded: 0,
            }),
        };
        if open.file.length() - open.folded + line.len() as u64 > MOST_WAITING {
            return Ok(false);
        }
        let appended = open.file.append(line.as_bytes());
        if open.file.is_cut_off() {
            // The next event goes into a new file. This one belongs to nobody any more: whoever folds it leaves out the
            // half line at its end.
            *current = None;
        }
        appended.map(|()| true)
    }

    /// Whether this is the file that this process writes.
    fn is_own(&self, path: &Path) -> bool {
        self.current()
            .as_ref()
            .is_some_and(|current| current.file.path() == path)
    }

    /// Notes how far a file is folded. A long file that holds nothing else is given up.
    fn folded(&self, path: &Path, folded: u64) {
        let mut current = self.current();
        if let Some(open) = current.as_mut().filter(|open| open.file.path() == path) {
            open.folded = open.folded.max(folded);
            if open.folded == open.file.length() && open.folded > LONG {
                *current = None;
            }
        }
    }

    fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
