//! What helps people and programs around the server: schemas, completions, manual pages, and whether it runs.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::crm;
use crate::committed;
use crate::harness::{Workspace, connector, within};

#[tokio::test]
async fn schemas_are_printed_as_they_are_committed() {
    let workspace = Workspace::new();
    for kind in ["config", "connector", "entity"] {
        let run = workspace.run(&["schema", kind]).await;
        let file = committed::path(&format!("docs/schema/{kind}.schema.json"));
        assert_eq!(run.code, Some(0), "{kind}");
        assert_eq!(run.stdout, std::fs::read_to_string(file).unwrap(), "{kind}");
    }
    assert_eq!(workspace.run(&["schema", "tool"]).await.code, Some(2));
}

#[tokio::test]
async fn a_file_may_name_its_schema_in_every_notation() {
    let text = connector("crm", "http://127.0.0.1:9/v1", super::ACTIONS);
    let value: Value = serde_json::to_value(toml::from_str::<toml::Table>(&text).unwrap()).unwrap();
    let mut named = value.clone();
    named["$schema"] = "../connector.schema.json".into();
    let yaml = format!("# yaml-language-server: $schema=../connector.schema.json\n{value}");
    for (name, text) in [
        ("crm.toml", format!("#:schema ../connector.schema.json\n{text}")),
        (
            "crm.toml",
            format!("\"$schema\" = \"../connector.schema.json\"\n{text}"),
        ),
        ("crm.yaml", yaml),
        ("crm.json", named.to_string()),
    ] {
        let workspace = Workspace::new();
        workspace.write(name, &text);
        let run = workspace.run(&["check"]).await;
        assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
        assert!(
            run.stdout.starts_with("1 connector, 2 tools: 0 errors"),
            "{name}: {}",
            run.stdout
        );
    }
    let workspace = crm("http://127.0.0.1:9/v1");
    workspace.config("#:schema config.schema.json\n\"$schema\" = \"config.schema.json\"\n[log]\nlevel = \"warn\"\n");
    assert_eq!(workspace.run(&["check"]).await.code, Some(0));
    named["$schema"] = 7.into();
    workspace.write("crm.json", named.to_string());
    let run = workspace.run(&["check"]).await;
    assert!(run.stderr.contains("unknown key `$schema`"), "{}", run.stderr);
}

#[tokio::test]
async fn every_shell_gets_completions_of_every_verb() {
    let workspace = Workspace::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = workspace.run(&["completions", shell]).await;
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{shell}");
        for word in ["serve", "approvals", "install", "connectors"] {
            assert!(run.stdout.contains(word), "{shell}: {word}");
        }
        // What help does not name, in all the ways in which a shell is told of a verb.
        let sample = [
            "toolgate,sample",
            "toolgate;sample",
            "(sample)",
            "\"sample\"",
            "'sample'",
        ];
        for hidden in ["compile-code", "compile__code"].into_iter().chain(sample) {
            assert!(!run.stdout.contains(hidden), "{shell}: {hidden}");
        }
    }
    assert_eq!(workspace.run(&["completions", "cmd"]).await.code, Some(2));
}

#[cfg(unix)]
#[tokio::test]
async fn bash_reads_its_completions() {
    let workspace = Workspace::new();
    let script = workspace.run(&["completions", "bash"]).await.stdout;
    std::fs::write(workspace.path().join("toolgate.bash"), script).unwrap();
    let complete = "source toolgate.bash; COMP_WORDS=(toolgate ins); COMP_CWORD=1; _toolgate toolgate ins toolgate; \
                    echo \"${COMPREPLY[@]}\"";
    let output = within(
        "bash",
        tokio::process::Command::new("bash")
            .args(["--norc", "-c", complete])
            .current_dir(workspace.path())
            .output(),
    )
    .await;
    let Ok(output) = output else {
        eprintln!("not run: there is no bash");
        return;
    };
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "install\n",
        "{:?}",
        output.stderr
    );
}

#[tokio::test]
async fn there_is_a_page_for_every_verb() {
    let workspace = Workspace::new();
    let run = workspace.run(&["man"]).await;
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains(".TH toolgate 1"), "{}", run.stdout);
    let run = workspace.run(&["man", "pages/man1"]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    let page = |name: &str| std::fs::read_to_string(workspace.path().join("pages/man1").join(name)).unwrap();
    assert!(page("toolgate.1").contains("toolgate\\-install(1)"));
    assert!(page("toolgate-install.1").contains("claude\\-code"));
    assert!(page("toolgate-approvals-list.1").contains("list"));
    assert!(!workspace.path().join("pages/man1/toolgate-sample.1").exists());
    std::fs::write(workspace.path().join("file"), "").unwrap();
    assert_eq!(workspace.run(&["man", "file"]).await.code, Some(1));
}

#[tokio::test]
async fn a_server_that_runs_is_told_from_one_that_does_not() {
    let workspace = crm("http://127.0.0.1:9/v1");
    let run = workspace.run(&["health"]).await;
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("--http"), "{}", run.stderr);

    let mut server = workspace.command(&["serve", "--http", "127.0.0.1:0"]).spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let address = loop {
        let line = within("an address", lines.next_line()).await.unwrap().unwrap();
        if let Some((_, rest)) = line.split_once("listening on http://") {
            break rest.trim_end_matches("/mcp").to_owned();
        }
    };
    let run = workspace.run(&["health", "--http", &address]).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "ok\n"), "{run:?}");
    workspace.config(&format!("[http]\naddress = \"{address}\"\n"));
    assert_eq!(workspace.run(&["health"]).await.code, Some(0));

    within("the server's end", server.kill()).await.unwrap();
    let run = workspace.run(&["health"]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("cannot be reached"), "{}", run.stderr);
}

#[tokio::test]
async fn flags_that_a_verb_has_no_use_for_are_refused() {
    let workspace = Workspace::new();
    for verb in [
        ["demo"].as_slice(),
        &["schema", "config"],
        &["completions", "bash"],
        &["man"],
        &["sample", "--key", "k"],
    ] {
        for flag in ["--config", "--connectors", "--state"] {
            for arguments in [[verb, &[flag, "x"]].concat(), [&[flag, "x"], verb].concat()] {
                let run = workspace.run(&arguments).await;
                assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}: {run:?}");
                let told = format!("error: `{}` has no use for {flag}: leave it out\n", verb[0]);
                assert_eq!(run.stderr, told, "{arguments:?}");
            }
        }
        let help = workspace.run(&[verb[0], "--help"]).await.stdout;
        assert!(!help.contains("--connectors"), "{help}");
    }
}
