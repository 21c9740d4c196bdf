//! Secrets: turning a reference into a value, as late as possible, and keeping values sealed until then.
//!
//! Must never know what a secret is for. Values live in [`secrecy::SecretString`] and in buffers that are wiped; no
//! error names one.
//!
//! A value is sealed with a key of its own, that key with the master key (`record`), and both are bound to the
//! organisation, user, name and version that they are stored under. The master key is in the environment or in a file,
//! never in the store (`key_source`).

mod arguments_key;
pub mod command;
mod key_source;
mod master_key;
mod opened;
mod record;
mod rotation;
mod sealed;
mod source;
mod strength;

use async_trait::async_trait;
use secrecy::SecretString;

pub use arguments_key::{ArgumentsKeyError, arguments_key};
pub use key_source::{KeyError, KeySource, VARIABLE, text as key_text};
pub use master_key::MalformedKey;
pub use rotation::{Rotated, RotationError};
pub use sealed::{Listed, Stored, Vault};
pub use source::{EnvironmentSecrets, ServerSecrets};
pub use strength::{Weakness, masked, weaknesses};

pub use crate::connector::model::LOCAL;
use crate::connector::model::SecretRef;

/// Who a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder<'a> {
    /// Their organisation: secrets of another one do not exist for them.
    pub organisation: &'a str,
    /// The user.
    pub user: &'a str,
    /// Whether the secrets of every user of the organisation are theirs to use: only for whoever runs the process, who
    /// can read the master key anyway. A name says nothing of that: keys can be made for any.
    pub sees_everybodys: bool,
}

impl Holder<'static> {
    /// The single person of a local process.
    #[must_use]
    pub fn local() -> Self {
        Self {
            organisation: LOCAL,
            user: LOCAL,
            sees_everybodys: true,
        }
    }
}

/// Somewhere secrets are kept.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// The value behind `reference` for `holder`.
    ///
    /// # Errors
    /// [`SecretError`], naming the reference and never a value.
    async fn resolve(&self, reference: &SecretRef, holder: Holder<'_>) -> Result<SecretString, SecretError>;
}

/// A secret cannot be read, stored or removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// `env:NAME` names a variable that is not set or is empty.
    #[error("the environment variable `{0}` is not set, or is empty")]
    NotSet(String),
    /// No source keeps references of this kind.
    #[error("`{0}` cannot be resolved: there is no vault here; use `env:NAME`")]
    NoSource(String),
    /// The vault holds no value for this holder.
    #[error(
        "the vault holds no `{reference}` for the user `{user}` of the organisation `{organisation}`: store it with \
         `{command}`"
    )]
    NotStored {
        /// The reference.
        reference: String,
        /// Whom it was for.
        user: String,
        /// Their organisation.
        organisation: String,
        /// What stores it.
        command: String,
    },
    /// The reference names a user, and somebody else asked.
    #[error(
        "`{reference}` belongs to one user, and the call is made by `{user}`: write `vault://` and the name alone, \
             and every user gets their own"
    )]
    NotTheirs {
        /// The reference.
        reference: String,
        /// Who asked.
        user: String,
    },
    /// The record was sealed with a master key that is not there.
    #[error(
        "`{name}` is sealed with the master key {sealed_with}, and {place} holds the key {found}: bring back the key \
         that it was stored with, or remove the secret and store it again"
    )]
    OtherKey {
        /// The record.
        name: String,
        /// Identifier of the key that it needs.
        sealed_with: String,
        /// Where this process has its key from.
        place: String,
        /// Identifier of that key.
        found: String,
    },
    /// The record is not what was stored.
    #[error(
        "`{name}` cannot be opened: its record was changed or damaged since it was stored; store the secret again with \
         `{command}`"
    )]
    Damaged {
        /// The record.
        name: String,
        /// What stores it.
        command: String,
    },
    /// Too many others stored it at the same time.
    #[error("`{0}` was not stored: others kept storing it at the same time; try again")]
    Contended(String),
    /// The value cannot be sealed.
    #[error("`{0}` cannot be sealed: {1}")]
    Unsealed(String, String),
    /// There is no master key to use.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error("{0}")]
    Store(String),
}

impl From<crate::store::StoreError> for SecretError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

#[cfg(test)]
mod tests;
