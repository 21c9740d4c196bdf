//! Secrets: turning a reference into a value, as late as possible.
//!
//! Must never know what a secret is for. Values live in [`secrecy::SecretString`] only.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::connector::model::SecretRef;

/// Somewhere secrets are kept. The sealed store is another implementation of this trait.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// The value behind `reference`.
    ///
    /// # Errors
    /// [`SecretError`], naming the reference and never a value.
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, SecretError>;
}

/// Secrets from `env:NAME` references.
#[derive(Debug, Clone, Copy, Default)]
pub struct EnvironmentSecrets;

#[async_trait]
impl SecretSource for EnvironmentSecrets {
    async fn resolve(&self, _reference: &SecretRef) -> Result<SecretString, SecretError> {
        unimplemented!()
    }
}

/// A secret cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// `env:NAME` names a variable that is not set or is empty.
    #[error("the environment variable `{0}` is not set")]
    NotSet(String),
    /// No source keeps references of this kind.
    #[error("`{0}` cannot be resolved: this server has no vault")]
    NoSource(String),
}
