//! `toolgate:action/http`.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::{Accessor, HasSelf};

use super::super::world::toolgate::action::http::{Failure, Header, Host, HostWithStore, Request, Response};
use super::super::{GuestRequest, GuestResponse, SendFailure};
use super::Run;

impl Host for Run {}

impl<T: Send + 'static> HostWithStore<T> for HasSelf<Run> {
    async fn send(accessor: &Accessor<T, Self>, request: Request) -> Result<Response, Failure> {
        let (outside, meter) = accessor.with(|mut access| {
            let run = access.get();
            (Arc::clone(&run.outside), Arc::clone(&run.meter))
        });
        let mut request = GuestRequest::from(request);
        // Counted before it waits: what waits holds a body.
        meter
            .request(&request)
            .map_err(|reached| Failure::Refused(reached.to_string()))?;
        let (_turn, room) = meter.turn().await;
        request.max_response_bytes = room;
        let response = outside.send(request).await.map_err(Failure::from)?;
        meter
            .answer(&response)
            .map_err(|reached| Failure::TooLarge(reached.to_string()))?;
        Ok(response.into())
    }
}

impl From<Request> for GuestRequest {
    fn from(request: Request) -> Self {
        Self {
            method: request.method,
            url: request.url,
            headers: request
                .headers
                .into_iter()
                .map(|header| (header.name, header.value))
                .collect(),
            body: request.body,
            timeout: request
                .timeout_ms
                .map(|milliseconds| Duration::from_millis(milliseconds.into())),
            max_response_bytes: 0,
        }
    }
}

impl From<GuestResponse> for Response {
    fn from(response: GuestResponse) -> Self {
        let headers = response.headers.into_iter();
        Self {
            status: response.status,
            headers: headers.map(|(name, value)| Header { name, value }).collect(),
            body: response.body.into(),
        }
    }
}

impl From<SendFailure> for Failure {
    fn from(failure: SendFailure) -> Self {
        match failure {
            SendFailure::Refused(text) => Self::Refused(text),
            SendFailure::TimedOut(text) => Self::TimedOut(text),
            SendFailure::Unreachable(text) => Self::Unreachable(text),
            SendFailure::TooLarge(text) => Self::TooLarge(text),
            SendFailure::Invalid(text) => Self::Invalid(text),
        }
    }
}
