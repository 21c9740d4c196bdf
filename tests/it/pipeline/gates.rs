//! A call that is refused at one gate runs nothing that stands behind it (contract S1-38 to S1-42).

use std::sync::Arc;

use serde_json::{Value, json};
use toolgate::engine::{Ending, ErrorCode, Principal};

use super::gateway::{Gateway, NOBODY, Setting, call};
use crate::harness::{Upstream, connector};

/// Reads, writes and a place outside of the allowlist; every request needs a key.
fn crm(upstream: &Upstream) -> String {
    let allowlist = format!("url_allowlist = [\"{}/customers/*\"]\n", upstream.base_url());
    connector("crm", &upstream.base_url(), ACTIONS).replacen("[security]\n", &format!("[security]\n{allowlist}"), 1)
}

const ACTIONS: &str = r#"
[auth]
type = "api_key"
header_name = "X-API-Key"
key = "env:KEY"

[[actions]]
name = "get_customer"
description = "Get one customer"
method = "GET"
path = "/customers/{customer_id}"
[[actions.input]]
name = "customer_id"
required = true
[[actions.input]]
name = "limit"
type = "NUMBER"
in = "query"

[[actions]]
name = "delete_customer"
description = "Delete one customer"
method = "DELETE"
path = "/customers/{customer_id}"
[[actions.input]]
name = "customer_id"
required = true

[[actions]]
name = "get_anything"
description = "Get what is not allowed"
method = "GET"
path = "/{place}"
[[actions.input]]
name = "place"
required = true
"#;

struct Refused {
    tool: &'static str,
    arguments: Value,
    code: ErrorCode,
    /// Whether the row tells which action it was, and what it would have requested.
    found: bool,
    prepared: bool,
    decision: &'static str,
    /// Part of what the caller reads.
    says: &'static str,
}

#[tokio::test]
async fn nothing_behind_the_gate_that_refuses_runs() {
    let upstream = Upstream::fixed("{}").await;
    let cases = [
        Refused {
            tool: "crn__get_customer",
            arguments: json!({}),
            code: ErrorCode::UnknownApi,
            found: false,
            prepared: false,
            decision: "refused",
            says: "call `crm__get_customer` if that is what you mean",
        },
        Refused {
            tool: "",
            arguments: json!({}),
            code: ErrorCode::UnknownApi,
            found: false,
            prepared: false,
            decision: "refused",
            says: "list the tools",
        },
        Refused {
            tool: "crm__get_customers",
            arguments: json!({}),
            code: ErrorCode::EndpointNotFound,
            found: false,
            prepared: false,
            decision: "refused",
            says: "call `crm__get_customer` instead",
        },
        Refused {
            tool: "custom.crm.zzz",
            arguments: json!({}),
            code: ErrorCode::EndpointNotFound,
            found: false,
            prepared: false,
            decision: "refused",
            says: "its actions are `get_customer`, `delete_customer`, `get_anything`",
        },
        Refused {
            tool: "crm__get_customer",
            arguments: json!({ "limit": "ten" }),
            code: ErrorCode::InvalidRequest,
            found: true,
            prepared: false,
            decision: "refused",
            says: "- /limit: ",
        },
        Refused {
            tool: "crm__get_customer",
            arguments: json!({ "customer_id": "c_1", "surprise": 1 }),
            code: ErrorCode::InvalidRequest,
            found: true,
            prepared: false,
            decision: "refused",
            says: "surprise",
        },
        Refused {
            tool: "crm__get_anything",
            arguments: json!({ "place": "admin" }),
            code: ErrorCode::UrlNotAllowed,
            found: true,
            prepared: true,
            decision: "refused",
            says: "`[security]` section",
        },
        Refused {
            tool: "crm__delete_customer",
            arguments: json!({ "customer_id": "c_1" }),
            code: ErrorCode::ApprovalRequired,
            found: true,
            prepared: true,
            decision: "pending",
            says: "toolgate approvals approve ",
        },
    ];
    for case in cases {
        let gateway = Gateway::new(&[crm(&upstream)], Setting::default()).await;
        let error = gateway.refused(case.tool, case.arguments.clone()).await;
        let text = error.text();
        assert_eq!(error.code, case.code, "{text}");
        assert!(text.contains(case.says), "{text}");
        assert_eq!(gateway.secrets_resolved(), 0, "{text}");

        let rows = gateway.rows().await;
        assert_eq!(rows.len(), 1, "{rows:#?}");
        let row = &rows[0];
        assert_eq!(row.tool, case.tool);
        assert_eq!(row.outcome.as_str(), case.code.as_str());
        assert_eq!(row.decision.as_str(), case.decision, "{text}");
        assert_eq!(
            (row.action.is_some(), row.path.is_some()),
            (case.found, case.prepared),
            "{text}"
        );
        assert_eq!((row.requests, row.upstream_status), (0, None));
        assert!(row.ended_at.is_some());
        let asked = gateway.store.list_approvals(None, None, 10).await.unwrap().len();
        assert_eq!(asked == 1, case.code == ErrorCode::ApprovalRequired, "{text}");
    }
    assert_eq!(upstream.count(), 0);
}

