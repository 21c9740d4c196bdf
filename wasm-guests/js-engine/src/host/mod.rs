//! The `host` object: the world's imports as plain JavaScript functions. Only the prelude sees it; scripts get what
//! the prelude makes of it.

#![allow(clippy::needless_pass_by_value, reason = "JavaScript hands its arguments over")]

mod http;
mod order;
mod random;
mod url;

use rquickjs::function::{Opt, This};
use rquickjs::prelude::{Func, Rest};
use rquickjs::{ArrayBuffer, Ctx, Error, Exception, Function, Object, Persistent, Result, Type, Value, qjs};

use crate::encoding::{Encoding, forgiving_base64};
use crate::handle::{self, Refused};
use crate::imports::{clock, crypto, log, progress, text};
use crate::text::{Bytes, Text};
use crate::{json, timers};

/// Makes the object.
pub(crate) fn object<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let host = Object::new(ctx.clone())?;
    host.set("send", Func::from(http::send))?;
    host.set("log", Func::from(write_log))?;
    host.set("randomBytes", Func::from(random::bytes))?;
    host.set("random", Func::from(random::fraction))?;
    host.set("now", Func::from(now))?;
    host.set("startTimer", Func::from(start_timer))?;
    host.set("stopTimer", Func::from(timers::stop))?;
    host.set("parseUrl", Func::from(url::parse))?;
    host.set("setUrl", Func::from(url::set))?;
    host.set("digest", Func::from(digest))?;
    host.set("hmac", Func::from(hmac))?;
    host.set("encode", Func::from(encode))?;
    host.set("decode", Func::from(decode))?;
    host.set("decodeStrictly", Func::from(decode_strictly))?;
    host.set("encodingOf", Func::from(encoding_of))?;
    host.set("decodeAs", Func::from(decode_as))?;
    host.set("atob", Func::from(atob))?;
    host.set("refuseDecoded", Func::from(refuse_decoded))?;
    host.set("progress", Func::from(report))?;
    host.set("stringify", Func::from(json::stringify))?;
    host.set("within", Func::from(json::within))?;
    host.set("aloud", Func::from(aloud))?;
    host.set("standsFor", Func::from(order::stands_for))?;
    host.set("compare", Func::from(order::compare))?;
    Ok(host)
}

fn write_log(level: String, message: Text) {
    let level = match level.as_str() {
        "debug" => log::Level::Debug,
        "warn" => log::Level::Warn,
        "error" => log::Level::Error,
        _ => log::Level::Info,
    };
    log::write(level, &message.0);
}

/// Milliseconds since 1970, with fractions.
#[allow(clippy::cast_precision_loss, reason = "exact until the year 2255")]
fn now() -> f64 {
    clock::now() as f64 / 1000.0
}

fn start_timer<'js>(ctx: Ctx<'js>, callback: Function<'js>, milliseconds: u32, repeat: bool) -> u32 {
    timers::start(Persistent::save(&ctx, callback), milliseconds, repeat)
}

fn algorithm(ctx: &Ctx<'_>, name: &str) -> Result<crypto::Algorithm> {
    Ok(match name {
        "sha1" => crypto::Algorithm::Sha1,
        "sha256" => crypto::Algorithm::Sha256,
        "sha384" => crypto::Algorithm::Sha384,
        "sha512" => crypto::Algorithm::Sha512,
        _ => return Err(Exception::throw_type(ctx, &format!("no such algorithm: {name}"))),
    })
}

/// What is refused of a handle, as an error of the script's.
fn refused(ctx: &Ctx<'_>, refused: Refused) -> Error {
    Exception::throw_type(ctx, &refused.0)
}

