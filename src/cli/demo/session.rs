//! The session that the demo shows, step by step.

use std::fmt::Write as _;
use std::net::SocketAddr;

use anyhow::Context as _;
use rmcp::model::{CallToolResult, Tool};
use serde_json::{Value, json};

use super::super::{logs, output};
use super::agent::{Agent, Person};
use crate::mcp::Handler;
use crate::store::{AuditFilter, Store};

/// Longest result shown, in characters.
const MAX_SHOWN: usize = 600;

/// Plays the session and prints it.
pub(super) async fn play(handler: Handler, store: &dyn Store, sample: SocketAddr) -> anyhow::Result<()> {
    let person = Person::present();
    let twice = !person.is_real();
    say(&format!(
        "The sample CRM API runs on http://{sample}. Toolgate holds its key; the agent never sees either."
    ))?;
    let agent = Agent::connect(handler, person).await?;

    title("The agent connects")?;
    for line in agent.instructions().unwrap_or_default().lines() {
        say(&format!("  server  | {line}"))?;
    }

    title("It lists the tools")?;
    let tools = agent.tools().await?;
    say(&output::table(&tools.iter().map(row).collect::<Vec<_>>()))?;

    title("It searches")?;
    let found = call(
        &agent,
        "demo_crm__search_customers",
        &json!({ "query": "lamp", "limit": 2 }),
    )
    .await?;
    let customer = first_customer(&found).context("the search found nobody")?;

    title("It reads")?;
    call(&agent, "demo_crm__get_customer", &json!({ "customer_id": customer })).await?;

    title("It wants to write, so a person is asked")?;
    let ticket = json!({
        "customer_id": customer,
        "title": "Desk lamp flickers",
        "body": "Line one\nLine two with \"quotes\"",
        "priority": "high"
    });
    call(&agent, "demo_crm__create_ticket", &ticket).await?;
    if twice {
        title("The same again; this time the person approves")?;
        call(&agent, "demo_crm__create_ticket", &ticket).await?;
    }

    title("It makes a mistake, and reads how to mend it")?;
    call(
        &agent,
        "demo_crm__create_ticket",
        &json!({ "customer_id": customer, "priority": "urgent" }),
    )
    .await?;
    call(&agent, "demo_crm__get_customer", &json!({ "customer_id": "c_9999" })).await?;
    agent.leave().await?;

    title("What the audit log kept, newest first")?;
    let rows = store
        .read_audit(&AuditFilter {
            limit: 20,
            ..AuditFilter::default()
        })
        .await?;
    say(&logs::table(&rows))?;
    Ok(())
}

async fn call(agent: &Agent, tool: &str, arguments: &Value) -> anyhow::Result<CallToolResult> {
    say(&format!("  agent   | {tool} {arguments}"))?;
    let result = agent.call(tool, arguments).await?;
    let sign = if result.is_error == Some(true) {
        "error  "
    } else {
        "result "
    };
    for content in &result.content {
        let Some(text) = content.as_text() else { continue };
        let length = text.text.chars().count();
        let mut shown: String = text.text.chars().take(MAX_SHOWN).collect();
        if length > MAX_SHOWN {
            // Writing to a String cannot fail.
            write!(shown, "… ({length} characters)").ok();
        }
        for line in shown.lines() {
            say(&format!("  {sign} | {line}"))?;
        }
    }
    Ok(result)
}

fn row(tool: &Tool) -> Vec<String> {
    let reads = tool
        .annotations
        .as_ref()
        .and_then(|annotations| annotations.read_only_hint)
        == Some(true);
    let description = tool.description.as_deref().unwrap_or_default();
    vec![
        format!("  {}", tool.name),
        if reads { "read" } else { "write, asks" }.to_owned(),
        description.lines().next().unwrap_or_default().to_owned(),
    ]
}

fn first_customer(result: &CallToolResult) -> Option<String> {
    let structured = result.structured_content.as_ref()?;
    let list = structured.as_object()?.values().find_map(Value::as_array)?;
    Some(list.first()?.get("id")?.as_str()?.to_owned())
}

fn title(text: &str) -> anyhow::Result<()> {
    say(&format!("\n## {text}\n"))
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(output::say(text)?)
}
