//! The tool list of one catalog snapshot, built once for each scope, and its pages.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use moka::sync::Cache;
use rmcp::ErrorData;
use rmcp::model::{CacheScope, Implementation, ListToolsResult, ServerCapabilities, ServerConfig, Tool};

use serde_json::Value;

use super::finding::{self, Plan};
use super::{cursor, instructions, tools};
use crate::catalog::{Catalog, Lookup};
use crate::config::{FilesConfig, FindingConfig};
use crate::policy::{self, Principal, Scope};

/// Most parts of one catalog that are kept, one for each view in use.
const MAX_PARTS: u64 = 256;

/// What an operator says about the server, and how it lists.
#[derive(Debug, Clone)]
pub struct Presentation {
    /// The name that clients show.
    pub name: String,
    /// What agents should know beside what the connectors say.
    pub instructions: Option<String>,
    /// Tools in one page of the list.
    pub page_size: usize,
    /// When actions are listed, and when they are found by searching.
    pub finding: FindingConfig,
    /// Which files of results are linked, and how long they can be read.
    pub files: FilesConfig,
}

impl Default for Presentation {
    fn default() -> Self {
        Self {
            name: "toolgate".to_owned(),
            instructions: None,
            page_size: 100,
            finding: FindingConfig::default(),
            files: FilesConfig::default(),
        }
    }
}

/// Everything about one catalog that clients are told.
pub(super) struct Listing {
    catalog: Arc<Catalog>,
    plan: Plan,
    /// What is listed, sorted by name: pages rely on it.
    tools: Vec<Tool>,
    config: ServerConfig,
    /// Name and version of this server as JSON.
    server_info: Value,
}

/// The listings of the newest catalog that was asked for.
pub(super) struct Listings {
    presentation: Presentation,
    newest: ArcSwapOption<Family>,
}

/// One catalog as different callers see it.
struct Family {
    catalog: Arc<Catalog>,
    /// The organisations that connectors belong to, and their users that connectors belong to.
    owners: HashMap<String, HashSet<String>>,
    whole: OnceLock<Arc<Listing>>,
    parts: Cache<View, Arc<Listing>>,
}

/// What decides which part of a catalog a caller sees.
#[derive(PartialEq, Eq, Hash)]
struct View {
    scope: Scope,
    owned: Owned,
}

/// Which of the connectors that belong to somebody are in a view, beside those that belong to nobody.
#[derive(PartialEq, Eq, Hash)]
enum Owned {
    All,
    /// Those of an organisation, and of a user of it who has some of their own.
    Of {
        organisation: String,
        user: Option<String>,
    },
    /// None. All callers without connectors of their own share this: there may be thousands.
    None,
}

impl Listings {
    pub(super) fn new(presentation: Presentation) -> Self {
        Self {
            presentation,
            newest: ArcSwapOption::empty(),
        }
    }

    /// What there is for `principal` in `catalog`. Building a listing copies every schema, so it happens once per
    /// snapshot and scope, not per request.
    pub(super) fn of(&self, catalog: Arc<Catalog>, principal: &Principal) -> Arc<Listing> {
        let known = self.newest.load_full();
        let family = known
            .filter(|known| Arc::ptr_eq(&known.catalog, &catalog))
            .unwrap_or_else(|| {
                let family = Arc::new(Family::new(catalog));
                self.newest.store(Some(Arc::clone(&family)));
                family
            });
        family.listing(principal, &self.presentation)
    }
}

impl Family {
    fn new(catalog: Arc<Catalog>) -> Self {
        let mut owners: HashMap<String, HashSet<String>> = HashMap::new();
        for owner in catalog
            .connectors()
            .iter()
            .filter_map(|connector| connector.owner.as_ref())
        {
            let users = owners.entry(owner.organisation.clone()).or_default();
            users.extend(owner.user.clone());
        }
        Self {
            catalog,
            owners,
            whole: OnceLock::new(),
            parts: Cache::new(MAX_PARTS),
        }
    }

