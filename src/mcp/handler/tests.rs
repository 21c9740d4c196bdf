//! The handler as clients of both eras see it, over a stream in memory, with an API behind it.

mod scopes;

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
use crate::approval::{Approvals, gate};
use crate::audit::Audit;
use crate::auth::ScrubberCache;
use crate::catalog::{Loader, folder};
use crate::config::{EgressConfig, LimitsConfig};
use crate::connector::SourceFile;
use crate::egress::Egress;
use crate::engine::Parts;
use crate::policy::{Admission, Bounds, Limits};
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
        let egress = EgressConfig {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_mins(1),
            extra_ca: None,
            allow_invalid_certificates_for: Vec::new(),
        };
        let expires = Duration::from_mins(5);
        let engine = Engine::new(Parts {
            egress: Egress::new(&egress).expect("client"),
            approvals: Approvals::new(Arc::clone(&store), gate::Settings { wait, expires }),
            audit: Audit::start(Arc::clone(&store)),
            secrets: Arc::new(EnvironmentSecrets),
            scrubbers: ScrubberCache::new(),
            admission: Admission::new(Bounds {
                concurrent: 8,
                queued: 8,
                ..Bounds::default()
            }),
            limits: Limits::start(Arc::clone(&store), LimitsConfig::default()),
            call_timeout: Duration::from_mins(1),
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
        rows.into_iter().map(|row| (row.tool, row.outcome)).collect()
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

#[tokio::test]
async fn both_eras_learn_what_the_server_is_for() {
    let server = Server::start(Duration::ZERO).await;
    for lifecycle in [sessions(), stateless()] {
        let client = server.connect(Person::new(None), lifecycle).await;
        let info = client.peer_info().expect("info");
        assert_eq!(
            info.server_info.as_ref().map(|info| info.name.as_str()),
            Some("our-tools")
        );
        let instructions = info.instructions.as_deref().expect("instructions");
        assert!(instructions.ends_with("Ask Ana about the wiki."), "{instructions}");
        assert!(
            instructions.contains("crm (CRM): Customers and their tickets"),
            "{instructions}"
        );
        let capabilities = &info.capabilities;
        assert!(capabilities.tools.is_some() && capabilities.prompts.is_some() && capabilities.resources.is_some());
        let prompts = client.list_prompts(None).await.expect("prompts").prompts;
        assert_eq!(prompts.len(), 2, "{prompts:?}");
        assert!(
            client
                .list_resources(None)
                .await
                .expect("resources")
                .resources
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_resource_that_is_not_there_has_the_code_of_its_era() {
    let server = Server::start(Duration::ZERO).await;
    for (lifecycle, code) in [
        (sessions(), ErrorCode::RESOURCE_NOT_FOUND),
        (stateless(), ErrorCode::INVALID_PARAMS),
    ] {
        let client = server.connect(Person::new(None), lifecycle).await;
        let request = ReadResourceRequestParams::new("toolgate://connectors/crm/SKILL.md");
        assert_eq!(protocol_error(client.read_resource(request).await).code, code);
    }
}

#[tokio::test]
async fn tools_come_in_pages_that_survive_a_change() {
    let server = Server::start(Duration::ZERO).await;
    let client = server.connect(Person::new(None), sessions()).await;
    let names = |page: &ListToolsResult| page.tools.iter().map(|tool| tool.name.to_string()).collect::<Vec<_>>();
    let page = async |cursor: Option<String>| {
        let request = PaginatedRequestParams::default().with_cursor(cursor);
        client.list_tools(Some(request)).await
    };
    let first = page(None).await.expect("page");
    assert_eq!(names(&first), ["crm__create_ticket", "crm__get_ticket"]);
    // A tool that comes in front of the cursor neither shifts nor repeats the others.
    server.install(MORE);
    let second = page(first.next_cursor).await.expect("page");
    assert_eq!(names(&second), ["crm__slow"]);
    assert_eq!(second.next_cursor, None);
    for invented in ["", "x", "YWZ0ZXI", "####"] {
        assert_eq!(
            protocol_error(page(Some(invented.into())).await).code,
            ErrorCode::INVALID_PARAMS,
            "{invented:?}"
        );
    }
    assert_eq!(client.list_all_tools().await.expect("tools").len(), 4);
    let alias = server.handler.get_tool("custom.crm.get_ticket").expect("alias");
    assert_eq!(alias.name, "crm__get_ticket");
    assert!(server.handler.get_tool("crm__nothing").is_none());
}

#[tokio::test]
async fn a_read_is_answered_and_signed() {
    let server = Server::start(Duration::ZERO).await;
    for (lifecycle, signed) in [(sessions(), false), (stateless(), true)] {
        let client = server.connect(Person::new(None), lifecycle).await;
        let result = client
            .call_tool(call("crm__get_ticket", json!({})))
            .await
            .expect("result");
        assert_eq!(result.structured_content, Some(json!({ "id": 7, "title": "Printer" })));
        assert_eq!(
            serde_json::from_str::<Value>(text(&result)).ok(),
            result.structured_content
        );
        let info = result.meta.as_ref().and_then(|meta| meta.0.get(SERVER_INFO_KEY));
        assert_eq!(info.is_some_and(|info| info["name"] == "our-tools"), signed);
    }
}

#[tokio::test]
async fn mistakes_are_told_where_a_model_reads_them() {
    let server = Server::start(Duration::ZERO).await;
    for lifecycle in [sessions(), stateless()] {
        let client = server.connect(Person::new(None), lifecycle).await;
        for (tool, code) in [
            ("crn__get_ticket", "UNKNOWN_API"),
            ("crm__get_tickets", "ENDPOINT_NOT_FOUND"),
        ] {
            let error = protocol_error(client.call_tool(call(tool, json!({}))).await);
            assert_eq!(error.code, ErrorCode::INVALID_PARAMS, "{error:?}");
            assert_eq!(error.data.expect("data")["error"]["code"], code);
        }
        let result = client
            .call_tool(call("crm__create_ticket", json!({ "titel": "x" })))
            .await
            .expect("result");
        assert_eq!(result.is_error, Some(true));
        assert!(text(&result).starts_with("INVALID_REQUEST"), "{}", text(&result));
        assert_eq!(
            result.structured_content.expect("structured")["error"]["code"],
            "INVALID_REQUEST"
        );
    }
    assert_eq!(server.created(), 0);
}

/// The row is there when serving ends, which is before the process exits.
#[tokio::test]
async fn a_client_that_leaves_while_its_person_is_asked_is_not_waited_for() {
    let server = Server::start(Duration::ZERO).await;
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (input, output) = tokio::io::split(far);
    let lifetime = Lifetime::new(CancellationToken::new(), Duration::from_mins(10));
    let serving = super::super::stdio::serve_streams(server.handler.clone(), input, output, lifetime);
    let task = tokio::spawn(serving);
    let mut client = BufReader::new(near);
    let mut hello = initialize();
    hello["params"]["capabilities"]["elicitation"] = json!({});
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "crm__create_ticket", "arguments": { "title": "Toner" } } });
    for message in [hello, call] {
        let line = format!("{message}\n");
        client.write_all(line.as_bytes()).await.expect("written");
        let mut answer = String::new();
        client.read_line(&mut answer).await.expect("read");
    }
    client.shutdown().await.expect("closed");
    tokio::time::timeout(Duration::from_mins(1), task)
        .await
        .expect("within the grace")
        .expect("no panic")
        .expect("served");
    assert_eq!(server.created(), 0);
    let rows = server.rows().await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].0, "crm__create_ticket");
}