#[tokio::test]
async fn a_call_too_many_asks_nobody_and_sends_nothing() {
    let upstream = Upstream::silent().await;
    let setting = Setting {
        concurrent: 1,
        queued: 0,
        ..Setting::default()
    };
    let gateway = Gateway::new(&[crm(&upstream)], setting).await;
    let first = call("crm__get_customer", json!({ "customer_id": "c_1" }));
    let running = gateway.engine.call(first, &NOBODY);
    tokio::pin!(running);
    tokio::select! {
        _ = &mut running => panic!("the API never answers"),
        () = upstream.arrived(1) => {}
    }
    // Its arguments are wrong and it is a write: the gate before says no first.
    let error = gateway.refused("crm__delete_customer", json!({ "wrong": true })).await;
    assert_eq!(error.code, ErrorCode::RateLimited);
    assert_eq!(
        (error.source, error.retryable, error.retry_after_seconds),
        (Some("local"), true, Some(1))
    );
    assert_eq!((gateway.secrets_resolved(), upstream.count()), (1, 1));
    assert_eq!(gateway.store.list_approvals(None, None, 10).await.unwrap(), []);
    assert_eq!(gateway.rows().await[0].outcome.as_str(), "RATE_LIMITED");
    assert_eq!(gateway.engine.calls_in_flight(), 1);
}

#[tokio::test]
async fn what_belongs_to_somebody_else_looks_as_if_it_did_not_exist() {
    let upstream = Upstream::fixed("{}").await;
    let owned = format!("user_id = \"ana\"\n{}", crm(&upstream));
    let gateway = Gateway::new(&[owned], Setting::default()).await;
    let asked_by = |user: &str, tool: &str| {
        let mut call = call(tool, json!({ "customer_id": "c_1" }));
        call.principal = Arc::new(Principal::caller(user, "local"));
        call
    };
    let mut texts = Vec::new();
    for tool in ["crm__get_customer", "crm__nothing", "crn__get_customer"] {
        let Ending::Failed(error) = gateway.engine.call(asked_by("ben", tool), &NOBODY).await else {
            panic!("ben called what is ana's");
        };
        texts.push(error.text().replace(tool, "[TOOL]"));
    }
    assert!(
        texts[0].starts_with("UNKNOWN_API: there is no tool `[TOOL]`"),
        "{}",
        texts[0]
    );
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:#?}");
    assert_eq!((gateway.secrets_resolved(), upstream.count()), (0, 0));
    // Its row does not say either what it was after.
    assert!(gateway.rows().await.iter().all(|row| row.connector.is_none()));

    let done = gateway.engine.call(asked_by("ana", "crm__get_customer"), &NOBODY).await;
    assert!(matches!(done, Ending::Done(_)), "{done:?}");
}

#[tokio::test]
async fn the_credential_is_resolved_once_for_a_call_that_leaves() {
    let upstream = Upstream::fixed(r#"{"id": "c_1"}"#).await;
    let gateway = Gateway::new(&[crm(&upstream)], Setting::default()).await;
    gateway
        .done("custom.crm.get_customer", json!({ "customer_id": "c_1" }), &NOBODY)
        .await;
    assert_eq!((gateway.secrets_resolved(), upstream.count()), (1, 1));
    assert_eq!(upstream.seen()[0].headers["x-api-key"], super::gateway::KEY);
    let rows = gateway.rows().await;
    assert_eq!((rows.len(), rows[0].outcome.as_str(), rows[0].requests), (1, "ok", 1));
    assert_eq!(rows[0].decision.as_str(), "allowed");
}
