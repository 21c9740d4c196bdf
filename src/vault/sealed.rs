//! The vault: storing, opening, listing and removing sealed secrets.

use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use secrecy::{ExposeSecret as _, SecretString};

use super::command::command;
use super::key_source::{KeyError, KeySource, Keys};
use super::opened::OpenedSecrets;
use super::{Holder, LOCAL, SecretError, masked, record};
use crate::connector::model::SecretName;
use crate::store::{Put, SealedSecret, SecretId, Store, time};

/// How often storing is repeated while other processes store the same secret or replace the master key.
const ATTEMPTS: usize = 16;

/// Sealed secrets over a store. Has no `Debug`.
pub struct Vault {
    pub(super) store: Arc<dyn Store>,
    pub(super) source: KeySource,
    keys: ArcSwapOption<Keys>,
    opened: OpenedSecrets,
}

/// What became of a secret that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// How many values it has had, this one included.
    pub version: u32,
    /// The master key that had to be made for it.
    pub new_key: Option<PathBuf>,
}

/// A secret without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What names it.
    pub id: SecretId,
    /// How many values it has had.
    pub version: u32,
    /// When it got its first value.
    pub created_at: String,
    /// When it got this value.
    pub updated_at: String,
    /// What may be seen of its value (contract S2-09), or why it cannot be opened.
    pub masked: Result<String, SecretError>,
}

