//! `toolgate apis`: the connected APIs, one by one. One file per verb.
//!
//! Shows what `overview` makes of records. Must never print a secret, and never call an action that writes.

mod add;
mod delete;
mod edit;
mod fix;
mod list;
mod switch;
mod test;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::{Failure, Global, assemble, logs};
use crate::catalog::{Loader, Report};
use crate::config::{Config, Locations};
use crate::connector::model::{Connector, SecretName, SecretRef};
use crate::store::Store;

/// List, add, test, fix, enable, disable, edit and delete the connected APIs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate apis list
  toolgate apis test demo_crm
  toolgate apis logs demo_crm --status error
  toolgate apis disable demo_crm
  toolgate apis enable demo_crm

Every process that uses the same state folder follows `disable` and `enable` within a second.

Exit codes: 0 done; 1 no such API, or what was asked for failed; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Apis {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List all APIs with their state and use.
    List {
        /// Print as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Offer the tools of an API again.
    Enable {
        /// The API's slug.
        slug: String,
    },
    /// Hide the tools of an API and refuse its calls.
    Disable {
        /// The API's slug.
        slug: String,
    },
    Add(add::Add),
    Test(test::Test),
    Fix(fix::Fix),
    /// Show an API's calls, newest first.
    Logs {
        /// The API's slug.
        slug: String,
        #[command(flatten)]
        options: logs::Options,
    },
    Edit(edit::Edit),
    Delete(delete::Delete),
}

impl Apis {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        match self.verb {
            Verb::List { json } => {
                let locations = assemble::locations(global)?;
                let store = assemble::calls_to_read(&locations).await?;
                list::run(Installed::with(locations, store).await?, json).await
            }
            Verb::Enable { slug } => switch::run(Installed::open(global).await?, &slug, true).await,
            Verb::Disable { slug } => switch::run(Installed::open(global).await?, &slug, false).await,
            Verb::Add(verb) => verb.run(global).await,
            Verb::Test(verb) => verb.run(global).await,
            Verb::Fix(verb) => verb.run(global).await,
            Verb::Logs { slug, options } => options.show(global, Some(slug)).await,
            Verb::Edit(verb) => verb.run(global).await,
            Verb::Delete(verb) => verb.run(Installed::open(global).await?).await,
        }
    }
}

/// Everything that the verbs look at.
struct Installed {
    locations: Locations,
    config: Config,
    store: Arc<dyn Store>,
    report: Report,
}

impl Installed {
    /// Loads all of it; which APIs are there is noted, and those that are switched off offer nothing.
    async fn open(global: &Global) -> Result<Self, Failure> {
        let locations = assemble::locations(global)?;
        let store = assemble::store(&locations).await?;
        Self::with(locations, store).await
    }

    async fn with(locations: Locations, store: Arc<dyn Store>) -> Result<Self, Failure> {
        let config = assemble::config(&locations)?;
        let mut report = Loader::default().load(&locations.connectors);
        report.catalog = assemble::offered(&*store, &report).await?;
        Ok(Self {
            locations,
            config,
            store,
            report,
        })
    }

    fn connector(&self, slug: &str) -> Result<&Arc<Connector>, Failure> {
        let connectors = self.report.catalog.connectors();
        let place = connectors.binary_search_by(|connector| connector.slug.as_str().cmp(slug));
        place.map(|place| &connectors[place]).map_err(|_| unknown(slug))
    }
}

/// Secrets of the vault that a connector names.
fn secrets_of(connector: &Connector) -> Vec<&SecretName> {
    let secrets = connector.secrets().into_iter();
    let names = secrets.filter_map(|secret| match secret {
        SecretRef::Vault(name) => Some(name),
        SecretRef::Environment(_) => None,
    });
    names.collect()
}

fn unknown(slug: &str) -> Failure {
    Failure::Other(anyhow::anyhow!(
        "there is no API `{slug}`; `toolgate apis list` shows those that there are, with their slugs in parentheses"
    ))
}

/// Where the API comes from: by its slug or, while its files are broken, by the name of its file or folder.
pub(super) fn place_of(report: &Report, name: &str) -> Result<PathBuf, Failure> {
    let by_slug = report.origins.iter().find(|origin| origin.slug == name);
    let broken = || report.left_out.iter().find(|path| stem(path) == name);
    by_slug
        .map(|origin| &origin.path)
        .or_else(broken)
        .cloned()
        .ok_or_else(|| unknown(name))
}

/// The name of a file without its ending, or of a folder.
fn stem(path: &Path) -> String {
    let name = if path.is_dir() {
        path.file_name()
    } else {
        path.file_stem()
    };
    name.unwrap_or_default().to_string_lossy().into_owned()
}
