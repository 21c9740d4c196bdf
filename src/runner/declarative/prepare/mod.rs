//! From arguments to a request.
//!
//! Must never know the credential: the request is complete without it.

mod multipart;

use std::collections::BTreeSet;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

pub use self::multipart::file_content;
use self::multipart::{Field, Said};
use super::PrepareError;
use crate::connector::media_type_of_file;
use crate::connector::model::{Action, BodyTemplate, Connector, Effect, RequestTemplate, StyledPlace};
use crate::egress::{OutgoingRequest, claimed, refusal};
use crate::runner::headers;
use crate::schema::pointer_segment;
pub(super) use crate::template::LONGEST_URL;
use crate::template::{Inside, ValueTemplate, text};

/// Everything but the unreserved characters of RFC 3986: what a value becomes in a query.
pub(super) const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The same for a parameter whose reserved characters are to stay. Those that would end the value do not.
const RESERVED_VALUE: &AsciiSet = &QUERY_VALUE
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'[')
    .remove(b']');

/// Authors write names as their API documents them: `$top`, `filter:state`. What would end a name is encoded, and what
/// a query cannot hold (RFC 3986, section 3.4), such as the brackets of `filter[state]`: some servers refuse them.
pub(super) const QUERY_NAME: &AsciiSet = &QUERY_VALUE
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'?')
    .remove(b'@');

/// Everything that is no cookie-octet (RFC 6265, section 4.1.1), and `%`, so that what was encoded can be told.
const COOKIE_VALUE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b',').add(b';').add(b'\\');

/// Builds the request that `action` makes by `template` with these arguments, without credentials.
///
/// The path is appended to the base URL's path, so a prefix stays (contract S2-06). In queries and forms arrays repeat
/// their name and nulls are left out.
///
/// # Errors
/// [`PrepareError`] when an argument cannot be sent in its place.
pub fn prepare(
    connector: &Connector,
    action: &Action,
    template: &RequestTemplate,
    arguments: &Map<String, Value>,
) -> Result<OutgoingRequest, PrepareError> {
    if let Some(any_of) = template.any_of.as_ref().filter(|any_of| !any_of.is_met(arguments)) {
        return Err(PrepareError {
            pointer: None,
            message: format!("at least one of these has to be given: {any_of}"),
        });
    }
    let changed;
    let arguments = if template.inside.is_empty() {
        arguments
    } else {
        changed = as_the_api_has_them(template, arguments);
        &changed
    };
    let (body, content_type) = match &template.body {
        Some(body) => render_body(template, body, arguments)?,
        None => (None, None),
    };
    let mut headers = headers::usual();
    if let (Some(_), Some(content_type)) = (&body, content_type) {
        headers.insert(CONTENT_TYPE, content_type);
    }
    headers::overlay(&mut headers, connector.connection.headers.iter().cloned());
    headers::overlay(&mut headers, render_headers(template, arguments)?);
    append_cookies(&mut headers, template, arguments)?;
    let request = OutgoingRequest {
        method: template.method.clone(),
        url: render_url(connector, template, arguments)?,
        headers,
        body,
        timeout: action.timeout,
        max_response_bytes: None,
        shown_path: None,
        only_reads: action.effect == Effect::Read,
    };
    // Nobody is asked about it, so what the arguments make of it counts, and not only its method.
    if request.only_reads
        && let Some(change) = claimed(&request)
    {
        return Err(PrepareError {
            pointer: None,
            message: refusal(&change),
        });
    }
    Ok(request)
}

/// `arguments` with what is said about members inside of them.
fn as_the_api_has_them(template: &RequestTemplate, arguments: &Map<String, Value>) -> Map<String, Value> {
    let mut changed = arguments.clone();
    for (name, all) in &template.inside {
        if let Some(value) = changed.get_mut(name) {
            Inside::apply(all, value);
        }
    }
    changed
}

