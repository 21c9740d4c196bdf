//! What requests are authenticated with: where each secret is kept and where it goes.
//!
//! Must never know a secret.

use http::{HeaderName, header};

use super::secret_name::SecretName;

/// How requests are authenticated (ruling C-03).
#[derive(Debug)]
pub enum Auth {
    /// Nothing is sent.
    None,
    /// One key in a header, a query parameter or a cookie.
    ApiKey {
        /// Where the key goes.
        place: KeyPlace,
        /// Name of the header, parameter or cookie.
        name: String,
        /// Text in front of the key, e.g. `ApiKey `.
        prefix: String,
        /// The key.
        key: SecretRef,
    },
    /// `Authorization: Bearer <token>`.
    BearerToken {
        /// The token.
        token: SecretRef,
    },
    /// `Authorization: Basic <base64(user:password)>` (RFC 7617, UTF-8).
    BasicAuth {
        /// The user's name.
        username: Setting,
        /// The password.
        password: SecretRef,
    },
    /// Any headers.
    CustomHeader {
        /// Name and value of each.
        headers: Vec<(HeaderName, Setting)>,
    },
    /// Several of the others, each at its own place.
    Combined {
        /// None of them is [`Auth::None`] or combined itself.
        parts: Vec<Auth>,
    },
}

impl Auth {
    /// What this kind of authentication is called in what people read (contract S1-10).
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::ApiKey { .. } => "API Key",
            Self::BearerToken { .. } => "Bearer Token",
            Self::BasicAuth { .. } => "Basic Auth",
            Self::CustomHeader { .. } => "Custom Header",
            Self::Combined { .. } => "Combined",
        }
    }

    /// Where the secrets are kept that requests need.
    pub fn secrets(&self) -> Vec<&SecretRef> {
        fn of(setting: &Setting) -> Option<&SecretRef> {
            match setting {
                Setting::Literal(_) => None,
                Setting::Secret(reference) => Some(reference),
            }
        }
        match self {
            Self::None => Vec::new(),
            Self::ApiKey { key, .. } => vec![key],
            Self::BearerToken { token } => vec![token],
            Self::BasicAuth { username, password } => of(username).into_iter().chain([password]).collect(),
            Self::CustomHeader { headers } => headers.iter().filter_map(|(_, value)| of(value)).collect(),
            Self::Combined { parts } => parts.iter().flat_map(Self::secrets).collect(),
        }
    }

    /// Where on a request the values go.
    pub fn placements(&self) -> Vec<Placement<'_>> {
        let authorization = |scheme| Placement {
            place: KeyPlace::Header,
            name: header::AUTHORIZATION.as_str(),
            visible: Visible::Before(scheme),
        };
        match self {
            Self::None => Vec::new(),
            Self::ApiKey {
                place, name, prefix, ..
            } => vec![Placement {
                place: *place,
                name,
                visible: Visible::Before(prefix),
            }],
            Self::BearerToken { .. } => vec![authorization("Bearer ")],
            Self::BasicAuth { .. } => vec![authorization("Basic ")],
            Self::CustomHeader { headers } => headers.iter().map(Placement::of_header).collect(),
            Self::Combined { parts } => parts.iter().flat_map(Self::placements).collect(),
        }
    }
}

/// Where on a request one value of a credential goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement<'a> {
    /// The kind of place.
    pub place: KeyPlace,
    /// Name of the header, parameter or cookie.
    pub name: &'a str,
    /// What people may see of the value.
    pub visible: Visible<'a>,
}

impl<'a> Placement<'a> {
    fn of_header((name, value): &'a (HeaderName, Setting)) -> Self {
        Self {
            place: KeyPlace::Header,
            name: name.as_str(),
            visible: match value {
                Setting::Literal(value) => Visible::All(value),
                Setting::Secret(_) => Visible::Before(""),
            },
        }
    }
}

/// What people may see of a value that a credential puts on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visible<'a> {
    /// This text, which stands before the secret.
    Before(&'a str),
    /// This text, which is all of it.
    All(&'a str),
}

/// Where an API key goes (ruling C-30).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// A request header.
    Header,
    /// A query parameter.
    Query,
    /// A cookie.
    Cookie,
}

/// A value that may be written out or kept elsewhere.
#[derive(Debug, Clone)]
pub enum Setting {
    /// Written in the connector; not a secret.
    Literal(String),
    /// Kept elsewhere; a secret.
    Secret(SecretRef),
}

/// Where a secret is kept. Never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SecretRef {
    /// `env:NAME`.
    Environment(String),
    /// `vault://…` or `encrypted:…`.
    Vault(SecretName),
}
