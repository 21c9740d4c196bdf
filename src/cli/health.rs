//! `toolgate health`: whether a server on this machine runs, for containers that have no other program to ask with.

use std::net::SocketAddr;

use clap::Args;

use super::{Failure, Global, assemble, output};
use crate::config;
use crate::mcp::health;

/// Check whether a server on this machine is running.
///
/// Asks the server that serves over HTTP with the same settings.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  toolgate health --http 127.0.0.1:8080

Exit codes: 0 it runs; 1 it does not answer; 2 usage; 3 the settings have errors.")]
pub(super) struct Health {
    /// The port or address that the server listens on [default: `http.address` of the settings].
    #[arg(long, value_name = "ADDR", value_parser = config::listen_address)]
    http: Option<SocketAddr>,
}

impl Health {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let address = self.http.map_or_else(|| address_of_settings(global), Ok)?;
        health::ask(address)
            .await
            .map_err(|error| Failure::Other(error.into()))?;
        Ok(output::say("ok")?)
    }
}

fn address_of_settings(global: &Global) -> Result<SocketAddr, Failure> {
    let config = assemble::config(&assemble::locations(global)?)?;
    config.http.address.ok_or_else(|| {
        Failure::Usage(anyhow::anyhow!(
            "no address to ask: name it with --http, or set `http.address` in the settings"
        ))
    })
}
