//! The immutable snapshot of all loaded connectors, and how it is replaced while calls are running.
//!
//! Reads connector folders from disk and nothing else. Must never know MCP or the network.

pub mod snapshot;

pub use snapshot::{Catalog, Lookup, Tool};
