//! From an answer to a result. The order is that of ruling C-09, with the reason for each position beside it.
//!
//! Must never send anything, or know more of the credential than how to remove it.

use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::decode::{self, Decoded, UNKNOWN_TYPE};
use super::detail::{detail, without_addresses};
use super::status::{StatusKind, retry_after};
use super::{Content, Interpreted, ResponseError, disposition};
use crate::auth::Scrubber;
use crate::connector::model::{Action, Connector, ResponseContract, Validation};
use crate::egress::UpstreamResponse;
use crate::mapping;
use crate::runner::returned::file_name;
use crate::runner::{Redaction, halves};
use crate::schema::mismatch;

/// Makes a result of what the API answered to a request with these arguments. `scrubber` knows the values of the
/// credential that was used.
///
/// # Errors
/// [`ResponseError`] when the answer is a failure, or not what the action expects.
pub fn interpret(
    connector: &Connector,
    action: &Action,
    arguments: &Map<String, Value>,
    response: &UpstreamResponse,
    scrubber: &Scrubber,
) -> Result<Interpreted, ResponseError> {
    let contract = &action.response;
    let redaction = Redaction::of(scrubber, &action.secret_arguments, arguments);
    let mut warnings = Vec::new();

    // Status: a failure's body follows no schema.
    refuse_failure(connector, action, response, &redaction)?;

    // Decoding.
    let not_json = |reason| ResponseError::NotJson { reason };
    let decoded = match decode::decode(&response.headers, &response.body) {
        Ok(decoded) => decoded,
        Err(reason) if takes_anything(contract) => {
            warnings.push(format!("the answer is not JSON, though its type says so: {reason}"));
            let text = String::from_utf8_lossy(&response.body).into_owned();
            return finish(action, Value::String(text), warnings, &redaction);
        }
        Err(reason) => return Err(not_json(reason)),
    };
    let method = action.request().map(|request| &request.method);
    let value = match decoded {
        // An answer to HEAD has no body (RFC 9110, section 9.3.2): its head is the answer. To OPTIONS it mostly is, too
        // (section 9.3.7).
        _ if method == Some(&Method::HEAD) => head(connector, response, &redaction),
        Decoded::Empty if method == Some(&Method::OPTIONS) => head(connector, response, &redaction),
        Decoded::Empty if contract.schema.is_none() && contract.mapping.is_none() => {
            made(connector, response).unwrap_or(Value::Null)
        }
        Decoded::Empty => Value::Null,
        Decoded::Json(value) => value,
        Decoded::Text { text, damaged } => {
            if damaged {
                warnings.push("some of the answer's bytes are not text and were replaced".to_owned());
            }
            expected_json(contract, &text, response, &redaction)?
        }
        Decoded::Binary { mime_type } => {
            let mime_type = shown_type(mime_type, response, &redaction);
            let is_expected = contract.schema.is_none() && contract.mapping.is_none();
            if !is_expected && !takes_anything(contract) {
                return Err(not_json(format!("its type is {mime_type}")));
            }
            if !is_expected {
                warnings.push(format!("the answer is {mime_type}, and not what its schema says"));
            }
            let name = disposition::named(&response.headers, |header| redaction.text(header)).map(|name| {
                let name = without_addresses(&name, connector.connection.base_urls());
                file_name(&redaction.text(&name))
            });
            let bytes = redaction.bytes(&response.body);
            return Ok(Interpreted {
                content: Content::Binary { name, mime_type, bytes },
                warnings,
            });
        }
    };

    finish(action, value, warnings, &redaction)
}

/// The failure that an answer with its status is, in the API's words.
pub(super) fn refuse_failure(
    connector: &Connector,
    action: &Action,
    response: &UpstreamResponse,
    redaction: &Redaction,
) -> Result<(), ResponseError> {
    if response.status.is_success() || action.response.ok_statuses.contains(&response.status.as_u16()) {
        return Ok(());
    }
    // A failure that claims to be JSON and is not, e.g. a gateway's page, is text.
    let body = decode::decode(&response.headers, &response.body).unwrap_or_else(|_| Decoded::Text {
        text: String::from_utf8_lossy(&response.body).into_owned(),
        damaged: true,
    });
    Err(ResponseError::Status {
        status: response.status.as_u16(),
        kind: StatusKind::of(response.status),
        retry_after_seconds: retry_after(&response.headers),
        detail: detail(
            &body,
            response.cut.is_some(),
            connector.connection.base_urls(),
            redaction,
        ),
    })
}

