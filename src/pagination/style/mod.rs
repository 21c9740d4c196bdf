//! The ways in which APIs tell where the next page is, one in each file.
//!
//! A style reads an answer and says what changes in the next request. Must never know who sends it. To add one: its file,
//! and its line in [`STYLES`].

mod cursor;
mod link;
mod name;
mod offset;
mod page;
mod target;
mod url;

use std::cell::OnceCell;
use std::fmt;

use ::url::Url;
use http::HeaderValue;
use serde_json::Value;

use super::{PageError, Step, kind};
use crate::mapping::{Data, Expression};

pub use name::StyleName;
pub(super) use name::any_style;

/// The list of the styles.
const STYLES: [&Kind; 5] = [&cursor::KIND, &page::KIND, &offset::KIND, &link::KIND, &url::KIND];

/// Their names.
const NAMES: [&str; STYLES.len()] = {
    let mut names = [""; STYLES.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = STYLES[index].name;
        index += 1;
    }
    names
};

/// A style as authors write it.
#[derive(Debug)]
pub(super) struct Kind {
    /// What authors call it.
    pub(super) name: &'static str,
    /// What editors and the manual tell about it.
    pub(super) description: &'static str,
    /// Whether the next page has the URL of this one but for a parameter. Any other may be asked for with GET only.
    pub(super) keeps_url: bool,
    /// Keys that have to be written.
    pub(super) needs: &'static [&'static str],
    /// Other keys that have an effect.
    pub(super) takes: &'static [&'static str],
    /// Makes the style; `None` when a part that it needs is missing.
    pub(super) read: fn(Parts) -> Option<Box<dyn Style>>,
}

/// What styles are made of.
pub(super) struct Parts {
    pub(super) next: Option<Expression>,
    pub(super) total: Option<Expression>,
    pub(super) total_pages: Option<Expression>,
    pub(super) start: Option<u64>,
    pub(super) page_size: Option<u64>,
}

/// A way in which an API tells where the next page is.
pub(super) trait Style: fmt::Debug + Send + Sync {
    /// What the request for the page after `page` changes; `None` when `page` is the last one.
    ///
    /// # Errors
    /// [`PageError`] when that cannot be told.
    fn next(&self, page: &Page<'_>) -> Result<Option<Step>, PageError>;
}

/// A page that has arrived.
pub(super) struct Page<'a> {
    /// Where it came from, redirects followed.
    pub(super) url: &'a Url,
    /// Its `Link` headers.
    pub(super) links: &'a [HeaderValue],
    pub(super) body: &'a Value,
    /// How many items it has.
    pub(super) items: usize,
    /// The parameter's value that it was asked for with.
    pub(super) sent: Option<&'a Value>,
    /// The body as expressions read it, once one does.
    pub(super) data: OnceCell<Data>,
}

impl Page<'_> {
    /// What `expression`, the value of `key`, finds in the body.
    ///
    /// # Errors
    /// [`PageError::Expression`].
    pub(super) fn find(&self, key: &'static str, expression: &Expression) -> Result<Value, PageError> {
        // A page is long, and what it says of the next one mostly stands at a place.
        if let Some(place) = expression.place() {
            return Ok(place.find(self.body).cloned().unwrap_or_default());
        }
        let wrong = |error| PageError::Expression { key, error };
        let data = if let Some(data) = self.data.get() {
            data
        } else {
            let data = Data::new(self.body).map_err(wrong)?;
            self.data.get_or_init(|| data)
        };
        expression.find(data).map_err(wrong)
    }

    /// The whole number that `expression` finds; `None` when the answer does not say it.
    fn number(&self, key: &'static str, expression: Option<&Expression>) -> Result<Option<u64>, PageError> {
        let Some(expression) = expression else { return Ok(None) };
        let found = self.find(key, expression)?;
        match whole(&found) {
            None if !found.is_null() => Err(PageError::WrongKind {
                key,
                wanted: "a whole number",
                found: kind(&found),
            }),
            number => Ok(number),
        }
    }

    /// The number that the page was asked for with, `start` when there was none.
    ///
    /// # Errors
    /// [`PageError::NoNumber`].
    fn position(&self, start: u64) -> Result<u64, PageError> {
        self.sent.map_or(Some(start), whole).ok_or(PageError::NoNumber)
    }

    /// The number of items, as authors count them.
    fn count(&self) -> u64 {
        u64::try_from(self.items).unwrap_or(u64::MAX)
    }
}

/// A whole number, also one that is written as text.
fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_u64(),
    }
}

#[cfg(test)]
mod testing;
