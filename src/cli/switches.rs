//! Which APIs operators have switched off, and what a loading tells about APIs: between the store and the catalog.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Interval, MissedTickBehavior};

use super::Failure;
use crate::catalog::Report;
use crate::store::{ApiSighting, Store, StoreError, time};

/// How often a server looks whether an operator has switched an API. No call looks.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// The switches of all APIs as they were last read.
pub(super) struct Switches {
    store: Arc<dyn Store>,
    disabled: BTreeSet<String>,
    look: Interval,
    /// Whether the last look failed: that is told once.
    blind: bool,
}

impl Switches {
    /// Reads how the switches are now.
    pub(super) async fn read(store: Arc<dyn Store>) -> Result<Self, Failure> {
        let disabled = disabled(&*store).await?;
        let mut look = tokio::time::interval(LOOK_INTERVAL);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            store,
            disabled,
            look,
            blind: false,
        })
    }

    /// Where they are kept.
    pub(super) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Slugs of the APIs that are switched off.
    pub(super) fn disabled(&self) -> &BTreeSet<String> {
        &self.disabled
    }

    /// Waits until another process turns a switch.
    pub(super) async fn turned(&mut self) {
        loop {
            self.look.tick().await;
            match self.store.disabled_apis().await {
                Ok(disabled) => {
                    self.blind = false;
                    if disabled != self.disabled {
                        for slug in disabled.symmetric_difference(&self.disabled) {
                            let is_enabled = !disabled.contains(slug);
                            tracing::info!(api = slug, is_enabled, "an operator switched an API");
                        }
                        self.disabled = disabled;
                        return;
                    }
                }
                Err(error) if !self.blind => {
                    tracing::warn!(%error, "the switches of APIs cannot be read; they stay as they are");
                    self.blind = true;
                }
                Err(_) => {}
            }
        }
    }

    /// Notes in the background which APIs were loaded: nobody waits for that.
    pub(super) fn sight(&self, report: &Report) {
        let store = Arc::clone(&self.store);
        let sightings = sightings(report);
        tokio::spawn(async move {
            if let Err(error) = sight(&*store, &sightings).await {
                tracing::warn!(%error, "it was not noted which APIs are there");
            }
        });
    }
}

/// Slugs of the APIs that are switched off.
pub(super) async fn disabled(store: &dyn Store) -> Result<BTreeSet<String>, Failure> {
    let disabled = store.disabled_apis().await.map_err(anyhow::Error::from)?;
    Ok(disabled)
}

/// Notes which APIs are there, for those who list them.
pub(super) async fn sight(store: &dyn Store, sightings: &[ApiSighting]) -> Result<(), StoreError> {
    store.sight_apis(sightings, &time::rfc3339(Timestamp::now())).await
}

/// The APIs that a loading found.
pub(super) fn sightings(report: &Report) -> Vec<ApiSighting> {
    let origins = report.origins.iter();
    origins
        .map(|origin| ApiSighting {
            slug: origin.slug.clone(),
            revision: origin.revision.clone(),
        })
        .collect()
}
