//! The runtime and its context: made once by the builder, then part of every instance's memory.

use std::cell::{Cell, RefCell};

use rquickjs::context::intrinsic;
use rquickjs::{Context, Function, Object, Persistent, Runtime, qjs};

use crate::imports::{clock, log};
use crate::{failure, heap, host, json, source, turn};

/// What scripts get of the language. `Eval` is left out, so nothing makes code from text: neither `eval` nor the
/// constructors of functions; bytecode and regular expressions still work.
type Language = (
    intrinsic::Date,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
    intrinsic::WeakRef,
    intrinsic::DOMException,
);

/// Bytes of stack that JavaScript may use before it gets a catchable `RangeError`. Half of the shadow stack that the
/// linker gives; the host's own stack must hold what this depth needs (2 MiB).
pub(crate) const STACK_BYTES: usize = 512 * 1024;

/// Bytes allocated before the first collection: most calls end before it.
const COLLECT_AFTER_BYTES: usize = 16 << 20;

/// What the clock says while the snapshot is made, in microseconds. A constant, so that builds agree.
const BUILD_TIME: f64 = 1_700_000_000_000_000.0;

/// The prelude in the order it runs. Each file is a function of (`host`, `kit`); the last gives the function that
/// starts an action.
const PRELUDE: [(&str, &str); 16] = [
    ("bytes", include_str!("../prelude/bytes.js")),
    ("errors", include_str!("../prelude/errors.js")),
    ("language", include_str!("../prelude/language.js")),
    ("print", include_str!("../prelude/print.js")),
    ("buffer", include_str!("../prelude/buffer.js")),
    ("numbers", include_str!("../prelude/numbers.js")),
    ("url", include_str!("../prelude/url.js")),
    ("timers", include_str!("../prelude/timers.js")),
    ("compare", include_str!("../prelude/compare.js")),
    ("clone", include_str!("../prelude/clone.js")),
    ("crypto", include_str!("../prelude/crypto.js")),
    ("request", include_str!("../prelude/request.js")),
    ("ld", include_str!("../prelude/ld.js")),
    ("aliases", include_str!("../prelude/aliases.js")),
    ("result", include_str!("../prelude/result.js")),
    ("start", include_str!("../prelude/start.js")),
];

/// The engine at rest.
pub(crate) struct Machine {
    pub(crate) runtime: Runtime,
    pub(crate) context: Context,
    /// `start(factory, data, aliases)`: gives a promise of the result's JSON.
    pub(crate) start: Persistent<Function<'static>>,
}

thread_local! {
    static MACHINE: RefCell<Option<&'static Machine>> = const { RefCell::new(None) };
    static BUILDING: Cell<bool> = const { Cell::new(true) };
}

/// Called once by the builder. A failure here is a build failure: it traps, and the builder says so.
#[unsafe(export_name = "wizer-initialize")]
extern "C" fn prepare() {
    std::panic::set_hook(Box::new(|panic| {
        if !BUILDING.get() {
            log::write(log::Level::Error, &format!("the JavaScript engine failed: {panic}"));
        }
    }));
    let machine = make().unwrap_or_else(|failure| panic!("{}", failure.message));
    MACHINE.set(Some(Box::leak(Box::new(machine))));
    heap::start_afresh();
}

/// The machine of this instance.
pub(crate) fn get() -> &'static Machine {
    if MACHINE.with_borrow(Option::is_none) {
        prepare();
    }
    BUILDING.set(false);
    MACHINE.with_borrow(|machine| machine.expect("prepared above"))
}

/// The clock that `QuickJS` asks, in microseconds since 1970.
#[unsafe(no_mangle)]
#[allow(clippy::cast_precision_loss, reason = "exact until the year 2255")]
extern "C" fn __rquickjs_host_now_us() -> f64 {
    if BUILDING.get() {
        BUILD_TIME
    } else {
        clock::now() as f64
    }
}

fn make() -> Result<Machine, crate::Failure> {
    let in_runtime = |error: rquickjs::Error| failure::plain(error.to_string());
    let runtime = Runtime::new().map_err(in_runtime)?;
    runtime.set_max_stack_size(STACK_BYTES);
    runtime.set_gc_threshold(usize::MAX);
    runtime.set_host_promise_rejection_tracker(Some(Box::new(turn::track_rejection)));
    let context = Context::custom::<Language>(&runtime).map_err(in_runtime)?;
    let prelude = PRELUDE
        .iter()
        .map(|(name, text)| source::compile_own(&runtime, &format!("{}{name}.js", failure::OWN_FILES), text))
        .collect::<Result<Vec<_>, _>>()?;
    let start = context.with(|ctx| {
        // SAFETY: the context is alive and nothing else borrows it.
        unsafe { qjs::JS_AddIntrinsicAToB(ctx.as_raw().as_ptr()) };
        json::begin_stack(&ctx);
        let run = || {
            let host = host::object(&ctx)?;
            let kit = Object::new(ctx.clone())?;
            let mut last = rquickjs::Value::new_undefined(ctx.clone());
            for code in &prelude {
                last = source::load(&ctx, code)?.call((host.clone(), kit.clone()))?;
            }
            failure::describe_with(Persistent::save(&ctx, kit.get::<_, Function>("describe")?));
            Ok(Persistent::save(&ctx, last.get::<Function>()?))
        };
        run().map_err(|error| failure::from_error(&ctx, &error))
    })?;
    drop(prelude);
    runtime.run_gc();
    runtime.set_gc_threshold(COLLECT_AFTER_BYTES);
    Ok(Machine {
        runtime,
        context,
        start,
    })
}
