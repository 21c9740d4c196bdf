//! `toolgate check`: everything that is wrong, at once, with where it is.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::secrets::{self, Place};
use super::{Failure, Global, assemble, check_code, http_settings, keys, output};
use crate::catalog::folder::{self, ConnectorSource, Sources};
use crate::catalog::{Loader, Report};
use crate::config::{
    self, CallerAuthentication, EgressConfig, HttpConfig, Locations, SandboxConfig, environment_variable,
};
use crate::connector::model::Connector;
use crate::connector::{self, Unreported};
use crate::diagnostics::{Diagnostic, Severity};
use crate::egress::Egress;
use crate::store::{self, StoreError};
use crate::vault::KeySource;

/// Check the configuration and every connector.
///
/// Reports all errors at once, each with file, line and column.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate check
  toolgate check --hints
  toolgate check --json --connectors ./connectors/crm

Exit codes: 0 no errors (there may be warnings); 1 errors; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Check {
    /// Print findings as JSON, for editors and CI.
    #[arg(long)]
    json: bool,
    /// Print what would make working connectors better.
    #[arg(long)]
    hints: bool,
}

impl Check {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::named_locations(global)?;
        let findings = Findings::of(&locations).await?;
        if self.json {
            output::say_json(&findings.as_json())?;
        } else {
            findings.tell(self.hints);
            output::say(&findings.summary(self.hints))?;
        }
        if findings.errors() == 0 {
            Ok(())
        } else {
            Err(Failure::Told)
        }
    }
}

/// What there is to say of the settings and the connectors.
struct Findings {
    /// With a place in a file.
    diagnostics: Vec<Diagnostic>,
    /// How many there are beside those.
    unreported: Unreported,
    /// Advice about connectors that work.
    hints: Vec<Diagnostic>,
    /// Errors without a place in a file.
    problems: Vec<String>,
    /// Secrets that are named, and not set or not to be opened; and the file of the master key, when that is why.
    unset: Vec<String>,
    /// Limits of time that another one comes before.
    cut_short: Vec<String>,
    /// What to do when there is nothing to check.
    nothing: Option<String>,
    connectors: usize,
    tools: usize,
}

impl Findings {
    async fn of(locations: &Locations) -> Result<Self, Failure> {
        let sources = folder::read(&locations.connectors);
        let nothing = sources
            .connectors
            .is_empty()
            .then(|| assemble::no_connectors(&locations.connectors));
        let hints = hints(&sources);
        let lints = lints(&sources);
        let code = check_code::of(&sources);
        let report = Loader::default().load_sources(sources);
        let mut diagnostics = report.diagnostics.clone();
        diagnostics.extend(lints);
        let mut problems = assemble::problems(&report);
        let mut sandbox = SandboxConfig::default();
        let mut cut_short = Vec::new();
        let mut master_key = None;
        match config::check_settings(locations) {
            Ok((config, warnings)) => {
                diagnostics.extend(warnings);
                let mut unusable = Vec::from_iter(http_settings::egress_problem(&config.egress));
                if unusable.is_empty() {
                    problems.extend(unreachable(&config.egress, &report));
                }
                cut_short = longer_than_calls(config.server.call_timeout_ms, &report);
                let any_key = any_key(&config.http, locations).await;
                let any_key = any_key.unwrap_or_else(|error| {
                    problems.push(format!("the keys cannot be read: {error}"));
                    false
                });
                unusable.extend(http_settings::problems(&config.http, config.http.address, any_key));
                for (setting, problem) in unusable {
                    match setting.error(locations, problem) {
                        Ok(found) => diagnostics.push(found),
                        Err(problem) => problems.push(problem),
                    }
                }
                master_key = Some(KeySource::of(&config.vault, &locations.state));
                sandbox = config.sandbox;
            }
            Err(found) => diagnostics.extend(found),
        }
        diagnostics.extend(check_code::check(code, &sandbox, &assemble::code_cache(locations)).await?);
        let connectors = report.catalog.connectors();
        let place = Place::Folder(&locations.state);
        let mut unset = secrets::unset(connectors, place, master_key.as_ref()).await;
        if let Some(source) = &master_key
            && let Some(error) = secrets::unusable_key(place, source).await
            && !unset.iter().any(|told| told.contains(&error.to_string()))
        {
            unset.push(format!("`master_key_file` of the settings cannot be used: {error}"));
        }
        Ok(Self {
            unset,
            connectors: connectors.len(),
            tools: report.catalog.tools().len(),
            unreported: report.unreported,
            cut_short,
            diagnostics,
            hints,
            problems,
            nothing,
        })
    }

    fn errors(&self) -> usize {
        self.count(Severity::Error) + self.unreported.errors + self.problems.len()
    }

    fn warnings(&self) -> usize {
        self.count(Severity::Warning) + self.unreported.warnings + self.unset.len() + self.cut_short.len()
    }

