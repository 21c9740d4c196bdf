//! `toolgate bundle`: the binary and the connectors as one file that a desktop client installs (MCPB).
//!
//! What goes in is listed, not what stays out: definitions that load without an error, their code, and the two pages
//! that belong to a connector. Secrets are asked for by the client that installs the bundle.

mod archive;
mod contents;
mod manifest;
mod platform;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use self::archive::Entry;
use self::platform::Platform;
use super::{Failure, Global, assemble, output};
use crate::catalog::{Report, folder};
use crate::config::environment_variable;
use crate::connector::model::SecretRef;

/// A value shorter than this is too likely to stand somewhere by chance to be searched for.
const SHORTEST_SECRET: usize = 8;

/// Pack this binary and the connectors into one file for desktop clients.
///
/// The result is an MCP bundle (.mcpb), as Claude Desktop installs with a double click. The client asks its user for
/// each key that a connector takes from the environment, and keeps it in the system's keychain. The same binary and
/// connectors make the same bytes.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  toolgate bundle --name crm --output crm.mcpb

What is packed: this binary, the connectors' definitions and code, their SKILL.md and AGENTS.md, and the settings
if --config names some. Values of secrets and the state are never packed.

Exit codes: 0 done; 1 refused, nothing was written; 2 usage; 3 the settings have errors.")]
pub(super) struct Bundle {
    /// The file to write [default: the name, with the ending .mcpb].
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The name of the bundle.
    #[arg(long, default_value = "toolgate", value_parser = super::install::server_name)]
    name: String,
    /// A binary of Toolgate for another system [default: this one].
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// A variable that a connector needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Variable {
    name: String,
    /// Whether its value is a secret.
    secret: bool,
    /// The names of the connectors that need it.
    connectors: Vec<String>,
}

impl Bundle {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let config = assemble::config(&locations)?;
        let sources = folder::read(&locations.connectors);
        let mut entries = contents::of_connectors(&sources, &locations.connectors)?;
        let report = crate::catalog::Loader::default().load_sources(sources);
        assemble::tell(&report);
        if report.has_errors() {
            return Err(Failure::Other(anyhow::anyhow!(
                "nothing was written: a bundle holds only connectors without errors"
            )));
        }
        if report.catalog.connectors().is_empty() {
            let folder = locations.connectors.display();
            return Err(Failure::Other(anyhow::anyhow!(
                "there are no connectors in {folder} to pack"
            )));
        }
        if let Some(file) = &locations.config {
            entries.extend(contents::of_settings(file, &config)?);
        }
        let variables = variables(&report);
        refuse_secrets(&entries, &variables)?;

        let binary = match &self.binary {
            Some(file) => file.clone(),
            None => std::env::current_exe().context("the path of this binary is not known")?,
        };
        let platform = Platform::of(&binary)?;
        let manifest = manifest::of(
            &self.name,
            platform,
            &report.catalog,
            &variables,
            locations.config.is_some(),
        );
        let manifest = serde_json::to_string_pretty(&manifest).map_err(anyhow::Error::from)? + "\n";
        entries.push(Entry::text(manifest::FILE, manifest));
        entries.push(Entry::program(platform.program(), binary));
        let output = self.output.unwrap_or_else(|| format!("{}.mcpb", self.name).into());
        archive::write(&output, entries)?;
        tell(&output, &report, &variables)?;
        Ok(())
    }
}

/// The variables that connectors take secrets and settings from, with who needs them.
fn variables(report: &Report) -> Vec<Variable> {
    let mut variables: Vec<Variable> = Vec::new();
    for connector in report.catalog.connectors() {
        let secrets = connector.secrets().into_iter().filter_map(|secret| match secret {
            SecretRef::Environment(name) => Some((name, true)),
            SecretRef::Vault(_) => None,
        });
        let settings = connector.variables.iter().map(|name| (name, false));
        for (name, secret) in secrets.chain(settings) {
            match variables.iter_mut().find(|variable| variable.name == *name) {
                Some(variable) if variable.connectors.contains(&connector.name) => {}
                Some(variable) => variable.connectors.push(connector.name.clone()),
                None => variables.push(Variable {
                    name: name.clone(),
                    secret,
                    connectors: vec![connector.name.clone()],
                }),
            }
        }
    }
    variables.sort_unstable();
    variables
}

/// A key in a definition is an error already. This finds one in a page or in code, when it is known here.
fn refuse_secrets(entries: &[Entry], variables: &[Variable]) -> anyhow::Result<()> {
    for Variable { name, .. } in variables.iter().filter(|variable| variable.secret) {
        let Some(value) = environment_variable(name).filter(|value| value.len() >= SHORTEST_SECRET) else {
            continue;
        };
        for entry in entries {
            let bytes = entry.read()?;
            if bytes.windows(value.len()).any(|window| window == value.as_bytes()) {
                bail!("nothing was written: {} holds the value of `{name}`", entry.name());
            }
        }
    }
    Ok(())
}

fn tell(output: &Path, report: &Report, variables: &[Variable]) -> Result<(), Failure> {
    let bytes = std::fs::read(output).with_context(|| format!("cannot read {} again", output.display()))?;
    output::say(&format!(
        "{}: {}, {}, {}\nsha256 {}",
        output.display(),
        output::counted(report.catalog.connectors().len(), "connector"),
        output::counted(report.catalog.tools().len(), "tool"),
        output::counted(bytes.len(), "byte"),
        crate::crypto::sha256_hex(&bytes),
    ))?;
    if !variables.is_empty() {
        let names: Vec<&str> = variables.iter().map(|variable| variable.name.as_str()).collect();
        output::say(&format!("whoever installs it is asked for {}", names.join(", ")))?;
    }
    for connector in report.catalog.connectors() {
        for secret in connector.secrets() {
            if let SecretRef::Vault(_) = secret {
                output::complain(&format!(
                    "warning: `{}` takes a secret from the vault, which is not packed: whoever installs the bundle \
                     needs it in a vault of their own",
                    connector.slug
                ));
            }
        }
    }
    Ok(())
}
