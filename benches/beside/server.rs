//! The two servers as processes of their own, and what the system says about them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// The value of the API key; the product looks for it in every answer.
const KEY: &str = "bench-key-0123456789";

const CONNECTOR: &str = r#"
name = "Bench"
description = "One read"
[connection]
base_url = "http://ADDRESS/v1"
[security]
allow_http = true
ip_allowlist = ["127.0.0.0/8"]
# Counted as on a busy server, and none is refused.
[security.rate_limit]
requests_per_minute_per_action = 10000000
requests_per_minute = 10000000
requests_per_day = 1000000000
[auth]
type = "api_key"
header_name = "X-API-Key"
key = "env:BENCH_KEY"
"#;

const ACTION: &str = r#"
[[actions]]
name = "NAME"
description = "Get one customer"
method = "GET"
path = "/customers/{customer_id}"
[[actions.input]]
name = "customer_id"
type = "TEXT"
required = true
"#;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `examples/bare_server.rs`.
    Bare,
    /// The product, with a catalog of this many actions.
    Toolgate { actions: usize },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Http,
    Stdio,
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: Option<SocketAddr>,
    pub(crate) pipes: Option<(ChildStdin, ChildStdout)>,
    _folder: TempDir,
}

impl Server {
    pub(crate) async fn start(kind: Kind, transport: Transport, upstream: SocketAddr) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = match kind {
            Kind::Bare => {
                let mut command = Command::new(bare_server());
                command.args([
                    if transport == Transport::Http { "http" } else { "stdio" },
                    &format!("http://{upstream}/v1/customers"),
                ]);
                command
            }
            Kind::Toolgate { actions } => {
                write_connector(folder.path(), upstream, actions);
                let mut command = Command::new(env!("CARGO_BIN_EXE_toolgate"));
                command
                    .arg("serve")
                    .arg("--connectors")
                    .arg(folder.path().join("connectors"));
                command.arg("--state").arg(folder.path().join("state"));
                command.env("BENCH_KEY", KEY);
                if transport == Transport::Http {
                    command.args(["--http", "127.0.0.1:0"]);
                }
                command
            }
        };
        command.kill_on_drop(true).stderr(Stdio::piped());
        if transport == Transport::Stdio {
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
        }
        let mut child = command.spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut address = None;
        while transport == Transport::Http && address.is_none() {
            let line = stderr.next_line().await.unwrap().expect("the server's address");
            let named = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
            address = named.and_then(|address| address.parse().ok());
        }
        // A pipe that nobody reads would stop the server in the end.
        tokio::spawn(async move { while let Ok(Some(_)) = stderr.next_line().await {} });
        let pipes = child.stdin.take().zip(child.stdout.take());
        Self {
            child,
            address,
            pipes,
            _folder: folder,
        }
    }

    /// Processor time that the process has used so far, in the kernel and out of it.
    pub(crate) fn processor_time(&self) -> Duration {
        // Nanoseconds per thread; a server's threads live as long as it does.
        let tasks = std::fs::read_dir(self.proc("task")).unwrap();
        let nanoseconds = tasks.filter_map(|task| {
            let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    /// Resident memory in MiB: now, and the most so far.
    pub(crate) fn memory(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(self.proc("status")).unwrap();
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            let kibibytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            kibibytes / 1024.0
        };
        (field("VmRSS"), field("VmHWM"))
    }

    fn proc(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.child.id().unwrap()))
    }
}

fn write_connector(folder: &Path, upstream: SocketAddr, actions: usize) {
    let folder = folder.join("connectors");
    std::fs::create_dir(&folder).unwrap();
    // A connector holds a bounded number of actions; the first one's is called.
    let names = (0..actions).map(|number| match number {
        0 => "get_customer".to_owned(),
        number => format!("get_customer_{number}"),
    });
    let names: Vec<String> = names.collect();
    for (number, names) in names.chunks(100).enumerate() {
        let mut text = CONNECTOR.replace("ADDRESS", &upstream.to_string());
        if number > 0 {
            text = text.replace("\"Bench\"", &format!("\"Bench {number}\""));
        }
        text.extend(names.iter().map(|name| ACTION.replace("NAME", name)));
        let folder = folder.join(format!("bench_{number}"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("connector.toml"), text).unwrap();
    }
}

fn bare_server() -> PathBuf {
    // Examples are built beside the programs.
    let program = Path::new(env!("CARGO_BIN_EXE_toolgate"));
    program.with_file_name("examples").join("bare_server")
}
