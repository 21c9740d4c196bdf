//! `toolgate apis list`.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Installed, secrets_of, stem};
use crate::cli::secrets::{self, Place, Stored};
use crate::cli::{Failure, assemble, output};
use crate::config;
use crate::connector::model::{Connector, SecretRef};
use crate::diagnostics::legible_line;
use crate::egress::Egress;
use crate::overview::{Api, Connection, Window};
use crate::store::{ApiUsage, time};
use crate::vault::{KeyError, KeySource, SecretError};

pub(super) async fn run(installed: Installed, json: bool) -> Result<(), Failure> {
    let apis = apis(&installed, Timestamp::now(), &TimeZone::system()).await?;
    if apis.is_empty() && !installed.report.unreadable.is_empty() {
        assemble::tell(&installed.report);
        return Err(Failure::Told);
    }
    if json {
        return Ok(output::say_json(&apis)?);
    }
    if apis.is_empty() {
        let folder = installed.locations.connectors.display();
        return Ok(output::say(&format!("there are no APIs in {folder}"))?);
    }
    let blocks: Vec<String> = apis
        .iter()
        .map(|api| {
            let lines: Vec<String> = api.lines().iter().map(|line| legible_line(line)).collect();
            lines.join("\n")
        })
        .collect();
    Ok(output::say(&blocks.join("\n\n"))?)
}

/// Every API that has files, sorted by slug, those with broken files last.
async fn apis(installed: &Installed, now: Timestamp, zone: &TimeZone) -> Result<Vec<Api>, Failure> {
    let today = Window::parse("today", now, zone).map_err(anyhow::Error::from)?;
    let midnight = time::rfc3339(today.since.unwrap_or(now));
    assemble::add_up(&*installed.store).await;
    let usages = installed
        .store
        .api_usage(&midnight)
        .await
        .map_err(anyhow::Error::from)?;
    let mut usages: HashMap<String, ApiUsage> = usages.into_iter().map(|usage| (usage.slug.clone(), usage)).collect();
    let master_key = KeySource::of(&installed.config.vault, &installed.locations.state);
    let stored = secrets::stored(Place::Open(&installed.store), Some(&master_key))
        .await
        .map_err(anyhow::Error::from)?;
    let egress = Egress::new(&installed.config.egress).map_err(|error| Failure::Setup(error.into()))?;
    let catalog = &installed.report.catalog;
    let mut apis = Vec::with_capacity(catalog.connectors().len());
    for connector in catalog.connectors() {
        let usage = usages.remove(&connector.slug).unwrap_or_default();
        let connection = connection(connector, &egress, &stored);
        apis.push(Api::new(connector, catalog.offers(connector), usage, connection, now));
    }
    apis.extend(installed.report.left_out.iter().map(|path| Api::broken(stem(path))));
    Ok(apis)
}

fn connection(connector: &Connector, egress: &Egress, stored: &[Stored]) -> Connection {
    let named = secrets_of(connector);
    let lost = named.iter().find(|name| secrets::meant(name, stored).next().is_none());
    // One user's damaged record is no matter of the others.
    let locked = named.iter().find_map(|name| secrets::locked(name, stored));
    let problem = |error: &SecretError| format!("Credential cannot be opened: {error}");
    let needed = connector.secrets();
    let missing = needed.iter().find_map(|secret| match secret {
        SecretRef::Environment(name) if config::environment_variable(name).is_none() => Some(name),
        SecretRef::Environment(_) | SecretRef::Vault(_) => None,
    });
    Connection {
        unreachable: egress
            .route(connector)
            .err()
            .map(|error| format!("Cannot be reached: {error}")),
        lost_credential: lost
            .map(|name| format!("Credential missing: the vault holds no {name}"))
            .or_else(|| locked.filter(|error| !may_open_elsewhere(error)).map(problem)),
        missing_credential: missing
            .map(|name| format!("Credential missing: the variable {name} is not set here"))
            .or_else(|| locked.map(problem)),
    }
}

/// Whether another process may open a secret that this one cannot: the server may have the master key in its environment.
fn may_open_elsewhere(error: &SecretError) -> bool {
    matches!(error, SecretError::Key(KeyError::Missing(_)))
}
