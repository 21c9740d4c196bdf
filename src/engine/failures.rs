//! From what went wrong in a room below to the public taxonomy. No message may hold a URL, a host or a header.

mod unrecorded;

use std::time::Duration;

pub(super) use self::unrecorded::{gate, intent, no_audit, no_row};
use self::unrecorded::{is_held, unrecorded};
use super::{CallError, ErrorCode};
use crate::approval::Refusal;
use crate::connector::model::Effect;
use crate::egress::{EgressError, Phase};
use crate::pagination::PageError;
use crate::policy::{Crowded, Layer, LimitError, Overloaded, Principal};
use crate::runner::declarative::{PrepareError, ResponseError, StatusKind};
use crate::schema::{Found, Violation};
use crate::vault::SecretError;

/// What to do when a write may or may not have happened.
pub(super) const LOOK_BEFORE_REPEATING: &str =
    "read the current state first; repeat the call only if the change is not there, since it may have been made";

pub(super) fn not_permitted() -> CallError {
    CallError {
        source: Some("local"),
        ..CallError::new(
            ErrorCode::NotPermitted,
            "this caller may not call tools: its key does not have the role `call`",
            "ask the operator of this server for a key with that role",
        )
    }
}

pub(super) fn invalid_arguments(found: &Found) -> CallError {
    let places = match found.violations.len() {
        1 if found.may_be_more => "at least 1 argument does",
        1 => "1 argument does",
        _ => "some arguments do",
    };
    CallError {
        violations: list(&found.violations),
        source: Some("local"),
        ..CallError::new(
            ErrorCode::InvalidRequest,
            format!("{places} not match the tool's input schema; nothing was sent"),
            "correct what is listed and call again",
        )
    }
}

pub(super) fn prepare(error: PrepareError) -> CallError {
    let PrepareError { pointer, message } = error;
    CallError {
        violations: vec![format!("{}: {message}", pointer.as_deref().unwrap_or("/"))],
        source: Some("local"),
        ..CallError::new(
            ErrorCode::InvalidRequest,
            "no request can be built from these arguments; nothing was sent",
            "correct what is listed and call again",
        )
    }
}

pub(super) fn no_dry_run() -> CallError {
    CallError {
        source: Some("local"),
        ..CallError::new(
            ErrorCode::InvalidRequest,
            "this action is code: which requests it makes is not known before it runs",
            "run it with `toolgate test`, which shows each request",
        )
    }
}

pub(super) fn overloaded(error: Overloaded) -> CallError {
    CallError {
        retryable: true,
        retry_after_seconds: Some(1),
        source: Some("local"),
        ..CallError::new(
            ErrorCode::RateLimited,
            format!("server limit: {error}"),
            "wait a second, then call again",
        )
    }
}

pub(super) fn crowded(error: Crowded) -> CallError {
    CallError {
        retryable: true,
        source: Some("local"),
        ..CallError::new(
            ErrorCode::RateLimited,
            format!("server limit: {error}; nothing was sent"),
            "ask the user to decide what waits for them first, then call again",
        )
    }
}

pub(super) fn limited(error: &LimitError) -> CallError {
    let reached = match error {
        LimitError::Reached(reached) => reached,
        LimitError::Store(_) | LimitError::Closed => {
            tracing::error!(%error, "a call was not counted");
            let passes = matches!(error, LimitError::Store(cause) if is_held(cause));
            return unrecorded("calls cannot be counted", passes);
        }
    };
    let seconds = reached.wait_seconds;
    let unit = if seconds == 1 { "second" } else { "seconds" };
    let only_the_action = reached.limits.iter().all(|(layer, _)| *layer == Layer::Action);
    let resolution = if only_the_action {
        format!("wait {seconds} {unit}, then call again; other tools can be called meanwhile")
    } else {
        format!("wait {seconds} {unit} before you call any tool of this API again")
    };
    CallError {
        retryable: true,
        retry_after_seconds: Some(seconds),
        source: Some("local"),
        ..CallError::new(
            ErrorCode::RateLimited,
            format!("{reached}; nothing was sent"),
            resolution,
        )
    }
}

