//! `toolgate vault`: what it says, what it refuses, and that it never shows a value.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::harness::{Finished, Workspace};

const VALUE: &str = "cAn4ry-0123456789abcdef";

const NEEDS_KEY: &str = r#"
[auth]
type = "api_key"
header_name = "X-Key"
key = "vault://crm/key"
[[actions]]
name = "get_thing"
description = "Gets a thing"
method = "GET"
path = "/thing"
"#;

async fn set(workspace: &Workspace, arguments: &[&str], value: &str) -> Finished {
    let arguments = [["vault", "set"].as_slice(), arguments].concat();
    workspace.run_with_input(&arguments, value.as_bytes()).await
}

async fn list(workspace: &Workspace, arguments: &[&str]) -> Value {
    let arguments = [["vault", "list", "--json"].as_slice(), arguments].concat();
    let run = workspace.run(&arguments).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn key_file(workspace: &Workspace) -> PathBuf {
    workspace.state().join("master.key")
}

#[tokio::test]
async fn a_secret_is_stored_replaced_listed_and_removed() {
    let workspace = Workspace::new();
    let run = workspace.run(&["vault", "list"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "no secrets are stored\n"));

    let run = set(&workspace, &["crm/key"], &format!("{VALUE}\n")).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout, "stored crm/key, shared: connectors write vault://crm/key\n");
    assert_eq!(
        run.stderr,
        "note: made the master key state/master.key; back it up apart from the database, since without it no secret can \
         be opened\n"
    );
    let run = set(&workspace, &["vault://crm/key", "--user", "ana"], VALUE).await;
    assert_eq!(
        run.stdout,
        "stored crm/key, of the user ana: connectors write vault://crm/key\n"
    );
    let run = set(&workspace, &["crm/key"], "0123456789-replaced").await;
    assert_eq!(
        run.stdout,
        "replaced crm/key, shared: connectors write vault://crm/key\n"
    );
    assert_eq!(run.stderr, "", "the key is made once, and that is said once");
    let run = set(&workspace, &["crm/key", "--organisation", "acme"], VALUE).await;
    assert_eq!(
        run.stdout,
        "stored crm/key, shared in acme: connectors write vault://crm/key\n"
    );

    let run = workspace.run(&["vault", "list"]).await;
    let columns: Vec<Vec<&str>> = run
        .stdout
        .lines()
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    assert_eq!(columns[0], ["NAME", "HOLDER", "VALUE", "CREATED", "UPDATED"]);
    assert_eq!(columns[1][..3], ["crm/key", "shared", "••••aced"]);
    assert_eq!(columns[2][..3], ["crm/key", "of the user ana", "••••cdef"]);
    assert_eq!(columns.len(), 3);

    let mut listed = list(&workspace, &[]).await;
    let times = ["created_at", "updated_at"].map(|key| listed[0][key].take());
    assert!(times[0].as_str() <= times[1].as_str(), "{times:?}");
    assert_eq!(
        listed[0],
        json!({ "name": "crm/key", "organisation": "local", "user": null, "reference": "vault://crm/key",
            "masked": "••••aced", "problem": null, "version": 2, "created_at": null, "updated_at": null })
    );
    assert_eq!(list(&workspace, &["--user", "ana"]).await[0]["user"], "ana");
    assert_eq!(
        list(&workspace, &["--organisation", "acme"])
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(list(&workspace, &["--organisation", "zeta"]).await, json!([]));

    let run = workspace.run(&["vault", "remove", "crm/key"]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "removed crm/key, shared\n"));
    let run = workspace.run(&["vault", "remove", "crm/key"]).await;
    assert_eq!(run.code, Some(1));
    assert_eq!(
        run.stderr,
        "error: there is no secret crm/key, shared; `toolgate vault list` shows those that there are\n"
    );
}

#[tokio::test]
async fn a_list_tells_of_those_that_it_leaves_out() {
    let workspace = Workspace::new();
    for (name, of) in [
        ("crm/key", ["--organisation", "acme"]),
        ("crm/other", ["--organisation", "acme"]),
        ("crm/key", ["--organisation", "Our Co"]),
    ] {
        set(&workspace, &[[name].as_slice(), &of].concat(), VALUE).await;
    }
    let others = "not shown: 1 secret in Our Co: toolgate vault list --organisation 'Our Co'\n\
                  not shown: 2 secrets in acme: toolgate vault list --organisation acme\n";
    let run = workspace.run(&["vault", "list"]).await;
    assert_eq!(
        (run.code, run.stdout.as_str(), run.stderr.as_str()),
        (Some(0), "no secrets are stored in local\n", others)
    );
    set(&workspace, &["crm/key", "--user", "ana"], VALUE).await;
    let run = workspace.run(&["vault", "list"]).await;
    assert!(run.stdout.contains("of the user ana"), "{}", run.stdout);
    assert_eq!(run.stderr, others);
    let run = workspace.run(&["vault", "list", "--user", "bob"]).await;
    assert_eq!(run.stdout, "no secrets of the user bob are stored in local\n");
    assert_eq!(
        run.stderr,
        format!("{others}not shown: 1 secret in local: toolgate vault list\n")
    );
    let run = workspace.run(&["vault", "list", "--json"]).await;
    assert_eq!(run.stderr, "");
}

