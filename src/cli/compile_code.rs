//! `toolgate compile-code`: the process in which a server compiles action code. For servers alone, so help does not name
//! it.

use clap::Args;

use super::Failure;
use crate::runner::guest::{Compiler, compile_to_order};

/// The verb, as clap names it.
const NAME: &str = "compile-code";

/// Compile action code as a server asks on standard input.
#[derive(Debug, Args)]
#[command(hide = true)]
pub(super) struct CompileCode {}

impl CompileCode {
    #[expect(clippy::unused_self, reason = "it is what clap makes of the verb")]
    pub(super) fn run(self) -> Result<(), Failure> {
        compile_to_order(&mut std::io::stdin().lock()).map_err(|error| Failure::Other(error.into()))
    }
}

/// This program as a compiler; nothing where it cannot be found again.
pub(super) fn compiler() -> Option<Compiler> {
    Some(Compiler::new(std::env::current_exe().ok()?, &[NAME]))
}
