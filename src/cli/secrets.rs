//! Secrets that connectors name and that nobody has set.

use std::path::Path;
use std::sync::Arc;

use crate::config;
use crate::connector::model::{Connector, SecretName, SecretRef};
use crate::store::{self, SecretId, Store, StoreError};

/// Where the vault is.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// In a store that is open.
    Open(&'a dyn Store),
    /// In this state folder, if there is one.
    Folder(&'a Path),
}

/// What to tell of credentials that calls would miss. A secret that at least one user has is not missing. No errors:
/// whoever checks files need not be who serves them, and a vault is filled while a server runs.
pub(super) async fn unset(connectors: &[Arc<Connector>], place: Place<'_>) -> Vec<String> {
    let mut named = connectors.iter().flat_map(|connector| connector.secrets());
    let stored = if named.any(|secret| matches!(secret, SecretRef::Vault(_))) {
        stored(place).await
    } else {
        Ok(Vec::new())
    };
    let stored = match stored {
        Ok(stored) => stored,
        Err(error) => return vec![format!("the vault cannot be read: {error}")],
    };
    let mut missing = Vec::new();
    for connector in connectors {
        let slug = &connector.slug;
        missing.extend(connector.secrets().into_iter().filter_map(|secret| match secret {
            SecretRef::Environment(name) => config::environment_variable(name).is_none().then(|| {
                format!("the connector `{slug}` needs the environment variable `{name}`, which is not set here")
            }),
            SecretRef::Vault(name) => (!stored.iter().any(|id| is_meant(name, id))).then(|| {
                format!(
                    "the connector `{slug}` needs the secret `{name}`, which the vault does not hold: store it with `{}`",
                    name.command()
                )
            }),
        }));
    }
    missing
}

/// Whether a connector that names `name` means the secret `id`, for whomever.
pub(super) fn is_meant(name: &SecretName, id: &SecretId) -> bool {
    id.name == name.name && (name.user.is_none() || name.user == id.user)
}

/// What the vault holds. A store that is not there is not made.
pub(super) async fn stored(place: Place<'_>) -> Result<Vec<SecretId>, StoreError> {
    let secrets = match place {
        Place::Open(store) => store.list_secrets(None).await?,
        Place::Folder(state) if store::exists(state) => store::open(state).await?.list_secrets(None).await?,
        Place::Folder(_) => Vec::new(),
    };
    Ok(secrets.into_iter().map(|secret| secret.id).collect())
}
