//! Who may call what, and how many calls may run at once.
//!
//! Decides on what it is given. Must never know the network, the store or MCP.

pub mod admission;
pub mod ownership;

pub use admission::{Admission, Admitted, Overloaded};
pub use ownership::may_call;
