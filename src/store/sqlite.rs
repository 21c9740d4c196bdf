//! The embedded backend: SQLite in WAL mode.

use std::path::Path;

use async_trait::async_trait;

use super::{
    ApprovalKey, ApprovalRecord, ApprovalState, ApprovalStore, AuditFilter, AuditRecord, AuditStore, Decision,
    StoreError,
};

/// One SQLite file.
#[derive(Debug)]
pub struct SqliteStore;

impl SqliteStore {
    /// Opens `toolgate.db` in `folder`.
    ///
    /// # Errors
    /// [`StoreError::Open`].
    pub async fn open(_folder: &Path) -> Result<Self, StoreError> {
        unimplemented!()
    }
}

#[async_trait]
impl AuditStore for SqliteStore {
    async fn write_audit(&self, _records: &[AuditRecord], _durable: bool) -> Result<(), StoreError> {
        unimplemented!()
    }
    async fn read_audit(&self, _filter: &AuditFilter) -> Result<Vec<AuditRecord>, StoreError> {
        unimplemented!()
    }
}

#[async_trait]
impl ApprovalStore for SqliteStore {
    async fn find_or_create_approval(
        &self,
        _record: &ApprovalRecord,
        _now: &str,
    ) -> Result<ApprovalRecord, StoreError> {
        unimplemented!()
    }
    async fn find_approval(&self, _key: &ApprovalKey, _now: &str) -> Result<Option<ApprovalRecord>, StoreError> {
        unimplemented!()
    }
    async fn get_approval(&self, _id: &str) -> Result<Option<ApprovalRecord>, StoreError> {
        unimplemented!()
    }
    async fn list_approvals(
        &self,
        _state: Option<ApprovalState>,
        _limit: u32,
    ) -> Result<Vec<ApprovalRecord>, StoreError> {
        unimplemented!()
    }
    async fn decide_approval(&self, _id: &str, _decision: &Decision) -> Result<bool, StoreError> {
        unimplemented!()
    }
    async fn use_approval(&self, _id: &str, _key: &ApprovalKey, _now: &str) -> Result<bool, StoreError> {
        unimplemented!()
    }
}
