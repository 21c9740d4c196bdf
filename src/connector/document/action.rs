//! How an author writes one action.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Allowance, InputDocument};
use crate::pagination::Keys;

/// One thing an agent can do: one HTTP request, or code that makes requests.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Action")]
pub(in crate::connector) struct ActionDocument {
    /// The name, unique in the connector, e.g. `get_customer`. Other spellings such as `Get customer` are read as the
    /// title, and the name is made from them.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// The name in tool names, when it must differ from `name`.
    pub slug: Option<String>,
    /// The name people read.
    pub title: Option<String>,
    /// What it does, what it returns and when to use it. Agents choose by this.
    pub description: Option<String>,
    /// The HTTP method.
    pub method: Option<MethodName>,
    /// The path, appended to the base URL. `{x}` and `{{x}}` are filled with the argument `x`, percent-encoded.
    pub path: Option<String>,
    /// The server that is called in place of the connection's own: a name of `connection.servers`.
    pub server: Option<String>,
    /// Whether its request carries the credential of `auth`; `false` for what anybody may call. When left out, as its
    /// server says.
    pub credentials: Option<bool>,
    /// JavaScript to run in place of a request: a file of the folder `actions`, e.g. `actions/create_ticket.js`, or the
    /// code itself.
    pub code: Option<String>,
    /// A WebAssembly component to run in place of a request: a file of the folder `actions`, e.g. `actions/report.wasm`.
    pub component: Option<String>,
    /// Whether it changes anything. When left out, GET, HEAD, OPTIONS and QUERY read, and the other methods and code
    /// write.
    pub effect: Option<EffectName>,
    /// Whether a person must allow each call. When left out, writes need it and reads do not.
    pub confirm: Option<bool>,
    /// Whether it is listed as a tool even when there are too many to list. When left out, the connector's `pinned`.
    pub pinned: Option<bool>,
    /// The arguments.
    #[serde(default)]
    pub input: Vec<InputDocument>,
    /// Names of inputs of which at least one has to be given, or lists of names that have to be given together, as in
    /// `["file_id", ["folder_id", "name"]]`.
    pub any_of: Option<Vec<GroupDocument>>,
    /// A JSON Schema of the body. Each of its properties becomes an argument. Or in short `{ name = "string" }`.
    pub request_body: Option<Value>,
    /// Query parameters. `{{x}}` stands for the argument `x`; a parameter whose argument is not given is left out.
    #[serde(default)]
    #[expect(dead_code, reason = "read from the tree, which keeps the places")]
    pub query: Map<String, Value>,
    /// Headers. `{{x}}` stands for the argument `x`.
    #[serde(default)]
    #[expect(dead_code, reason = "read from the tree, which keeps the places")]
    pub headers: Map<String, Value>,
    /// Cookies. `{{x}}` stands for the argument `x`.
    #[serde(default)]
    #[expect(dead_code, reason = "read from the tree, which keeps the places")]
    pub cookies: Map<String, Value>,
    /// The body: a table, a list, or text. A text that is only `{{x}}` keeps the type of the argument `x`, and the key
    /// of an argument that is not given is left out.
    #[expect(dead_code, reason = "read from the tree, which keeps the places")]
    pub body: Option<Value>,
    /// The type of the body: `application/json` unless written, `application/x-www-form-urlencoded`, `multipart/form-data`,
    /// a type of XML, or any text type. For the bytes of a file several can stand here, as in `image/png, image/jpeg` or
    /// `image/*`: the file's own is sent.
    pub content_type: Option<String>,
    /// The root element of a body whose `content_type` is XML, and that is made of arguments or a table.
    #[expect(dead_code, reason = "read from the tree, as the `xml` objects of schemas are")]
    pub xml: Option<XmlDocument>,
    /// How the answer is reshaped: a JMESPath expression, or a table of them.
    pub response: Option<Value>,
    /// How a list that comes in pages is read as one. Keys that are left out are taken from `[defaults.pagination]`.
    pub pagination: Option<Keys>,
    /// A JSON Schema of the answer, before it is reshaped. Or in short `{ id = "string" }`.
    pub response_schema: Option<Value>,
    /// What an answer that breaks `response_schema` does.
    pub validation: Option<ValidationName>,
    /// Statuses outside of 200-299 that are normal answers, e.g. `[404]`.
    #[schemars(inner(range(min = 100, max = 599)))]
    pub ok_statuses: Option<Vec<u16>>,
    /// Longest time for one request in milliseconds, when it differs from the connection's.
    #[schemars(range(min = 1, max = 600_000))]
    pub timeout_ms: Option<u64>,
    /// Calls of this action in any 60 seconds, or `unlimited`, when it differs from the connector's.
    pub requests_per_minute: Option<Allowance>,
}

/// One of several things of which at least one has to be given.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Group")]
pub(in crate::connector) enum GroupDocument {
    /// An input.
    One(String),
    /// Inputs that have to be given together.
    Several(#[schemars(length(min = 1))] Vec<String>),
}

impl GroupDocument {
    /// The names of its inputs.
    pub(in crate::connector) fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// The root element of an XML body.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Xml")]
#[expect(dead_code, reason = "read from the tree, as the `xml` objects of schemas are")]
pub(in crate::connector) struct XmlDocument {
    /// Its name.
    #[schemars(length(min = 1))]
    pub name: String,
    /// The prefix of its name.
    pub prefix: Option<String>,
    /// The namespace of its name, or of its prefix.
    pub namespace: Option<String>,
}

/// An HTTP method.
#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(rename = "Method")]
pub(in crate::connector) enum MethodName {
    /// Reads.
    Get,
    /// Reads status and headers without the answer itself.
    Head,
    /// Creates, or does something.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Deletes.
    Delete,
    /// Asks what can be done, or whether something could be.
    Options,
    /// Reads, with a request body.
    Query,
}

/// Whether an action changes anything.
#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Effect")]
pub(in crate::connector) enum EffectName {
    /// Leaves everything as it was.
    Read,
    /// Creates, changes or deletes.
    Write,
}

/// What an answer that breaks its schema does.
#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Validation")]
pub(in crate::connector) enum ValidationName {
    /// The call fails. The default.
    Strict,
    /// The data is returned with a warning.
    Warn,
}
