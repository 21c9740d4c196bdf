//! Programs of actions: prepared once, when they are first needed or before.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::failure;
use crate::audit::CallLog;
use crate::catalog::{Catalog, Tool};
use crate::config::SandboxConfig;
use crate::connector::model::{Code, Language};
use crate::engine::CallError;
use crate::runner::guest::{Compiler, LoadError, Program, Sandbox, SandboxError};
use crate::store::{Store, time};

/// How long a machine that had no room for a sandbox is left alone.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Runs code. Its sandbox is made when the first action with code needs it: a server without one starts no engine.
pub struct CodeRunner {
    maker: Arc<Maker>,
    store: Arc<dyn Store>,
    /// Logs that are being written.
    writing: TaskTracker,
}

impl CodeRunner {
    /// Code is run as `settings` say; what is compiled of it is kept in the folder `cache`, and what it did in `store`.
    #[must_use]
    pub fn new(settings: SandboxConfig, cache: PathBuf, store: Arc<dyn Store>) -> Self {
        Self {
            maker: Arc::new(Maker::new(settings, cache, None)),
            store,
            writing: TaskTracker::new(),
        }
    }

    /// Lets `compiler` compile, so that its memory is not this process's.
    #[must_use]
    pub fn compiling_with(mut self, compiler: Option<Compiler>) -> Self {
        let (settings, cache) = (self.maker.settings.clone(), self.maker.cache.clone());
        self.maker = Arc::new(Maker::new(settings, cache, compiler.map(Arc::new)));
        self
    }

    /// The sandbox. Making it reads and writes files, which takes a thread of its own.
    pub(in crate::engine) async fn sandbox(&self) -> Result<Sandbox, String> {
        if let Some(known) = self.maker.known() {
            return known;
        }
        let maker = Arc::clone(&self.maker);
        let making = tokio::task::spawn_blocking(move || maker.sandbox());
        making.await.unwrap_or_else(|error| Err(error.to_string()))
    }

    /// The same where nobody else waits for the thread.
    pub(in crate::engine) fn blocking_sandbox(&self) -> Result<Sandbox, String> {
        self.maker.sandbox()
    }

    /// Keeps the log of a call. Nobody waits for it but [`CodeRunner::close`].
    pub(super) fn keep_log(&self, call_id: &str, log: &CallLog) {
        let (Some(text), Ok(runtime)) = (log.to_text(), Handle::try_current()) else {
            return;
        };
        let (store, call_id) = (Arc::clone(&self.store), call_id.to_owned());
        let write = async move {
            let at = time::rfc3339(Timestamp::now());
            if let Err(error) = store.write_call_log(&call_id, &at, &text).await {
                tracing::warn!(%error, call = call_id, "what the code of a call did was not kept");
            }
        };
        drop(self.writing.spawn_on(write, &runtime));
    }

    /// Waits until every log is written.
    pub(in crate::engine) async fn close(&self) {
        self.writing.close();
        self.writing.wait().await;
    }
}

impl fmt::Debug for CodeRunner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CodeRunner").finish_non_exhaustive()
    }
}

/// Makes the one sandbox.
struct Maker {
    settings: SandboxConfig,
    cache: PathBuf,
    compiler: Option<Arc<Compiler>>,
    sandbox: once_cell::sync::OnceCell<Sandbox>,
    /// When there was none the last time, and why.
    failed: Mutex<Option<(Instant, String)>>,
}

impl Maker {
    fn new(settings: SandboxConfig, cache: PathBuf, compiler: Option<Arc<Compiler>>) -> Self {
        Self {
            settings,
            cache,
            compiler,
            sandbox: once_cell::sync::OnceCell::new(),
            failed: Mutex::default(),
        }
    }

    /// The sandbox. One that could not be made, e.g. because there was no thread for it, is tried again in a while: each
    /// call that needs it would take more of what there is too little of.
    fn sandbox(&self) -> Result<Sandbox, String> {
        self.made_by(|| Sandbox::with_compiler(&self.settings, &self.cache, self.compiler.clone()))
    }

