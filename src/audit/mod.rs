//! The audit log's writer: one row per call, intents of writes durable before their requests leave.
//!
//! Must never see arguments, bodies or secrets: a record holds metadata and a hash.

use std::sync::Arc;

use crate::store::{AuditRecord, Store, StoreError};

/// Writes rows through one task that commits many of them at once.
#[derive(Debug, Clone)]
pub struct Audit;

impl Audit {
    /// Starts the writer over `store`. The queue is bounded: when it is full, callers wait.
    #[must_use]
    pub fn start(_store: Arc<dyn Store>) -> Self {
        unimplemented!()
    }
    /// Returns once `record` would survive a power cut. Called with a write's intent before its request leaves.
    ///
    /// # Errors
    /// [`StoreError`]: the write must then not be sent.
    pub async fn intend(&self, _record: AuditRecord) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Returns once `record` would survive the process.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn finish(&self, _record: AuditRecord) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Waits until everything handed over so far is written, and stops the writer.
    pub async fn close(&self) {
        unimplemented!()
    }
}
