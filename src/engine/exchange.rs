//! Step 6 of actions without code: the requests of one call, recorded as one.

use std::sync::Arc;

use super::row::Row;
use super::watched::Watched;
use super::{Front, failures};
use crate::auth::Credential;
use crate::catalog::Tool;
use crate::connector::model::Action;
use crate::egress::{EgressError, OutgoingRequest, Route, UpstreamResponse};
use crate::runner::declarative::{self, Pages};

/// Progress steps of a call with one request.
const STEPS: u32 = 3;

/// Progress steps of a call, for clients that show them: those before, one for each page, and those after.
pub(super) fn steps_of(action: &Action) -> u32 {
    let pages = action.pagination().map_or(1, |pagination| pagination.max_pages);
    STEPS + pages - 1
}

/// What came back.
#[expect(clippy::large_enum_variant, reason = "there is one in each call, and most are whole")]
pub(super) enum Answer {
    /// One answer.
    Whole(UpstreamResponse),
    /// Several, to be read as one.
    Pages(Box<Pages>),
}

/// The requests of one call, recorded as one.
pub(super) struct Exchange<'a> {
    pub(super) tool: &'a Arc<Tool>,
    route: &'a Route,
    pub(super) credential: &'a Credential,
    front: &'a dyn Front,
    row: &'a mut Row,
    /// Those that have left so far.
    requests: u32,
    /// Bytes of the requests' bodies, and of the answers, so far.
    bytes_out: u64,
    bytes_in: u64,
}

impl<'a> Exchange<'a> {
    /// Of a call that has sent nothing yet.
    pub(super) fn begin(
        tool: &'a Arc<Tool>,
        route: &'a Route,
        credential: &'a Credential,
        front: &'a dyn Front,
        row: &'a mut Row,
    ) -> Self {
        Self {
            tool,
            route,
            credential,
            front,
            row,
            requests: 0,
            bytes_out: 0,
            bytes_in: 0,
        }
    }

    /// Bytes of the answers so far.
    pub(super) fn bytes_in(&self) -> u64 {
        self.bytes_in
    }

    /// Tells a front that shows it how far the call is.
    pub(super) async fn progress(&self, step: u32, message: &str) {
        self.front
            .show_progress(step, steps_of(&self.tool.action), message)
            .await;
    }

    /// Sends one request.
    pub(super) async fn send(&mut self, request: OutgoingRequest) -> Result<UpstreamResponse, EgressError> {
        // Until it is known better: a caller may hang up while it is on its way.
        self.row.requests_left(self.requests + 1);
        self.bytes_out += request.body.as_ref().map_or(0, |body| body.len() as u64);
        self.row.body(self.bytes_out);
        let sent = self.front.watched().map(|log| Watched::new(log, &request, self.row));
        let answer = Box::pin(self.route.send_watched(request, self.credential, self.row.departure())).await;
        let answer = answer.and_then(|response| self.whole(response));
        if let Some(sent) = sent {
            sent.ended(&answer);
        }
        match &answer {
            Ok(response) => {
                if let Some(drift) = declarative::version_drift(&self.tool.connector, response) {
                    let connector = self.tool.connector.slug.as_str();
                    tracing::warn!(
                        connector,
                        ?drift,
                        "the API answered in another version than the pinned one"
                    );
                }
                self.requests += response.requests;
                self.bytes_in += response.body.len() as u64;
                self.row
                    .answered(response.status.as_u16(), self.requests, self.bytes_in);
            }
            Err(error) => {
                self.requests += u32::from(failures::has_left(error));
                self.row.requests_left(self.requests);
            }
        }
        answer
    }

    /// A status that the action takes for a result does not stand for a body that was cut.
    fn whole(&self, mut response: UpstreamResponse) -> Result<UpstreamResponse, EgressError> {
        let ok_statuses = &self.tool.action.response.ok_statuses;
        if !ok_statuses.contains(&response.status.as_u16()) {
            return Ok(response);
        }
        response.cut.take().map_or(Ok(response), Err)
    }
}
