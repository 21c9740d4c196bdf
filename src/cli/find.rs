//! `toolgate find`: what an agent would find.

use clap::Args;
use serde_json::json;

use super::{Failure, Global, assemble, output};
use crate::mcp::finding;

/// Find actions by what they are for.
///
/// Prints the ranking that agents get from `find_actions`. Calls nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate find 'open a ticket for a customer'
  toolgate find 'tickets that are still open' --connector demo_crm --limit 3 --json

Exit codes: 0 done, also when nothing fits; 1 no connector can be used; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Find {
    /// What to do, in plain words.
    sentence: String,
    /// Only actions of this connector.
    #[arg(long, value_name = "SLUG")]
    connector: Option<String>,
    /// How many actions to print at most.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
    /// Print names, titles, effects and arguments as JSON.
    #[arg(long)]
    json: bool,
}

impl Find {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let report = assemble::catalog(&locations.connectors)?;
        let store = assemble::store_to_read(&locations).await?;
        let catalog = assemble::offered(&*store, &report).await?;
        let connector = self.connector.as_deref();
        if let Some(slug) = connector
            && !catalog.connectors().iter().any(|known| known.slug == slug)
        {
            return Err(Failure::Usage(anyhow::anyhow!(
                "there is no connector `{slug}`; `toolgate tools` lists them"
            )));
        }
        let found = finding::search(&catalog, &self.sentence, connector, self.limit.into());
        if self.json {
            let list: Vec<_> = found
                .iter()
                .map(|tool| {
                    json!({
                        "name": tool.name,
                        "title": tool.action.title,
                        "connector": tool.connector.slug,
                        "effect": tool.action.effect.as_str(),
                        "confirm": tool.action.confirm,
                        "required": tool.action.input.document()["required"],
                    })
                })
                .collect();
            return Ok(output::say_json(&list)?);
        }
        if found.is_empty() {
            return Ok(output::say("no action fits these words")?);
        }
        let mut rows = vec![["", "TOOL", "EFFECT", "DESCRIPTION"].map(str::to_owned).to_vec()];
        rows.extend(found.iter().enumerate().map(|(rank, tool)| {
            let first_line = tool.action.description.lines().next().unwrap_or_default();
            vec![
                (rank + 1).to_string(),
                tool.name.clone(),
                tool.action.effect.as_str().to_owned(),
                first_line.to_owned(),
            ]
        }));
        Ok(output::say(&output::table(&rows))?)
    }
}