/// What becomes of a decoded answer.
pub(super) fn finish(
    action: &Action,
    mut value: Value,
    mut warnings: Vec<String>,
    redaction: &Redaction,
) -> Result<Interpreted, ResponseError> {
    let contract = &action.response;
    // Redaction before validation, so that no violation or mapping error can hold a secret.
    redaction.value(&mut value);

    // Schema before mapping: it describes what the API sends.
    if let Some(schema) = &contract.schema {
        let violations = schema.violations_without_values(&value);
        match contract.validation {
            _ if violations.is_empty() => {}
            Validation::Strict => return Err(ResponseError::SchemaMismatch { violations }),
            Validation::Warn => warnings.push(mismatch("the answer", &violations)),
        }
    }

    if let Some(mapping) = &contract.mapping {
        value = mapping.apply(&value).map_err(ResponseError::Mapping)?;
    }

    // Last, because a mapping may make anything: structured content is an object.
    Ok(Interpreted {
        content: Content::Json(Value::Object(mapping::structured(value))),
        warnings,
    })
}

/// Status and headers of an answer. HTTP made the names lower case, in which no secret would be found later.
fn head(connector: &Connector, response: &UpstreamResponse, redaction: &Redaction) -> Value {
    let mut headers = Map::new();
    for name in response.headers.keys() {
        let values = response.headers.get_all(name).iter();
        let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        // A list that is sent in several lines is one list (RFC 9110, section 5.3).
        let value = without_addresses(&values.join(", "), connector.connection.base_urls());
        headers.insert(redaction.caseless(name.as_str()), Value::from(value));
    }
    json!({ "status": response.status.as_u16(), "headers": headers })
}

/// What an answer without a body says of what was made, or is being made: where that is (RFC 9110, sections 15.3.2 and
/// 15.3.3). Of an address of the API the path alone, because agents do not see the rest.
fn made(connector: &Connector, response: &UpstreamResponse) -> Option<Value> {
    if !matches!(response.status, StatusCode::CREATED | StatusCode::ACCEPTED) {
        return None;
    }
    let written = response.headers.get(LOCATION)?.to_str().ok()?;
    let base_urls = connector.connection.base_urls();
    let location = match response.url.join(written) {
        Ok(url) if url.origin() == response.url.origin() => {
            let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
            format!("{}{query}", url.path())
        }
        _ => without_addresses(written, base_urls),
    };
    Some(json!({ "status": response.status.as_u16(), "location": location }))
}

/// Whether an answer that is not what the action expects is passed on with a warning. No mapping can be computed from one.
fn takes_anything(contract: &ResponseContract) -> bool {
    contract.validation == Validation::Warn && contract.mapping.is_none()
}

/// The media type of an answer as it may be shown. Types are read in lower case, in which no secret would be found again,
/// so that it is looked for in what the API sent.
pub(super) fn shown_type(media_type: String, response: &UpstreamResponse, redaction: &Redaction) -> String {
    let sent = response.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let sent = String::from_utf8_lossy(sent.unwrap_or_default());
    if redaction.text(&sent) == sent && redaction.text(&media_type) == media_type {
        media_type
    } else {
        UNKNOWN_TYPE.to_owned()
    }
}

/// What a text answer is worth to an action that may expect JSON: the text itself unless it expects something else.
fn expected_json(
    contract: &ResponseContract,
    text: &str,
    response: &UpstreamResponse,
    redaction: &Redaction,
) -> Result<Value, ResponseError> {
    let as_text = Value::from(text);
    let fits = contract
        .schema
        .as_ref()
        .is_none_or(|schema| schema.violations_without_values(&as_text).is_empty());
    if fits && contract.mapping.is_none() {
        return Ok(as_text);
    }
    if let Ok(value) = halves::read(text.trim()) {
        return Ok(value);
    }
    if takes_anything(contract) {
        // That it does not match its schema is told with all that does not.
        return Ok(as_text);
    }
    Err({
        let media_type = decode::media_type(&response.headers);
        ResponseError::NotJson {
            reason: media_type.map_or("it is text".to_owned(), |media_type| {
                let media_type = media_type.essence_str().to_owned();
                format!("its type is {}", shown_type(media_type, response, redaction))
            }),
        }
    })
}

#[cfg(test)]
mod tests;
