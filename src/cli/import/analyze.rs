//! `toolgate analyze`: what an import would do, without writing anything.

use clap::Args;
use serde_json::json;

use super::{Choice, told};
use crate::cli::{Failure, Global, output};
use crate::openapi;

/// Show what an OpenAPI description contains, and what an import would make of it. Writes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate analyze openapi.yaml
  toolgate analyze openapi.yaml --tag Tickets --json

Exit codes: 0 told; 1 the description cannot be read; 2 usage.")]
pub(in crate::cli) struct Analyze {
    /// The description: a file, or an https URL.
    spec: String,
    #[command(flatten)]
    choice: Choice,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

impl Analyze {
    pub(in crate::cli) async fn run(self, global: &Global) -> Result<(), Failure> {
        let (documents, source) = self.choice.source(&self.spec, global).await?;
        let options = self.choice.options("api", &source)?;
        let mut import = openapi::import(&documents, &options);
        import.report.notes.extend(source.notes.iter().cloned());
        let analysis = openapi::analyse(&documents, &import);
        if self.json {
            return Ok(output::say_json(&json!({
                "analysis": analysis,
                "report": import.report,
                "changes": import.report.changes(),
            }))?);
        }
        Ok(output::say(&told::analysed(&import, &analysis).join("\n"))?)
    }
}
