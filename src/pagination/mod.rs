//! Lists that an API gives in pages: where the page after an answer is, and one list of all pages.
//!
//! Pure. Must never know who sends requests, a connector or a credential: it gets answers that have arrived, and says
//! what the request for the next page has to change.
//!
//! How an API tells the next page is a style. To add one: its file in `style`, and its line in the list in
//! `style/mod.rs`.

mod compile;
mod keys;
mod slip;
mod style;
#[cfg(test)]
mod tests;
mod walk;

use serde_json::Value;
use url::Url;

use crate::mapping::{Expression, MappingError, Place};

pub use compile::{Flaw, compile};
pub use keys::{Keys, ParameterPlaceName};
pub use slip::Slip;
pub use style::StyleName;
pub use walk::{Arrived, End, Joined, Walk};

use style::Style;

/// Most pages that may be joined in one call, whatever an author writes.
pub const MOST_PAGES: u32 = 100;

/// Pages that are joined in one call unless an author says otherwise.
pub const USUAL_PAGES: u32 = 10;

/// How the pages of one list are asked for and joined.
#[derive(Debug)]
pub struct Pagination {
    style: Box<dyn Style>,
    /// Where the items are in every answer, and in the joined one.
    items: Place,
    /// Whether there is another page, where answers say that.
    more: Option<Expression>,
    /// Of the keys, those that only name a place in an answer.
    places: Vec<(&'static str, Place)>,
    /// What the style changes in the request, when that is one value.
    pub parameter: Option<Parameter>,
    /// The argument that agents begin at another page with, if there is one.
    pub argument: Option<String>,
    /// Most pages that one call asks for.
    pub max_pages: u32,
}

/// A value of the request that says which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// The query parameter of this name.
    Query(String),
    /// The member at this place of a JSON body.
    Body(Place),
}

/// What the request for the next page changes.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The value of the [`Parameter`]: text or a number.
    Value(Value),
    /// The whole URL. It has the origin of the first page.
    Url(Url),
}

/// The page after an answer cannot be told. Messages hold no value of the answer, no URL and no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Where the items should be, there is no list.
    #[error("`pagination.items` (`{place}`) leads to {found} in the answer, not to a list")]
    NotAList {
        /// Where they should be.
        place: String,
        /// What is there.
        found: &'static str,
    },
    /// An expression does not fit the answer.
    #[error("`pagination.{key}`: {error}")]
    Expression {
        /// The key that holds it.
        key: &'static str,
        /// Why.
        error: MappingError,
    },
    /// An expression finds something of the wrong kind.
    #[error("`pagination.{key}` finds {found} in the answer, not {wanted}")]
    WrongKind {
        /// The key that holds it.
        key: &'static str,
        /// What it should find.
        wanted: &'static str,
        /// What it finds.
        found: &'static str,
    },
    /// The first page was asked for by something that cannot be counted up.
    #[error("the pages of this list are counted, and the call begins at one that is not a number")]
    NoNumber,
    /// The URL of the next page is none.
    #[error("the API names the next page by something that is not a URL")]
    NoUrl,
    /// What names the next page is too long to be sent.
    #[error(
        "the API names the next page by something that is too long to be sent: the URL would have more than {limit} bytes"
    )]
    TooLong {
        /// The longest path and query, in bytes.
        limit: usize,
    },
    /// The request's body has no place for the parameter.
    #[error("`pagination.parameter` (`{place}`) has no place in the request's body: something else stands in its way")]
    NoPlace {
        /// Where it should go.
        place: String,
    },
    /// The next page is at another origin.
    #[error("the API names a next page at another server than this one, which is not asked: nothing was sent there")]
    Elsewhere,
}

/// What a value is, for messages.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
