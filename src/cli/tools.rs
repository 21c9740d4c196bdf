//! `toolgate tools`: what agents will see.

use clap::Args;
use serde_json::json;

use super::{Failure, Global, assemble, output};
use crate::catalog::Tool;

/// List the tools that agents will see.
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
        let report = assemble::catalog(&locations.connectors)?;
        let store = assemble::store(&locations).await?;
        let catalog = assemble::offered(&*store, &report).await?;
        let tools = catalog.tools();
        if self.json {
            let list: Vec<_> = tools.iter().map(|tool| described(tool)).collect();
            return Ok(output::say_json(&list)?);
        }
        let mut rows = vec![["TOOL", "EFFECT", "ASKS", "DESCRIPTION"].map(str::to_owned).to_vec()];
        rows.extend(tools.iter().map(|tool| {
            let action = &tool.action;
            let first_line = action.description.lines().next().unwrap_or_default();
            vec![
                tool.name.clone(),
                action.effect.as_str().to_owned(),
                if action.confirm { "yes" } else { "no" }.to_owned(),
                first_line.to_owned(),
            ]
        }));
        Ok(output::say(&output::table(&rows))?)
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
        "inputSchema": action.input.document(),
        "outputSchema": action.output_schema.as_deref(),
    })
}
