//! Limits on calls (contract S1-40, S1-49, S2-24, S2-25): what a call that finds one reached does, and what counts.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use toolgate::config::LimitsConfig;
use toolgate::connector::Allowance::{Calls, Unlimited};
use toolgate::engine::{Answer, ApprovalPrompt, Asking, CallError, Ending, ErrorCode, Front, Principal, Resume};
use toolgate::store::{Decision, Via, time};

use super::gateway::{Gateway, NOBODY, Person, Setting, call};
use crate::harness::{Upstream, Workspace, connector, within};

const ACTIONS: &str = r#"
[auth]
type = "api_key"
header_name = "X-API-Key"
key = "env:KEY"

[[actions]]
name = "get"
description = "Reads"
method = "GET"
path = "/get/{id}"
[[actions.input]]
name = "id"
required = true

[[actions]]
name = "set"
description = "Writes"
method = "PUT"
path = "/set/{id}"
[[actions.input]]
name = "id"
required = true
"#;

/// A gateway with these limits: of each action and of the API in a minute, and of the API in a day.
async fn gateway(upstream: &Upstream, action: u32, minute: u32, day: u32) -> Gateway {
    let limits = LimitsConfig {
        requests_per_minute_per_action: Calls(action),
        requests_per_minute: Calls(minute),
        requests_per_day: Calls(day),
    };
    let setting = Setting {
        limits,
        ..Setting::default()
    };
    Gateway::new(&[connector("crm", &upstream.base_url(), ACTIONS)], setting).await
}

async fn limited(gateway: &Gateway, tool: &str) -> CallError {
    let error = gateway.refused(tool, json!({ "id": "1" })).await;
    assert_eq!(error.code, ErrorCode::RateLimited, "{error}");
    error
}

async fn done(gateway: &Gateway, tool: &str) {
    gateway.done(tool, json!({ "id": "1" }), &NOBODY).await;
}

#[tokio::test]
async fn a_call_over_a_limit_sends_nothing_asks_nobody_and_is_recorded() {
    let upstream = Upstream::fixed("{}").await;
    for (action, minute, day, wait, says) in [
        (
            2,
            60,
            10_000,
            60,
            "the action limit (2 calls in any 60 seconds) is reached",
        ),
        (
            10,
            2,
            10_000,
            60,
            "the API limit per minute (2 calls in any 60 seconds) is reached",
        ),
        (
            10,
            60,
            2,
            86_400,
            "the API limit per day (2 calls in any 24 hours) is reached",
        ),
    ] {
        let before = upstream.count();
        let gateway = gateway(&upstream, action, minute, day).await;
        for _ in 0..2 {
            done(&gateway, "crm__get").await;
        }
        let error = limited(&gateway, "crm__get").await;
        assert!(
            error
                .text()
                .starts_with(&format!("RATE_LIMITED: {says}; nothing was sent\n")),
            "{error}"
        );
        assert!(error.text().contains(&format!("wait {wait} seconds")), "{error}");
        assert_eq!(
            (error.source, error.retryable, error.retry_after_seconds),
            (Some("local"), true, Some(wait))
        );
        if action > 2 {
            limited(&gateway, "crm__set").await;
        }
        assert_eq!((upstream.count() - before, gateway.secrets_resolved()), (2, 2));
        assert_eq!(gateway.store.list_approvals(None, None, 10).await.unwrap(), []);
        let row = gateway.rows().await.pop().unwrap();
        assert_eq!(
            (row.outcome.as_str(), row.decision.as_str(), row.requests),
            ("RATE_LIMITED", "refused", 0)
        );
        assert!(row.message.unwrap().starts_with("the "), "the row says which limit");

        // What was refused has not made the wait any longer.
        gateway.pass_seconds(wait - 1);
        limited(&gateway, "crm__get").await;
        gateway.pass_seconds(1);
        done(&gateway, "crm__get").await;
    }
}

/// Ruling C-24: invalid calls count, because the gate stands before the one that looks at arguments.
#[tokio::test]
async fn invalid_calls_count_and_unknown_ones_do_not() {
    let upstream = Upstream::fixed("{}").await;
    let gateway = gateway(&upstream, 2, 60, 10_000).await;
    for _ in 0..5 {
        let error = gateway.refused("crm__got", json!({ "id": "1" })).await;
        assert_eq!(error.code, ErrorCode::EndpointNotFound);
        let Value::Object(arguments) = json!({ "id": "1" }) else {
            panic!()
        };
        gateway
            .engine
            .dry_run("crm__get", &arguments, &Principal::local())
            .unwrap();
    }
    for _ in 0..2 {
        let error = gateway.refused("crm__get", json!({ "wrong": true })).await;
        assert_eq!(error.code, ErrorCode::InvalidRequest);
    }
    limited(&gateway, "crm__get").await;
}

