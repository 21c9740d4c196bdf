//! An installation as the manual assumes it: `toolgate` on the path, the README's connector and the demo's with a
//! running API behind it.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::Command;
use toolgate::sample::{self, Running};

use super::Page;
use super::markdown::blocks;
use crate::committed;
use crate::harness::{Finished, share_compiled_code, within};

/// The key of the sample API.
const DEMO_KEY: &str = "key-of-the-sample-api";

/// In front of a command: another state folder, for whatever has to do with keys.
pub(super) const WITH_KEYS: &str = "exec env TOOLGATE_STATE=with-keys";

pub(super) struct Workspace {
    folder: TempDir,
    /// Ends with the workspace.
    _sample: Running,
}

impl Workspace {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let readme = blocks(&Page::read("README.md").text);
        let connector = readme.iter().find(|block| block.language == "toml").unwrap();
        write(&at("connectors/crm/connector.toml"), &connector.text);
        write(&at("key.txt"), "key-of-my-company\n");
        // Something that begins as a program does, and is quickly packed.
        write(&at("program"), "\u{7f}ELF");
        write(&at("ticket.json"), r#"{"customer_id": "cust_1001", "title": "Lamp"}"#);
        write(&at("customer.json"), r#"{"customer_id": "cust_1001"}"#);

        let described = committed::path("tests/cases/openapi/museum/openapi.yaml");
        write(&at("openapi.yaml"), &std::fs::read_to_string(described).unwrap());
        let manual = blocks(&Page::read("docs/openapi.md").text);
        let overlay = manual.iter().find(|block| block.language == "yaml").unwrap();
        write(&at("museum.overlay.yaml"), &overlay.text);

        let sample = sample::start(sample::ANY_LOOPBACK_PORT, DEMO_KEY.to_owned())
            .await
            .unwrap();
        let address = sample.address().to_string();
        for file in [
            "connector.toml",
            "services/customer.toml",
            "services/ticket.toml",
            "SKILL.md",
            "AGENTS.md",
        ] {
            let text = std::fs::read_to_string(committed::path("connectors/demo-crm").join(file)).unwrap();
            write(
                &at("connectors/demo-crm").join(file),
                &text.replace("127.0.0.1:7878", &address),
            );
        }
        for state in [".local/state/toolgate", "with-keys"] {
            share_compiled_code(&at(state));
        }
        Self {
            folder,
            _sample: sample,
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `program` with the environment that a reader would have.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", programs().display()))
            .env("HOME", self.folder.path())
            .env("DEMO_CRM_KEY", DEMO_KEY)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// A line of shell, with what stands for the reader's own things replaced.
    pub(super) fn shell(&self, line: &str) -> Command {
        let mut command = self.command("sh");
        command.args(["-c", &self.filled_in(line)]);
        command
    }

    /// `text` with what stands for the reader's own things replaced.
    pub(super) fn filled_in(&self, text: &str) -> String {
        text.replace("/path/to/connectors", self.path("connectors").to_str().unwrap())
            .replace("127.0.0.1:8080", "127.0.0.1:0")
    }

    pub(super) async fn run(&self, line: &str) -> Finished {
        let output = within(line, self.shell(line).output()).await.unwrap();
        Finished {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// A key that was just made: its id and itself.
    pub(super) async fn key(&self) -> (String, String) {
        let made = self.run(&format!("{WITH_KEYS} toolgate keys create --user ana")).await;
        let key = made.stdout.trim().to_owned();
        let id = key
            .split('_')
            .nth(1)
            .unwrap_or_else(|| panic!("no key: {}", made.stderr));
        (id.to_owned(), key)
    }

    /// A write that waits: the id of its approval.
    pub(super) async fn approval(&self, title: &str) -> String {
        let call = format!(
            r#"toolgate call demo_crm__create_ticket --input '{{"customer_id": "cust_1001", "title": "{title}"}}'"#
        );
        let refused = self.run(&call).await;
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        let (_, rest) = refused.stderr.split_once("(approval ").unwrap();
        rest.split_once(')').unwrap().0.to_owned()
    }
}

/// The folder of the binary under test.
pub(super) fn programs() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_toolgate")).parent().unwrap()
}

pub(super) fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
