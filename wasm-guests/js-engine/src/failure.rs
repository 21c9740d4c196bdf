//! What an author reads when a script fails: message and place, from whatever was thrown.

use std::cell::RefCell;

use rquickjs::{Ctx, Function, Object, Persistent, Value};

use crate::text::Text;
use crate::{Failure, json};

/// How stack traces name the engine's own files, see [`crate::machine`].
pub(crate) const OWN_FILES: &str = "toolgate:";

thread_local! {
    /// The prelude's way to show what JSON cannot say.
    static DESCRIBE: RefCell<Option<Persistent<Function<'static>>>> = const { RefCell::new(None) };
}

/// From now on thrown values that JSON cannot say are shown as `describe` gives them.
pub(crate) fn describe_with(describe: Persistent<Function<'static>>) {
    DESCRIBE.set(Some(describe));
}

/// A failure without a place.
pub(crate) fn plain(message: impl Into<String>) -> Failure {
    Failure {
        message: message.into(),
        stack: None,
    }
}

/// Takes what is pending in `ctx`, when `error` says that something is.
pub(crate) fn from_error(ctx: &Ctx<'_>, error: &rquickjs::Error) -> Failure {
    if error.is_exception() {
        from_thrown(ctx, &ctx.catch())
    } else {
        plain(error.to_string())
    }
}

/// At most so many causes of an error are told; it may be its own.
const MOST_CAUSES: usize = 4;

/// Describes a thrown value, with what caused it: `outer (caused by TypeError: inner)`.
pub(crate) fn from_thrown<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>) -> Failure {
    if thrown.is_null() {
        // QuickJS throws null when not even an Error fits into the memory that is left.
        return plain("out of memory (or the script threw null)");
    }
    let mut message = message_of(ctx, thrown);
    let mut told = thrown.clone();
    for _ in 0..MOST_CAUSES {
        let Some(cause) = cause_of(ctx, &told) else { break };
        message = format!("{message} (caused by {})", message_of(ctx, &cause));
        told = cause;
    }
    let stack = thrown.as_object().and_then(|object| property(ctx, object, "stack"));
    Failure {
        message,
        stack: stack.and_then(|stack| author_frames(&stack)),
    }
}

/// What a thrown value says. An `Error` gives its message, with its name unless that is the bare `Error`.
fn message_of<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>) -> String {
    let Some(object) = thrown.as_object() else {
        return if thrown.is_undefined() {
            "the script threw undefined".to_owned()
        } else {
            text_of(ctx, thrown)
        };
    };
    let message = property(ctx, object, "message");
    let message = match (object.is_error(), property(ctx, object, "name"), message) {
        (true, Some(name), Some(message)) if name != "Error" && !message.is_empty() => format!("{name}: {message}"),
        (true, Some(name), Some(message)) if message.is_empty() => name,
        (_, _, Some(message)) => message,
        _ => json::stringify(ctx.clone(), thrown.clone())
            .ok()
            .flatten()
            .and_then(|json| json.to_string().ok())
            .or_else(|| described(ctx, thrown))
            .unwrap_or_else(|| text_of(ctx, thrown)),
    };
    forget_exception(ctx);
    message
}

/// A value that JSON cannot say, e.g. one that holds itself: its first members. Nothing where reading one of them throws.
fn described<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Option<String> {
    forget_exception(ctx);
    let describe = DESCRIBE.with_borrow(Clone::clone)?.restore(ctx).ok()?;
    let told = describe.call::<_, Text>((value.clone(),));
    told.ok().map(|text| text.0)
}

/// The `cause` of an `Error`, if it has one.
fn cause_of<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>) -> Option<Value<'js>> {
    let error = thrown.as_object().filter(|object| object.is_error())?;
    let cause = error.get::<_, Value>("cause").unwrap_or_else(|_| {
        forget_exception(ctx);
        Value::new_undefined(ctx.clone())
    });
    (!cause.is_undefined() && !cause.is_null()).then_some(cause)
}

/// The frames of a stack that lie in the author's file; `None` when there are none.
fn author_frames(stack: &str) -> Option<String> {
    let frames: Vec<&str> = stack
        .lines()
        .filter(|line| line.starts_with("    at ") && !line.contains(OWN_FILES) && !line.contains("(native)"))
        .collect();
    (!frames.is_empty()).then(|| frames.join("\n"))
}

/// A property as text; `None` when it is absent, or reading it throws.
fn property<'js>(ctx: &Ctx<'js>, object: &Object<'js>, name: &str) -> Option<String> {
    let read = object.get::<_, Value>(name).and_then(|value| {
        if value.is_undefined() || value.is_null() {
            Ok(None)
        } else {
            value.get::<Text>().map(|text| Some(text.0))
        }
    });
    read.unwrap_or_else(|_| {
        forget_exception(ctx);
        None
    })
}

fn text_of<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> String {
    value.get::<Text>().map_or_else(
        |_| {
            forget_exception(ctx);
            "the script threw a value that cannot be shown".to_owned()
        },
        |text| text.0,
    )
}

fn forget_exception(ctx: &Ctx<'_>) {
    drop(ctx.catch());
}
