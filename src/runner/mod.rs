//! Runners: how an action's definition becomes requests, and answers become results.
//!
//! Must never know who is calling or hold a secret. A declarative action is data and runs in the host; code runs in a
//! sandbox, and what it returns is read here like an answer.

pub mod declarative;
pub mod guest;
mod halves;
pub(crate) mod headers;
mod redaction;
mod returned;

pub use redaction::Redaction;
pub use returned::{File, FileContent, Returned, ReturnedError, returned};
