//! `bearer_token`: `Authorization: Bearer <token>` (contract S1-13, S2-10; RFC 6750 section 2.1).

use http::HeaderMap;
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use zeroize::Zeroizing;

use super::{CredentialError, Scheme, set_header};

pub(super) struct BearerToken {
    pub(super) token: SecretString,
}

impl Scheme for BearerToken {
    fn apply(&self, _url: &mut Url, headers: &mut HeaderMap) -> Result<(), CredentialError> {
        let value = Zeroizing::new(format!("Bearer {}", self.token.expose_secret()));
        set_header(headers, &AUTHORIZATION, &value)
    }

    fn is_on(&self, _url: &Url, headers: &HeaderMap) -> bool {
        headers.contains_key(AUTHORIZATION)
    }

    fn secrets(&self) -> Vec<&SecretString> {
        vec![&self.token]
    }
}
