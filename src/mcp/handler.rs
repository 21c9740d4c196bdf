//! The MCP server handler: lists what the catalog holds and hands calls to the engine.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt as _;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams, CompleteResult, ConstString as _,
    CustomRequest, CustomResult, GetPromptRequestParams, GetPromptResponse, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, MetaObject, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ServerConfig, SetLevelRequestMethod, SubscribeRequestMethod,
    SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestMethod, UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use super::caller;
use super::files::{self, Files};
use super::finding;
use super::front::PeerFront;
use super::guide::{self, View};
use super::lifetime::Lifetime;
use super::listing::{Listing, Listings, Presentation};
use super::questions::{KeyError, Questions, Subject, Unfounded};
use super::results;
use super::subscriptions::{self, Sessions};
use super::unreadable;
use super::visible::Visible;
use super::writing;
use crate::engine::{Asking, Call, Channel, Ending, Engine, Front as _};
use crate::policy::Principal;

/// Key of the server's name and version in a result's `_meta` (2026-07-28, basic/index, `_meta`).
const SERVER_INFO_KEY: &str = "io.modelcontextprotocol/serverInfo";

/// Serves one engine over MCP. Cheap to clone: a clone per session or request shares everything.
#[derive(Clone)]
pub struct Handler {
    shared: Arc<Shared>,
    channel: Channel,
    /// Whether clients are asked about writes.
    asks_clients: bool,
    /// Who everything is done for. A session and a request have one caller each.
    principal: Arc<Principal>,
    /// Whether the session is among those that are told of changes: a client may say more than once that it is ready.
    is_told: Arc<AtomicBool>,
}

struct Shared {
    engine: Engine,
    lifetime: Lifetime,
    page_size: usize,
    listings: Listings,
    questions: Questions,
    files: Files,
    sessions: Arc<Sessions>,
}

impl Handler {
    /// A handler for calls of the local user over stdio that presents itself as `presentation` says.
    ///
    /// # Errors
    /// [`KeyError`] when the operating system has no randomness to give.
    pub fn new(engine: Engine, presentation: Presentation, lifetime: Lifetime) -> Result<Self, KeyError> {
        Ok(Self {
            shared: Arc::new(Shared {
                engine,
                lifetime,
                page_size: presentation.page_size,
                files: Files::new(presentation.files.clone()),
                listings: Listings::new(presentation),
                questions: Questions::new()?,
                sessions: Arc::default(),
            }),
            channel: Channel::Stdio,
            asks_clients: true,
            principal: Arc::new(Principal::local()),
            is_told: Arc::default(),
        })
    }

    /// The same handler for another channel.
    #[must_use]
    pub fn on(&self, channel: Channel) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            channel,
            asks_clients: self.asks_clients,
            principal: Arc::clone(&self.principal),
            is_told: Arc::default(),
        }
    }

    /// The same handler, which asks clients about writes or does not: then they wait for a decision made elsewhere.
    #[must_use]
    pub fn asking_clients(mut self, asks: bool) -> Self {
        self.asks_clients = asks;
        self
    }

    /// The same handler for another caller.
    #[must_use]
    pub fn acting_for(mut self, principal: Arc<Principal>) -> Self {
        self.principal = principal;
        self
    }

    /// What there is for the caller.
    fn listing(&self) -> Arc<Listing> {
        self.shared.listings.of(self.shared.engine.catalog(), &self.principal)
    }

    /// What `get` makes of the part of the catalog that the caller may see.
    fn view<T>(&self, get: impl FnOnce(View<'_>) -> T) -> T {
        let catalog = self.shared.engine.catalog();
        get(View {
            catalog: &catalog,
            principal: &self.principal,
        })
    }

    async fn call(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let listing = self.listing();
        let (request, indirect) = match finding::read(listing.catalog(), request) {
            Ok(finding::Request::Action(request)) => (request, false),
            Ok(finding::Request::Indirect(request)) => (request, true),
            Ok(finding::Request::Question(question)) => {
                return Ok(signed(Box::pin(self.answer(question)).await?, &listing, &context).into());
            }
            Err(error) => return Ok(signed(finding::mistaken(&error), &listing, &context).into()),
        };
        let subject = Subject {
            tool: &request.name,
            principal: &self.principal,
        };
        let resume = self.shared.questions.resume(
            &subject,
            request.request_state.as_deref(),
            request.input_responses.as_ref(),
        );
        let front = PeerFront::new(&context, self.asks_clients);
        let mut call = Call {
            tool: request.name.to_string(),
            arguments: request.arguments.unwrap_or_default(),
            principal: Arc::clone(&self.principal),
            channel: self.channel,
            client: caller::client(&context),
            resume: None,
            cancel: context.ct.clone(),
        };
        let ending = match resume {
            Ok(resume) => {
                call.resume = resume;
                // In this task, not in a spawned one: rmcp ties a question to the request by the task it is asked from.
                Box::pin(self.shared.engine.call(call, &front)).await
            }
            // The model reads that its person was too slow, and asks them again.
            Err(Unfounded::Outdated) => Ending::Failed(self.shared.engine.refuse(&call).await),
            // The specification wants a protocol error (2026-07-28, basic/patterns/mrtr).
            Err(Unfounded::Foreign) => return Err(results::protocol_error(&self.shared.engine.refuse(&call).await)),
        };
        let result = match ending {
            Ending::Done(outcome) => {
                let (shared, principal) = (Arc::clone(&self.shared), Arc::clone(&self.principal));
                let tool = request.name.clone();
                writing::by_length(writing::length_of_outcome(&outcome), move || {
                    results::success(&tool, outcome, |file| shared.files.keep(file, &principal))
                })
                .await
            }
            // Which actions there are is no question of the protocol to somebody who searches.
            Ending::Failed(error) if indirect => finding::failed(error),
            Ending::Failed(error) => {
                let error = if listing.is_searching() {
                    finding::searched(error)
                } else {
                    error
                };
                results::failure(&error, declares_output(&listing, &request.name))?
            }
            Ending::AskFirst(prompt) if front.asking() == Asking::Deferred => {
                return Ok(self.shared.questions.ask(&subject, &prompt)?.into());
            }
            Ending::AskFirst(_) => {
                return Err(ErrorData::internal_error(
                    "a question for a client that cannot be asked",
                    None,
                ));
            }
        };
        Ok(signed(result, &listing, &context).into())
    }

    /// Answers a question about the catalog. Searching takes time in proportion to it.
    async fn answer(&self, question: finding::Question) -> Result<CallToolResult, ErrorData> {
        let listing = self.listing();
        let engine = self.shared.engine.clone();
        let principal = Arc::clone(&self.principal);
        let answering = tokio::task::spawn_blocking(move || {
            finding::answer(listing.catalog(), &question, |name| engine.find(name, &principal))
        });
        answering.await.map_err(|error| {
            tracing::error!(%error, "a question about the catalog could not be answered");
            ErrorData::internal_error("the search failed inside Toolgate", None)
        })
    }
}

