//! `custom_header`: any headers, each written out or secret.

use http::{HeaderMap, HeaderName};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{CredentialError, Resolved, Scheme, set_header};

pub(super) struct CustomHeader {
    pub(super) headers: Vec<(HeaderName, Resolved)>,
}

impl Scheme for CustomHeader {
    fn apply(&self, _url: &mut Url, headers: &mut HeaderMap) -> Result<(), CredentialError> {
        self.headers
            .iter()
            .try_for_each(|(name, resolved)| set_header(headers, name, resolved.value.expose_secret()))
    }

    fn is_on(&self, _url: &Url, headers: &HeaderMap) -> bool {
        self.headers.iter().any(|(name, _)| headers.contains_key(name))
    }

    fn secrets(&self) -> Vec<&SecretString> {
        self.headers
            .iter()
            .filter_map(|(_, resolved)| resolved.if_secret())
            .collect()
    }
}
