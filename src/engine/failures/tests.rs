//! What failures say, to agents and to operators.

use std::sync::Arc;

use super::*;
use crate::approval::gate::GateError;
use crate::audit::AuditError;
use crate::policy::Reached;
use crate::store::StoreError;

/// What may be said of a write depends on whether its request left.
#[test]
fn a_write_that_may_have_happened_says_so() {
    let timeout = |sent| EgressError::Timeout {
        phase: Phase::Data,
        limit_ms: 10,
        sent,
    };
    let broken = || EgressError::Broken { reason: "x".into() };
    let unreachable = || EgressError::Unreachable { reason: "x".into() };
    let too_large = || EgressError::TooLarge { limit: 10 };
    let incompatible = |sent| EgressError::Incompatible {
        reason: "x".into(),
        sent,
    };
    let not_processed = || EgressError::NotProcessed { reason: "x".into() };
    let cases = [
        (timeout(true), true, ErrorCode::OutcomeUnknown, false),
        (timeout(false), true, ErrorCode::Timeout, true),
        (timeout(true), false, ErrorCode::Timeout, true),
        (broken(), true, ErrorCode::OutcomeUnknown, false),
        (broken(), false, ErrorCode::ConnectionRefused, true),
        (unreachable(), true, ErrorCode::ConnectionRefused, true),
        (too_large(), true, ErrorCode::ResponseTooLarge, false),
        (incompatible(true), true, ErrorCode::OutcomeUnknown, false),
        (incompatible(false), true, ErrorCode::UpstreamError, false),
        (incompatible(true), false, ErrorCode::UpstreamError, false),
        (not_processed(), true, ErrorCode::ConnectionRefused, true),
        (not_processed(), false, ErrorCode::ConnectionRefused, true),
        (EgressError::UnreadableRedirect, true, ErrorCode::UpstreamError, false),
        (EgressError::UnreadableRedirect, false, ErrorCode::UpstreamError, false),
    ];
    for (error, is_write, code, retryable) in cases {
        let failure = egress(&error, is_write);
        assert_eq!(
            (failure.code, failure.retryable),
            (code, retryable),
            "{error} {is_write}"
        );
    }
    let made = "the change may have happened";
    assert!(egress(&too_large(), true).cause.contains(made));
    assert!(egress(&EgressError::UnreadableRedirect, true).cause.contains(made));
    assert!(!egress(&too_large(), false).cause.contains(made));
}

/// What an operator raises has to be what ended the wait.
#[test]
fn a_timeout_names_its_own_setting() {
    for (phase, setting) in [
        (Phase::Connection, "`connect_timeout_ms`"),
        (Phase::Data, "`read_timeout_ms`"),
        (Phase::Answer, "`timeout_ms`"),
    ] {
        let error = EgressError::Timeout {
            phase,
            limit_ms: 10,
            sent: true,
        };
        let resolution = egress(&error, false).resolution;
        assert!(resolution.contains(setting), "{resolution}");
    }
    let resolution = deadline(Duration::from_secs(1), false).resolution;
    assert!(resolution.contains("`call_timeout_ms`"), "{resolution}");
}

/// A store that another process holds for a while must not make an agent give up.
#[test]
fn what_passes_can_be_called_again() {
    let busy = || StoreError::Busy {
        doing: "wrote audit rows",
        source: "database is locked".into(),
    };
    let broken = || StoreError::Query {
        doing: "wrote audit rows",
        source: "the disk is full".into(),
    };
    for (error, retryable) in [
        (intent(&AuditError::Store(Arc::new(busy()))), true),
        (intent(&AuditError::Slow(Duration::from_secs(5))), true),
        (intent(&AuditError::Store(Arc::new(broken()))), false),
        (intent(&AuditError::Closed), false),
        (gate(&GateError::Store(busy())), true),
        (gate(&GateError::Store(broken())), false),
        (limited(&LimitError::Store(Arc::new(busy()))), true),
        (limited(&LimitError::Store(Arc::new(broken()))), false),
    ] {
        assert_eq!(
            (error.code, error.retryable),
            (ErrorCode::InternalError, retryable),
            "{error}"
        );
        assert!(error.cause.ends_with("so nothing was sent"), "{error}");
        assert_eq!(error.resolution.starts_with("call again"), retryable, "{error}");
    }
}