fn declares_output(listing: &Listing, tool: &str) -> bool {
    listing.tool(tool).is_some_and(|tool| tool.output_schema.is_some())
}

/// Names the server in the result, which 2026-07-28 recommends: there is no handshake that does.
fn signed(mut result: CallToolResult, listing: &Listing, context: &RequestContext<RoleServer>) -> CallToolResult {
    if stateless(context) {
        result
            .meta
            .get_or_insert_with(MetaObject::new)
            .0
            .insert(SERVER_INFO_KEY.to_owned(), listing.server_info().clone());
    }
    result
}

/// Whether a request stands alone, as all do since 2026-07-28.
fn stateless(context: &RequestContext<RoleServer>) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| !version.has_initialize())
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        self.listing().config().clone()
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        let listing = self.listing();
        if listing.is_searching() && !listing.catalog().is_indexed() {
            // Whoever is told to search will.
            let catalog = Arc::clone(listing.catalog());
            tokio::task::spawn_blocking(move || {
                catalog.index();
            });
        }
        listing.page(cursor.as_deref(), self.shared.page_size)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.listing().tool(name).map(Cow::into_owned)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let _in_flight = self.shared.lifetime.begin_call();
        // rmcp answers nothing when a handler panics, and the client would wait for ever.
        AssertUnwindSafe(self.call(request, context))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(ErrorData::internal_error("the call failed inside Toolgate", None)))
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        self.view(|view| guide::prompts(view, cursor.as_deref(), self.shared.page_size))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        self.view(|view| guide::prompt(view, &request).map(Into::into))
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        self.view(|view| guide::resources(view, cursor.as_deref(), self.shared.page_size))
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(guide::resource_templates())
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let found = if Files::are_at(&request.uri) {
            self.shared.files.read(&request.uri, &self.principal).ok_or_else(|| {
                let lifetime = files::spelled(self.shared.files.lifetime());
                format!(
                    "there is no file of that URI: files of results can be read for {lifetime}; call the tool again"
                )
            })
        } else {
            let found = self.view(|view| guide::resource(view, &request.uri));
            found.map_err(|guide::NotFound| "there is no resource of that URI; list the resources again".to_owned())
        };
        found.map(Into::into).map_err(|message| {
            // The code changed with 2026-07-28.
            if stateless(&context) {
                ErrorData::invalid_params(message, None)
            } else {
                ErrorData::resource_not_found(message, None)
            }
        })
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        self.view(|view| guide::complete(view, &request))
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        if !self.is_told.swap(true, Ordering::Relaxed) {
            let visible = Visible::new(&self.shared.engine, &self.principal);
            self.shared.sessions.add(context.peer, visible);
        }
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(unreadable::refusal(request))
    }

    #[expect(deprecated, reason = "clients of versions that have it ask for it")]
    async fn set_level(
        &self,
        _request: rmcp::model::SetLevelRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Err(unreadable::unknown(SetLevelRequestMethod::VALUE))
    }

    async fn subscribe(
        &self,
        _request: SubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Err(unreadable::unknown(SubscribeRequestMethod::VALUE))
    }

    async fn unsubscribe(
        &self,
        _request: UnsubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Err(unreadable::unknown(UnsubscribeRequestMethod::VALUE))
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let mut accepted = SubscriptionFilter::new();
        accepted.tools_list_changed = requested.tools_list_changed;
        accepted.prompts_list_changed = requested.prompts_list_changed;
        accepted.resources_list_changed = requested.resources_list_changed;
        Some(accepted)
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let visible = Visible::new(&self.shared.engine, &self.principal);
        subscriptions::listen(&context, visible, self.shared.lifetime.shutdown()).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