#[tokio::test]
async fn an_answered_question_does_not_count_twice() {
    let upstream = Upstream::fixed("{}").await;
    let gateway = gateway(&upstream, 1, 60, 10_000).await;
    let person = Person {
        asking: Asking::Deferred,
        answer: Answer::Unavailable,
    };
    let Ending::AskFirst(prompt) = gateway.run("crm__set", json!({ "id": "1" }), &person).await else {
        panic!("a write asks");
    };
    limited(&gateway, "crm__set").await;
    let mut again = call("crm__set", json!({ "id": "1" }));
    again.resume = Some(Resume {
        approval_id: prompt.approval_id,
        call_id: prompt.call_id,
        answer: Answer::Accepted,
    });
    let ending = gateway.engine.call(again.clone(), &person).await;
    assert!(matches!(ending, Ending::Done(_)), "{ending:?}");
    // Nor does it let more through than was allowed.
    let ending = gateway.engine.call(again, &person).await;
    assert!(
        matches!(&ending, Ending::Failed(error) if error.code == ErrorCode::ApprovalDenied),
        "{ending:?}"
    );
    limited(&gateway, "crm__set").await;
    assert_eq!(upstream.count(), 1);
}

/// Allows the one approval that waits, as an operator does.
async fn approve(gateway: &Gateway) {
    let record = gateway.store.list_approvals(None, None, 1).await.unwrap().remove(0);
    let decision = Decision {
        approved: true,
        at: time::rfc3339(record.created_at.parse().unwrap()),
        by: "olga".into(),
        via: Via::Cli,
    };
    assert!(gateway.store.decide_approval(&record.id, &decision).await.unwrap());
}

#[tokio::test]
async fn a_call_made_again_after_its_approval_does_not_count_twice() {
    let upstream = Upstream::fixed("{}").await;
    let gateway = gateway(&upstream, 1, 60, 10_000).await;
    let error = gateway.refused("crm__set", json!({ "id": "1" })).await;
    assert_eq!(error.code, ErrorCode::ApprovalRequired);
    // Until it is allowed, it is a call like any other.
    limited(&gateway, "crm__set").await;
    approve(&gateway).await;
    // Another call is not allowed by it.
    let error = gateway.refused("crm__set", json!({ "id": "2" })).await;
    assert_eq!(error.code, ErrorCode::RateLimited);
    done(&gateway, "crm__set").await;
    limited(&gateway, "crm__set").await;
    assert_eq!(upstream.count(), 1);
}

