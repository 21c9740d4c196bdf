//! `toolgate test --watch`: an author changes files and sees what comes of it.

use std::fs;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use super::{SEALED, desk};
use crate::harness::{Workspace, eventually, interrupt, within};

const SPEAKS: &str = "return { said: data.input.title };\n";

/// A run that watches.
struct Watching {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    complaints: Arc<Mutex<String>>,
}

impl Watching {
    fn start(workspace: &Workspace, more: &[&str]) -> Self {
        let arguments = [&["test", "desk__speaks", "--watch"], more].concat();
        let mut child = workspace.command(&arguments).stdin(Stdio::null()).spawn().unwrap();
        let complaints = Arc::<Mutex<String>>::default();
        let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
        let heard = Arc::clone(&complaints);
        tokio::spawn(async move {
            while let Ok(Some(line)) = errors.next_line().await {
                *heard.lock().unwrap() += &(line + "\n");
            }
        });
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            child,
            lines,
            complaints,
        }
    }

    /// All lines up to the one that holds `text`.
    async fn shows(&mut self, text: &str) -> Vec<String> {
        let mut seen = Vec::new();
        within(text, async {
            loop {
                let line = self.lines.next_line().await.unwrap();
                let line = line.unwrap_or_else(|| panic!("it ended before {text}: {seen:?}"));
                seen.push(line);
                if seen.last().unwrap().contains(text) {
                    return seen;
                }
            }
        })
        .await
    }

    async fn complains(&self, text: &str) {
        eventually(text, async || {
            self.complaints.lock().unwrap().contains(text).then_some(())
        })
        .await;
    }
}

fn separators(lines: &[String]) -> Vec<&str> {
    let separators = lines.iter().filter(|line| line.starts_with("---"));
    separators.map(String::as_str).collect()
}

#[tokio::test]
async fn every_change_of_what_it_reads_is_a_run_and_errors_end_nothing() {
    let workspace = desk("http://127.0.0.1:9/v1", SEALED, &[("speaks", "read", SPEAKS)]);
    let input = workspace.path().join("x.json");
    fs::write(&input, "{\"title\": \"Ada\"}").unwrap();
    let mut watching = Watching::start(&workspace, &["--input", "x.json"]);
    let first = watching.shows("\"said\": \"Ada\"").await;
    assert_eq!(separators(&first), Vec::<&str>::new());
    watching
        .complains("waiting for changes of connectors/desk and x.json; Ctrl-C ends")
        .await;

    fs::write(&input, "{\"title\": \"Bob\"}").unwrap();
    let seen = watching.shows("\"said\": \"Bob\"").await;
    assert_eq!(separators(&seen), ["--- x.json changed ---"]);

    workspace.write("desk/actions/speaks.js", "return { said: 'twice' + ;\n");
    watching.complains("actions/speaks.js:1:").await;
    // Nothing that a run reads: there is no run.
    workspace.write("desk/actions/.speaks.js.swp", "x");
    workspace.write("other.toml", "name = 1");
    workspace.write("desk/actions/speaks.js", SPEAKS.replace("title }", "title + '!' }"));
    let seen = watching.shows("\"said\": \"Bob!\"").await;
    let again = "--- connectors/desk/actions/speaks.js changed ---";
    assert_eq!(separators(&seen), [again, again]);

    fs::write(&input, "{\"title\": ").unwrap();
    watching.complains("error: x.json is not a JSON object").await;
    fs::write(&input, "{\"title\": \"Eve\"}").unwrap();
    let seen = watching.shows("\"said\": \"Eve!\"").await;
    assert_eq!(separators(&seen), ["--- x.json changed ---"; 2]);

    assert_eq!(interrupt(&mut watching.child).await, Some(0));
    // Arguments that cannot be read are no call.
    assert_eq!(workspace.rows().await.len(), 5);
}

#[tokio::test]
async fn a_connector_that_is_broken_at_first_is_watched_too() {
    let workspace = desk("http://127.0.0.1:9/v1", SEALED, &[("speaks", "read", SPEAKS)]);
    let file = workspace.connectors().join("desk/connector.toml");
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, good.replace("base_url", "base_ulr")).unwrap();
    let mut watching = Watching::start(&workspace, &["--json", "--input", "{\"title\": \"Ada\"}"]);
    watching.complains("`base_url`").await;
    watching.complains("waiting for changes of connectors/desk;").await;
    fs::write(&file, good).unwrap();
    let seen = watching.shows("\"said\": \"Ada\"").await;
    // Programs read what stands there.
    assert_eq!(separators(&seen), Vec::<&str>::new());
    watching
        .complains("--- connectors/desk/connector.toml changed ---")
        .await;
    assert_eq!(interrupt(&mut watching.child).await, Some(0));
}

#[tokio::test]
async fn what_no_change_of_files_can_mend_ends_it() {
    let workspace = desk("http://127.0.0.1:9/v1", SEALED, &[("speaks", "read", SPEAKS)]);
    workspace.config("[server]\nmax_concurent_calls = 1\n");
    let run = workspace.run(&["test", "desk__speaks", "--watch"]).await;
    assert_eq!(run.code, Some(3), "{run:?}");
}
