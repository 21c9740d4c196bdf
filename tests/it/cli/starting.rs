//! What keeps Toolgate from starting, and where it takes its settings from.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::{ACTIONS, crm};
use crate::harness::{Workspace, connector, within};

/// Settings with which nothing is served over HTTP.
const UNSERVED: [(&str, &str); 4] = [
    (
        "open.toml",
        "[http]\nauthentication = \"none\"\naddress = \"0.0.0.0:0\"\n",
    ),
    ("any-page.toml", "[http]\nallowed_origins = [\"*\"]\n"),
    ("any-host.toml", "[http]\nallowed_hosts = [\"*\"]\n"),
    (
        "any-certificate.toml",
        "[egress]\nallow_invalid_certificates_for = [\"*\"]\n",
    ),
];

#[tokio::test]
async fn what_keeps_a_server_from_starting_is_an_error_of_check() {
    let workspace = crm("http://127.0.0.1:9/v1");
    for (name, settings) in UNSERVED {
        std::fs::write(workspace.path().join(name), settings).unwrap();
        let run = workspace.run(&["check", "--config", name]).await;
        assert_eq!(run.code, Some(1), "{name}: {run:?}");
        let told = ["refusing to listen on 0.0.0.0:0", "`*` in `", "holds `*`"];
        assert!(told.iter().any(|told| run.stderr.contains(told)), "{name}: {run:?}");
        let run = workspace.run(&["check", "--json", "--config", name]).await;
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(report["problems"], json!([]), "{name}: {report}");
        let mut found = report["diagnostics"].as_array().unwrap().iter();
        let found = found.find(|found| found["code"] == "unusable-setting").unwrap();
        let number = |name: &str| usize::try_from(found[name].as_u64().unwrap()).unwrap();
        let written = settings.lines().nth(number("line") - 1).unwrap();
        let place = &written[number("column") - 1..];
        assert!(
            place.starts_with("\"*\"") || place.starts_with("\"0.0.0.0"),
            "{name}: {place}"
        );
    }
    std::fs::write(workspace.path().join("ca.toml"), "[egress]\nextra_ca = \"nope.pem\"\n").unwrap();
    let run = workspace.run(&["check", "--config", "ca.toml"]).await;
    assert!(run.stderr.contains("ca.toml:2:12"), "{run:?}");
    std::fs::write(
        workspace.path().join("none.toml"),
        "[http]\nauthentication = \"none\"\n",
    )
    .unwrap();
    let run = workspace.run(&["check", "--config", "none.toml"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    workspace.run(&["keys", "create", "--user", "ana"]).await;
    let run = workspace.run(&["check", "--config", "none.toml"]).await;
    assert!(run.stderr.contains("but there are keys"), "{run:?}");
    assert_eq!(run.code, Some(1), "{run:?}");
}

#[tokio::test]
async fn a_port_alone_is_served_to_this_machine() {
    let workspace = crm("http://127.0.0.1:9/v1");
    for written in ["0", ":0", "localhost:0"] {
        let mut command = workspace.command(&["serve", "--http", written]);
        let mut server = command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(server.stderr.take().unwrap()).lines();
        loop {
            let line = within("a server", said.next_line()).await.unwrap().expect("it listens");
            if line.contains("listening on") {
                assert!(line.contains("http://127.0.0.1:"), "{line}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn what_keeps_it_from_starting_ends_with_three() {
    let workspace = crm("http://127.0.0.1:9/v1");
    std::fs::write(workspace.path().join("file"), "").unwrap();
    for (name, settings) in UNSERVED {
        std::fs::write(workspace.path().join(name), settings).unwrap();
    }
    for (arguments, says) in [
        (
            ["serve", "--config", "missing.toml"].as_slice(),
            "the settings cannot be read",
        ),
        (
            &["call", "crm__get_thing", "--config", "missing.toml"],
            "the settings cannot be read",
        ),
        (&["serve", "--state", "file/state"], "cannot open the store file/state"),
        (
            &["serve", "--connectors", "typo/connectors"],
            "there is no folder typo/connectors: name the one",
        ),
        (
            &["serve", "--connectors", "typo"],
            "there is no folder typo: name the one",
        ),
        (
            &["serve", "--connectors", "file/connectors"],
            "cannot read file/connectors: Not a directory",
        ),
        (
            &["serve", "--http", "0.0.0.0:0", "--config", "open.toml"],
            "refusing to listen on 0.0.0.0:0",
        ),
        (
            &["serve", "--http", "0", "--config", "any-page.toml"],
            "`*` in `allowed_origins` is not an origin",
        ),
        (
            &["serve", "--http", "0", "--config", "any-host.toml"],
            "`*` in `allowed_hosts` is not a host",
        ),
        (
            &["serve", "--config", "any-certificate.toml"],
            "`allow_invalid_certificates_for` holds `*`, which stands for no host",
        ),
        (
            &["logs", "--state", "file/state"],
            "name a folder that this user can write to with --state",
        ),
    ] {
        let run = workspace.run(arguments).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:?}");
        assert!(run.stderr.contains(says), "{run:?}");
        assert!(!run.stderr.contains("listening"), "{run:?}");
        // A cause is told once.
        for line in run.stderr.lines() {
            assert!(line.matches("os error").count() <= 1, "{line}");
        }
    }
}

#[tokio::test]
async fn a_wrong_command_line_ends_with_two() {
    let workspace = crm("http://127.0.0.1:9/v1");
    for arguments in [
        ["bogus"].as_slice(),
        &["serve", "--http", "nowhere"],
        &["call"],
        &["approvals", "approve"],
        &["tools", "--bogus"],
        &[],
    ] {
        let run = workspace.run(arguments).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
    }
}

#[tokio::test]
async fn flags_win_over_the_environment_and_the_environment_over_defaults() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let other = workspace.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(
        other.join("wiki.toml"),
        connector("wiki", "http://127.0.0.1:9/v1", ACTIONS),
    )
    .unwrap();
    let tools = async |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = workspace.command(&[["tools", "--json"].as_slice(), arguments].concat());
        command
            .env_remove("TOOLGATE_CONNECTORS")
            .envs(variables.iter().copied());
        let output = command.output().await.unwrap();
        let tools: Value = serde_json::from_slice(&output.stdout).unwrap();
        tools[0]["connector"].as_str().unwrap().to_owned()
    };
    let environment = [("TOOLGATE_CONNECTORS", "other")];
    assert_eq!(tools(&[], &[]).await, "crm");
    assert_eq!(tools(&[], &environment).await, "wiki");
    assert_eq!(tools(&["--connectors", "connectors"], &environment).await, "crm");

    // Where state is kept is seen by where it appears.
    for (arguments, variable, folder) in [
        (["logs"].as_slice(), "named", "named"),
        (&["logs", "--state", "flagged"], "unused", "flagged"),
    ] {
        let output = workspace
            .command(arguments)
            .env("TOOLGATE_STATE", variable)
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(workspace.path().join(folder).is_dir(), "{folder}");
    }
    assert!(!workspace.path().join("unused").exists());
}

#[tokio::test]
async fn an_empty_variable_counts_as_not_set() {
    let mut workspace = super::crm("http://127.0.0.1:9/v1");
    for name in ["TOOLGATE_CONFIG", "TOOLGATE_CONNECTORS", "TOOLGATE_STATE"] {
        workspace.set(name, "");
    }
    let kept = workspace.path().join("kept").to_str().unwrap().to_owned();
    workspace.set("XDG_STATE_HOME", &kept);
    let run = workspace.run(&["tools", "--json"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("crm__get_thing"), "{}", run.stdout);
    assert!(workspace.path().join("kept/toolgate").is_dir());
    let help = workspace.run(&["serve", "--help"]).await.stdout;
    for name in ["TOOLGATE_CONFIG", "TOOLGATE_CONNECTORS", "TOOLGATE_STATE"] {
        assert!(help.contains(&format!("[env: `{name}`]")), "{help}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_variable_may_name_a_folder_that_is_no_unicode() {
    use std::os::unix::ffi::OsStrExt as _;

    let workspace = super::crm("http://127.0.0.1:9/v1");
    let folder = std::ffi::OsStr::from_bytes(b"\xff");
    std::fs::rename(workspace.connectors(), workspace.path().join(folder)).unwrap();
    let mut command = workspace.command(&["tools", "--json"]);
    let output = command.env("TOOLGATE_CONNECTORS", folder).output().await.unwrap();
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("crm__get_thing"),
        "{output:?}"
    );
}

/// What is in memory, credentials among it, gets into no core dump. A limit of 1 is heeded where cores are handed to a
/// program, too; a system that allowed none before may keep its 0.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_leaves_no_core_dump() {
    let session = crm("http://127.0.0.1:9/v1").serve().await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", session.process())).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert!(
        matches!(words[4..6], ["1", "1"] | ["0", "0"]),
        "{line}: a core dump is possible"
    );
}

/// Services are often started with room for 1,024 files, of which each connection is one.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_over_http_raises_its_limit_of_files_or_says_what_it_lacks() {
    let workspace = crm("http://127.0.0.1:9/v1");
    for (limit, raised, told) in [
        ("ulimit -S -n 256", "3536", None),
        (
            "ulimit -n 600",
            "600",
            Some("300 connections of clients instead of 2512"),
        ),
    ] {
        let server = workspace.command(&["serve", "--http", "127.0.0.1:0"]);
        let mut limited = tokio::process::Command::new("/bin/sh");
        limited
            .args(["-c", &format!("{limit} && exec \"$0\" \"$@\"")])
            .arg(server.as_std().get_program())
            .args(server.as_std().get_args())
            .current_dir(workspace.path())
            .env_clear()
            .envs(
                server
                    .as_std()
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = limited.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut seen = String::new();
        while !seen.contains(told.unwrap_or("listening on")) {
            seen += &within("a line", lines.next_line()).await.unwrap().expect(&seen);
        }
        let limits = format!("/proc/{}/limits", child.id().unwrap());
        // It says that it listens before it looks how many may come.
        crate::harness::eventually(&format!("a limit of {raised} open files"), async || {
            let limits = std::fs::read_to_string(&limits).unwrap();
            let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
            (line.split_whitespace().nth(3) == Some(raised)).then_some(())
        })
        .await;
        assert_eq!(seen.contains("open files"), told.is_some(), "{seen}");
    }
}

/// What compiling needs of memory is given back with the process that does it; the second start finds what was kept.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn action_code_is_compiled_by_another_process_and_once() {
    let workspace = Workspace::new();
    workspace.write(
        "desk/connector.toml",
        "name = \"Desk\"\ndescription = \"Tickets\"\n[connection]\nbase_url = \"https://api.example\"\n\
         [[actions]]\nname = \"one\"\ndescription = \"Gives one\"\neffect = \"read\"\ncode = \"actions/one.js\"\n",
    );
    workspace.write("desk/actions/one.js", "return 1;");
    let mut others_time = Vec::new();
    for _ in 0..2 {
        let mut session = workspace.serve().await;
        let answer = session.call("desk__one", json!({})).await;
        assert_eq!(answer["result"]["structuredContent"]["result"], 1, "{answer}");
        others_time.push(time_of_children(session.process()));
        session.close().await;
    }
    // It takes a tenth of a second at the very least; a tick is a hundredth.
    assert!(others_time[0] > 10 && others_time[1] == 0, "{others_time:?}");
}

/// Processor time of the processes that `process` has started and that have ended, in ticks (proc(5), `stat`).
#[cfg(target_os = "linux")]
fn time_of_children(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name, in brackets, may hold spaces.
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = fields.split(' ').collect();
    // Fields 16 and 17; the first two stand before the bracket's end.
    fields[13].parse::<u64>().unwrap() + fields[14].parse::<u64>().unwrap()
}
