//! Trying an API out, and mending it: `test`, `edit`, `logs` and `fix`.

use serde_json::{Value, json};

use super::super::crm;
use super::{get_thing, guarded, list};
use crate::harness::{Workspace, connector};

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
        run.stderr.contains("`../secret.toml` is not a file of `crm`"),
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

#[tokio::test]
async fn a_credential_is_entered_again_and_leaves_with_its_api() {
    let upstream = guarded().await;
    let in_vault = TESTED.replace("env:CRM_KEY", "vault://crm/key");
    let workspace = Workspace::with(&upstream.base_url(), &in_vault);
    let problem = list(&workspace).await[0]["problem"].clone();
    assert_eq!(problem, "Credential missing: the vault holds no vault://crm/key");

    let run = workspace.run_with_input(&["apis", "fix", "crm"], b"n0t-th1s\n").await;
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.contains("❌ Authentication valid"), "{}", run.stdout);
    assert_eq!(list(&workspace).await[0]["problem"], "Authentication failed");
    let run = workspace.run_with_input(&["apis", "fix", "crm"], b"k3y-cli\n").await;
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
        run.stdout.ends_with("\nremoved crm/key, shared, from the vault\n"),
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
