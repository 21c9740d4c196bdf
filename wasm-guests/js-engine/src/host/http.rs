//! The one way out: `host.send`.

use rquickjs::{Array, ArrayBuffer, Ctx, Object, Persistent, Promise, Result, Value};

use crate::imports::http;
use crate::text::{Bytes, Text};
use crate::turn::{Settle, wait_for};

/// `send({method, url, headers: [name, value, ...], body, timeout})` gives a promise. It is resolved in any case: with
/// `{status, headers: [name, value, ...], body}`, or with `{code, message}` when there is no response; the prelude
/// makes an `Error` of that, which then knows the author's line.
pub(crate) fn send<'js>(ctx: Ctx<'js>, asked: Object<'js>) -> Result<Promise<'js>> {
    let request = http::Request {
        method: asked.get::<_, Text>("method")?.0,
        url: asked.get::<_, Text>("url")?.0,
        headers: read_headers(&asked.get("headers")?)?,
        body: asked.get::<_, Option<Bytes>>("body")?.map(|body| body.0),
        timeout_ms: asked.get("timeout")?,
    };
    let (promise, resolve, _) = ctx.promise()?;
    let resolve = Persistent::save(&ctx, resolve);
    wait_for(async move {
        let answer = http::send(request).await;
        let settle: Settle = Box::new(move |ctx| {
            let value = match answer {
                Ok(response) => success(ctx, response)?,
                Err(failure) => refusal(ctx, &failure)?,
            };
            resolve.restore(ctx)?.call((value,))
        });
        settle
    });
    Ok(promise)
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

fn success<'js>(ctx: &Ctx<'js>, response: http::Response) -> Result<Value<'js>> {
    let headers = Array::new(ctx.clone())?;
    for (place, header) in response.headers.into_iter().enumerate() {
        headers.set(2 * place, header.name)?;
        headers.set(2 * place + 1, header.value)?;
    }
    let answer = Object::new(ctx.clone())?;
    answer.set("status", response.status)?;
    answer.set("headers", headers)?;
    answer.set("body", ArrayBuffer::new(ctx.clone(), response.body)?)?;
    Ok(answer.into_value())
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
