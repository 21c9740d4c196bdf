//! Authentication schemes: one file each, putting a credential on a request.
//!
//! Must never know the network. A credential has no revealing `Debug` and no `Serialize`.
//! Adding a scheme touches one new file and the list in `scheme`, below.

mod api_key;
mod basic_auth;
mod bearer_token;
mod custom_header;
pub mod scrubber;
mod sealed;

use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use url::Url;

pub use scrubber::{Scrubber, ScrubberCache};
pub use sealed::{GuestAuth, GuestAuthError, Handles};

use crate::connector::model::{Auth, SecretName, SecretRef, Setting};
use crate::vault::{Holder, SecretError, SecretSource};

/// The resolved credential of one connection. Its values are wiped from memory when it is dropped.
pub struct Credential {
    /// Each puts its values where no other does.
    schemes: Vec<Arc<dyn Scheme>>,
    scrubber: Scrubber,
}

/// What one authentication scheme does with its resolved values.
trait Scheme: Send + Sync {
    /// Puts the values on a request, in place of whatever was there under the same name: an argument or a template
    /// can never take the credential's place.
    fn apply(&self, url: &mut Url, headers: &mut HeaderMap) -> Result<(), CredentialError>;

    /// Whether a request carries a value of its own where this scheme puts one.
    fn is_on(&self, url: &Url, headers: &HeaderMap) -> bool;

    /// Every value that nobody outside may see. Values written in the connector's file are not among them.
    fn secrets(&self) -> Vec<&SecretString>;
}

impl Credential {
    /// The credential of an API that asks for none (contract S2-14).
    #[must_use]
    pub fn none() -> Self {
        Self {
            schemes: Vec::new(),
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
        let parts = match auth {
            Auth::None => return Ok(Self::none()),
            Auth::Combined { parts } => parts.as_slice(),
            auth => std::slice::from_ref(auth),
        };
        let mut schemes = Vec::with_capacity(parts.len());
        for part in parts {
            schemes.extend(scheme(part, source, holder).await?);
        }
        let secrets: Vec<&SecretString> = schemes.iter().flat_map(|scheme| scheme.secrets()).collect();
        let scrubber = scrubbers.scrubber(&secrets);
        Ok(Self { schemes, scrubber })
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
        self.schemes.iter().try_for_each(|scheme| scheme.apply(url, headers))
    }

    /// What of this credential still has to go on a request that carries values of its own, as requests of code do that
    /// authenticate themselves; `None` when all of it does. Of a combined one each scheme is looked at for itself.
    #[must_use]
    pub fn missing_on(&self, url: &Url, headers: &HeaderMap) -> Option<Self> {
        let is_missing = |scheme: &&Arc<dyn Scheme>| !scheme.is_on(url, headers);
        if self.schemes.iter().all(|scheme| is_missing(&scheme)) {
            return None;
        }
        Some(Self {
            schemes: self.schemes.iter().filter(is_missing).cloned().collect(),
            scrubber: self.scrubber.clone(),
        })
    }

    /// Every value that nobody outside may see.
    fn secrets(&self) -> Vec<&SecretString> {
        self.schemes.iter().flat_map(|scheme| scheme.secrets()).collect()
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

/// One scheme with its secrets resolved for `holder`; `None` when `auth` is none by itself.
async fn scheme(
    auth: &Auth,
    source: &dyn SecretSource,
    holder: Holder<'_>,
) -> Result<Option<Arc<dyn Scheme>>, SecretError> {
    Ok(Some(match auth {
        Auth::None | Auth::Combined { .. } => return Ok(None),
        Auth::ApiKey {
            place,
            name,
            prefix,
            key,
        } => Arc::new(api_key::ApiKey {
            place: *place,
            name: name.clone(),
            prefix: prefix.clone(),
            key: source.resolve(key, holder).await?,
        }),
        Auth::BearerToken { token } => Arc::new(bearer_token::BearerToken {
            token: source.resolve(token, holder).await?,
        }),
        Auth::BasicAuth { username, password } => Arc::new(basic_auth::BasicAuth::new(
            Resolved::of(username, source, holder).await?,
            source.resolve(password, holder).await?,
        )),
        Auth::CustomHeader { headers } => {
            let mut resolved = Vec::with_capacity(headers.len());
            for (name, setting) in headers {
                resolved.push((name.clone(), Resolved::of(setting, source, holder).await?));
            }
            Arc::new(custom_header::CustomHeader { headers: resolved })
        }
    }))
}

/// A setting's value, and whether it has to be kept from everybody.
struct Resolved {
    value: SecretString,
    secret: bool,
}

impl Resolved {
    async fn of(setting: &Setting, source: &dyn SecretSource, holder: Holder<'_>) -> Result<Self, SecretError> {
        Ok(match setting {
            Setting::Literal(text) => Self {
                value: SecretString::from(text.as_str()),
                secret: false,
            },
            Setting::Secret(reference) => Self {
                value: source.resolve(reference, holder).await?,
                secret: true,
            },
        })
    }

    fn if_secret(&self) -> Option<&SecretString> {
        self.secret.then_some(&self.value)
    }
}

/// Sets one header. Bytes past ASCII go out as they are (RFC 9110 section 5.5, `obs-text`): some keys are UTF-8.
fn set_header(headers: &mut HeaderMap, name: &HeaderName, value: &str) -> Result<(), CredentialError> {
    let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| CredentialError {
        place: format!("the header {name}"),
    })?;
    // Keeps the value out of debug output and out of HTTP/2's compression table.
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
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
