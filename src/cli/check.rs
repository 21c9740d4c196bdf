//! `toolgate check`: everything that is wrong, at once, with where it is.

use clap::Args;
use serde_json::json;

use super::secrets::{self, Place};
use super::{Failure, Global, assemble, check_code, output};
use crate::catalog::{Loader, folder};
use crate::config::{self, SandboxConfig};
use crate::connector;
use crate::diagnostics::{Diagnostic, Severity};
use crate::egress::Egress;

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
        let locations = assemble::locations(global)?;
        let sources = folder::read(&locations.connectors);
        let hints: Vec<Diagnostic> = sources
            .connectors
            .iter()
            .flat_map(|source| connector::hints(&source.files, &source.code, &config::environment_variable))
            .collect();
        let lints: Vec<Diagnostic> = sources
            .connectors
            .iter()
            // Beside a single file there is no place for pages.
            .filter(|source| source.path.is_dir())
            .flat_map(|source| connector::lints(&source.files, &source.code, &config::environment_variable))
            .collect();
        let code = check_code::of(&sources);
        let report = Loader::default().load_sources(sources);
        let mut diagnostics = report.diagnostics.clone();
        diagnostics.extend(lints);
        let mut problems = assemble::problems(&report);
        let mut sandbox = SandboxConfig::default();
        match config::check_settings(&locations) {
            Ok((config, warnings)) => {
                sandbox = config.sandbox.clone();
                diagnostics.extend(warnings);
                match Egress::new(&config.egress) {
                    Ok(egress) => problems.extend(report.catalog.connectors().iter().filter_map(|connector| {
                        let error = egress.route(connector).err()?;
                        Some(format!("the connector `{}` cannot be reached: {error}", connector.slug))
                    })),
                    Err(error) => problems.push(error.to_string()),
                }
            }
            Err(found) => diagnostics.extend(found),
        }
        diagnostics.extend(check_code::check(code, &sandbox, &assemble::code_cache(&locations)).await?);
        let of = |severity| {
            diagnostics
                .iter()
                .filter(|diagnostic| diagnostic.severity == severity)
                .count()
        };
        let unset = secrets::unset(report.catalog.connectors(), Place::Folder(&locations.state)).await;
        let errors = of(Severity::Error) + problems.len();
        let warnings = of(Severity::Warning) + unset.len();
        let connectors = report.catalog.connectors().len();
        let tools = report.catalog.tools().len();
        if self.json {
            output::say_json(&json!({
                "errors": errors,
                "warnings": warnings,
                "connectors": connectors,
                "tools": tools,
                "diagnostics": diagnostics,
                "hints": hints,
                "problems": problems,
                "unset_secrets": unset,
            }))?;
        } else {
            if !diagnostics.is_empty() {
                output::complain_of(&diagnostics);
            }
            for problem in &problems {
                output::complain(&format!("error: {problem}"));
            }
            for secret in &unset {
                output::complain(&format!("warning: {secret}"));
            }
            if self.hints && !hints.is_empty() {
                output::complain_of(&hints);
            }
            let advice = match (hints.len(), self.hints) {
                (0, _) => String::new(),
                (count, true) => format!(", {}", counted(count, "hint")),
                (count, false) => format!(", {} (--hints shows them)", counted(count, "hint")),
            };
            output::say(&format!(
                "{}, {}: {}, {}{advice}",
                counted(connectors, "connector"),
                counted(tools, "tool"),
                counted(errors, "error"),
                counted(warnings, "warning"),
            ))?;
        }
        if errors == 0 { Ok(()) } else { Err(Failure::Told) }
    }
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}