    fn count(&self, severity: Severity) -> usize {
        let of_severity = |diagnostic: &&Diagnostic| diagnostic.severity == severity;
        self.diagnostics.iter().filter(of_severity).count()
    }

    fn as_json(&self) -> Value {
        json!({
            "errors": self.errors(),
            "warnings": self.warnings(),
            "connectors": self.connectors,
            "tools": self.tools,
            "diagnostics": self.diagnostics,
            "unreported": self.unreported,
            "hints": self.hints,
            "problems": self.problems,
            "unset_secrets": self.unset,
            "cut_short": self.cut_short,
        })
    }

    /// Tells all of it on stderr, hints only when they are asked for.
    fn tell(&self, with_hints: bool) {
        if !self.diagnostics.is_empty() {
            output::complain_of(&self.diagnostics);
        }
        if let Some(more) = self.more() {
            output::complain(&format!(
                "note: {more} are not shown: mend those above, and check again"
            ));
        }
        for problem in &self.problems {
            output::complain(&format!("error: {problem}"));
        }
        for warning in self.unset.iter().chain(&self.cut_short) {
            output::complain(&format!("warning: {warning}"));
        }
        if let Some(advice) = &self.nothing {
            output::complain(&format!("note: {advice}"));
        }
        if with_hints && !self.hints.is_empty() {
            output::complain_of(&self.hints);
        }
    }

    /// What is not shown, if anything.
    fn more(&self) -> Option<String> {
        let Unreported { errors, warnings } = self.unreported;
        let counts = [(errors, "more error"), (warnings, "more warning")];
        let counted = counts.into_iter().filter(|(count, _)| *count > 0);
        let counted: Vec<String> = counted.map(|(count, noun)| output::counted(count, noun)).collect();
        (!counted.is_empty()).then(|| counted.join(" and "))
    }

    fn summary(&self, with_hints: bool) -> String {
        let hints = match (self.hints.len(), with_hints) {
            (0, _) => String::new(),
            (count, true) => format!(", {}", output::counted(count, "hint")),
            (count, false) => format!(", {} (--hints shows them)", output::counted(count, "hint")),
        };
        format!(
            "{}, {}: {}, {}{hints}",
            output::counted(self.connectors, "connector"),
            output::counted(self.tools, "tool"),
            output::counted(self.errors(), "error"),
            output::counted(self.warnings(), "warning"),
        )
    }
}

/// Whether a key is active where that matters. Whoever checks files neither makes a store nor changes one that others use.
async fn any_key(settings: &HttpConfig, locations: &Locations) -> Result<bool, StoreError> {
    if settings.authentication != CallerAuthentication::None {
        return Ok(false);
    }
    let keys = store::look_up_keys(&locations.state).await?;
    Ok(keys::any_opens(&keys))
}

fn hints(sources: &Sources) -> Vec<Diagnostic> {
    let hints = |source: &ConnectorSource| connector::hints(&source.files, &source.code, &environment_variable);
    sources.connectors.iter().flat_map(hints).collect()
}

fn lints(sources: &Sources) -> Vec<Diagnostic> {
    let lints = |source: &ConnectorSource| connector::lints(&source.files, &source.code, &environment_variable);
    // Beside a single file there is no place for pages.
    let folders = sources.connectors.iter().filter(|source| source.path.is_dir());
    folders.flat_map(lints).collect()
}

/// Connectors to which no request could leave with these settings.
fn unreachable(settings: &EgressConfig, report: &Report) -> Vec<String> {
    let egress = match Egress::new(settings) {
        Ok(egress) => egress,
        Err(error) => return vec![error.to_string()],
    };
    let error = |connector: &Arc<Connector>| {
        let error = egress.route(connector).err()?;
        Some(format!("the connector `{}` cannot be reached: {error}", connector.slug))
    };
    report.catalog.connectors().iter().filter_map(error).collect()
}

/// Connectors with requests that may take longer than the calls they are made for.
fn longer_than_calls(call_timeout_ms: u64, report: &Report) -> Vec<String> {
    let call_timeout = Duration::from_millis(call_timeout_ms);
    let warning = |connector: &Arc<Connector>| {
        let own = (connector.connection.timeout > call_timeout).then_some("its connection".to_owned());
        let actions = connector.actions.iter();
        let actions = actions.filter(|action| action.timeout.is_some_and(|timeout| timeout > call_timeout));
        let places: Vec<String> = own
            .into_iter()
            .chain(actions.map(|action| format!("`{}`", action.name)))
            .collect();
        (!places.is_empty()).then(|| {
            format!(
                "the connector `{}` has a `timeout_ms` that no call can last for, of {}: `call_timeout_ms` under \
                 `[server]` is {call_timeout_ms}",
                connector.slug,
                places.join(", ")
            )
        })
    };
    report.catalog.connectors().iter().filter_map(warning).collect()
}
