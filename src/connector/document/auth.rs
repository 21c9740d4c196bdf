//! How an author writes authentication.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// How requests are authenticated.
///
/// Secrets are never written here. A secret is named by where it is kept: `vault://crm/key` is the secret `crm/key` of
/// the vault, `env:NAME` the environment variable NAME of the server.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "Auth")]
pub(in crate::connector) enum AuthDocument {
    /// Nothing is sent.
    None {},
    /// One key in a header, a query parameter or a cookie.
    ApiKey {
        /// The header that carries the key, e.g. `X-API-Key`.
        header_name: Option<String>,
        /// The query parameter or cookie that carries the key, when `in` says so.
        name: Option<String>,
        /// Where the key goes.
        #[serde(default)]
        r#in: KeyPlaceName,
        /// Text in front of the key, e.g. `ApiKey `.
        #[serde(default)]
        prefix: String,
        /// Where the key is kept, e.g. `vault://crm/key` or `env:CRM_KEY`.
        key: Option<String>,
        /// Names that code reads as `data.auth.NAME`, with where each value is kept, e.g. `env:CRM_KEY`; or the value
        /// itself when it is not a secret. With these and no `key`, requests carry only what code puts on them.
        #[serde(default)]
        fields: BTreeMap<String, String>,
    },
    /// `Authorization: Bearer <token>`.
    BearerToken {
        /// Where the token is kept, e.g. `vault://crm/token` or `env:CRM_TOKEN`.
        token: String,
    },
    /// `Authorization: Basic <user and password>`.
    BasicAuth {
        /// The user's name, or where it is kept.
        username: String,
        /// Where the password is kept, e.g. `vault://crm/password` or `env:CRM_PASSWORD`.
        password: String,
    },
    /// Any headers.
    CustomHeader {
        /// The headers.
        #[schemars(length(min = 1))]
        headers: Vec<HeaderDocument>,
    },
    /// Several of the others at once, e.g. a token and a key.
    Combined {
        /// Each as it would be written in `auth` on its own. No two go to the same place.
        #[schemars(length(min = 2))]
        parts: Vec<AuthDocument>,
    },
}

/// Where an API key goes.
#[derive(Deserialize, JsonSchema, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(in crate::connector) enum KeyPlaceName {
    /// A request header.
    #[default]
    Header,
    /// A query parameter. It is kept out of logs.
    Query,
    /// A cookie.
    Cookie,
}

/// A header that authenticates.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AuthHeader")]
pub(in crate::connector) struct HeaderDocument {
    /// Its name.
    pub name: String,
    /// Where its value is kept, e.g. `vault://crm/token` or `env:CRM_TOKEN`; or the value itself when it is not a
    /// secret, such as a tenant's id.
    pub value: String,
}
