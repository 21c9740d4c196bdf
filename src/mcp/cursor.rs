//! Pages of a list in the order of its names.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rmcp::ErrorData;

/// In front of the name inside a cursor, so that not every base64 text is one.
const PREFIX: &str = "after:";

/// The page of `size` items that `cursor` points to, the first one without a cursor, and the cursor of the next page.
/// `items` are sorted by `name`.
///
/// A cursor names the last item of the page before it, so that items that come or go in between neither shift nor
/// repeat the others.
///
/// # Errors
/// Invalid params (-32602) for a cursor that no earlier page returned.
pub(super) fn page<'a, T>(
    items: &'a [T],
    name: impl Fn(&T) -> &str,
    cursor: Option<&str>,
    size: usize,
) -> Result<(&'a [T], Option<String>), ErrorData> {
    let start = match cursor {
        None => 0,
        Some(cursor) => {
            let last = read(cursor)
                .ok_or_else(|| ErrorData::invalid_params("unknown cursor; list again without one", None))?;
            items.partition_point(|item| name(item) <= last.as_str())
        }
    };
    let end = items.len().min(start.saturating_add(size.max(1)));
    let page = items.get(start..end).unwrap_or_default();
    let next = page.last().filter(|_| end < items.len()).map(|last| write(name(last)));
    Ok((page, next))
}

fn write(last: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{PREFIX}{last}"))
}

fn read(cursor: &str) -> Option<String> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    decoded.strip_prefix(PREFIX).map(str::to_owned)
}