    fn listing(&self, principal: &Principal, presentation: &Presentation) -> Arc<Listing> {
        let owned = self.owned(principal);
        if principal.scope == Scope::All && owned == Owned::All {
            let whole = || Arc::new(Listing::new(Arc::clone(&self.catalog), presentation));
            return Arc::clone(self.whole.get_or_init(whole));
        }
        let view = View {
            scope: principal.scope.clone(),
            owned,
        };
        // Whoever asks for the same meanwhile waits for it.
        self.parts.get_with(view, || {
            Arc::new(Listing::new(Arc::new(self.part(principal)), presentation))
        })
    }

    fn owned(&self, principal: &Principal) -> Owned {
        if self.owners.is_empty() || principal.sees_everybodys() {
            return Owned::All;
        }
        self.owners
            .get(&principal.organisation)
            .map_or(Owned::None, |users| Owned::Of {
                organisation: principal.organisation.clone(),
                user: users.get(&principal.user).cloned(),
            })
    }

    /// A catalog that holds nothing but what exists for `principal`, so that nothing made from it can show more.
    fn part(&self, principal: &Principal) -> Catalog {
        self.catalog.part(|connector| policy::exists_for(principal, connector))
    }
}

impl Listing {
    fn new(catalog: Arc<Catalog>, presentation: &Presentation) -> Self {
        let plan = Plan::new(&catalog, &presentation.finding);
        let mut tools: Vec<Tool> = plan.listed(&catalog).map(|tool| tools::describe(tool)).collect();
        if plan.searching {
            tools.extend(finding::TOOLS.iter().cloned());
        }
        tools.sort_by(|left, right| left.name.cmp(&right.name));
        let config = ServerConfig::new(
            ServerCapabilities::builder()
                .enable_tools()
                .enable_tool_list_changed()
                .enable_prompts()
                .enable_prompts_list_changed()
                .enable_resources()
                .enable_resources_list_changed()
                .enable_completions()
                .build(),
        )
        .with_server_info(
            Implementation::new(presentation.name.clone(), env!("CARGO_PKG_VERSION")).with_title("Toolgate"),
        )
        .with_instructions(instructions::write(
            &catalog,
            plan.searching,
            presentation.instructions.as_deref(),
        ));
        let server_info = serde_json::to_value(&config.server_info).unwrap_or_default();
        Self {
            catalog,
            plan,
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

    /// What the caller may see.
    pub(super) fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Whether actions are found by searching.
    pub(super) fn is_searching(&self) -> bool {
        self.plan.searching
    }

    /// A tool by its name or by its dotted alias, whether it is listed or not.
    pub(super) fn tool(&self, name: &str) -> Option<Cow<'_, Tool>> {
        if let Some(own) = self.exactly(name).or_else(|| finding::tool(name)) {
            return Some(Cow::Borrowed(own));
        }
        match self.catalog.find(name) {
            Lookup::Found(tool) => {
                let listed = self.exactly(&tool.name).map(Cow::Borrowed);
                Some(listed.unwrap_or_else(|| Cow::Owned(tools::describe(tool))))
            }
            Lookup::UnknownConnector(_) | Lookup::UnknownAction { .. } | Lookup::Disabled(_) => None,
        }
    }

    fn exactly(&self, name: &str) -> Option<&Tool> {
        let position = self.tools.binary_search_by(|tool| (*tool.name).cmp(name)).ok()?;
        self.tools.get(position)
    }

    /// The page of `size` tools that `cursor` points to, the first one without a cursor.
    ///
    /// # Errors
    /// Invalid params (-32602) for a cursor that no earlier page returned.
    pub(super) fn page(&self, cursor: Option<&str>, size: usize) -> Result<ListToolsResult, ErrorData> {
        let (page, next) = cursor::page(&self.tools, |tool| &tool.name, cursor, size)?;
        let mut result = ListToolsResult::with_all_items(page.to_vec())
            // Clients keep a list for as long as they are told, and miss changes: tools can change at any moment.
            .with_ttl_ms(0)
            .with_cache_scope(CacheScope::Private);
        result.next_cursor = next;
        Ok(result)
    }
}
