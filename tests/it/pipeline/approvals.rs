//! A write leaves once for each time a person allowed exactly it, whoever asks and however often (contract D-09).

use std::sync::Arc;

use serde_json::{Value, json};
use toolgate::approval::Settings;
use toolgate::engine::{Answer, Asking, Ending, ErrorCode, Principal};
use toolgate::store::{Decision, Via};

use super::gateway::{Gateway, NOBODY, Person, Setting, call};
use crate::harness::{Session, Upstream, Workspace, connector};

const ACTIONS: &str = r#"
[[actions]]
name = "create"
description = "Creates something"
method = "POST"
path = "/things/{id}"
body = { title = "{{title}}" }
[[actions.input]]
name = "id"
required = true
[[actions.input]]
name = "title"
"#;

fn code(answer: &Value) -> &str {
    answer["result"]["_meta"]["toolgate/error"]["code"]
        .as_str()
        .unwrap_or("ok")
}

/// Makes a call that must wait for a person, and lets an operator allow it.
async fn approved(workspace: &Workspace, session: &mut Session, arguments: &Value) -> String {
    let refused = session.call("crm__create", arguments.clone()).await;
    assert_eq!(code(&refused), "APPROVAL_REQUIRED", "{refused}");
    let id = refused["result"]["_meta"]["toolgate/error"]["approval_id"]
        .as_str()
        .unwrap();
    let decision = Decision {
        approved: true,
        at: toolgate::store::time::rfc3339(jiff::Timestamp::now()),
        by: "olga".into(),
        via: Via::Cli,
    };
    assert!(workspace.store().await.decide_approval(id, &decision).await.unwrap());
    id.to_owned()
}

#[tokio::test]
async fn two_processes_race_for_one_approval_and_one_request_leaves() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    workspace.config("[approvals]\nwait_ms = 0\n[limits]\nrequests_per_minute_per_action = 60\n");
    let mut one = workspace.serve().await;
    let mut other = workspace.serve().await;
    for round in 1..=20 {
        let arguments = json!({ "id": round.to_string() });
        let id = approved(&workspace, &mut one, &arguments).await;
        let calls = (
            one.begin("crm__create", arguments.clone()).await,
            other.begin("crm__create", arguments).await,
        );
        let answers = (one.response(calls.0).await, other.response(calls.1).await);
        let codes = [code(&answers.0), code(&answers.1)];
        assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1, "{codes:?}");
        // The slower one found it used up, or asks anew for a second time of the same.
        assert!(
            codes.contains(&"APPROVAL_DENIED") || codes.contains(&"APPROVAL_REQUIRED"),
            "{codes:?}"
        );
        assert_eq!(upstream.count(), round);
        let used = workspace.store().await.get_approval(&id).await.unwrap().unwrap();
        assert_eq!(used.state, toolgate::store::ApprovalState::Used);
    }
    // Each round: the call that asked, and the two that raced.
    assert_eq!(workspace.rows().await.len(), 60);
}

#[tokio::test]
async fn an_approval_is_for_these_arguments_and_these_files_only() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    workspace.config("[approvals]\nwait_ms = 0\n");
    let mut session = workspace.serve().await;
    let arguments = json!({ "id": "1", "title": "a" });
    approved(&workspace, &mut session, &arguments).await;
    for changed in [
        json!({ "id": "2", "title": "a" }),
        json!({ "id": "1", "title": "b" }),
        json!({ "id": "1" }),
    ] {
        let answer = session.call("crm__create", changed).await;
        assert_eq!(code(&answer), "APPROVAL_REQUIRED", "{answer}");
    }
    session.close().await;

    // The same call would now go somewhere else.
    let elsewhere = Upstream::fixed("{}").await;
    workspace.write("crm.toml", connector("crm", &elsewhere.base_url(), ACTIONS));
    let mut session = workspace.serve().await;
    let answer = session.call("crm__create", arguments.clone()).await;
    assert_eq!(code(&answer), "APPROVAL_REQUIRED", "{answer}");
    session.close().await;
    assert_eq!((upstream.count(), elsewhere.count()), (0, 0));

    // With the files that were approved it goes through, with its arguments in another order, once.
    workspace.write("crm.toml", connector("crm", &upstream.base_url(), ACTIONS));
    let mut session = workspace.serve().await;
    let answer = session.call("crm__create", json!({ "title": "a", "id": "1" })).await;
    assert_eq!(code(&answer), "ok", "{answer}");
    let answer = session.call("crm__create", arguments).await;
    assert_eq!(code(&answer), "APPROVAL_REQUIRED", "{answer}");
    assert_eq!(upstream.count(), 1);
}

