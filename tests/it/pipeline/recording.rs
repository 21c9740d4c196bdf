//! A store that fails, and callers that hang up: nothing leaves unrecorded.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::sync::Mutex;
use toolgate::clock::Clock;
use toolgate::engine::{Ending, ErrorCode};
use toolgate::store::{
    ApiSighting, ApiStore, ApiUsage, ApprovalKey, ApprovalRecord, ApprovalState, ApprovalStore, AuditFilter,
    AuditRecord, AuditStore, AuditVerification, CallCounts, CallLogStore, CallScope, Decision, KeyRecord, KeyStore,
    OpenQuestion, Put, Rewrap, SealedSecret, SecretId, SecretStore, SlotAnswer, StatisticsStore, Store, StoreError,
    Unused, Wanted, WindowStore,
};

use super::gateway::{Gateway, NOBODY, Setting, call};
use crate::harness::{READ_AND_WRITE, Upstream, Workspace, connector, eventually, within};

/// A store that fails from some moment on.
pub(super) struct Failing {
    store: Arc<dyn Store>,
    audit_fails: AtomicBool,
    /// Writing audit rows waits for it.
    pub(super) audit_turn: Arc<Mutex<()>>,
    approvals_fail: AtomicBool,
    /// Using approvals up waits for it.
    pub(super) approval_turn: Arc<Mutex<()>>,
    /// Counting calls waits for it.
    pub(super) window_turn: Arc<Mutex<()>>,
}

impl Failing {
    /// One that does not fail yet.
    pub(super) async fn over(folder: &tempfile::TempDir) -> Self {
        Self {
            store: toolgate::store::open(folder.path()).await.unwrap(),
            audit_fails: AtomicBool::new(false),
            audit_turn: Arc::default(),
            approvals_fail: AtomicBool::new(false),
            approval_turn: Arc::default(),
            window_turn: Arc::default(),
        }
    }

    fn approvals(&self) -> Result<&dyn Store, StoreError> {
        works(&self.approvals_fail).map(|()| &*self.store)
    }
}

fn works(fails: &AtomicBool) -> Result<(), StoreError> {
    if fails.load(Ordering::SeqCst) {
        return Err(StoreError::Query {
            doing: "was tested",
            source: "the disk is full".into(),
        });
    }
    Ok(())
}

#[async_trait]
impl AuditStore for Failing {
    async fn write_audit(&self, records: &[AuditRecord], durable: bool) -> Result<(), StoreError> {
        works(&self.audit_fails)?;
        let _turn = self.audit_turn.lock().await;
        self.store.write_audit(records, durable).await
    }
    async fn read_open_questions(
        &self,
        expired: &str,
        used_expired: &str,
        most: u32,
    ) -> Result<Vec<OpenQuestion>, StoreError> {
        self.store.read_open_questions(expired, used_expired, most).await
    }
    async fn end_open_question(&self, end: &AuditRecord) -> Result<bool, StoreError> {
        works(&self.audit_fails)?;
        self.store.end_open_question(end).await
    }
    async fn read_audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>, StoreError> {
        self.store.read_audit(filter).await
    }
    async fn verify_audit(&self, noted_head: Option<&str>) -> Result<AuditVerification, StoreError> {
        self.store.verify_audit(noted_head).await
    }
    async fn prune_audit(&self, before: &str, most: u32) -> Result<u64, StoreError> {
        self.store.prune_audit(before, most).await
    }
    async fn give_back_space(&self) -> Result<bool, StoreError> {
        self.store.give_back_space().await
    }
}

