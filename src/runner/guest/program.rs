//! Code that can be run.

use std::fmt;
use std::sync::Arc;

use wasmtime::component::{ComponentExportIndex, InstancePre};

use super::imports::Run;

/// Code that can be run any number of times. Cheap to clone.
#[derive(Clone)]
pub struct Program {
    pub(super) code: Arc<Code>,
    /// Whether a script finds the names of other hosts.
    pub(super) aliases: bool,
}

/// What is run.
pub(super) enum Code {
    /// A component of the world `action`.
    Component(Prepared),
    /// A script, as the engine's bytecode.
    Script { engine: Arc<JavaScript>, bytecode: Vec<u8> },
}

/// A component whose imports are resolved.
pub(super) struct Prepared {
    pub(super) instance: InstancePre<Run>,
    pub(super) run: ComponentExportIndex,
}

/// The engine that runs scripts.
pub(super) struct JavaScript {
    pub(super) prepared: Prepared,
    pub(super) compile: ComponentExportIndex,
    /// SHA-256 of the engine, which says what made a bytecode: no other engine can run it.
    pub(super) sha256: String,
}

impl Program {
    pub(super) fn new(code: Arc<Code>) -> Self {
        Self { code, aliases: false }
    }

    /// The same script with the names of other hosts beside `ld` and `data`: `inputs`, `secrets`, `fetch`,
    /// `console.log`. Changes nothing for a component.
    #[must_use]
    pub fn with_aliases(mut self, aliases: bool) -> Self {
        self.aliases = aliases;
        self
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &*self.code {
            Code::Component(_) => "component",
            Code::Script { .. } => "script",
        };
        text.debug_struct("Program")
            .field("kind", &kind)
            .field("aliases", &self.aliases)
            .finish_non_exhaustive()
    }
}
