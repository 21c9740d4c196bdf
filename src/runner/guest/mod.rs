//! Code of actions: WebAssembly components, and JavaScript in an engine that is one.
//!
//! A run gets a fresh instance, a bounded share of the machine, and nothing but what [`Outside`] gives it. Must never
//! know what a connector or a caller is, open a connection, or hold a secret longer than one call of
//! [`Outside::secret_key`].

mod apart;
mod cache;
mod check;
mod computing;
mod ending;
mod engine;
mod imports;
mod limits;
mod load_error;
mod meter;
mod native;
mod outside;
mod program;
mod queue;
mod run;
mod sandbox;
mod script;
mod shelf;
mod ticker;
mod total_memory;
mod world;

pub use apart::{Compiler, CompilerError, compile_to_order};
pub use ending::{Finished, GuestError, Limit, LimitReached, Used};
pub use limits::GuestLimits;
pub use load_error::LoadError;
pub use outside::{GuestLogLevel, GuestRequest, GuestResponse, Outside, SEARCHED_BEYOND, SendFailure};
pub use program::Program;
pub use sandbox::{Sandbox, SandboxError};
