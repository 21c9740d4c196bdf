//! `toolgate serve`: MCP over stdio, or over HTTP for many agents.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::secrets::{self, Place};
use super::switches::Switches;
use super::{Failure, Global, assemble, check_code, http_settings, keys, output};
use crate::audit::upkeep;
use crate::catalog::watch::FolderWatch;
use crate::catalog::{Catalog, Loader, Report};
use crate::config::{self, CallerAuthentication, Config, HttpConfig, Locations};
use crate::diagnostics::Severity;
use crate::engine::{Engine, unanswered};
use crate::mcp::http::HttpSettings;
use crate::mcp::{self, Authentication, Handler, Lifetime, Presentation};
use crate::process;
use crate::store::Store;
use crate::vault::KeySource;

/// Serve the tools to agents.
///
/// Speaks MCP over stdin and stdout, as agents launch it, or over HTTP with --http.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate serve
  toolgate serve --http 127.0.0.1:8080

Over HTTP, callers show a key as soon as there is one, and always on addresses that others can reach:
see `toolgate keys`. `/mcp` is Streamable HTTP and `/sse` with `/messages` the older HTTP+SSE transport.
Connector files are read again when they change; what is broken is served as it last worked.

Exit codes: 0 the client closed the connection, or a signal ended the server; 2 usage;
3 Toolgate cannot start.")]
pub(super) struct Serve {
    /// Serve over HTTP on this port or address, e.g. 8080 or 127.0.0.1:8080 [default: `http.address` of the settings, else
    /// stdio].
    #[arg(long, value_name = "ADDR", value_parser = config::listen_address)]
    http: Option<SocketAddr>,
}

impl Serve {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let config = assemble::config(&locations)?;
        // The folder that is meant when none is named may come later, with the first connector.
        if assemble::names_connectors(global) {
            assemble::find_connectors(&locations)?;
        }
        assemble::start_logging(&config);
        let store = assemble::store(&locations).await?;
        let engine = assemble::engine(&config, &locations, &store)?;

        // Before the files are read: no change may fall between reading and watching.
        let watch = config.catalog.watch.then(|| watch(&locations)).flatten();
        let mut loader = Loader::default();
        let report = loader.load(&locations.connectors);
        log(&report, &locations);
        let switches = Switches::read(Arc::clone(&store)).await?;
        let master_key = KeySource::of(&config.vault, &locations.state);
        install(&engine, &report, &switches, &master_key);
        let reload = keep_current(engine.clone(), loader, locations, watch, switches, master_key);

        let upkeep = keep_up(&engine, Arc::clone(&store), &config);

        let served = if let Some(address) = self.http.or(config.http.address) {
            serve_http(&engine, &config, address, &store).await
        } else {
            serve_stdio(&engine, &config).await
        };
        reload.abort();
        upkeep.abort();
        engine.close().await;
        served
    }
}

/// Keeps the audit log up, mostly while nothing else is to be done, and ends the calls in it that nobody answered.
fn keep_up(engine: &Engine, store: Arc<dyn Store>, config: &Config) -> JoinHandle<()> {
    let retention = upkeep::retention(config.audit.retention_days);
    let engine = engine.clone();
    let is_idle = move || engine.calls_in_flight() == 0;
    tokio::spawn(async move {
        let ending = unanswered::run(Arc::clone(&store), Timestamp::now);
        tokio::join!(upkeep::run(store, retention, is_idle, Timestamp::now), ending);
    })
}

/// How many threads the settings want for calls. Settings that cannot be read are reported when they are read again.
pub(super) fn workers(global: &Global) -> Option<usize> {
    let config = config::load(&assemble::named_locations(global).ok()?).ok()?;
    config.server.worker_threads
}

async fn serve_stdio(engine: &Engine, config: &Config) -> Result<(), Failure> {
    let (handler, lifetime) = handler(engine, config)?;
    mcp::stdio::serve(handler, lifetime)
        .await
        .map_err(|error| Failure::Other(error.into()))
}

async fn serve_http(
    engine: &Engine,
    config: &Config,
    address: SocketAddr,
    store: &Arc<dyn Store>,
) -> Result<(), Failure> {
    let keys = store.list_keys().await.map_err(|error| Failure::Setup(error.into()))?;
    let any_key = keys::any_opens(&keys);
    if let Some((_, problem)) = http_settings::problems(&config.http, Some(address), any_key)
        .into_iter()
        .next()
    {
        return Err(Failure::Setup(anyhow::anyhow!(problem)));
    }
    let authentication = authentication(config, address, store, any_key);
    let listener = mcp::http::bind(address, &authentication)
        .await
        .map_err(|error| Failure::Setup(error.into()))?;
    if !mcp::http::is_private(address) && config.http.allowed_hosts == HttpConfig::default().allowed_hosts {
        tracing::info!(
            "clients reach this server by its address only; names of it go into `allowed_hosts` under `[http]`"
        );
    }
    http(engine, config, listener, authentication).await
}

