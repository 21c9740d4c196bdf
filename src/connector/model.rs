//! The domain model: one external API with everything compiled that a call needs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use ipnet::IpNet;
use serde_json::{Map, Value};
use url::{Origin, Url};

use super::Allowance;
use super::any_of::AnyOf;
use super::reach::UrlAllowlist;
use crate::mapping::Mapping;
use crate::pagination::Pagination;
use crate::schema::Schema;
use crate::template::{Inside, PathTemplate, Style, ValueTemplate, XmlShape};

pub use super::credential::{Auth, Encoded, KeyPlace, Part, Piece, Placement, SecretRef, Setting};
pub use super::secret_name::SecretName;

/// Name of the one implicit user of a process that serves a single person, of that user's organisation, and of the
/// organisation of whoever names none (ruling C-27). Nobody else may be called that.
pub const LOCAL: &str = "local";

/// Whom a definition belongs to: an organisation, or one user of it (ruling C-27).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The organisation.
    pub organisation: String,
    /// The user (`user_id` of seed 001); everybody of the organisation when there is none.
    pub user: Option<String>,
}

/// One external API.
#[derive(Debug)]
pub struct Connector {
    /// Unique name in tool names: `[a-z0-9_]+`, derived from the name unless given (contract S1-09).
    pub slug: String,
    /// The author's identifier (`id` of seed 001), if any.
    pub id: Option<String>,
    /// Whom the definition belongs to, if anybody (ruling C-27).
    pub owner: Option<Owner>,
    /// The name people read.
    pub name: String,
    /// When an agent should use this API.
    pub description: String,
    /// An icon as a `data:` or `https:` URI.
    pub icon: Option<String>,
    /// Which layout the connector's folder has (contract S4-01).
    pub tier: Tier,
    /// Whether its tools are offered (`metadata.status` other than `active` hides them).
    pub enabled: bool,
    /// Environment variables that the files need and that hold no secret (contract S4-12). Their values are in place.
    pub variables: Vec<String>,
    /// `SKILL.md` of the folder: how to work with the API, for agents (contract S4-16).
    pub skill: Option<Arc<str>>,
    /// How to reach the API.
    pub connection: Connection,
    /// How requests are authenticated.
    pub auth: Auth,
    /// What code reads as `data.auth`, by name. Secrets of `auth` are among them.
    pub fields: Vec<(String, Setting)>,
    /// Where requests may go.
    pub security: Security,
    /// How code is run.
    pub code: CodeRules,
    /// What an agent can do, in file order.
    pub actions: Vec<Arc<Action>>,
}

impl Connector {
    /// Where the secrets are kept that its calls need.
    pub fn secrets(&self) -> Vec<&SecretRef> {
        let mut all = self.auth.secrets();
        for (_, setting) in &self.fields {
            if let Some(reference) = setting.secret()
                && !all.contains(&reference)
            {
                all.push(reference);
            }
        }
        all
    }

    /// Those of [`Self::secrets`] that `auth` does not put on requests. The API may know them all the same, as from what
    /// the connector's code sends.
    pub fn secrets_beside(&self, auth: &Auth) -> Vec<&SecretRef> {
        // Most connectors have one credential and nothing else, and this is on the way of each call.
        if self.fields.is_empty() && std::ptr::eq(auth, &raw const self.auth) {
            return Vec::new();
        }
        let used = auth.secrets();
        let mut others = self.secrets();
        others.retain(|reference| !used.contains(reference));
        others
    }

    /// How requests of `action` are authenticated: not at all where it says so, or goes to a server that gets no
    /// credential.
    pub fn auth_of(&self, action: &Action) -> &Auth {
        static NONE: Auth = Auth::none();
        match action.request() {
            Some(request) if !request.credentials => &NONE,
            _ => &self.auth,
        }
    }
}

/// How code of a connector's actions is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRules {
    /// Whether JavaScript finds the names of other hosts too (contract B.8).
    pub aliases: bool,
    /// Whether a returned object that tells of an error fails the call (ruling C-19).
    pub returned_errors_fail: bool,
}

/// The layout of a connector's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// One file.
    Lite,
    /// `connector.toml` and one file per entity in `services/`.
    Full,
}

/// How to reach an API.
#[derive(Debug)]
pub struct Connection {
    /// Base URL; action paths are appended to its path, so a prefix such as `/v1` stays.
    pub base_url: Url,
    /// Longest time for one request, from connecting to the last byte of the answer.
    pub timeout: Duration,
    /// How many times a failed request may be repeated.
    pub retry_attempts: u32,
    /// Whether the certificate is verified; `false` needs the server configuration's leave (ruling C-17).
    pub verify_ssl: bool,
    /// Headers of every request, e.g. a pinned API version (contract S3-27).
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Other servers of the same API.
    pub servers: Vec<Arc<Server>>,
}

impl Connection {
    /// Where the API is, with all its servers.
    pub fn base_urls(&self) -> impl Iterator<Item = &Url> {
        let others = self.servers.iter().map(|server| &server.base_url);
        std::iter::once(&self.base_url).chain(others)
    }

