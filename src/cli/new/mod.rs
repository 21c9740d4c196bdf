//! `toolgate new`: files to start from.

mod connector;
mod files;

use clap::{Args, Subcommand};

use super::{Failure, Global};

/// Write the files of something new, ready to be filled in.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate new connector \"Acme CRM\" --base-url https://crm.acme.com/api/v1
  toolgate new connector Wiki --tier full --entity page --entity comment --auth bearer_token

Exit codes: 0 written; 1 it is there already, or cannot be written; 2 usage.")]
pub(super) struct New {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Connector(connector::Connector),
}

impl New {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        match self.what {
            What::Connector(connector) => connector.run(global),
        }
    }
}
