//! Code of actions: WebAssembly components, and JavaScript in an engine that is one.
//!
//! A run gets a fresh instance, a bounded share of the machine, and nothing but what [`Outside`] gives it. Must never
//! know what a connector or a caller is, open a connection, or hold a secret longer than one call of
//! [`Outside::secret_key`].

mod ending;
mod limits;
mod load_error;
mod outside;

pub use ending::{Finished, GuestError, Limit, LimitReached, Used};
pub use limits::GuestLimits;
pub use load_error::LoadError;
pub use outside::{GuestLogLevel, GuestRequest, GuestResponse, Outside, SendFailure};
