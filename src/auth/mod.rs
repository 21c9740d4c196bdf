//! Credentials: secrets put together and put on a request, and found again in what comes back.
//!
//! Must never know the network, or a scheme: what a scheme sends, and where, is data
//! ([`crate::connector::model::Auth`]). A credential has no revealing `Debug` and no `Serialize`.

mod part;
mod place;
pub mod scrubber;
mod sealed;

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use secrecy::SecretString;
use url::Url;

pub use scrubber::{Scrubber, ScrubberCache};
pub use sealed::{GuestAuth, GuestAuthError, Handles, SecretBudget};

use crate::connector::model::{Auth, SecretName, SecretRef};
use crate::vault::{Holder, SecretError, SecretSource};
use part::Part;

/// The resolved credential of one connection. Its values are wiped from memory when it is dropped.
pub struct Credential {
    /// Each puts its values where no other does.
    parts: Vec<Arc<Part>>,
    scrubber: Scrubber,
}

impl Credential {
    /// The credential of an API that asks for none (contract S2-14).
    #[must_use]
    pub fn none() -> Self {
        Self {
            parts: Vec::new(),
            scrubber: Scrubber::empty(),
        }
    }

    /// Resolves the secrets that `auth` needs, for `holder`. They are asked for anew every time, so that a rotated secret
    /// is used as soon as its source says so; `scrubbers` saves only the work of preparing the search for them.
    ///
    /// # Errors
    /// [`SecretError`] when one of them is not available.
    pub async fn resolve(
        auth: &Auth,
        source: &dyn SecretSource,
        holder: Holder<'_>,
        scrubbers: &ScrubberCache,
    ) -> Result<Self, SecretError> {
        if auth.is_none() {
            return Ok(Self::none());
        }
        let mut parts = Vec::with_capacity(auth.parts.len());
        for part in &auth.parts {
            parts.push(Arc::new(Part::resolve(part, source, holder).await?));
        }
        let secrets: Vec<&SecretString> = parts.iter().flat_map(|part| part.secrets()).collect();
        let scrubber = scrubbers.scrubber(&secrets);
        Ok(Self { parts, scrubber })
    }

    /// The same credential, whose scrubber finds the values of `others` too: of a name that belongs to one user that user's,
    /// since the API has it from their calls and may show it to anybody. One that is not there is left out: without it nobody
    /// can be told it.
    ///
    /// # Errors
    /// [`SecretError`] when one is there and cannot be read: what could not be hidden must not be asked for.
    pub async fn hiding(
        mut self,
        others: &[&SecretRef],
        source: &dyn SecretSource,
        holder: Holder<'_>,
        scrubbers: &ScrubberCache,
    ) -> Result<Self, SecretError> {
        let mut values = Vec::with_capacity(others.len());
        for &reference in others {
            let holder = match reference {
                SecretRef::Vault(SecretName { user: Some(user), .. }) => Holder { user, ..holder },
                _ => holder,
            };
            match source.resolve(reference, holder).await {
                Ok(value) => values.push(value),
                Err(
                    SecretError::NotSet(_)
                    | SecretError::NoSource(_)
                    | SecretError::NotStored { .. }
                    | SecretError::NotTheirs { .. },
                ) => {}
                Err(error) => return Err(error),
            }
        }
        if !values.is_empty() {
            let mut all = self.secrets();
            all.extend(&values);
            self.scrubber = scrubbers.scrubber(&all);
        }
        Ok(self)
    }

    /// Puts the credential on a request.
    ///
    /// # Errors
    /// [`CredentialError`] when a value cannot be sent in its place, e.g. a line break in a header.
    pub fn apply(&self, url: &mut Url, headers: &mut HeaderMap) -> Result<(), CredentialError> {
        self.parts.iter().try_for_each(|part| part.apply(url, headers))
    }

    /// What of this credential still has to go on a request that carries values of its own, as requests of code do that
    /// authenticate themselves; `None` when all of it does. Each part is looked at for itself.
    #[must_use]
    pub fn missing_on(&self, url: &Url, headers: &HeaderMap) -> Option<Self> {
        let is_missing = |part: &&Arc<Part>| !part.is_on(url, headers);
        if self.parts.iter().all(|part| is_missing(&part)) {
            return None;
        }
        Some(Self {
            parts: self.parts.iter().filter(is_missing).cloned().collect(),
            scrubber: self.scrubber.clone(),
        })
    }

    /// Every value that nobody outside may see.
    fn secrets(&self) -> Vec<&SecretString> {
        self.parts.iter().flat_map(|part| part.secrets()).collect()
    }

    /// Finds this credential's values, and those it hides beside them, in texts and removes them.
    #[must_use]
    pub fn scrubber(&self) -> &Scrubber {
        &self.scrubber
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Credential").finish_non_exhaustive()
    }
}

/// A credential cannot be sent where its scheme puts it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the credential holds a character that cannot be sent in {place}")]
pub struct CredentialError {
    /// The place, e.g. `the header X-API-Key`.
    pub place: String,
}

#[cfg(test)]
mod tests;
