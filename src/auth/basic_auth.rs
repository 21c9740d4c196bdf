//! `basic_auth`: `Authorization: Basic <base64(user:password)>` (contract S1-14, S2-12; RFC 7617, UTF-8).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use zeroize::Zeroizing;

use super::{CredentialError, Resolved, Scheme, set_header};

pub(super) struct BasicAuth {
    username: Resolved,
    password: SecretString,
    /// `user:password`, which is what an API that echoes the decoded header shows.
    pair: SecretString,
    /// The pair as it is sent.
    token: SecretString,
}

impl BasicAuth {
    pub(super) fn new(username: Resolved, password: SecretString) -> Self {
        let pair = format!("{}:{}", username.value.expose_secret(), password.expose_secret());
        Self {
            username,
            password,
            token: SecretString::from(STANDARD.encode(&pair)),
            pair: SecretString::from(pair),
        }
    }
}

impl Scheme for BasicAuth {
    fn apply(&self, _url: &mut Url, headers: &mut HeaderMap) -> Result<(), CredentialError> {
        let username = self.username.value.expose_secret();
        // RFC 7617 section 2: a colon would move part of the name into the password; control characters have no place.
        let refused = [
            (
                username.contains(':') || username.contains(char::is_control),
                "the user name",
            ),
            (self.password.expose_secret().contains(char::is_control), "the password"),
        ];
        if let Some((_, part)) = refused.iter().find(|(refused, _)| *refused) {
            return Err(CredentialError {
                place: format!("{part} of Basic authentication"),
            });
        }
        let mut value = Zeroizing::new(String::from("Basic "));
        value.push_str(self.token.expose_secret());
        set_header(headers, &AUTHORIZATION, &value)
    }

    fn is_on(&self, _url: &Url, headers: &HeaderMap) -> bool {
        headers.contains_key(AUTHORIZATION)
    }

    fn secrets(&self) -> Vec<&SecretString> {
        let mut secrets = vec![&self.password, &self.pair, &self.token];
        secrets.extend(self.username.if_secret());
        secrets
    }
}
