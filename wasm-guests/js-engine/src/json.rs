//! JSON, written and read. What is nested without end must give an error that a script can catch and its author can read,
//! before the host's stack is at its end: that would be told as a limit of the sandbox. Must never know what the JSON is
//! for.

#![allow(
    clippy::needless_pass_by_value,
    clippy::cast_possible_truncation,
    reason = "JavaScript hands its arguments over; memory has 32-bit addresses"
)]

use std::cell::Cell;
use std::hint::black_box;

use rquickjs::prelude::Rest;
use rquickjs::{Ctx, Function, Result, String, Value, qjs};

use crate::machine::STACK_BYTES;

/// What writes and reads JSON gets this part of the stack that is left. It takes less of this stack, and more of the host's,
/// than other calls within calls do: at a level for each 16 bytes, the host's of 2 MiB still has room. A `toJSON` has to do
/// with it too.
const PART: usize = 8;

/// What `QuickJS` throws when there is no memory.
pub(crate) const OUT_OF_MEMORY: &str = "out of memory";

thread_local! {
    /// Where the stack begins, as far as `QuickJS` counts it.
    static TOP: Cell<usize> = const { Cell::new(0) };
    static IS_LIMITED: Cell<bool> = const { Cell::new(false) };
}

/// From now on the stack begins here.
pub(crate) fn begin_stack(ctx: &Ctx<'_>) {
    TOP.set(stack_pointer());
    // SAFETY: the context is alive, and so is the runtime that it belongs to.
    unsafe { qjs::JS_UpdateStackTop(qjs::JS_GetRuntime(ctx.as_raw().as_ptr())) };
}

/// The JSON of `value`; nothing for what JSON has not, e.g. a function.
pub(crate) fn stringify<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Option<String<'js>>> {
    limited(&ctx, || ctx.json_stringify(value))
}

/// What `text` says as JSON; null when it is none, or too deep.
///
/// # Errors
/// When there is no memory for it.
pub(crate) fn parse<'js>(ctx: &Ctx<'js>, text: &str) -> Result<Value<'js>> {
    limited(ctx, || ctx.json_parse(text)).or_else(|error| {
        let thrown = ctx.catch();
        let message = thrown.as_exception().and_then(|thrown| thrown.message());
        if message.is_some_and(|message| message.contains(OUT_OF_MEMORY)) {
            return Err(if error.is_exception() { ctx.throw(thrown) } else { error });
        }
        Ok(Value::new_null(ctx.clone()))
    })
}

/// What `function` gives, which writes or reads JSON.
pub(crate) fn within<'js>(ctx: Ctx<'js>, function: Function<'js>, arguments: Rest<Value<'js>>) -> Result<Value<'js>> {
    limited(&ctx, || function.call((arguments,)))
}

/// Works with a part of the stack. JSON within JSON, as of a `toJSON` that makes some, has no less.
fn limited<T>(ctx: &Ctx<'_>, work: impl FnOnce() -> T) -> T {
    if IS_LIMITED.replace(true) {
        return work();
    }
    let used = TOP.get().saturating_sub(stack_pointer());
    limit_stack(ctx, used + STACK_BYTES.saturating_sub(used) / PART);
    let given = work();
    limit_stack(ctx, STACK_BYTES);
    IS_LIMITED.set(false);
    given
}

fn limit_stack(ctx: &Ctx<'_>, bytes: usize) {
    // SAFETY: the context is alive, and so is the runtime that it belongs to.
    unsafe { qjs::JS_SetMaxStackSize(qjs::JS_GetRuntime(ctx.as_raw().as_ptr()), bytes as _) };
}

/// Where the stack is, about.
#[inline(never)]
fn stack_pointer() -> usize {
    let here = 0_u8;
    black_box(&raw const here).addr()
}
