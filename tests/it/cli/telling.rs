//! What is said when something is wrong: it names what was done and what helps.

use super::crm;
use crate::harness::{Upstream, Workspace};

#[tokio::test]
async fn the_hint_of_an_empty_value_names_the_command_that_was_run() {
    let workspace = Workspace::with(
        "http://127.0.0.1:9/v1",
        "[auth]\ntype = \"bearer_token\"\ntoken = \"vault://crm/token\"\n[[actions]]\nname = \"read\"\n\
         description = \"Reads\"\nmethod = \"GET\"\npath = \"/read\"\n",
    );
    for (arguments, command) in [
        (
            ["vault", "set", "wiki/key", "--user", "ana"].as_slice(),
            "toolgate vault set wiki/key --user ana",
        ),
        (&["apis", "fix", "crm"], "toolgate apis fix crm --secret crm/token"),
    ] {
        let run = workspace.run(arguments).await;
        let told = format!("the value is empty; type it at the prompt, or pipe it in: `{command} < key.txt`");
        assert!(run.stderr.contains(&told), "{run:?}");
    }
}

#[tokio::test]
async fn a_new_key_that_cannot_be_used_is_not_taken_for_the_old_one() {
    let workspace = Workspace::new();
    workspace.store_secret("crm/key", "cAn4ry-0123456789abcdef").await;
    let run = workspace
        .run(&["vault", "rotate-key", "--new-key-file", "nowhere"])
        .await;
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (
            Some(3),
            "error: there is no file nowhere: name the one that holds the new key with --new-key-file\n"
        )
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = workspace.path().join("new");
        std::fs::write(&file, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let run = workspace.run(&["vault", "rotate-key", "--new-key-file", "new"]).await;
        assert!(
            run.stderr
                .contains("the new master key in new can be read by others (mode 644): make another"),
            "{run:?}"
        );
        assert!(!run.stderr.contains("rotate-key"), "{run:?}");
    }
}

#[tokio::test]
async fn health_takes_no_other_server_for_its_own() {
    let upstream = Upstream::fixed("{}").await;
    let run = crm("http://127.0.0.1:9/v1")
        .run(&["health", "--http", &upstream.address.to_string()])
        .await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr
            .contains("is not a Toolgate server: its answer to /health is not `ok`"),
        "{run:?}"
    );
}

#[tokio::test]
async fn a_base_url_to_which_nothing_was_sent_is_not_tested() {
    let workspace = Workspace::with("http://127.0.0.1:9/v1", super::ACTIONS);
    workspace.write(
        "desk.toml",
        crate::harness::connector(
            "desk",
            "http://127.0.0.1:9/v1",
            "[auth]\ntype = \"bearer_token\"\ntoken = \"env:NOT_SET_HERE\"\n[[actions]]\nname = \"read\"\n\
             description = \"Reads\"\nmethod = \"GET\"\npath = \"/read\"\n",
        ),
    );
    let run = workspace.run(&["apis", "test", "desk"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stdout
            .contains("➖ Base URL not tested: nothing was sent\n❌ Authentication valid\n"),
        "{run:?}"
    );
}

#[tokio::test]
async fn nothing_is_edited_where_nobody_sits() {
    let run = crm("http://127.0.0.1:9/v1").run(&["apis", "edit", "crm"]).await;
    assert_eq!(run.code, Some(2), "{run:?}");
    let told = "error: there is no terminal to edit in: change connectors/crm.toml some other way";
    assert!(run.stderr.starts_with(told), "{run:?}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_no_empty_one() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let run = workspace.run(&["apis", "list", "--connectors", "nowhere"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
    assert!(run.stderr.contains("nowhere"), "{run:?}");
}

#[tokio::test]
async fn a_number_is_quoted_as_it_is_written() {
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace.config("[approvals]\nwait_ms = 99999999999999999\n");
    let run = workspace.run(&["check"]).await;
    assert!(run.stderr.contains("not 99999999999999999"), "{run:?}");
}

#[tokio::test]
async fn a_file_that_is_no_connector_is_not_called_a_folder() {
    let workspace = crm("http://127.0.0.1:9/v1");
    std::fs::write(workspace.path().join("hostname"), "example").unwrap();
    let run = workspace.run(&["apis", "add", "--file", "hostname"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr
            .contains("this file is not read: the file of a connector ends with .toml, .yaml, .yml or .json"),
        "{run:?}"
    );
}

#[tokio::test]
async fn pruning_does_not_advise_what_it_refuses() {
    let workspace = crm("http://127.0.0.1:9/v1");
    for text in ["zz", "all"] {
        let run = workspace.run(&["audit", "prune", "--before", text, "--yes"]).await;
        let told =
            format!("error: --before {text} names no moment; write an age such as 90d, or a day such as 2026-01-31\n");
        assert_eq!((run.code, run.stderr), (Some(2), told));
    }
}

#[tokio::test]
async fn an_action_that_is_not_there_is_told() {
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace
        .run(&["call", "crm__get_thing", "--input", "{\"id\": \"1\"}"])
        .await;
    let run = workspace.run(&["logs", "crm", "--endpoint", "nosuch"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        run.stderr,
        "note: crm has no action `nosuch` now; only calls of one that it had can be shown\n"
    );
    let run = workspace.run(&["logs", "crm", "--endpoint", "get_thing"]).await;
    assert_eq!(run.stderr, "", "{run:?}");
}

#[tokio::test]
async fn what_is_not_imported_is_told_in_words_of_the_command_line() {
    let workspace = Workspace::new();
    for (url, told) in [
        (
            "http://example.com/openapi.json",
            "without TLS, only servers in a network that you name are asked; for a server in your own network, name the \
             network with --network",
        ),
        (
            "https://169.254.169.254/openapi.json",
            "the base URL leads to a cloud's metadata service, which is never allowed\n",
        ),
    ] {
        let run = workspace.run(&["import", url, "--name", "crm"]).await;
        assert!(run.stderr.contains(&format!("{url} is not fetched: {told}")), "{run:?}");
    }
}

#[tokio::test]
async fn a_log_that_was_pruned_is_not_one_without_calls() {
    let workspace = crm("http://127.0.0.1:9/v1");
    assert_eq!(workspace.run(&["logs"]).await.stdout, "no calls yet\n");
    workspace
        .run(&["call", "crm__get_thing", "--input", "{\"id\": \"1\"}"])
        .await;
    let store = workspace.store().await;
    assert_ne!(store.prune_audit("9999-01-01T00:00:00.000Z", 100).await.unwrap(), 0);
    assert_eq!(workspace.run(&["logs"]).await.stdout, "no calls are kept\n");
}

/// Whoever misspells the name of the settings would take what is shown for what they say.
#[tokio::test]
async fn settings_that_cannot_be_read_end_every_verb() {
    let workspace = Workspace::new();
    for verb in [
        &["logs"][..],
        &["stats"],
        &["keys", "list"],
        &["approvals", "list"],
        &["audit", "verify"],
        &["apis", "list"],
        &["tools"],
        &["find", "a ticket"],
        &["new", "connector", "crm"],
        &["vault", "list"],
    ] {
        let run = workspace.run(&[verb, &["--config", "nowhere.toml"]].concat()).await;
        assert_eq!(run.code, Some(3), "{verb:?}: {run:?}");
        assert!(run.stderr.contains("nowhere.toml"), "{verb:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{verb:?}");
    }
}
