//! Commands of the manual and of `--help` are run.

use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::agent::{tools_over_http, tools_over_stdio};
use super::markdown::{Block, blocks};
use super::workspace::{WITH_KEYS, Workspace};
use super::{help, pages, transcript};
use crate::committed;
use crate::harness::{interrupt, within};

/// Stands for an approval that the reader has.
const APPROVAL: &str = "1f0c9a52d3b84e7691c2a4d05e6f7788";

/// Stands for a key that the reader has.
const KEY: &str = "1f0c9a52d3b84e76";

/// A tool of the README's connector: whoever lists the tools must see it.
pub(super) const README_TOOL: &str = "my_company_crm__create_ticket";

#[tokio::test]
async fn every_command_works() {
    let workspace = Workspace::new().await;
    let demo = transcript::demo();
    for page in pages() {
        let mut shown = String::new();
        for block in blocks(&page.text) {
            let place = format!("{}:{}", page.name, block.line);
            match block.language.as_str() {
                "sh" => shown = run(&workspace, &block, &place).await,
                "text" => check_text(&block, &demo, &shown, &place),
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn every_example_of_the_help_works() {
    let workspace = Workspace::new().await;
    for verb in [
        "serve",
        "demo",
        "check",
        "tools",
        "find",
        "import",
        "analyze",
        "call",
        "test",
        "apis",
        "approvals",
        "keys",
        "logs",
        "stats",
        "vault",
        "install",
        "bundle",
        "schema",
        "completions",
        "man",
        "new",
    ] {
        let help = help::help(&[verb]);
        let (_, examples) = help.split_once("\nExample").unwrap();
        for line in examples.lines().skip(1).take_while(|line| line.starts_with("  ")) {
            let block = Block {
                line: 0,
                language: "sh".to_owned(),
                text: line.trim().to_owned(),
            };
            run(&workspace, &block, &format!("toolgate {verb} --help")).await;
        }
    }
}

/// Runs every line of a block; what the last one printed.
async fn run(workspace: &Workspace, block: &Block, place: &str) -> String {
    let mut text = block.text.clone();
    if text.contains(APPROVAL) {
        text = text.replace(APPROVAL, &workspace.approval(place).await);
    }
    if text.contains(&format!("revoke {KEY}")) {
        text = text.replace(KEY, &workspace.key().await.0);
    }
    let mut printed = String::new();
    for line in text.lines() {
        let place = format!("{place}: {line}");
        match line {
            // The test of the transcript runs it.
            "cargo run --release -- demo" => {}
            // Building takes minutes: that the lock file is there and names the binary's package has to do.
            "cargo install --path . --locked" => {
                let lock = std::fs::read_to_string(committed::path("Cargo.lock")).unwrap();
                assert!(lock.contains("name = \"toolgate\""), "{place}");
            }
            // This test is part of it.
            "tests/run" => {
                let script = committed::path("tests/run");
                let finished = workspace.run(&format!("{} --help", script.display())).await;
                assert_eq!(finished.code, Some(0), "{place}: {}", finished.stderr);
            }
            // Packing a debug build takes a minute; the test of the bundle with its official tool does that.
            _ if line.starts_with("toolgate bundle ") => {
                let finished = workspace.run(&format!("{line} --binary program")).await;
                assert_eq!(finished.code, Some(0), "{place}: {}", finished.stderr);
            }
            // `tests/run languages` runs them, where they can be had.
            _ if line.starts_with("wasm-guests/") => assert!(committed::path(line).exists(), "{place}"),
            // There need not be a container engine here; the tests of the packaging go through these files.
            _ if line.starts_with("docker ") => {
                let files: Vec<&str> = line.split(' ').filter(|word| word.contains('/')).collect();
                assert!(!files.is_empty(), "{place}");
                for file in files {
                    assert!(committed::path(file).exists(), "{place}");
                }
            }
            "toolgate demo --keep" => {
                let tools = tools_over_http(workspace.shell("exec toolgate demo --keep"), None).await;
                assert!(
                    tools.contains(&"demo_crm__get_customer".to_owned()),
                    "{place}: {tools:?}"
                );
            }
            _ if line.ends_with(" --watch") => watch(workspace, line, &place).await,
            _ if line.starts_with("toolgate serve") => serve(workspace, line, &place).await,
            _ if line.starts_with("claude mcp add toolgate ") => {
                let (_, command) = line.split_once(" -- ").unwrap();
                serve(workspace, command, &place).await;
            }
            _ if line.starts_with("toolgate vault set ") && !line.contains('<') => {
                // What is typed at a prompt comes through standard input here.
                let finished = workspace.run(&format!("{line} < key.txt")).await;
                assert_eq!(finished.code, Some(0), "{place}: {}", finished.stderr);
            }
            // Elsewhere: where there is a key, nobody is served without.
            _ if line.starts_with("toolgate keys ") => {
                let finished = workspace.run(&format!("{WITH_KEYS} {line}")).await;
                assert_eq!(finished.code, Some(0), "{place}: {}", finished.stderr);
                printed = finished.stdout;
            }
            // Nothing answers at an example's name: all but the exchange is tried.
            _ if line.starts_with("toolgate import https://") => {
                let finished = workspace.run(line).await;
                assert_eq!(finished.code, Some(1), "{place}: {}", finished.stderr);
                assert!(finished.stderr.contains("cannot fetch"), "{place}: {}", finished.stderr);
            }
            _ if line.starts_with("toolgate ") => {
                let finished = workspace.run(line).await;
                assert_eq!(finished.code, Some(0), "{place}: {}", finished.stderr);
                printed = finished.stdout;
            }
            _ => panic!("{place}: no rule says how to try this command"),
        }
    }
    printed
}

/// A command that goes on until somebody interrupts it.
async fn watch(workspace: &Workspace, line: &str, place: &str) {
    let mut child = workspace.shell(&format!("exec {line}")).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    within(place, async {
        while let Some(line) = said.next_line().await.unwrap() {
            if line.starts_with("waiting for changes") {
                return;
            }
        }
        panic!("{place}: it ended");
    })
    .await;
    assert_eq!(interrupt(&mut child).await, Some(0), "{place}");
}

async fn serve(workspace: &Workspace, line: &str, place: &str) {
    let command = workspace.shell(&format!("exec {line}"));
    let tools = if line.contains(" --http ") {
        tools_over_http(command, None).await
    } else {
        tools_over_stdio(command).await
    };
    assert!(tools.contains(&README_TOOL.to_owned()), "{place}: {tools:?}");
}

/// What is shown as text is a picture, or what a command printed: the one before it, or the demo.
fn check_text(block: &Block, demo: &str, printed: &str, place: &str) {
    let said: String = demo
        .lines()
        .map(|line| line.split_once(" | ").map_or(line, |(_, said)| said).to_owned() + "\n")
        .collect();
    let is_picture = block.text.contains('▶');
    assert!(
        is_picture || block.text == demo || block.text == printed || said.contains(&block.text),
        "{place}: nothing prints this:\n{}\nthe command before it printed:\n{printed}",
        block.text
    );
}
