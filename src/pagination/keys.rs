//! How an author writes pagination, key by key. The doc comments are the reference.

use schemars::JsonSchema;
use serde::Deserialize;

use super::StyleName;

/// How a list that the API returns in pages is read as one. The items of all pages are put into one answer before
/// `response` reshapes it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Pagination")]
pub struct Keys {
    /// How the API tells where the next page is.
    pub style: Option<StyleName>,
    /// Where the items are in an answer: a JMESPath of names, e.g. `data` or `data.issues.nodes`. When left out, `@`:
    /// the whole answer.
    pub items: Option<String>,
    /// `cursor`, `page` and `offset`: the query parameter that says which page is wanted; with `in = "body"` the place in
    /// the JSON body, e.g. `variables.after`.
    pub parameter: Option<String>,
    /// Where `parameter` is. When left out, `query`.
    pub r#in: Option<ParameterPlaceName>,
    /// `cursor`: the JMESPath of the value for the next page, e.g. `data[-1].id`. `url`: the JMESPath of the next page's
    /// URL. The list ends where it finds nothing.
    pub next: Option<String>,
    /// A JMESPath that finds `true` while there are more pages, e.g. `has_more` or `page < pages`.
    pub more: Option<String>,
    /// `page` and `offset`: the number of the first page. When left out, 1 for pages and 0 for offsets.
    pub start: Option<u64>,
    /// `page` and `offset`: the number of items on a full page, if the action always asks for that many. A page with
    /// fewer is the last one. When left out, the list ends with a page that has none.
    #[schemars(range(min = 1))]
    pub page_size: Option<u64>,
    /// `offset`: the JMESPath of the number of items in the whole list.
    pub total: Option<String>,
    /// `page`: the JMESPath of the number of pages of the whole list.
    pub total_pages: Option<String>,
    /// Most pages that one call reads; 10 when left out. When there are more, the agent is told.
    #[schemars(range(min = 1, max = 100))]
    pub max_pages: Option<u32>,
}

/// Where the value goes that says which page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "PageParameterPlace")]
pub enum ParameterPlaceName {
    /// The query.
    Query,
    /// The JSON body.
    Body,
}

impl Keys {
    /// These keys over those of `below`: what is written here counts. Of another style only what every style has.
    #[must_use]
    pub fn over(&self, below: &Self) -> Self {
        if self.style.is_some() && self.style != below.style {
            return Self {
                items: self.items.clone().or_else(|| below.items.clone()),
                max_pages: self.max_pages.or(below.max_pages),
                ..self.clone()
            };
        }
        Self {
            style: self.style.or(below.style),
            items: self.items.clone().or_else(|| below.items.clone()),
            parameter: self.parameter.clone().or_else(|| below.parameter.clone()),
            r#in: self.r#in.or(below.r#in),
            next: self.next.clone().or_else(|| below.next.clone()),
            more: self.more.clone().or_else(|| below.more.clone()),
            start: self.start.or(below.start),
            page_size: self.page_size.or(below.page_size),
            total: self.total.clone().or_else(|| below.total.clone()),
            total_pages: self.total_pages.clone().or_else(|| below.total_pages.clone()),
            max_pages: self.max_pages.or(below.max_pages),
        }
    }

    /// The names of the keys that are written, but those that every style takes.
    pub(super) fn written(&self) -> Vec<&'static str> {
        [
            ("parameter", self.parameter.is_some()),
            ("in", self.r#in.is_some()),
            ("next", self.next.is_some()),
            ("more", self.more.is_some()),
            ("start", self.start.is_some()),
            ("page_size", self.page_size.is_some()),
            ("total", self.total.is_some()),
            ("total_pages", self.total_pages.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_written)| is_written.then_some(name))
        .collect()
    }
}
