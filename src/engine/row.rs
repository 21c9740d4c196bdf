//! The audit row of one call while the call runs.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use super::code::Tally;
use super::{Call, Ending, ErrorCode};
use crate::approval::{Continued, Granted};
use crate::audit::{Audit, AuditError};
use crate::auth::Scrubber;
use crate::catalog::Tool;
use crate::clock::milliseconds;
use crate::egress::{Departure, OutgoingRequest};
use crate::store::{AuditDecision, AuditOutcome, AuditRecord, time};

/// Collects what the row will say. Dropped before [`Row::finish`], it still leaves the row: a caller that hangs up
/// drops its call's future wherever it stands.
pub(super) struct Row {
    record: AuditRecord,
    audit: Audit,
    started: Instant,
    /// From the arrival of the run that asked a person to that of this one, which brings the answer.
    before: Duration,
    open: bool,
    /// What code has sent so far, when the call runs some.
    tally: Option<Arc<Tally>>,
    /// Whether anything of a call without code may have reached the API.
    departure: Departure,
}

/// The outcome of a write whose request has left and whose end is not known.
const OUTCOME_UNKNOWN: AuditOutcome = AuditOutcome::Failed(ErrorCode::OutcomeUnknown);

/// The outcome of a call that was dropped, and has changed nothing.
const CANCELLED: AuditOutcome = AuditOutcome::Failed(ErrorCode::Cancelled);

impl Row {
    /// The row of a call that begins.
    ///
    /// # Errors
    /// [`AuditError::Behind`]: the call must not be made. It could not be recorded either, and is only refused, without a
    /// row of its own: there is no end to calls, and there is one to memory.
    pub(super) fn begin(audit: Audit, call: &Call) -> Result<Self, AuditError> {
        if audit.is_behind() {
            return Err(AuditError::Behind);
        }
        let id = Uuid::now_v7();
        let record = AuditRecord {
            call_id: id.to_string(),
            started_at: time::rfc3339(began(id).unwrap_or_else(Timestamp::now)),
            ended_at: None,
            user: call.principal.user.clone(),
            organisation: call.principal.organisation.clone(),
            channel: call.channel.into(),
            client: call.client.clone(),
            tool: call.tool.clone(),
            connector: None,
            action: None,
            effect: None,
            method: None,
            path: None,
            arguments_hash: None,
            decision: AuditDecision::Refused.into(),
            approval_id: None,
            approver: None,
            outcome: CANCELLED.into(),
            upstream_status: None,
            requests: 0,
            bytes_out: 0,
            bytes_in: 0,
            duration_ms: 0,
            message: None,
        };
        Ok(Self {
            record,
            audit,
            started: Instant::now(),
            before: Duration::ZERO,
            open: true,
            tally: None,
            departure: Departure::default(),
        })
    }

    pub(super) fn call_id(&self) -> &str {
        &self.record.call_id
    }

    /// The path of the request, without secrets.
    pub(super) fn path(&self) -> &str {
        self.record.path.as_deref().unwrap_or_default()
    }

    pub(super) fn found(&mut self, tool: &Tool) {
        self.record.connector = Some(tool.connector.slug.clone());
        self.record.action = Some(tool.action.name.clone());
        self.record.effect = Some(tool.action.effect.into());
    }

    /// What is known before anything leaves. The requests of code are not known before they are made.
    pub(super) fn prepared(&mut self, request: Option<&OutgoingRequest>, arguments_hash: &str) {
        self.record.method = request.map(|request| request.method.to_string());
        self.record.path = request.map(|request| request.url.path().to_owned());
        self.record.arguments_hash = Some(arguments_hash.to_owned());
    }

    /// Takes out what the credential holds: a caller may know it, or guess it, and send it along.
    pub(super) fn scrub(&mut self, scrubber: &Scrubber) {
        if let Some(path) = &mut self.record.path
            && let Cow::Owned(clean) = scrubber.text(path)
        {
            *path = clean;
        }
    }

    /// The call waits for a person, or ended with the question.
    pub(super) fn pending(&mut self, approval_id: &str) {
        self.record.decision = AuditDecision::Pending.into();
        self.record.approval_id = Some(approval_id.to_owned());
    }

    pub(super) fn denied(&mut self, approval_id: Option<String>, by: Option<String>) {
        self.record.decision = AuditDecision::Denied.into();
        self.record.approval_id = approval_id;
        self.record.approver = by;
    }

    /// A person allowed the call. When the question ended an earlier run of it, that run's row becomes this one's:
    /// to its caller both are one call.
    pub(super) fn approved(&mut self, granted: &Granted) {
        self.record.decision = AuditDecision::Approved.into();
        self.record.approval_id = Some(granted.approval_id.clone());
        self.record.approver = Some(granted.by.clone());
        if let Some(earlier) = &granted.continues {
            self.adopt(earlier);
        }
    }

    /// Continues the row of an earlier run of the same call.
    pub(super) fn adopt(&mut self, earlier: &Continued) {
        let began = earlier.call_id.parse().ok().and_then(began);
        let started_at = began.map_or_else(|| earlier.asked_at.clone(), time::rfc3339);
        self.before = time::between(&started_at, &self.record.started_at);
        self.record.call_id.clone_from(&earlier.call_id);
        self.record.started_at = started_at;
    }

    pub(super) fn allowed(&mut self) {
        self.record.decision = AuditDecision::Allowed.into();
    }

    /// The request to send has a body of this many bytes.
    pub(super) fn body(&mut self, bytes: u64) {
        self.record.bytes_out = bytes;
    }

    pub(super) fn answered(&mut self, status: u16, requests: u32, bytes_in: u64) {
        self.record.upstream_status = Some(status);
        self.record.requests = requests;
        self.record.bytes_in = bytes_in;
    }