fn render_url(
    connector: &Connector,
    template: &RequestTemplate,
    arguments: &Map<String, Value>,
) -> Result<Url, PrepareError> {
    let mut url = template.base_url(&connector.connection).clone();
    let path = format!(
        "{}{}",
        url.path().trim_end_matches('/'),
        template.path.render(arguments)?
    );
    url.set_path(&path);
    // The path template rules this out; if URL software ever reads a path differently, nothing may be sent.
    if url.path() != path {
        return Err(PrepareError {
            pointer: None,
            message: "the URL path cannot be sent as it is".to_owned(),
        });
    }
    let mut query = url.query().unwrap_or_default().to_owned();
    for (name, value) in &template.query {
        let Some(value) = value.render(arguments)? else {
            continue;
        };
        let mut append = |text: &str| {
            if !query.is_empty() {
                query.push('&');
            }
            query.extend(utf8_percent_encode(name, QUERY_NAME));
            query.push('=');
            query.extend(utf8_percent_encode(text, QUERY_VALUE));
        };
        each_text(&value, &mut append);
    }
    for one in template.styled.iter().filter(|one| one.place == StyledPlace::Query) {
        let set = if one.style.reserved {
            RESERVED_VALUE
        } else {
            QUERY_VALUE
        };
        let encode = |text: &str| utf8_percent_encode(text, set).to_string();
        let value = one.template.render(arguments)?.unwrap_or_default();
        for (name, text) in one.style.pairs(&one.name, &value, &encode) {
            if !query.is_empty() {
                query.push('&');
            }
            query.extend(utf8_percent_encode(&name, QUERY_NAME));
            query.push('=');
            query.push_str(&text);
        }
    }
    if path.len() + query.len() > LONGEST_URL {
        return Err(PrepareError {
            pointer: None,
            message: format!(
                "the URL would be longer than {LONGEST_URL} bytes: shorten what goes into its path or query"
            ),
        });
    }
    url.set_query(if query.is_empty() { None } else { Some(&query) });
    url.set_fragment(None);
    Ok(url)
}

/// Calls `take` with every text that a parameter of `value` is sent with.
fn each_text(value: &Value, take: &mut dyn FnMut(&str)) {
    match value {
        Value::Array(elements) => elements.iter().filter_map(text).for_each(|text| take(&text)),
        value => text(value).iter().for_each(|text| take(text)),
    }
}

fn render_headers(
    template: &RequestTemplate,
    arguments: &Map<String, Value>,
) -> Result<Vec<(HeaderName, HeaderValue)>, PrepareError> {
    let mut headers = Vec::with_capacity(template.headers.len());
    for (name, value) in &template.headers {
        if let Some(value) = render_header(name.as_str(), value, arguments)? {
            headers.push((name.clone(), value));
        }
    }
    for one in &template.styled {
        let StyledPlace::Header(name) = &one.place else {
            continue;
        };
        let value = one.template.render(arguments)?.unwrap_or_default();
        if let Some(text) = one.style.text(&one.name, &value, &str::to_owned) {
            let value = header_value(&text);
            let value = value.ok_or_else(|| unsendable(&one.template, &format!("the header `{name}`")))?;
            headers.push((name.clone(), value));
        }
    }
    Ok(headers)
}

/// The value of the header `name`; nothing when an argument of its template is not given.
fn render_header(
    name: &str,
    template: &ValueTemplate,
    arguments: &Map<String, Value>,
) -> Result<Option<HeaderValue>, PrepareError> {
    let Some(rendered) = template.render(arguments)? else {
        return Ok(None);
    };
    let mut texts = Vec::new();
    each_text(&rendered, &mut |text| texts.push(text.to_owned()));
    if texts.is_empty() {
        return Ok(None);
    }
    // Elements of a list header are separated by commas (RFC 9110, section 5.6.1).
    let value = header_value(&texts.join(", "));
    let value = value.ok_or_else(|| unsendable(template, &format!("the header `{name}`")))?;
    Ok(Some(value))
}

/// Visible ASCII and spaces only: a line break would begin another header, and what servers make of the rest differs.
fn header_value(text: &str) -> Option<HeaderValue> {
    let sendable = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    HeaderValue::from_str(text).ok().filter(|_| sendable)
}

fn unsendable(template: &ValueTemplate, place: &str) -> PrepareError {
    let pointer = only(&template.arguments());
    let cause = match &pointer {
        Some(_) => "it",
        None => "a value",
    };
    PrepareError {
        pointer,
        message: format!("{cause} cannot be sent in {place}: only visible ASCII characters and spaces can"),
    }
}

fn append_cookies(
    headers: &mut HeaderMap,
    template: &RequestTemplate,
    arguments: &Map<String, Value>,
) -> Result<(), PrepareError> {
    // One `Cookie` header holds all of them (RFC 6265, section 5.4).
    let mut cookies: Vec<String> = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| Some(value.to_str().ok()?.to_owned()))
        .collect();
    for (name, value) in &template.cookies {
        let rendered = value.render(arguments)?;
        let Some(text) = rendered.as_ref().and_then(text) else {
            continue;
        };
        cookies.push(format!("{name}={}", utf8_percent_encode(&text, COOKIE_VALUE)));
    }
    for one in template.styled.iter().filter(|one| one.place == StyledPlace::Cookie) {
        let encode = |text: &str| utf8_percent_encode(text, COOKIE_VALUE).to_string();
        let value = one.template.render(arguments)?.unwrap_or_default();
        let pairs = one.style.pairs(&one.name, &value, &encode);
        cookies.extend(pairs.iter().map(|(name, text)| format!("{}={text}", encode(name))));
    }
    if !cookies.is_empty() {
        let value = header_value(&cookies.join("; ")).ok_or_else(|| PrepareError {
            pointer: None,
            message: "a cookie's name holds a character that cannot be sent".to_owned(),
        })?;
        headers.insert(COOKIE, value);
    }
    Ok(())
}

