//! The handler as clients of both eras see it, over a stream in memory, with an API behind it.

mod asking;
mod calling;
mod scopes;
mod telling;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::routing::{get, post};
use rmcp::model::{
    CallToolResult, ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult, ElicitationAction,
    ElicitationCapability, ErrorCode, Implementation, InputResponses, ProgressNotificationParam, ProtocolVersion,
};
use rmcp::service::{ClientLifecycleMode, PeerRequestOptions, RoleClient, RunningService, ServiceError};
use rmcp::{ClientHandler, ClientServiceExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::super::testing::{any_port, initialize};
use super::*;
use crate::approval::{Approvals, Settings};
use crate::catalog::{Loader, folder};
use crate::config::Config;
use crate::connector::SourceFile;
use crate::crypto::HashingKey;
use crate::engine::Parts;
use crate::policy::{Admission, Bounds};
use crate::store::{self, AuditFilter, Store};
use crate::vault::EnvironmentSecrets;

/// What the API has seen.
#[derive(Debug, Default)]
struct Journal {
    created: AtomicU32,
    slow: watch::Sender<Slow>,
}

#[derive(Debug, Default)]
struct Slow {
    begun: u32,
    dropped: u32,
}

/// Counts a request that was given up.
struct Dropped(Arc<Journal>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.slow.send_modify(|slow| slow.dropped += 1);
    }
}

async fn api() -> (std::net::SocketAddr, Arc<Journal>) {
    let journal = Arc::new(Journal::default());
    let routes = axum::Router::new()
        .route("/ticket", get(async || Json(json!({ "id": 7, "title": "Printer" }))))
        .route(
            "/tickets",
            post(async |State(journal): State<Arc<Journal>>, Json(body): Json<Value>| {
                journal.created.fetch_add(1, Ordering::SeqCst);
                Json(json!({ "id": 8, "title": body["title"] }))
            }),
        )
        .route(
            "/slow",
            get(async |State(journal): State<Arc<Journal>>| {
                let _dropped = Dropped(Arc::clone(&journal));
                journal.slow.send_modify(|slow| slow.begun += 1);
                std::future::pending::<()>().await;
            }),
        )
        .with_state(Arc::clone(&journal));
    let listener = tokio::net::TcpListener::bind(any_port()).await.expect("bound");
    let address = listener.local_addr().expect("address");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (address, journal)
}

/// A server with one connector, and what stands behind it.
struct Server {
    engine: Engine,
    store: Arc<dyn Store>,
    loader: Mutex<Loader>,
    handler: Handler,
    lifetime: Lifetime,
    journal: Arc<Journal>,
    address: std::net::SocketAddr,
    _state: TempDir,
}

impl Server {
    /// A server whose calls wait `wait` for decisions made elsewhere.
    async fn start(wait: Duration) -> Self {
        crate::crypto::install_tls_provider();
        let (address, journal) = api().await;
        let state = tempfile::tempdir().expect("folder");
        let store = store::open(state.path()).await.expect("store");
        let mut config = Config::default();
        config.egress.read_timeout = Duration::from_mins(1);
        let expires = Duration::from_mins(5);
        let compiled = state.path().join("compiled");
        let key = HashingKey::new(&[1; 32]);
        let parts = Parts::of(&config, &store, compiled, key, Arc::new(EnvironmentSecrets));
        let engine = Engine::new(Parts {
            approvals: Approvals::new(
                Arc::clone(&store),
                Settings {
                    wait,
                    expires,
                    most_argument_bytes: 65_536,
                },
            ),
            admission: Admission::new(Bounds {
                concurrent: 8,
                queued: 8,
                ..Bounds::default()
            }),
            call_timeout: Duration::from_mins(1),
            ..parts.expect("parts")
        });
        let lifetime = Lifetime::new(CancellationToken::new(), Duration::from_secs(1));
        let presentation = Presentation {
            name: "our-tools".to_owned(),
            instructions: Some("Ask Ana about the wiki.".to_owned()),
            page_size: 2,
            ..Presentation::default()
        };
        let server = Self {
            handler: Handler::new(engine.clone(), presentation, lifetime.clone()).expect("key"),
            engine,
            store,
            loader: Mutex::default(),
            lifetime,
            journal,
            address,
            _state: state,
        };
        server.install("");
        server
    }

    /// Replaces the catalog by one with `more` actions.
    fn install(&self, more: &str) {
        self.install_all(&[("crm.toml", &format!("{CRM}{more}"))]);
    }

