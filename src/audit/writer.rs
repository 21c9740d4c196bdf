//! The one task that writes: takes what has queued up and commits it together.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::AuditError;
use crate::store::{AuditRecord, Store};

/// Rows in one transaction at most: long enough to spread the cost of a commit, short enough for its callers.
const BATCH_LENGTH: usize = 256;

/// One row, and who waits for it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) record: AuditRecord,
    pub(super) durable: bool,
    pub(super) done: oneshot::Sender<Result<(), AuditError>>,
}

/// Writes until `stop`, then what is still queued; or until nobody can send any more.
///
/// No timer collects entries: while one commit is on its way to the disk, the next batch gathers by itself, and a
/// lone row never waits.
pub(super) async fn run(store: Arc<dyn Store>, mut entries: mpsc::Receiver<Entry>, stop: CancellationToken) {
    let mut batch = Vec::with_capacity(BATCH_LENGTH);
    loop {
        let received = tokio::select! {
            () = stop.cancelled(), if !entries.is_closed() => {
                entries.close();
                continue;
            }
            received = entries.recv_many(&mut batch, BATCH_LENGTH) => received,
        };
        if received == 0 {
            return;
        }
        // Calls that are ready to go on get their turn before: those that end now share the commit.
        tokio::task::yield_now().await;
        while batch.len() < BATCH_LENGTH
            && let Ok(entry) = entries.try_recv()
        {
            batch.push(entry);
        }
        commit(&*store, &mut batch).await;
    }
}

async fn commit(store: &dyn Store, batch: &mut Vec<Entry>) {
    let durable = batch.iter().any(|entry| entry.durable);
    let (records, waiting): (Vec<_>, Vec<_>) = batch.drain(..).map(|entry| (entry.record, entry.done)).unzip();
    let result = store.write_audit(&records, durable).await.map_err(|error| {
        tracing::error!(%error, rows = records.len(), "audit rows were not written");
        AuditError::Store(Arc::new(error))
    });
    for done in waiting {
        // A caller that no longer waits does not need the answer.
        drop(done.send(result.clone()));
    }
}
