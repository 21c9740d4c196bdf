//! `SKILL.md` of each connector as a resource.

use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::model::{
    CacheScope, ListResourceTemplatesResult, ListResourcesResult, ReadResourceResult, Resource, ResourceContents,
    ResourceTemplate,
};

use super::View;
use crate::connector::model::Connector;
use crate::mcp::cursor;

const PREFIX: &str = "toolgate://connectors/";
const SUFFIX: &str = "/SKILL.md";
const MARKDOWN: &str = "text/markdown";

/// The template of all the URIs.
pub(super) const TEMPLATE: &str = "toolgate://connectors/{connector}/SKILL.md";

/// There is no resource of that URI for this principal.
pub(in crate::mcp) struct NotFound;

/// The URI of a connector's `SKILL.md`.
fn uri(slug: &str) -> String {
    format!("{PREFIX}{slug}{SUFFIX}")
}

/// The page of resources that `cursor` points to.
///
/// # Errors
/// Invalid params (-32602) for a cursor that no earlier page returned.
pub(in crate::mcp) fn list(
    view: View<'_>,
    cursor: Option<&str>,
    size: usize,
) -> Result<ListResourcesResult, ErrorData> {
    let described: Vec<(&Arc<Connector>, &Arc<str>)> = skills(view).collect();
    let (page, next) = cursor::page(&described, |(connector, _)| &connector.slug, cursor, size)?;
    let resources = page
        .iter()
        .map(|(connector, skill)| {
            Resource::new(uri(&connector.slug), format!("{}{SUFFIX}", connector.slug))
                .with_title(format!("{}: how to work with it", connector.name))
                .with_description(format!("Read this before you call tools of `{}`.", connector.slug))
                .with_mime_type(MARKDOWN)
                .with_size(skill.len() as u64)
        })
        .collect();
    let mut result = ListResourcesResult::with_all_items(resources)
        // Files can change at any moment.
        .with_ttl_ms(0)
        .with_cache_scope(CacheScope::Private);
    result.next_cursor = next;
    Ok(result)
}

/// The one form that resources' URIs have.
pub(in crate::mcp) fn templates() -> ListResourceTemplatesResult {
    let template = ResourceTemplate::new(TEMPLATE, "SKILL.md")
        .with_title("How to work with a connector")
        .with_mime_type(MARKDOWN);
    ListResourceTemplatesResult::with_all_items(vec![template])
        .with_ttl_ms(0)
        .with_cache_scope(CacheScope::Private)
}

/// What is at `wanted`.
///
/// # Errors
/// [`NotFound`] when there is nothing for this principal.
pub(in crate::mcp) fn read(view: View<'_>, wanted: &str) -> Result<ReadResourceResult, NotFound> {
    let slug = wanted
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.strip_suffix(SUFFIX))
        .ok_or(NotFound)?;
    let contents = view.connector(slug).and_then(|found| contents(found)).ok_or(NotFound)?;
    Ok(ReadResourceResult::new(vec![contents])
        .with_ttl_ms(0)
        .with_cache_scope(CacheScope::Private))
}

/// `SKILL.md` as it is read, if there is one.
pub(super) fn contents(connector: &Connector) -> Option<ResourceContents> {
    let skill = connector.skill.as_deref()?;
    Some(ResourceContents::text(skill, uri(&connector.slug)).with_mime_type(MARKDOWN))
}

/// Connectors that have a `SKILL.md`.
pub(super) fn skills(view: View<'_>) -> impl Iterator<Item = (&Arc<Connector>, &Arc<str>)> {
    view.connectors()
        .filter_map(|connector| Some((connector, connector.skill.as_ref()?)))
}
