//! The agent's side of the demo: a real MCP client whose person answers the questions.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::model::{
    CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult,
    ElicitationAction, Implementation, Tool,
};
use rmcp::service::{RequestContext, RoleClient, RunningService};
use rmcp::{ClientHandler, ErrorData, ServiceExt as _};
use serde_json::Value;

use super::super::terminal::Terminal;
use super::session::speak;
use crate::engine::{Answer, Asking, Front as _};
use crate::mcp::Handler;

/// Bytes that may be under way between agent and server.
const PIPE: usize = 64 * 1024;

/// Who answers the questions of writes.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// Answers given without a terminal, in order; after the last one everything is declined.
    script: Arc<Mutex<VecDeque<ElicitationAction>>>,
    attended: bool,
}

impl Person {
    /// The person at the terminal, or one who first declines and then approves.
    pub(super) fn present() -> Self {
        let script = VecDeque::from([ElicitationAction::Decline, ElicitationAction::Accept]);
        Self {
            script: Arc::new(Mutex::new(script)),
            attended: Terminal::detect().asking() == Asking::Inline,
        }
    }

    /// Whether a real person is there.
    pub(super) fn is_real(&self) -> bool {
        self.attended
    }

    async fn answer(&self, message: &str) -> ElicitationAction {
        for line in message.lines() {
            drop(speak("person", line));
        }
        if self.attended {
            return match Terminal::read_answer().await {
                Answer::Accepted => ElicitationAction::Accept,
                Answer::Declined => ElicitationAction::Decline,
                Answer::Cancelled | Answer::Late | Answer::Unavailable => ElicitationAction::Cancel,
            };
        }
        let next = self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let action = next.unwrap_or(ElicitationAction::Decline);
        let word = if action == ElicitationAction::Accept {
            "approves"
        } else {
            "declines"
        };
        drop(speak(
            "person",
            &format!("(no terminal here, so a scripted person {word})"),
        ));
        action
    }
}

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        ClientConfig::new(
            ClientCapabilities::builder().enable_elicitation().build(),
            Implementation::new("demo-agent", env!("CARGO_PKG_VERSION")),
        )
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, .. } = request else {
            return Ok(ElicitResult::new(ElicitationAction::Decline));
        };
        let action = self.answer(&message).await;
        let approves = action == ElicitationAction::Accept;
        let result = ElicitResult::new(action);
        Ok(if approves {
            result.with_content(serde_json::json!({}))
        } else {
            result
        })
    }
}

/// A connected agent.
pub(super) struct Agent {
    client: RunningService<RoleClient, Person>,
}

impl Agent {
    /// Connects to `handler` in this process, by the same protocol as from outside.
    pub(super) async fn connect(handler: Handler, person: Person) -> anyhow::Result<Self> {
        let (near, far) = tokio::io::duplex(PIPE);
        tokio::spawn(async move {
            match handler.serve(far).await {
                Ok(server) => drop(server.waiting().await),
                Err(error) => tracing::error!(%error, "the demo's server did not start"),
            }
        });
        Ok(Self {
            client: person.serve(near).await?,
        })
    }

    /// The instructions that the server gave.
    pub(super) fn instructions(&self) -> Option<String> {
        self.client.peer_info().and_then(|info| info.instructions.clone())
    }

    /// All tools.
    pub(super) async fn tools(&self) -> anyhow::Result<Vec<Tool>> {
        Ok(self.client.list_all_tools().await?)
    }

    /// Calls one tool.
    pub(super) async fn call(&self, tool: &str, arguments: &Value) -> anyhow::Result<CallToolResult> {
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let request = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        Ok(self.client.call_tool(request).await?)
    }

    /// Disconnects.
    pub(super) async fn leave(self) -> anyhow::Result<()> {
        self.client.cancel().await?;
        Ok(())
    }
}
