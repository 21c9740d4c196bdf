//! `toolgate new`: files to start from.
//!
//! What is written must load and run as it is. Must never overwrite anything, or ask for a secret.

mod action;
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
  toolgate new action customer_overview --connector acme_crm --lang js

Exit codes: 0 written; 1 it is there already, or cannot be written; 2 usage.")]
pub(super) struct New {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Connector(connector::Connector),
    Action(action::Action),
}

impl New {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        match self.what {
            What::Connector(connector) => connector.run(global),
            What::Action(action) => action.run(global),
        }
    }
}
