//! The sandbox of a process.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use once_cell::sync::OnceCell;
use tokio::time::{Instant, timeout_at};
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

use super::apart::Compiler;
use super::cache::{Cache, Fingerprint};
use super::computing::Turns;
use super::imports::{self, Run};
use super::program::{Code, JavaScript};
use super::queue::Queue;
use super::run::Machine;
use super::shelf::{Kind, Shelf};
use super::ticker::Ticker;
use super::total_memory::TotalMemory;
use super::{
    Finished, GuestError, GuestLimits, Limit, LimitReached, LoadError, Outside, Program, check, engine, native, run,
    script,
};
use crate::config::SandboxConfig;
use crate::crypto;

/// How the engine begins to say that a component is larger from the start than a place of the pool, how it says that the
/// size is what is too large, and what decides that. There are other limits, which nothing decides.
const SIZES: [(&str, &str); 2] = [
    (
        "module memory does not fit in pooling allocator",
        "sandbox.max_memory_bytes",
    ),
    (
        "module table does not fit in pooling allocator",
        "sandbox.max_table_elements",
    ),
];
const TOO_LARGE: &str = "which exceeds the limit of";

/// Runs code of actions. One for each process; cheap to clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Parts>);

struct Parts {
    engine: Engine,
    /// What of this engine and machine compiled code depends on.
    fingerprint: String,
    linker: Linker<Run>,
    ticker: Ticker,
    cache: Option<Cache>,
    compiler: Option<Arc<Compiler>>,
    shelf: Shelf,
    queue: Queue,
    turns: Turns,
    memory: TotalMemory,
    javascript: OnceCell<Arc<JavaScript>>,
    settings: SandboxConfig,
}

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The WebAssembly engine does not start.
    #[error("action code cannot be run here: {0}")]
    Engine(String),
    /// No thread for the clock.
    #[error("action code cannot be run here: no thread can be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl Sandbox {
    /// Makes the sandbox; compiles nothing yet. What it compiles later is kept in `cache_folder`, which nobody else
    /// may be able to use; without such a folder it works the same, but compiles again in each process.
    ///
    /// # Errors
    /// When this machine cannot run WebAssembly.
    pub fn new(settings: &SandboxConfig, cache_folder: &Path) -> Result<Self, SandboxError> {
        Self::with_compiler(settings, cache_folder, None)
    }

    /// The same, where `compiler` compiles what can be kept.
    ///
    /// # Errors
    /// When this machine cannot run WebAssembly.
    pub fn with_compiler(
        settings: &SandboxConfig,
        cache_folder: &Path,
        compiler: Option<Arc<Compiler>>,
    ) -> Result<Self, SandboxError> {
        let engine = engine::engine(settings)?;
        let linker = imports::linker(&engine).map_err(|error| SandboxError::Engine(format!("{error:#}")))?;
        let mut fingerprint = Fingerprint::default();
        std::hash::Hash::hash(&engine.precompile_compatibility_hash(), &mut fingerprint);
        let cache = Cache::open(cache_folder.to_owned()).inspect_err(|error| {
            tracing::warn!("compiled code is not kept: {error}");
        });
        Ok(Self(Arc::new(Parts {
            fingerprint: fingerprint.finish_hex(),
            linker,
            ticker: Ticker::start(&engine)?,
            engine,
            cache: cache.ok(),
            compiler,
            shelf: Shelf::default(),
            queue: Queue::new(settings.max_concurrent_runs, settings.max_queued_runs),
            turns: Turns::on_this_runtime(),
            memory: TotalMemory::new(settings.max_total_memory_bytes),
            javascript: OnceCell::new(),
            settings: settings.clone(),
        })))
    }

    /// What a run may use by default.
    #[must_use]
    pub fn limits(&self) -> GuestLimits {
        GuestLimits::from(&self.0.settings)
    }

    /// Prepares a component of the world `toolgate:action/action`; `name` is what errors call it.
    ///
    /// Blocks, for seconds when the component was never compiled before: not for a thread that serves calls. Whoever
    /// asks for the same component meanwhile waits for it, others do not.
    ///
    /// # Errors
    /// When it is no component, or one of another world, or imports what guests do not have.
    pub fn component(&self, bytes: &[u8], name: &str) -> Result<Program, LoadError> {
        check::kind(name, bytes)?;
        let parts = &self.0;
        let hash = crypto::sha256_of_parts([bytes]);
        let code = parts.shelf.get_or_make((Kind::Component, hash), || {
            let component = parts.compiled(name, bytes, &crypto::hex(&hash))?;
            check::world(&parts.engine, &parts.linker, name, &component).map(Code::Component)
        })?;
        Ok(Program::new(code))
    }

    /// Prepares a script; `name` is what errors and stack traces call it, e.g. its file.
    ///
    /// Blocks, as [`Sandbox::component`] does; for a second when the JavaScript engine was never compiled before.
    ///
    /// # Errors
    /// Syntax errors, with their place; or that the script is too long to be read within the limits.
    pub fn script(&self, name: &str, source: &str) -> Result<Program, LoadError> {
        let parts = &self.0;
        // The name is part of the bytecode, for stack traces.
        let hash = crypto::sha256_of_parts([name.as_bytes(), source.as_bytes()]);
        let code = parts.shelf.get_or_make((Kind::Script, hash), || {
            let engine = parts.javascript()?;
            let kept_as = format!("{}-{}.bytecode", engine.sha256, crypto::hex(&hash));
            if let Some(kept) = parts.cache.as_ref().and_then(|cache| cache.get(&kept_as)) {
                let bytecode = kept.bytes().to_vec();
                return Ok(Code::Script { engine, bytecode });
            }
            let bytecode = script::compile(&engine, &parts.ticker, &parts.settings, name, source)?;
            if let Some(cache) = &parts.cache {
                cache.put(&kept_as, &bytecode);
            }
            Ok(Code::Script { engine, bytecode })
        })?;
        Ok(Program::new(code))
    }

    /// Compiles `bytes`, a component, and keeps what comes of it for other processes. Blocks.
    ///
    /// # Errors
    /// When it is no component.
    pub(super) fn keep_component(&self, bytes: &[u8]) -> Result<(), LoadError> {
        let sha256 = crypto::sha256_hex(bytes);
        self.0.compiled("the component", bytes, &sha256).map(drop)
    }

    /// The same with the JavaScript engine.
    ///
    /// # Errors
    /// When this build of it is broken.
    pub(super) fn keep_javascript(&self) -> Result<(), LoadError> {
        self.0.javascript().map(drop)
    }

    /// Runs `program` in an instance of its own. `data` is a JSON object, as the world describes it.
    ///
    /// Dropping the future ends the run.
    ///
    /// # Errors
    /// When the code fails or goes over a limit, or too many runs wait already.
    pub async fn run(
        &self,
        program: &Program,
        data: &str,
        outside: Arc<dyn Outside>,
        limits: &GuestLimits,
    ) -> Result<Finished, GuestError> {
        let parts = &self.0;
        let deadline = Instant::now() + limits.time;
        let _place = parts.queue.enter(deadline).await?;
        let machine = Machine {
            ticking: parts.ticker.run(),
            turns: &parts.turns,
            stack_bytes: parts.settings.max_stack_bytes,
            memory: &parts.memory,
        };
        let run = run::run(program, data, outside, limits, machine);
        timeout_at(deadline, run).await.unwrap_or_else(|_| {
            Err(GuestError::Limit(LimitReached {
                limit: Limit::Time,
                value: u64::try_from(limits.time.as_millis()).unwrap_or(u64::MAX),
            }))
        })
    }
}

