//! How an author writes one argument.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// One argument of an action.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Input")]
pub(in crate::connector) struct InputDocument {
    /// The name, as templates use it and as it is sent.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// The name people read.
    pub label: Option<String>,
    /// What it means, and what values make sense.
    pub description: Option<String>,
    /// The kind of value. `TEXT` when both this and `schema` are left out.
    pub r#type: Option<FieldType>,
    /// Where the value goes, when no template says so.
    pub r#in: Option<PlaceName>,
    /// What the API calls it, when that differs from `name`. Needs `in`.
    pub sent_as: Option<String>,
    /// How a list or an object is written. Needs `in`.
    pub style: Option<StyleName>,
    /// Whether each item or member is written by itself. When left out, `true` for the styles `form` and `deepObject`,
    /// else `false`.
    pub explode: Option<bool>,
    /// Whether characters that are reserved in URLs stay as they are in a query.
    #[serde(default)]
    pub allow_reserved: bool,
    /// The media type of its part in a body of `multipart/form-data`, when it is not the usual one.
    pub media_type: Option<String>,
    /// Headers of its part in a body of `multipart/form-data`. `{{x}}` stands for the argument `x`.
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
    /// What is used when it is not given.
    pub default: Option<Value>,
    /// An example value.
    pub placeholder: Option<Value>,
    /// The values to choose from.
    pub options: Option<Vec<OptionDocument>>,
    /// Whether it is a list of such values (`FILE` and `SELECT`).
    #[serde(default)]
    pub multiple: bool,
    /// A JSON Schema of the value. Or in short `{ city = "string" }`.
    pub schema: Option<Value>,
    /// Members of the value that the API knows by other names, or that are always the same.
    #[serde(default)]
    pub inside: Vec<InsideDocument>,
}

/// What becomes of one member of a value before it is sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Inside")]
pub(in crate::connector) struct InsideDocument {
    /// The way from the value to the member, in the names of `schema`: `city`, `address.city`, `[].price` for each item
    /// of a list, `{}.state` for each member of a table. A name with other characters is quoted.
    #[schemars(length(min = 1, max = 1000))]
    pub path: String,
    /// What the API calls it.
    pub sent_as: Option<String>,
    /// What is always sent there, wherever there is a table for it.
    pub value: Option<Value>,
    /// What is sent when it is not given.
    pub default: Option<Value>,
}

/// Where an argument's value goes.
#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Place")]
pub(in crate::connector) enum PlaceName {
    /// The placeholder of that name in the path.
    Path,
    /// A query parameter.
    Query,
    /// A request header.
    Header,
    /// A cookie.
    Cookie,
    /// A member of the body.
    Body,
}

/// How a list or an object is written, as OpenAPI names it.
#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Style")]
pub(in crate::connector) enum StyleName {
    /// `1,2`; in paths and headers.
    Simple,
    /// `.1,2`; in paths.
    Label,
    /// `;name=1,2`; in paths.
    Matrix,
    /// `name=1&name=2`, or `name=1,2` with `explode = false`.
    Form,
    /// `name=1%202`.
    SpaceDelimited,
    /// `name=1%7C2`.
    PipeDelimited,
    /// `name=1%092`.
    TabDelimited,
    /// `name[key]=1`, to any depth.
    DeepObject,
    /// JSON text.
    Json,
    /// A form as one text: `name=a%3D1%26b%3D2`.
    Urlencoded,
    /// XML by the `xml` objects of its schema.
    Xml,
}

/// The kind of an argument's value.
#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[schemars(rename = "FieldType")]
pub(in crate::connector) enum FieldType {
    /// Text on a single line.
    #[serde(rename = "TEXT")]
    Text,
    /// Text of any length.
    #[serde(rename = "MULTI_LINE_TEXT")]
    MultiLineText,
    /// A number, whole or not.
    #[serde(rename = "NUMBER")]
    Number,
    /// True or false.
    #[serde(rename = "BOOLEAN")]
    Boolean,
    /// One of `options`.
    #[serde(rename = "SELECT")]
    Select,
    /// A file: `{ fileName, mimeType, base64 }`; a list of them with `multiple`.
    #[serde(rename = "FILE")]
    File,
    /// JSON, described by `schema`.
    #[serde(rename = "OBJECT")]
    Object,
    /// Text that is never shown, logged or stored.
    #[serde(rename = "PASSWORD")]
    Password,
    /// Text of any length (JSON Schema).
    #[serde(rename = "string")]
    String,
    /// A whole number (JSON Schema).
    #[serde(rename = "integer")]
    Integer,
    /// The same as `NUMBER` (JSON Schema).
    #[serde(rename = "number")]
    SchemaNumber,
    /// The same as `BOOLEAN` (JSON Schema).
    #[serde(rename = "boolean")]
    SchemaBoolean,
    /// The same as `OBJECT` (JSON Schema).
    #[serde(rename = "object")]
    SchemaObject,
    /// A list (JSON Schema).
    #[serde(rename = "array")]
    Array,
}

/// A value to choose.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Option")]
pub(in crate::connector) enum OptionDocument {
    /// The value alone.
    Plain(Scalar),
    /// The value and the name people read.
    Labelled(LabelledOption),
}

/// A value to choose, with a name.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LabelledOption")]
pub(in crate::connector) struct LabelledOption {
    /// The value that is sent.
    pub value: Scalar,
    /// The name people read.
    pub label: Option<String>,
}

/// A text, a number, or true or false.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(untagged)]
pub(in crate::connector) enum Scalar {
    /// A text.
    Text(String),
    /// A number.
    Number(serde_json::Number),
    /// True or false.
    Boolean(bool),
}
