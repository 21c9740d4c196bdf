//! Scripts: the JavaScript engine, and how it reads a source.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use serde::Deserialize;
use wasmtime::Trap;
use wasmtime::component::{Component, Linker};
use zeroize::Zeroizing;

use super::computing::{Turns, computed};
use super::imports::Run;
use super::program::{JavaScript, Prepared};
use super::run::store;
use super::ticker::Ticker;
use super::total_memory::TotalMemory;
use super::world::toolgate::action::types::Failure;
use super::{
    GuestLimits, GuestLogLevel, GuestRequest, GuestResponse, Limit, LimitReached, LoadError, Outside, SendFailure,
    check,
};
use crate::clock::milliseconds;
use crate::config::SandboxConfig;

/// What errors call the engine.
pub(super) const NAME: &str = "the JavaScript engine";

/// The engine, as `wasm-guests/js-engine` makes it.
pub(super) const ENGINE: &[u8] = include_bytes!("../../../wasm-guests/js-engine/artefact/engine.wasm");

/// What the engine's builder says of it.
const MANIFEST: &str = include_str!("../../../wasm-guests/js-engine/artefact/manifest.json");

#[derive(Deserialize)]
struct Manifest {
    component: Artefact,
}

#[derive(Deserialize)]
struct Artefact {
    sha256: String,
}

/// SHA-256 of [`ENGINE`] as its manifest has it: to make it anew would read all of the engine into memory at each start,
/// where what was compiled of it before is all that is needed. The tests compare the two.
pub(super) fn engine_sha256() -> Result<String, LoadError> {
    let manifest: Manifest = serde_json::from_str(MANIFEST).map_err(|error| broken(error.to_string()))?;
    Ok(manifest.component.sha256)
}

fn broken(problem: String) -> LoadError {
    LoadError::Internal {
        name: NAME.to_owned(),
        problem,
    }
}

/// Looks at the engine as at any component: it has no rights of its own.
pub(super) fn engine(linker: &Linker<Run>, component: &Component, sha256: String) -> Result<JavaScript, LoadError> {
    let instance = linker
        .instantiate_pre(component)
        .map_err(|error| broken(format!("{error:#}")))?;
    let export = |name| check::export(component, name).ok_or_else(|| broken(format!("it has no export `{name}`")));
    Ok(JavaScript {
        prepared: Prepared {
            instance,
            run: export("run")?,
        },
        compile: export("compile")?,
        sha256,
    })
}

/// Reads `source` in an instance of its own, under the limits of a run. Blocks.
pub(super) fn compile(
    engine: &JavaScript,
    ticker: &Ticker,
    settings: &SandboxConfig,
    name: &str,
    source: &str,
) -> Result<Vec<u8>, LoadError> {
    let limits = GuestLimits::from(settings);
    let ticking = ticker.run();
    let mut store = store(&engine.prepared, Arc::new(Nothing), &limits, &TotalMemory::unlimited());
    let compiling = async {
        let instance = engine.prepared.instance.instantiate_async(&mut store).await?;
        let compile =
            instance.get_typed_func::<(&str, &str), (Result<Vec<u8>, Failure>,)>(&mut store, &engine.compile)?;
        Ok::<_, wasmtime::Error>(compile.call_async(&mut store, (name, source)).await?.0)
    };
    let (compiled, _) = finish(computed(compiling, &ticking, &Turns::at_a_time(1), &limits));
    let limit = |reached: LimitReached| LoadError::Limit {
        name: name.to_owned(),
        problem: reached.to_string(),
    };
    match (compiled, store.data().room.denied()) {
        (Some(Ok(Ok(bytecode))), _) => Ok(bytecode),
        (None, _) => Err(limit(LimitReached {
            limit: Limit::Cpu,
            value: milliseconds(limits.cpu),
        })),
        (_, Some(denied)) => Err(limit(denied)),
        (Some(Ok(Err(failure))), None) => Err(syntax(name, &failure)),
        (Some(Err(error)), None) => match error.downcast_ref::<Trap>() {
            Some(Trap::StackOverflow) => Err(limit(LimitReached {
                limit: Limit::Stack,
                value: settings.max_stack_bytes,
            })),
            _ => Err(LoadError::Internal {
                name: name.to_owned(),
                problem: error.root_cause().to_string(),
            }),
        },
    }
}

/// Polls `future` until it is ready. Reading a source waits for nothing outside: that it is not ready only means that a
/// tick is over.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// What the engine says about a source that it cannot read. The place stands in its stack as `name:line:column`.
fn syntax(name: &str, failure: &Failure) -> LoadError {
    let (line, column) = place(name, failure.stack.as_deref().unwrap_or_default()).unwrap_or((0, 0));
    LoadError::Syntax {
        message: failure.message.clone(),
        line,
        column,
    }
}

fn place(name: &str, stack: &str) -> Option<(usize, usize)> {
    let after = stack.split_once(name)?.1.strip_prefix(':')?;
    let mut numbers = after.split(|character: char| !character.is_ascii_digit());
    let line = numbers.next()?.parse().ok()?;
    let column = numbers.next().and_then(|column| column.parse().ok()).unwrap_or(0);
    Some((line, column))
}

/// The world of a source that is only read: there is none.
struct Nothing;

#[async_trait]
impl Outside for Nothing {
    async fn send(&self, _: GuestRequest) -> Result<GuestResponse, SendFailure> {
        Err(SendFailure::Refused(
            "a source that is read makes no requests".to_owned(),
        ))
    }

    fn log(&self, _: GuestLogLevel, message: &str, room: usize) {
        tracing::debug!(
            "the JavaScript engine says: {}",
            &message[..message.floor_char_boundary(room)]
        );
    }

    fn progress(&self, _: f64, _: Option<f64>, _: Option<&str>) {}

    fn secret_key(&self, _: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto;

    #[test]
    fn the_manifest_is_that_of_the_engine() {
        assert_eq!(engine_sha256().unwrap(), crypto::sha256_hex(ENGINE));
    }

    #[test]
    fn the_place_of_a_mistake_is_read_from_the_stack() {
        let table = [
            ("    at actions/a.js:2:30\n", Some((2, 30))),
            ("    at actions/a.js:12\n    at actions/a.js:2:30", Some((12, 0))),
            ("    at other.js:2:30\n", None),
            ("    at actions/a.js:x", None),
            ("", None),
        ];
        for (stack, expected) in table {
            assert_eq!(place("actions/a.js", stack), expected, "{stack:?}");
        }
    }
}
