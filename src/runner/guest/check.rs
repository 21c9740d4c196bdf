//! Whether a component may be run.

use wasmtime::Engine;
use wasmtime::component::types::{ComponentFunc, ComponentItem, Type};
use wasmtime::component::{Component, ComponentExportIndex, Linker};

use super::LoadError;
use super::imports::Run;
use super::program::Prepared;

/// What guests can import: the interfaces of the world, in any version that is compatible with ours.
const VERSION: &str = "0.1.";
const INTERFACES: [&str; 8] = [
    "toolgate:action/http",
    "toolgate:action/log",
    "toolgate:action/random",
    "toolgate:action/clock",
    "toolgate:action/url",
    "toolgate:action/crypto",
    "toolgate:action/progress",
    "toolgate:action/types",
];

/// What the runtimes of some languages import; there is nothing in it (`imports/wasi.rs`).
const WASI_VERSION: &str = "0.2.";
const WASI_INTERFACES: [&str; 20] = [
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:clocks/wall-clock",
    "wasi:clocks/monotonic-clock",
    "wasi:random/random",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:cli/exit",
    "wasi:cli/environment",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/stderr",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:cli/terminal-stderr",
];

/// The first bytes of every WebAssembly program, and what follows in each kind.
const MAGIC: &[u8] = b"\0asm";
const CORE_VERSION: &[u8] = &[1, 0, 0, 0];

/// Looks at the kind of program, before anything is compiled.
pub(super) fn kind(name: &str, bytes: &[u8]) -> Result<(), LoadError> {
    let name = name.to_owned();
    match bytes.strip_prefix(MAGIC) {
        None => Err(LoadError::NotWebAssembly { name }),
        Some(rest) if rest.starts_with(CORE_VERSION) => Err(LoadError::CoreModule { name }),
        Some(_) => Ok(()),
    }
}

/// Looks at what the component imports and exports, and resolves its imports.
pub(super) fn world(
    engine: &Engine,
    linker: &Linker<Run>,
    name: &str,
    component: &Component,
) -> Result<Prepared, LoadError> {
    for (import, _) in component.component_type().imports(engine) {
        if !is_offered(import) {
            return Err(LoadError::Import {
                name: name.to_owned(),
                import: import.to_owned(),
            });
        }
    }
    let other = |problem: String| LoadError::World {
        name: name.to_owned(),
        problem,
    };
    let instance = linker
        .instantiate_pre(component)
        .map_err(|error| other(format!("{error:#}")))?;
    let run = export(component, "run").ok_or_else(|| other("it has no export `run`".to_owned()))?;
    match component.get_export(None, "run") {
        Some((ComponentItem::ComponentFunc(function), _)) if is_run(&function) => {}
        _ => {
            return Err(other(
                "its export `run` is not `async func(data: string) -> result<string, failure>`".to_owned(),
            ));
        }
    }
    Ok(Prepared { instance, run })
}

/// Where a function of the component's own is.
pub(super) fn export(component: &Component, name: &str) -> Option<ComponentExportIndex> {
    component.get_export_index(None, name)
}

fn is_offered(import: &str) -> bool {
    let Some((interface, version)) = import.split_once('@') else {
        return false;
    };
    INTERFACES.contains(&interface) && version.starts_with(VERSION)
        || WASI_INTERFACES.contains(&interface) && version.starts_with(WASI_VERSION)
}

/// Whether a function is `async func(data: string) -> result<string, failure>`.
fn is_run(function: &ComponentFunc) -> bool {
    let mut parameters = function.params().map(|(_, kind)| kind);
    let mut results = function.results();
    function.async_()
        && matches!((parameters.next(), parameters.next()), (Some(Type::String), None))
        && match (results.next(), results.next()) {
            (Some(Type::Result(result)), None) => {
                matches!(result.ok(), Some(Type::String)) && result.err().is_some_and(|failure| is_failure(&failure))
            }
            _ => false,
        }
}

/// Whether a type is the record `failure`.
fn is_failure(kind: &Type) -> bool {
    let Type::Record(record) = kind else { return false };
    let mut fields = record.fields();
    let message = fields.next();
    let stack = fields.next();
    message.is_some_and(|field| field.name == "message" && matches!(field.ty, Type::String))
        && stack.is_some_and(|field| {
            field.name == "stack" && matches!(field.ty, Type::Option(option) if matches!(option.ty(), Type::String))
        })
        && fields.next().is_none()
}
