//! A catalog of more than sixty actions as an agent works with it: find, describe, call, and a write that asks.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::harness::{Session, Upstream, Workspace, connector};

/// Sixty reads, a write, and one that is pinned.
fn actions() -> String {
    let mut actions = String::new();
    for number in 0..60 {
        writeln!(
            actions,
            "[[actions]]\nname = \"get_report_{number}\"\ndescription = \"Reads report {number}\"\nmethod = \"GET\"\n\
             path = \"/reports/{number}\""
        )
        .unwrap();
    }
    actions
        + r#"
[[actions]]
name = "create_ticket"
title = "Open a ticket"
description = "Opens a ticket for a customer."
method = "POST"
path = "/tickets"
body = { title = "{{title}}" }
[[actions.input]]
name = "title"
required = true
[[actions]]
name = "get_customer"
description = "One customer"
method = "GET"
path = "/customers/{id}"
pinned = true
[[actions.input]]
name = "id"
required = true
"#
}

fn names(list: &Value) -> Vec<&str> {
    let tools = list["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

async fn listed(session: &mut Session) -> Vec<String> {
    let list = session.request("tools/list", json!({})).await;
    names(&list).into_iter().map(str::to_owned).collect()
}

const FINDING: [&str; 3] = ["call_action", "describe_action", "find_actions"];

#[tokio::test]
async fn an_agent_finds_describes_and_calls() {
    let upstream = Upstream::fixed(r#"{"id": 7}"#).await;
    let workspace = Workspace::with(&upstream.base_url(), &actions());
    for (answer, code) in [("accept", Value::Null), ("decline", json!("APPROVAL_DENIED"))] {
        let mut session = workspace.serve_to_person(answer).await;
        assert_eq!(
            listed(&mut session).await,
            ["call_action", "crm__get_customer", "describe_action", "find_actions"]
        );
        let found = session
            .call("find_actions", json!({ "query": "raise a support ticket" }))
            .await;
        let best = &found["result"]["structuredContent"]["actions"][0];
        assert_eq!(best["name"], "crm__create_ticket", "{found}");
        let described = session.call("describe_action", json!({ "name": best["name"] })).await;
        let example = &described["result"]["structuredContent"]["example"];
        let sent = upstream.count();
        assert!(session.prompts.is_empty());
        let called = session.call("call_action", example.clone()).await;
        assert_eq!(session.prompts.len(), 1, "{called}");
        assert!(session.prompts[0].starts_with("Allow \"Open a ticket\" of crm?"));
        assert_eq!(called["result"]["_meta"]["toolgate/error"]["code"], code, "{called}");
        if code.is_null() {
            assert_eq!(called["result"]["structuredContent"], json!({ "id": 7 }));
            assert_eq!(upstream.count(), sent + 1);
        } else {
            assert_eq!(upstream.count(), sent);
        }
        // The action's own tool is not listed, and works all the same.
        let direct = session.call("crm__get_report_3", json!({})).await;
        assert_eq!(direct["result"]["structuredContent"], json!({ "id": 7 }));
        session.close().await;
    }
    // Looking leaves no row; a call through `call_action` is that of the action.
    let rows = workspace.rows().await;
    let rows: Vec<(&str, &str, &str)> = rows
        .iter()
        .map(|row| (row.tool.as_str(), row.decision.as_str(), row.outcome.as_str()))
        .collect();
    assert_eq!(
        rows,
        [
            ("crm__create_ticket", "approved", "ok"),
            ("crm__get_report_3", "allowed", "ok"),
            ("crm__create_ticket", "denied", "APPROVAL_DENIED"),
            ("crm__get_report_3", "allowed", "ok"),
        ]
    );
}

#[tokio::test]
async fn a_question_through_call_action_belongs_to_the_inner_action() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), &actions());
    let mut session = Session::start(workspace.command(&["serve"]), None);
    let inner = json!({ "name": "crm__create_ticket", "arguments": { "title": "a" } });
    let call = json!({ "name": "call_action", "arguments": inner });
    let asked = session.stateless("tools/call", call.clone()).await;
    assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
    let state = asked["result"]["requestState"].clone();
    let accepted = |mut call: Value| {
        call["requestState"] = state.clone();
        call["inputResponses"] = json!({ "approval": { "action": "accept", "content": {} } });
        call
    };
    // For another action the answer is worth nothing, however the call is made.
    for other in [
        json!({ "name": "call_action", "arguments": { "name": "crm__get_customer", "arguments": { "id": "1" } } }),
        json!({ "name": "crm__get_customer", "arguments": { "id": "1" } }),
    ] {
        let refused = session.stateless("tools/call", accepted(other)).await;
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
    }
    // Nor for other arguments.
    let mut changed = call.clone();
    changed["arguments"]["arguments"]["title"] = json!("b");
    let refused = session.stateless("tools/call", accepted(changed)).await;
    assert_eq!(refused["result"]["isError"], true, "{refused}");
    assert_eq!(upstream.count(), 0);

    let asked = session.stateless("tools/call", call.clone()).await;
    let mut answered = call;
    answered["requestState"] = asked["result"]["requestState"].clone();
    answered["inputResponses"] = json!({ "approval": { "action": "accept", "content": {} } });
    let done = session.stateless("tools/call", answered).await;
    assert_eq!(done["result"]["isError"], false, "{done}");
    assert_eq!(upstream.count(), 1);
    session.close().await;
}

