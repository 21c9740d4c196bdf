//! State folders that do not work, and stores that somebody else holds.

use std::path::Path;

use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};

use super::crm;
use crate::harness::{Workspace, eventually};

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

async fn with_key() -> Workspace {
    let workspace = Workspace::with("http://127.0.0.1:9/v1", NEEDS_KEY);
    workspace.store_secret("crm/key", "cAn4ry-0123456789abcdef").await;
    workspace
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_master_key_that_cannot_be_used_is_told_before_the_first_call() {
    let mut workspace = with_key().await;
    assert!(workspace.run(&["apis", "list"]).await.stdout.contains("[Connected ✓]"));
    set_mode(&workspace.state().join("master.key"), 0o644);
    let told = "no secret of the vault can be opened here: the master key in state/master.key can be read by others (mode \
                644): run `chmod 600 state/master.key`";
    let run = workspace.run(&["check"]).await;
    assert!(run.stderr.contains(&format!("warning: {told}")), "{run:?}");
    let server = workspace.serve().await;
    // Beside the start, which it does not hold up.
    let is_told = async || server.complaints().contains(told).then_some(());
    eventually("the master key in the log", is_told).await;
    server.close().await;
    let listed = workspace.run(&["apis", "list"]).await.stdout;
    assert!(listed.contains("[Error ⚠]"), "{listed}");
    assert!(
        listed.contains("Credential cannot be opened: the master key in"),
        "{listed}"
    );

    // With another key in the environment.
    workspace.set("TOOLGATE_MASTER_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let run = workspace.run(&["check", "--json"]).await;
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let told = report["unset_secrets"][0].as_str().unwrap();
    let start = "the connector `crm` needs the secret `vault://crm/key`, which cannot be opened here: `crm/key (shared in \
                 the organisation local)` is sealed with the master key ";
    assert!(told.starts_with(start), "{told}");
    assert!(workspace.run(&["apis", "list"]).await.stdout.contains("[Error ⚠]"));
}

/// Whoever serves may have the key in its environment.
#[tokio::test]
async fn a_master_key_that_is_elsewhere_is_told_and_is_no_error() {
    let workspace = with_key().await;
    std::fs::remove_file(workspace.state().join("master.key")).unwrap();
    let run = workspace.run(&["check"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let told = "warning: no secret of the vault can be opened here: there is no master key in state/master.key";
    assert!(run.stderr.contains(told), "{run:?}");
}

#[tokio::test]
async fn a_state_folder_that_nobody_may_look_into_is_not_an_empty_one() {
    let workspace = Workspace::with("http://127.0.0.1:9/v1", NEEDS_KEY);
    std::fs::write(workspace.path().join("file"), "").unwrap();
    let run = workspace.run(&["check", "--state", "file/state"]).await;
    let told = "warning: the vault cannot be read: cannot open the store file/state/toolgate.db: Not a directory";
    assert!(run.stderr.contains(told), "{run:?}");
    assert!(!run.stderr.contains("does not hold"), "{run:?}");
}

/// A user who is not root has no way around permissions; root is run without its own.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_state_folder_that_cannot_be_written_keeps_a_server_from_starting() {
    let workspace = crm("http://127.0.0.1:9/v1");
    assert_eq!(workspace.run(&["keys", "create", "--user", "ana"]).await.code, Some(0));
    let file = workspace.state().join("toolgate.db");
    for (path, shown) in [(file.as_path(), "state/toolgate.db"), (&workspace.state(), "state")] {
        let mode = if path.is_dir() { [0o500, 0o700] } else { [0o400, 0o600] };
        set_mode(path, mode[0]);
        for arguments in [
            ["serve"].as_slice(),
            &["keys", "create", "--user", "bob"],
            &["vault", "remove", "crm/key"],
        ] {
            let run = without_privileges(&workspace, arguments).await;
            let Some((code, stderr)) = run else {
                eprintln!("not run: root needs setpriv to give up its privileges");
                set_mode(path, mode[1]);
                return;
            };
            let told = format!(
                "error: cannot open the store {shown}: Permission denied (os error 13); name a folder that this user can write \
                 to with --state"
            );
            assert!(stderr.contains(&told), "{arguments:?}: {stderr}");
            assert_eq!(code, Some(3), "{arguments:?}");
        }
        set_mode(path, mode[1]);
    }
}

#[cfg(target_os = "linux")]
async fn without_privileges(workspace: &Workspace, arguments: &[&str]) -> Option<(Option<i32>, String)> {
    let plain = workspace.command(arguments);
    let plain = plain.as_std();
    let own = std::fs::metadata("/proc/self").ok()?;
    let is_root = std::os::unix::fs::MetadataExt::uid(&own) == 0;
    let mut command = if is_root {
        let mut command = tokio::process::Command::new("setpriv");
        command
            .args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--"])
            .arg(plain.get_program());
        command
    } else {
        tokio::process::Command::new(plain.get_program())
    };
    command
        .args(plain.get_args())
        .current_dir(workspace.path())
        .env_clear()
        .envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .env("PATH", "/usr/bin:/bin")
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
    let output = crate::harness::within("the end of a run", command.output())
        .await
        .ok()?;
    Some((output.status.code(), String::from_utf8(output.stderr).unwrap()))
}

#[tokio::test]
async fn whoever_only_reads_waits_for_nobody_who_writes() {
    const NOTE: &str = "note: another process holds the store, so the newest calls may be missing here";
    let workspace = with_key().await;
    workspace.run(&["call", "crm__get_thing"]).await;
    // A call that a killed server has left in its journal.
    let call = "01920000-0000-7000-8000-000000000000";
    let left = json!({
        "ended_at": "2026-01-01T00:00:00.001Z", "user": "local", "organisation": "local", "channel": "stdio",
        "tool": "crm__left", "decision": "allowed", "outcome": "ok", "requests": 1, "bytes_out": 0, "bytes_in": 2,
        "duration_ms": 1,
    });
    let journal = workspace.state().join(call).with_extension("journal");
    std::fs::write(journal, format!("{call}\t2026-01-01T00:00:00.000Z\t{left}\n")).unwrap();
    let file = SqliteConnectOptions::new().filename(workspace.state().join("toolgate.db"));
    let mut holder = file.connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();
    for (arguments, shown, may_lack) in [
        (["logs", "--since", "all", "--json"].as_slice(), "crm__get_thing", true),
        (&["stats"], "Total calls: 1", true),
        (&["apis", "list"], "crm", false),
        (&["keys", "list"], "", false),
        (&["vault", "list"], "crm/key", false),
        (&["approvals", "list"], "", false),
        (&["audit", "verify"], "", false),
        (&["tools"], "crm__get_thing", false),
    ] {
        let run = workspace.run(arguments).await;
        assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
        assert!(run.stdout.contains(shown), "{arguments:?}: {run:?}");
        assert!(!run.stdout.contains("crm__left"), "{arguments:?}: {run:?}");
        assert!(!may_lack || run.stderr.contains(NOTE), "{arguments:?}: {run:?}");
    }
    sqlx::query("ROLLBACK").execute(&mut holder).await.unwrap();
    let run = workspace.run(&["logs", "--since", "all", "--json"]).await;
    assert!(run.stdout.contains("crm__left"), "{run:?}");
    assert!(!run.stderr.contains(NOTE), "{run:?}");
}

/// Where nothing can be written, nobody would ever have the key.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_key_that_cannot_be_shown_is_revoked() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = workspace.command(&["keys", "create", "--user", "ana"]);
    // `output` of the command would take its output over.
    let child = command.stdout(full).spawn().unwrap();
    let output = crate::harness::within("the end of a run", child.wait_with_output())
        .await
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains("could not be shown, and is revoked again: No space left"),
        "{stderr}"
    );
    let keys = workspace.run(&["keys", "list", "--json"]).await.stdout;
    let keys: Value = serde_json::from_str(&keys).unwrap();
    assert!(keys[0]["revoked_at"].is_string(), "{keys}");
}
