//! Secrets that connectors name and that nobody has set, or that cannot be opened.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::config;
use crate::connector::model::{Connector, SecretName, SecretRef};
use crate::store::{self, SecretId, Store};
use crate::vault::{KeyError, KeySource, Listed, SecretError, Vault};

/// Where the vault is.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// In a store that is open.
    Open(&'a Arc<dyn Store>),
    /// In this state folder, if there is one.
    Folder(&'a Path),
}

/// What to tell of credentials that calls would miss. A secret that at least one user has is not missing. No errors:
/// whoever checks files need not be who serves them, and a vault is filled while a server runs. Where the master key comes
/// from may not be known: then it is not told which secrets it does not open.
pub(super) async fn unset(
    connectors: &[Arc<Connector>],
    place: Place<'_>,
    master_key: Option<&KeySource>,
) -> Vec<String> {
    let mut named = connectors.iter().flat_map(|connector| connector.secrets());
    let stored = if named.any(|secret| matches!(secret, SecretRef::Vault(_))) {
        stored(place, master_key).await
    } else {
        Ok(Vec::new())
    };
    let stored = match stored {
        Ok(stored) => stored,
        Err(error) => return vec![format!("the vault cannot be read: {error}")],
    };
    let mut told: Vec<String> = Vec::new();
    // One problem, however many secrets it locks.
    let mut without_key =
        connectors
            .iter()
            .flat_map(|connector| connector.secrets())
            .filter_map(|secret| match secret {
                SecretRef::Vault(name) => meant(name, &stored).find_map(Stored::lacks_key),
                SecretRef::Environment(_) => None,
            });
    if let Some(error) = without_key.next() {
        told.push(format!("no secret of the vault can be opened here: {error}"));
    }
    for connector in connectors {
        for secret in connector.secrets() {
            let problem = match secret {
                SecretRef::Environment(name) => config::environment_variable(name)
                    .is_none()
                    .then(|| format!("needs the environment variable `{name}`, which is not set here")),
                SecretRef::Vault(name) => problem_of(name, &stored),
            };
            told.extend(problem.map(|problem| format!("the connector `{}` {problem}", connector.slug)));
        }
    }
    told
}

/// Why the file that the settings name for the master key cannot be used, if so.
pub(super) async fn unusable_key(place: Place<'_>, master_key: &KeySource) -> Option<KeyError> {
    let KeySource::Named(_) = master_key else {
        return None;
    };
    let problem = master_key.problem()?;
    let is_unused = stored(place, None).await.is_ok_and(|stored| stored.is_empty());
    Some(problem.if_unused(is_unused))
}

/// What is wrong with the secret that a connector names.
fn problem_of(name: &SecretName, stored: &[Stored]) -> Option<String> {
    let mut meant = meant(name, stored).peekable();
    if meant.peek().is_none() {
        let command = name.command();
        return Some(format!(
            "needs the secret `{name}`, which the vault does not hold: store it with `{command}`"
        ));
    }
    let mut opened_with_key = meant.filter(|secret| secret.lacks_key().is_none());
    let error = opened_with_key.find_map(|secret| secret.locked.as_ref())?;
    Some(format!(
        "needs the secret `{name}`, which cannot be opened here: {error}"
    ))
}

/// Whether a connector that names `name` means the secret `id`, for whomever.
pub(super) fn is_meant(name: &SecretName, id: &SecretId) -> bool {
    id.name == name.name && (name.user.is_none() || name.user == id.user)
}

/// Those of the secrets that a connector means with `name`.
pub(super) fn meant<'a>(name: &'a SecretName, stored: &'a [Stored]) -> impl Iterator<Item = &'a Stored> {
    stored.iter().filter(move |secret| is_meant(name, &secret.id))
}

/// Why none of the secrets that a connector means with `name` can be opened; `None` when one can, or there is none.
pub(super) fn locked<'a>(name: &SecretName, stored: &'a [Stored]) -> Option<&'a SecretError> {
    let mut errors = stored
        .iter()
        .filter(|secret| is_meant(name, &secret.id))
        .map(|secret| secret.locked.as_ref());
    let first = errors.next()??;
    errors.all(|error| error.is_some()).then_some(first)
}

/// One secret of the vault.
pub(super) struct Stored {
    pub(super) id: SecretId,
    /// Why it cannot be opened, if that was looked for.
    pub(super) locked: Option<SecretError>,
}

impl Stored {
    /// Why there is no master key to open it with.
    fn lacks_key(&self) -> Option<&KeyError> {
        match &self.locked {
            Some(SecretError::Key(error)) => Some(error),
            Some(_) | None => None,
        }
    }
}

/// What the vault holds. A store that is not there is not made.
pub(super) async fn stored(place: Place<'_>, master_key: Option<&KeySource>) -> Result<Vec<Stored>, SecretError> {
    let store = match place {
        Place::Open(store) => Arc::clone(store),
        Place::Folder(state) if store::exists(state)? => store::open_to_read(state).await?,
        Place::Folder(_) => return Ok(Vec::new()),
    };
    let Some(master_key) = master_key else {
        let secrets = store.list_secrets(None).await?.into_iter();
        return Ok(secrets
            .map(|secret| Stored {
                id: secret.id,
                locked: None,
            })
            .collect());
    };
    let vault = Vault::new(store, master_key.clone());
    let organisations: BTreeSet<String> = vault.ids().await?.into_iter().map(|id| id.organisation).collect();
    let mut stored = Vec::new();
    for organisation in organisations {
        let listed = vault.list(&organisation).await?.into_iter();
        stored.extend(listed.map(|Listed { id, masked, .. }| Stored {
            id,
            locked: masked.err(),
        }));
    }
    Ok(stored)
}