pub(super) fn cancelled(write_has_left: bool) -> CallError {
    if write_has_left {
        return CallError::new(
            ErrorCode::OutcomeUnknown,
            "the call was cancelled after its request had left",
            LOOK_BEFORE_REPEATING,
        );
    }
    CallError::new(
        ErrorCode::Cancelled,
        "the caller cancelled the call",
        "call again if the answer is still wanted",
    )
}

pub(super) fn deadline(limit: Duration, write_has_left: bool) -> CallError {
    let cause = format!("the call was not done within {} ms", limit.as_millis());
    if write_has_left {
        return CallError::new(ErrorCode::OutcomeUnknown, cause, LOOK_BEFORE_REPEATING);
    }
    CallError {
        retryable: true,
        ..CallError::new(
            ErrorCode::Timeout,
            cause,
            "ask for less, or try again when the API and this server are less busy; the operator can raise `call_timeout_ms` under \
             `[server]`",
        )
    }
}

pub(super) fn unread() -> CallError {
    CallError::new(
        ErrorCode::InternalError,
        "the API answered, but its answer could not be read",
        "for a change, read the current state first; tell the operator of this server, its log says why",
    )
}

pub(super) fn secret(error: &SecretError) -> CallError {
    tracing::error!(%error, "a credential is not available");
    let cause = match error {
        SecretError::NotSet(_) | SecretError::NoSource(_) | SecretError::NotStored { .. } => {
            "the credential of this API is not set up; nothing was sent"
        }
        SecretError::NotTheirs { .. } => "the credential of this API belongs to another user; nothing was sent",
        _ => "the credential of this API cannot be opened; nothing was sent",
    };
    CallError {
        source: Some("local"),
        ..CallError::new(
            ErrorCode::AuthenticationFailed,
            cause,
            "ask the operator of this server to set it; its log and `toolgate check` name what is missing",
        )
    }
}

pub(super) fn refused(
    refusal: Refusal,
    approval_id: Option<String>,
    by: Option<String>,
    caller: &Principal,
) -> CallError {
    let id = approval_id.as_deref().unwrap_or("unknown");
    // Whoever runs the process sees everybody's connectors, and has its command line; who came with a key may not.
    let decides = if caller.sees_everybodys() {
        "they run"
    } else {
        "an operator of this server runs"
    };
    let error = match refusal {
        Refusal::Declined => {
            let who = by.map_or_else(String::new, |by| format!(" ({by})"));
            CallError::new(
                ErrorCode::ApprovalDenied,
                format!("a person declined this call{who}; nothing was sent"),
                "do not repeat it; ask the user what to do instead",
            )
        }
        Refusal::Unanswered => CallError::new(
            ErrorCode::ApprovalDenied,
            "nobody answered in time whether this call may go ahead; nothing was sent",
            "ask the user; call again only when they want it",
        ),
        Refusal::Closed => CallError {
            retryable: true,
            ..CallError::new(
                ErrorCode::ApprovalRequired,
                format!(
                    "the question whether this call may go ahead was closed without an answer (approval {id}); nothing \
                     was sent"
                ),
                format!(
                    "ask the user; if they want it, {decides} `toolgate approvals approve {id}`, and exactly the same \
                     call goes through once; without that, it asks them again"
                ),
            )
        },
        Refusal::Undecided => CallError {
            retryable: true,
            ..CallError::new(
                ErrorCode::ApprovalRequired,
                format!("a person must allow this call first (approval {id}); nothing was sent"),
                format!(
                    "tell the user: {decides} `toolgate approvals approve {id}`, or `toolgate approvals deny {id}` to \
                     decline it; once it is allowed, make exactly the same call again, and it goes through once"
                ),
            )
        },
        Refusal::NotValid => CallError::new(
            ErrorCode::ApprovalDenied,
            "the approval does not belong to this call, was used before, or has expired; nothing was sent",
            "make the call again without it, so that the user is asked again",
        ),
        Refusal::UsedElsewhere => CallError::new(
            ErrorCode::ApprovalDenied,
            "the approval was used by an identical call; nothing was sent by this one",
            "read the current state; call again only if the user wants the same change twice",
        ),
    };
    CallError {
        approval_id,
        source: Some("local"),
        ..error
    }
}

