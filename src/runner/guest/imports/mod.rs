//! What guests can import.
//!
//! Each function is bounded by itself: what it is given is cut, counted or refused before anything is done with it.

mod clock;
mod crypto;
mod http;
mod log;
mod progress;
mod random;
mod text;
mod url;
mod wasi;

use std::sync::Arc;

use tokio::time::Instant;
use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

use super::meter::{Meter, Room};
use super::total_memory::TotalMemory;
use super::world::Action;
use super::world::toolgate::action::types;
use super::{GuestLimits, Outside};

/// What belongs to one run.
pub(super) struct Run {
    pub(super) outside: Arc<dyn Outside>,
    pub(super) meter: Arc<Meter>,
    pub(super) room: Room,
    /// What a language's runtime has asked for beside.
    wasi: Option<Box<wasi::Wasi>>,
    /// When the run last told how far it is.
    reported: Option<Instant>,
}

impl Run {
    pub(super) fn new(outside: Arc<dyn Outside>, limits: &GuestLimits, all: &TotalMemory) -> Self {
        Self {
            outside,
            meter: Arc::new(Meter::new(limits.clone())),
            room: Room::new(limits, all),
            wasi: None,
            reported: None,
        }
    }
}

impl types::Host for Run {}

/// Everything that a guest can import, and nothing else.
pub(super) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Run>> {
    let mut linker = Linker::new(engine);
    Action::add_to_linker::<_, HasSelf<Run>>(&mut linker, |run| run)?;
    text::add_to_linker(&mut linker)?;
    wasi::add_to_linker(&mut linker)?;
    Ok(linker)
}

#[cfg(test)]
mod tests;
