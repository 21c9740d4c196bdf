//! The one way out: `host.send`.

use rquickjs::{Array, ArrayBuffer, Ctx, Object, Persistent, Promise, Result, Value};

use crate::encoding::Encoding;
use crate::handle::{self, Refused};
use crate::imports::http;
use crate::json;
use crate::text::{Bytes, Text};
use crate::turn::{Answer, wait_for};

/// Methods that change nothing, as the host counts them.
const SAFE: [&str; 7] = ["GET", "HEAD", "OPTIONS", "PROPFIND", "QUERY", "REPORT", "SEARCH"];

/// Headers that ask for a request to be taken for one of another method.
const OVERRIDES: [&str; 3] = ["x-http-method", "x-http-method-override", "x-method-override"];

/// What the prelude reads of a body, beside its bytes.
const TEXT: u32 = 1;
/// Text, and the JSON that it is.
const JSON: u32 = 2;

/// `send(method, url, [header, value, ...], body, timeout, reads)` gives a promise. It is resolved in any case: with
/// `{status, headers: {name: value}, body}`, and with `text` and `json` where the prelude `reads` them and the body is
/// UTF-8; or with `{code, message}` when there is no response; the prelude makes an `Error` of that, which then knows the
/// author's line.
#[allow(
    clippy::too_many_arguments,
    reason = "JavaScript would have to make and read an object for each request"
)]
pub(crate) fn send<'js>(
    ctx: Ctx<'js>,
    method: Text,
    url: Text,
    headers: Array<'js>,
    body: Option<Bytes>,
    timeout_ms: Option<u32>,
    reads: u32,
) -> Result<Promise<'js>> {
    let request = http::Request {
        method: method.0,
        url: url.0,
        headers: read_headers(&headers)?,
        body: body.map(|body| body.0),
        timeout_ms,
    };
    refuse_decoded(&request).map_err(|error| super::refused(&ctx, error))?;
    let (promise, resolve, _) = ctx.promise()?;
    let resolve = Persistent::save(&ctx, resolve);
    let is_overridden = |header: &http::Header| OVERRIDES.iter().any(|name| header.name.eq_ignore_ascii_case(name));
    let may_change = !SAFE.contains(&request.method.as_str()) || request.headers.iter().any(is_overridden);
    wait_for(may_change, async move {
        let answer = http::send(request).await;
        let is_failed_change = may_change && answer.is_err();
        let settle = Box::new(move |ctx: &Ctx<'_>| {
            let value = match answer {
                Ok(response) => success(ctx, response, reads).or_else(|_| {
                    // The code that asked may go on without it.
                    ctx.catch();
                    let told = "out of memory: the run has no room for the answer".to_owned();
                    refusal(ctx, &http::Failure::TooLarge(told))
                })?,
                Err(failure) => refusal(ctx, &failure)?,
            };
            resolve.restore(ctx)?.call((value,))
        });
        Answer {
            settle,
            is_failed_change,
        }
    });
    Ok(promise)
}

/// What code has decoded a handle into stands for nothing in a request: the host would send it as it is.
fn refuse_decoded(request: &http::Request) -> std::result::Result<(), Refused> {
    let values = request.headers.iter().map(|header| header.value.as_bytes());
    let mut parts = values.chain([request.url.as_bytes()]).chain(request.body.as_deref());
    parts.try_for_each(handle::refuse_decoded)
}

fn read_headers(flat: &Array<'_>) -> Result<Vec<http::Header>> {
    let mut texts = flat.iter::<Text>();
    let mut headers = Vec::with_capacity(flat.len() / 2);
    while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
        headers.push(http::Header {
            name: name?.0,
            value: value?.0,
        });
    }
    Ok(headers)
}

fn success<'js>(ctx: &Ctx<'js>, response: http::Response, reads: u32) -> Result<Value<'js>> {
    let answer = Object::new(ctx.clone())?;
    answer.set("status", response.status)?;
    if reads >= TEXT && is_utf8(&response.headers) {
        let text = Encoding::Utf8.text(&response.body);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        answer.set("text", text)?;
        if reads == JSON {
            answer.set("json", json::parse(ctx, text)?)?;
        }
    }
    answer.set("headers", named(ctx, response.headers)?)?;
    answer.set("body", ArrayBuffer::new(ctx.clone(), response.body)?)?;
    Ok(answer.into_value())
}

/// Headers by their names in lower case; the values of one that comes several times are one list (RFC 9110 section 5.3).
fn named<'js>(ctx: &Ctx<'js>, headers: Vec<http::Header>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    let mut all: Vec<http::Header> = Vec::with_capacity(headers.len());
    for mut header in headers {
        header.name.make_ascii_lowercase();
        match all.iter_mut().find(|other| other.name == header.name) {
            Some(first) => {
                first.value.push_str(", ");
                first.value.push_str(&header.value);
            }
            None => all.push(header),
        }
    }
    for header in all {
        object.set(header.name, header.value)?;
    }
    Ok(object)
}

/// Whether a body is UTF-8 by what its type says. Other characters are for the prelude, which knows more of their names.
fn is_utf8(headers: &[http::Header]) -> bool {
    let mut types = headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("content-type"));
    types.all(|header| {
        let value = header.value.to_ascii_lowercase();
        let Some((_, charset)) = value.split_once("charset") else {
            return true;
        };
        let charset = charset.trim_start_matches(['=', '"']);
        ["utf-8", "utf8"].iter().any(|name| {
            let rest = charset.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([';', '"', ' ']))
        })
    })
}

fn refusal<'js>(ctx: &Ctx<'js>, failure: &http::Failure) -> Result<Value<'js>> {
    let (code, message) = match failure {
        http::Failure::Refused(message) => ("refused", message),
        http::Failure::TimedOut(message) => ("timed-out", message),
        http::Failure::Unreachable(message) => ("unreachable", message),
        http::Failure::TooLarge(message) => ("too-large", message),
        http::Failure::Invalid(message) => ("invalid", message),
    };
    let answer = Object::new(ctx.clone())?;
    answer.set("code", code)?;
    answer.set("message", message.as_str())?;
    Ok(answer.into_value())
}
