//! Noticing that connector files changed.

use std::path::Path;
use std::time::Duration;

use notify_debouncer_full::notify::{self, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use tokio::sync::watch;

/// How long files must have been quiet before they are read: editors write in several steps.
const QUIET: Duration = Duration::from_millis(150);

/// Watches a folder for as long as it lives.
#[derive(Debug)]
pub struct FolderWatch {
    changes: watch::Receiver<u64>,
    _debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
}

impl FolderWatch {
    /// Watches `folder` and everything below it.
    ///
    /// # Errors
    /// The operating system's reason, e.g. that the folder does not exist.
    pub fn start(folder: &Path) -> Result<Self, notify::Error> {
        let (sender, changes) = watch::channel(0_u64);
        let mut debouncer = new_debouncer(QUIET, None, move |result: DebounceEventResult| {
            // An error means that events may have been lost: reading everything again is right then too.
            let relevant = result.map_or(true, |events| events.iter().any(|event| !event.kind.is_access()));
            if relevant {
                sender.send_modify(|count| *count += 1);
            }
        })?;
        // The folder rather than its files: editors replace files, and Kubernetes swaps whole links.
        debouncer.watch(folder, RecursiveMode::Recursive)?;
        Ok(Self {
            changes,
            _debouncer: debouncer,
        })
    }

    /// Waits for the next change.
    pub async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            // The watching thread is gone: there will be no further change.
            std::future::pending::<()>().await;
        }
    }
}
