//! What an operator reads: `toolgate approvals` and `toolgate logs`.

use serde_json::{Value, json};
use toolgate::store::ApprovalRecord;

use super::crm;
use crate::harness::{Finished, Upstream, Workspace};

/// One call that an operator has yet to decide.
async fn waiting(workspace: &Workspace, title: &str) -> String {
    let input = json!({ "title": title }).to_string();
    workspace.run(&["call", "crm__create_thing", "--input", &input]).await;
    workspace.approvals().await[0].id.clone()
}

/// What a verb said, as if the newest approval had a fixed id and fixed times.
async fn stable(workspace: &Workspace, run: &Finished) -> String {
    let record = workspace.approvals().await.remove(0);
    let mut text = run.stdout.replace(&record.id, "0123456789abcdef0123456789abcdef");
    for (time, shown) in [
        (Some(record.created_at), "2026-01-01T00:00:00.000Z"),
        (Some(record.expires_at), "2026-01-01T00:10:00.000Z"),
        (record.decided_at, "2026-01-01T00:05:00.000Z"),
    ] {
        text = time.map_or_else(|| text.clone(), |time| text.replace(&time, shown));
    }
    text
}

/// Many may wait, of users of several organisations; and what nobody can decide any more hides none of them.
#[tokio::test]
async fn a_list_that_is_cut_says_so_and_names_organisations() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let id = waiting(&workspace, "first").await;
    let first = workspace.approvals().await.remove(0);
    let store = workspace.store().await;
    let add = async |number: usize, expires_at: &str| {
        let record = ApprovalRecord {
            id: format!("{number:032}"),
            arguments_hash: number.to_string(),
            organisation: "acme".into(),
            created_at: format!("2099-01-01T00:00:00.{number:03}Z"),
            expires_at: expires_at.into(),
            ..first.clone()
        };
        let kept = store
            .find_or_create_approval(&record, "{}", &first.created_at)
            .await
            .unwrap();
        assert_eq!(kept.id, record.id);
    };
    for number in 0..250 {
        add(number, "2020-01-01T00:00:00.000Z").await;
    }
    let run = workspace.run(&["approvals", "list"]).await;
    assert!(run.stdout.contains(&id) && run.stdout.lines().count() == 2, "{run:?}");
    for number in 250..450 {
        add(number, "2099-01-02T00:00:00.000Z").await;
    }
    let run = workspace.run(&["approvals", "list"]).await;
    assert_eq!(run.stderr, "only the newest 200 are shown; there are more\n");
    assert_eq!(run.stdout.lines().count(), 201);
    assert!(run.stdout.contains("  local in acme  "), "{}", run.stdout);
    let shown = workspace.run(&["approvals", "show", &format!("{:032}", 449)]).await;
    assert!(shown.stdout.contains("Asked by local in acme at "), "{shown:?}");
}

