//! Styles and pages for tests.

use super::*;
use crate::pagination::{Keys, compile};

/// The step of the pagination that `keys` describe, after a page with this body.
pub(super) fn step(keys: Value, sent: Option<&Value>, items: usize, body: &Value) -> Result<Option<Step>, PageError> {
    step_with_links(keys, sent, items, body, &[])
}

/// [`step`] with values of the header `Link`.
pub(super) fn step_with_links(
    keys: Value,
    sent: Option<&Value>,
    items: usize,
    body: &Value,
    links: &[&str],
) -> Result<Option<Step>, PageError> {
    let keys: Keys = serde_json::from_value(keys).expect("keys");
    let pagination = compile(&keys).expect("pagination");
    let links: Vec<HeaderValue> = links.iter().map(|link| link.parse().expect("a header")).collect();
    pagination.style.next(&Page {
        url: &Url::parse("https://api.example.com/v1/list?limit=2").expect("a URL"),
        links: &links,
        body,
        items,
        sent,
        data: OnceCell::new(),
    })
}
