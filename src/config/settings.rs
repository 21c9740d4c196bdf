//! Every setting, with its default.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing::level_filters::LevelFilter;

use super::{AuditConfig, FilesConfig, FindingConfig, LimitsConfig, SandboxConfig, VaultConfig};

/// Settings of a Toolgate server. Every setting has a default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The server as a whole.
    pub server: ServerConfig,
    /// Serving over HTTP.
    pub http: HttpConfig,
    /// How many calls are let through.
    pub limits: LimitsConfig,
    /// Writes that wait for a person.
    pub approvals: ApprovalsConfig,
    /// The audit log.
    pub audit: AuditConfig,
    /// Requests to the connected APIs.
    pub egress: EgressConfig,
    /// The code of actions.
    pub sandbox: SandboxConfig,
    /// Files that results hold.
    pub files: FilesConfig,
    /// Secrets that connectors name with `vault://`.
    pub vault: VaultConfig,
    /// Logs, which go to stderr.
    pub log: LogConfig,
    /// The connectors.
    pub catalog: CatalogConfig,
    /// Which tools agents are shown at once.
    pub finding: FindingConfig,
}

/// The server as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// The name that clients show.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// What agents should know besides what Toolgate tells them about the connectors.
    #[schemars(length(max = 4000), extend("examples" = ["Ask before you create tickets for other teams."]))]
    pub instructions: Option<String>,
    /// How many calls run at a time. The next turn is for the user with a key who runs least.
    #[schemars(range(min = 1, max = 10_000))]
    pub max_concurrent_calls: usize,
    /// How many more calls may wait for their turn. Further ones are refused at once, and so are those of a user with a
    /// key who has three times as many as are left.
    #[schemars(range(min = 0, max = 100_000))]
    pub max_queued_calls: usize,
    /// Longest time of one call, not counting the wait for a person.
    #[schemars(range(min = 1, max = 3_600_000))]
    pub call_timeout_ms: u64,
    /// How long calls that are running may take to finish when the server is stopped.
    #[schemars(range(min = 0, max = 600_000))]
    pub shutdown_grace_ms: u64,
    /// How many tools are listed at a time.
    #[schemars(range(min = 1, max = 10_000))]
    pub tools_page_size: usize,
    /// How many threads serve calls. When left out, as many as there are processor cores.
    #[schemars(range(min = 1, max = 1_024), extend("examples" = [4]))]
    pub worker_threads: Option<usize>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            name: "toolgate".to_owned(),
            instructions: None,
            max_concurrent_calls: 64,
            max_queued_calls: 256,
            call_timeout_ms: 120_000,
            shutdown_grace_ms: 30_000,
            tools_page_size: 100,
            worker_threads: None,
        }
    }
}

/// Serving over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    /// The address to serve on: a port, which only this machine can reach, or an IP address and a port. When left out,
    /// `toolgate serve` talks over stdin and stdout unless `--http` is given.
    #[serde(deserialize_with = "super::listen_address::deserialize")]
    #[schemars(with = "Option<String>", extend("examples" = ["127.0.0.1:8722"]))]
    pub address: Option<SocketAddr>,
    /// Whether callers must show a key, as made by `toolgate keys create`.
    pub authentication: CallerAuthentication,
    /// `Host` headers that are served: names or addresses, with or without a port. Others are refused, so that no web
    /// page reaches this server through a domain of its own. The address that a client connected to is always served.
    #[schemars(length(min = 1), inner(length(min = 1)))]
    pub allowed_hosts: Vec<String>,
    /// `Origin` headers that are served, so that other web pages cannot call tools; `:*` stands for any port. Browsers
    /// are told that these pages may send messages and read the answers.
    #[schemars(inner(length(min = 1)))]
    pub allowed_origins: Vec<String>,
    /// Whether the older HTTP+SSE transport is served, at `/sse` and `/messages`.
    pub legacy_sse: bool,
    /// Longest request body in bytes.
    #[schemars(range(min = 1024, max = 268_435_456))]
    pub max_request_body_bytes: usize,
    /// After how many seconds without a message a session ends.
    #[schemars(range(min = 1, max = 604_800))]
    pub session_idle_seconds: u64,
    /// How many sessions there may be at a time, on each of `/mcp` and `/sse`. A user with a key gets no more than three
    /// times what is left for others. Where there is no room on `/mcp`, a new session ends the one of the same user that
    /// has not been used for longest, if nothing goes on in it.
    #[schemars(range(min = 1, max = 100_000))]
    pub max_sessions: usize,
}

