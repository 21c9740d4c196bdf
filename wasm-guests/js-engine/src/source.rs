//! Source to bytecode and back.
//!
//! An action's source is the body of an async function. It is put into two functions, so that `data`, `ld` and `env`
//! are outer names that the body may declare anew:
//!
//! ```text
//! (function (data, ld, env) {
//! return async function action() {
//! SOURCE
//! }
//! })
//! ```
//!
//! Counting starts two lines early, so every line and column that `QuickJS` reports is the author's.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "flags and lengths of a C interface; memory has 32-bit addresses"
)]

use std::ffi::CString;

use rquickjs::{Context, Ctx, Function, Runtime, Value, qjs};

use crate::Failure;
use crate::failure::{from_error, plain};
use crate::machine::Machine;
use crate::syntax::{early_end, ends_early, explained, fenced};
use crate::text::Text;

const OPEN: &str = "(function (data, ld, env) {\nreturn ";
const OPEN_ACTION: &str = "async function action() {\n";
const CLOSE_ACTION: &str = "\n}";
const CLOSE: &str = "\n})";

/// The number of the first wrapper line, so that the author's first line is 1.
const FIRST_LINE: i32 = -1;

/// Source to bytecode. An error says line and column in its stack, as `name:line:column`.
pub(crate) fn compile(machine: &Machine, name: &str, source: &str) -> Result<Vec<u8>, Failure> {
    if let Some(at) = source.find('\0') {
        let line = 1 + source[..at].matches('\n').count();
        return Err(Failure {
            message: "SyntaxError: the source holds a NUL character".to_owned(),
            stack: Some(format!("    at {name}:{line}:1")),
        });
    }
    if let Some(failure) = fenced(name, source) {
        return Err(failure);
    }
    // The context that runs actions has no parser. This one has, and nothing of the host.
    let context = Context::full(&machine.runtime).map_err(|error| plain(error.to_string()))?;
    context.with(|ctx| {
        let (code, script) = compile_action(&ctx, name, source)
            .map_err(|error| explained(&ctx, from_error(&ctx, &error), name, source))?;
        if is_one_function(&ctx, script, source) {
            Ok(code)
        } else {
            Err(ends_early(name, early_end(&ctx, source)))
        }
    })
}

/// A file of the prelude to bytecode.
pub(crate) fn compile_own(runtime: &Runtime, name: &str, source: &str) -> Result<Vec<u8>, Failure> {
    let context = Context::full(runtime).map_err(|error| plain(error.to_string()))?;
    context.with(|ctx| match compile_text(&ctx, name, source, 1) {
        Ok((code, script)) => {
            script.drop_in(&ctx);
            Ok(code)
        }
        Err(error) => {
            let failure = from_error(&ctx, &error);
            Err(plain(format!("{name}: {}", failure.message)))
        }
    })
}

/// Bytecode to the value of its script, which is a function.
pub(crate) fn load<'js>(ctx: &Ctx<'js>, code: &[u8]) -> rquickjs::Result<Function<'js>> {
    // SAFETY: the pointer is valid for the length given. Bytecode is trusted: only the host's cache holds it.
    let script = unsafe {
        qjs::JS_ReadObject(
            ctx.as_raw().as_ptr(),
            code.as_ptr(),
            code.len() as _,
            qjs::JS_READ_OBJ_BYTECODE as i32,
        )
    };
    Script(script).evaluate(ctx)?.get()
}

/// A compiled script that has not run. `QuickJS` counts references to it, and either function here gives up ours.
struct Script(qjs::JSValue);

impl Script {
    fn evaluate<'js>(self, ctx: &Ctx<'js>) -> rquickjs::Result<Value<'js>> {
        // SAFETY: `JS_EvalFunction` takes the script over; what it gives is ours.
        unsafe {
            if qjs::JS_IsException(self.0) {
                return Err(rquickjs::Error::Exception);
            }
            let value = qjs::JS_EvalFunction(ctx.as_raw().as_ptr(), self.0);
            if qjs::JS_IsException(value) {
                return Err(rquickjs::Error::Exception);
            }
            Ok(Value::from_raw(ctx.clone(), value))
        }
    }

    fn drop_in(self, ctx: &Ctx<'_>) {
        // SAFETY: the reference is ours, and is not used again.
        unsafe { qjs::JS_FreeValue(ctx.as_raw().as_ptr(), self.0) }
    }
}

