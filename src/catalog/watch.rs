//! Noticing that connector files changed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use notify_debouncer_full::notify::event::{EventKind, ModifyKind};
use notify_debouncer_full::notify::{self, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, DebouncedEvent, Debouncer, RecommendedCache, new_debouncer};
use tokio::sync::watch;

/// How long files must have been quiet before they are read: editors write in several steps.
const QUIET: Duration = Duration::from_millis(150);

/// Watches a folder, or a single file, for as long as it lives.
#[derive(Debug)]
pub struct FolderWatch {
    folder: PathBuf,
    changes: watch::Receiver<u64>,
    /// Whether another folder may stand in its place by now, which the operating system does not watch by itself.
    replaced: Arc<AtomicBool>,
    debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
}

impl FolderWatch {
    /// Watches `folder` and everything below it, also when it is removed and comes back.
    ///
    /// # Errors
    /// The operating system's reason, e.g. that neither the folder nor the one that it belongs in exists.
    pub fn start(folder: &Path) -> Result<Self, notify::Error> {
        let folder = std::path::absolute(folder)?;
        let (sender, changes) = watch::channel(0_u64);
        let replaced = Arc::new(AtomicBool::new(false));
        let watched = folder.clone();
        let replacement = Arc::clone(&replaced);
        let mut debouncer = new_debouncer(QUIET, None, move |result: DebounceEventResult| {
            // An error means that events may have been lost: reading everything again is right then too.
            let (relevant, takes_place) = result.map_or((true, true), |events| {
                let is_relevant = |event: &DebouncedEvent| concerns(event, &watched);
                let is_replacing = |event: &DebouncedEvent| may_replace(event, &watched);
                (events.iter().any(is_relevant), events.iter().any(is_replacing))
            });
            replacement.fetch_or(takes_place, Ordering::AcqRel);
            if relevant {
                sender.send_modify(|count| *count += 1);
            }
        })?;
        // The folder rather than its files: editors replace files, and Kubernetes swaps whole links. The one around it
        // tells when the folder itself is replaced, as a checkout of another branch does.
        let inside = watch_inside(&mut debouncer, &folder);
        let around = match folder.parent() {
            Some(parent) => debouncer.watch(parent, RecursiveMode::NonRecursive),
            None => Ok(()),
        };
        if folder.is_file() { around } else { inside.or(around) }?;
        Ok(Self {
            folder,
            changes,
            replaced,
            debouncer,
        })
    }

    /// Waits for the next change.
    pub async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            // The watching thread is gone: there will be no further change.
            std::future::pending::<()>().await;
        }
        if self.replaced.swap(false, Ordering::AcqRel) {
            // Both fail while there is no folder; its return is the next change.
            drop(self.debouncer.unwatch(&self.folder));
            drop(watch_inside(&mut self.debouncer, &self.folder));
        }
    }
}

/// A single file is watched from around it alone: the end of the file that another one replaced would count as the
/// end of the new one.
fn watch_inside(
    debouncer: &mut Debouncer<RecommendedWatcher, RecommendedCache>,
    folder: &Path,
) -> Result<(), notify::Error> {
    if folder.is_file() {
        return Ok(());
    }
    debouncer.watch(folder, RecursiveMode::Recursive)
}

fn concerns(event: &DebouncedEvent, folder: &Path) -> bool {
    let inside = event.paths.is_empty() || event.paths.iter().any(|path| path.starts_with(folder));
    (inside && !event.kind.is_access()) || event.need_rescan()
}

fn may_replace(event: &DebouncedEvent, folder: &Path) -> bool {
    let moves = matches!(
        event.kind,
        EventKind::Any
            | EventKind::Create(_)
            | EventKind::Remove(_)
            | EventKind::Modify(ModifyKind::Any | ModifyKind::Name(_))
    );
    (moves && event.paths.iter().any(|path| path == folder)) || event.need_rescan()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    /// Far more than the quiet time: only a test that fails waits this long.
    const PATIENCE: Duration = Duration::from_secs(20);

    async fn noticed(watch: &mut FolderWatch) {
        tokio::time::timeout(PATIENCE, watch.changed()).await.expect("a change");
    }

    #[tokio::test]
    async fn a_folder_that_is_replaced_is_still_watched() {
        let around = TempDir::new().expect("folder");
        let folder = around.path().join("connectors");
        fs::create_dir_all(folder.join("crm")).expect("created");
        let mut watch = FolderWatch::start(&folder).expect("watched");
        fs::write(folder.join("crm/connector.toml"), "a").expect("written");
        noticed(&mut watch).await;

        fs::remove_dir_all(&folder).expect("removed");
        noticed(&mut watch).await;
        fs::create_dir_all(folder.join("crm")).expect("created");
        noticed(&mut watch).await;
        fs::write(folder.join("crm/connector.toml"), "b").expect("written");
        noticed(&mut watch).await;
    }

    #[tokio::test]
    async fn a_file_that_is_replaced_is_still_watched() {
        let around = TempDir::new().expect("folder");
        let file = around.path().join("connector.toml");
        fs::write(&file, "a").expect("written");
        let mut watch = FolderWatch::start(&file).expect("watched");
        for text in ["b", "c", "d"] {
            let new = around.path().join("new");
            fs::write(&new, text).expect("written");
            fs::rename(&new, &file).expect("renamed");
            noticed(&mut watch).await;
        }
    }

    #[tokio::test]
    async fn a_folder_may_come_later_and_its_neighbours_do_not_matter() {
        let around = TempDir::new().expect("folder");
        let folder = around.path().join("connectors");
        let mut watch = FolderWatch::start(&folder).expect("watched");
        fs::write(around.path().join("notes.txt"), "x").expect("written");
        fs::create_dir(&folder).expect("created");
        noticed(&mut watch).await;
        assert!(FolderWatch::start(Path::new("/nowhere/at/all")).is_err());
    }
}
