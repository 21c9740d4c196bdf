//! `toolgate sample`: the bundled sample API alone, for trying connectors out.

use clap::Args;

use super::{Failure, Global, NoPlaces, output};

/// Serve the bundled sample CRM API until interrupted.
#[derive(Debug, Args)]
#[command(
    hide = true,
    after_help = "\
Example:
  toolgate sample --address 127.0.0.1:7878 --key demo-key

Exit codes: 0 interrupted; 2 usage; 3 the address cannot be used."
)]
pub(super) struct Sample {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:7878")]
    address: std::net::SocketAddr,
    /// The key that requests must bring in `X-API-Key`.
    #[arg(long, env = "DEMO_CRM_KEY", hide_env_values = true)]
    key: String,
    #[command(flatten)]
    places: NoPlaces,
}

impl Sample {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        global.refuse("sample")?;
        let running = crate::sample::start(self.address, self.key)
            .await
            .map_err(|error| Failure::Setup(error.into()))?;
        output::say(&format!("sample API listening on http://{}", running.address()))?;
        super::serve::interrupted().await;
        running.stop().await;
        Ok(())
    }
}