/// Until it has gone through.
#[tokio::test]
async fn what_was_allowed_can_be_denied() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let id = waiting(&workspace, "a").await;
    assert_eq!(workspace.run(&["approvals", "approve", &id]).await.code, Some(0));
    let run = workspace.run(&["approvals", "deny", &id]).await;
    assert_eq!((run.code, run.stdout), (Some(0), format!("{id} denied\n")));
    let run = workspace
        .run(&["call", "crm__create_thing", "--input", r#"{"title": "a"}"#])
        .await;
    assert!(run.stderr.contains("APPROVAL_DENIED"), "{run:?}");
    assert_eq!(workspace.run(&["approvals", "approve", &id]).await.code, Some(1));
}

#[tokio::test]
async fn what_waits_is_listed_shown_and_decided_once() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let run = workspace.run(&["approvals", "list"]).await;
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "nothing waits for approval\n")
    );
    let id = waiting(&workspace, "a \"b\"").await;
    let run = workspace.run(&["approvals", "list"]).await;
    insta::assert_snapshot!(stable(&workspace, &run).await, @r#"
    ID                                STATE    ASKED                     USER   ACTION            REQUEST
    0123456789abcdef0123456789abcdef  pending  2026-01-01T00:00:00.000Z  local  crm.create_thing  POST /v1/things
    "#);
    let run = workspace.run(&["approvals", "show", &id]).await;
    insta::assert_snapshot!(stable(&workspace, &run).await, @r#"
    Allow "Create thing" of crm?
    Effect: write
    Request: POST /v1/things
    Arguments:
      title: "a \"b\""
    Asked by local at 2026-01-01T00:00:00.000Z, expires at 2026-01-01T00:10:00.000Z
    State: pending
    "#);
    let run = workspace.run(&["approvals", "deny", &id]).await;
    assert_eq!((run.code, run.stdout), (Some(0), format!("{id} denied\n")));
    let run = workspace.run(&["approvals", "approve", &id]).await;
    assert_eq!(run.code, Some(1));
    assert_eq!(
        run.stderr,
        format!("error: approval {id} can no longer be decided: it is denied\n")
    );
    let run = workspace.run(&["approvals", "show", &id]).await;
    insta::assert_snapshot!(stable(&workspace, &run).await.lines().last().unwrap(), @"State: denied by olga via cli at 2026-01-01T00:05:00.000Z");
    assert_eq!(
        workspace.run(&["approvals", "list"]).await.stdout,
        "nothing waits for approval\n"
    );
    assert!(
        workspace
            .run(&["approvals", "list", "--all"])
            .await
            .stdout
            .contains("denied")
    );

    // What an operator refused is not asked again.
    let input = json!({ "title": "a \"b\"" }).to_string();
    let run = workspace.run(&["call", "crm__create_thing", "--input", &input]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .starts_with("APPROVAL_DENIED: a person declined this call (olga via cli)"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn approvals_are_told_to_programs() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let id = waiting(&workspace, "a").await;
    let run = workspace.run(&["approvals", "list", "--json"]).await;
    let list: Value = serde_json::from_str(&run.stdout).unwrap();
    let run = workspace.run(&["approvals", "show", &id, "--json"]).await;
    let one: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut listed = one.clone();
    listed.as_object_mut().unwrap().remove("arguments");
    assert_eq!(list, json!([listed]), "arguments may be long");
    insta::assert_json_snapshot!(one, {
        ".id" => "[ID]", ".call_id" => "[ID]", ".arguments_hash" => "[HASH]", ".revision" => "[HASH]",
        ".created_at" => "[TIME]", ".expires_at" => "[TIME]"
    }, @r#"
    {
      "id": "[ID]",
      "call_id": "[ID]",
      "user": "local",
      "organisation": "local",
      "connector": "crm",
      "action": "create_thing",
      "effect": "write",
      "method": "POST",
      "path": "/v1/things",
      "arguments_hash": "[HASH]",
      "revision": "[HASH]",
      "state": "pending",
      "created_at": "[TIME]",
      "expires_at": "[TIME]",
      "decided_at": null,
      "decided_by": null,
      "decided_via": null,
      "ended_at": null,
      "arguments": "{\"title\":\"a\"}"
    }
    "#);
    let run = workspace.run(&["approvals", "show", "0123"]).await;
    assert_eq!(run.code, Some(1));
    assert_eq!(
        run.stderr,
        "error: there is no approval 0123; `toolgate approvals list` shows those that wait\n"
    );
}

#[tokio::test]
async fn an_approval_that_has_expired_cannot_be_decided() {
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace.config("[approvals]\nexpires_ms = 1000\n");
    let id = waiting(&workspace, "a").await;
    crate::harness::eventually("its end", async || {
        let run = workspace.run(&["approvals", "show", &id]).await;
        run.stdout.contains("State: expired").then_some(())
    })
    .await;
    let run = workspace.run(&["approvals", "approve", &id]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("it is expired"), "{}", run.stderr);
}

#[tokio::test]
async fn the_log_shows_real_calls() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = crm(&upstream.base_url());
    let run = workspace.run(&["logs"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "no calls yet\n"));
    workspace
        .run(&["call", "crm__get_thing", "--input", r#"{"id": "1"}"#])
        .await;
    workspace
        .run(&["call", "crm__create_thing", "--input", r#"{"title": "a"}"#])
        .await;
    workspace.run(&["call", "nothing\u{1b}[2J__at_all"]).await;

    let run = workspace.run(&["logs"]).await;
    let columns: Vec<Vec<&str>> = run
        .stdout
        .lines()
        .skip_while(|line| !line.starts_with("Time"))
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(columns[0], ["Time", "Endpoint", "Status", "Latency", "Decision", "By"]);
    assert_eq!(columns[1][1..3], ["nothing\u{fffd}[2J__at_all", "UNKNOWN_API"]);
    assert_eq!(columns[2][1..3], ["crm.create_thing", "APPROVAL_REQUIRED"]);
    assert_eq!(columns[3][1..4], ["crm.get_thing", "200", "OK"]);
    assert!(columns[3][4].ends_with("ms"));
    assert_eq!(columns[3][5], "allowed");

    let run = workspace.run(&["logs", "crm", "--endpoint", "other"]).await;
    assert_eq!(run.code, Some(0));
    assert!(
        run.stdout.starts_with("no such calls: last 24 hours; "),
        "{}",
        run.stdout
    );
    assert_eq!(workspace.run(&["logs", "--limit", "0"]).await.code, Some(2));
}

/// A prompt has room for so much only.
#[tokio::test]
async fn an_operator_can_read_all_of_it_until_it_is_gone() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let long = format!("{}\u{3164}\u{202e}the end", "x".repeat(5_000));
    let id = waiting(&workspace, &long).await;
    let shown = workspace.run(&["approvals", "show", &id]).await;
    let line = format!("  title: \"{}\\u3164\\u202ethe end\"\n", "x".repeat(5_000));
    assert!(shown.stdout.contains(&line), "{shown:?}");
    let run = workspace.run(&["approvals", "deny", &id]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let later = "2999-01-01T00:00:00.000Z";
    let forgotten = workspace.store().await.forget_approval_arguments(later, 10).await;
    assert_eq!(forgotten.unwrap(), 1);
    let shown = workspace.run(&["approvals", "show", &id]).await;
    assert!(shown.stdout.contains("\nArguments: gone; "), "{shown:?}");
    let shown = workspace.run(&["approvals", "show", &id, "--json"]).await;
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!((&shown["id"], &shown["arguments"]), (&json!(id), &Value::Null));
}
