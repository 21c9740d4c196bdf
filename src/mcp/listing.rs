//! The tool list of one catalog snapshot, built once, and its pages.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rmcp::ErrorData;
use rmcp::model::{CacheScope, Implementation, ListToolsResult, ServerCapabilities, ServerConfig, Tool};

use serde_json::Value;

use super::{instructions, tools};
use crate::catalog::{Catalog, Lookup};

/// In front of the tool name inside a cursor, so that not every base64 text is one.
const CURSOR_PREFIX: &str = "after:";

/// What an operator says about the server, and how it lists.
#[derive(Debug, Clone)]
pub struct Presentation {
    /// The name that clients show.
    pub name: String,
    /// What agents should know beside what the connectors say.
    pub instructions: Option<String>,
    /// Tools in one page of the list.
    pub page_size: usize,
}

impl Default for Presentation {
    fn default() -> Self {
        Self {
            name: "toolgate".to_owned(),
            instructions: None,
            page_size: 100,
        }
    }
}

/// Everything about one catalog that clients are told.
pub(super) struct Listing {
    catalog: Arc<Catalog>,
    /// Sorted by name: pages and look-ups rely on it.
    tools: Vec<Tool>,
    config: ServerConfig,
    /// Name and version of this server as JSON.
    server_info: Value,
}

/// The listing of the newest catalog that was asked for.
pub(super) struct Listings {
    presentation: Presentation,
    newest: ArcSwapOption<Listing>,
}

impl Listings {
    pub(super) fn new(presentation: Presentation) -> Self {
        Self {
            presentation,
            newest: ArcSwapOption::empty(),
        }
    }

    /// The listing of `catalog`. Building one copies every schema, so it happens once per snapshot, not per request.
    pub(super) fn of(&self, catalog: Arc<Catalog>) -> Arc<Listing> {
        if let Some(known) = self.newest.load_full()
            && Arc::ptr_eq(&known.catalog, &catalog)
        {
            return known;
        }
        let listing = Arc::new(Listing::new(catalog, &self.presentation));
        self.newest.store(Some(Arc::clone(&listing)));
        listing
    }
}

impl Listing {
    fn new(catalog: Arc<Catalog>, presentation: &Presentation) -> Self {
        let mut tools: Vec<Tool> = catalog.tools().iter().map(|tool| tools::describe(tool)).collect();
        tools.sort_by(|left, right| left.name.cmp(&right.name));
        let config = ServerConfig::new(
            ServerCapabilities::builder()
                .enable_tools()
                .enable_tool_list_changed()
                .build(),
        )
        .with_server_info(
            Implementation::new(presentation.name.clone(), env!("CARGO_PKG_VERSION")).with_title("Toolgate"),
        )
        .with_instructions(instructions::write(&catalog, presentation.instructions.as_deref()));
        let server_info = serde_json::to_value(&config.server_info).unwrap_or_default();
        Self {
            catalog,
            tools,
            config,
            server_info,
        }
    }

    /// Name, capabilities and instructions.
    pub(super) fn config(&self) -> &ServerConfig {
        &self.config
    }

    /// Name and version of this server as JSON, for the `_meta` of results.
    pub(super) fn server_info(&self) -> &Value {
        &self.server_info
    }

    /// A tool by its name or by its dotted alias.
    pub(super) fn tool(&self, name: &str) -> Option<&Tool> {
        self.exactly(name).or_else(|| match self.catalog.find(name) {
            Lookup::Found(tool) => self.exactly(&tool.name),
            Lookup::UnknownConnector(_) | Lookup::UnknownAction { .. } => None,
        })
    }

    fn exactly(&self, name: &str) -> Option<&Tool> {
        let position = self.tools.binary_search_by(|tool| (*tool.name).cmp(name)).ok()?;
        self.tools.get(position)
    }

    /// The page of `size` tools that `cursor` points to, the first one without a cursor.
    ///
    /// A cursor names the last tool of the page before it, so that tools that come or go in between neither shift
    /// nor repeat the others.
    ///
    /// # Errors
    /// Invalid params (-32602) for a cursor that no earlier page returned.
    pub(super) fn page(&self, cursor: Option<&str>, size: usize) -> Result<ListToolsResult, ErrorData> {
        let start = match cursor {
            None => 0,
            Some(cursor) => {
                let last = read_cursor(cursor).ok_or_else(|| {
                    ErrorData::invalid_params("unknown cursor; list the tools again without one", None)
                })?;
                self.tools.partition_point(|tool| *tool.name <= *last)
            }
        };
        let end = self.tools.len().min(start.saturating_add(size.max(1)));
        let page = self.tools.get(start..end).unwrap_or_default().to_vec();
        let next = page
            .last()
            .filter(|_| end < self.tools.len())
            .map(|last| write_cursor(&last.name));
        let mut result = ListToolsResult::with_all_items(page)
            // Clients keep a list for as long as they are told, and miss changes: tools can change at any moment.
            .with_ttl_ms(0)
            .with_cache_scope(CacheScope::Private);
        result.next_cursor = next;
        Ok(result)
    }
}

fn write_cursor(last: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{CURSOR_PREFIX}{last}"))
}

fn read_cursor(cursor: &str) -> Option<String> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    decoded.strip_prefix(CURSOR_PREFIX).map(str::to_owned)
}
