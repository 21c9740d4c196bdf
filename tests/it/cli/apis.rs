//! `toolgate apis`: what an operator sees of APIs and does to them (contract S1-67, S1-69 to S1-71, S2-28).

use std::process::Stdio;

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use super::{ACTIONS, crm};
use crate::harness::{Finished, Session, Upstream, Workspace, connector, json_answer, within};

const CHANGED: &str = "notifications/tools/list_changed";

/// An API that answers `200` while the key is right.
async fn guarded() -> Upstream {
    Upstream::start(|request| async move {
        if request.headers.get("x-key").is_some_and(|key| key == "k3y-cli") {
            json_answer("{}")
        } else {
            StatusCode::UNAUTHORIZED.into_response()
        }
    })
    .await
}

async fn list(workspace: &Workspace) -> Vec<Value> {
    let run = workspace.run(&["apis", "list", "--json"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

async fn get_thing(workspace: &Workspace) {
    workspace
        .run(&["call", "crm__get_thing", "--input", r#"{"id": "1"}"#])
        .await;
}

async fn tools(session: &mut Session) -> Vec<String> {
    let list = session.request("tools/list", json!({})).await;
    let tools = list["result"]["tools"].as_array().unwrap();
    tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_list_shows_what_the_document_shows() {
    let upstream = guarded().await;
    let workspace = crm(&upstream.base_url());
    for _ in 0..2 {
        get_thing(&workspace).await;
    }
    let run = workspace.run(&["apis", "list"]).await;
    let shown = run.stdout.replace(&upstream.base_url(), "http://127.0.0.1:7878/v1");
    insta::assert_snapshot!(shown, @"
    crm (crm)  [Connected ✓]
      Base URL: http://127.0.0.1:7878/v1
      Auth: API Key
      Endpoints: 2 defined
      Last used: just now
      Calls today: 2
    ");
}

#[tokio::test]
async fn the_list_tells_programs_the_same() {
    let upstream = guarded().await;
    let workspace = crm(&upstream.base_url());
    let before = list(&workspace).await.remove(0);
    assert_eq!(before["last_used"], "never");
    assert_eq!(before["metadata"]["total_calls"], 0);
    assert_eq!(before["metadata"]["last_used_at"], Value::Null);
    get_thing(&workspace).await;
    let row = workspace.row().await;
    let after = list(&workspace).await.remove(0);
    assert_eq!(
        after,
        json!({
            "name": "crm",
            "slug": "crm",
            "badge": "Connected",
            "problem": null,
            "base_url": upstream.base_url(),
            "auth": "API Key",
            "endpoints": 2,
            "last_used": "just now",
            "calls_today": 1,
            "metadata": {
                "created_at": before["metadata"]["created_at"],
                "updated_at": before["metadata"]["created_at"],
                "last_used_at": row.started_at,
                "total_calls": 1,
                "status": "active",
            },
        })
    );
    assert!(before["metadata"]["created_at"].as_str().unwrap() <= row.started_at.as_str());

    workspace.write(
        "crm.toml",
        format!("# Edited\n{}", connector("crm", &upstream.base_url(), ACTIONS)),
    );
    let edited = list(&workspace).await.remove(0);
    assert_eq!(edited["metadata"]["created_at"], before["metadata"]["created_at"]);
    assert_ne!(edited["metadata"]["updated_at"], before["metadata"]["updated_at"]);
}

#[tokio::test]
async fn a_failed_authentication_flips_the_badge_until_a_call_succeeds() {
    let upstream = guarded().await;
    let mut workspace = crm(&upstream.base_url());
    workspace.set("CRM_KEY", "n0t-th1s");
    get_thing(&workspace).await;
    let run = workspace.run(&["apis", "list"]).await;
    for line in [
        "crm (crm)  [Error ⚠]\n",
        "\n  Status: Authentication failed\n",
        "\n  Fix Connection: toolgate apis fix crm\n",
        "\n  Delete: toolgate apis delete crm\n",
    ] {
        assert!(run.stdout.contains(line), "{}", run.stdout);
    }
    workspace.set("CRM_KEY", "k3y-cli");
    get_thing(&workspace).await;
    assert_eq!(list(&workspace).await[0]["badge"], "Connected");
}

#[tokio::test]
async fn what_keeps_an_api_from_being_used_is_its_status() {
    let mut workspace = Workspace::with("http://127.0.0.1:9/v1", ACTIONS);
    let problem = list(&workspace).await[0]["problem"].clone();
    assert_eq!(problem, "Credential missing: the variable CRM_KEY is not set here");
    workspace.set("CRM_KEY", "k3y-cli");
    get_thing(&workspace).await;
    assert_eq!(list(&workspace).await[0]["problem"], "Connection refused");

    workspace.write("other-erp.toml", "name = 1");
    let run = workspace.run(&["apis", "list"]).await;
    let (_, broken) = run.stdout.split_once("\n\n").unwrap();
    assert_eq!(
        broken,
        "other-erp  [Error ⚠]\n  Status: Its files have errors (toolgate check)\n"
    );
}

#[tokio::test]
async fn a_switch_is_followed_by_every_process_and_survives_restarts() {
    let upstream = guarded().await;
    let workspace = crm(&upstream.base_url());
    let mut session = workspace.serve().await;
    assert_eq!(tools(&mut session).await.len(), 2);

    let run = workspace.run(&["apis", "disable", "crm"]).await;
    assert_eq!(
        run.stdout,
        "crm is disabled: its tools are hidden and calls fail with API_DISABLED; `toolgate apis enable crm` offers \
         them again\n"
    );
    session.notification(CHANGED).await;
    assert_eq!(tools(&mut session).await, Vec::<String>::new());
    let answer = session.call("crm__get_thing", json!({ "id": "1" })).await;
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(
        text.starts_with("API_DISABLED: the API `crm` is disabled; nothing was sent\n"),
        "{text}"
    );
    assert_eq!(answer["result"]["isError"], true);

    // Another process, and one that starts now.
    let run = workspace
        .run(&["call", "custom.crm.get_thing", "--input", r#"{"id": "1"}"#])
        .await;
    assert!(run.stderr.starts_with("API_DISABLED: "), "{}", run.stderr);
    assert_eq!(workspace.run(&["tools", "--json"]).await.stdout, "[]\n");
    let mut later = workspace.serve().await;
    assert_eq!(tools(&mut later).await, Vec::<String>::new());
    assert_eq!(upstream.count(), 0);
    let shown = list(&workspace).await.remove(0);
    assert_eq!(
        (&shown["badge"], &shown["metadata"]["status"]),
        (&json!("Connected"), &json!("disabled"))
    );

    let run = workspace.run(&["apis", "disable", "crm"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "crm is disabled already\n"));
    let run = workspace.run(&["apis", "enable", "crm"]).await;
    assert_eq!(run.stdout, "crm is enabled: its tools are offered again\n");
    for session in [&mut session, &mut later] {
        session.notification(CHANGED).await;
        let answer = session.call("crm__get_thing", json!({ "id": "1" })).await;
        assert_eq!(answer["result"]["isError"], false, "{answer}");
    }
    let run = workspace.run(&["apis", "enable", "crm"]).await;
    assert_eq!(run.stdout, "crm is enabled already\n");
    let run = workspace.run(&["apis", "disable", "crn"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .starts_with("error: there is no API `crn`; `toolgate apis list` shows"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_reload_does_not_switch_anything_on() {
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace.run(&["apis", "disable", "crm"]).await;
    let mut session = workspace.serve().await;
    workspace.write("erp.toml", connector("erp", "http://127.0.0.1:9/v1", ACTIONS));
    session.notification(CHANGED).await;
    assert_eq!(tools(&mut session).await, ["erp__create_thing", "erp__get_thing"]);
}

#[tokio::test]
async fn what_a_file_disables_no_switch_enables() {
    let workspace = Workspace::with(
        "http://127.0.0.1:9/v1",
        &format!("{ACTIONS}\n[metadata]\nstatus = \"paused\"\n"),
    );
    let run = workspace.run(&["apis", "enable", "crm"]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("the file of `crm` disables it"), "{}", run.stderr);
    let run = workspace.run(&["call", "crm__get_thing"]).await;
    assert!(run.stderr.starts_with("API_DISABLED: "), "{}", run.stderr);
    assert_eq!(list(&workspace).await[0]["metadata"]["status"], "disabled");
}

#[tokio::test]
async fn a_deleted_api_is_gone_everywhere_and_nothing_is_lost() {
    let workspace = crm("http://127.0.0.1:9/v1");
    // Even where nobody watches the files.
    workspace.config("[catalog]\nwatch = false\n");
    let mut session = workspace.serve().await;
    assert_eq!(tools(&mut session).await.len(), 2);
    let run = workspace.run(&["apis", "delete", "crm"]).await;
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr
            .contains("nobody is here to ask whether `crm` shall be deleted: say --yes"),
        "{}",
        run.stderr
    );
    assert_eq!(list(&workspace).await.len(), 1);

    let before = std::fs::read(workspace.connectors().join("crm.toml")).unwrap();
    let run = workspace.run(&["apis", "delete", "crm", "--yes"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let (_, place) = run.stdout.trim_end().split_once(" is now ").unwrap();
    assert!(place.starts_with("state/trash/"), "{place}");
    assert_eq!(std::fs::read(workspace.path().join(place)).unwrap(), before);
    assert!(!workspace.connectors().join("crm.toml").exists());
    session.notification(CHANGED).await;
    assert_eq!(tools(&mut session).await, Vec::<String>::new());
    assert_eq!(
        workspace.run(&["apis", "list"]).await.stdout,
        "there are no APIs in connectors\n"
    );

    // Put back, it is an API like any other.
    workspace.write("crm.toml", before);
    assert_eq!(list(&workspace).await[0]["metadata"]["status"], "active");
    session.notification(CHANGED).await;
    assert_eq!(tools(&mut session).await.len(), 2);

    workspace.write("broken.toml", "name = 1");
    let run = workspace.run(&["apis", "delete", "broken", "--yes"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(list(&workspace).await.len(), 1);
}

const TESTED: &str = r#"
[auth]
type = "api_key"
header_name = "X-Key"
key = "env:CRM_KEY"
[[actions]]
name = "list_things"
description = "Lists"
method = "GET"
path = "/things"
response_schema = { type = "object" }
[[actions]]
name = "get_thing"
description = "Gets"
method = "GET"
path = "/things/{id}"
[[actions.input]]
name = "id"
required = true
[[actions]]
name = "create_thing"
description = "Creates"
method = "POST"
path = "/things"
"#;

#[tokio::test]
async fn a_test_tells_what_works() {
    let upstream = guarded().await;
    let mut workspace = Workspace::with(&upstream.base_url(), TESTED);
    workspace.set("CRM_KEY", "k3y-cli");
    let run = workspace.run(&["apis", "test", "crm"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    insta::assert_snapshot!(run.stdout, @"
    Testing Connection...
    ✅ Base URL reachable
    ✅ Authentication valid
    ✅ Endpoint: list_things - OK
    ➖ Endpoint: get_thing - SKIPPED (needs arguments)
    ➖ Endpoint: create_thing - SKIPPED (write)
    ✅ Response schema validated

    All tests passed!
    ");
    let row = workspace.row().await;
    assert_eq!(
        (row.channel.as_str(), row.action.as_deref()),
        ("cli", Some("list_things"))
    );

    let one = [
        "apis",
        "test",
        "crm",
        "--endpoint",
        "get_thing",
        "--input",
        r#"{"id": "1"}"#,
        "--json",
    ];
    let run = workspace.run(&one).await;
    assert_eq!(
        serde_json::from_str::<Value>(&run.stdout).unwrap(),
        json!({ "api": "crm", "passed": true, "endpoints": [{ "endpoint": "get_thing", "result": "OK" }] })
    );
    for (endpoint, said) in [
        (
            "create_thing",
            "`create_thing` is not tested (write); `toolgate call` calls it",
        ),
        (
            "get",
            "`crm` has no action `get`; it has list_things, get_thing, create_thing",
        ),
    ] {
        let run = workspace.run(&["apis", "test", "crm", "--endpoint", endpoint]).await;
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    assert_eq!(upstream.count(), 2);
}

#[tokio::test]
async fn a_test_tells_what_does_not_work() {
    let upstream = guarded().await;
    let mut workspace = Workspace::with(&upstream.base_url(), TESTED);
    workspace.set("CRM_KEY", "n0t-th1s");
    let run = workspace.run(&["apis", "test", "crm"]).await;
    assert_eq!(run.code, Some(1));
    for line in [
        "✅ Base URL reachable\n❌ Authentication valid\n❌ Endpoint: list_things - AUTHENTICATION_FAILED\n   AUTHENTICATION_FAILED: ",
        "\n➖ Endpoint: create_thing - SKIPPED (write)\n\nThe test failed.\n",
    ] {
        assert!(run.stdout.contains(line), "{}", run.stdout);
    }
    assert!(!run.stdout.contains("n0t-th1s"), "{}", run.stdout);
    assert_eq!(list(&workspace).await[0]["problem"], "Authentication failed");

    workspace.write("crm.toml", connector("crm", "http://127.0.0.1:9/v1", TESTED));
    let run = workspace.run(&["apis", "test", "crm"]).await;
    assert!(
        run.stdout
            .contains("❌ Base URL reachable\n❌ Endpoint: list_things - CONNECTION_REFUSED\n"),
        "{}",
        run.stdout
    );
    let workspace = crm("http://127.0.0.1:9/v1");
    let run = workspace.run(&["apis", "test", "crm"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .contains("no action of `crm` reads without arguments: name one, e.g. toolgate apis test crm --endpoint"),
        "{}",
        run.stderr
    );
    let run = workspace.run(&["apis", "test", "crn"]).await;
    assert!(run.stderr.contains("there is no API `crn`"), "{}", run.stderr);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_is_edited_and_checked() {
    let mut workspace = crm("http://127.0.0.1:9/v1");
    // An editor that makes `connection` wrong, and one that makes it right again.
    workspace.set("EDITOR", "sed -i s/base_url/base_ulr/");
    workspace.set("PATH", "/usr/bin:/bin");
    let run = workspace.run(&["apis", "edit", "crm"]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("unknown key `base_ulr`"), "{}", run.stderr);
    workspace.set("VISUAL", "sed -i s/base_ulr/base_url/");
    let run = workspace.run(&["apis", "edit", "crm"]).await;
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "no errors; tools: 2, warnings: 1\n"),
        "{}",
        run.stderr
    );
    let run = workspace
        .run(&["apis", "edit", "crm", "--file", "../secret.toml"])
        .await;
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("`../secret.toml` is no file of `crm`"),
        "{}",
        run.stderr
    );
    workspace.set("VISUAL", "/nowhere/editor");
    let run = workspace.run(&["apis", "edit", "crm"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("cannot run the editor `/nowhere/editor`"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn the_log_of_an_api_is_that_of_logs() {
    let upstream = guarded().await;
    let workspace = crm(&upstream.base_url());
    get_thing(&workspace).await;
    let [one, other] = [
        workspace.run(&["apis", "logs", "crm", "--status", "ok"]).await,
        workspace.run(&["logs", "crm", "--status", "ok"]).await,
    ];
    assert!(one.stdout.contains("get_thing  200 OK"), "{}", one.stdout);
    assert_eq!(one.stdout, other.stdout);
}

/// Runs the binary with `input` on its standard input.
async fn run_with(workspace: &Workspace, arguments: &[&str], input: &str) -> Finished {
    let mut command = workspace.command(arguments);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).await.unwrap();
    drop(stdin);
    let output = within("the end of a run", child.wait_with_output()).await.unwrap();
    Finished {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test]
async fn a_credential_is_entered_again_and_leaves_with_its_api() {
    let upstream = guarded().await;
    let in_vault = TESTED.replace("env:CRM_KEY", "vault://crm/key");
    let workspace = Workspace::with(&upstream.base_url(), &in_vault);
    let problem = list(&workspace).await[0]["problem"].clone();
    assert_eq!(problem, "Credential missing: the vault holds no vault://crm/key");

    let run = run_with(&workspace, &["apis", "fix", "crm"], "n0t-th1s\n").await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.contains("❌ Authentication valid"), "{}", run.stdout);
    assert_eq!(list(&workspace).await[0]["problem"], "Authentication failed");
    let run = run_with(&workspace, &["apis", "fix", "crm"], "k3y-cli\n").await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.ends_with("\nAll tests passed!\n"), "{}", run.stdout);
    assert!(!format!("{}{}", run.stdout, run.stderr).contains("k3y-cli"));
    assert_eq!(list(&workspace).await[0]["badge"], "Connected");

    // A secret that another API names, too, stays for that one.
    workspace.write("other.toml", connector("other", &upstream.base_url(), &in_vault));
    let run = workspace.run(&["apis", "delete", "other", "--yes"]).await;
    assert!(!run.stdout.contains("from the vault"), "{}", run.stdout);
    let run = workspace.run(&["apis", "delete", "crm", "--yes"]).await;
    assert!(
        run.stdout.ends_with("\nremoved crm/key from the vault\n"),
        "{}",
        run.stdout
    );
    assert_eq!(
        workspace.run(&["vault", "list"]).await.stdout,
        "no secrets are stored\n"
    );
}

#[tokio::test]
async fn a_credential_in_a_variable_is_named() {
    let upstream = guarded().await;
    let mut workspace = Workspace::with(&upstream.base_url(), TESTED);
    workspace.set("CRM_KEY", "k3y-cli");
    let run = workspace.run(&["apis", "fix", "crm"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr
            .starts_with("the credential is in the environment variable CRM_KEY, which is set here; "),
        "{}",
        run.stderr
    );
    assert!(run.stdout.ends_with("\nAll tests passed!\n"), "{}", run.stdout);
    let run = workspace.run(&["apis", "fix", "crm", "--secret", "crm/key"]).await;
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("`crm` names no such secret"), "{}", run.stderr);
}