#[tokio::test]
async fn calls_that_race_for_an_approval_do_not_slip_past_the_limit() {
    let upstream = Upstream::fixed("{}").await;
    let gateway = gateway(&upstream, 1, 60, 10_000).await;
    gateway.refused("crm__set", json!({ "id": "1" })).await;
    approve(&gateway).await;
    let person = Person {
        asking: Asking::Inline,
        answer: Answer::Accepted,
    };
    let calls = (0..20).map(|_| gateway.run("crm__set", json!({ "id": "1" }), &person));
    let endings = futures_util::future::join_all(calls).await;
    let passed = endings
        .iter()
        .filter(|ending| matches!(ending, Ending::Done(_)))
        .count();
    assert_eq!((passed, upstream.count()), (1, 1), "{endings:#?}");
    // None of the others has asked again.
    assert_eq!(gateway.store.list_approvals(None, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn limits_that_are_switched_off_let_everything_through() {
    let upstream = Upstream::fixed("{}").await;
    let setting = Setting {
        limits: LimitsConfig {
            requests_per_minute_per_action: Unlimited,
            requests_per_minute: Calls(15),
            requests_per_day: Unlimited,
        },
        ..Setting::default()
    };
    let gateway = Gateway::new(&[connector("crm", &upstream.base_url(), ACTIONS)], setting).await;
    for _ in 0..15 {
        done(&gateway, "crm__get").await;
    }
    let error = limited(&gateway, "crm__get").await;
    assert!(error.cause.contains("the API limit per minute (15 calls"), "{error}");
}

/// Somebody who never answers.
struct Absent;

#[async_trait]
impl Front for Absent {
    fn asking(&self) -> Asking {
        Asking::Inline
    }
    async fn ask(&self, _prompt: &ApprovalPrompt) -> Answer {
        std::future::pending().await
    }
    async fn progress(&self, _step: u32, _steps: u32, _message: &str) {}
    async fn waiting(&self, _approval_id: &str, _seconds: u64) {}
}

/// Writes that nobody decides must not keep other calls out.
#[tokio::test]
async fn writes_that_wait_for_a_person_have_places_of_their_own() {
    let upstream = Upstream::fixed("{}").await;
    let setting = Setting {
        concurrent: 1,
        queued: 0,
        waiting: 3,
        waiting_per_caller: 2,
        ..Setting::default()
    };
    let gateway = Gateway::new(&[connector("crm", &upstream.base_url(), ACTIONS)], setting).await;
    let write = |user: &str, id: &str| {
        let mut call = call("crm__set", json!({ "id": id }));
        Arc::make_mut(&mut call.principal).user = user.to_owned();
        call
    };
    let mut waiting = Vec::new();
    for (number, (user, id)) in [("ana", "1"), ("ana", "2"), ("ben", "3")].into_iter().enumerate() {
        let (engine, call) = (gateway.engine.clone(), write(user, id));
        waiting.push(tokio::spawn(async move { engine.call(call, &Absent).await }));
        within("a question", async {
            while gateway.store.list_approvals(None, None, 10).await.unwrap().len() <= number {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(gateway.engine.calls_in_flight(), number + 1);
        // The only place is free.
        done(&gateway, "crm__get").await;
    }
    for (user, says) in [
        (
            "ana",
            "server limit: 2 calls of this caller wait for a person already; nothing was sent",
        ),
        (
            "zoe",
            "server limit: 3 calls wait for a person already; nothing was sent",
        ),
    ] {
        let ending = gateway.engine.call(write(user, "4"), &Absent).await;
        let Ending::Failed(error) = ending else {
            panic!("{user} was let in: {ending:?}")
        };
        assert_eq!((error.code, error.cause.as_str()), (ErrorCode::RateLimited, says));
    }
    assert_eq!(gateway.store.list_approvals(None, None, 10).await.unwrap().len(), 3);
    for call in waiting {
        call.abort();
        drop(call.await);
    }
    assert_eq!(gateway.engine.calls_in_flight(), 0);
    done(&gateway, "crm__get").await;
}

const OPEN_ACTION: &str = r#"
[[actions]]
name = "get"
description = "Reads"
method = "GET"
path = "/get"
"#;

/// The text of a failed call, with what programs read.
fn failure(answer: &Value) -> (String, Value) {
    let result = &answer["result"];
    assert_eq!(result["isError"], true, "{answer}");
    let text = result["content"][0]["text"].as_str().unwrap().to_owned();
    (text, result["_meta"]["toolgate/error"].clone())
}

#[tokio::test]
async fn a_client_is_told_which_limit_and_how_long_also_after_a_crash() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), OPEN_ACTION);
    workspace.config("[limits]\nrequests_per_day = 2\n");
    let mut session = workspace.serve().await;
    for _ in 0..2 {
        let answer = session.call("crm__get", json!({})).await;
        assert_ne!(answer["result"]["isError"], true, "{answer}");
    }
    for round in ["the same process", "the one after it was killed"] {
        let (text, error) = failure(&session.call("crm__get", json!({})).await);
        assert!(
            text.starts_with(
                "RATE_LIMITED: the API limit per day (2 calls in any 24 hours) is reached; nothing was sent\n"
            ),
            "{round}: {text}"
        );
        let seconds = error["retry_after_seconds"].as_u64().unwrap();
        assert!((80_000..=86_400).contains(&seconds), "{round}: {seconds}");
        assert!(
            text.ends_with(&format!("Retry: after {seconds} seconds.")),
            "{round}: {text}"
        );
        // Dropping it kills the process.
        drop(std::mem::replace(&mut session, workspace.serve().await));
    }
    assert_eq!(upstream.count(), 2);
    let rows = workspace.rows().await;
    let outcomes: Vec<_> = rows.iter().map(|row| row.outcome.as_str()).collect();
    assert_eq!(outcomes, ["ok", "ok", "RATE_LIMITED", "RATE_LIMITED"]);
}

#[tokio::test]
async fn processes_over_one_state_never_let_more_through_together() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), OPEN_ACTION);
    workspace.config(
        "[limits]\nrequests_per_minute_per_action = \"unlimited\"\nrequests_per_minute = \"unlimited\"\n\
         requests_per_day = 25\n",
    );
    let mut sessions = [workspace.serve().await, workspace.serve().await];
    let mut asked = [Vec::new(), Vec::new()];
    for _ in 0..20 {
        for (session, asked) in sessions.iter_mut().zip(&mut asked) {
            asked.push(session.begin("crm__get", json!({})).await);
        }
    }
    let mut passed = 0;
    for (session, asked) in sessions.iter_mut().zip(asked) {
        for id in asked {
            let answer = session.response(id).await;
            if answer["result"]["isError"] == true {
                assert!(
                    failure(&answer)
                        .0
                        .starts_with("RATE_LIMITED: the API limit per day (25 calls"),
                    "{answer}"
                );
            } else {
                passed += 1;
            }
        }
    }
    assert_eq!((passed, upstream.count()), (25, 25));
}
