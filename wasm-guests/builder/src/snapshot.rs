//! Runs the guest's start and keeps the memory that it leaves: every call then begins with the prelude in place.

use std::pin::pin;
use std::task::{Context as Task, Poll, Waker};

use anyhow::{Context as _, Result, anyhow, bail};
use wasmi::{Engine, Extern, Func, Instance, Linker, Module, Store, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, Wizer};

/// What the guest calls its start.
const START: &str = "wizer-initialize";

/// The module with its memory and globals as they are after the start.
pub(crate) fn take(core: &[u8]) -> Result<Vec<u8>> {
    let mut wizer = Wizer::new();
    wizer.init_func(START);
    let (context, instrumented) = wizer.instrument(core).map_err(|error| anyhow!("{error:?}"))?;
    let engine = Engine::default();
    let module = Module::new(&engine, &instrumented[..])?;
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::<()>::new(&engine);
    for import in module.imports() {
        // The guest asks nothing of its host before it is called.
        let (from, name) = (import.module().to_owned(), import.name().to_owned());
        let Some(signature) = import.ty().func() else {
            bail!("the guest imports {from} {name}, which is no function")
        };
        let called = format!("the guest called {from} {name} while it prepared itself");
        let trap = Func::new(&mut store, signature.clone(), move |_, _, _| {
            Err(wasmi::Error::new(called.clone()))
        });
        linker.define(&from, &name, trap)?;
    }
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    instance
        .get_typed_func::<(), ()>(&store, START)
        .context("the guest has no start")?
        .call(&mut store, ())?;
    let mut state = Started { store, instance };
    now(wizer.snapshot(&context, &mut state))?.map_err(|error| anyhow!("{error:?}"))
}

/// The snapshot's function is asynchronous for runtimes that are; ours never waits.
fn now<T>(future: impl Future<Output = T>) -> Result<T> {
    match pin!(future).poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => bail!("the snapshot waits for something"),
    }
}

struct Started {
    store: Store<()>,
    instance: Instance,
}

impl InstanceState for Started {
    async fn global_get(&mut self, name: &str, _: wasmtime_wizer::ValType) -> SnapshotVal {
        match self.instance.get_export(&self.store, name) {
            Some(Extern::Global(global)) => match global.get(&self.store) {
                Val::I32(value) => SnapshotVal::I32(value),
                Val::I64(value) => SnapshotVal::I64(value),
                Val::F32(value) => SnapshotVal::F32(value.to_bits()),
                Val::F64(value) => SnapshotVal::F64(value.to_bits()),
                other => panic!("the global {name} holds {other:?}"),
            },
            _ => panic!("no global {name}"),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        match self.instance.get_export(&self.store, name) {
            Some(Extern::Memory(memory)) => contents(memory.data(&self.store)),
            _ => panic!("no memory {name}"),
        }
    }
}
