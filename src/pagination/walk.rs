//! One walk through the pages of a list, and the one answer that they become.

use std::cell::OnceCell;

use http::HeaderValue;
use serde_json::Value;
use url::{Origin, Url};

use crate::template;

use super::slip::{self, Slip};
use super::style::Page;
use super::{PageError, Pagination, Step, kind};

/// A walk through the pages of one list. Every step gets the same [`Pagination`]. It ends after [`Pagination::max_pages`], whatever the API says.
#[derive(Debug)]
pub struct Walk {
    /// The origin of the first page: no other one is asked.
    origin: Origin,
    /// What the page that is awaited was asked for with.
    sent: Option<Value>,
    /// Every value and URL that a page was asked for with.
    asked: Vec<String>,
    pages: u32,
    items: Vec<Value>,
    /// Where the items of the last page begin.
    last: usize,
    /// The last answer without its items.
    rest: Value,
    /// Whether a page had a list, even an empty one.
    had_list: bool,
    end: End,
}

/// An answer of the API.
#[derive(Debug)]
pub struct Arrived<'a> {
    /// Where it came from, redirects followed.
    pub url: &'a Url,
    /// Its `Link` headers.
    pub links: &'a [HeaderValue],
    /// Its body.
    pub body: Value,
}

/// All pages in one.
#[derive(Debug, PartialEq)]
pub struct Joined {
    /// The last answer, with the items of all pages. Of the last, because what it says of the next page is true.
    pub value: Value,
    /// How many pages there were.
    pub pages: u32,
    /// How many items there are.
    pub items: usize,
    /// Why no more were asked for.
    pub end: End,
}

/// Why a walk ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// There are no more pages.
    Complete,
    /// There are more pages than may be read; the next one would be asked for with this.
    Cut(Step),
    /// The API says that there are more pages, and not where.
    Lost,
    /// The first page led to no other, and something that should be in it is probably there under another name.
    Mistaken(Slip),
    /// The API named a page that was read already.
    NamedAgain,
    /// A page held the very items of the one before, and was left out.
    SameItems,
}

impl Walk {
    /// A walk that begins with a request to `url`, which has `sent` as the value of its parameter.
    #[must_use]
    pub fn new(url: &Url, sent: Option<Value>) -> Self {
        let mut asked = vec![url.to_string()];
        asked.extend(sent.iter().map(text));
        Self {
            origin: url.origin(),
            sent,
            asked,
            pages: 0,
            items: Vec::new(),
            last: 0,
            rest: Value::Null,
            had_list: false,
            end: End::Complete,
        }
    }

    /// The number of the page that is awaited, from 1.
    #[must_use]
    pub fn awaited(&self) -> u32 {
        self.pages.saturating_add(1)
    }

    /// Takes in a page. What the request for the next one changes; `None` when this was the last one to ask for.
    ///
    /// # Errors
    /// [`PageError`] when the answer is no page, or the next one cannot be told or must not be asked for.
    pub fn take(&mut self, pagination: &Pagination, arrived: Arrived<'_>) -> Result<Option<Step>, PageError> {
        self.pages += 1;
        let mut body = arrived.body;
        let items = count(pagination, &body)?;
        let page = Page {
            url: arrived.url,
            links: arrived.links,
            body: &body,
            items,
            sent: self.sent.as_ref(),
            data: OnceCell::new(),
        };
        let more = says_more(pagination, &page)?;
        let step = match more {
            More::No | More::Unknown => None,
            More::Yes | More::NotAsked => self.next(pagination, &page)?,
        };
        if more == More::Unknown || more == More::Yes && step.is_none() {
            self.end = End::Lost;
        } else if self.pages == 1
            && step.is_none()
            && let Some(slip) = slip::of(pagination, &body)
        {
            self.end = End::Mistaken(slip);
        }
        let found = match pagination.items.take(&mut body) {
            Some(Value::Array(found)) => {
                self.had_list = true;
                found
            }
            _ => Vec::new(),
        };
        // Plain values may well be the same on two pages; records that are, come from an API that does not know the
        // parameter.
        let are_records = found.first().is_some_and(Value::is_object);
        if self.pages > 1 && are_records && self.items.get(self.last..) == Some(&found[..]) {
            self.end = End::SameItems;
            self.pages -= 1;
            return Ok(None);
        }
        self.last = self.items.len();
        self.items.extend(found);
        if !body.is_null() || self.rest.is_null() {
            self.rest = body;
        }
        let Some(step) = step else { return Ok(None) };
        let name = match &step {
            Step::Url(url) => url.to_string(),
            Step::Value(value) => text(value),
        };
        if self.asked.contains(&name) {
            self.end = End::NamedAgain;
            return Ok(None);
        }
        if self.pages >= pagination.max_pages {
            self.end = End::Cut(step);
            return Ok(None);
        }
        self.asked.push(name);
        if let Step::Value(value) = &step {
            self.sent = Some(value.clone());
        }
        Ok(Some(step))
    }

    /// The answer that all pages make.
    #[must_use]
    pub fn finish(self, pagination: &Pagination) -> Joined {
        let mut value = self.rest;
        let count = self.items.len();
        if self.had_list {
            // Where a list was taken from, one can be put; only the last page may have something else there, and then
            // it had no items.
            let put = pagination.items.put(&mut value, Value::Array(self.items));
            debug_assert!(put, "the place of the items was checked on every page");
        }
        Joined {
            value,
            pages: self.pages,
            items: count,
            end: self.end,
        }
    }

    fn next(&self, pagination: &Pagination, page: &Page<'_>) -> Result<Option<Step>, PageError> {
        let step = pagination.style.next(page)?;
        match &step {
            Some(Step::Url(url)) if url.origin() != self.origin || has_user(url) => Err(PageError::Elsewhere),
            _ => Ok(step),
        }
    }
}

/// Whether there are more pages, as an answer has it.
#[derive(Clone, Copy, PartialEq)]
enum More {
    Yes,
    No,
    /// What is computed cannot be computed of this answer.
    Unknown,
    NotAsked,
}

fn says_more(pagination: &Pagination, page: &Page<'_>) -> Result<More, PageError> {
    let Some(more) = &pagination.more else {
        return Ok(More::NotAsked);
    };
    match page.find("more", more)? {
        Value::Bool(true) => Ok(More::Yes),
        Value::Null if more.compares_sizes() => Ok(More::Unknown),
        // A member that is left out is how some APIs say no.
        Value::Bool(false) | Value::Null => Ok(More::No),
        other => Err(PageError::WrongKind {
            key: "more",
            wanted: "true or false",
            found: kind(&other),
        }),
    }
}

/// How many items are on a page. APIs leave an empty list out.
fn count(pagination: &Pagination, body: &Value) -> Result<usize, PageError> {
    match pagination.items.find(body) {
        Some(Value::Array(items)) => Ok(items.len()),
        None | Some(Value::Null) if pagination.items.can_hold(body) => Ok(0),
        found => Err(PageError::NotAList {
            place: pagination.items.written().to_owned(),
            found: found.map_or("nothing", kind),
        }),
    }
}

/// Whether `url` brings a name or a password of its own.
fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// A parameter's value as it is sent, so that 2 and "2" are the same.
fn text(value: &Value) -> String {
    template::text(value).unwrap_or_default().into_owned()
}
