//! The document types: what an author writes, key by key.
//!
//! Shapes only: what a value means, and whether it is sound, is decided where it is compiled.
//!
//! The doc comments are the reference: the JSON Schema that editors use and the manual are made from them.
//! Older spellings of keys (seed formats) are brought into this shape by [`super::spelling`] before.

mod action;
mod code;
mod input;
mod settings;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Allowance;
use super::authentication::AuthDocument;
use crate::pagination::Keys;

pub(in crate::connector) use action::{ActionDocument, EffectName, MethodName, ValidationName};
pub(in crate::connector) use code::{CodeDocument, ReturnedErrorsName, SecretsName};
pub(in crate::connector) use input::{
    FieldType, InputDocument, InsideDocument, OptionDocument, PlaceName, Scalar, StyleName,
};
pub(in crate::connector) use settings::{SettingDocument, SettingTypeName};

/// A connector: one HTTP API whose actions agents can call.
#[expect(
    dead_code,
    reason = "the shape of the file; its parts are read one by one, so that no error hides another"
)]
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Connector")]
pub(in crate::connector) struct ConnectorDocument {
    /// An identifier of your own, kept as it is.
    pub id: Option<String>,
    /// The user that the definition belongs to: only calls with a key of that user see it. Whoever runs the server sees
    /// everything.
    pub user_id: Option<String>,
    /// The organisation that the definition belongs to, or that of its user. `local` when there is only a `user_id`, as
    /// for keys that name none.
    pub organisation: Option<String>,
    /// The name people read, e.g. `My Company CRM`.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// The name in tool names: lowercase letters, digits and single underscores. Made from `name` when left out.
    pub slug: Option<String>,
    /// What the API is for and when to use it. Agents read this.
    pub description: Option<String>,
    /// An icon: an `https:` URL of an image, or a `data:image/...` URI.
    pub icon: Option<String>,
    /// The layout of the folder. Follows from the files; when written, it must agree with them.
    pub tier: Option<TierName>,
    /// The names of the actions to offer. All when left out.
    pub expose: Option<Vec<String>>,
    /// Whether its actions are listed as tools even when there are too many to list, see `[finding]` in `config.toml`.
    #[serde(default)]
    pub pinned: bool,
    /// Prefix of the environment variables that `settings` are read from, e.g. `CRM_`. When left out, the slug in
    /// capitals and `_`.
    pub env_prefix: Option<String>,
    /// Values that are read from the server's environment, by name. `{{settings.NAME}}` stands for one.
    #[serde(default)]
    pub settings: BTreeMap<String, SettingDocument>,
    /// How to reach the API.
    pub connection: ConnectionDocument,
    /// How requests are authenticated. Nothing is sent when left out.
    pub auth: Option<AuthDocument>,
    /// Where requests may go, and how many.
    #[serde(default)]
    pub security: SecurityDocument,
    /// How code of actions is run.
    #[serde(default)]
    pub code: CodeDocument,
    /// A tunnel to a private API.
    pub tunnel: Option<TunnelDocument>,
    /// What all actions share unless they say otherwise.
    #[serde(default)]
    pub defaults: DefaultsDocument,
    /// What agents can do.
    #[serde(default)]
    pub actions: Vec<ActionDocument>,
    /// Data about the definition that other programs keep here. Only `status` has an effect.
    pub metadata: Option<MetadataDocument>,
}

/// The file of one entity, in the folder `services`.
#[expect(
    dead_code,
    reason = "the shape of the file; its parts are read one by one, so that no error hides another"
)]
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Entity")]
pub(in crate::connector) struct EntityDocument {
    /// What agents can do with this entity.
    #[serde(default)]
    pub actions: Vec<ActionDocument>,
}

/// The layout of a connector's folder.
#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(in crate::connector) enum TierName {
    /// One file.
    Lite,
    /// `connector.toml`, and one file per entity in `services`.
    Full,
}

/// How to reach the API.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Connection")]
pub(in crate::connector) struct ConnectionDocument {
    /// Where the API is, e.g. `https://crm.example.com/api/v1`. Paths of actions are appended to it.
    #[schemars(length(min = 1))]
    pub base_url: String,
    /// Longest time for one request in milliseconds, from connecting to the last byte of the answer. The server's
    /// `call_timeout_ms` comes before a longer one.
    #[serde(default = "default_timeout_ms")]
    #[schemars(range(min = 1, max = 600_000))]
    pub timeout_ms: u64,
    /// How many times a failed request may be repeated where that is safe.
    #[serde(default = "default_retry_attempts")]
    #[schemars(range(min = 0, max = 10))]
    pub retry_attempts: u32,
    /// Whether the API's certificate is verified. `false` must also be allowed by the server, see
    /// `egress.allow_invalid_certificates_for` in `config.toml`.
    #[serde(default = "default_true")]
    pub verify_ssl: bool,
    /// Headers of every request, such as a pinned version of the API. No secrets: those belong in `auth`.
    #[serde(default)]
    #[expect(dead_code, reason = "read from the tree, which keeps the places")]
    pub headers: Map<String, Value>,
    /// Other servers of the same API. Actions choose one by its name with `server`.
    #[serde(default)]
    pub servers: BTreeMap<String, ServerDocument>,
}

