//! Fixtures that go on as a task (extension `io.modelcontextprotocol/tasks`). Toolgate itself has no tasks: these show
//! that its transports carry them.

use std::time::Duration;

use futures_util::future::join_all;
use rmcp::model::{
    CallToolResponse, CallToolResult, ClientCapabilities, ContentBlock, CreateTaskResult, InputRequests,
};
use rmcp::service::RequestContext;
use rmcp::task_manager::{TaskContext, TaskExit, TaskManager, TaskOptions};
use rmcp::{ErrorData, RoleServer};
use serde::Deserialize;
use serde_json::Value;

/// A tool that becomes a task for clients that know tasks.
#[derive(Deserialize)]
pub(crate) struct TaskFixture {
    job: Job,
    /// Whether it is refused to clients that do not know tasks.
    #[serde(default)]
    required: bool,
    /// What it asks before it becomes a task.
    #[serde(default)]
    pub(crate) rounds: Vec<InputRequests>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Job {
    /// Takes as many seconds as the input says.
    Sleep,
    /// Fails after a second.
    Fail,
    /// Ends in a protocol error.
    Crash,
    /// Answers with its input.
    Echo,
    /// Asks while it runs, and answers with the answers.
    Ask(InputRequests),
}

impl TaskFixture {
    /// Starts the job with `input`: as a task, or at once for clients that do not know tasks.
    pub(crate) async fn begin(
        &self,
        tasks: &TaskManager,
        input: Value,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let knows_tasks = context
            .client_capabilities()
            .is_some_and(|capabilities| capabilities.supports_tasks());
        let job = self.job.clone();
        if knows_tasks {
            let options = TaskOptions::new().with_poll_interval_ms(100);
            let task = tasks.spawn(options, |task| Box::pin(job.run(input, Some(task))));
            return Ok(CreateTaskResult::new(task).into());
        }
        if self.required {
            let tasks = ClientCapabilities::builder().enable_tasks().build();
            return Err(ErrorData::missing_required_client_capability(tasks));
        }
        match job.run(input, None).await {
            Ok(result) => Ok(result.into()),
            Err(TaskExit::Error(error)) => Err(error),
            Err(TaskExit::Cancelled) => Err(ErrorData::internal_error("cancelled", None)),
        }
    }
}

impl Job {
    async fn run(self, input: Value, task: Option<TaskContext>) -> Result<CallToolResult, TaskExit> {
        match self {
            Self::Sleep => {
                let seconds = input["seconds"].as_f64().unwrap_or(1.0);
                sleep(Duration::from_secs_f64(seconds.clamp(0.0, 60.0)), task).await?;
                Ok(CallToolResult::success(vec![ContentBlock::text(format!(
                    "Computed for {seconds} s"
                ))]))
            }
            Self::Fail => {
                sleep(Duration::from_secs(1), task).await?;
                Ok(CallToolResult::error(vec![ContentBlock::text("This job always fails")]))
            }
            Self::Crash => Err(ErrorData::internal_error("This job always crashes", None).into()),
            Self::Echo => Ok(CallToolResult::success(vec![ContentBlock::text(input.to_string())])),
            Self::Ask(questions) => {
                let task = task.ok_or_else(|| ErrorData::internal_error("only a task can ask", None))?;
                let asked = questions
                    .into_iter()
                    .map(|(key, question)| task.request_input(key, question));
                let answers = join_all(asked).await.into_iter().collect::<Result<Vec<_>, _>>()?;
                Ok(CallToolResult::success(vec![ContentBlock::text(
                    Value::from(answers).to_string(),
                )]))
            }
        }
    }
}

async fn sleep(duration: Duration, task: Option<TaskContext>) -> Result<(), TaskExit> {
    let Some(task) = task else {
        tokio::time::sleep(duration).await;
        return Ok(());
    };
    tokio::select! {
        () = tokio::time::sleep(duration) => Ok(()),
        () = task.cancelled() => Err(TaskExit::Cancelled),
    }
}
