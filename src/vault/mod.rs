//! Secrets: turning a reference into a value, as late as possible.
//!
//! Must never know what a secret is for. Values live in [`secrecy::SecretString`] only.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::config::environment_variable;
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
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, SecretError> {
        match reference {
            // Read at every call: a secret that its operator rotates is used from the next call on.
            SecretRef::Environment(name) => environment_variable(name)
                .map(SecretString::from)
                .ok_or_else(|| SecretError::NotSet(name.clone())),
            // A sealed value is named by its kind only: no error needs the ciphertext.
            SecretRef::Vault(reference) if reference.starts_with("encrypted:") => {
                Err(SecretError::NoSource("encrypted:…".to_owned()))
            }
            SecretRef::Vault(reference) => Err(SecretError::NoSource(reference.clone())),
        }
    }
}

/// A secret cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// `env:NAME` names a variable that is not set or is empty.
    #[error("the environment variable `{0}` is not set, or is empty")]
    NotSet(String),
    /// No source keeps references of this kind.
    #[error("`{0}` cannot be resolved: this server has no vault; use `env:NAME`")]
    NoSource(String),
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[tokio::test]
    async fn a_variable_is_read_and_a_missing_one_is_named() {
        // Cargo sets this one for every test that it runs.
        let name = "CARGO_PKG_NAME".to_owned();
        let found = EnvironmentSecrets.resolve(&SecretRef::Environment(name)).await.unwrap();
        assert_eq!(found.expose_secret(), "toolgate");

        let name = "TOOLGATE_TEST_NEVER_SET".to_owned();
        let missing = EnvironmentSecrets
            .resolve(&SecretRef::Environment(name))
            .await
            .unwrap_err();
        assert_eq!(
            missing.to_string(),
            "the environment variable `TOOLGATE_TEST_NEVER_SET` is not set, or is empty"
        );
    }

    #[tokio::test]
    async fn a_vault_reference_says_that_there_is_no_vault() {
        for (reference, shown) in [
            ("vault://crm/key", "vault://crm/key"),
            ("encrypted:AAECAw", "encrypted:…"),
        ] {
            let reference = SecretRef::Vault(reference.to_owned());
            let error = EnvironmentSecrets.resolve(&reference).await.unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{shown}` cannot be resolved: this server has no vault; use `env:NAME`")
            );
        }
    }
}
