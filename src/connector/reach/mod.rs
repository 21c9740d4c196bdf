//! Where a connector's requests may go: rules about URLs, methods, ports, names and addresses (contract S1-08, S1-39,
//! S1-47, S1-51).
//!
//! Pure rules: must never resolve a name or open a connection. `toolgate check` applies them to what an author writes,
//! [`crate::egress`] to every request and every redirect, so that both say the same.

mod address;
mod allowlist;
mod glob;
mod lookalike;
mod metadata;
mod name;
mod port;
mod special_purpose;

pub use address::{AddressRule, Refusal};
pub use allowlist::UrlAllowlist;
pub use special_purpose::not_public;

pub(super) use allowlist::Pattern;
pub(super) use lookalike::{Unusual, unusual};
pub(super) use port::foreign_protocol;
