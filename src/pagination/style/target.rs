//! A URL that an answer names.

use ::url::Url;

use super::{Page, PageError};

/// The URL that `text` is in an answer: absolute, or relative to where the page came from (RFC 3986, section 5).
pub(super) fn target(page: &Page<'_>, text: &str) -> Result<Url, PageError> {
    let mut url = page.url.join(text).map_err(|_| PageError::NoUrl)?;
    url.set_fragment(None);
    Ok(url)
}
