//! The request of an action without code, noted for a front whose person watches the call.

use tokio::time::Instant;

use super::failures;
use super::row::Row;
use crate::audit::{CallEventKind, CallLog};
use crate::clock::milliseconds;
use crate::egress::{EgressError, OutgoingRequest, UpstreamResponse};

/// A request that somebody watches, on its way.
pub(super) struct Watched {
    log: CallLog,
    method: String,
    url: String,
    sent: Instant,
}

impl Watched {
    /// Its path is the one that the row shows: without secrets.
    pub(super) fn new(log: CallLog, request: &OutgoingRequest, row: &Row) -> Self {
        Self {
            log,
            method: request.method.to_string(),
            url: format!("{}{}", request.url.authority(), row.path()),
            sent: Instant::now(),
        }
    }

    pub(super) fn ended(self, answer: &Result<UpstreamResponse, EgressError>) {
        let response = answer.as_ref().ok();
        let what = CallEventKind::Request {
            method: self.method,
            url: self.url,
            status: response.map(|response| response.status.as_u16()),
            failure: answer.as_ref().err().map(|error| failures::egress(error, false).cause),
            bytes: response.map_or(0, |response| response.body.len() as u64),
            duration_ms: milliseconds(self.sent.elapsed()),
        };
        self.log.note(0, what);
    }
}