/// Parses the action with the body `source`, as [`compile_text`] does.
fn compile_action(ctx: &Ctx<'_>, name: &str, source: &str) -> rquickjs::Result<(Vec<u8>, Script)> {
    let text = [OPEN, OPEN_ACTION, source, CLOSE_ACTION, CLOSE].concat();
    compile_text(ctx, name, &text, FIRST_LINE)
}

/// What is wrong with `source` as the body of an action; nothing when it can be parsed.
pub(crate) fn fault(ctx: &Ctx<'_>, source: &str) -> Option<Failure> {
    match compile_action(ctx, "", source) {
        Ok((_, script)) => {
            script.drop_in(ctx);
            None
        }
        Err(error) => Some(from_error(ctx, &error)),
    }
}

/// Whether `source` is the body of a whole action, by itself.
pub(crate) fn is_whole(ctx: &Ctx<'_>, source: &str) -> bool {
    let text = ["(", OPEN_ACTION, source, ")"].concat();
    match compile_text(ctx, "", &text, 1) {
        Ok((_, script)) => {
            script.drop_in(ctx);
            true
        }
        Err(_) => {
            drop(ctx.catch());
            false
        }
    }
}

/// Parses `text`; gives the bytecode without the source but with the table of lines, and the script itself.
fn compile_text(ctx: &Ctx<'_>, name: &str, text: &str, first_line: i32) -> rquickjs::Result<(Vec<u8>, Script)> {
    let length = text.len();
    let text = CString::new(text)?;
    let name = CString::new(name.replace('\0', ""))?;
    let raw = ctx.as_raw().as_ptr();
    let mut options = qjs::JSEvalOptions {
        version: qjs::JS_EVAL_OPTIONS_VERSION as i32,
        eval_flags: (qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY) as i32,
        filename: name.as_ptr(),
        line_num: first_line,
    };
    // SAFETY: text (with the NUL that QuickJS wants behind it), name and options outlive the call; the block that
    // JS_WriteObject gives is copied before it is freed.
    unsafe {
        let script = qjs::JS_Eval2(raw, text.as_ptr(), length as _, &raw mut options);
        if qjs::JS_IsException(script) {
            return Err(rquickjs::Error::Exception);
        }
        let script = Script(script);
        let mut size = 0;
        let flags = qjs::JS_WRITE_OBJ_BYTECODE | qjs::JS_WRITE_OBJ_STRIP_SOURCE;
        let block = qjs::JS_WriteObject(raw, &raw mut size, script.0, flags as i32);
        if block.is_null() {
            script.drop_in(ctx);
            return Err(rquickjs::Error::Exception);
        }
        let code = std::slice::from_raw_parts(block, size as usize).to_vec();
        qjs::js_free(raw, block.cast());
        Ok((code, script))
    }
}

/// Whether both wrapper functions reach from their first to their last character, so that no part of `source` lies
/// outside the action. The language itself is asked: a function's text is exactly what was parsed as it. A source that
/// does end early runs here, with nothing of the host and under the host's deadline, so what it may replace is taken
/// out first; one that does not end early runs no line, so an exception is an answer too.
fn is_one_function(ctx: &Ctx<'_>, script: Script, source: &str) -> bool {
    let action = [OPEN_ACTION, source, CLOSE_ACTION].concat();
    let look = || {
        let text_of: Function = ctx.eval(
            "((call, text) => (f) => typeof f === 'function' ? call(text, f) : '')(\
             Function.prototype.call.bind(Function.prototype.call), Function.prototype.toString)",
        )?;
        let factory = script.evaluate(ctx)?;
        let Text(whole) = text_of.call((factory.clone(),))?;
        let outer = [&OPEN[1..], &action, &CLOSE[..CLOSE.len() - 1]].concat();
        let inner: Value = factory.get::<Function>()?.call(())?;
        let Text(inner) = text_of.call((inner,))?;
        Ok(whole == outer && inner == action)
    };
    look().unwrap_or_else(|error: rquickjs::Error| {
        drop((error, ctx.catch()));
        false
    })
}
