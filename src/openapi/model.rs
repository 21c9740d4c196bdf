//! What an import comes to: actions as a connector can say them.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};
use url::Url;

use super::json::Written;
use super::report::Report;
use super::security::Authentication;
use crate::template::Style;

/// A description as a connector.
#[derive(Debug)]
pub struct Import {
    /// The name people read.
    pub title: String,
    /// What the API is for.
    pub description: String,
    /// Where the API is; `None` when the description does not say, see the report.
    pub base_url: Option<Url>,
    /// Other servers of the API.
    pub servers: Vec<Server>,
    /// How requests are authenticated.
    pub authentication: Authentication,
    /// What can be done, in the order of the description.
    pub actions: Vec<Action>,
    /// What was imported, and what was not and why.
    pub report: Report,
}

/// Another server of an API, such as one for uploads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// What actions call it.
    pub name: String,
    /// Where it is.
    pub base_url: Url,
    /// Whether some of its actions need the credential.
    pub credentials: bool,
}

/// One operation as an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Unique in the connector.
    pub name: String,
    /// When to use it.
    pub description: String,
    /// In capitals.
    pub method: String,
    /// With `{argument}` in place of values.
    pub path: String,
    /// Name of the server that it is at; `None` for the API's own.
    pub server: Option<String>,
    /// Whether it is called with the credential: not when anybody may call it.
    pub credentials: bool,
    /// What it is about: the file that it stands in.
    pub group: String,
    /// Query parameters that are always the same: those that the description has in its paths.
    pub query: Vec<(String, String)>,
    /// Values that are always the same, in place of arguments that are hidden.
    pub fixed: Vec<Fixed>,
    /// Further keys of the connector's action, such as `effect`, that the description or an overlay sets.
    pub settings: Map<String, Value>,
    /// The arguments.
    pub input: Vec<Argument<Written>>,
    /// Names of arguments of which at least one group has to be given; empty when there are none.
    pub any_of: Vec<Vec<String>>,
    /// The body, when there is one.
    pub body: Option<Body>,
    /// Schema of a good answer. Shared: many actions may answer with the same.
    pub response: Option<Arc<Written>>,
}

/// One argument. `S` is what its schema is kept as.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument<S = Map<String, Value>> {
    /// What agents call it.
    pub name: String,
    /// What the API calls it.
    pub sent_as: String,
    /// Where it goes.
    pub place: ArgumentPlace,
    /// Whether it must be given.
    pub required: bool,
    /// The kind of value.
    pub value: ArgumentValue<S>,
    /// How it is written, when that is not the usual way.
    pub style: Option<Style>,
    /// Whether it is written as XML, by the `xml` objects of its schema.
    pub is_xml: bool,
    /// What is said about its part of a multipart body.
    pub part: Part,
    /// What becomes of members of its value before it is sent.
    pub inside: Vec<Inside>,
}

impl Argument {
    /// One that may be left out, is written in the usual way, and has no name of its own yet.
    pub(super) fn new(sent_as: impl Into<String>, place: ArgumentPlace, value: ArgumentValue) -> Self {
        Self {
            name: String::new(),
            sent_as: sent_as.into(),
            place,
            required: false,
            value,
            style: None,
            is_xml: false,
            part: Part::default(),
            inside: Vec::new(),
        }
    }
}

/// What becomes of one member of an argument's value.
#[derive(Debug, Clone, PartialEq)]
pub struct Inside {
    /// The way to it, as connectors write it.
    pub path: String,
    /// The key of the connector's table: `sent_as`, `value` or `default`.
    pub key: &'static str,
    /// Its value.
    pub value: Value,
}

/// What is said about a part of a multipart body beside its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Its media type, when that is not the usual one.
    pub media_type: Option<String>,
    /// Its other headers, by name.
    pub headers: Vec<(String, PartHeader)>,
}

/// What a header of a part holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartHeader {
    /// The value of the argument of that name.
    Argument(String),
    /// Always this.
    Fixed(String),
}

/// A value that every request of an action holds. Agents do not see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fixed {
    /// Where it goes; not the path, which holds it already.
    pub place: ArgumentPlace,
    /// What the API calls it.
    pub name: String,
    /// The value: for anything but a body one text, number or boolean, or a list of them in a query.
    pub value: Value,
}

/// Where an argument goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArgumentPlace {
    /// A placeholder of the path.
    Path,
    /// A query parameter.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A member of the body.
    Body,
    /// The body itself.
    WholeBody,
    /// A header of a part of the body.
    PartHeader,
}

impl ArgumentPlace {
    /// As descriptions and connectors write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header | Self::PartHeader => "header",
            Self::Cookie => "cookie",
            Self::Body | Self::WholeBody => "body",
        }
    }

    /// What two names of this place are compared by: those of headers have no case (RFC 9110 section 5.1).
    pub(super) fn key(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::Header | Self::PartHeader => Cow::Owned(name.to_ascii_lowercase()),
            _ => Cow::Borrowed(name),
        }
    }
}

/// The kind of an argument's value. `S` is what its schema is kept as.
#[derive(Debug, Clone, PartialEq)]
pub enum ArgumentValue<S = Map<String, Value>> {
    /// What a schema says.
    Schema(S),
    /// A file, or several.
    File {
        /// Whether it is a list of files.
        several: bool,
        /// What the description says about it.
        description: Option<String>,
    },
}

/// A body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Its media type.
    pub media_type: String,
    /// How it is made of arguments.
    pub kind: BodyKind,
    /// The root element of XML, as `xml` objects of schemas have it.
    pub xml: Option<Map<String, Value>>,
}

/// How a body is made of arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// JSON.
    Json,
    /// Names and values as in a URL's query.
    Form,
    /// Parts with names.
    Multipart,
    /// XML by its schema.
    Xml,
    /// One text.
    Text,
    /// The bytes of one file.
    Bytes,
}
