//! `toolgate tools`: what agents will see.

use clap::Args;
use serde_json::json;

use super::{Failure, Global, assemble, output};
use crate::catalog::{Catalog, Tool};
use crate::config::FindingConfig;
use crate::mcp::finding::{Plan, tokens};

/// List the tools that agents will see.
///
/// The tokens are an estimate of what each takes of a model's context. With too many tools, agents see three that find
/// the others, and those that are pinned: see `[finding]` in the settings.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  toolgate tools --json

Exit codes: 0 done; 1 no connector can be used; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Tools {
    /// Print names, descriptions, effects and schemas as JSON.
    #[arg(long)]
    json: bool,
}

impl Tools {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let config = assemble::config(&locations)?;
        let report = assemble::catalog(&locations.connectors)?;
        let store = assemble::store_to_read(&locations).await?;
        let catalog = assemble::offered(&*store, &report).await?;
        let tools = catalog.tools();
        if self.json {
            let list: Vec<_> = tools.iter().map(|tool| described(tool)).collect();
            return Ok(output::say_json(&list)?);
        }
        let mut rows = vec![
            ["TOOL", "EFFECT", "ASKS", "TOKENS", "DESCRIPTION"]
                .map(str::to_owned)
                .to_vec(),
        ];
        rows.extend(tools.iter().map(|tool| {
            let action = &tool.action;
            let first_line = action.description.lines().next().unwrap_or_default();
            vec![
                tool.name.clone(),
                action.effect.as_str().to_owned(),
                if action.confirm { "yes" } else { "no" }.to_owned(),
                tokens::of_tool(tool).to_string(),
                first_line.to_owned(),
            ]
        }));
        output::say(&output::table(&rows))?;
        Ok(output::say(&summary(&catalog, &config.finding))?)
    }
}

/// Which of the tools are listed, and what the list takes.
fn summary(catalog: &Catalog, settings: &FindingConfig) -> String {
    let plan = Plan::new(catalog, settings);
    let all: usize = catalog.tools().iter().map(|tool| tokens::of_tool(tool)).sum();
    let count = catalog.tools().len();
    let whole = format!("{}, about {all} tokens", output::counted(count, "action"));
    if plan.searching {
        let pinned = plan.listed(catalog).count();
        let listed = plan.tokens(catalog);
        format!(
            "{whole}: found by searching ({}). Listed: 3 tools that find them and {pinned} pinned, about {listed} tokens",
            plan.reason
        )
    } else {
        format!("{whole}: all listed ({})", plan.reason)
    }
}

fn described(tool: &Tool) -> serde_json::Value {
    let action = &tool.action;
    json!({
        "name": tool.name,
        "connector": tool.connector.slug,
        "action": action.name,
        "title": action.title,
        "description": action.description,
        "effect": action.effect.as_str(),
        "confirm": action.confirm,
        "pinned": action.pinned,
        "tokens": tokens::of_tool(tool),
        "inputSchema": action.input.document(),
        "outputSchema": action.output_schema.as_deref(),
    })
}
