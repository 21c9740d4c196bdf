//! Compiling in a process of its own.
//!
//! The compiler needs much more memory than anything that a server does later, and an allocator keeps most of what it
//! once had. With a process that ends, all of it is given back.

use std::borrow::Cow;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, TryLockError};

use serde::{Deserialize, Serialize};

use super::sandbox::{Sandbox, SandboxError};
use super::{LoadError, script};
use crate::config::SandboxConfig;

/// Starts processes that compile, one at a time: each of them uses all processors, and much memory. Who comes meanwhile is
/// not to wait for code of another action.
#[derive(Debug)]
pub struct Compiler {
    program: PathBuf,
    arguments: &'static [&'static str],
    turn: Mutex<()>,
}

/// Why such a process compiled nothing.
#[derive(Debug, thiserror::Error)]
pub enum CompilerError {
    /// It compiles something else.
    #[error("the compiler's process is busy")]
    Busy,
    /// It could not be started, or be told what to do.
    #[error("the compiler's process cannot be used: {0}")]
    Process(#[from] io::Error),
    /// What it was told is not what this version understands, or cannot be said, e.g. a folder that is not UTF-8.
    #[error("the order is not understood: {0}")]
    Order(#[from] serde_json::Error),
    /// There is no sandbox there.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The code is no component that can be compiled.
    #[error(transparent)]
    Code(#[from] LoadError),
    /// It ended with an error of its own.
    #[error("the compiler's process ended with {0}")]
    Ended(String),
}

/// What to compile: the first line that the process reads. Behind it stand the bytes of a component.
#[derive(Serialize, Deserialize)]
struct Order<'a> {
    settings: Cow<'a, SandboxConfig>,
    /// Where to keep what was compiled.
    cache: Cow<'a, Path>,
    code: Kind,
}

/// Whether the JavaScript engine is to be compiled, which every process has, or what stands behind the order.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Kind {
    JavaScript,
    Component,
}

impl Compiler {
    /// Processes of `program`, which with these `arguments` must do what [`compile_to_order`] does.
    #[must_use]
    pub fn new(program: PathBuf, arguments: &'static [&'static str]) -> Self {
        Self {
            program,
            arguments,
            turn: Mutex::default(),
        }
    }

    /// Has `bytes` compiled and kept in the folder `cache`. Blocks.
    pub(super) fn compile(&self, settings: &SandboxConfig, cache: &Path, bytes: &[u8]) -> Result<(), CompilerError> {
        // The engine is part of the program: it need not be read here.
        let (code, bytes) = if std::ptr::eq(bytes, script::ENGINE) {
            (Kind::JavaScript, &[][..])
        } else {
            (Kind::Component, bytes)
        };
        let order = serde_json::to_string(&Order {
            settings: Cow::Borrowed(settings),
            cache: Cow::Borrowed(cache),
            code,
        })?;
        let _turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            // A panic elsewhere leaves nothing wrong behind.
            Err(TryLockError::Poisoned(turn)) => turn.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(CompilerError::Busy),
        };
        let mut process = Command::new(&self.program)
            .args(self.arguments)
            // It needs none of it, and secrets stand there.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let told = process.stdin.take().map_or(Ok(()), |mut input| {
            input.write_all(order.as_bytes())?;
            input.write_all(b"\n")?;
            input.write_all(bytes)
        });
        // What it says itself tells more than that it did not listen.
        let ended = process.wait_with_output()?;
        if ended.status.success() {
            return Ok(told?);
        }
        let said = String::from_utf8_lossy(&ended.stderr);
        Err(CompilerError::Ended(format!("{}: {}", ended.status, said.trim())))
    }
}

/// Does what a server's [`Compiler`] says on `input`: compiles code and keeps it in the server's folder.
///
/// # Errors
/// When the order or the code cannot be read, or the folder is not to be used.
pub fn compile_to_order(input: &mut impl BufRead) -> Result<(), CompilerError> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let order: Order = serde_json::from_str(&line)?;
    let sandbox = Sandbox::new(&order.settings, &order.cache)?;
    match order.code {
        Kind::JavaScript => sandbox.keep_javascript()?,
        Kind::Component => {
            let mut bytes = Vec::new();
            input.read_to_end(&mut bytes)?;
            sandbox.keep_component(&bytes)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_the_code_of_another() {
        let compiler = Compiler::new("/there/is/no/such/program".into(), &[]);
        let compile = || compiler.compile(&SandboxConfig::default(), Path::new("."), b"");
        let turn = compiler.turn.lock().expect("free");
        assert!(matches!(compile(), Err(CompilerError::Busy)));
        drop(turn);
        assert!(matches!(compile(), Err(CompilerError::Process(_))));
    }
}