    /// Whether `url` is at one of the API's servers.
    pub fn is_own(&self, url: &Url) -> bool {
        let origin = url.origin();
        self.base_urls().any(|base| base.origin() == origin)
    }

    /// Whether `url` is at one of the API's servers that get no credential.
    pub fn withholds_credential(&self, url: &Url) -> bool {
        self.is_own(url) && !self.credential_origins().contains(&url.origin())
    }

    /// The origins that requests with the credential may go to: that of the base URL, and those of the servers that the
    /// connector's author has named for it.
    pub fn credential_origins(&self) -> Vec<Origin> {
        let others = self.servers.iter().filter(|server| server.credentials);
        let mut origins = vec![self.base_url.origin()];
        for origin in others.map(|server| server.base_url.origin()) {
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        origins
    }
}

/// Another server of an API, such as one for uploads.
#[derive(Debug)]
pub struct Server {
    /// What actions call it.
    pub name: String,
    /// Its base URL.
    pub base_url: Url,
    /// Whether the credential is sent there.
    pub credentials: bool,
}

/// Where requests may go.
#[derive(Debug)]
pub struct Security {
    /// Methods and URLs that may be called. Defaults to each base URL followed by `/*`.
    pub url_allowlist: UrlAllowlist,
    /// Networks that resolved addresses must belong to. `None`: any public address.
    pub ip_allowlist: Option<Vec<IpNet>>,
    /// Whether plain HTTP may be used; only with an `ip_allowlist`.
    pub allow_http: bool,
    /// Whether code gets handles in place of secrets (ruling C-05).
    pub sealed: bool,
    /// Requests of code that change nothing, whatever their method says.
    pub safe_requests: UrlAllowlist,
    /// Longest answer in bytes after decompression (ruling C-18).
    pub max_response_bytes: u64,
    /// How many calls are let through.
    pub rate_limit: RateLimit,
}

/// How many calls are let through. `None`: as the server's settings say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls of each action in any minute.
    pub requests_per_minute_per_action: Option<Allowance>,
    /// Calls of the whole connector in any minute.
    pub requests_per_minute: Option<Allowance>,
    /// Calls of the whole connector in any 24 hours.
    pub requests_per_day: Option<Allowance>,
}

/// One thing an agent can do.
#[derive(Debug)]
pub struct Action {
    /// Unique within the connector: `[a-z0-9_]+`.
    pub name: String,
    /// The name people read.
    pub title: String,
    /// When an agent should use it, and what it returns.
    pub description: String,
    /// Whether it changes anything.
    pub effect: Effect,
    /// Whether a person must allow each call (ruling C-10).
    pub confirm: bool,
    /// Whether it stays among the listed tools when the others are found by searching.
    pub pinned: bool,
    /// Schema of the arguments: an object, closed to unknown properties.
    pub input: Schema,
    /// Names of top-level arguments whose values are never shown, logged or stored (PASSWORD fields).
    pub secret_arguments: Vec<String>,
    /// What it does.
    pub logic: Logic,
    /// What the API is expected to answer, or code to return.
    pub response: ResponseContract,
    /// Schema of the tool's structured content, always an object, where it can be derived.
    pub output_schema: Option<Arc<Map<String, Value>>>,
    /// Longest time for one request of this action, if it differs from the connection's.
    pub timeout: Option<Duration>,
    /// Calls of this action in any minute, if they differ from the connector's.
    pub requests_per_minute: Option<Allowance>,
    /// SHA-256 of everything that decides what an approval of this action allows: its definition, and the
    /// connector's connection, authentication and security settings.
    pub revision: String,
}

impl Action {
    /// The HTTP request of a declarative action.
    pub fn request(&self) -> Option<&RequestTemplate> {
        match &self.logic {
            Logic::Request(request) => Some(request),
            Logic::Code(_) => None,
        }
    }

    /// How the pages of its answer are asked for, when it reads several.
    pub fn pagination(&self) -> Option<&Pagination> {
        self.request()?.pagination.as_deref()
    }

    /// The code of an action that has some.
    pub fn code(&self) -> Option<&Code> {
        match &self.logic {
            Logic::Request(_) => None,
            Logic::Code(code) => Some(code),
        }
    }
}

/// What an action does when it is called (ruling C-12).
#[derive(Debug)]
pub enum Logic {
    /// One HTTP request, made by the host.
    Request(Box<RequestTemplate>),
    /// Code, run in a sandbox.
    Code(Code),
}

/// Code of an action.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    /// What it is written in.
    pub language: Language,
    /// What its errors call it: its file within the connector's folder, e.g. `actions/create_ticket.js`, or the file of
    /// the action and its slug, e.g. `connector.toml#create_ticket`.
    pub name: String,
    /// The source or the component.
    pub bytes: Arc<[u8]>,
    /// Where each of its lines begins in the file that it is written in; none where the file is the code.
    pub lines: Arc<[LineStart]>,
}

