//! Replacing the master key.
//!
//! In the state folder it goes in three steps, and the vault works after each, should the process end there:
//!
//! 1. the new key is written beside the old one, as `master.key.next`; whoever opens secrets knows both from now on;
//! 2. one transaction of the store seals all data keys with the new key;
//! 3. `master.key.next` takes the place of `master.key`, which is gone then.
//!
//! What was interrupted is completed by the next rotation, which goes on with the key that it finds in `.next`, and removes
//! drafts of that file.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::key_source::{KeySource, Keys, read, remove_drafts, replace, write};
use super::master_key::MasterKey;
use super::record::{RewrapError, rewrap};
use super::sealed::{blocking, damaged, described};
use super::{KeyError, MalformedKey, SecretError, Vault};
use crate::store::{SealedSecret, StoreError};

/// Held by the process that replaces the key.
const LOCK: &str = "master.key.lock";

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// How many secrets are sealed with the new key.
    pub secrets: usize,
    /// Identifier of the new key.
    pub key_id: String,
}

impl Vault {
    /// Seals every secret with a new master key. `given` is the new key as text; without it the one in the `.next` file
    /// is taken, else one is made if the key is kept in the state folder. `state` is that folder.
    ///
    /// A key in the environment or in a named file is left for its owner to replace.
    ///
    /// # Errors
    /// [`RotationError`]; nothing has changed then, but that a new key may wait in `.next`.
    pub async fn rotate(&self, state: &Path, given: Option<SecretString>) -> Result<Rotated, RotationError> {
        let _alone = lock(state.join(LOCK)).await?;
        let source = self.source.clone();
        if let Err(missing @ KeyError::Missing(_)) = self.load().await
            && self.store.list_secrets(None).await?.is_empty()
        {
            return Err(match source {
                KeySource::Own(_) => RotationError::Unused,
                KeySource::Named(_) | KeySource::Environment => missing.if_unused(true).into(),
            });
        }
        let new = blocking(move || {
            if let (KeySource::Own(_), Some(next)) = (&source, source.next_file()) {
                remove_drafts(&next)?;
            }
            new_key(&source, given.as_ref())
        })
        .await?;
        let secrets = self.rewrap_all(&new).await?;
        if let (KeySource::Own(file), Some(next)) = (self.source.clone(), self.source.next_file()) {
            blocking(move || replace(&file, &next)).await?;
        }
        Ok(Rotated {
            secrets,
            key_id: new.id().to_owned(),
        })
    }

    /// Step 2; how many secrets there are.
    async fn rewrap_all(&self, new: &MasterKey) -> Result<usize, RotationError> {
        let keys = self.load().await?;
        let mut problem = None;
        let mut seal_anew = |secret: &SealedSecret| {
            let rewrapped = self.rewrap(&keys, new, secret);
            rewrapped.map_err(|error| problem = Some(error)).ok()
        };
        let rewrapped = self.store.rewrap_secrets(new.id(), &mut seal_anew).await?;
        match (rewrapped, problem) {
            (_, Some(error)) => Err(error.into()),
            (count, None) => Ok(count.unwrap_or(0)),
        }
    }

    fn rewrap(&self, keys: &Keys, new: &MasterKey, secret: &SealedSecret) -> Result<Vec<u8>, SecretError> {
        let name = described(&secret.id);
        let old = if secret.key_id == new.id() {
            Some(new)
        } else {
            keys.of(&secret.key_id)
        };
        let Some(old) = old else {
            return Err(self.other_key(name, secret.key_id.clone(), keys));
        };
        rewrap(old, new, secret).map_err(|error| match error {
            RewrapError::NotOpened(_) => damaged(&secret.id),
            RewrapError::Seal(error) => SecretError::Unsealed(name, error.to_string()),
        })
    }
}

/// Step 1: the key that is to be used from now on, written down if it is kept in the state folder.
fn new_key(source: &KeySource, text: Option<&SecretString>) -> Result<MasterKey, RotationError> {
    let given = text.map(|text| MasterKey::parse(text.expose_secret())).transpose()?;
    let waiting = match source.next_file().map(|file| (read(&file), file)) {
        None | Some((Err(KeyError::Missing(_)), _)) => None,
        Some((key, file)) => Some((key?, file)),
    };
    match (waiting, given) {
        (Some((waiting, file)), Some(given)) if waiting.id() != given.id() => Err(RotationError::Waiting(file)),
        (Some((waiting, _)), _) => Ok(waiting),
        (None, given) => {
            // Without a present key there is nothing to replace, and a new one would stand alone.
            let present = source.load()?.current;
            if given.as_ref().is_some_and(|given| given.id() == present.id()) {
                return Err(RotationError::Same);
            }
            match source.next_file() {
                Some(next) if matches!(source, KeySource::Own(_)) => written(&next, given, text),
                _ => given.ok_or(RotationError::NoKey),
            }
        }
    }
}

/// A new key that stands in the file `next`: the given one, or one that is made.
fn written(next: &Path, given: Option<MasterKey>, text: Option<&SecretString>) -> Result<MasterKey, RotationError> {
    let (key, line) = match (given, text) {
        (Some(key), Some(text)) => (key, Zeroizing::new(format!("{}\n", text.expose_secret().trim()))),
        _ => MasterKey::generate().map_err(KeyError::from)?,
    };
    write(next, &line)?;
    Ok(key)
}

async fn lock(path: PathBuf) -> Result<File, RotationError> {
    blocking(move || {
        let failed = |error: std::io::Error| KeyError::File {
            file: path.display().to_string(),
            doing: "locked",
            error: error.to_string(),
        };
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(failed)?;
        // Given up by the operating system when the process ends, however it ends.
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(RotationError::Busy),
            Err(TryLockError::Error(error)) => Err(failed(error).into()),
        }
    })
    .await
}

/// The master key was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// Somebody else is at it.
    #[error("another process is replacing the master key")]
    Busy,
    /// The vault was never used.
    #[error("there is no master key to replace yet: it is made when the first secret is stored")]
    Unused,
    /// The new key is the old one.
    #[error("the new master key is the present one")]
    Same,
    /// There is no new key.
    #[error("there is no new master key: give one, since the present one is not kept in the state folder")]
    NoKey,
    /// Another new key waits.
    #[error(
        "{} holds another new key, of a rotation that was interrupted: run `toolgate vault rotate-key` without giving a \
         key to complete it, then rotate again",
        .0.display()
    )]
    Waiting(PathBuf),
    /// The new key is none.
    #[error("the new master key cannot be used: {0}")]
    Malformed(#[from] MalformedKey),
    /// The keys' files do not work.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A secret cannot be sealed anew.
    #[error("the master key was not replaced: {0}")]
    Secret(#[from] SecretError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