#[tokio::test]
async fn a_whole_number_is_the_integer_that_was_approved_and_is_sent() {
    let upstream = Upstream::fixed("{}").await;
    let sized = ACTIONS.replace("title = \"{{title}}\"", "size = \"{{title}}\"") + "type = \"integer\"\n";
    let workspace = Workspace::with(&upstream.base_url(), &sized);
    workspace.config("[approvals]\nwait_ms = 0\n");
    let mut session = workspace.serve().await;
    approved(&workspace, &mut session, &json!({ "id": "1", "title": 1e3 })).await;
    // The same call, as another JSON library writes it.
    let answer = session.call("crm__create", json!({ "id": "1", "title": 1000 })).await;
    assert_eq!(code(&answer), "ok", "{answer}");
    approved(&workspace, &mut session, &json!({ "id": "1", "title": 5.0 })).await;
    let answer = session.call("crm__create", json!({ "id": "1", "title": 5.0 })).await;
    assert_eq!(code(&answer), "ok", "{answer}");
    let bodies: Vec<_> = upstream.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, [r#"{"size":1000}"#, r#"{"size":5}"#]);
}

#[tokio::test]
async fn another_principal_cannot_use_an_approval() {
    let upstream = Upstream::fixed("{}").await;
    let text = connector("crm", &upstream.base_url(), ACTIONS);
    let gateway = Gateway::new(&[text], Setting::default()).await;
    let mut asked = call("crm__create", json!({ "id": "1" }));
    asked.principal = Arc::new(Principal::caller("ana", "acme"));
    let Ending::Failed(error) = gateway.engine.call(asked.clone(), &NOBODY).await else {
        panic!("a write left without a person");
    };
    let decision = Decision {
        approved: true,
        at: toolgate::store::time::rfc3339(jiff::Timestamp::now()),
        by: "olga".into(),
        via: Via::Cli,
    };
    let id = error.approval_id.unwrap();
    assert!(gateway.store.decide_approval(&id, &decision).await.unwrap());

    for (user, organisation) in [("ben", "acme"), ("ana", "other")] {
        let mut stolen = asked.clone();
        stolen.principal = Arc::new(Principal::caller(user, organisation));
        let Ending::Failed(error) = gateway.engine.call(stolen.clone(), &NOBODY).await else {
            panic!("{user} of {organisation} used it");
        };
        assert_eq!(error.code, ErrorCode::ApprovalRequired);
        // Nor by naming it.
        stolen.resume = Some(toolgate::engine::Resume {
            approval_id: id.clone(),
            call_id: String::new(),
            answer: Answer::Accepted,
        });
        let Ending::Failed(error) = gateway.engine.call(stolen, &NOBODY).await else {
            panic!("{user} of {organisation} used it by its id");
        };
        assert_eq!(error.code, ErrorCode::ApprovalDenied);
    }
    assert_eq!(upstream.count(), 0);
    assert!(matches!(gateway.engine.call(asked, &NOBODY).await, Ending::Done(_)));
    assert_eq!(upstream.count(), 1);
}

#[tokio::test]
async fn the_clients_person_decides_while_the_call_waits() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    for (action, expected, by) in [
        ("decline", "APPROVAL_DENIED", Some("local via elicitation")),
        ("cancel", "APPROVAL_REQUIRED", None),
        ("accept", "ok", Some("local via elicitation")),
    ] {
        let mut session = workspace.serve_to_person(action).await;
        let answer = session.call("crm__create", json!({ "id": "1", "title": "a" })).await;
        assert_eq!(code(&answer), expected, "{answer}");
        assert_eq!(
            session.prompts,
            [
                "Allow \"Create\" of crm?\nEffect: write\nRequest: POST /v1/things/1\nArguments:\n  id: \"1\"\n  title: \"a\""
            ]
        );
        assert_eq!(upstream.count(), usize::from(action == "accept"));
        let row = workspace.rows().await.pop().unwrap();
        assert_eq!((row.approver.as_deref(), row.approval_id.is_some()), (by, true));
        session.close().await;
    }
    assert_eq!(workspace.rows().await.len(), 3);
}

