//! The immutable snapshot of all loaded connectors, and how its next version comes to be.
//!
//! Reads connector folders from disk, and asks the configuration for the variables that their settings are read from.
//! Must never know MCP or the network.

pub mod folder;
pub mod loader;
pub mod naming;
pub mod search;
pub mod snapshot;
pub mod watch;

pub use loader::{CrowdedOut, Loader, Origin, Report};
pub use snapshot::{Catalog, Collision, Lookup, Tool};
