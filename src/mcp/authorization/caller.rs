//! Somebody who was let in.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::policy::Principal;

/// Somebody who was let in, and what of theirs ends when they no longer are. Cheap to clone.
#[derive(Debug, Clone)]
pub(in crate::mcp) struct Caller {
    principal: Arc<Principal>,
    /// Identifier of the key that was shown; none for the local user.
    key: Option<Arc<str>>,
    ended: CancellationToken,
}

impl Caller {
    /// The local user, who shows no key.
    pub(in crate::mcp) fn local(ended: CancellationToken) -> Self {
        Self {
            principal: Arc::new(Principal::local()),
            key: None,
            ended,
        }
    }

    /// Whoever showed the key `key`.
    pub(in crate::mcp) fn with_key(key: &str, principal: Principal, ended: CancellationToken) -> Self {
        Self {
            principal: Arc::new(principal),
            key: Some(key.into()),
            ended,
        }
    }

    /// The principal to act for.
    pub(in crate::mcp) fn principal(&self) -> &Arc<Principal> {
        &self.principal
    }

    /// Cancelled when the server stops, or when this caller is no longer let in: ends sessions, streams and calls.
    pub(in crate::mcp) fn ended(&self) -> &CancellationToken {
        &self.ended
    }

    /// Whether `other` came in the same way. A session belongs to the key that opened it: another key of the same user
    /// may be allowed less.
    pub(in crate::mcp) fn is(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