impl Parts {
    /// The component of `bytes`, whose hash is `sha256`: what was compiled before, or compiled now and kept.
    fn compiled(&self, name: &str, bytes: &[u8], sha256: &str) -> Result<Component, LoadError> {
        let kept_as = self.kept_as(sha256);
        if let Some(component) = self.kept(name, &kept_as) {
            return Ok(component);
        }
        if let (Some(cache), Some(compiler)) = (&self.cache, &self.compiler) {
            match compiler.compile(&self.settings, cache.folder(), bytes) {
                Ok(()) => {
                    if let Some(component) = self.kept(name, &kept_as) {
                        return Ok(component);
                    }
                }
                Err(error) => tracing::debug!("{name} is compiled in this process: {error}"),
            }
        }
        self.compile(name, bytes, &kept_as)
    }

    fn kept_as(&self, sha256: &str) -> String {
        format!("{}-{sha256}.component", self.fingerprint)
    }

    fn kept(&self, name: &str, kept_as: &str) -> Option<Component> {
        let kept = self.cache.as_ref()?.get(kept_as)?;
        native::component(&self.engine, &kept)
            .inspect_err(|error| {
                tracing::warn!("{name} is compiled again, since its compiled code cannot be used: {error:#}");
            })
            .ok()
    }

    fn compile(&self, name: &str, bytes: &[u8], kept_as: &str) -> Result<Component, LoadError> {
        let component = Component::from_binary(&self.engine, bytes).map_err(|error| {
            let mut problem = format!("{error:#}");
            if problem.contains(TOO_LARGE)
                && let Some((_, setting)) = SIZES.iter().find(|(beginning, _)| problem.contains(beginning))
            {
                problem = format!("{problem} (setting {setting})");
            }
            LoadError::Unreadable {
                name: name.to_owned(),
                problem,
            }
        })?;
        if let Some(cache) = &self.cache {
            match component.serialize() {
                Ok(compiled) => cache.put(kept_as, &compiled),
                Err(error) => tracing::warn!("the compiled code of {name} cannot be kept: {error:#}"),
            }
        }
        Ok(component)
    }

    /// The JavaScript engine, compiled when the first script needs it; when that failed, when the next one does.
    fn javascript(&self) -> Result<Arc<JavaScript>, LoadError> {
        let engine = self.javascript.get_or_try_init(|| {
            let sha256 = script::engine_sha256()?;
            let component = self.compiled(script::NAME, script::ENGINE, &sha256)?;
            script::engine(&self.linker, &component, sha256).map(Arc::new)
        });
        engine.cloned()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.debug_struct("Sandbox")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}