/// A gateway that gave up does not know what became of the request.
#[test]
fn a_write_is_not_repeated_because_the_api_failed() {
    for (code, kind, effect, retryable) in [
        (504, StatusKind::ServerError, Effect::Write, false),
        (500, StatusKind::ServerError, Effect::Write, false),
        (504, StatusKind::ServerError, Effect::Read, true),
        (429, StatusKind::TooManyRequests, Effect::Write, true),
        (501, StatusKind::Unsupported, Effect::Read, false),
    ] {
        let error = ResponseError::Status {
            status: code,
            kind,
            retry_after_seconds: None,
            detail: None,
        };
        let failure = response(error, effect);
        assert_eq!(failure.retryable, retryable, "{code} {effect:?}");
        assert_eq!(
            failure.resolution == LOOK_BEFORE_REPEATING,
            !retryable && effect == Effect::Write,
            "{code} {effect:?}"
        );
    }
}

#[test]
fn a_limit_is_named_with_the_seconds_to_wait() {
    let reached = |limits: &[(Layer, u32)], wait_seconds| {
        limited(&LimitError::Reached(Reached {
            limits: limits.to_vec(),
            wait_seconds,
        }))
        .text()
    };
    let cases = [
        (
            reached(&[(Layer::Action, 10)], 51),
            "RATE_LIMITED: the action limit (10 calls in any 60 seconds) is reached; nothing was sent\n\
             What to do: wait 51 seconds, then call again; other tools can be called meanwhile\n\
             Retry: after 51 seconds.",
        ),
        (
            reached(&[(Layer::Action, 1), (Layer::ApiPerDay, 10_000)], 86_400),
            "RATE_LIMITED: the action limit (1 call in any 60 seconds) and the API limit per day \
             (10000 calls in any 24 hours) are reached; nothing was sent\n\
             What to do: wait 86400 seconds before you call any tool of this API again\n\
             Retry: after 86400 seconds.",
        ),
        (
            reached(&[(Layer::ApiPerMinute, 60)], 1),
            "RATE_LIMITED: the API limit per minute (60 calls in any 60 seconds) is reached; nothing was sent\n\
             What to do: wait 1 second before you call any tool of this API again\n\
             Retry: after 1 second.",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(text, expected);
    }
}

#[test]
fn what_is_for_the_operator_is_not_for_agents() {
    let failure = egress(&EgressError::Setup("host internal.test".into()), true);
    assert_eq!(failure.code, ErrorCode::InternalError);
    assert!(!failure.text().contains("internal.test"), "{failure}");
}

#[test]
fn a_refusal_names_its_approval_and_what_to_do() {
    let cases = [
        (Refusal::Declined, ErrorCode::ApprovalDenied, "do not repeat it"),
        (Refusal::Unanswered, ErrorCode::ApprovalDenied, "ask the user"),
        (
            Refusal::Closed,
            ErrorCode::ApprovalRequired,
            "toolgate approvals approve a1",
        ),
        (
            Refusal::Undecided,
            ErrorCode::ApprovalRequired,
            "toolgate approvals approve a1",
        ),
        (Refusal::NotValid, ErrorCode::ApprovalDenied, "asked again"),
        (
            Refusal::UsedElsewhere,
            ErrorCode::ApprovalDenied,
            "read the current state",
        ),
    ];
    for (refusal, code, advice) in cases {
        let failure = refused(refusal, Some("a1".into()), None, &Principal::local());
        assert_eq!(failure.code, code, "{refusal:?}");
        assert!(failure.resolution.contains(advice), "{failure}");
        assert!(failure.cause.contains("nothing was sent"), "{failure}");
        assert_eq!(failure.approval_id.as_deref(), Some("a1"));
    }
    let with_a_key = Principal::caller("ana", "acme");
    for refusal in [Refusal::Closed, Refusal::Undecided] {
        let failure = refused(refusal, Some("a1".into()), None, &with_a_key);
        assert!(
            failure.resolution.contains("an operator of this server runs"),
            "{failure}"
        );
    }
}