impl Default for HttpConfig {
    fn default() -> Self {
        let hosts = ["localhost", "127.0.0.1", "[::1]"];
        Self {
            address: None,
            authentication: CallerAuthentication::default(),
            allowed_hosts: ["localhost", "127.0.0.1", "::1"].map(String::from).to_vec(),
            allowed_origins: hosts
                .iter()
                .flat_map(|host| [format!("http://{host}:*"), format!("https://{host}:*")])
                .collect(),
            legacy_sse: true,
            max_request_body_bytes: 4 * 1024 * 1024,
            session_idle_seconds: 3600,
            max_sessions: 1_000,
        }
    }
}

/// Whether callers over HTTP must show a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CallerAuthentication {
    /// As soon as a key has been made, and always on an address that others can reach.
    #[default]
    Automatic,
    /// Always.
    Keys,
    /// Never: only on a loopback address, and only while no key is active.
    None,
}

/// Writes that wait for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ApprovalsConfig {
    /// Whether clients that can ask their user are asked. When `false`, only `toolgate approvals` decides: for agents
    /// whose client answers in its user's place, as Codex does when it is told to bypass approvals.
    pub ask_clients: bool,
    /// How long a call waits for a decision made elsewhere (`toolgate approvals`) when its client cannot ask its user
    /// or is not asked.
    #[schemars(range(min = 0, max = 3_600_000))]
    pub wait_ms: u64,
    /// How long an approval can be decided and used.
    #[schemars(range(min = 1_000, max = 604_800_000))]
    pub expires_ms: u64,
    /// How many calls may wait for a person at a time. They do not count as running; further ones are refused.
    #[schemars(range(min = 1, max = 100_000))]
    pub max_waiting: usize,
    /// How many of them may be of one caller.
    #[schemars(range(min = 1, max = 100_000))]
    pub max_waiting_per_caller: usize,
    /// How many bytes of arguments, as JSON, a call may have that waits for a person. They are kept until an hour after the
    /// approval was used or refused, or has expired. Longer calls are refused.
    #[schemars(range(min = 1_024, max = 16_777_216))]
    pub max_argument_bytes: usize,
}

impl Default for ApprovalsConfig {
    fn default() -> Self {
        Self {
            ask_clients: true,
            wait_ms: 60_000,
            expires_ms: 600_000,
            max_waiting: 256,
            max_waiting_per_caller: 64,
            max_argument_bytes: 1_048_576,
        }
    }
}

/// Requests to the connected APIs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EgressConfig {
    /// Longest time to connect.
    #[serde(rename = "connect_timeout_ms", with = "super::milliseconds")]
    #[schemars(with = "u64", range(min = 1, max = 600_000))]
    pub connect_timeout: Duration,
    /// Longest silence within an answer that has begun. How long it may take to begin is the connector's `timeout_ms`.
    #[serde(rename = "read_timeout_ms", with = "super::milliseconds")]
    #[schemars(with = "u64", range(min = 1, max = 600_000))]
    pub read_timeout: Duration,
    /// PEM file of certificate authorities to trust besides the system's. A relative path starts at the folder of this
    /// file.
    #[schemars(extend("examples" = ["company-ca.pem"]))]
    pub extra_ca: Option<PathBuf>,
    /// Hosts whose certificates are not verified when their connector says `verify_ssl = false`. Prefer `extra_ca`.
    #[schemars(inner(length(min = 1)))]
    pub allow_invalid_certificates_for: Vec<String>,
}

impl Default for EgressConfig {
    fn default() -> Self {
        // Contract S3-26.
        Self {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            extra_ca: None,
            allow_invalid_certificates_for: Vec::new(),
        }
    }
}

/// Logs, which go to stderr.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// The least important events that are logged. Headers and bodies are never logged; paths of requests only from
    /// `debug` on, but for those of requests that are refused.
    pub level: LogLevel,
    /// How log lines look.
    pub format: LogFormat,
}

/// How important an event is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What failed.
    Error,
    /// What may become a problem.
    Warn,
    /// What happened.
    #[default]
    Info,
    /// How it happened.
    Debug,
    /// Every step.
    Trace,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Off => Self::OFF,
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The connectors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CatalogConfig {
    /// Whether changed connector files are read again while the server runs.
    pub watch: bool,
}

impl Default for CatalogConfig {
    fn default() -> Self {
        Self { watch: true }
    }
}