#[tokio::test]
async fn a_write_leaves_only_when_a_person_accepts() {
    let server = Server::start(Duration::ZERO).await;
    let answers = [
        (ElicitationAction::Decline, 0),
        (ElicitationAction::Cancel, 0),
        (ElicitationAction::Accept, 1),
    ];
    for (lifecycle, before) in [(sessions(), 0), (stateless(), 1)] {
        for (answer, created) in answers.clone() {
            let person = Person::new(Some(answer.clone()));
            let client = server.connect(person.clone(), lifecycle.clone()).await;
            let result = client.call_tool(create()).await.expect("result");
            assert_eq!(server.created(), before + created, "{answer:?}: {}", text(&result));
            assert_eq!(result.is_error, Some(created == 0), "{answer:?}: {}", text(&result));
            let [question] = &person.asked()[..] else {
                panic!("asked {:?}", person.asked());
            };
            for part in ["CRM", "POST", "/tickets", "Toner"] {
                assert!(question.contains(part), "{question}");
            }
        }
    }
}

#[tokio::test]
async fn a_client_without_forms_is_never_asked() {
    let server = Server::start(Duration::ZERO).await;
    for lifecycle in [sessions(), stateless()] {
        let client = server.connect(Person::new(None), lifecycle).await;
        let CallToolResponse::Complete(result) = client.call_tool_once(create()).await.expect("result") else {
            panic!("asked");
        };
        assert!(text(&result).starts_with("APPROVAL_REQUIRED"), "{}", text(&result));
    }
    assert_eq!(server.created(), 0);
}