#[tokio::test]
async fn mistakes_through_call_action_are_results_that_can_be_mended() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), &actions());
    let mut session = workspace.serve().await;
    for (arguments, says) in [
        (json!({ "name": "crm__creat_ticket" }), "`crm__create_ticket`"),
        (json!({ "name": "crn__create_ticket" }), "find_actions finds others"),
        (
            json!({ "name": "crm__create_ticket" }),
            "the required property \"title\" is missing",
        ),
        (
            json!({ "name": "crm__create_ticket", "title": "a" }),
            "put the action's own arguments into `arguments`",
        ),
        (
            json!({ "name": "crm__create_ticket", "arguments": [1] }),
            "`arguments` is a list",
        ),
        (
            json!({ "name": "find_actions", "arguments": { "query": "a" } }),
            "`find_actions` is a tool of its own",
        ),
    ] {
        let answer = session.call("call_action", arguments).await;
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains(says), "{text}");
    }
    assert_eq!(upstream.count(), 0);
    session.close().await;
}

#[tokio::test]
async fn the_list_follows_the_settings_and_the_catalog() {
    let workspace = Workspace::with("http://127.0.0.1:9", &actions());
    workspace.config("[finding]\nmode = \"direct\"\n");
    let mut session = workspace.serve().await;
    assert_eq!(listed(&mut session).await.len(), 62);
    // They work, too, for a client that has an older list.
    let found = session.call("find_actions", json!({ "query": "a ticket" })).await;
    assert_eq!(found["result"]["isError"], false, "{found}");
    session.close().await;

    let few = connector(
        "crm",
        "http://127.0.0.1:9",
        &actions()[..actions().find("name = \"get_report_2\"").unwrap() - 12],
    );
    workspace.write("crm.toml", &few);
    workspace.config("[finding]\nmode = \"search\"\n");
    let mut session = workspace.serve().await;
    assert_eq!(listed(&mut session).await, FINDING);
    session.close().await;

    workspace.config("");
    let mut session = workspace.serve().await;
    assert_eq!(listed(&mut session).await, ["crm__get_report_0", "crm__get_report_1"]);
    workspace.write("crm.toml", connector("crm", "http://127.0.0.1:9", &actions()));
    session.notification("notifications/tools/list_changed").await;
    assert_eq!(listed(&mut session).await.len(), 4);
    workspace.write("crm.toml", &few);
    session.notification("notifications/tools/list_changed").await;
    assert_eq!(listed(&mut session).await.len(), 2);
    session.close().await;
}

#[tokio::test]
async fn the_command_line_shows_what_agents_find() {
    let workspace = Workspace::with("http://127.0.0.1:9", &actions());
    let run = workspace.run(&["find", "open a support ticket", "--limit", "2"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let rows: Vec<&str> = run.stdout.lines().collect();
    assert!(rows[0].starts_with("   TOOL"), "{}", run.stdout);
    assert!(
        rows[1].starts_with("1  crm__create_ticket") && rows[1].contains("write"),
        "{}",
        run.stdout
    );
    let run = workspace
        .run(&["find", "a ticket", "--connector", "crm", "--limit", "1", "--json"])
        .await;
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        found,
        json!([{ "name": "crm__create_ticket", "title": "Open a ticket", "connector": "crm", "effect": "write",
            "confirm": true, "required": ["title"] }])
    );
    let run = workspace.run(&["find", "xyzzy"]).await;
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "no action fits these words\n")
    );
    let run = workspace.run(&["find", "a", "--connector", "cms"]).await;
    assert_eq!(run.code, Some(2));

    let run = workspace.run(&["tools"]).await;
    let last = run.stdout.lines().last().unwrap();
    assert!(last.starts_with("62 actions, about "), "{last}");
    assert!(last.contains("found by searching (62 actions, more than 40)"), "{last}");
    assert!(last.contains("3 tools that find them and 1 pinned, about "), "{last}");
    workspace.config("[finding]\nmode = \"direct\"\n");
    let run = workspace.run(&["tools"]).await;
    assert!(
        run.stdout.trim_end().ends_with("all listed (finding.mode is direct)"),
        "{}",
        run.stdout
    );
}

/// Whoever searches has no list of tools to look into.
#[tokio::test]
async fn an_unknown_action_leads_to_the_search_where_actions_are_not_listed() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(&upstream.base_url(), &actions());
    workspace.config("[finding]\nmode = \"search\"\n");
    let mut session = workspace.serve().await;
    for (tool, arguments) in [
        ("call_action", json!({ "name": "crm__zzz" })),
        ("describe_action", json!({ "name": "crm__zzz" })),
        ("describe_action", json!({ "name": "zzz" })),
        ("crm__zzz", json!({})),
        ("zzz", json!({})),
    ] {
        let answer = session.call(tool, arguments).await.to_string();
        assert!(answer.contains("find_actions finds"), "{tool}: {answer}");
        assert!(!answer.contains("list the tools"), "{tool}: {answer}");
    }
    session.close().await;
}
