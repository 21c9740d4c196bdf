//! Authentication schemes: one file each, putting a credential on a request.
//!
//! Must never know the network. A credential has no revealing `Debug` and no `Serialize`.
//! Adding a scheme touches one new file and the list in [`Credential::resolve`].

use http::HeaderMap;
use url::Url;

use crate::connector::model::Auth;
use crate::vault::{SecretError, SecretSource};

/// The resolved credential of one connection.
pub struct Credential;

impl Credential {
    /// Resolves the secrets that `auth` needs.
    ///
    /// # Errors
    /// [`SecretError`] when one of them cannot be had.
    pub async fn resolve(_auth: &Auth, _source: &dyn SecretSource) -> Result<Self, SecretError> {
        unimplemented!()
    }
    /// Puts the credential on a request.
    ///
    /// # Errors
    /// [`CredentialError`] when a value cannot be sent in its place, e.g. a line break in a header.
    pub fn apply(&self, _url: &mut Url, _headers: &mut HeaderMap) -> Result<(), CredentialError> {
        unimplemented!()
    }
    /// Finds this credential's values in texts and removes them.
    #[must_use]
    pub fn scrubber(&self) -> &Scrubber {
        unimplemented!()
    }
}

/// Replaces every value of a credential by `[REDACTED]`, in plain, base64, URL-encoded and JSON-escaped form.
#[derive(Clone)]
pub struct Scrubber;

impl Scrubber {
    /// A scrubber that changes nothing.
    #[must_use]
    pub fn empty() -> Self {
        unimplemented!()
    }
    /// `text` without secrets; borrowed when there was none.
    #[must_use]
    pub fn text<'a>(&self, _text: &'a str) -> std::borrow::Cow<'a, str> {
        unimplemented!()
    }
    /// Cleans every string and key in `value`.
    pub fn value(&self, _value: &mut serde_json::Value) {
        unimplemented!()
    }
}

/// A credential cannot be sent where its scheme puts it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the credential cannot be sent in {place}: it holds a character that is not allowed there")]
pub struct CredentialError {
    /// The place, e.g. `the header X-API-Key`.
    pub place: String,
}
