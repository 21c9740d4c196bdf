//! What a call is about to do, before anybody is asked: the request of a declarative action, or the code to run.

use std::borrow::Cow;

use http::HeaderMap;
use serde_json::{Map, Value};

use super::{CallError, failures, given_files};
use crate::approval::prompt;
use crate::catalog::Tool;
use crate::connector::model::{Code, Logic};
use crate::egress::OutgoingRequest;
use crate::runner::declarative;

/// What a call is about to do.
pub(super) struct Plan<'a> {
    /// The work itself.
    pub(super) work: Work<'a>,
    /// What people and logs may see of it.
    pub(super) shown: Shown,
}

/// The work of a call.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one in each call, and most are requests"
)]
pub(super) enum Work<'a> {
    /// One request, without credentials.
    Request(OutgoingRequest),
    /// Code that makes its requests while it runs.
    Code(&'a Code),
}

/// What people and logs may see of a call: never a secret argument, wherever the action puts it.
pub(super) struct Shown {
    /// The arguments; `None` when all of them may be seen.
    arguments: Option<Map<String, Value>>,
    /// The request; `None` when all of it may be seen, or when there is code instead.
    request: Option<OutgoingRequest>,
}

impl<'a> Plan<'a> {
    /// The plan of a call with these arguments, which fit the tool's schema.
    pub(super) fn make(tool: &'a Tool, arguments: &Map<String, Value>) -> Result<Self, CallError> {
        let action = &tool.action;
        let mut work = match &action.logic {
            Logic::Code(code) => {
                given_files::check(arguments, action).map_err(failures::prepare)?;
                Work::Code(code)
            }
            Logic::Request(template) => Work::Request(
                declarative::prepare(&tool.connector, action, template, arguments).map_err(failures::prepare)?,
            ),
        };
        let mut shown = Shown {
            arguments: None,
            request: None,
        };
        if !action.secret_arguments.is_empty() {
            let hidden = prompt::hide(arguments, &action.secret_arguments);
            if let Work::Request(request) = &mut work {
                let visible = shown_request(tool, &hidden, request);
                request.shown_path = Some(visible.url.path().to_owned());
                shown.request = Some(visible);
            }
            shown.arguments = Some(hidden);
        }
        Ok(Self { work, shown })
    }

    /// The arguments as people may see them.
    pub(super) fn shown_arguments<'b>(&'b self, arguments: &'b Map<String, Value>) -> &'b Map<String, Value> {
        self.shown.arguments.as_ref().unwrap_or(arguments)
    }

    /// The request as people may see it; none of code.
    pub(super) fn shown_request(&self) -> Option<&OutgoingRequest> {
        match &self.work {
            Work::Request(request) => Some(self.shown.request.as_ref().unwrap_or(request)),
            Work::Code(_) => None,
        }
    }

    /// What a person is asked about: method, path and query of the request, or [`prompt::CODE`] and the code's name.
    pub(super) fn deed(&self) -> (&str, Cow<'_, str>) {
        let request = match &self.work {
            Work::Code(code) => return (prompt::CODE, Cow::Borrowed(&code.name)),
            Work::Request(request) => self.shown.request.as_ref().unwrap_or(request),
        };
        let path = match request.url.query() {
            Some(query) => Cow::Owned(format!("{}?{query}", request.url.path())),
            None => Cow::Borrowed(request.url.path()),
        };
        (request.method.as_str(), path)
    }
}

/// `request` as it looks with secret arguments replaced. A template that cannot work with what stands in their place,
/// e.g. because it makes a number of it, leaves nothing to show but where the request goes.
pub(super) fn shown_request(tool: &Tool, hidden: &Map<String, Value>, request: &OutgoingRequest) -> OutgoingRequest {
    let prepared = tool
        .action
        .request()
        .and_then(|template| declarative::prepare(&tool.connector, &tool.action, template, hidden).ok());
    let nothing_but_its_place = || {
        let mut url = request.url.clone();
        url.set_path(prompt::HIDDEN);
        url.set_query(None);
        OutgoingRequest {
            method: request.method.clone(),
            url,
            headers: HeaderMap::new(),
            body: None,
            timeout: request.timeout,
            max_response_bytes: None,
            shown_path: None,
            only_reads: request.only_reads,
        }
    };
    prepared.map_or_else(nothing_but_its_place, legible)
}

/// `request` with what stands in place of secret arguments as people know it, also where templates encode values.
fn legible(mut request: OutgoingRequest) -> OutgoingRequest {
    const ENCODED: &str = "%5BHIDDEN%5D";
    let shown = |text: &str| text.contains(ENCODED).then(|| text.replace(ENCODED, prompt::HIDDEN));
    if let Some(path) = shown(request.url.path()) {
        request.url.set_path(&path);
    }
    if let Some(query) = request.url.query().and_then(shown) {
        request.url.set_query(Some(&query));
    }
    request
}
