//! The fixture tools: what they are called and what they do, from `fixtures/tools.json`.

use std::time::Duration;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, CreateMessageRequestParams,
    ElicitRequestParams, ElicitationSchema, InputRequests, LoggingLevel, LoggingMessageNotificationParam,
    ProgressNotificationParam, SamplingMessage, Tool,
};
use rmcp::service::RequestContext;
use rmcp::task_manager::TaskManager;
use rmcp::{ErrorData, RoleServer};
use serde::Deserialize;
use serde_json::json;

use crate::rounds::{Outcome, Rounds};
use crate::tasks::TaskFixture;

/// The suite wants to see that notifications arrive one by one.
const PAUSE: Duration = Duration::from_millis(50);

/// One fixture tool.
#[derive(Deserialize)]
pub(crate) struct Fixture {
    pub(crate) tool: Tool,
    behaviour: Behaviour,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Behaviour {
    /// Answers with this content.
    Content(Vec<ContentBlock>),
    /// Sends log messages.
    Log,
    /// Sends progress notifications.
    Progress,
    /// Asks the client's model while the call waits.
    Sample,
    /// Asks the client's person while the call waits.
    Elicit(ElicitationSchema),
    /// Asks by ending the call, question by question.
    Rounds(Vec<InputRequests>),
    /// The same, and the client has to carry a state from round to round.
    StatefulRounds(Vec<InputRequests>),
    ChangeTools,
    ChangePrompts,
    /// Greets whom the argument `name` names.
    Greet,
    /// Goes on as a task (extension `io.modelcontextprotocol/tasks`).
    Task(TaskFixture),
}

/// What changes the lists that clients can subscribe to.
pub(crate) struct Triggers<'a> {
    pub(crate) tools: &'a (dyn Fn() + Sync),
    pub(crate) prompts: &'a (dyn Fn() + Sync),
}

/// All fixture tools.
pub(crate) fn load() -> Vec<Fixture> {
    serde_json::from_str(include_str!("fixtures/tools.json")).expect("the fixtures are valid")
}

impl Fixture {
    pub(crate) async fn call(
        &self,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
        rounds: &Rounds,
        tasks: &TaskManager,
        triggers: &Triggers<'_>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (questions, stateful, task) = match &self.behaviour {
            Behaviour::Content(blocks) => return Ok(CallToolResult::success(blocks.clone()).into()),
            Behaviour::Log => return log(context).await,
            Behaviour::Progress => return progress(context).await,
            Behaviour::Sample => return sample(&request, context).await,
            Behaviour::Elicit(schema) => return elicit(&request, schema, context).await,
            Behaviour::ChangeTools => {
                (triggers.tools)();
                return Ok(text("The list of tools has changed."));
            }
            Behaviour::ChangePrompts => {
                (triggers.prompts)();
                return Ok(text("The list of prompts has changed."));
            }
            Behaviour::Greet => return Ok(text(&format!("Hello, {}!", argument(&request, "name")?))),
            Behaviour::Task(task) if task.rounds.is_empty() => {
                return task
                    .begin(tasks, request.arguments.unwrap_or_default().into(), context)
                    .await;
            }
            Behaviour::Task(task) => (&task.rounds, false, Some(task)),
            Behaviour::Rounds(questions) => (questions, false, None),
            Behaviour::StatefulRounds(questions) => (questions, true, None),
        };
        let state = request.request_state.as_deref();
        let responses = request.input_responses.as_ref();
        match (
            rounds.advance(&request.name, questions, stateful, state, responses, context)?,
            task,
        ) {
            (Outcome::Ask(result), _) => Ok(result.into()),
            (Outcome::Complete(answers), Some(task)) => task.begin(tasks, answers, context).await,
            (Outcome::Complete(answers), None) => Ok(text(&format!("state-ok {answers}"))),
        }
    }
}

fn text(text: &str) -> CallToolResponse {
    CallToolResult::success(vec![ContentBlock::text(text)]).into()
}

async fn log(context: &RequestContext<RoleServer>) -> Result<CallToolResponse, ErrorData> {
    let stateless = context
        .protocol_version()
        .is_some_and(|version| !version.has_initialize());
    if !stateless || context.meta.log_level().is_some() {
        for message in [
            "Tool execution started",
            "Tool processing data",
            "Tool execution completed",
        ] {
            let message = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(message));
            context
                .peer
                .notify_logging_message(message)
                .await
                .map_err(|error| broken(&error))?;
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(text("Logged."))
}

async fn progress(context: &RequestContext<RoleServer>) -> Result<CallToolResponse, ErrorData> {
    for value in [0.0, 50.0, 100.0] {
        if let Some(token) = context.meta.get_progress_token() {
            let progress = ProgressNotificationParam::new(token, value).with_total(100.0);
            context
                .peer
                .notify_progress(progress)
                .await
                .map_err(|error| broken(&error))?;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(text("Done."))
}

async fn sample(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let prompt = argument(request, "prompt")?;
    let question = CreateMessageRequestParams::new(vec![SamplingMessage::user_text(prompt)], 100);
    let answer = context
        .peer
        .create_message(question)
        .await
        .map_err(|error| broken(&error))?;
    let answer = answer
        .message
        .content
        .first()
        .and_then(|content| content.as_text().cloned());
    let answer = answer.map(|content| content.text).unwrap_or_default();
    Ok(text(&format!("LLM response: {answer}")))
}

async fn elicit(
    request: &CallToolRequestParams,
    schema: &ElicitationSchema,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let question = ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: argument(request, "message").unwrap_or_else(|_| "Please answer".to_owned()),
        requested_schema: schema.clone(),
    };
    let answer = context
        .peer
        .create_elicitation(question)
        .await
        .map_err(|error| broken(&error))?;
    let action = serde_json::to_value(&answer.action).unwrap_or_default();
    let fields = answer.content.unwrap_or_default();
    Ok(text(&format!(
        "Elicitation completed: action={action}, content={fields}"
    )))
}

fn argument(request: &CallToolRequestParams, name: &str) -> Result<String, ErrorData> {
    request
        .arguments
        .as_ref()
        .and_then(|arguments| arguments.get(name))
        .and_then(|value| value.as_str())
        .map(str::to_owned)
        .ok_or_else(|| ErrorData::invalid_params(format!("`{name}` is missing"), None))
}

fn broken(error: &rmcp::ServiceError) -> ErrorData {
    ErrorData::internal_error(error.to_string(), None)
}