/// The body, and its media type when there is one.
fn render_body(
    request: &RequestTemplate,
    template: &BodyTemplate,
    arguments: &Map<String, Value>,
) -> Result<(Option<Bytes>, Option<HeaderValue>), PrepareError> {
    Ok(match template {
        BodyTemplate::Json(template) => {
            let body = template.render(arguments)?.map(|value| Bytes::from(value.to_string()));
            (body, Some(HeaderValue::from_static("application/json")))
        }
        BodyTemplate::Form(template) => {
            let rendered = template.render(arguments)?;
            let body = rendered.map(|value| form(request, &value, arguments)).transpose()?;
            (
                body,
                Some(HeaderValue::from_static("application/x-www-form-urlencoded")),
            )
        }
        BodyTemplate::Multipart { template, parts } => match template.render(arguments)? {
            None => (None, None),
            Some(value) => {
                let texts = styled_fields(request, arguments)?;
                let said = parts.iter().map(|part| Said::of(part, arguments));
                let said: Vec<Said<'_>> = said.collect::<Result<_, _>>()?;
                let (body, boundary) = multipart::body(&value, &said, texts, &|name| {
                    // What the agent calls it, which is the only name that it knows.
                    only(&template.arguments_of_member(name))
                })?;
                (
                    Some(body),
                    header_value(&format!("multipart/form-data; boundary={boundary}")),
                )
            }
        },
        BodyTemplate::File { content_type, template } => {
            let Some(file) = template.render(arguments)?.filter(|value| !value.is_null()) else {
                return Ok((None, None));
            };
            let content = multipart::file_content(&file).map_err(|error| blame(template, error))?;
            let kind = type_of_file(content_type, &file).map_err(|error| blame(template, error))?;
            (Some(Bytes::from(content)), Some(kind))
        }
        BodyTemplate::Xml {
            content_type,
            template,
            shape,
        } => {
            let body = match template.render(arguments)? {
                Some(value) => Some(shape.write(&value)?),
                None => None,
            };
            (body.map(Bytes::from), Some(media_type(content_type)?))
        }
        BodyTemplate::Text { content_type, template } => {
            let rendered = template.render(arguments)?;
            let body = rendered.as_ref().and_then(text);
            let body = body.map(|text| Bytes::from(text.into_owned()));
            (body, Some(media_type(content_type)?))
        }
    })
}

/// The media type that `file` is sent as, where those of `accepted` are taken.
fn type_of_file(accepted: &str, file: &Value) -> Result<HeaderValue, PrepareError> {
    let own = file.get("mimeType").and_then(Value::as_str).unwrap_or_default();
    let kind = media_type_of_file(accepted, own).ok_or_else(|| PrepareError {
        pointer: None,
        message: format!("the file is `{own}` by its `mimeType`, and the API takes {accepted}"),
    })?;
    media_type(kind)
}

fn media_type(written: &str) -> Result<HeaderValue, PrepareError> {
    header_value(written).ok_or_else(|| PrepareError {
        pointer: None,
        message: "the body's media type holds a character that cannot be sent".to_owned(),
    })
}

/// `error` with the argument to blame, when there is only one.
fn blame(template: &ValueTemplate, error: PrepareError) -> PrepareError {
    PrepareError {
        pointer: only(&template.arguments()).or(error.pointer),
        ..error
    }
}

/// The pointer to the argument of `names`, when there is only one.
fn only(names: &BTreeSet<String>) -> Option<String> {
    let name = names.first().filter(|_| names.len() == 1)?;
    Some(pointer_segment(name))
}

/// A form's fields that have a style.
fn styled_fields<'r>(
    request: &'r RequestTemplate,
    arguments: &Map<String, Value>,
) -> Result<Vec<Field<'r>>, PrepareError> {
    let mut fields = Vec::new();
    for one in request.styled.iter().filter(|one| one.place == StyledPlace::Form) {
        let value = one.template.render(arguments)?.unwrap_or_default();
        let pairs = one.style.pairs(&one.name, &value, &str::to_owned);
        fields.extend(pairs.into_iter().map(|(name, text)| Field {
            of: &one.name,
            name,
            text,
        }));
    }
    Ok(fields)
}

fn form(request: &RequestTemplate, value: &Value, arguments: &Map<String, Value>) -> Result<Bytes, PrepareError> {
    let Value::Object(fields) = value else {
        return Err(PrepareError {
            pointer: None,
            message: "a form's body must be an object".to_owned(),
        });
    };
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        each_text(value, &mut |text| {
            form.append_pair(name, text);
        });
    }
    for field in styled_fields(request, arguments)? {
        form.append_pair(&field.name, &field.text);
    }
    Ok(Bytes::from(form.finish()))
}

#[cfg(test)]
mod tests;
