//! Reading a list that comes in pages: from one page to the request for the next, and from all of them to one result.
//!
//! The pages become one answer before anything else is done with them, so that schema, redaction and mapping mean the
//! same for one page and for many.

mod step;
mod told;

use serde_json::{Map, Value};

use super::decode::{self, Decoded};
use super::interpret;
use super::{Content, Interpreted, ResponseError};
use crate::auth::Scrubber;
use crate::connector::model::{Action, Connector};
use crate::egress::{OutgoingRequest, UpstreamResponse};
use crate::pagination::{Arrived, End, Pagination, Walk};
use crate::runner::{Redaction, halves};

/// The pages of one list that have come so far.
#[derive(Debug)]
pub struct Pages {
    walk: Walk,
    /// The request that the last page was asked for with.
    request: OutgoingRequest,
}

/// What a page leads to.
#[derive(Debug)]
pub enum Taken {
    /// The request for the next page.
    Next(Box<OutgoingRequest>),
    /// There is nothing more to ask for.
    Last,
    /// The first answer is a normal one, but by its status no page: it is to be read by itself.
    NoPage,
}

impl Pages {
    /// The pages of the list that `request` asks for the first page of.
    #[must_use]
    pub fn begin(pagination: &Pagination, request: &OutgoingRequest) -> Self {
        let sent = pagination
            .parameter
            .as_ref()
            .and_then(|parameter| step::sent(parameter, request));
        Self {
            walk: Walk::new(&request.url, sent),
            request: request.clone(),
        }
    }

    /// The number of the page that is awaited, from 1.
    #[must_use]
    pub fn awaited(&self) -> u32 {
        self.walk.awaited()
    }

    /// Takes in a page.
    ///
    /// # Errors
    /// [`ResponseError`] when the answer is a failure or no page, or the next page must not be asked for.
    pub fn take(
        &mut self,
        connector: &Connector,
        action: &Action,
        arguments: &Map<String, Value>,
        response: &UpstreamResponse,
        scrubber: &Scrubber,
    ) -> Result<Taken, ResponseError> {
        let Some(pagination) = action.pagination() else {
            return Ok(Taken::NoPage);
        };
        let redaction = Redaction::of(scrubber, &action.secret_arguments, arguments);
        interpret::refuse_failure(connector, action, response, &redaction)?;
        if !response.status.is_success() {
            // One of `ok_statuses`: some APIs answer 404 behind the last page.
            let is_first = self.walk.awaited() == 1;
            return Ok(if is_first { Taken::NoPage } else { Taken::Last });
        }
        let arrived = Arrived {
            url: &response.url,
            links: &response.links,
            body: json(response, &redaction)?,
        };
        let Some(step) = self.walk.take(pagination, arrived)? else {
            return Ok(Taken::Last);
        };
        step::take(&mut self.request, pagination.parameter.as_ref(), step)?;
        Ok(Taken::Next(Box::new(self.request.clone())))
    }

    /// Makes one result of all pages.
    ///
    /// # Errors
    /// [`ResponseError`] when what they make is not what the action expects.
    pub fn finish(
        self,
        action: &Action,
        arguments: &Map<String, Value>,
        scrubber: &Scrubber,
    ) -> Result<Interpreted, ResponseError> {
        let redaction = Redaction::of(scrubber, &action.secret_arguments, arguments);
        let Some(pagination) = action.pagination() else {
            return interpret::finish(action, Value::Null, Vec::new(), &redaction);
        };
        let joined = self.walk.finish(pagination);
        let told = match &joined.end {
            End::Complete => None,
            end => Some(redaction.text(&told::told(pagination, end, joined.pages, joined.items))),
        };
        let mut interpreted = interpret::finish(action, joined.value, Vec::new(), &redaction)?;
        if let Some(told) = told {
            if let Content::Json(Value::Object(members)) = &mut interpreted.content {
                told::note(members, action.output_schema.as_deref(), &told);
            }
            interpreted.warnings.push(told);
        }
        Ok(interpreted)
    }
}

/// The JSON of a page; null when there is none.
fn json(response: &UpstreamResponse, redaction: &Redaction) -> Result<Value, ResponseError> {
    let not_json = |reason: String| ResponseError::NotJson { reason };
    match decode::decode(&response.headers, &response.body).map_err(not_json)? {
        Decoded::Empty => Ok(Value::Null),
        Decoded::Json(value) => Ok(value),
        // Sloppy servers call JSON anything.
        Decoded::Text { text, .. } => halves::read(text.trim()).map_err(|_| not_json("it is text".to_owned())),
        Decoded::Binary { mime_type } => {
            let mime_type = interpret::shown_type(mime_type, response, redaction);
            Err(not_json(format!("its type is {mime_type}")))
        }
    }
}

#[cfg(test)]
mod tests;