impl Vault {
    /// The vault in `store`. Its key is read when it is needed first.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, source: KeySource) -> Self {
        Self {
            store,
            source,
            keys: ArcSwapOption::empty(),
            opened: OpenedSecrets::new(),
        }
    }

    /// Where its master key comes from.
    #[must_use]
    pub fn source(&self) -> &KeySource {
        &self.source
    }

    /// The value of `name` for `holder`: their own, else the one that their organisation shares. Asks the store at most
    /// once in two seconds for each holder and name.
    ///
    /// # Errors
    /// [`SecretError`] when there is none, when it belongs to another user, or when it cannot be opened.
    pub async fn open(&self, name: &SecretName, holder: Holder<'_>) -> Result<SecretString, SecretError> {
        let find = async || self.unseal(&self.find(name, holder).await?).await;
        self.opened.get(name, holder, find).await
    }

    /// Stores a value, in place of the one that is there. The first one in a state folder makes the master key.
    ///
    /// # Errors
    /// [`SecretError`] when there is no master key, when the vault is sealed with another one, or the store fails.
    pub async fn set(&self, id: &SecretId, value: &SecretString) -> Result<Stored, SecretError> {
        let (mut keys, new_key) = self.keys_or_new().await?;
        let mut key_id = keys.current.id().to_owned();
        for _ in 0..ATTEMPTS {
            let version = self.store.find_secret(id).await?.map_or(0, |secret| secret.version);
            let version = version.checked_add(1).ok_or_else(|| damaged(id))?;
            let Some(key) = keys.of(&key_id) else {
                return Err(self.other_key(described(id), key_id, &keys));
            };
            let sealed = record::seal(key, id, version, value.expose_secret())
                .map_err(|error| SecretError::Unsealed(described(id), error.to_string()))?;
            let now = time::rfc3339(jiff::Timestamp::now());
            let secret = SealedSecret {
                id: id.clone(),
                version,
                key_id: key_id.clone(),
                wrapped_key: sealed.wrapped_key,
                sealed_value: sealed.sealed_value,
                created_at: now.clone(),
                updated_at: now,
            };
            match self.store.put_secret(&secret).await? {
                Put::Stored => {
                    self.opened.clear();
                    return Ok(Stored { version, new_key });
                }
                Put::Outdated => {}
                // The key may have been replaced since it was read, or wait to take the place of the current one.
                Put::OtherKey(sealed_with) => {
                    keys = self.load().await?;
                    key_id = sealed_with;
                }
            }
        }
        Err(SecretError::Contended(described(id)))
    }

    /// Removes a secret; whether it was there. Needs no master key.
    ///
    /// # Errors
    /// [`SecretError::Store`] when the store fails.
    pub async fn remove(&self, id: &SecretId) -> Result<bool, SecretError> {
        let removed = self.store.remove_secret(id).await?;
        self.opened.clear();
        Ok(removed)
    }

    /// The secrets of an organisation, shared ones first. Opens each, to show the end of long ones and to find those
    /// that cannot be opened.
    ///
    /// # Errors
    /// [`SecretError::Store`] when the store fails.
    pub async fn list(&self, organisation: &str) -> Result<Vec<Listed>, SecretError> {
        let mut listed = Vec::new();
        for secret in self.store.list_secrets(Some(organisation)).await? {
            let masked = self.unseal(&secret).await.map(|value| masked(&value));
            listed.push(Listed {
                masked,
                id: secret.id,
                version: secret.version,
                created_at: secret.created_at,
                updated_at: secret.updated_at,
            });
        }
        Ok(listed)
    }

    /// Whose secrets there are, of all organisations. Opens none.
    ///
    /// # Errors
    /// [`SecretError::Store`] when the store fails.
    pub async fn ids(&self) -> Result<Vec<SecretId>, SecretError> {
        let secrets = self.store.list_secrets(None).await?;
        Ok(secrets.into_iter().map(|secret| secret.id).collect())
    }

    async fn find(&self, name: &SecretName, holder: Holder<'_>) -> Result<SealedSecret, SecretError> {
        if let Some(user) = &name.user
            && user != holder.user
            && !holder.sees_everybodys
        {
            return Err(SecretError::NotTheirs {
                reference: name.to_string(),
                user: holder.user.to_owned(),
            });
        }
        let places = match &name.user {
            Some(user) => vec![Some(user.clone())],
            None => vec![Some(holder.user.to_owned()), None],
        };
        for user in places {
            let id = SecretId {
                organisation: holder.organisation.to_owned(),
                user,
                name: name.name.clone(),
            };
            if let Some(secret) = self.store.find_secret(&id).await? {
                return Ok(secret);
            }
        }
        let command = match holder.organisation {
            LOCAL => name.command(),
            organisation => format!("{} --organisation {organisation}", name.command()),
        };
        Err(SecretError::NotStored {
            reference: name.to_string(),
            user: holder.user.to_owned(),
            organisation: holder.organisation.to_owned(),
            command,
        })
    }

    async fn unseal(&self, secret: &SealedSecret) -> Result<SecretString, SecretError> {
        let mut keys = self.keys().await?;
        if keys.of(&secret.key_id).is_none() {
            // The master key was replaced while this process ran.
            keys = self.load().await?;
        }
        let Some(key) = keys.of(&secret.key_id) else {
            return Err(self.other_key(described(&secret.id), secret.key_id.clone(), &keys));
        };
        record::open(key, secret).map_err(|_| damaged(&secret.id))
    }

    async fn keys(&self) -> Result<Arc<Keys>, KeyError> {
        match self.keys.load_full() {
            Some(keys) => Ok(keys),
            None => self.load().await,
        }
    }

    /// Reads the keys again.
    pub(super) async fn load(&self) -> Result<Arc<Keys>, KeyError> {
        let source = self.source.clone();
        let keys = Arc::new(blocking(move || source.load()).await?);
        self.keys.store(Some(Arc::clone(&keys)));
        Ok(keys)
    }

    /// The keys, and the file of the one that had to be made. None is made for secrets that are sealed with another:
    /// that one is missing, and a new key would hide it.
    async fn keys_or_new(&self) -> Result<(Arc<Keys>, Option<PathBuf>), SecretError> {
        let missing = match self.load().await {
            Err(error @ KeyError::Missing(_)) => error,
            keys => return Ok((keys?, None)),
        };
        let is_unused = self.store.list_secrets(None).await?.is_empty();
        let KeySource::Own(file) = &self.source else {
            return Err(missing.if_unused(is_unused).into());
        };
        if !is_unused {
            // Unless whoever stored them has made the key since it was looked for.
            return Ok((self.load().await?, None));
        }
        let source = self.source.clone();
        blocking(move || source.create()).await?;
        Ok((self.load().await?, Some(file.clone())))
    }

    pub(super) fn other_key(&self, name: String, sealed_with: String, keys: &Keys) -> SecretError {
        SecretError::OtherKey {
            name,
            sealed_with,
            place: self.source.shown(),
            found: keys.current.id().to_owned(),
        }
    }
}

/// Reads and writes files where it does not hold up calls.
pub(super) async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<KeyError> + Send + 'static,
{
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(KeyError::Interrupted.into()))
}

/// What is told of a record that is not what was stored.
pub(super) fn damaged(id: &SecretId) -> SecretError {
    SecretError::Damaged {
        name: described(id),
        command: command("set", id),
    }
}

/// A record as people name it.
pub(super) fn described(id: &SecretId) -> String {
    match &id.user {
        Some(user) => format!("{} (user {user}, organisation {})", id.name, id.organisation),
        None => format!("{} (shared in the organisation {})", id.name, id.organisation),
    }
}
