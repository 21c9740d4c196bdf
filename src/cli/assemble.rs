//! Putting the rooms together: from settings to an engine that serves.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use super::{Failure, Global, compile_code, output, switches};
use crate::audit::upkeep;
use crate::catalog::{Catalog, CrowdedOut, Loader, Report, folder};
use crate::config::{self, Config, Locations, LogFormat};
use crate::crypto::HashingKey;
use crate::diagnostics::Severity;
use crate::engine::{Engine, Parts};
use crate::store::{self, Store, StoreError};
use crate::telemetry;
use crate::vault::{self, KeySource, ServerSecrets, Vault};

/// Most bytes of arguments that are read from standard input: whoever writes there may never end.
const MOST_INPUT: u64 = 64 * 1024 * 1024;

/// Where things are, after flags, environment and defaults. Whoever names settings that cannot be used is told, also by a
/// verb that needs none of them.
pub(super) fn locations(global: &Global) -> Result<Locations, Failure> {
    let locations = named_locations(global)?;
    config(&locations)?;
    Ok(locations)
}

/// The same, whatever is in the settings.
pub(super) fn named_locations(global: &Global) -> Result<Locations, Failure> {
    Locations::resolve(global.config.clone(), global.connectors.clone(), global.state.clone())
        .map_err(|error| Failure::Setup(error.into()))
}

/// Whether anybody said where the connectors are.
pub(super) fn names_connectors(global: &Global) -> bool {
    global.connectors.is_some() || config::environment_variable("TOOLGATE_CONNECTORS").is_some()
}

/// Makes sure that there is something where the connectors are said to be: a server without tools shows no mistake in a
/// name.
pub(super) fn find_connectors(locations: &Locations) -> Result<(), Failure> {
    let Err(error) = std::fs::metadata(&locations.connectors) else {
        return Ok(());
    };
    let connectors = locations.connectors.display();
    let help = "name the one of your connectors with --connectors or TOOLGATE_CONNECTORS";
    Err(Failure::Setup(match error.kind() {
        std::io::ErrorKind::NotFound => anyhow::anyhow!("there is no folder {connectors}: {help}, or make it"),
        _ => anyhow::anyhow!("cannot read {connectors}: {error}; {help}"),
    }))
}

/// Reads the server's settings.
pub(super) fn config(locations: &Locations) -> Result<Config, Failure> {
    config::load(locations).map_err(|diagnostics| {
        output::complain_of(&diagnostics);
        Failure::Setup(anyhow::anyhow!("the configuration has errors"))
    })
}

/// Starts logging to stderr as the settings say.
pub(super) fn start_logging(config: &Config) {
    let format = match config.log.format {
        LogFormat::Text => telemetry::LogFormat::Text,
        LogFormat::Json => telemetry::LogFormat::Json,
    };
    telemetry::start(config.log.level.into(), format);
}

/// Opens the store.
pub(super) async fn store(locations: &Locations) -> Result<Arc<dyn Store>, Failure> {
    store::open(&locations.state)
        .await
        .map_err(|error| Failure::Setup(error.into()))
}

/// Opens the store for a verb that changes nothing anybody waits for.
pub(super) async fn store_to_read(locations: &Locations) -> Result<Arc<dyn Store>, Failure> {
    store::open_to_read(&locations.state)
        .await
        .map_err(|error| Failure::Setup(error.into()))
}

/// The same for a verb that shows calls, and says when the newest may be missing.
pub(super) async fn calls_to_read(locations: &Locations) -> Result<Arc<dyn Store>, Failure> {
    let store = store_to_read(locations).await?;
    if let Err(StoreError::Busy { .. }) = store.settle_audit().await {
        output::complain(
            "note: another process holds the store, so the newest calls may be missing here; try again when it is done",
        );
    }
    Ok(store)
}

/// An engine with an empty catalog.
pub(super) fn engine(config: &Config, locations: &Locations, store: &Arc<dyn Store>) -> Result<Engine, Failure> {
    parts(config, locations, store).map(Engine::new)
}

fn parts(config: &Config, locations: &Locations, store: &Arc<dyn Store>) -> Result<Parts, Failure> {
    let vault = Vault::new(Arc::clone(store), KeySource::of(&config.vault, &locations.state));
    let arguments_key = arguments_key(&locations.state)?;
    let secrets = Arc::new(ServerSecrets::new(vault));
    let mut parts = Parts::of(config, store, code_cache(locations), arguments_key, secrets)
        .map_err(|error| Failure::Setup(error.into()))?;
    parts.code = parts.code.compiling_with(compile_code::compiler());
    let in_use = parts.scrubbers.clone();
    telemetry::scrub_with(move |line| in_use.clean(line));
    Ok(parts)
}

/// What hashes of arguments are made with, by every process that shares the state folder.
pub(super) fn arguments_key(state: &Path) -> Result<HashingKey, Failure> {
    vault::arguments_key(state).map_err(|error| Failure::Setup(error.into()))
}

/// The folder of what is compiled of action code. Nobody but the server may write there.
pub(super) fn code_cache(locations: &Locations) -> PathBuf {
    locations.state.join("compiled")
}

/// The vault alone, and the state folder.
pub(super) async fn vault(global: &Global) -> Result<(Vault, PathBuf), Failure> {
    let locations = locations(global)?;
    let source = master_key(&locations)?;
    Ok((Vault::new(store(&locations).await?, source), locations.state))
}

/// The vault for a verb that changes nothing.
pub(super) async fn vault_to_read(global: &Global) -> Result<Vault, Failure> {
    let locations = locations(global)?;
    let source = master_key(&locations)?;
    Ok(Vault::new(store_to_read(&locations).await?, source))
}

