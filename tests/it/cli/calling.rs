//! `toolgate call` and `toolgate tools`.

use std::process::Stdio;

use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::crm;
use crate::harness::{Upstream, Workspace, within};

#[tokio::test]
async fn a_result_goes_to_stdout_and_nothing_else_anywhere() {
    let upstream = Upstream::fixed(r#"{"id": "t_1"}"#).await;
    let workspace = crm(&upstream.base_url());
    let run = workspace
        .run(&["call", "crm__get_thing", "--input", r#"{"id": "t_1"}"#])
        .await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(run.stdout, "{\n  \"id\": \"t_1\"\n}\n");
    assert_eq!(
        workspace.row().await.client.unwrap(),
        concat!("toolgate ", env!("CARGO_PKG_VERSION"))
    );

    std::fs::write(workspace.path().join("input.json"), r#"{"id": "from a file"}"#).unwrap();
    let run = workspace
        .run(&["call", "custom.crm.get_thing", "--input", "@input.json"])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(upstream.seen()[1].uri.path(), "/v1/things/from%20a%20file");
}

#[tokio::test]
async fn a_file_goes_by_the_name_that_the_api_gives_it() {
    let upstream = Upstream::start(|_| async {
        let headers = [
            ("content-type", "application/pdf"),
            ("content-disposition", "attachment; filename=\"report-2024.pdf\""),
        ];
        (headers, b"%PDF\x00\xff".to_vec()).into_response()
    })
    .await;
    let workspace = crm(&upstream.base_url());
    let run = workspace
        .run(&["call", "crm__get_thing", "--input", r#"{"id": "t_1"}"#])
        .await;
    assert_eq!(run.stdout, "report-2024.pdf, 6 bytes of application/pdf\n");
    let mut session = workspace.serve().await;
    let answer = session.call("crm__get_thing", json!({ "id": "t_1" })).await;
    assert_eq!(
        answer["result"]["content"][0]["resource"]["uri"],
        "toolgate://result/crm__get_thing/report%2D2024%2Epdf"
    );
}

#[tokio::test]
async fn input_that_is_no_object_is_a_wrong_command_line() {
    let workspace = crm("http://127.0.0.1:9/v1");
    for (input, says) in [
        (
            "{\"id\":",
            "error: --input is not a JSON object such as {\"customer_id\": \"c_1\"}: EOF",
        ),
        ("[]", "error: --input is not a JSON object"),
        (
            "@missing.json",
            "error: cannot read missing.json: No such file or directory",
        ),
    ] {
        let run = workspace.run(&["call", "crm__get_thing", "--input", input]).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.starts_with(says), "{run:?}");
    }
    assert_eq!(workspace.rows().await, []);
}

#[tokio::test]
async fn a_failure_says_what_to_do_and_ends_with_one() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = crm(&upstream.base_url());
    let run = workspace.run(&["call", "crm__get_thin"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    insta::assert_snapshot!(run.stderr, @r"
    ENDPOINT_NOT_FOUND: `crm` has no action `get_thin`
    What to do: call `crm__get_thing` instead
    Retry: does not help without a change.
    ");
    let run = workspace
        .run(&["call", "crm__get_thing", "--input", r#"{"id": 7}"#])
        .await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("\n- /id: "), "{}", run.stderr);
    assert_eq!(upstream.count(), 0);
    assert_eq!(workspace.rows().await.len(), 2);
}

#[tokio::test]
async fn a_missing_credential_is_named_to_the_operator() {
    let workspace = Workspace::with("http://127.0.0.1:9/v1", super::ACTIONS);
    let run = workspace
        .run(&["call", "crm__get_thing", "--input", r#"{"id": "1"}"#])
        .await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("the environment variable `CRM_KEY` is not set"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("AUTHENTICATION_FAILED: "), "{}", run.stderr);
    // The error sends people there.
    let check = workspace.run(&["check"]).await;
    assert_eq!(check.code, Some(0));
    assert!(
        check.stderr.contains("`crm` needs the environment variable `CRM_KEY`"),
        "{}",
        check.stderr
    );
}

#[tokio::test]
async fn a_write_without_a_terminal_waits_for_an_operator() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = crm(&upstream.base_url());
    let write = ["call", "crm__create_thing", "--input", r#"{"title": "a"}"#];
    let run = workspace.run(&write).await;
    assert_eq!((run.code, upstream.count()), (Some(1), 0));
    let id = workspace.approvals().await[0].id.clone();
    insta::assert_snapshot!(run.stderr.replace(&id, "[ID]"), @r"
    APPROVAL_REQUIRED: a person must allow this call first (approval [ID]); nothing was sent
    What to do: tell the user: they run `toolgate approvals approve [ID]`, or `toolgate approvals deny [ID]` to decline it; once it is allowed, make exactly the same call again, and it goes through once
    Retry: only once it is approved.
    ");
    assert_eq!(workspace.run(&["approvals", "approve", &id]).await.code, Some(0));
    assert_eq!(workspace.run(&write).await.code, Some(0));
    assert_eq!(workspace.run(&write).await.code, Some(1));
    assert_eq!(upstream.count(), 1);
}

#[tokio::test]
async fn a_dry_run_shows_the_request_and_does_nothing() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = crm(&upstream.base_url());
    let input = r#"{"title": "a \"b\""}"#;
    let run = workspace
        .run(&["call", "crm__create_thing", "--input", input, "--dry-run"])
        .await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(run.stdout.replace(&upstream.address.to_string(), "[API]"), @r#"
    POST http://[API]/v1/things
    accept: application/json, */*;q=0.5
    user-agent: toolgate/0.1.0
    content-type: application/json
    X-Key: [REDACTED]

    {"title":"a \"b\""}
    "#);
    let run = workspace
        .run(&["call", "crm__create_thing", "--input", "{}", "--dry-run"])
        .await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.starts_with("INVALID_REQUEST: "), "{}", run.stderr);
    assert_eq!(upstream.count(), 0);
    assert_eq!((workspace.rows().await, workspace.approvals().await), (vec![], vec![]));
}

#[cfg(unix)]
#[tokio::test]
async fn a_call_that_is_interrupted_leaves_its_row() {
    let upstream = Upstream::silent().await;
    for signal in ["INT", "TERM"] {
        let workspace = crm(&upstream.base_url());
        let mut command = workspace.command(&["call", "crm__get_thing", "--input", r#"{"id": "1"}"#]);
        let count = upstream.count();
        let child = command.spawn().unwrap();
        upstream.arrived(count + 1).await;
        crate::harness::signal(signal, child.id().unwrap());
        let output = within("the end of the call", child.wait_with_output()).await.unwrap();
        assert_eq!(output.status.code(), Some(1), "{signal}");
        assert_eq!(workspace.row().await.outcome.as_str(), "CANCELLED", "{signal}");
    }
}

#[tokio::test]
async fn the_tools_are_listed_for_people_and_for_programs() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let run = workspace.run(&["tools"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(run.stdout, @r"
    TOOL               EFFECT  ASKS  TOKENS  DESCRIPTION
    crm__create_thing  write   yes   96      Creates a thing
    crm__get_thing     read    no    91      Gets a thing
    2 actions, about 187 tokens: all listed (at most 40 actions and 20000 tokens)
    ");
    let run = workspace.run(&["tools", "--json"]).await;
    let tools: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(tools[1]["name"], "crm__get_thing");
    assert_eq!(tools[1]["inputSchema"]["required"], json!(["id"]));
    assert!(
        !run.stdout.contains("127.0.0.1") && !run.stdout.contains("X-Key"),
        "{}",
        run.stdout
    );
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_failure_to_tell_about() {
    let workspace = crm("http://127.0.0.1:9/v1");
    for arguments in [
        ["tools"].as_slice(),
        &["tools", "--json"],
        &["check", "--json"],
        &["logs", "--json"],
    ] {
        let mut child = workspace.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        // Nobody reads: the other end is closed before anything is written, or right after.
        drop(child.stdout.take());
        let output = within("the end of a verb", child.wait_with_output()).await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !said.contains("panicked") && !said.contains("roken pipe"),
            "{arguments:?}: {said}"
        );
    }
}