#[tokio::test]
async fn an_answer_counts_once_and_only_for_its_own_question() {
    let server = Server::start(Duration::ZERO).await;
    let client = server
        .connect(Person::new(Some(ElicitationAction::Accept)), stateless())
        .await;
    let CallToolResponse::InputRequired(question) = client.call_tool_once(create()).await.expect("result") else {
        panic!("not asked");
    };
    let state = question.request_state.expect("state");
    let accept = || InputResponses::from([("approval".to_owned(), json!({ "action": "accept" }))]);
    let answered = |request: CallToolRequestParams, state: &str| {
        client.call_tool_once(request.with_input_responses(accept()).with_request_state(state))
    };

    for (request, state) in [
        (create(), format!("{state}x")),
        (create(), String::new()),
        (call("crm__get_ticket", json!({})), state.clone()),
    ] {
        let tool = request.name.to_string();
        let error = protocol_error(answered(request, &state).await);
        assert_eq!(error.code, ErrorCode::INVALID_PARAMS, "{error:?}");
        assert_eq!(server.rows().await[0], (tool, "APPROVAL_DENIED".to_owned()));
    }
    assert_eq!(
        server.rows().await.len(),
        4,
        "one row for each call: {:?}",
        server.rows().await
    );
    let other_arguments = call("crm__create_ticket", json!({ "title": "Paper" }));
    let CallToolResponse::Complete(refused) = answered(other_arguments, &state).await.expect("result") else {
        panic!("asked");
    };
    assert!(text(&refused).starts_with("APPROVAL_DENIED"), "{}", text(&refused));
    assert_eq!(server.created(), 0);

    for expected in [false, true] {
        let CallToolResponse::Complete(result) = answered(create(), &state).await.expect("result") else {
            panic!("asked");
        };
        assert_eq!(result.is_error, Some(expected), "{}", text(&result));
        assert_eq!(server.created(), 1);
    }
}

#[tokio::test]
async fn a_state_without_an_answer_asks_again() {
    let server = Server::start(Duration::ZERO).await;
    let client = server
        .connect(Person::new(Some(ElicitationAction::Accept)), stateless())
        .await;
    let CallToolResponse::InputRequired(question) = client.call_tool_once(create()).await.expect("result") else {
        panic!("not asked");
    };
    let again = create().with_request_state(question.request_state.expect("state"));
    let again = client.call_tool_once(again).await.expect("result");
    assert!(matches!(again, CallToolResponse::InputRequired(_)), "{again:?}");
    assert_eq!(server.created(), 0);
}

