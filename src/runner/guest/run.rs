//! One run: a fresh instance, called once, under its limits.

use std::sync::Arc;

use wasmtime::component::{ComponentExportIndex, Instance};
use wasmtime::{Store, Trap, UpdateDeadline, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use super::computing::{Turns, computed, time_of};
use super::imports::Run;
use super::program::{Code, Prepared, Program};
use super::ticker::Ticking;
use super::total_memory::TotalMemory;
use super::world::toolgate::action::types::Failure;
use super::{Finished, GuestError, GuestLimits, Limit, LimitReached, Outside, Used};
use crate::clock::milliseconds;

/// What the engine says when a run has too many handles; it has no type of its own for that.
const TOO_MANY_HANDLES: &str = "handle limit exceeded";

/// What it says when the arguments of one call of the host are larger than the memory of a run: a list may name the same
/// text many times.
pub(super) const TOO_MUCH_AT_ONCE: &str = "fuel allocated for hostcalls has been exhausted";

/// Room for what is made of the stack that a run may use.
pub(super) struct Machine<'a> {
    pub(super) ticking: Ticking,
    pub(super) turns: &'a Turns,
    pub(super) stack_bytes: u64,
    pub(super) memory: &'a TotalMemory,
}

/// Runs `program` to its end.
pub(super) async fn run(
    program: &Program,
    data: &str,
    outside: Arc<dyn Outside>,
    limits: &GuestLimits,
    machine: Machine<'_>,
) -> Result<Finished, GuestError> {
    let mut store = store(program.prepared(), outside, limits, machine.memory);
    let (called, ticks) = computed(call(&mut store, program, data), &machine.ticking, machine.turns, limits).await;
    let run = store.data();
    let used = Used {
        cpu: time_of(ticks),
        ..run.meter.used()
    };
    let reached = |limit, value| Err(GuestError::Limit(LimitReached { limit, value }));
    match called {
        None => reached(Limit::Cpu, milliseconds(limits.cpu)),
        Some(Ok(Ok(result))) if result.len() as u64 > limits.result_bytes => {
            reached(Limit::Result, limits.result_bytes)
        }
        Some(Ok(Ok(result))) => Ok(Finished { result, used }),
        Some(Ok(Err(failure))) => Err(failed(run, failure)),
        Some(Err(error)) => Err(broken(run, &error, machine.stack_bytes)),
    }
}

/// A fresh store, with the limits wired.
pub(super) fn store(
    prepared: &Prepared,
    outside: Arc<dyn Outside>,
    limits: &GuestLimits,
    memory: &TotalMemory,
) -> Store<Run> {
    let mut store = Store::new(prepared.instance.engine(), Run::new(outside, limits, memory));
    store.limiter(|run| &mut run.room);
    store.set_max_component_handles(whole(limits.handles));
    // No single argument can be longer than all the memory that it could stand in.
    store.set_hostcall_fuel(whole(limits.memory_bytes));
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
    store
}

fn whole(limit: u64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

type Called = Result<String, Failure>;

async fn call(store: &mut Store<Run>, program: &Program, data: &str) -> wasmtime::Result<Called> {
    let prepared = program.prepared();
    let instance = prepared.instance.instantiate_async(&mut *store).await?;
    match &*program.code {
        Code::Component(_) => {
            let run = typed::<(&str,), (Called,)>(store, &instance, &prepared.run)?;
            Ok(run.call_async(store, (data,)).await?.0)
        }
        Code::Script { bytecode, .. } => {
            let run = typed::<(&[u8], &str, bool), (Called,)>(store, &instance, &prepared.run)?;
            Ok(run.call_async(store, (bytecode, data, program.aliases)).await?.0)
        }
    }
}

fn typed<Parameters, Results>(
    store: &mut Store<Run>,
    instance: &Instance,
    export: &ComponentExportIndex,
) -> wasmtime::Result<wasmtime::component::TypedFunc<Parameters, Results>>
where
    Parameters: wasmtime::component::ComponentNamedList + wasmtime::component::Lower,
    Results: wasmtime::component::ComponentNamedList + wasmtime::component::Lift,
{
    instance.get_typed_func(store, export)
}

/// What the engine of scripts says when it throws `null`, as it does when it has no memory even for an error.
const THREW_NULL: &str = "the script threw null";

/// The code said that it failed. When that is because a limit said no to it, the limit is what to tell: languages say
/// that they are out of memory in several ways. Code may as well have gone on without it, and failed for a reason of its
/// own.
fn failed(run: &Run, failure: Failure) -> GuestError {
    let is_of_memory = |message: &str| message.to_ascii_lowercase().contains("memory") || message.contains(THREW_NULL);
    if let Some(denied) = run.room.denied()
        && is_of_memory(&failure.message)
    {
        return GuestError::Limit(denied);
    }
    match run.meter.stopped() {
        Some(stopped) if failure.message.contains(&stopped.to_string()) => GuestError::Limit(stopped),
        _ => GuestError::Failed {
            message: failure.message,
            stack: failure.stack,
        },
    }
}

/// The code did not come to an end of its own.
fn broken(run: &Run, error: &wasmtime::Error, stack_bytes: u64) -> GuestError {
    if let Some(denied) = run.room.denied() {
        return GuestError::Limit(denied);
    }
    if let Some(exit) = error.downcast_ref::<I32Exit>() {
        return GuestError::Failed {
            message: format!("the program ended itself with status {}", exit.0),
            stack: None,
        };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => GuestError::Limit(LimitReached {
            limit: Limit::Stack,
            value: stack_bytes,
        }),
        Some(trap) => GuestError::Crashed(format!("{trap}{}", place(error))),
        None => {
            let cause = error.root_cause().to_string();
            let limits = run.meter.limits();
            for (text, limit, value) in [
                (TOO_MANY_HANDLES, Limit::Handles, limits.handles),
                (TOO_MUCH_AT_ONCE, Limit::Memory, limits.memory_bytes),
            ] {
                if cause.contains(text) {
                    return GuestError::Limit(LimitReached { limit, value });
                }
            }
            GuestError::Crashed(cause)
        }
    }
}

/// Functions that are named of where a program broke.
const MOST_FUNCTIONS: usize = 3;

/// What runtimes call on the way to their end; its names tell an author nothing.
const OF_RUNTIMES: [&str; 8] = [
    "core::", "std::", "alloc::", "rust_", "__rust", "<core::", "<alloc::", "abort",
];

/// Where a program broke, by the names of its functions, innermost first; nothing when it was built without them.
fn place(error: &wasmtime::Error) -> String {
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else {
        return String::new();
    };
    let names: Vec<String> = trace
        .frames()
        .iter()
        .filter_map(|frame| frame.func_name())
        .map(|name| format!("{:#}", rustc_demangle::demangle(name)))
        .filter(|name| !OF_RUNTIMES.iter().any(|begins| name.starts_with(begins)))
        .take(MOST_FUNCTIONS)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" (in {})", names.join(", called by "))
}

impl Program {
    fn prepared(&self) -> &Prepared {
        match &*self.code {
            Code::Component(prepared) => prepared,
            Code::Script { engine, .. } => &engine.prepared,
        }
    }
}