    fn made_by(&self, make: impl FnOnce() -> Result<Sandbox, SandboxError>) -> Result<Sandbox, String> {
        let sandbox = self.sandbox.get_or_try_init(|| {
            // Others may have tried while this one waited.
            if let Some(Err(problem)) = self.known() {
                return Err(problem);
            }
            make().map_err(|error| {
                let problem = error.to_string();
                *self.failed() = Some((Instant::now(), problem.clone()));
                problem
            })
        });
        sandbox.cloned()
    }

    /// What is known without trying.
    fn known(&self) -> Option<Result<Sandbox, String>> {
        if let Some(sandbox) = self.sandbox.get() {
            return Some(Ok(sandbox.clone()));
        }
        let failed = self.failed();
        let (at, problem) = failed.as_ref()?;
        (at.elapsed() < AFTER_FAILURE).then(|| Err(problem.clone()))
    }

    fn failed(&self) -> MutexGuard<'_, Option<(Instant, String)>> {
        // A text is whole or not there.
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Prepared = OnceCell<Result<Program, LoadError>>;

/// The programs of one catalog.
#[derive(Default)]
pub(in crate::engine) struct Programs {
    cells: HashMap<String, Arc<Prepared>>,
}

impl Programs {
    pub(in crate::engine) fn of(catalog: &Catalog) -> Self {
        let with_code = catalog.tools().iter().filter(|tool| tool.action.code().is_some());
        Self {
            cells: with_code.map(|tool| (tool.name.clone(), Arc::default())).collect(),
        }
    }

    /// The program of `tool`. Compiling it takes a thread of its own, and others wait for it only if they need it too.
    pub(in crate::engine) async fn get(&self, sandbox: &Sandbox, tool: &Tool) -> Result<Program, CallError> {
        let (Some(code), Some(cell)) = (tool.action.code(), self.cells.get(&tool.name)) else {
            return Err(failure::no_code());
        };
        let prepared = cell
            .get_or_try_init(async || {
                let (sandbox, code) = (sandbox.clone(), code.clone());
                let aliases = tool.connector.code.aliases;
                let preparing = tokio::task::spawn_blocking(move || prepare(&sandbox, &code));
                let prepared = preparing.await.unwrap_or_else(|error| {
                    Err(LoadError::Internal {
                        name: tool.name.clone(),
                        problem: error.to_string(),
                    })
                });
                match prepared {
                    // Not kept: the next call tries again.
                    Err(error) if error.may_pass() => Err(error),
                    prepared => Ok(prepared.map(|program| program.with_aliases(aliases))),
                }
            })
            .await;
        prepared
            .cloned()
            .flatten()
            .map_err(|error| failure::of_load(&error, code))
    }
}

/// The sandbox's program of `code`: checked and compiled. Blocks, for seconds when it was never compiled before.
///
/// # Errors
/// When it cannot be run.
pub fn prepare(sandbox: &Sandbox, code: &Code) -> Result<Program, LoadError> {
    match code.language {
        Language::Component => sandbox.component(&code.bytes, &code.name),
        Language::JavaScript => {
            // Loading a connector has made sure that it is text.
            let source = String::from_utf8_lossy(&code.bytes);
            sandbox.script(&code.name, &source)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_machine_without_room_for_a_sandbox_is_left_alone_for_a_while() {
        let maker = Maker::new(SandboxConfig::default(), PathBuf::new(), None);
        let tried = std::cell::Cell::new(0);
        let fails = || {
            maker.made_by(|| {
                tried.set(tried.get() + 1);
                Err(SandboxError::Engine(format!("{} threads", tried.get())))
            })
        };
        for (passed, tries) in [(0, 1), (1, 1), (3, 1), (1, 2), (4, 2), (1, 3)] {
            tokio::time::advance(Duration::from_secs(passed)).await;
            let problem = fails().expect_err("no sandbox");
            assert!(problem.contains(&format!("{tries} threads")), "{problem}");
            assert_eq!(maker.known().and_then(Result::err), Some(problem));
        }
    }
}