/// How callers over HTTP prove who they are.
fn authentication(config: &Config, address: SocketAddr, store: &Arc<dyn Store>, any_key: bool) -> Authentication {
    let authentication = match config.http.authentication {
        CallerAuthentication::None => Authentication::None,
        CallerAuthentication::Automatic if mcp::http::is_private(address) => {
            Authentication::OnceThereIsAKey(Arc::clone(store))
        }
        CallerAuthentication::Automatic | CallerAuthentication::Keys => Authentication::Keys(Arc::clone(store)),
    };
    if authentication.protects() && !any_key {
        tracing::warn!("no key is active, so nobody is let in; make one with `toolgate keys create --user NAME`");
    }
    authentication
}

/// Serves over HTTP until a signal comes.
pub(super) async fn http(
    engine: &Engine,
    config: &Config,
    listener: TcpListener,
    authentication: Authentication,
) -> Result<(), Failure> {
    let address = listener.local_addr()?;
    let (handler, lifetime) = handler(engine, config)?;
    output::complain(&format!("listening on http://{address}/mcp"));
    mcp::http::serve(
        listener,
        move |channel, principal| handler.on(channel).acting_for(principal),
        &settings(config, authentication),
        lifetime,
    )
    .await
    .map_err(|error| Failure::Setup(error.into()))
}

fn handler(engine: &Engine, config: &Config) -> Result<(Handler, Lifetime), Failure> {
    let lifetime = Lifetime::new(
        shutdown_signal(),
        Duration::from_millis(config.server.shutdown_grace_ms),
    );
    let handler = Handler::new(engine.clone(), presentation(config), lifetime.clone())
        .map_err(|error| Failure::Setup(error.into()))?
        .asking_clients(config.approvals.ask_clients);
    Ok((handler, lifetime))
}

fn watch(locations: &Locations) -> Option<FolderWatch> {
    match FolderWatch::start(&locations.connectors) {
        Ok(watch) => Some(watch),
        Err(error) => {
            tracing::warn!(%error, "changes of connector files are not noticed; send SIGHUP to read them again");
            None
        }
    }
}

/// Reads connectors again whenever SIGHUP comes and, if they are watched, when their files change.
fn keep_current(
    engine: Engine,
    mut loader: Loader,
    locations: Locations,
    mut watch: Option<FolderWatch>,
    mut switches: Switches,
    master_key: KeySource,
) -> JoinHandle<()> {
    // Listened for from now on: an unheard SIGHUP ends a process.
    let mut closed = hangups();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = next_change(&mut watch) => {}
                () = next_hangup(&mut closed) => {}
                () = switches.turned() => {
                    serve_catalog(&engine, engine.catalog().with_disabled(switches.disabled().clone()));
                    continue;
                }
            }
            // Reading and compiling can take a while: the workers that serve calls must not wait for it.
            let (folder, preparing) = (locations.connectors.clone(), engine.clone());
            let reading = tokio::task::spawn_blocking(move || {
                // A mistake in a script must not take down a tool that works.
                let report = loader.reload(&folder, &|source| check_code::faults(&preparing, source));
                (loader, report)
            });
            let Ok((again, report)) = reading.await else {
                tracing::error!("reading the connectors failed; they are served as they are until the next start");
                return;
            };
            loader = again;
            log(&report, &locations);
            if report.changed {
                install(&engine, &report, &switches, &master_key);
            }
        }
    })
}

async fn next_change(watch: &mut Option<FolderWatch>) {
    match watch {
        Some(watch) => watch.changed().await,
        None => std::future::pending().await,
    }
}

#[cfg(unix)]
type Hangups = Option<tokio::signal::unix::Signal>;
#[cfg(not(unix))]
type Hangups = Option<std::convert::Infallible>;

fn hangups() -> Hangups {
    #[cfg(unix)]
    return tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok();
    #[cfg(not(unix))]
    None
}

async fn next_hangup(hangups: &mut Hangups) {
    #[cfg(unix)]
    if let Some(signal) = hangups
        && signal.recv().await.is_some()
    {
        return;
    }
    #[cfg(not(unix))]
    let _: &Hangups = hangups;
    std::future::pending::<()>().await;
}

fn install(engine: &Engine, report: &Report, switches: &Switches, master_key: &KeySource) {
    switches.sight(report);
    serve_catalog(engine, report.catalog.with_disabled(switches.disabled().clone()));
    let (catalog, store, master_key) = (engine.catalog(), Arc::clone(switches.store()), master_key.clone());
    // Beside the start: no client waits for it. The tools are offered all the same, since a secret that is stored later
    // is found by the next call.
    tokio::spawn(async move {
        for problem in secrets::unset(catalog.connectors(), Place::Open(&store), Some(&master_key)).await {
            tracing::error!("{problem}");
        }
    });
}

