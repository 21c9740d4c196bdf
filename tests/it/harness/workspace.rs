//! Folders of one installation, and the binary run in it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use toolgate::store::{ApprovalRecord, AuditFilter, AuditRecord, Store};

use super::{Session, within};

/// One installation: connectors, settings, state and environment.
pub(crate) struct Workspace {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A read, a write that asks nobody, and a write that asks.
pub(crate) const READ_AND_WRITE: &str = r#"
[[actions]]
name = "read"
description = "Reads"
method = "GET"
path = "/read"
[[actions]]
name = "write"
description = "Writes without asking"
method = "POST"
path = "/write"
confirm = false
[[actions]]
name = "careful"
description = "Writes after asking"
method = "POST"
path = "/careful"
"#;

/// A connector for an API on loopback: `rest` holds what differs, from `[auth]` to actions.
pub(crate) fn connector(name: &str, base_url: &str, rest: &str) -> String {
    format!(
        "name = \"{name}\"\ndescription = \"An API for tests\"\n[connection]\nbase_url = \"{base_url}\"\n\
         [security]\nallow_http = true\nip_allowlist = [\"127.0.0.0/8\"]\n{rest}"
    )
}

/// Compiling the engine of scripts takes seconds: tests do it once. `state` is the state folder of an installation.
pub(crate) fn share_compiled_code(state: &Path) {
    let shared = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox");
    std::fs::create_dir_all(state).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, symlink};
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&shared)
            .unwrap();
        symlink(shared, state.join("compiled")).unwrap();
    }
}

impl Workspace {
    /// An installation without connectors, with every setting at its default.
    pub(crate) fn new() -> Self {
        let workspace = Self {
            folder: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
        };
        std::fs::create_dir(workspace.connectors()).unwrap();
        workspace.config("");
        workspace
    }

    /// An installation with one connector, named `crm`.
    pub(crate) fn with(base_url: &str, rest: &str) -> Self {
        let workspace = Self::new();
        workspace.write("crm.toml", connector("crm", base_url, rest));
        workspace
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn connectors(&self) -> PathBuf {
        self.path().join("connectors")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.path().join("state")
    }

    /// Writes a file of the connectors folder the way editors do: all at once.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let scratch = self.path().join("scratch");
        std::fs::write(&scratch, text).unwrap();
        let target = self.connectors().join(name);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::rename(scratch, target).unwrap();
    }

    /// Writes the settings.
    pub(crate) fn config(&self, toml: &str) {
        std::fs::write(self.path().join("config.toml"), toml).unwrap();
    }

    /// Sets a variable of the binary's environment.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// The binary with nothing in its environment but what this workspace says.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_toolgate"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("USER", "olga")
            .env("TOOLGATE_CONFIG", "config.toml")
            .env("TOOLGATE_CONNECTORS", "connectors")
            .env("TOOLGATE_STATE", "state")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs the binary to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Finished {
        let output = within("the end of a run", self.command(arguments).output())
            .await
            .unwrap();
        Finished {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the binary to its end with `input` on its standard input.
    pub(crate) async fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Finished {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A verb that does not want it closes it.
        drop(stdin.write_all(input).await);
        drop(stdin);
        let output = within("the end of a run", child.wait_with_output()).await.unwrap();
        Finished {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Stores a secret as an operator does.
    pub(crate) async fn store_secret(&self, name: &str, value: &str) {
        let run = self.run_with_input(&["vault", "set", name], value.as_bytes()).await;
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }

    /// Serves over stdio to a client that cannot ask anybody.
    pub(crate) async fn serve(&self) -> Session {
        Session::open(self.command(&["serve"]), None).await
    }

    /// Serves over stdio to a client whose person answers every question with `action`.
    pub(crate) async fn serve_to_person(&self, action: &'static str) -> Session {
        Session::open(self.command(&["serve"]), Some(action)).await
    }

    pub(crate) async fn store(&self) -> Arc<dyn Store> {
        toolgate::store::open(&self.state()).await.unwrap()
    }

    /// All audit rows, oldest first.
    pub(crate) async fn rows(&self) -> Vec<AuditRecord> {
        let mut rows = self.store().await.read_audit(&AuditFilter::default()).await.unwrap();
        rows.reverse();
        rows
    }

    /// The one audit row there must be.
    pub(crate) async fn row(&self) -> AuditRecord {
        let mut rows = self.rows().await;
        assert_eq!(rows.len(), 1, "{rows:#?}");
        rows.remove(0)
    }

    /// All approvals, newest first.
    pub(crate) async fn approvals(&self) -> Vec<ApprovalRecord> {
        self.store().await.list_approvals(None, None, 100).await.unwrap()
    }
}