    /// How many requests have left, as far as is known yet.
    pub(super) fn requests_left(&mut self, requests: u32) {
        self.record.requests = requests;
    }

    /// From here on the call's requests are those that `tally` counts.
    pub(super) fn counted_by(&mut self, tally: Arc<Tally>) {
        self.tally = Some(tally);
    }

    /// To be told of the requests of a call without code.
    pub(super) fn departure(&self) -> &Departure {
        &self.departure
    }

    /// Whether a write's request may have reached the API. Its intent is written before: it may still have waited for a
    /// connection, or its code have sent nothing yet.
    pub(super) fn write_has_left(&self) -> bool {
        self.record.outcome == OUTCOME_UNKNOWN
            && self
                .tally
                .as_ref()
                .map_or_else(|| self.departure.is_made(), |tally| tally.wrote())
    }

    /// Makes the intent of a write durable. From here on an unknown end is the truth unless a better one is known; a
    /// call that goes no further than this leaves the better one: that nothing was sent.
    pub(super) async fn intend(&mut self) -> Result<(), AuditError> {
        let intent = AuditRecord {
            outcome: OUTCOME_UNKNOWN.into(),
            ..self.record.clone()
        };
        self.audit.intend(intent).await?;
        self.record.outcome = OUTCOME_UNKNOWN.into();
        Ok(())
    }

    /// Writes the end of the call.
    pub(super) async fn finish(mut self, ending: &Ending) -> Result<(), AuditError> {
        let outcome = match ending {
            Ending::Done(_) => AuditOutcome::Succeeded,
            Ending::AskFirst(prompt) => {
                self.record.approval_id = Some(prompt.approval_id.clone());
                AuditOutcome::Failed(ErrorCode::ApprovalRequired)
            }
            Ending::Failed(error) => {
                self.record.message = error.cause.lines().next().map(str::to_owned);
                AuditOutcome::Failed(error.code)
            }
        };
        self.record.outcome = outcome.into();
        let mut record = self.closed();
        if matches!(ending, Ending::AskFirst(_)) {
            // The run that brings the answer ends the call, and completes this row.
            record.ended_at = None;
        }
        self.audit.finish(record).await
    }

    fn closed(&mut self) -> AuditRecord {
        self.open = false;
        if self.record.outcome == OUTCOME_UNKNOWN && !self.write_has_left() {
            // Dropped before anything that could be unknown had left.
            self.record.outcome = CANCELLED.into();
        }
        if self.tally.is_none() && !self.departure.is_made() {
            // One that still waited for a connection was counted in advance.
            self.record.requests = 0;
        }
        if let Some(tally) = self.tally.take() {
            let counted = tally.counted();
            if let Some(shown) = counted.shown {
                self.record.method = Some(shown.method);
                self.record.path = Some(shown.path);
                self.record.upstream_status = shown.status;
            }
            self.record.requests = counted.requests;
            self.record.bytes_out = counted.bytes_out;
            self.record.bytes_in = counted.bytes_in;
        }
        self.record.ended_at = Some(time::rfc3339(Timestamp::now()));
        self.record.duration_ms = milliseconds(self.before + self.started.elapsed());
        // Nobody looks at it here any more.
        std::mem::take(&mut self.record)
    }
}

/// When the call of this identifier began: a UUID of version 7 starts with the time. All rows of a call have to name
/// the same time, also those of the run that brings an answer.
fn began(id: Uuid) -> Option<Timestamp> {
    let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
    Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanoseconds).ok()?).ok()
}

impl Drop for Row {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let record = self.closed();
        self.audit.abandon(record);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::{HeaderMap, Method};
    use serde_json::Map;
    use tokio_util::sync::CancellationToken;
    use url::Url;

    use super::*;
    use crate::engine::{Principal, failures};
    use crate::store::memory::MemoryStore;
    use crate::store::{AuditFilter, AuditStore as _, Channel};

    fn call() -> Call {
        Call {
            tool: "crm__get".into(),
            arguments: Map::new(),
            principal: Arc::new(Principal::local()),
            channel: Channel::Stdio,
            client: None,
            resume: None,
            cancel: CancellationToken::new(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_call_begins_that_could_not_be_recorded() {
        let store = Arc::new(MemoryStore::default());
        let audit = Audit::start(store.clone());
        let row = Row::begin(audit.clone(), &call()).expect("a row");
        store.set_failing(true);
        assert!(row.finish(&Ending::Failed(failures::no_audit())).await.is_err());
        assert!(matches!(Row::begin(audit.clone(), &call()), Err(AuditError::Behind)));
        store.set_failing(false);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(Row::begin(audit, &call()).is_ok());
    }

    #[tokio::test]
    async fn a_credential_sent_along_is_not_recorded() {
        let store = Arc::new(MemoryStore::default());
        let mut row = Row::begin(Audit::start(store.clone()), &call()).expect("a row");
        let request = OutgoingRequest {
            method: Method::GET,
            url: Url::parse("https://api.example.com/v1/s3cr3t%2F%22key/x").expect("URL"),
            headers: HeaderMap::new(),
            body: None,
            timeout: None,
            max_response_bytes: None,
            shown_path: None,
            only_reads: false,
        };
        row.prepared(Some(&request), "hash");
        row.scrub(&Scrubber::new(["s3cr3t/\"key"]));
        row.finish(&Ending::Failed(failures::no_audit()))
            .await
            .expect("recorded");
        let rows = store.read_audit(&AuditFilter::default()).await.expect("rows");
        assert_eq!(rows[0].path.as_deref(), Some("/v1/[REDACTED]/x"));
    }
}