/// Where a line of code begins in the file of its action: line and column, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineStart {
    /// The line.
    pub line: usize,
    /// The column of the line's first character.
    pub column: usize,
}

/// Its content is long.
impl fmt::Debug for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.bytes.len();
        write!(formatter, "{:?} `{}`, {length} bytes", self.language, self.name)
    }
}

/// What code is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// JavaScript: the body of an async function, in UTF-8.
    JavaScript,
    /// A WebAssembly component of the world `action`.
    Component,
}

/// Whether an action changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Leaves everything as it was.
    Read,
    /// Creates, changes or deletes.
    Write,
}

impl Effect {
    /// `read` or `write`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// A declarative action's HTTP request.
#[derive(Debug)]
pub struct RequestTemplate {
    /// GET, POST, PUT, PATCH or DELETE (contract S2-16), or HEAD, OPTIONS or QUERY.
    pub method: Method,
    /// The server that it goes to, when that is not the connection's own.
    pub server: Option<Arc<Server>>,
    /// Whether it carries the credential.
    pub credentials: bool,
    /// Appended to the base URL's path.
    pub path: PathTemplate,
    /// The path as the author wrote it: what an approval shows beside the rendered one.
    pub path_source: String,
    /// Query parameters in order. An array repeats its parameter.
    pub query: Vec<(String, ValueTemplate)>,
    /// Headers in order.
    pub headers: Vec<(HeaderName, ValueTemplate)>,
    /// Cookies in order.
    pub cookies: Vec<(String, ValueTemplate)>,
    /// Arguments whose authors say how they are written. They come behind the others of their place.
    pub styled: Vec<Styled>,
    /// The body, for methods that have one.
    pub body: Option<BodyTemplate>,
    /// What becomes of members of arguments before they go anywhere, by the argument's name, in order.
    pub inside: Vec<(String, Vec<Inside>)>,
    /// Arguments of which at least one has to be given.
    pub any_of: Option<AnyOf>,
    /// How further pages of the answer are asked for, when it comes in pages and the action reads all of them.
    pub pagination: Option<Box<Pagination>>,
}

impl RequestTemplate {
    /// What the path is appended to.
    pub fn base_url<'a>(&'a self, connection: &'a Connection) -> &'a Url {
        self.server
            .as_ref()
            .map_or(&connection.base_url, |server| &server.base_url)
    }
}

/// An argument that goes somewhere by itself, written in a style of its own.
#[derive(Debug)]
pub struct Styled {
    /// Where it goes. Those of the path are in the path's template.
    pub place: StyledPlace,
    /// What the API calls it.
    pub name: String,
    /// The argument.
    pub template: ValueTemplate,
    /// How it is written.
    pub style: Style,
}

/// Where an argument with a style goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StyledPlace {
    /// The query.
    Query,
    /// This header.
    Header(HeaderName),
    /// The cookies.
    Cookie,
    /// The form that is the body.
    Form,
}

/// A request's body.
#[derive(Debug)]
pub enum BodyTemplate {
    /// `application/json`.
    Json(ValueTemplate),
    /// `application/x-www-form-urlencoded`; the template is an object.
    Form(ValueTemplate),
    /// `multipart/form-data` (RFC 7578); the template is an object, and each of its members a part or a list of parts.
    Multipart {
        /// Names and values of the parts.
        template: ValueTemplate,
        /// What is said about parts beside their content.
        parts: Vec<PartTemplate>,
    },
    /// The bytes of one file.
    File {
        /// Its media type, or those that are taken, as in `image/png, image/jpeg` and `image/*`: then the file's own.
        content_type: String,
        /// A template that renders to a file's value.
        template: ValueTemplate,
    },
    /// XML, made of a value.
    Xml {
        /// Its media type.
        content_type: String,
        /// A template that renders to the value.
        template: ValueTemplate,
        /// How the value is written.
        shape: XmlShape,
    },
    /// Text of any other type.
    Text {
        /// Its media type.
        content_type: String,
        /// A template that renders to a string.
        template: ValueTemplate,
    },
}

/// What is said about the parts of one name in a body of `multipart/form-data`.
#[derive(Debug)]
pub struct PartTemplate {
    /// Their name.
    pub name: String,
    /// Their media type, when that is not the usual one.
    pub media_type: Option<String>,
    /// Further headers, in order.
    pub headers: Vec<(String, ValueTemplate)>,
}

/// What the API is expected to answer, and what becomes of it (ruling C-09).
#[derive(Debug)]
pub struct ResponseContract {
    /// Schema of the API's answer, before mapping.
    pub schema: Option<Schema>,
    /// What a mismatch does.
    pub validation: Validation,
    /// How the answer is reshaped.
    pub mapping: Option<Mapping>,
    /// Statuses outside 200-299 that are normal answers (ruling C-25).
    pub ok_statuses: Vec<u16>,
}

/// What a response that breaks its schema does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validation {
    /// The call fails with `SCHEMA_MISMATCH`.
    Strict,
    /// The data is returned with a warning.
    Warn,
}
