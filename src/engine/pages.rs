//! Step 6 for a list that comes in pages: one page after the other, each as any other request, under one deadline and
//! one limit of size.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::call::READ_IN_PLACE;
use super::exchange::{Answer, Exchange};
use super::{CallError, failures};
use crate::auth::Scrubber;
use crate::catalog::Tool;
use crate::clock::milliseconds;
use crate::connector::model::Effect;
use crate::egress::{EgressError, OutgoingRequest, Phase, UpstreamResponse};
use crate::pagination::Pagination;
use crate::runner::declarative::{Pages, ResponseError, Taken};

/// Reads all pages of the list that `request` asks for the first page of.
pub(super) async fn read(
    exchange: &mut Exchange<'_>,
    pagination: &Pagination,
    arguments: &Map<String, Value>,
    request: OutgoingRequest,
) -> Result<Answer, CallError> {
    let tool = exchange.tool;
    let limit = request.timeout.unwrap_or(tool.connector.connection.timeout);
    let budget = Budget {
        limit,
        began: Instant::now(),
        bytes: tool.connector.security.max_response_bytes,
    };
    let mut pages = Pages::begin(pagination, &request);
    let mut request = request;
    loop {
        let number = pages.awaited();
        if number > 1 {
            exchange.progress(number, &format!("page {number}")).await;
        }
        let failed = |error: EgressError| failures::on_page(number, failures::egress(&budget.whole(error), false));
        budget.leave_rest(&mut request, exchange.bytes_in()).map_err(failed)?;
        let response = exchange.send(request).await.map_err(failed)?;
        let scrubber = exchange.credential.scrubber();
        let (taken, arrived, so_far) = take(tool, pages, arguments, response, scrubber).await?;
        pages = so_far;
        match taken.map_err(|error| failures::on_page(number, failures::response(error, Effect::Read)))? {
            Taken::Next(next) => request = *next,
            Taken::Last => return Ok(Answer::Pages(Box::new(pages))),
            Taken::NoPage => return Ok(Answer::Whole(arrived)),
        }
    }
}

/// Takes in a page, elsewhere when that takes long.
async fn take(
    tool: &Arc<Tool>,
    mut pages: Pages,
    arguments: &Map<String, Value>,
    response: UpstreamResponse,
    scrubber: &Scrubber,
) -> Result<(Result<Taken, ResponseError>, UpstreamResponse, Pages), CallError> {
    if response.body.len() <= READ_IN_PLACE {
        let taken = pages.take(&tool.connector, &tool.action, arguments, &response, scrubber);
        return Ok((taken, response, pages));
    }
    let (tool, arguments, scrubber) = (Arc::clone(tool), arguments.clone(), scrubber.clone());
    let work = move || {
        let taken = pages.take(&tool.connector, &tool.action, &arguments, &response, &scrubber);
        (taken, response, pages)
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a page could not be read");
        failures::unread()
    })
}

/// What all pages share.
struct Budget {
    /// Longest time for all of them.
    limit: Duration,
    began: Instant,
    /// Most bytes of all of them.
    bytes: u64,
}

impl Budget {
    /// Gives a request what others have left of it.
    fn leave_rest(&self, request: &mut OutgoingRequest, read: u64) -> Result<(), EgressError> {
        let left = self.bytes.saturating_sub(read);
        let time = self.limit.saturating_sub(self.began.elapsed());
        if left == 0 {
            return Err(EgressError::TooLarge { limit: self.bytes });
        }
        if time.is_zero() {
            return Err(EgressError::Timeout {
                phase: Phase::Answer,
                limit_ms: milliseconds(self.limit),
                sent: true,
            });
        }
        request.timeout = Some(time);
        request.max_response_bytes = Some(left);
        Ok(())
    }

    /// `error` with the limits of all pages in place of those that one had.
    fn whole(&self, error: EgressError) -> EgressError {
        match error {
            EgressError::TooLarge { .. } => EgressError::TooLarge { limit: self.bytes },
            EgressError::Timeout {
                phase: phase @ Phase::Answer,
                sent,
                ..
            } => EgressError::Timeout {
                phase,
                limit_ms: milliseconds(self.limit),
                sent,
            },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pages_share_their_time_and_their_bytes() {
        let budget = Budget {
            limit: Duration::from_secs(3),
            began: Instant::now(),
            bytes: 100,
        };
        let mut request = OutgoingRequest {
            method: Method::GET,
            url: "https://api.example.com/".parse().expect("a URL"),
            headers: HeaderMap::new(),
            body: None,
            timeout: None,
            max_response_bytes: None,
            shown_path: None,
            only_reads: false,
        };
        budget.leave_rest(&mut request, 0).expect("all of it");
        assert_eq!(request.timeout, Some(Duration::from_secs(3)));
        assert_eq!(request.max_response_bytes, Some(100));
        tokio::time::advance(Duration::from_secs(2)).await;
        budget.leave_rest(&mut request, 99).expect("the rest");
        assert_eq!(request.timeout, Some(Duration::from_secs(1)));
        assert_eq!(request.max_response_bytes, Some(1));
        let used_up = budget.leave_rest(&mut request, 100);
        assert_eq!(used_up, Err(EgressError::TooLarge { limit: 100 }));
        tokio::time::advance(Duration::from_secs(1)).await;
        let late = budget.leave_rest(&mut request, 0);
        assert!(
            matches!(late, Err(EgressError::Timeout { limit_ms: 3000, .. })),
            "{late:?}"
        );
    }

    #[test]
    fn a_limit_is_told_as_that_of_all_pages() {
        let budget = Budget {
            limit: Duration::from_secs(3),
            began: Instant::now(),
            bytes: 100,
        };
        let timeout = |phase, limit_ms| EgressError::Timeout {
            phase,
            limit_ms,
            sent: true,
        };
        let table = [
            (EgressError::TooLarge { limit: 7 }, EgressError::TooLarge { limit: 100 }),
            (timeout(Phase::Answer, 7), timeout(Phase::Answer, 3000)),
            (timeout(Phase::Connection, 7), timeout(Phase::Connection, 7)),
        ];
        for (error, expected) in table {
            assert_eq!(budget.whole(error), expected);
        }
    }
}
