//! What Toolgate's speed is measured against: the least that a server with the same libraries can do. One tool, one GET
//! with the same client library for each call; no configuration, validation, credentials, limits or audit log.
//!
//! `bare_server stdio URL` serves over standard input and output, `bare_server http URL` on a free port, which it names
//! on stderr. The tool requests `URL/<customer_id>`.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "it has nobody to report to")]
#![allow(clippy::disallowed_methods, reason = "it is what the product is compared with")]

use std::sync::Arc;

use axum::Router;
use axum::serve::ListenerExt as _;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ListToolsResult, PaginatedRequestParams,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService, stdio_pipes};
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use serde_json::{Value, json};

#[derive(Clone)]
struct Bare {
    client: reqwest::Client,
    url: Arc<str>,
    tool: Tool,
}

impl ServerHandler for Bare {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(vec![self.tool.clone()]))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let id = arguments["customer_id"].as_str().unwrap();
        let response = self.client.get(format!("{}/{id}", self.url)).send().await.unwrap();
        let value: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        Ok(CallToolResult::structured(value).into())
    }
}

#[tokio::main]
async fn main() {
    toolgate::crypto::install_tls_provider();
    let mut arguments = std::env::args().skip(1);
    let transport = arguments.next().unwrap();
    let schema = json!({
        "type": "object",
        "properties": { "customer_id": { "type": "string" } },
        "required": ["customer_id"],
    });
    let bare = Bare {
        client: reqwest::Client::new(),
        url: arguments.next().unwrap().into(),
        tool: Tool::new(
            "bench__get_customer",
            "Get one customer",
            Arc::new(schema.as_object().unwrap().clone()),
        ),
    };
    if transport == "stdio" {
        let (input, output) = stdio_pipes();
        bare.serve((input, output)).await.unwrap().waiting().await.unwrap();
        return;
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    eprintln!("listening on http://{}/mcp", listener.local_addr().unwrap());
    let service = StreamableHttpService::new(
        move || Ok(bare.clone()),
        Arc::new(LocalSessionManager::default()),
        StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true),
    );
    // Without it small answers wait for acknowledgements.
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
    axum::serve(listener, Router::new().route_service("/mcp", service))
        .await
        .unwrap();
}