#[tokio::test]
async fn both_eras_are_told_of_changed_lists() {
    let server = Server::start(Duration::ZERO).await;
    let person = Person::new(None);
    let _session = server.connect(person.clone(), sessions()).await;
    let client = server.connect(Person::new(None), stateless()).await;
    let filter = SubscriptionFilter::builder()
        .tools_list_changed()
        .prompts_list_changed()
        .resources_list_changed()
        .resource_subscriptions(vec!["toolgate://connectors/crm/SKILL.md".to_owned()])
        .build();
    let mut subscription = client.listen(filter).await.expect("subscribed");
    assert_eq!(subscription.acknowledged().tools_list_changed, Some(true));
    assert_eq!(subscription.acknowledged().resource_subscriptions, None);
    let tools = SubscriptionFilter::builder().tools_list_changed().build();
    let mut tools = client.listen(tools).await.expect("subscribed");
    server.install(MORE);
    for list in ["ToolListChanged", "PromptListChanged", "ResourceListChanged"] {
        let notification = format!("{:?}", subscription.next().await.expect("open"));
        assert!(notification.contains(list), "{notification}");
    }
    server.install("");
    for _ in 0..2 {
        let notification = format!("{:?}", tools.next().await.expect("open"));
        assert!(notification.contains("ToolListChanged"), "{notification}");
    }
    person
        .changes
        .subscribe()
        .wait_for(|changes| *changes == 6)
        .await
        .expect("told");
}

#[tokio::test]
async fn progress_goes_to_those_who_asked_for_it() {
    let server = Server::start(Duration::ZERO).await;
    let person = Person::new(None);
    let client = server.connect(person.clone(), sessions()).await;
    // rmcp's client puts a progress token into every request.
    client
        .call_tool(call("crm__get_ticket", json!({})))
        .await
        .expect("result");
    let shown = person.progress.lock().expect("lock").clone();
    assert!(
        shown.len() >= 2 && shown.is_sorted_by(|before, after| before < after),
        "{shown:?}"
    );
}

#[tokio::test]
async fn a_cancelled_call_gives_up_its_request() {
    let server = Server::start(Duration::ZERO).await;
    let client = server.connect(Person::new(None), sessions()).await;
    let request =
        rmcp::model::ClientRequest::CallToolRequest(rmcp::model::CallToolRequest::new(call("crm__slow", json!({}))));
    let handle = client
        .send_cancellable_request(request, PeerRequestOptions::no_options())
        .await
        .expect("sent");
    let mut slow = server.journal.slow.subscribe();
    slow.wait_for(|slow| slow.begun == 1).await.expect("begun");
    handle.cancel(None).await.expect("cancelled");
    slow.wait_for(|slow| slow.dropped == 1).await.expect("dropped");
}

#[tokio::test]
async fn a_call_that_cannot_be_read_is_told_why() {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

    let server = Server::start(Duration::ZERO).await;
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (input, output) = tokio::io::split(far);
    let service = server.handler.on(Channel::Stdio);
    tokio::spawn(super::super::stdio::serve_streams(
        service,
        input,
        output,
        server.lifetime.clone(),
    ));
    let (read, mut write) = tokio::io::split(near);
    let mut lines = BufReader::new(read).lines();
    let handshake = super::super::testing::initialize().to_string();
    write
        .write_all(format!("{handshake}\n").as_bytes())
        .await
        .expect("written");
    lines.next_line().await.expect("read").expect("a line");
    for (params, code, cause) in [
        (
            r#"{"name":"crm__get_ticket","arguments":[]}"#,
            -32602,
            "invalid type: sequence",
        ),
        (r#"{"name":7}"#, -32602, "invalid type: integer"),
        (r#"{"arguments":{}}"#, -32602, "missing field `name`"),
        (
            r#"{"name":"crm__get_ticket","name":"crm__create_ticket"}"#,
            -32602,
            "a key stands twice",
        ),
    ] {
        let call = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
        write.write_all(format!("{call}\n").as_bytes()).await.expect("written");
        let line = lines.next_line().await.expect("read").expect("a line");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(answer["error"]["code"], code, "{line}");
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(cause), "{line}");
    }
    assert_eq!(server.created(), 0);
}