#[tokio::test]
async fn clients_that_are_not_to_be_asked_wait_for_an_operator() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    workspace.config("[approvals]\nask_clients = false\nwait_ms = 0\n");
    let mut session = workspace.serve_to_person("accept").await;
    let arguments = json!({ "id": "1" });
    approved(&workspace, &mut session, &arguments).await;
    assert_eq!(upstream.count(), 0);
    let done = session.call("crm__create", arguments).await;
    assert_eq!(code(&done), "ok", "{done}");
    assert_eq!(workspace.rows().await[1].approver.as_deref(), Some("olga via cli"));
    assert!(session.prompts.is_empty(), "{:?}", session.prompts);
    session.close().await;

    let mut session = Session::start(workspace.command(&["serve"]), None);
    let parameters = json!({ "name": "crm__create", "arguments": { "id": "2" } });
    let refused = session.stateless("tools/call", parameters).await;
    assert_eq!(code(&refused), "APPROVAL_REQUIRED", "{refused}");
    assert_eq!(upstream.count(), 1);
}

#[tokio::test]
async fn a_question_and_its_answer_are_one_call_and_a_replay_is_another() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    let mut session = Session::start(workspace.command(&["serve"]), None);
    let parameters = json!({ "name": "crm__create", "arguments": { "id": "1" } });
    let question = session.stateless("tools/call", parameters.clone()).await;
    assert_eq!(question["result"]["resultType"], "input_required", "{question}");
    let row = workspace.row().await;
    assert_eq!((row.outcome.as_str(), row.ended_at), ("APPROVAL_REQUIRED", None));
    assert_eq!(row.decision.as_str(), "pending");
    assert_eq!(upstream.count(), 0);

    let mut answered = parameters.clone();
    answered["requestState"] = question["result"]["requestState"].clone();
    answered["inputResponses"] = json!({ "approval": { "action": "accept", "content": {} } });
    // An answer for other arguments is no answer.
    let mut changed = answered.clone();
    changed["arguments"]["id"] = json!("2");
    let refused = session.stateless("tools/call", changed).await;
    assert_eq!(code(&refused), "APPROVAL_DENIED", "{refused}");
    assert_eq!(upstream.count(), 0);

    // The person takes a moment, which belongs to the call.
    let asked: jiff::Timestamp = row.started_at.parse().unwrap();
    crate::harness::eventually("a moment", async || {
        (jiff::Timestamp::now().duration_since(asked).as_millis() >= 300).then_some(())
    })
    .await;
    let done = session.stateless("tools/call", answered.clone()).await;
    assert_eq!(code(&done), "ok", "{done}");
    let rows = workspace.rows().await;
    assert_eq!(rows.len(), 2, "{rows:#?}");
    assert_eq!((&rows[0].call_id, rows[0].outcome.as_str()), (&row.call_id, "ok"));
    assert_eq!(rows[0].approver.as_deref(), Some("local via mrtr"));
    assert!(rows[0].ended_at.is_some() && rows[0].duration_ms >= 300, "{rows:#?}");
    assert_eq!(upstream.count(), 1);

    let replayed = session.stateless("tools/call", answered).await;
    assert_eq!(code(&replayed), "APPROVAL_DENIED", "{replayed}");
    assert_eq!((upstream.count(), workspace.rows().await.len()), (1, 3));
}

/// A record holds both questions, and each answer ends the call that put its own.
#[tokio::test]
async fn two_equal_questions_are_two_calls() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    let mut session = Session::start(workspace.command(&["serve"]), None);
    let parameters = json!({ "name": "crm__create", "arguments": { "id": "1" } });
    let mut answers = Vec::new();
    for _ in 0..2 {
        let question = session.stateless("tools/call", parameters.clone()).await;
        let mut answered = parameters.clone();
        answered["requestState"] = question["result"]["requestState"].clone();
        answered["inputResponses"] = json!({ "approval": { "action": "accept", "content": {} } });
        answers.push(answered);
    }
    let asked: Vec<String> = workspace.rows().await.into_iter().map(|row| row.call_id).collect();
    assert_eq!(asked.len(), 2);
    // The second question is answered first.
    for (answered, expected) in [(answers.remove(1), "ok"), (answers.remove(0), "APPROVAL_DENIED")] {
        let answer = session.stateless("tools/call", answered).await;
        assert_eq!(code(&answer), expected, "{answer}");
    }
    let rows = workspace.rows().await;
    let ends: Vec<_> = rows
        .iter()
        .map(|row| (row.call_id.clone(), row.outcome.as_str(), row.ended_at.is_some()))
        .collect();
    let expected = [
        (asked[0].clone(), "APPROVAL_DENIED", true),
        (asked[1].clone(), "ok", true),
    ];
    assert_eq!(ends, expected, "{rows:#?}");
    assert_eq!(upstream.count(), 1);
}