#[async_trait]
impl ApprovalStore for Failing {
    async fn find_or_create_approval(
        &self,
        record: &ApprovalRecord,
        arguments: &str,
        now: &str,
    ) -> Result<ApprovalRecord, StoreError> {
        self.approvals()?.find_or_create_approval(record, arguments, now).await
    }
    async fn read_approval_arguments(&self, id: &str) -> Result<Option<String>, StoreError> {
        self.approvals()?.read_approval_arguments(id).await
    }
    async fn forget_approval_arguments(&self, before: &str, most: u32) -> Result<u64, StoreError> {
        self.approvals()?.forget_approval_arguments(before, most).await
    }
    async fn prune_approvals(&self, before: &str, most: u32) -> Result<u64, StoreError> {
        self.approvals()?.prune_approvals(before, most).await
    }
    async fn find_approval(&self, key: &ApprovalKey, now: &str) -> Result<Option<ApprovalRecord>, StoreError> {
        self.approvals()?.find_approval(key, now).await
    }
    async fn get_approval(&self, id: &str) -> Result<Option<ApprovalRecord>, StoreError> {
        self.approvals()?.get_approval(id).await
    }
    async fn approval_states(&self, ids: &[&str]) -> Result<HashMap<String, ApprovalState>, StoreError> {
        self.approvals()?.approval_states(ids).await
    }
    async fn list_approvals(
        &self,
        state: Option<ApprovalState>,
        unexpired_at: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ApprovalRecord>, StoreError> {
        self.approvals()?.list_approvals(state, unexpired_at, limit).await
    }
    async fn decide_approval(&self, id: &str, decision: &Decision) -> Result<bool, StoreError> {
        self.approvals()?.decide_approval(id, decision).await
    }
    async fn revoke_approval(&self, id: &str, decision: &Decision) -> Result<bool, StoreError> {
        self.approvals()?.revoke_approval(id, decision).await
    }
    async fn use_approval(&self, id: &str, key: &ApprovalKey, now: &str) -> Result<bool, StoreError> {
        let _turn = self.approval_turn.lock().await;
        self.approvals()?.use_approval(id, key, now).await
    }
}

#[async_trait]
impl WindowStore for Failing {
    async fn take_slots(
        &self,
        calls: &[Vec<Wanted>],
        unused: &[Unused],
        clock: &Clock,
    ) -> Result<Vec<SlotAnswer>, StoreError> {
        let _turn = self.window_turn.lock().await;
        self.store.take_slots(calls, unused, clock).await
    }
    async fn forget_windows(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.store.forget_windows(now).await
    }
}

#[async_trait]
impl StatisticsStore for Failing {
    async fn count_calls(&self, scope: &CallScope) -> Result<CallCounts, StoreError> {
        self.store.count_calls(scope).await
    }
    async fn add_up_calls(&self, most: u32) -> Result<u64, StoreError> {
        self.store.add_up_calls(most).await
    }
    async fn forget_sums(&self, before: &str) -> Result<(), StoreError> {
        self.store.forget_sums(before).await
    }
}

#[async_trait]
impl ApiStore for Failing {
    async fn sight_apis(&self, sightings: &[ApiSighting], at: &str) -> Result<(), StoreError> {
        self.store.sight_apis(sightings, at).await
    }
    async fn switch_api(&self, slug: &str, enabled: bool) -> Result<bool, StoreError> {
        self.store.switch_api(slug, enabled).await
    }
    async fn remove_api(&self, slug: &str) -> Result<(), StoreError> {
        self.store.remove_api(slug).await
    }
    async fn disabled_apis(&self) -> Result<BTreeSet<String>, StoreError> {
        self.store.disabled_apis().await
    }
    async fn api_usage(&self, recent: &str) -> Result<Vec<ApiUsage>, StoreError> {
        self.store.api_usage(recent).await
    }
}

#[async_trait]
impl SecretStore for Failing {
    async fn find_secret(&self, id: &SecretId) -> Result<Option<SealedSecret>, StoreError> {
        self.store.find_secret(id).await
    }
    async fn list_secrets(&self, organisation: Option<&str>) -> Result<Vec<SealedSecret>, StoreError> {
        self.store.list_secrets(organisation).await
    }
    async fn put_secret(&self, secret: &SealedSecret) -> Result<Put, StoreError> {
        self.store.put_secret(secret).await
    }
    async fn remove_secret(&self, id: &SecretId) -> Result<bool, StoreError> {
        self.store.remove_secret(id).await
    }
    async fn rewrap_secrets(&self, key_id: &str, rewrap: &mut Rewrap<'_>) -> Result<Option<usize>, StoreError> {
        self.store.rewrap_secrets(key_id, rewrap).await
    }
}

#[async_trait]
impl KeyStore for Failing {
    async fn create_key(&self, record: &KeyRecord) -> Result<(), StoreError> {
        self.store.create_key(record).await
    }
    async fn list_keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        self.store.list_keys().await
    }
    async fn revoke_key(&self, id: &str, at: &str) -> Result<bool, StoreError> {
        self.store.revoke_key(id, at).await
    }
}