    /// Replaces the catalog by these files, one for each connector. What did not change is kept.
    fn install_all(&self, files: &[(&str, &str)]) {
        let connectors = files.iter().map(|(name, text)| {
            let file = SourceFile {
                shown: (*name).into(),
                relative: (*name).into(),
                text: text.replace("{port}", &self.address.port().to_string()),
            };
            folder::ConnectorSource {
                path: (*name).into(),
                code: Vec::new(),
                files: vec![file],
            }
        });
        let sources = folder::Sources {
            connectors: connectors.collect(),
            problems: Vec::new(),
        };
        let report = self.loader.lock().expect("lock").load_sources(sources);
        assert!(!report.has_errors(), "{:?}", report.diagnostics);
        assert!(self.engine.install(report.catalog).is_empty());
    }

    /// Connects `person` of the local user in the given era.
    async fn connect(&self, person: Person, lifecycle: ClientLifecycleMode) -> Client {
        self.connect_as(Principal::local(), person, lifecycle).await
    }

    /// Connects `person` in the given era.
    async fn connect_as(&self, principal: Principal, person: Person, lifecycle: ClientLifecycleMode) -> Client {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let (input, output) = tokio::io::split(far);
        let service = self.handler.on(Channel::Http).acting_for(Arc::new(principal));
        tokio::spawn(super::super::stdio::serve_streams(
            service,
            input,
            output,
            self.lifetime.clone(),
        ));
        person.serve_with_lifecycle(near, lifecycle).await.expect("connected")
    }

    /// Tool and outcome of each audit row, newest first.
    async fn rows(&self) -> Vec<(String, String)> {
        let rows = self.store.read_audit(&AuditFilter::default()).await.expect("rows");
        rows.into_iter()
            .map(|row| (row.tool, row.outcome.to_string()))
            .collect()
    }

    fn created(&self) -> u32 {
        self.journal.created.load(Ordering::SeqCst)
    }
}

const CRM: &str = r#"
name = "CRM"
description = "Customers and their tickets"
[connection]
base_url = "http://127.0.0.1:{port}"
[security]
allow_http = true
ip_allowlist = ["127.0.0.0/8"]
[auth]
type = "none"
[[actions]]
name = "get_ticket"
description = "Reads a ticket"
method = "GET"
path = "/ticket"
[[actions]]
name = "create_ticket"
description = "Opens a ticket"
method = "POST"
path = "/tickets"
body = { title = "{{title}}" }
[[actions.input]]
name = "title"
type = "TEXT"
required = true
[[actions]]
name = "slow"
description = "Never answers"
method = "GET"
path = "/slow"
"#;

const MORE: &str = r#"
[[actions]]
name = "close_ticket"
description = "Closes a ticket"
method = "DELETE"
path = "/ticket"
"#;

type Client = RunningService<RoleClient, Person>;

/// A client with a person in front of it.
#[derive(Clone)]
struct Person {
    /// What the person answers; a client without an answer has no forms.
    answer: Option<ElicitationAction>,
    asked: Arc<Mutex<Vec<String>>>,
    progress: Arc<Mutex<Vec<f64>>>,
    changes: Arc<watch::Sender<u32>>,
}

impl Person {
    fn new(answer: Option<ElicitationAction>) -> Self {
        Self {
            answer,
            asked: Arc::default(),
            progress: Arc::default(),
            changes: Arc::new(watch::Sender::new(0)),
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("lock").clone()
    }
}

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        let mut capabilities = ClientCapabilities::default();
        capabilities.elicitation = self.answer.is_some().then(ElicitationCapability::new);
        ClientConfig::new(capabilities, Implementation::new("test client", "1.0"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, .. } = request else {
            panic!("not a form");
        };
        self.asked.lock().expect("lock").push(message);
        Ok(ElicitResult::new(
            self.answer.clone().expect("a client without forms is not asked"),
        ))
    }

    async fn on_progress(&self, progress: ProgressNotificationParam, _context: NotificationContext<RoleClient>) {
        self.progress.lock().expect("lock").push(progress.progress);
    }

    async fn on_tool_list_changed(&self, _context: NotificationContext<RoleClient>) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    async fn on_prompt_list_changed(&self, _context: NotificationContext<RoleClient>) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    async fn on_resource_list_changed(&self, _context: NotificationContext<RoleClient>) {
        self.changes.send_modify(|changes| *changes += 1);
    }
}

fn sessions() -> ClientLifecycleMode {
    ClientLifecycleMode::Initialize
}

fn stateless() -> ClientLifecycleMode {
    let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
    ClientLifecycleMode::Discover { preferred_versions }
}

fn call(tool: &str, arguments: Value) -> CallToolRequestParams {
    let Value::Object(arguments) = arguments else {
        panic!("not an object");
    };
    CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments)
}

fn create() -> CallToolRequestParams {
    call("crm__create_ticket", json!({ "title": "Toner" }))
}

fn text(result: &CallToolResult) -> &str {
    &result.content[0].as_text().expect("text").text
}

fn protocol_error(result: Result<impl std::fmt::Debug, ServiceError>) -> ErrorData {
    match result.expect_err("an error") {
        ServiceError::McpError(error) => error,
        other => panic!("{other:?}"),
    }
}