fn digest(ctx: Ctx<'_>, name: String, data: Bytes) -> Result<ArrayBuffer<'_>> {
    let algorithm = algorithm(&ctx, &name)?;
    handle::refuse("a digest", &data.0).map_err(|error| refused(&ctx, error))?;
    ArrayBuffer::new(ctx, crypto::digest(algorithm, &data.0))
}

fn hmac(ctx: Ctx<'_>, name: String, key: Bytes, data: Bytes) -> Result<ArrayBuffer<'_>> {
    let algorithm = algorithm(&ctx, &name)?;
    let allowed = handle::refuse_key(&key.0).and_then(|()| handle::refuse("an HMAC", &data.0));
    allowed.map_err(|error| refused(&ctx, error))?;
    ArrayBuffer::new(ctx, crypto::hmac(algorithm, &key.0, &data.0))
}

fn encoding(ctx: &Ctx<'_>, name: &str) -> Result<Encoding> {
    Encoding::named(name).ok_or_else(|| Exception::throw_type(ctx, &format!("Unknown encoding: {name}")))
}

fn encode(ctx: Ctx<'_>, text: Text, name: String) -> Result<ArrayBuffer<'_>> {
    let encoding = encoding(&ctx, &name)?;
    let of_handle = handle::decoded(&text.0, encoding).map_err(|error| refused(&ctx, error))?;
    ArrayBuffer::new(ctx, of_handle.unwrap_or_else(|| encoding.bytes(text.0)))
}

fn decode(ctx: Ctx<'_>, bytes: Bytes, name: String) -> Result<String> {
    let encoding = encoding(&ctx, &name)?;
    let handle = handle::encoded(&bytes.0, encoding).map_err(|error| refused(&ctx, error))?;
    Ok(handle.unwrap_or_else(|| encoding.text(&bytes.0)))
}

/// Throws where `text` is made of what a handle was decoded into.
fn refuse_decoded(ctx: Ctx<'_>, text: Text) -> Result<()> {
    handle::refuse_decoded(text.0.as_bytes()).map_err(|error| refused(&ctx, error))
}

/// The text that bytes are in an encoding of the engine's; `undefined` when they are none.
fn decode_strictly(ctx: Ctx<'_>, bytes: Bytes, name: String) -> Result<Option<String>> {
    handle::refuse_decoded(&bytes.0).map_err(|error| refused(&ctx, error))?;
    Ok(encoding(&ctx, &name)?.strict_text(bytes.0))
}

/// The name of the encoding that a label stands for; `undefined` when it stands for none.
fn encoding_of(label: Text) -> Option<String> {
    text::encoding(&label.0)
}

/// What bytes say in an encoding of the host's; `undefined` when it has none of that name.
fn decode_as(ctx: Ctx<'_>, bytes: Bytes, label: Text) -> Result<Option<String>> {
    handle::refuse_decoded(&bytes.0).map_err(|error| refused(&ctx, error))?;
    Ok(text::decode(&label.0, &bytes.0))
}

/// The bytes that Base64 text stands for, as a text of one character each; `undefined` when it is no Base64.
fn atob(ctx: Ctx<'_>, text: Text) -> Result<Option<String>> {
    let of_handle = handle::decoded(&text.0, Encoding::Base64).map_err(|error| refused(&ctx, error))?;
    let bytes = of_handle.or_else(|| forgiving_base64(&text.0));
    Ok(bytes.map(|bytes| Encoding::Latin1.text(&bytes)))
}

/// What `function` of the engine gives for `this`. Where it fails without throwing anything, as parts of the engine do when
/// there is no memory, it throws that: what scripts would catch otherwise is no value at all.
fn aloud<'js>(
    ctx: Ctx<'js>,
    function: Function<'js>,
    this: Value<'js>,
    arguments: Rest<Value<'js>>,
) -> Result<Value<'js>> {
    function.call((This(this), arguments)).or_else(|error: Error| {
        let thrown = ctx.catch();
        if !error.is_exception() {
            return Err(error);
        }
        if thrown.type_of() == Type::Uninitialized {
            // SAFETY: the context is alive; what this gives only says that it has thrown.
            unsafe { qjs::JS_ThrowOutOfMemory(ctx.as_raw().as_ptr()) };
            return Err(error);
        }
        Err(ctx.throw(thrown))
    })
}

fn report(done: f64, total: Opt<Value<'_>>, message: Opt<Value<'_>>) {
    let total = total.0.and_then(|total| total.as_number());
    let message = message.0.and_then(|message| message.as_string()?.to_string().ok());
    progress::report(done, total, message.as_deref());
}