#[async_trait]
impl CallLogStore for Failing {
    async fn write_call_log(&self, call_id: &str, at: &str, log: &str) -> Result<(), StoreError> {
        self.store.write_call_log(call_id, at, log).await
    }
    async fn read_call_log(&self, call_id: &str) -> Result<Option<String>, StoreError> {
        self.store.read_call_log(call_id).await
    }
    async fn prune_call_logs(&self, before: &str) -> Result<u64, StoreError> {
        self.store.prune_call_logs(before).await
    }
}

async fn failing(upstream: &Upstream, audit: bool, approvals: bool) -> (Gateway, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Failing {
        audit_fails: AtomicBool::new(audit),
        approvals_fail: AtomicBool::new(approvals),
        ..Failing::over(&folder).await
    };
    let setting = Setting {
        store: Some(Arc::new(store)),
        ..Setting::default()
    };
    let text = connector("crm", &upstream.base_url(), READ_AND_WRITE);
    (Gateway::new(&[text], setting).await, folder)
}

#[tokio::test]
async fn without_an_audit_log_no_write_leaves_and_no_answer_is_given() {
    let upstream = Upstream::fixed(r#"{"answer": "withheld"}"#).await;
    let (gateway, _folder) = failing(&upstream, true, false).await;
    let error = gateway.refused("crm__write", json!({})).await;
    assert_eq!(error.code, ErrorCode::InternalError);
    assert!(error.cause.contains("nothing was sent"), "{error}");
    assert_eq!(upstream.count(), 0);

    let error = gateway.refused("crm__read", json!({})).await;
    assert_eq!(error.code, ErrorCode::InternalError);
    assert!(!error.text().contains("withheld\""), "{error}");
    assert!(!error.text().contains("disk"), "{error}");
}

#[tokio::test]
async fn a_call_waits_for_its_row_no_longer_than_it_may_run_and_leaves_it_all_the_same() {
    let upstream = Upstream::fixed(r#"{"answer": "withheld"}"#).await;
    let folder = tempfile::tempdir().unwrap();
    let store = Failing::over(&folder).await;
    let turn = Arc::clone(&store.audit_turn);
    let setting = Setting {
        store: Some(Arc::new(store)),
        call_timeout: Duration::from_secs(2),
        ..Setting::default()
    };
    let text = connector("crm", &upstream.base_url(), READ_AND_WRITE);
    let gateway = Gateway::new(&[text], setting).await;
    let held = turn.lock().await;
    let error = within("an answer", gateway.refused("crm__read", json!({}))).await;
    assert_eq!(error.code, ErrorCode::InternalError, "{error}");
    assert!(!error.text().contains("withheld\""), "{error}");
    assert!(gateway.rows().await.is_empty());
    drop(held);
    gateway.engine.close().await;
    let rows = gateway.rows().await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((rows[0].outcome.as_str(), rows[0].requests), ("ok", 1));
}

#[tokio::test]
async fn without_approvals_no_write_leaves() {
    let upstream = Upstream::fixed("{}").await;
    let (gateway, _folder) = failing(&upstream, false, true).await;
    let error = gateway.refused("crm__careful", json!({})).await;
    assert_eq!(error.code, ErrorCode::InternalError);
    assert_eq!((upstream.count(), gateway.secrets_resolved()), (0, 0));
    assert_eq!(gateway.rows().await[0].outcome.as_str(), "INTERNAL_ERROR");
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_one_row() {
    let upstream = Upstream::silent().await;
    let gateway = Gateway::new(
        &[connector("crm", &upstream.base_url(), READ_AND_WRITE)],
        Setting::default(),
    )
    .await;
    for (tool, requests, outcome) in [("crm__read", 1, "CANCELLED"), ("crm__write", 2, "OUTCOME_UNKNOWN")] {
        tokio::select! {
            ending = gateway.engine.call(call(tool, json!({})), &NOBODY) => panic!("{ending:?}"),
            () = upstream.arrived(requests) => {}
        }
        let row = eventually("the row of a dropped call", async || {
            let row = gateway.rows().await.into_iter().next_back();
            row.filter(|row| row.tool == tool && row.ended_at.is_some())
        })
        .await;
        assert_eq!((row.outcome.as_str(), row.requests), (outcome, 1));
        assert_eq!(gateway.rows().await.len(), requests);
    }
    assert_eq!(gateway.engine.calls_in_flight(), 0);
}

/// An API that takes connections and never answers their handshake, and a connector for it whose `write` has a body.
async fn unconnectable() -> (tokio::net::TcpListener, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}/v1", listener.local_addr().unwrap());
    let actions = READ_AND_WRITE.replace("path = \"/write\"\n", "path = \"/write\"\nbody = { title = \"x\" }\n");
    (listener, connector("crm", &base_url, &actions))
}

#[tokio::test]
async fn a_write_that_never_found_a_connection_has_not_left_however_it_ends() {
    let (listener, text) = unconnectable().await;
    let setting = Setting {
        call_timeout: Duration::from_millis(200),
        ..Setting::default()
    };
    let gateway = Gateway::new(std::slice::from_ref(&text), setting).await;
    let error = gateway.refused("crm__write", json!({})).await;
    assert_eq!((error.code, error.retryable), (ErrorCode::Timeout, true), "{error}");
    let row = gateway.rows().await.remove(0);
    assert_eq!((row.outcome.as_str(), row.requests), ("TIMEOUT", 0));

    let gateway = Gateway::new(&[text], Setting::default()).await;
    let call = call("crm__write", json!({}));
    let cancel = call.cancel.clone();
    let (ending, ()) = tokio::join!(gateway.engine.call(call, &NOBODY), async {
        let (_connecting, _) = listener.accept().await.unwrap();
        let (_connecting, _) = listener.accept().await.unwrap();
        cancel.cancel();
    });
    let Ending::Failed(error) = ending else {
        panic!("{ending:?}")
    };
    assert_eq!(error.code, ErrorCode::Cancelled, "{error}");
    let row = gateway.rows().await.remove(0);
    assert_eq!((row.outcome.as_str(), row.requests), ("CANCELLED", 0));
}

#[tokio::test]
async fn a_connection_that_is_dropped_stops_its_call_and_leaves_one_row() {
    let upstream = Upstream::silent().await;
    let workspace = Workspace::with(&upstream.base_url(), READ_AND_WRITE);
    let mut server = workspace.command(&["serve", "--http", "127.0.0.1:0"]).spawn().unwrap();
    let mut said = BufReader::new(server.stderr.take().unwrap()).lines();
    let address = within("the address", async {
        loop {
            let line = said.next_line().await.unwrap().expect("a server that goes on");
            if let Some(url) = line.strip_prefix("listening on http://") {
                return url.trim_end_matches("/mcp").to_owned();
            }
        }
    })
    .await;
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "crm__read", "arguments": {}, "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        } } })
    .to_string();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: {address}\r\nAccept: application/json, text/event-stream\r\n\
         Content-Type: application/json\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\n\
         Mcp-Name: crm__read\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = tokio::net::TcpStream::connect(&address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    upstream.arrived(1).await;
    drop(connection);
    eventually("the row of the call", async || {
        workspace
            .rows()
            .await
            .first()
            .map(|row| assert_eq!(row.outcome.as_str(), "CANCELLED"))
    })
    .await;
    let row = workspace.row().await;
    assert_eq!((row.channel.as_str(), row.ended_at.is_some()), ("http", true));
}
