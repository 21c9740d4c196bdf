//! `toolgate install`: a client that reads the file afterwards finds a server that works.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio::process::Command;

use super::crm;
use crate::harness::{Finished, Session, Workspace};

/// A workspace whose user has a home.
fn workspace() -> Workspace {
    let mut workspace = crm("http://127.0.0.1:9/v1");
    let home = home(&workspace);
    std::fs::create_dir(&home).unwrap();
    workspace.set("HOME", home.to_str().unwrap());
    workspace
}

fn home(workspace: &Workspace) -> PathBuf {
    workspace.path().join("home")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

async fn install(workspace: &Workspace, arguments: &[&str]) -> Finished {
    workspace.run(&[&["install"], arguments].concat()).await
}

/// Starts what an entry says, somewhere else and with what the client would give it, and lists the tools.
async fn tools_of(entry: &Value, variables: &[(&str, &str)]) -> Vec<String> {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = Command::new(entry["command"].as_str().unwrap());
    command
        .args(
            entry["args"]
                .as_array()
                .unwrap()
                .iter()
                .map(|argument| argument.as_str().unwrap()),
        )
        .current_dir(elsewhere.path())
        .env_clear()
        .envs(variables.iter().copied())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true);
    let mut session = Session::open(command, None).await;
    let listed = session.request("tools/list", json!({})).await;
    let ended = session.close().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let tools = listed["result"]["tools"].as_array().unwrap();
    tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn every_client_gets_a_server_that_starts_from_anywhere() {
    let workspace = workspace();
    for (client, scope, file, pointer) in [
        ("claude-code", "user", "home/.claude.json", "/mcpServers/toolgate"),
        ("claude-code", "project", ".mcp.json", "/mcpServers/toolgate"),
        (
            "claude-desktop",
            "user",
            "home/.config/Claude/claude_desktop_config.json",
            "/mcpServers/toolgate",
        ),
        ("cursor", "user", "home/.cursor/mcp.json", "/mcpServers/toolgate"),
        ("cursor", "project", ".cursor/mcp.json", "/mcpServers/toolgate"),
        ("vscode", "user", "home/.config/Code/User/mcp.json", "/servers/toolgate"),
        ("vscode", "project", ".vscode/mcp.json", "/servers/toolgate"),
        ("codex", "user", "home/.codex/config.toml", "/mcp_servers/toolgate"),
        ("codex", "project", ".codex/config.toml", "/mcp_servers/toolgate"),
    ] {
        if cfg!(not(target_os = "linux")) && file.contains(".config") {
            continue;
        }
        let run = install(&workspace, &[client, "--scope", scope]).await;
        assert_eq!(run.code, Some(0), "{client}: {run:?}");
        assert!(run.stdout.contains("CRM_KEY"), "{client}: {}", run.stdout);
        let text = read(&workspace.path().join(file));
        assert!(!text.contains("k3y-cli"), "{client}: {text}");
        let whole: Value = if client == "codex" {
            serde_json::to_value(toml::from_str::<toml::Table>(&text).unwrap()).unwrap()
        } else {
            serde_json::from_str(&text).unwrap()
        };
        let entry = whole.pointer(pointer).unwrap();
        let tools = tools_of(entry, &[("CRM_KEY", "k")]).await;
        assert_eq!(tools, ["crm__create_thing", "crm__get_thing"], "{client}");
    }
}

#[tokio::test]
async fn a_second_run_finds_the_first_and_removing_restores_the_file() {
    let workspace = workspace();
    let file = home(&workspace).join(".cursor/mcp.json");
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    let theirs = "{\n  \"mcpServers\": {\n    \"a\": { \"command\": \"a\" } // theirs\n  }\n}\n";
    std::fs::write(&file, theirs).unwrap();
    let run = install(&workspace, &["cursor"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let backup = file.with_file_name("mcp.json.toolgate-backup-1");
    assert!(run.stdout.contains(backup.to_str().unwrap()), "{}", run.stdout);
    assert_eq!(read(&backup), theirs);
    let installed = read(&file);

    let run = install(&workspace, &["cursor"]).await;
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains("already"), "{}", run.stdout);
    assert_eq!(read(&file), installed);

    let run = install(&workspace, &["cursor", "--remove"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(read(&file), theirs);
    let run = install(&workspace, &["cursor", "--remove"]).await;
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains("is not in"), "{}", run.stdout);
    let run = install(&workspace, &["cursor", "--remove", "--name", "a"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("another program"), "{}", run.stderr);
    assert_eq!(read(&file), theirs);
    let names = std::fs::read_dir(file.parent().unwrap()).unwrap().count();
    assert_eq!(names, 3, "the file and a backup for each of the two changes");
}

#[tokio::test]
async fn another_entry_of_the_name_is_shown_and_replaced_only_when_asked() {
    let workspace = workspace();
    let file = workspace.path().join("mine.json");
    let theirs = r#"{ "mcpServers": { "toolgate": { "command": "/old", "env": { "CRM_KEY": "sk-live" } } } }"#;
    std::fs::write(&file, theirs).unwrap();
    let arguments = ["claude-code", "--file", "mine.json"];
    for extra in [&[][..], &["--print"]] {
        let run = install(&workspace, &[&arguments[..], extra].concat()).await;
        assert_eq!(run.code, Some(i32::from(extra.is_empty())), "{run:?}");
        for part in ["- command: \"/old\"", "+ command: ", "--force", "[HIDDEN]"] {
            assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        }
        assert!(
            !run.stderr.contains("sk-live") && !run.stdout.contains("sk-live"),
            "{run:?}"
        );
        assert_eq!(read(&file), theirs);
    }
    let run = install(&workspace, &["claude-code", "--file", "mine.json", "--name", "other"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = install(&workspace, &["claude-code", "--file", "mine.json", "--force"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let whole: Value = serde_json::from_str(&read(&file)).unwrap();
    assert_eq!(whole["mcpServers"]["toolgate"], whole["mcpServers"]["other"]);
}

#[tokio::test]
async fn an_entry_of_codex_is_replaced_and_taken_out_again() {
    let hosted = [
        "--url",
        "https://tools.example.com/mcp",
        "--header",
        "Authorization: Bearer ${TOOLGATE_KEY}",
        "--header",
        "X-Team: blue",
    ];
    let theirs = "model = \"x\"\n";
    let hand = "model = \"x\"\n\n[mcp_servers.toolgate]\ncommand = \"toolgate\"\nargs = [\"serve\"]\n";
    for (written, first) in [(theirs, &[][..]), (theirs, &hosted), (hand, &["--force"])] {
        // Nothing to pass on: an entry of a command and its arguments.
        let mut workspace = Workspace::new();
        let home = workspace.path().to_str().unwrap().to_owned();
        workspace.set("HOME", &home);
        let file = workspace.path().join("mine.toml");
        std::fs::write(&file, written).unwrap();
        let arguments = ["codex", "--file", "mine.toml"];
        let run = install(&workspace, &[&arguments[..], first].concat()).await;
        assert_eq!(run.code, Some(0), "{first:?}: {run:?}");
        let run = install(&workspace, &[&arguments[..], &["--force", "--state", "other"]].concat()).await;
        assert_eq!(run.code, Some(0), "{first:?}: {run:?}");
        let whole: toml::Table = toml::from_str(&read(&file)).unwrap();
        let entry = whole["mcp_servers"]["toolgate"].as_table().unwrap();
        assert!(entry["args"].to_string().contains("other"), "{entry}");
        assert_eq!(entry.len(), 2, "{entry}");
        let run = install(&workspace, &[&arguments[..], &["--remove"]].concat()).await;
        assert_eq!(run.code, Some(0), "{first:?}: {run:?}");
        assert_eq!(read(&file), theirs, "{first:?}");
    }
}

#[tokio::test]
async fn nothing_is_said_to_be_replaced_that_is_not() {
    let workspace = workspace();
    let file = workspace.path().join("mine.toml");
    let theirs = "mcp_servers = { toolgate.command = \"x\" }\n";
    std::fs::write(&file, theirs).unwrap();
    let run = install(&workspace, &["codex", "--file", "mine.toml", "--force"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("cannot be edited safely"), "{}", run.stderr);
    assert!(!run.stderr.contains("replac"), "{}", run.stderr);
    assert_eq!(read(&file), theirs);
}

#[tokio::test]
async fn a_broken_file_is_named_with_its_place_and_left() {
    let workspace = workspace();
    for (client, name, text, place) in [
        (
            "cursor",
            "a.json",
            "{\n  \"mcpServers\": { \"key\": sk-live }\n}\n",
            "a.json:2:26",
        ),
        ("codex", "a.toml", "model = \"x\"\nkey = sk-live\n", "a.toml:2:7"),
    ] {
        std::fs::write(workspace.path().join(name), text).unwrap();
        for extra in [&[][..], &["--remove"], &["--print"]] {
            let run = install(&workspace, &[&[client, "--file", name][..], extra].concat()).await;
            assert_eq!(run.code, Some(1), "{run:?}");
            assert!(run.stderr.contains(place), "{}", run.stderr);
            assert!(!run.stderr.contains("sk-live"), "{}", run.stderr);
        }
        assert_eq!(read(&workspace.path().join(name)), text);
    }
    let names = std::fs::read_dir(workspace.path()).unwrap();
    assert!(
        names
            .map(|entry| entry.unwrap().file_name())
            .all(|name| !name.to_string_lossy().contains("backup"))
    );
}

#[tokio::test]
async fn printing_writes_nothing_and_can_be_pasted() {
    let workspace = workspace();
    let run = install(&workspace, &["claude-code", "--print", "--name", "crm"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("this would be added to "), "{}", run.stderr);
    let entry: Value = serde_json::from_str(&run.stdout).unwrap();
    let entry = &entry["mcpServers"]["crm"];
    let path = |name: &str| workspace.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(
        entry,
        &json!({
            "type": "stdio",
            "command": env!("CARGO_BIN_EXE_toolgate"),
            "args": ["serve", "--config", path("config.toml"), "--connectors", path("connectors"), "--state", path("state")],
            "env": { "CRM_KEY": "${CRM_KEY:-}" },
        })
    );
    assert_eq!(std::fs::read_dir(home(&workspace)).unwrap().count(), 0);
    assert!(!workspace.state().exists());
}

#[tokio::test]
async fn a_hosted_server_is_named_without_its_key() {
    let workspace = workspace();
    let url = "https://tools.example.com/mcp";
    let header = "Authorization: Bearer ${TOOLGATE_KEY}";
    let run = install(&workspace, &["codex", "--url", url, "--header", header, "--print"]).await;
    insta::assert_snapshot!(run.stdout, @r#"
    [mcp_servers.toolgate]
    url = "https://tools.example.com/mcp"
    bearer_token_env_var = "TOOLGATE_KEY"
    "#);
    let run = install(&workspace, &["vscode", "--url", url, "--header", header]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("TOOLGATE_KEY"), "{}", run.stdout);

    let run = install(&workspace, &["claude-desktop", "--url", url]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("only with OAuth"), "{}", run.stderr);
    let literal = ["cursor", "--url", url, "--header", "Authorization: Bearer sk-live-1"];
    let run = install(&workspace, &literal).await;
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("${TOOLGATE_KEY}"), "{}", run.stderr);
    assert!(!run.stderr.contains("sk-live"), "{}", run.stderr);
    let run = install(
        &workspace,
        &["cursor", "--url", "http://tools.example.com/mcp", "--header", header],
    )
    .await;
    assert!(run.stderr.contains("unencrypted"), "{}", run.stderr);
    let run = install(&workspace, &["claude-desktop", "--scope", "project"]).await;
    assert_eq!(run.code, Some(2), "{run:?}");
}

#[tokio::test]
async fn the_key_of_the_vault_is_passed_on_when_it_is_a_variable() {
    for (key, expected) in [
        (None, Value::Null),
        (
            Some("k"),
            json!({ "TOOLGATE_MASTER_KEY": "${env:TOOLGATE_MASTER_KEY}" }),
        ),
    ] {
        let mut workspace = workspace();
        let connector = std::fs::read_to_string(workspace.connectors().join("crm.toml")).unwrap();
        workspace.write("crm.toml", connector.replace("env:CRM_KEY", "vault://crm/key"));
        if let Some(key) = key {
            workspace.set("TOOLGATE_MASTER_KEY", key);
        }
        let run = install(&workspace, &["cursor", "--print"]).await;
        assert_eq!(run.code, Some(0), "{run:?}");
        let printed: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(printed["mcpServers"]["toolgate"]["env"], expected);
    }
}

#[tokio::test]
async fn an_entry_that_would_start_nothing_is_not_written() {
    let workspace = workspace();
    std::fs::rename(workspace.connectors(), workspace.path().join("elsewhere")).unwrap();
    let run = install(&workspace, &["cursor"]).await;
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains("there is no folder connectors"), "{}", run.stderr);
    assert_eq!(std::fs::read_dir(home(&workspace)).unwrap().count(), 0);
    let run = install(&workspace, &["cursor", "--print"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let hosted = ["cursor", "--url", "https://tools.example.com/mcp"];
    let run = install(&workspace, &hosted).await;
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let workspace = workspace();
    std::fs::write(home(&workspace).join(".cursor"), "a file").unwrap();
    let run = install(&workspace, &["cursor"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains(".cursor"), "{}", run.stderr);
}

/// The client starts the server with the variables that the entry names, also when the connector is mended later.
#[tokio::test]
async fn a_connector_whose_variables_are_not_known_is_named() {
    let workspace = workspace();
    let whole = std::fs::read_to_string(workspace.connectors().join("crm.toml")).unwrap();
    workspace.write("broken.toml", whole.replace("method = ", "methd = "));
    let run = install(&workspace, &["cursor"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.stderr.contains("error"), "{}", run.stderr);
    let warning = run.stderr.lines().find(|line| line.starts_with("warning: "));
    let warning = warning.unwrap_or_else(|| panic!("{}", run.stderr));
    assert!(warning.contains("broken.toml"), "{warning}");
    assert!(
        warning.contains("passes on no variables") && warning.contains("--force"),
        "{warning}"
    );
    std::fs::remove_file(workspace.connectors().join("broken.toml")).unwrap();
    let run = install(&workspace, &["cursor"]).await;
    assert!(!run.stderr.contains("variables"), "{}", run.stderr);
}

/// A client that starts the server shows little of why it ended.
#[tokio::test]
async fn a_server_that_cannot_start_is_not_installed() {
    let workspace = workspace();
    std::fs::write(workspace.path().join("other.toml"), "name = \"crm\"\n").unwrap();
    let file = workspace.path().join("mine.json");
    let theirs = "{ \"mcpServers\": {} }\n";
    std::fs::write(&file, theirs).unwrap();
    // An entry that is only printed may be for another machine, which has its own connectors.
    for (place, reason, more) in [
        (
            ["--config", "nowhere.toml"],
            "the settings cannot be read",
            &["--print"][..],
        ),
        (["--config", "other.toml"], "other.toml:1:1", &["--print"]),
        (["--connectors", "nowhere"], "there is no folder nowhere", &[]),
    ] {
        for extra in [&[][..], more] {
            let run = install(
                &workspace,
                &[&["cursor", "--file", "mine.json"], &place[..], extra].concat(),
            )
            .await;
            assert_eq!(run.code, Some(3), "{run:?}");
            assert!(run.stderr.contains(reason), "{}", run.stderr);
            assert_eq!(run.stdout, "");
            assert_eq!(read(&file), theirs);
        }
    }
}
