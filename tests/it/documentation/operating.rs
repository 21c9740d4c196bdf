//! What `docs/operating.md` says of exit codes, signals and reloading.

use tokio::io::{AsyncBufRead, BufReader};
use tokio::process::Command;

use super::workspace::{Workspace, next_line, within, write};

/// Another connector, with one tool.
const ANOTHER: &str = r#"
name = "Another"
description = "Another API"
[connection]
base_url = "https://api.example.com"
[[actions]]
name = "get_thing"
description = "Get a thing"
method = "GET"
path = "/thing"
"#;

#[tokio::test]
async fn exit_codes_say_what_went_wrong() {
    let workspace = Workspace::new().await;
    write(&workspace.path("broken/connector.toml"), "name = 1");
    write(&workspace.path("broken.toml"), "[server]\nnmae = \"toolgate\"");
    let cases = [
        ("toolgate tools", 0),
        ("toolgate check --connectors broken", 1),
        ("toolgate check --config broken.toml", 1),
        ("toolgate call my_company_crm__delete_everything", 1),
        ("toolgate approvals approve 1f0c9a52d3b84e7691c2a4d05e6f7788", 1),
        ("toolgate call", 2),
        ("toolgate logs --limit 0", 2),
        ("toolgate serve --config broken.toml", 3),
        ("toolgate serve --http 0.0.0.0:0", 3),
        ("toolgate logs --state ticket.json", 3),
    ];
    for (line, code) in cases {
        let finished = workspace.run(line).await;
        assert_eq!(finished.code, Some(code), "{line}: {}", finished.stderr);
        assert!(code == 0 || !finished.stderr.is_empty(), "{line} says why");
    }
}

#[tokio::test]
async fn a_hangup_reloads_although_nobody_watches_and_an_interrupt_stops() {
    let workspace = Workspace::new().await;
    write(&workspace.path("config.toml"), "[catalog]\nwatch = false");
    let mut server = workspace
        .shell("exec toolgate serve --config config.toml --http 127.0.0.1:0")
        .spawn()
        .unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap());
    says(&mut log, "tools=12").await;
    says(&mut log, "listening on ").await;
    write(&workspace.path("connectors/another/connector.toml"), ANOTHER);
    let process = server.id().unwrap();
    signal("-HUP", process).await;
    says(&mut log, "tools=13").await;
    signal("-TERM", process).await;
    let ended = within("the server's end", server.wait()).await.unwrap();
    assert!(ended.success(), "{ended}");
}

/// Reads the log until it says `words`.
async fn says(log: &mut (impl AsyncBufRead + Unpin), words: &str) {
    loop {
        let line = next_line(log).await;
        assert!(!line.is_empty(), "the server ended before it said `{words}`");
        if line.contains(words) {
            return;
        }
    }
}

async fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args([name, &process.to_string()]).status().await;
    assert!(sent.unwrap().success());
}
