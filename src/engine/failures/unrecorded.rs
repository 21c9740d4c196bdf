//! What ends a call because it could not be recorded: nothing may happen that no row tells of.

use crate::approval::gate::{GateError, TooLong};
use crate::audit::AuditError;
use crate::engine::{CallError, ErrorCode};
use crate::store::StoreError;

/// A call that was made and whose row could not be written.
pub(in crate::engine) fn no_audit() -> CallError {
    CallError::new(
        ErrorCode::InternalError,
        "the audit log cannot be written, so the answer is withheld",
        "tell the operator of this server; its log says why",
    )
}

/// A write that was not sent because its intent could not be recorded.
pub(in crate::engine) fn intent(error: &AuditError) -> CallError {
    tracing::error!(%error, "the intent of a write was not recorded");
    let passes = match error {
        AuditError::Store(cause) => is_held(cause),
        AuditError::Slow(_) | AuditError::Behind => true,
        AuditError::Closed => false,
    };
    unrecorded("the audit log cannot be written", passes)
}

/// A call that could not be recorded.
pub(in crate::engine) fn no_row(error: &AuditError) -> CallError {
    tracing::warn!(%error, "a call is refused");
    unrecorded("the audit log cannot be written", true)
}

/// A call whose approval could not be looked up or recorded.
pub(in crate::engine) fn gate(error: &GateError) -> CallError {
    if let GateError::TooLong(what) = error {
        return too_long(*what);
    }
    tracing::error!(%error, "an approval could not be handled");
    let passes = matches!(error, GateError::Store(cause) if is_held(cause));
    unrecorded("approvals cannot be recorded", passes)
}

/// A call that is longer than what may be kept until somebody decides.
fn too_long(what: TooLong) -> CallError {
    let resolution = match what {
        TooLong::Arguments { .. } => {
            "send less in one call; or tell the operator, who can raise `max_argument_bytes` of `[approvals]`"
        }
        TooLong::Path { .. } => "send less in one call",
    };
    CallError {
        source: Some("local"),
        ..CallError::new(
            ErrorCode::InvalidRequest,
            format!("{what}; nothing was sent"),
            resolution,
        )
    }
}

/// Whether another process holds the store, which it does not do for long.
pub(super) fn is_held(error: &StoreError) -> bool {
    matches!(error, StoreError::Busy { .. })
}

/// What ends a call before anything of it leaves, because it could not be recorded.
pub(super) fn unrecorded(cause: &str, passes: bool) -> CallError {
    let (now, resolution) = if passes {
        (
            " for now",
            "call again in a few seconds; if that fails too, tell the operator of this server, its log says why",
        )
    } else {
        ("", "tell the operator of this server; its log says why")
    };
    CallError {
        retryable: passes,
        ..CallError::new(
            ErrorCode::InternalError,
            format!("{cause}{now}, so nothing was sent"),
            resolution,
        )
    }
}
