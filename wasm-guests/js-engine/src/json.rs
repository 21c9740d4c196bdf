//! Values as JSON. One that is nested without end must give an error that a script's author can read, before the host's
//! stack is at its end: that would be told as a limit of the sandbox. Must never know what the JSON is for.

use rquickjs::{Ctx, Result, String, Value, qjs};

use crate::machine::STACK_BYTES;

/// Bytes of stack for one value. What writes JSON takes less of this stack, and more of the host's, than other calls
/// within calls do: at a level for each 16 bytes, the host's of 2 MiB still has room. A `toJSON` has to do with it too.
const JSON_STACK_BYTES: usize = 64 * 1024;

/// The JSON of `value`; nothing for what JSON has not, e.g. a function.
pub(crate) fn stringify<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Option<String<'js>>> {
    limit_stack(&ctx, JSON_STACK_BYTES);
    let json = ctx.json_stringify(value);
    limit_stack(&ctx, STACK_BYTES);
    json
}

fn limit_stack(ctx: &Ctx<'_>, bytes: usize) {
    // SAFETY: the context is alive, and so is the runtime that it belongs to.
    unsafe { qjs::JS_SetMaxStackSize(qjs::JS_GetRuntime(ctx.as_raw().as_ptr()), bytes as _) };
}