fn master_key(locations: &Locations) -> Result<KeySource, Failure> {
    Ok(KeySource::of(&config(locations)?.vault, &locations.state))
}

/// Loads connectors once and tells on stderr what is wrong with them.
pub(super) fn catalog(folder: &Path) -> Result<Report, Failure> {
    catalog_beside(folder, None)
}

/// The same, where the file `input` may lie beside the connectors.
fn catalog_beside(folder: &Path, input: Option<&str>) -> Result<Report, Failure> {
    let mut sources = folder::read(folder);
    if let Some(input) = input {
        sources = sources.without(Path::new(input));
    }
    let report = Loader::default().load_sources(sources);
    tell(&report);
    if report.has_errors() && report.catalog.connectors().is_empty() {
        return Err(Failure::Other(anyhow::anyhow!(
            "no connector in {} can be used",
            folder.display()
        )));
    }
    Ok(report)
}

/// What to do about a folder without connectors, or one that is not there.
pub(super) fn no_connectors(folder: &Path) -> String {
    format!(
        "there are no connectors in {}: make one with `toolgate new connector NAME` or `toolgate import`, or name \
         another folder with --connectors",
        folder.display()
    )
}

/// Tells on stderr what keeps connectors from being served as their files say. Warnings are for `check` and the log of
/// `serve`: whoever calls a tool again and again has read them.
pub(super) fn tell(report: &Report) {
    let errors: Vec<_> = report
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .cloned()
        .collect();
    if !errors.is_empty() {
        output::complain_of(&errors);
    }
    for problem in problems(report) {
        output::complain(&format!("error: {problem}"));
    }
}

/// What is wrong beside the contents of files.
pub(super) fn problems(report: &Report) -> Vec<String> {
    let unreadable = report.unreadable.iter().map(ToString::to_string);
    let crowded_out = report.crowded_out.iter().map(|CrowdedOut { name, origin }| {
        let (slug, path) = (&origin.slug, origin.path.display());
        let owner = match report.origins.iter().find(|first| first.slug == *slug) {
            Some(first) => first.path.display().to_string(),
            // Two tools of connectors with different names.
            None => "another connector".to_owned(),
        };
        format!(
            "the connector `{slug}` in {path} is left out: {owner} has the name `{name}` already; give one of them \
             another `slug` or name"
        )
    });
    let kept = report
        .kept
        .iter()
        .map(|slug| format!("`{slug}` is served as it last worked, because its files are broken"));
    unreadable.chain(crowded_out).chain(kept).collect()
}

/// Which calls a verb makes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Calling<'a> {
    /// The file with the arguments, if there is one.
    pub(super) input: Option<&'a str>,
    /// Whether an author tries an action again and again: how often it may be called does not matter then.
    pub(super) is_trial: bool,
}

/// Everything a verb needs to make calls. Nobody waits for an approval.
pub(super) async fn calling(global: &Global, calls: Calling<'_>) -> Result<(Engine, Report), Failure> {
    let locations = locations(global)?;
    let mut config = config(&locations)?;
    start_logging(&config);
    let mut report = catalog_beside(&locations.connectors, calls.input)?;
    let store = store(&locations).await?;
    report.catalog = offered(&*store, &report).await?;
    config.approvals.wait_ms = 0;
    let mut parts = parts(&config, &locations, &store)?;
    if calls.is_trial {
        parts.limits = parts.limits.lifted();
    }
    let engine = Engine::new(parts);
    for unroutable in engine.install(std::mem::take(&mut report.catalog)) {
        output::complain(&format!(
            "error: the connector `{}` cannot be reached: {}",
            unroutable.connector, unroutable.error
        ));
    }
    Ok((engine, report))
}

/// The catalog of `report` without what operators have switched off; notes which APIs are there.
pub(super) async fn offered(store: &dyn Store, report: &Report) -> Result<Catalog, Failure> {
    if let Err(error) = switches::sight(store, &switches::sightings(report)).await {
        output::complain(&format!("warning: it was not noted which APIs are there: {error}"));
    }
    Ok(report.catalog.with_disabled(switches::disabled(store).await?))
}

/// Adds up the calls that have not been, for a verb that is about to count them.
pub(super) async fn add_up(store: &dyn Store) {
    // What cannot be added up is counted one by one: no reason to fail.
    if let Err(error) = upkeep::add_up(store).await {
        tracing::debug!(%error, "calls were not added up");
    }
}

/// The value of `--input`: JSON, the name of a file with JSON in it, which may follow an `@`, or `-` for stdin.
pub(super) fn arguments(input: Option<&str>) -> Result<serde_json::Map<String, serde_json::Value>, Failure> {
    let Some(input) = input else {
        return Ok(serde_json::Map::new());
    };
    let (text, shown) = match input_file(input) {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {path}"));
            (text.map_err(Failure::Usage)?, path)
        }
        None if input == "-" => (standard_input()?, "standard input"),
        None => (input.to_owned(), "--input"),
    };
    serde_json::from_str(&text)
        .with_context(|| format!("{shown} is not a JSON object such as {{\"customer_id\": \"c_1\"}}"))
        .map_err(Failure::Usage)
}

/// The file that the value of `--input` names, if it names one.
pub(super) fn input_file(input: &str) -> Option<&str> {
    let is_json = input.trim_start().starts_with(['{', '[', '"']) || input.trim().is_empty();
    match input.strip_prefix('@') {
        Some(path) => Some(path),
        None => (input != "-" && !is_json).then_some(input),
    }
}

fn standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(MOST_INPUT)
        .read_to_string(&mut text)
        .context("cannot read standard input")
        .map_err(Failure::Usage)?;
    Ok(text)
}