/// Whether the request may have reached the API.
pub(super) fn has_left(error: &EgressError) -> bool {
    match error {
        EgressError::NotAllowed { sent, .. }
        | EgressError::Timeout { sent, .. }
        | EgressError::Incompatible { sent, .. } => *sent,
        EgressError::Broken { .. }
        | EgressError::TooLarge { .. }
        | EgressError::TooManyRedirects { .. }
        | EgressError::UnreadableRedirect => true,
        EgressError::NotProcessed { .. }
        | EgressError::Tls { .. }
        | EgressError::Unreachable { .. }
        | EgressError::Credential(_)
        | EgressError::Setup(_) => false,
    }
}

pub(super) fn egress(error: &EgressError, is_write: bool) -> CallError {
    let left = has_left(error);
    let cause = match error {
        // These name hosts, files and headers: they are for the operator.
        EgressError::Setup(_) | EgressError::Credential(_) => {
            tracing::error!(%error, "a connector cannot be used as it is set up");
            "the connector cannot be used as it is set up; nothing was sent".to_owned()
        }
        error => error.to_string(),
    };
    let unknown = is_write && left;
    let (code, resolution, retryable) = match error {
        EgressError::NotAllowed { .. } => (
            ErrorCode::UrlNotAllowed,
            "tell the operator: the connector's `[security]` section decides where requests may go",
            false,
        ),
        EgressError::Timeout { .. } | EgressError::Broken { .. } | EgressError::Incompatible { .. } if unknown => {
            (ErrorCode::OutcomeUnknown, LOOK_BEFORE_REPEATING, false)
        }
        EgressError::Timeout { phase, .. } => (ErrorCode::Timeout, after_waiting(*phase), true),
        EgressError::Tls { .. } => (
            ErrorCode::SslError,
            "tell the operator: the API's certificate must be valid, or its authority be named in `extra_ca`",
            false,
        ),
        EgressError::Incompatible { .. } => (
            ErrorCode::UpstreamError,
            "tell the operator: the same request would end the same way; the server's log says more",
            false,
        ),
        EgressError::NotProcessed { .. } => (ErrorCode::ConnectionRefused, "try again later", true),
        EgressError::Unreachable { .. } | EgressError::Broken { .. } => (
            ErrorCode::ConnectionRefused,
            "try again later; if it persists the operator should check the connector's base URL and the network",
            true,
        ),
        EgressError::TooLarge { .. } => (
            ErrorCode::ResponseTooLarge,
            "ask for less: use a filter, a smaller page or a more specific action",
            false,
        ),
        EgressError::TooManyRedirects { .. } => (
            ErrorCode::UpstreamError,
            "tell the operator: the API redirects in circles",
            false,
        ),
        EgressError::UnreadableRedirect => (
            ErrorCode::UpstreamError,
            "tell the operator: the API's redirect leads nowhere, and the same request would end the same way",
            false,
        ),
        EgressError::Credential(_) => (
            ErrorCode::AuthenticationFailed,
            "tell the operator of this server; its log says what is wrong",
            false,
        ),
        EgressError::Setup(_) => (
            ErrorCode::InternalError,
            "tell the operator of this server; its log says what is wrong",
            false,
        ),
    };
    let mut error = CallError::new(code, cause, resolution);
    error.retryable = retryable;
    if unknown && code != ErrorCode::OutcomeUnknown {
        error
            .cause
            .push_str("; the request was made, so the change may have happened");
    }
    error
}

/// What to do after waiting in vain, with the setting that ended it.
fn after_waiting(phase: Phase) -> &'static str {
    match phase {
        Phase::Connection => {
            "try again; the operator can check the connector's base URL and the network, or raise `connect_timeout_ms` \
             under `[egress]`"
        }
        Phase::Data => {
            "try again, or ask for less; the operator can check the API's health or raise `read_timeout_ms` under \
             `[egress]`"
        }
        Phase::Answer => {
            "try again, or ask for less; the operator can raise the `timeout_ms` of the action or its connector or check \
             the API's health"
        }
    }
}

