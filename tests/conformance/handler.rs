//! The product's handler with fixtures beside it.

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams, CompleteResult,
    GetPromptRequestParams, GetPromptResponse, GetTaskParams, GetTaskResult, InitializeRequestParams, InitializeResult,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig, SetLevelRequestParams,
    SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams, UpdateTaskParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::task_manager::TaskManager;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use tokio::sync::watch;
use toolgate::engine::Channel;
use toolgate::mcp::Handler;

use crate::behaviour::{self, Fixture};
use crate::product::{PREFIX, Product};
use crate::rounds::Rounds;
use crate::{prompts, resources};

/// Toolgate and the fixtures.
#[derive(Clone)]
pub(crate) struct Fixtures {
    handler: Handler,
    shared: Arc<Shared>,
}

struct Shared {
    product: Product,
    tools: Vec<Fixture>,
    rounds: Rounds,
    tasks: TaskManager,
    prompts_changed: watch::Sender<u64>,
}

impl Fixtures {
    pub(crate) fn new(product: Product) -> Self {
        Self {
            handler: product.handler.clone(),
            shared: Arc::new(Shared {
                product,
                tools: behaviour::load(),
                rounds: Rounds::new(),
                tasks: TaskManager::new(),
                prompts_changed: watch::Sender::new(0),
            }),
        }
    }

    /// The same server for another channel.
    pub(crate) fn on(&self, channel: Channel) -> Self {
        Self {
            handler: self.handler.on(channel),
            shared: Arc::clone(&self.shared),
        }
    }

    fn fixture(&self, name: &str) -> Option<&Fixture> {
        self.shared.tools.iter().find(|fixture| fixture.tool.name == name)
    }
}

/// The suite expects exact tool names, and the product puts the connector's in front of them.
fn without_prefix(mut tool: Tool) -> Tool {
    if let Some(name) = tool.name.strip_prefix(PREFIX) {
        tool.name = name.to_owned().into();
    }
    tool
}

impl ServerHandler for Fixtures {
    fn get_info(&self) -> ServerConfig {
        let mut config = self.handler.get_info();
        let tools = config.capabilities.tools.take();
        config.capabilities = ServerCapabilities::builder()
            .enable_prompts()
            .enable_prompts_list_changed()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_completions()
            .enable_logging()
            .enable_tasks()
            .build();
        config.capabilities.tools = tools;
        config
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        context.peer.set_peer_info(request.clone());
        self.negotiate_initialize(&request)
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        self.handler.on_initialized(context).await;
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut listed = self.handler.list_tools(request, context).await?;
        listed.tools = listed.tools.into_iter().map(without_prefix).collect();
        if listed.next_cursor.is_none() {
            listed
                .tools
                .extend(self.shared.tools.iter().map(|fixture| fixture.tool.clone()));
        }
        Ok(listed)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        match self.fixture(name) {
            Some(fixture) => Some(fixture.tool.clone()),
            None => self.handler.get_tool(&format!("{PREFIX}{name}")).map(without_prefix),
        }
    }

    async fn call_tool(
        &self,
        mut request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(fixture) = self.fixture(&request.name) else {
            request.name = format!("{PREFIX}{}", request.name).into();
            return self.handler.call_tool(request, context).await;
        };
        let triggers = behaviour::Triggers {
            tools: &|| self.shared.product.change_tools(),
            prompts: &|| self.shared.prompts_changed.send_modify(|version| *version += 1),
        };
        let Shared { rounds, tasks, .. } = &*self.shared;
        fixture.call(request, &context, rounds, tasks, &triggers).await
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let mut accepted = self.handler.accepted_subscription_filter(requested)?;
        accepted.prompts_list_changed = requested.prompts_list_changed;
        Some(accepted)
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        if context.accepted().prompts_list_changed != Some(true) {
            return self.handler.listen(context).await;
        }
        let mut changes = self.shared.prompts_changed.subscribe();
        loop {
            tokio::select! {
                () = context.cancelled() => return Ok(()),
                next = changes.changed() => {
                    if next.is_err() || context.sink().notify_prompt_list_changed().await.is_err() {
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::all()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompts::get(&request, &context, &self.shared.rounds)
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(resources::all()))
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(&request.uri)
    }

    async fn subscribe(
        &self,
        _request: SubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn unsubscribe(
        &self,
        _request: UnsubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn complete(
        &self,
        _request: CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Ok(CompleteResult::default())
    }

    async fn set_level(
        &self,
        _request: SetLevelRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if context
            .protocol_version()
            .is_some_and(|version| !version.has_initialize())
        {
            return Err(ErrorData::method_not_found::<rmcp::model::SetLevelRequestMethod>());
        }
        Ok(())
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        Ok(GetTaskResult::new(self.shared.tasks.get_task(&request.task_id)?))
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.shared.tasks.update_task(&request.task_id, request.input_responses)
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.shared.tasks.cancel_task(&request.task_id)
    }
}
