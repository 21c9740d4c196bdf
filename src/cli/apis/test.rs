//! `toolgate apis test`: whether an API can be reached and knows us (contract S1-28, ruling C-26).

use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::unknown;
use crate::cli::terminal::Terminal;
use crate::cli::{Failure, Global, assemble, output};
use crate::connector::model::{Action, Connector, Effect};
use crate::engine::{Call, CallError, Channel, Ending, Engine, ErrorCode, Principal};

/// Most endpoints called in one test: an imported API may have hundreds, and calls count against limits.
const MOST_CALLS: usize = 10;

/// Test an API's connection by calling what reads and needs no arguments.
///
/// Calls go through the same pipeline as those of agents, and leave rows in the audit log. Writes are never called.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// The API's slug.
    slug: String,
    #[command(flatten)]
    how: How,
}

/// What to test.
#[derive(Debug, Args)]
pub(super) struct How {
    /// Call only this action, which must be a read.
    #[arg(long, value_name = "ACTION")]
    endpoint: Option<String>,
    /// Its arguments as a JSON object, or a file with one in it; `-` is standard input.
    #[arg(long, value_name = "JSON|FILE", requires = "endpoint")]
    input: Option<String>,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

/// What became of one endpoint.
#[derive(Debug, Serialize)]
struct Tested {
    endpoint: String,
    /// `OK`, `SKIPPED (…)`, or the failure's code.
    result: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<CallError>,
    #[serde(skip)]
    was_called: bool,
}

/// A whole test.
#[derive(Debug, Serialize)]
struct Outcome {
    api: String,
    passed: bool,
    endpoints: Vec<Tested>,
}

impl Test {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        self.how.run(global, &self.slug).await
    }
}

impl How {
    /// Tests the API and tells what came of it.
    pub(super) async fn run(self, global: &Global, slug: &str) -> Result<(), Failure> {
        let arguments = assemble::arguments(self.input.as_deref())?;
        let (engine, _) = {
            let calling = assemble::Calling {
                input: self.input.as_deref().and_then(assemble::input_file),
                ..assemble::Calling::default()
            };
            assemble::calling(global, calling).await?
        };
        let outcome = self.outcome(&engine, slug, arguments).await;
        engine.close().await;
        outcome
    }

    async fn outcome(&self, engine: &Engine, slug: &str, arguments: Map<String, Value>) -> Result<(), Failure> {
        let catalog = engine.catalog();
        let mut connectors = catalog.connectors().iter();
        let connector = connectors
            .find(|connector| connector.slug == slug)
            .ok_or_else(|| unknown(slug))?;
        let tested = match &self.endpoint {
            Some(name) => vec![one(engine, connector, name, arguments).await?],
            None => all(engine, connector).await,
        };
        if !tested.iter().any(|tested| tested.was_called) {
            return Err(Failure::Other(anyhow::anyhow!(
                "no action of `{slug}` reads without arguments: name one, e.g. toolgate apis test {slug} --endpoint ACTION \
                 --input '{{\"id\": \"1\"}}'"
            )));
        }
        let outcome = Outcome {
            api: slug.to_owned(),
            passed: tested.iter().all(|tested| tested.error.is_none()),
            endpoints: tested,
        };
        if self.json {
            output::say_json(&outcome)?;
        } else {
            output::say(&lines(connector, &outcome).join("\n"))?;
        }
        if outcome.passed { Ok(()) } else { Err(Failure::Told) }
    }
}

async fn one(
    engine: &Engine,
    connector: &Connector,
    name: &str,
    arguments: Map<String, Value>,
) -> Result<Tested, Failure> {
    let known = connector.actions.iter().find(|action| action.name == name);
    let Some(action) = known else {
        let names: Vec<&str> = connector.actions.iter().map(|action| action.name.as_str()).collect();
        return Err(Failure::Usage(anyhow::anyhow!(
            "`{}` has no action `{name}`; it has {}",
            connector.slug,
            names.join(", ")
        )));
    };
    if let Some(reason) = never_tested(action) {
        return Err(Failure::Usage(anyhow::anyhow!(
            "`{name}` is not tested ({reason}); `toolgate call` calls it"
        )));
    }
    Ok(call(engine, connector, action, arguments).await)
}

async fn all(engine: &Engine, connector: &Connector) -> Vec<Tested> {
    let mut tested = Vec::with_capacity(connector.actions.len());
    let mut called = 0;
    for action in &connector.actions {
        let skipped = never_tested(action)
            .or_else(|| needs_arguments(action).then_some("needs arguments"))
            .or_else(|| (called == MOST_CALLS).then_some("enough were called"));
        tested.push(if let Some(reason) = skipped {
            Tested {
                endpoint: action.name.clone(),
                result: format!("SKIPPED ({reason})"),
                error: None,
                was_called: false,
            }
        } else {
            called += 1;
            call(engine, connector, action, Map::new()).await
        });
    }
    tested
}