/// An answer that is no result. `effect` decides what is said about a change that may have been made.
pub(super) fn response(error: ResponseError, effect: Effect) -> CallError {
    let made = effect == Effect::Write;
    match error {
        ResponseError::Status {
            status,
            kind,
            retry_after_seconds,
            detail,
        } => self::status(status, kind, made, retry_after_seconds, detail.as_deref()),
        ResponseError::SchemaMismatch { violations } => CallError {
            violations: list(&violations),
            source: Some("upstream"),
            ..CallError::new(
                ErrorCode::SchemaMismatch,
                format!("the API's answer does not match its schema{}", done(made)),
                "tell the operator to update the response schema, or to set `validation = \"warn\"` for this action",
            )
        },
        ResponseError::Page(error @ PageError::Elsewhere) => CallError {
            source: Some("local"),
            ..CallError::new(
                ErrorCode::UrlNotAllowed,
                error.to_string(),
                "tell the operator: the API's links must lead to the address that the connector calls it by",
            )
        },
        other => CallError {
            source: Some("upstream"),
            ..CallError::new(
                ErrorCode::SchemaMismatch,
                format!("{other}{}", done(made)),
                "tell the operator: the action expects another kind of answer",
            )
        },
    }
}

/// A failure on a page of a list, said of that page. Nothing of the pages before it is returned: a part of a list that
/// looks like the whole is worse than none.
pub(super) fn on_page(number: u32, error: CallError) -> CallError {
    if number == 1 {
        return error;
    }
    CallError {
        cause: format!(
            "page {number} of the list failed, so none of it is returned: {}",
            error.cause
        ),
        ..error
    }
}

fn done(made: bool) -> &'static str {
    if made {
        "; the request itself succeeded, do not repeat it"
    } else {
        ""
    }
}

fn status(
    status: u16,
    kind: StatusKind,
    writes: bool,
    retry_after_seconds: Option<u64>,
    detail: Option<&str>,
) -> CallError {
    let said = detail.map_or_else(String::new, |detail| format!(": {detail}"));
    let (code, cause, resolution, retryable) = match kind {
        StatusKind::Unauthorized | StatusKind::Forbidden => (
            ErrorCode::AuthenticationFailed,
            format!("the API refused the credential (status {status}){said}"),
            "tell the operator: the key is wrong, expired or lacks a permission, and must be updated",
            false,
        ),
        StatusKind::NotFound => (
            ErrorCode::EndpointNotFound,
            format!("the API has nothing there (status {status}){said}"),
            "check the identifiers in the arguments, e.g. by searching first; else the action's path is wrong",
            false,
        ),
        StatusKind::TooManyRequests => (
            ErrorCode::RateLimited,
            format!("the API allows no more requests for now (status {status}){said}"),
            match retry_after_seconds {
                Some(_) => "wait as long as said, then call again",
                None => "wait for a minute, then call again",
            },
            true,
        ),
        StatusKind::ClientError => (
            ErrorCode::UpstreamError,
            format!("the API refused the request (status {status}){said}"),
            "correct the arguments as the API says, then call again",
            false,
        ),
        // A gateway that waited in vain says nothing of what became of the request behind it.
        StatusKind::ServerError if writes => (
            ErrorCode::UpstreamError,
            format!("the API failed (status {status}){said}"),
            LOOK_BEFORE_REPEATING,
            false,
        ),
        StatusKind::ServerError => (
            ErrorCode::UpstreamError,
            format!("the API failed (status {status}){said}"),
            "try again later",
            true,
        ),
        StatusKind::Unsupported => (
            ErrorCode::UpstreamError,
            format!("the API cannot do this (status {status}){said}"),
            "tell the operator: the API does not know the action's method, or not the version of HTTP",
            false,
        ),
        StatusKind::Other => (
            ErrorCode::UpstreamError,
            format!("the API answered with status {status}, which is no result{said}"),
            "tell the operator: the action does not expect this answer",
            false,
        ),
    };
    CallError {
        retryable,
        retry_after_seconds,
        upstream_status: Some(status),
        source: Some("upstream"),
        ..CallError::new(code, cause, resolution)
    }
}

/// Violations, one a line.
pub(super) fn list(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(Violation::to_string).collect()
}

#[cfg(test)]
mod tests;
