//! Which connectors exist for whom (ruling C-27).

use crate::connector::model::Connector;

/// The user of a process that serves a single person.
pub const LOCAL_USER: &str = "local";

/// Whether `connector` exists for `user`. One that does not must look as if it had never existed (contract S1-04).
#[must_use]
pub fn may_call(user: &str, connector: &Connector) -> bool {
    user == LOCAL_USER || connector.owner.as_deref().is_none_or(|owner| owner == user)
}