fn never_tested(action: &Action) -> Option<&'static str> {
    if action.effect == Effect::Write {
        Some("write")
    } else {
        action.confirm.then_some("asks a person")
    }
}

fn needs_arguments(action: &Action) -> bool {
    let required = action.input.document().get("required").and_then(Value::as_array);
    required.is_some_and(|names| !names.is_empty())
}

async fn call(engine: &Engine, connector: &Connector, action: &Action, arguments: Map<String, Value>) -> Tested {
    let call = Call {
        tool: format!("custom.{}.{}", connector.slug, action.name),
        arguments,
        principal: Arc::new(Principal::local()),
        channel: Channel::Cli,
        client: Some(concat!("toolgate ", env!("CARGO_PKG_VERSION")).into()),
        resume: None,
        cancel: CancellationToken::new(),
    };
    let error = match engine.call(call, &Terminal::detect()).await {
        Ending::Done(_) => None,
        Ending::Failed(error) => Some(error),
        // Only actions that ask nobody are called.
        Ending::AskFirst(_) => Some(CallError::new(
            ErrorCode::ApprovalRequired,
            "a person must allow this call",
            "use `toolgate call`",
        )),
    };
    Tested {
        endpoint: action.name.clone(),
        result: error
            .as_ref()
            .map_or_else(|| "OK".to_owned(), |error| error.code.as_str().to_owned()),
        error,
        was_called: true,
    }
}

/// The words of the document.
fn lines(connector: &Connector, outcome: &Outcome) -> Vec<String> {
    let called: Vec<&Tested> = outcome.endpoints.iter().filter(|tested| tested.was_called).collect();
    let met = |codes: &[ErrorCode]| {
        let mut errors = called.iter().filter_map(|tested| tested.error.as_ref());
        errors.any(|error| codes.contains(&error.code))
    };
    // A call that ended before it left says nothing about the API.
    let answered = called.iter().any(|tested| match &tested.error {
        None => true,
        Some(error) => error.upstream_status.is_some() || error.code == ErrorCode::SchemaMismatch,
    });
    let mut lines = vec!["Testing Connection...".to_owned()];
    let tried = answered
        || met(&[
            ErrorCode::ConnectionRefused,
            ErrorCode::SslError,
            ErrorCode::Timeout,
            ErrorCode::UpstreamError,
            ErrorCode::ResponseTooLarge,
            ErrorCode::OutcomeUnknown,
        ]);
    // Code may have sent something before it failed for a reason of its own.
    let is_open = met(&[ErrorCode::ActionFailed, ErrorCode::SandboxLimit]);
    lines.push(if tried {
        marked(answered, "Base URL reachable")
    } else if is_open {
        "➖ Base URL not tested: the action's code failed".to_owned()
    } else {
        "➖ Base URL not tested: nothing was sent".to_owned()
    });
    if met(&[ErrorCode::AuthenticationFailed]) {
        lines.push(marked(false, "Authentication valid"));
    } else if answered {
        let note = if connector.auth.is_none() { " (none needed)" } else { "" };
        lines.push(marked(true, &format!("Authentication valid{note}")));
    }
    for tested in &outcome.endpoints {
        let line = format!("Endpoint: {} - {}", tested.endpoint, tested.result);
        lines.push(if tested.was_called {
            marked(tested.error.is_none(), &line)
        } else {
            format!("➖ {line}")
        });
        if let Some(error) = &tested.error {
            lines.extend(error.text().lines().map(|line| format!("   {line}")));
        }
    }
    let has_schema = |name: &str| {
        let mut actions = connector.actions.iter();
        actions.any(|action| action.name == name && action.response.schema.is_some())
    };
    if met(&[ErrorCode::SchemaMismatch]) {
        lines.push(marked(false, "Response schema validated"));
    } else if called
        .iter()
        .any(|tested| tested.error.is_none() && has_schema(&tested.endpoint))
    {
        lines.push(marked(true, "Response schema validated"));
    }
    lines.push(String::new());
    lines.push(
        if outcome.passed {
            "All tests passed!"
        } else {
            "The test failed."
        }
        .to_owned(),
    );
    lines
}

fn marked(good: bool, text: &str) -> String {
    format!("{} {text}", if good { "✅" } else { "❌" })
}
