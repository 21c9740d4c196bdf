//! What `toolgate check` finds in the code of actions: whether the sandbox takes it, and what is questionable about it.

use std::path::Path;

use super::Failure;
use crate::catalog::folder::{ConnectorSource, Sources};
use crate::config::{self, SandboxConfig};
use crate::connector::model::Language;
use crate::connector::{self, WrittenCode};
use crate::diagnostics::{Diagnostic, Severity};
use crate::engine::{self, Engine};
use crate::runner::guest::{LoadError, Sandbox};

/// The code of all connectors.
pub(super) fn of(sources: &Sources) -> Vec<WrittenCode> {
    let connectors = sources.connectors.iter();
    connectors
        .flat_map(|source| connector::written_code(&source.files, &source.code, &config::environment_variable))
        .collect()
}

/// Prepares `all` code as the server does, and keeps what was compiled in the folder `cache`, as it does; tells what is
/// wrong with the code.
pub(super) async fn check(
    all: Vec<WrittenCode>,
    settings: &SandboxConfig,
    cache: &Path,
) -> Result<Vec<Diagnostic>, Failure> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let (settings, cache) = (settings.clone(), cache.to_owned());
    // Compiling takes seconds.
    let checking = tokio::task::spawn_blocking(move || match Sandbox::new(&settings, &cache) {
        Ok(sandbox) => all.iter().flat_map(|one| findings(&sandbox, one)).collect(),
        Err(error) => all
            .iter()
            .flat_map(|one| [vec![unchecked(one, &error.to_string())], one.lints()].concat())
            .collect(),
    });
    checking.await.map_err(|error| Failure::Other(error.into()))
}

/// What keeps the engine's sandbox from running the code of one connector. Blocks, for seconds where some was never
/// compiled. Nothing is known of it without a sandbox.
pub(super) fn faults(engine: &Engine, source: &ConnectorSource) -> Vec<Diagnostic> {
    let written = connector::written_code(&source.files, &source.code, &config::environment_variable);
    if written.is_empty() {
        return Vec::new();
    }
    let Ok(sandbox) = engine.sandbox() else {
        return Vec::new();
    };
    let found = written.iter().filter_map(|code| fault(&sandbox, code));
    found.filter(|found| found.severity == Severity::Error).collect()
}

fn findings(sandbox: &Sandbox, code: &WrittenCode) -> Vec<Diagnostic> {
    let mut found = code.lints();
    found.extend(fault(sandbox, code));
    found.sort_by_key(|finding| (finding.line, finding.column));
    found
}

fn fault(sandbox: &Sandbox, code: &WrittenCode) -> Option<Diagnostic> {
    match engine::prepare_code(sandbox, code.code()) {
        Ok(_) => None,
        Err(LoadError::Syntax { message, line, column }) => {
            let place = (line > 0).then_some((line, column));
            Some(code.finding(Severity::Error, "bad-code", place, &message))
        }
        Err(LoadError::Internal { problem, .. }) => Some(unchecked(code, &problem)),
        Err(refused) => Some(code.finding(Severity::Error, "bad-code", None, &refused.to_string())),
    }
}

/// Code that may be good or not.
fn unchecked(code: &WrittenCode, problem: &str) -> Diagnostic {
    let what = match code.code().language {
        Language::JavaScript => "script",
        Language::Component => "component",
    };
    let message = format!("this {what} was not checked: {problem}");
    code.finding(Severity::Warning, "unchecked-code", None, &message)
}