fn serve_catalog(engine: &Engine, catalog: Catalog) {
    let tools = catalog.tools().len();
    for unroutable in engine.install(catalog) {
        tracing::error!(connector = unroutable.connector, error = %unroutable.error, "a connector cannot be reached");
    }
    tracing::info!(tools, "the catalog is in place");
    // Beside the start as well: a call waits for its own action's code only.
    let preparing = engine.clone();
    tokio::spawn(async move { preparing.prepare_code().await });
}

fn log(report: &Report, locations: &Locations) {
    for finding in &report.diagnostics {
        let place = format!("{}:{}:{}", finding.file.display(), finding.line, finding.column);
        let help = finding.help.as_deref();
        match finding.severity {
            Severity::Error => tracing::error!(place, help, "{}", finding.message),
            Severity::Warning => tracing::warn!(place, help, "{}", finding.message),
            Severity::Note => tracing::info!(place, help, "{}", finding.message),
        }
    }
    for problem in assemble::problems(report) {
        tracing::error!("{problem}");
    }
    if report.catalog.connectors().is_empty() && report.diagnostics.is_empty() {
        tracing::warn!("{}", assemble::no_connectors(&locations.connectors));
    }
}

/// Cancelled by Ctrl-C or SIGTERM.
pub(super) fn shutdown_signal() -> CancellationToken {
    let token = CancellationToken::new();
    let cancel = token.clone();
    tokio::spawn(async move {
        interrupted().await;
        cancel.cancel();
    });
    token
}

/// Returns at Ctrl-C or SIGTERM.
pub(super) async fn interrupted() {
    #[cfg(unix)]
    if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
        return;
    }
    drop(tokio::signal::ctrl_c().await);
}

/// What the settings say about how the server shows itself.
pub(super) fn presentation(config: &Config) -> Presentation {
    Presentation {
        name: config.server.name.clone(),
        instructions: config.server.instructions.clone(),
        page_size: config.server.tools_page_size,
        finding: config.finding.clone(),
        files: config.files.clone(),
    }
}

fn settings(config: &Config, authentication: Authentication) -> HttpSettings {
    HttpSettings {
        authentication,
        allowed_hosts: config.http.allowed_hosts.clone(),
        allowed_origins: config.http.allowed_origins.clone(),
        legacy_sse: config.http.legacy_sse,
        max_body_bytes: config.http.max_request_body_bytes,
        session_idle: Duration::from_secs(config.http.session_idle_seconds),
        max_sessions: config.http.max_sessions,
        max_connections: max_connections(config.http.max_sessions),
    }
}

/// How many connections of clients there may be for so many sessions, as far as the system allows them.
fn max_connections(max_sessions: usize) -> usize {
    /// Files beside them: the store, connections to APIs, code.
    const OTHERS: usize = 1_024;
    // Every session may hold a stream open, on each of the two transports, and requests need room beside them.
    let wanted = max_sessions.saturating_mul(2).saturating_add(512);
    let allowed = process::allow_open_files(wanted.saturating_add(OTHERS) as u64);
    let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
    // With few files, half of them.
    let possible = allowed.saturating_sub(OTHERS.min(allowed / 2));
    if possible < wanted {
        tracing::warn!(
            "the system allows this process {allowed} open files, so {possible} connections of clients instead of \
             {wanted}; raise its limit (`ulimit -Hn`, or `LimitNOFILE` of a systemd unit), or lower `max_sessions`"
        );
    }
    possible.min(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto;
    use crate::store::conformance::approvals::pending;
    use crate::store::conformance::audit::question_row;
    use crate::store::memory::MemoryStore;
    use crate::store::{ApprovalRecord, ApprovalStore as _, AuditFilter, AuditStore as _};

    /// Whatever time it is, that of the approval is over.
    #[tokio::test(start_paused = true)]
    async fn a_server_ends_the_calls_that_nobody_answered() {
        crypto::install_tls_provider();
        let state = tempfile::tempdir().expect("folder");
        let locations = Locations {
            config: None,
            connectors: state.path().to_owned(),
            state: state.path().to_owned(),
        };
        let mut config = Config::default();
        config.audit.retention_days = 0;
        let store = Arc::new(MemoryStore::default());
        let expired = ApprovalRecord {
            created_at: "2000-01-01T00:00:00.000Z".into(),
            expires_at: "2000-01-01T00:10:00.000Z".into(),
            ..pending("1", 0)
        };
        let created = store.find_or_create_approval(&expired, "{}", &expired.created_at).await;
        created.expect("created");
        let asked = question_row("a", 0, "1");
        store.write_audit(&[asked], false).await.expect("written");
        let shared: Arc<dyn Store> = Arc::clone(&store) as _;
        let engine = assemble::engine(&config, &locations, &shared).expect("an engine");
        let upkeep = keep_up(&engine, shared, &config);
        tokio::time::sleep(Duration::from_mins(1)).await;
        upkeep.abort();
        let rows = store.read_audit(&AuditFilter::default()).await.expect("rows");
        assert_eq!(rows[0].ended_at, Some(expired.expires_at));
        assert_eq!(rows[0].outcome.as_str(), "APPROVAL_DENIED");
    }
}
