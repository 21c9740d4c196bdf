//! The audit log's writer: one row per call, intents of writes durable before their requests leave.
//!
//! Must never see secrets, or arguments and bodies as such: a record holds metadata, a hash, the path as it may be shown,
//! and of a failure its first line, without secrets. What code did is kept beside the rows ([`CallLog`]).

mod call_log;
mod settler;
pub mod upkeep;
mod writer;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

pub use call_log::{CallEvent, CallEventKind, CallLog};

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

/// Writes rows (contract S1-50): at once where the store can, else through one task that commits many of them together.
/// Cheap to clone.
#[derive(Clone)]
pub struct Audit {
    store: Arc<dyn Store>,
    /// Rows were written at once since the store was settled the last time.
    unsettled: Arc<Notify>,
    queue: mpsc::Sender<Entry>,
    /// Rows of calls that have ended could not be written.
    is_behind: Arc<AtomicBool>,
    /// Rows that found the queue full. Each belongs to a call, so there are never more than calls.
    outside: TaskTracker,
    stop: CancellationToken,
    /// Ends the task that settles when the last clone goes.
    _settling: Arc<DropGuard>,
    tasks: Arc<Mutex<Option<[JoinHandle<()>; 2]>>>,
}

impl fmt::Debug for Audit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Audit").finish_non_exhaustive()
    }
}

impl Audit {
    /// Starts the writer over `store`. The queue is bounded: when it is full, callers wait.
    ///
    /// What it starts ends with [`Audit::close`], or once every clone is gone and what was handed over is written.
    #[must_use]
    pub fn start(store: Arc<dyn Store>) -> Self {
        let (queue, entries) = mpsc::channel(QUEUE_LENGTH);
        let stop = CancellationToken::new();
        let unsettled = Arc::new(Notify::new());
        let settling = stop.child_token();
        let is_behind = Arc::new(AtomicBool::new(false));
        let tasks = [
            tokio::spawn(writer::run(
                Arc::clone(&store),
                entries,
                stop.clone(),
                Arc::clone(&is_behind),
            )),
            tokio::spawn(settler::run(
                Arc::clone(&store),
                Arc::clone(&unsettled),
                settling.clone(),
            )),
        ];
        Self {
            store,
            unsettled,
            queue,
            is_behind,
            outside: TaskTracker::new(),
            stop,
            _settling: Arc::new(settling.drop_guard()),
            tasks: Arc::new(Mutex::new(Some(tasks))),
        }
    }

    /// Whether rows of calls that have ended could not be written, and wait for the store. No call should be made then: its
    /// row could not be written either.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.is_behind.load(Ordering::Acquire)
    }

    /// Returns once `record` would survive a power cut. Called with a write's intent before its request leaves.
    ///
    /// # Errors
    /// [`AuditError`]: the write must then not be sent.
    pub async fn intend(&self, mut record: AuditRecord) -> Result<(), AuditError> {
        shorten(&mut record);
        self.hand_over(record, true).await.map_err(|_| AuditError::Closed)?
    }

    /// Returns once `record` would survive the process. A caller that stops waiting does not take its row back.
    ///
    /// # Errors
    /// [`AuditError`]: the call has no complete row.
    pub async fn finish(&self, mut record: AuditRecord) -> Result<(), AuditError> {
        shorten(&mut record);
        // A row without an end is one of several of its call. Those come one after the other through the queue: what is
        // written at once is put in order only later, and would stand behind the intent of the run that goes on.
        if record.ended_at.is_some() && self.write_at_once(&record) {
            return Ok(());
        }
        self.hand_over(record, false).await.map_err(|_| AuditError::Closed)?
    }

    /// Writes the row of a call that nobody waits for any more.
    pub fn abandon(&self, mut record: AuditRecord) {
        shorten(&mut record);
        if !self.write_at_once(&record) {
            // Nobody hears whether it was written; the writer logs when it was not.
            drop(self.hand_over(record, false));
        }
    }

    /// Waits until everything handed over so far is written, and stops the writer.
    pub async fn close(&self) {
        self.outside.close();
        self.outside.wait().await;
        self.stop.cancel();
        let mut tasks = self.tasks.lock().await;
        if let Some(running) = tasks.as_mut() {
            for task in running {
                if let Err(error) = task.await {
                    tracing::error!(%error, "the audit writer did not end properly");
                }
            }
            *tasks = None;
        }
    }

    /// Whether `record` is written already: most rows are, without a change of threads.
    fn write_at_once(&self, record: &AuditRecord) -> bool {
        let written = !self.stop.is_cancelled() && self.store.write_audit_at_once(record);
        if written {
            self.unsettled.notify_one();
        }
        written
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
    /// Rows of calls that have ended could not be written so far.
    #[error("rows of earlier calls wait to be written")]
    Behind,
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