#[tokio::test]
async fn a_value_is_never_an_argument_and_is_not_repeated() {
    let workspace = Workspace::new();
    let joined = format!("crm/key={VALUE}");
    let option = format!("--value={VALUE}");
    let short = format!("-p{VALUE}");
    for arguments in [
        ["crm/key", VALUE].as_slice(),
        &["crm/key", "--value", VALUE],
        &["crm/key", &option],
        &["crm/key", &short],
        &["crm/key", "--user", "ana", VALUE],
        &["crm/key", VALUE, "--user", "ana"],
        &["crm/key", "--", VALUE],
        &[joined.as_str()],
    ] {
        let run = set(&workspace, arguments, VALUE).await;
        assert_eq!(run.code, Some(2), "{arguments:?}: {run:?}");
        assert!(!format!("{run:?}").contains("cAn4ry"), "{arguments:?}: {run:?}");
        assert!(run.stderr.contains("prompt"), "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(list(&workspace, &[]).await, json!([]));
    assert!(!key_file(&workspace).exists());
}

#[tokio::test]
async fn what_cannot_be_stored_is_refused() {
    let workspace = Workspace::new();
    for (arguments, value, code, told) in [
        (["crm/key"].as_slice(), "", 1, "the value is empty"),
        (&["crm/key"], "\n", 1, "the value is empty"),
        (&[""], VALUE, 2, "NAME is not the name of a secret"),
        (&["crm key"], VALUE, 2, "NAME is not the name of a secret"),
        (
            &["crm/key", "--user", ""],
            VALUE,
            2,
            "--user is no name: write 1 to 128 visible characters",
        ),
        (
            &["crm/key", "--user", " ana"],
            VALUE,
            2,
            "--user is no name: there are spaces around the name; leave them out",
        ),
        (
            &["crm/key", "--organisation", "tgk_0123"],
            VALUE,
            2,
            "--organisation is no name: that looks like a key",
        ),
        (&["users/ana/apis/crm/key", "--user", "bob"], VALUE, 2, "name two users"),
    ] {
        let run = set(&workspace, arguments, value).await;
        assert_eq!(run.code, Some(code), "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(told), "{arguments:?}: {}", run.stderr);
    }
    let run = workspace.run_with_input(&["vault", "set", "crm/key"], b"\xff").await;
    assert!(run.stderr.contains("not UTF-8"), "{}", run.stderr);
    assert_eq!(list(&workspace, &[]).await, json!([]));
}

#[tokio::test]
async fn weak_values_are_warned_of_and_stored() {
    let workspace = Workspace::new();
    let run = set(&workspace, &["crm/key"], "hunter2\n").await;
    assert_eq!(run.code, Some(0));
    assert!(
        run.stderr.contains("warning: the value has fewer than 16 characters"),
        "{}",
        run.stderr
    );
    assert!(!format!("{run:?}").contains("hunter2"), "{run:?}");
    assert_eq!(list(&workspace, &[]).await[0]["masked"], "••••");
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_that_others_can_read_is_refused_with_the_command_that_helps() {
    use std::os::unix::fs::PermissionsExt;

    let workspace = Workspace::new();
    workspace.store_secret("crm/key", VALUE).await;
    let file = key_file(&workspace);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    let run = set(&workspace, &["crm/other"], VALUE).await;
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(
        run.stderr.contains("run `chmod 600 state/master.key`"),
        "{}",
        run.stderr
    );
    let run = workspace.run(&["vault", "list"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stdout.contains("cannot be opened") && run.stderr.contains("chmod 600"),
        "{run:?}"
    );
}

#[tokio::test]
async fn the_master_key_comes_from_the_environment_or_a_named_file() {
    let key = "q".repeat(42) + "o=";
    let mut workspace = Workspace::new();
    workspace.config("[vault]\nmaster_key_file = \"vault.key\"\n");
    let run = set(&workspace, &["crm/key"], VALUE).await;
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains("there is no master key in"), "{}", run.stderr);

    let file = workspace.path().join("vault.key");
    write_key(&file, &key);
    workspace.store_secret("crm/key", VALUE).await;
    assert!(!key_file(&workspace).exists());

    // The environment wins, and holds the same key here.
    std::fs::remove_file(&file).unwrap();
    workspace.set("TOOLGATE_MASTER_KEY", &key);
    assert_eq!(list(&workspace, &[]).await[0]["masked"], "••••cdef");
    workspace.set("TOOLGATE_MASTER_KEY", "cAn4ry");
    let run = workspace.run(&["vault", "list"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .contains("TOOLGATE_MASTER_KEY cannot be used: it is not a key"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("cAn4ry"), "{}", run.stderr);
    workspace.set("TOOLGATE_MASTER_KEY", &"ab".repeat(32));
    let run = workspace.run(&["vault", "list"]).await;
    assert!(
        run.stderr
            .contains("`crm/key (shared in the organisation local)` is sealed with the master key"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn the_master_key_is_replaced() {
    let mut workspace = Workspace::new();
    workspace.store_secret("crm/key", VALUE).await;
    let before = std::fs::read_to_string(key_file(&workspace)).unwrap();
    let run = workspace.run(&["vault", "rotate-key"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout.starts_with("1 secret is sealed with the new master key "),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.ends_with("it is in state/master.key: back it up\n"),
        "{}",
        run.stdout
    );
    let after = std::fs::read_to_string(key_file(&workspace)).unwrap();
    assert_ne!(before, after);
    assert!(!run.stdout.contains(after.trim()));
    assert_eq!(list(&workspace, &[]).await[0]["masked"], "••••cdef");

    // From the environment: the new one is read, and the operator sets it.
    workspace.set("TOOLGATE_MASTER_KEY", after.trim());
    let new = "ab".repeat(32);
    let run = workspace.run_with_input(&["vault", "rotate-key"], new.as_bytes()).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout
            .ends_with("now set TOOLGATE_MASTER_KEY to it and restart the servers\n"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains(&new));
    assert_eq!(workspace.run(&["vault", "list"]).await.code, Some(1));
    workspace.set("TOOLGATE_MASTER_KEY", &new);
    assert_eq!(list(&workspace, &[]).await[0]["masked"], "••••cdef");
    let run = workspace.run_with_input(&["vault", "rotate-key"], b"cAn4ry").await;
    assert_eq!(run.code, Some(1));
    assert!(!run.stderr.contains("cAn4ry"), "{}", run.stderr);
}

#[tokio::test]
async fn check_names_the_command_that_stores_what_is_missing() {
    let workspace = Workspace::with("http://127.0.0.1:9/v1", NEEDS_KEY);
    let missing = "the connector `crm` needs the secret `vault://crm/key`, which the vault does not hold: store it with \
                   `toolgate vault set crm/key`";
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains(&format!("warning: {missing}\n")), "{}", run.stderr);
    assert!(!workspace.state().exists(), "check made a state folder");
    let run = workspace.run(&["check", "--json"]).await;
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["unset_secrets"], json!([missing]));

    // Somebody's own secret is enough: it depends on who calls.
    set(&workspace, &["crm/key", "--user", "ana"], VALUE).await;
    let run = workspace.run(&["check"]).await;
    assert!(!run.stderr.contains("crm/key"), "{}", run.stderr);
}

#[tokio::test]
async fn a_secret_that_is_written_out_is_refused_with_the_command_that_stores_it() {
    let workspace = Workspace::with("http://127.0.0.1:9/v1", &NEEDS_KEY.replace("vault://crm/key", VALUE));
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("`toolgate vault set crm/key`"), "{}", run.stderr);
    assert!(!run.stderr.contains("cAn4ry"), "{}", run.stderr);
    for reference in [
        "vault://users/ana/key",
        "vault://crm key",
        "encrypted:",
        "env:TOOLGATE_MASTER_KEY",
    ] {
        let workspace = Workspace::with(
            "http://127.0.0.1:9/v1",
            &NEEDS_KEY.replace("vault://crm/key", reference),
        );
        let run = workspace.run(&["check"]).await;
        assert!(
            run.stderr.contains("error[bad-reference]"),
            "{reference}: {}",
            run.stderr
        );
    }
}

fn write_key(file: &std::path::Path, key: &str) {
    use std::io::Write as _;

    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).unwrap().write_all(key.as_bytes()).unwrap();
}

#[tokio::test]
async fn a_file_for_the_master_key_that_is_none_is_told_by_every_verb() {
    let workspace = Workspace::new();
    for (named, says) in [
        ("", "`master_key_file` is empty"),
        (".", "is a folder"),
        ("folder", "is a folder"),
        ("nowhere.key", "(umask 077; openssl rand -base64 32 > "),
    ] {
        std::fs::create_dir_all(workspace.path().join("folder")).unwrap();
        workspace.config(&format!("[vault]\nmaster_key_file = \"{named}\"\n"));
        let stored = set(&workspace, &["crm/key"], VALUE).await;
        assert_eq!(stored.code, Some(3), "{stored:?}");
        let checked = workspace.run(&["check"]).await;
        assert_eq!(checked.code, Some(i32::from(named.is_empty())), "{checked:?}");
        for run in [stored, checked] {
            assert!(run.stderr.contains(says), "{named}: {}", run.stderr);
            assert!(
                !run.stderr.contains("chmod") && !run.stderr.contains("bring back"),
                "{}",
                run.stderr
            );
        }
    }
    // With it there is a key; once secrets are stored, a new one would not open them.
    let file = workspace.path().join("nowhere.key");
    write_key(&file, "ERERERERERERERERERERERERERERERERERERERERERE=");
    assert_eq!(set(&workspace, &["crm/key"], VALUE).await.code, Some(0));
    std::fs::remove_file(file).unwrap();
    let checked = workspace.run(&["check"]).await;
    for run in [set(&workspace, &["crm/other"], VALUE).await, checked] {
        assert!(run.stderr.contains("bring back"), "{}", run.stderr);
    }
}