#[tokio::test]
async fn a_call_that_joins_an_earlier_ones_approval_has_a_row_of_its_own() {
    let workspace = Workspace::with("http://127.0.0.1:9/v1", ACTIONS);
    workspace.config("[approvals]\nwait_ms = 0\n");
    let arguments = json!({ "id": "1" });
    let mut session = workspace.serve().await;
    let undecided = session.call("crm__create", arguments.clone()).await;
    assert_eq!(code(&undecided), "APPROVAL_REQUIRED", "{undecided}");
    let mut session = workspace.serve_to_person("decline").await;
    let declined = session.call("crm__create", arguments).await;
    assert_eq!(code(&declined), "APPROVAL_DENIED", "{declined}");
    let rows = workspace.rows().await;
    let outcomes: Vec<_> = rows.iter().map(|row| row.outcome.as_str()).collect();
    assert_eq!(outcomes, ["APPROVAL_REQUIRED", "APPROVAL_DENIED"]);
}

#[tokio::test]
async fn a_call_waits_for_an_operator_as_long_as_it_is_told_to() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), ACTIONS);
    let mut session = workspace.serve().await;
    let waiting = session.begin("crm__create", json!({ "id": "1" })).await;
    let id = crate::harness::eventually("an approval", async || {
        workspace.approvals().await.first().map(|record| record.id.clone())
    })
    .await;
    let run = workspace.run(&["approvals", "approve", &id]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let answer = session.response(waiting).await;
    assert_eq!(code(&answer), "ok", "{answer}");
    assert_eq!(workspace.row().await.approver.as_deref(), Some("olga via cli"));
}

#[tokio::test]
async fn an_approval_lapses() {
    let setting = Setting {
        approval: Settings {
            wait: std::time::Duration::ZERO,
            expires: std::time::Duration::ZERO,
            most_argument_bytes: 65_536,
        },
        ..Setting::default()
    };
    let gateway = Gateway::new(&[connector("crm", "http://127.0.0.1:9/v1", ACTIONS)], setting).await;
    let person = Person {
        asking: Asking::Deferred,
        answer: Answer::Unavailable,
    };
    let Ending::AskFirst(prompt) = gateway.run("crm__create", json!({ "id": "1" }), &person).await else {
        panic!("nobody was asked");
    };
    let mut answered = call("crm__create", json!({ "id": "1" }));
    answered.resume = Some(toolgate::engine::Resume {
        approval_id: prompt.approval_id,
        call_id: prompt.call_id,
        answer: Answer::Accepted,
    });
    let Ending::Failed(error) = gateway.engine.call(answered, &person).await else {
        panic!("an approval that had lapsed was used");
    };
    assert_eq!(error.code, ErrorCode::ApprovalDenied);
}

#[tokio::test]
async fn what_is_too_long_to_wait_for_a_person_asks_nobody() {
    let gateway = Gateway::new(
        &[connector("crm", "http://127.0.0.1:9/v1", ACTIONS)],
        Setting::default(),
    )
    .await;
    for (arguments, told) in [
        (
            json!({ "id": "1", "title": "x".repeat(70_000) }),
            "the arguments have 70021 bytes as JSON, and those of a call that waits for a decision may have 65536",
        ),
        (
            json!({ "id": "x".repeat(9_000) }),
            "the path of the request has 9011 bytes, and that of a call that waits for a decision may have 8192",
        ),
    ] {
        let error = gateway.refused("crm__create", arguments).await;
        assert_eq!(error.code, ErrorCode::InvalidRequest, "{error:?}");
        assert!(error.cause.starts_with(told), "{error:?}");
    }
    assert!(gateway.store.list_approvals(None, None, 1).await.unwrap().is_empty());
}
