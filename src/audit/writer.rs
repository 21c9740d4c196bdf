//! The one task that writes: takes what has queued up and commits it together. What could not be written it keeps, and
//! writes as soon as that is possible again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::AuditError;
use crate::store::{AuditRecord, Store};

/// Rows in one transaction at most: long enough to spread the cost of a commit, short enough for its callers.
const BATCH_LENGTH: usize = 256;

/// How long to leave a store alone that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// One row, and who waits for it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) record: AuditRecord,
    pub(super) durable: bool,
    pub(super) done: oneshot::Sender<Result<(), AuditError>>,
}

/// Writes until `stop`, then what is still queued; or until nobody can send any more. `is_behind` says meanwhile whether
/// there are rows of calls that have ended and could not be written.
///
/// No timer collects entries: while one commit is on its way to the disk, the next batch gathers by itself, and a
/// lone row never waits.
pub(super) async fn run(
    store: Arc<dyn Store>,
    mut entries: mpsc::Receiver<Entry>,
    stop: CancellationToken,
    is_behind: Arc<AtomicBool>,
) {
    let mut batch = Vec::with_capacity(BATCH_LENGTH);
    let mut kept = Vec::new();
    loop {
        let received = tokio::select! {
            () = stop.cancelled(), if !entries.is_closed() => {
                entries.close();
                continue;
            }
            received = entries.recv_many(&mut batch, BATCH_LENGTH) => received,
            () = tokio::time::sleep(AFTER_FAILURE), if !kept.is_empty() => {
                catch_up(&*store, &mut kept).await;
                is_behind.store(!kept.is_empty(), Ordering::Release);
                continue;
            }
        };
        if received == 0 {
            break;
        }
        // Calls that are ready to go on get their turn before: those that end now share the commit.
        tokio::task::yield_now().await;
        while batch.len() < BATCH_LENGTH
            && let Ok(entry) = entries.try_recv()
        {
            batch.push(entry);
        }
        commit(&*store, &mut batch, &mut kept, &is_behind).await;
    }
    catch_up(&*store, &mut kept).await;
    if !kept.is_empty() {
        tracing::error!(rows = kept.len(), "the process ended before audit rows were written");
    }
}

async fn commit(store: &dyn Store, batch: &mut Vec<Entry>, kept: &mut Vec<AuditRecord>, is_behind: &AtomicBool) {
    let durable = batch.iter().any(|entry| entry.durable);
    let (mut records, waiting): (Vec<_>, Vec<_>) = batch
        .drain(..)
        .map(|entry| (entry.record, (entry.durable, entry.done)))
        .unzip();
    let result = store.write_audit(&records, durable).await.map_err(|error| {
        tracing::error!(%error, rows = records.len(), "audit rows were not written; those of calls that have ended are kept");
        AuditError::Store(Arc::new(error))
    });
    if result.is_err() {
        // What was only intended is not done then.
        let mut intended = waiting.iter().map(|(durable, _)| *durable);
        records.retain(|_| !intended.next().unwrap_or_default());
        kept.append(&mut records);
    } else if !kept.is_empty() {
        catch_up(store, kept).await;
    }
    // Before anybody hears of it, and begins another call.
    is_behind.store(!kept.is_empty(), Ordering::Release);
    for (_, done) in waiting {
        // A caller that no longer waits does not need the answer.
        drop(done.send(result.clone()));
    }
}

/// Writes what was kept, as far as that is possible.
async fn catch_up(store: &dyn Store, kept: &mut Vec<AuditRecord>) {
    while !kept.is_empty() {
        let length = kept.len().min(BATCH_LENGTH);
        if let Err(error) = store.write_audit(&kept[..length], false).await {
            tracing::warn!(%error, rows = kept.len(), "audit rows are still kept in memory");
            return;
        }
        kept.drain(..length);
        if kept.is_empty() {
            tracing::info!("all audit rows are written again");
        }
    }
}
