//! What an author reads when a script fails: message and place, from whatever was thrown.

use std::cell::RefCell;

use rquickjs::{Ctx, Function, Object, Persistent, Type, Value};

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

/// At most so many of the errors that an `AggregateError` holds are told. None is cut here: the host could not find part of
/// a secret in it.
const MOST_ERRORS: usize = 5;

/// What `QuickJS` says of `eval` and of `new Function` alike, which libraries use.
const NO_EVAL: &str = "TypeError: eval is not supported";

/// Describes a thrown value, with what caused it: `outer (caused by TypeError: inner)`.
pub(crate) fn from_thrown<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>) -> Failure {
    let mut message = message_of(ctx, thrown);
    let mut told = thrown.clone();
    for _ in 0..MOST_CAUSES {
        let Some(cause) = cause_of(ctx, &told) else { break };
        message = format!("{message} (caused by {})", message_of(ctx, &cause));
        told = cause;
    }
    if message.contains(NO_EVAL) {
        message.push_str(": code cannot be made from text, neither by `eval` nor by `new Function`; write it out");
    }
    let stack = thrown.as_object().and_then(|object| member(ctx, object, "stack"));
    let stack = stack.and_then(|stack| text(ctx, &stack));
    Failure {
        message,
        stack: stack.and_then(|stack| author_frames(&stack)),
    }
}

/// What a thrown value says, and for an `AggregateError` the errors that it holds: `outer (errors: inner; TypeError: other)`.
fn message_of<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>) -> String {
    let message = own_message(ctx, thrown);
    let errors = thrown.as_object().filter(|object| object.is_error());
    match errors.and_then(|object| errors_of(ctx, object)) {
        Some(errors) => format!("{message} (errors: {errors})"),
        None => message,
    }
}

/// What a thrown value says by itself. An `Error` gives its message, with its name unless that is the bare `Error`; so does
/// what is called an error and is none to the engine, e.g. a `DOMException`.
fn own_message<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>) -> String {
    let Some(object) = thrown.as_object() else {
        return of_primitive(ctx, thrown);
    };
    let name = member(ctx, object, "name").and_then(|name| text(ctx, &name));
    let message = member(ctx, object, "message").and_then(|message| match message.as_object() {
        Some(_) => object.is_error().then(|| as_json(ctx, &message)),
        None => text(ctx, &message),
    });
    match (name, message) {
        (Some(name), Some(message)) if name != "Error" && (object.is_error() || name.ends_with("Error")) => {
            format!("{name}: {message}")
        }
        (_, Some(message)) => message,
        (Some(name), None) if object.is_error() => name,
        _ => as_json(ctx, thrown),
    }
}

/// What was thrown and can hold no message.
fn of_primitive<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>) -> String {
    const INSTEAD: &str = "which says nothing: throw new Error(\"what went wrong\")";
    if thrown.type_of() == Type::Uninitialized {
        // Parts of the engine fail without a word when there is no memory.
        json::OUT_OF_MEMORY.to_owned()
    } else if thrown.is_undefined() {
        format!("the script threw undefined, {INSTEAD}")
    } else if thrown.is_null() {
        format!("the script threw null, {INSTEAD}")
    } else {
        match text(ctx, thrown).or_else(|| described(ctx, thrown).filter(|_| thrown.is_symbol())) {
            Some(text) => text,
            None => format!("the script threw an empty text, {INSTEAD}"),
        }
    }
}

/// A value as JSON, or by its first members where JSON cannot say it, or says as little as of a `Map`.
fn as_json<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> String {
    let json = json::stringify(ctx.clone(), value.clone()).ok().flatten();
    let json = json.and_then(|json| json.to_string().ok()).filter(|json| json != "{}");
    let told = json.or_else(|| described(ctx, value));
    forget_exception(ctx);
    told.unwrap_or_else(|| text_of(ctx, value))
}

/// The first of the errors that an `AggregateError` holds, if it holds some.
fn errors_of<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> Option<String> {
    let errors = member(ctx, object, "errors")?.into_array()?;
    let one = |place| {
        let Ok(error) = errors.get::<Value>(place) else {
            forget_exception(ctx);
            return "[cannot be shown]".to_owned();
        };
        own_message(ctx, &error)
    };
    let mut told: Vec<String> = (0..errors.len().min(MOST_ERRORS)).map(one).collect();
    if errors.len() > MOST_ERRORS {
        told.push(format!("and {} more", errors.len() - MOST_ERRORS));
    }
    (!told.is_empty()).then(|| told.join("; "))
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
    member(ctx, error, "cause")
}

/// The frames of a stack that lie in the author's file; `None` when there are none.
fn author_frames(stack: &str) -> Option<String> {
    let frames: Vec<&str> = stack
        .lines()
        .filter(|line| line.starts_with("    at ") && !line.contains(OWN_FILES) && !line.contains("(native)"))
        .collect();
    (!frames.is_empty()).then(|| frames.join("\n"))
}

/// A property; `None` when there is nothing, or reading it throws.
fn member<'js>(ctx: &Ctx<'js>, object: &Object<'js>, name: &str) -> Option<Value<'js>> {
    let Ok(value) = object.get::<_, Value>(name) else {
        forget_exception(ctx);
        return None;
    };
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// A value as text; `None` where that is empty, or there is none.
fn text<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Option<String> {
    let Ok(text) = value.get::<Text>() else {
        forget_exception(ctx);
        return None;
    };
    Some(text.0).filter(|text| !text.is_empty())
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
