//! The server that the MCP conformance suite runs against: Toolgate's own handler and transports, with fixtures beside
//! it for what no connector can express.
//!
//! What a connector can express comes from `connectors/conformance`, which calls an upstream in this process.

#![expect(
    clippy::expect_used,
    reason = "a fixture that cannot start has nobody to tell but its developer"
)]
#![expect(deprecated, reason = "the suite still covers sampling, roots and logging")]

mod behaviour;
mod handler;
mod product;
mod prompts;
mod resources;
mod rounds;
mod tasks;
mod upstream;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use toolgate::mcp::http::{self, HttpSettings};
use toolgate::mcp::{Authentication, Lifetime};

/// Serves on the port that `--port` names, or on any free one, until it is interrupted.
#[tokio::main]
async fn main() {
    toolgate::crypto::install_tls_provider();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port()));
    let shutdown = CancellationToken::new();
    let lifetime = Lifetime::new(shutdown.clone(), Duration::from_secs(5));
    let product = product::start(&lifetime).await;
    let fixtures = handler::Fixtures::new(product);

    let listener = http::bind(address, &Authentication::None).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    announce(address);

    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            shutdown.cancel();
        }
    });
    let service = move |channel, _| fixtures.on(channel);
    http::serve(listener, service, &HttpSettings::default(), lifetime)
        .await
        .expect("the default settings are valid");
}

/// The port after `--port`, zero without it.
fn port() -> u16 {
    let arguments: Vec<String> = std::env::args().collect();
    arguments
        .windows(2)
        .find(|pair| pair[0] == "--port")
        .map_or(0, |pair| pair[1].parse().expect("a port number"))
}

#[expect(clippy::print_stderr, reason = "the line that the test runner waits for")]
fn announce(address: SocketAddr) {
    eprintln!("listening on http://{address}/mcp");
}
