//! The audit log's writer: one row per call, intents of writes durable before their requests leave.
//!
//! Must never see arguments, bodies or secrets: a record holds metadata and a hash.

pub mod upkeep;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::store::{AuditRecord, Store, StoreError};
use writer::Entry;

/// Rows that may wait to be written. When so many wait, callers wait too: a call is never run without its row, and
/// rows are never dropped.
const QUEUE_LENGTH: usize = 1024;

/// Longest texts that come from outside, in characters. Whoever calls must not be able to fill the disk with them.
const TOOL_LENGTH: usize = 128;
const CLIENT_LENGTH: usize = 128;
const PATH_LENGTH: usize = 512;
const MESSAGE_LENGTH: usize = 500;

/// Writes rows through one task that commits many of them at once (contract S1-50). Cheap to clone.
#[derive(Debug, Clone)]
pub struct Audit {
    queue: mpsc::Sender<Entry>,
    /// Rows that found the queue full. Each belongs to a call, so there are never more than calls.
    outside: TaskTracker,
    stop: CancellationToken,
    writer: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Audit {
    /// Starts the writer over `store`. The queue is bounded: when it is full, callers wait.
    ///
    /// The writer ends with [`Audit::close`], or once every clone is gone and what was handed over is written.
    #[must_use]
    pub fn start(store: Arc<dyn Store>) -> Self {
        let (queue, entries) = mpsc::channel(QUEUE_LENGTH);
        let stop = CancellationToken::new();
        let writer = tokio::spawn(writer::run(store, entries, stop.clone()));
        Self {
            queue,
            outside: TaskTracker::new(),
            stop,
            writer: Arc::new(Mutex::new(Some(writer))),
        }
    }

    /// Returns once `record` would survive a power cut. Called with a write's intent before its request leaves.
    ///
    /// # Errors
    /// [`AuditError`]: the write must then not be sent.
    pub async fn intend(&self, record: AuditRecord) -> Result<(), AuditError> {
        self.write(record, true).await
    }

    /// Returns once `record` would survive the process. A caller that stops waiting does not take its row back.
    ///
    /// # Errors
    /// [`AuditError`]: the call has no complete row.
    pub async fn finish(&self, record: AuditRecord) -> Result<(), AuditError> {
        self.write(record, false).await
    }

    /// Writes the row of a call that nobody waits for any more.
    pub fn abandon(&self, mut record: AuditRecord) {
        shorten(&mut record);
        // Nobody hears whether it was written; the writer logs when it was not.
        drop(self.hand_over(record, false));
    }

    /// Waits until everything handed over so far is written, and stops the writer.
    pub async fn close(&self) {
        self.outside.close();
        self.outside.wait().await;
        self.stop.cancel();
        let mut writer = self.writer.lock().await;
        if let Some(task) = writer.as_mut() {
            if let Err(error) = task.await {
                tracing::error!(%error, "the audit writer did not end properly");
            }
            *writer = None;
        }
    }

    async fn write(&self, mut record: AuditRecord, durable: bool) -> Result<(), AuditError> {
        shorten(&mut record);
        self.hand_over(record, durable).await.map_err(|_| AuditError::Closed)?
    }

    /// Queues a row, at once or as soon as there is room, whether or not its caller goes on waiting.
    fn hand_over(&self, record: AuditRecord, durable: bool) -> oneshot::Receiver<Result<(), AuditError>> {
        let (done, written) = oneshot::channel();
        match self.queue.try_send(Entry { record, durable, done }) {
            Ok(()) => {}
            Err(TrySendError::Full(entry)) => {
                let queue = self.queue.clone();
                let waiting = async move {
                    // A closed queue drops the entry, which tells its caller.
                    drop(queue.send(entry).await);
                };
                if let Ok(runtime) = Handle::try_current() {
                    drop(self.outside.spawn_on(waiting, &runtime));
                } else {
                    tracing::error!("the process ended before an audit row was written");
                }
            }
            // The same: dropping the entry tells its caller.
            Err(TrySendError::Closed(entry)) => {
                tracing::error!(
                    call = entry.record.call_id,
                    "an audit row came after the log was closed"
                );
            }
        }
        written
    }
}

/// A row was not written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AuditError {
    /// The store failed; every row of the same commit shares the cause.
    #[error("the audit log cannot be written: {0}")]
    Store(Arc<StoreError>),
    /// It will be, but its caller has waited long enough.
    #[error("the audit log was not written within {} ms", .0.as_millis())]
    Slow(Duration),
    /// The log was closed: the process is ending.
    #[error("the audit log is closed because the server is stopping")]
    Closed,
}

fn shorten(record: &mut AuditRecord) {
    cut(&mut record.tool, TOOL_LENGTH);
    for (text, length) in [
        (&mut record.client, CLIENT_LENGTH),
        (&mut record.path, PATH_LENGTH),
        (&mut record.message, MESSAGE_LENGTH),
    ] {
        if let Some(text) = text {
            cut(text, length);
        }
    }
}

/// Cuts `text` to `length` characters, the last of them `…` to say so.
fn cut(text: &mut String, length: usize) {
    if text.char_indices().nth(length).is_none() {
        return;
    }
    let kept = text.char_indices().nth(length - 1).map_or(0, |(position, _)| position);
    text.truncate(kept);
    text.push('…');
}

#[cfg(test)]
mod tests;