/// Another server of the same API, such as one for uploads.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Server")]
pub(in crate::connector) struct ServerDocument {
    /// Where it is, e.g. `https://upload.example.com/v1`. The same rules hold as for the connection's.
    #[schemars(length(min = 1))]
    pub base_url: String,
    /// Whether the credential of `auth` is sent there. When left out, only if it has the origin of the connection's
    /// `base_url`.
    pub credentials: Option<bool>,
}

/// Where requests may go, and how many.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Security")]
pub(in crate::connector) struct SecurityDocument {
    /// Patterns of the URLs that may be called, e.g. `https://crm.example.com/*`, or with methods in front,
    /// `GET,POST https://crm.example.com/*`. The base URLs and everything below them when left out.
    pub url_allowlist: Option<Vec<String>>,
    /// Networks or addresses that the API's address must belong to, e.g. `10.20.0.0/16`. When left out, any public
    /// address may be called and no private one.
    pub ip_allowlist: Option<Vec<String>>,
    /// Whether plain HTTP may be used. Needs an `ip_allowlist`.
    #[serde(default)]
    pub allow_http: bool,
    /// Requests of code that change nothing although their method may, e.g. `POST /search`, or with a whole URL,
    /// `POST https://crm.example.com/graphql`. Code of actions that read may send these; `*` stands for anything.
    #[serde(default)]
    pub safe_requests: Vec<String>,
    /// What code gets in place of the secrets of `auth`.
    #[serde(default)]
    pub secrets: SecretsName,
    /// Longest answer in bytes, after decompression.
    #[serde(default = "default_max_response_bytes")]
    #[schemars(range(min = 1, max = 268_435_456))]
    pub max_response_bytes: u64,
    /// How many calls are let through.
    #[serde(default)]
    pub rate_limit: RateLimitDocument,
}

/// How many calls are let through. Limits that are left out are taken from `[limits]` of the server's settings.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RateLimit")]
#[expect(clippy::struct_field_names, reason = "these are the keys of the file")]
pub(in crate::connector) struct RateLimitDocument {
    /// Calls of each action in any 60 seconds, or `unlimited`. An action can say otherwise.
    pub requests_per_minute_per_action: Option<Allowance>,
    /// Calls in any 60 seconds, all actions together, or `unlimited`.
    pub requests_per_minute: Option<Allowance>,
    /// Calls in any 24 hours, all actions together, or `unlimited`.
    pub requests_per_day: Option<Allowance>,
}

/// A tunnel to a private API.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Tunnel")]
pub(in crate::connector) struct TunnelDocument {
    /// Whether the API is reached through the tunnel. This version cannot do that yet.
    #[serde(default)]
    pub enabled: bool,
    /// The kind of tunnel: `cloudflare` or `platform_agent`.
    pub r#type: Option<TunnelName>,
    /// Which tunnel.
    pub tunnel_id: Option<String>,
}

/// A kind of tunnel.
#[derive(Deserialize, JsonSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(in crate::connector) enum TunnelName {
    /// Cloudflare Tunnel.
    Cloudflare,
    /// A Toolgate agent inside the private network.
    PlatformAgent,
}

/// What all actions share unless they say otherwise.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Defaults")]
pub(in crate::connector) struct DefaultsDocument {
    /// What an answer that breaks its schema does.
    pub validation: Option<ValidationName>,
    /// Statuses outside of 200-299 that are normal answers, e.g. `[404]`.
    #[schemars(inner(range(min = 100, max = 599)))]
    pub ok_statuses: Option<Vec<u16>>,
    /// How lists come in pages, for the actions that have a table `pagination`, even an empty one.
    pub pagination: Option<Keys>,
}

/// Data about the definition that other programs keep here.
#[expect(
    dead_code,
    reason = "accepted for the programs that keep them; only `status` has an effect here"
)]
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Metadata")]
pub(in crate::connector) struct MetadataDocument {
    /// When it was made.
    pub created_at: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
    /// When it was last used.
    pub last_used_at: Option<String>,
    /// How often it was used.
    pub total_calls: Option<u64>,
    /// `active` offers the connector's tools to agents; anything else hides them.
    pub status: Option<String>,
}

impl Default for SecurityDocument {
    fn default() -> Self {
        Self {
            url_allowlist: None,
            ip_allowlist: None,
            allow_http: false,
            safe_requests: Vec::new(),
            secrets: SecretsName::default(),
            max_response_bytes: default_max_response_bytes(),
            rate_limit: RateLimitDocument::default(),
        }
    }
}

impl ConnectionDocument {
    /// The base URLs as written, the connection's own first.
    pub(in crate::connector) fn base_urls(&self) -> impl Iterator<Item = &str> {
        let others = self.servers.values().map(|server| server.base_url.as_str());
        std::iter::once(self.base_url.as_str()).chain(others)
    }
}

const fn default_timeout_ms() -> u64 {
    30_000
}

const fn default_retry_attempts() -> u32 {
    3
}

const fn default_true() -> bool {
    true
}

const fn default_max_response_bytes() -> u64 {
    10 * 1024 * 1024
}
