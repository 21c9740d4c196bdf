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

/// What the host begins its handles with.
const HANDLE: &[u8] = b"tghandle";

/// Characters of a handle behind that: hexadecimal digits.
const HANDLE_DIGITS: usize = 32;

/// Throws where `data` holds a handle, which is made anew for each call: nothing that is computed from it is ever right.
fn refuse_handle(ctx: &Ctx<'_>, computed: &str, data: &[u8]) -> Result<()> {
    let is_handle = |part: &[u8]| part.starts_with(HANDLE) && part[HANDLE.len()..].iter().all(u8::is_ascii_hexdigit);
    if !data.windows(HANDLE.len() + HANDLE_DIGITS).any(is_handle) {
        return Ok(());
    }
    let message = format!(
        "{computed} of a handle is not that of the secret that it stands for: an HMAC may have a handle as its key; code \
         that has to hash secrets needs secrets = \"exposed\" under [security] of its connector"
    );
    Err(Exception::throw_type(ctx, &message))
}

fn digest(ctx: Ctx<'_>, name: String, data: Bytes) -> Result<ArrayBuffer<'_>> {
    let algorithm = algorithm(&ctx, &name)?;
    refuse_handle(&ctx, "a digest", &data.0)?;
    ArrayBuffer::new(ctx, crypto::digest(algorithm, &data.0))
}

fn hmac(ctx: Ctx<'_>, name: String, key: Bytes, data: Bytes) -> Result<ArrayBuffer<'_>> {
    let algorithm = algorithm(&ctx, &name)?;
    refuse_handle(&ctx, "an HMAC", &data.0)?;
    ArrayBuffer::new(ctx, crypto::hmac(algorithm, &key.0, &data.0))
}

fn encoding(ctx: &Ctx<'_>, name: &str) -> Result<Encoding> {
    Encoding::named(name).ok_or_else(|| Exception::throw_type(ctx, &format!("Unknown encoding: {name}")))
}

fn encode(ctx: Ctx<'_>, text: Text, name: String) -> Result<ArrayBuffer<'_>> {
    let encoding = encoding(&ctx, &name)?;
    ArrayBuffer::new(ctx, encoding.bytes(text.0))
}

fn decode(ctx: Ctx<'_>, bytes: Bytes, name: String) -> Result<String> {
    Ok(encoding(&ctx, &name)?.text(&bytes.0))
}

/// The text that bytes are in an encoding of the engine's; `undefined` when they are none.
fn decode_strictly(ctx: Ctx<'_>, bytes: Bytes, name: String) -> Result<Option<String>> {
    Ok(encoding(&ctx, &name)?.strict_text(bytes.0))
}

/// The name of the encoding that a label stands for; `undefined` when it stands for none.
fn encoding_of(label: Text) -> Option<String> {
    text::encoding(&label.0)
}

/// What bytes say in an encoding of the host's; `undefined` when it has none of that name.
fn decode_as(bytes: Bytes, label: Text) -> Option<String> {
    text::decode(&label.0, &bytes.0)
}

/// The bytes that Base64 text stands for, as a text of one character each; `undefined` when it is no Base64.
fn atob(text: Text) -> Option<String> {
    forgiving_base64(&text.0).map(|bytes| Encoding::Latin1.text(&bytes))
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
