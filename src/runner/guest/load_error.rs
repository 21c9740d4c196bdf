//! Why code cannot be run at all.

/// Why code cannot be run at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// No WebAssembly.
    #[error("{name} is not WebAssembly: it does not begin with the bytes of a WebAssembly file")]
    NotWebAssembly {
        /// The program.
        name: String,
    },
    /// A core module.
    #[error(
        "{name} is a core WebAssembly module, not a component: make a component of it, e.g. with `wasm-tools component new`"
    )]
    CoreModule {
        /// The program.
        name: String,
    },
    /// Not well formed, or with features that are not served.
    #[error("{name} is not a component that can be run: {problem}")]
    Unreadable {
        /// The program.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// An import that the world has not.
    #[error(
        "{name} imports `{import}`, which the world `toolgate:action/action` does not have: action code has no files, environment or sockets, and sends requests with `toolgate:action/http`"
    )]
    Import {
        /// The program.
        name: String,
        /// The first such import.
        import: String,
    },
    /// Another world.
    #[error("{name} was not made for the world `toolgate:action/action` of version 0.1: {problem}")]
    World {
        /// The program.
        name: String,
        /// What differs.
        problem: String,
    },
    /// JavaScript that cannot be read.
    #[error("{message}")]
    Syntax {
        /// What is wrong, without the place.
        message: String,
        /// The line, from 1; 0 when it is not known.
        line: usize,
        /// The column, from 1; 0 when it is not known.
        column: usize,
    },
    /// Reading the source took more than what one run may take.
    #[error("{name} could not be read within the limits of the sandbox: {problem}")]
    Limit {
        /// The program.
        name: String,
        /// Which.
        problem: String,
    },
    /// The server's own fault.
    #[error("{name} cannot be prepared: {problem}")]
    Internal {
        /// The program.
        name: String,
        /// What went wrong.
        problem: String,
    },
}

impl LoadError {
    /// Whether it may be otherwise the next time, though the code is the same.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Limit { .. } | Self::Internal { .. })
    }
}
