//! Who may call what, how many calls may run or wait at once, and how many may come in some time.
//!
//! Decides on what it is given, and on the windows in the store. Must never know the network or MCP.

pub mod access_key;
pub mod admission;
pub mod limits;
pub mod name;
pub mod ownership;
pub mod principal;
pub mod shares;
pub mod turns;

pub use admission::{Admission, Admitted, Bounds, Crowded, Overloaded, Waiting};
pub use limits::{Layer, LimitError, Limits, Reached};
pub use name::check_name;
pub use ownership::exists_for;
pub use principal::{Principal, Role, Roles, Scope};
pub use shares::Sharer;
pub use turns::Turn;
