//! The sources of secrets: the environment, and the vault beside it.

use async_trait::async_trait;
use secrecy::SecretString;

use super::{Holder, SecretError, SecretSource, Vault};
use crate::config::environment_variable;
use crate::connector::model::SecretRef;

/// Secrets from `env:NAME` references alone. They are the same for everybody.
#[derive(Debug, Clone, Copy, Default)]
pub struct EnvironmentSecrets;

#[async_trait]
impl SecretSource for EnvironmentSecrets {
    async fn resolve(&self, reference: &SecretRef, _holder: Holder<'_>) -> Result<SecretString, SecretError> {
        match reference {
            // Read at every call: a secret that its operator rotates is used from the next call on.
            SecretRef::Environment(name) => environment_variable(name)
                .map(SecretString::from)
                .ok_or_else(|| SecretError::NotSet(name.clone())),
            SecretRef::Vault(name) => Err(SecretError::NoSource(name.to_string())),
        }
    }
}

/// All secrets of a server: those of its environment, and those of its vault.
pub struct ServerSecrets {
    vault: Vault,
}

impl ServerSecrets {
    /// The environment's secrets and those of `vault`.
    #[must_use]
    pub fn new(vault: Vault) -> Self {
        Self { vault }
    }
}

#[async_trait]
impl SecretSource for ServerSecrets {
    async fn resolve(&self, reference: &SecretRef, holder: Holder<'_>) -> Result<SecretString, SecretError> {
        match reference {
            SecretRef::Environment(_) => EnvironmentSecrets.resolve(reference, holder).await,
            SecretRef::Vault(name) => self.vault.open(name, holder).await,
        }
    }
}
