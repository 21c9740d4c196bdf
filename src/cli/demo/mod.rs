//! `toolgate demo`: the bundled sample API, its connector, and an agent's session against them.
//!
//! Everything runs in this process and on loopback; nothing is left behind.

mod agent;
mod connector;
mod session;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clap::Args;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::serve::presentation;
use super::{Failure, Global, NoPlaces, assemble, output};
use crate::catalog::Loader;
use crate::config::Config;
use crate::connector::model::SecretRef;
use crate::engine::{Channel, Engine, Parts};
use crate::mcp::{Authentication, Handler, Lifetime};
use crate::sample::ANY_LOOPBACK_PORT;
use crate::store;
use crate::vault::{Holder, SecretError, SecretSource};

/// Show an agent's session against the bundled sample API.
///
/// Starts the sample CRM API inside this process, loads its connector, and speaks MCP to it as an agent would.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate demo
  toolgate demo --keep

Exit codes: 0 done; 1 the session went wrong; 3 no address on loopback could be used.")]
pub(super) struct Demo {
    /// Keep serving the sample API and its tools over HTTP until interrupted, for a real agent to connect to.
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    places: NoPlaces,
}

/// The one secret of the demo: the sample API's key, made at start.
struct DemoSecrets(SecretString);

#[async_trait]
impl SecretSource for DemoSecrets {
    async fn resolve(&self, _reference: &SecretRef, _holder: Holder<'_>) -> Result<SecretString, SecretError> {
        Ok(self.0.clone())
    }
}

impl Demo {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        global.refuse("demo")?;
        let key = crate::crypto::random_id().map_err(anyhow::Error::from)?;
        let sample = crate::sample::start(ANY_LOOPBACK_PORT, key)
            .await
            .map_err(|error| Failure::Setup(error.into()))?;
        let state = Scratch::create()?;
        let store = store::open(&state.0)
            .await
            .map_err(|error| Failure::Setup(error.into()))?;
        let mut config = Config::default();
        config.approvals.wait_ms = 0;
        let secrets = Arc::new(DemoSecrets(sample.api_key().into()));
        let arguments_key = assemble::arguments_key(&state.0)?;
        let parts = Parts::of(&config, &store, state.0.join("compiled"), arguments_key, secrets)
            .map_err(|error| Failure::Setup(error.into()))?;
        let engine = Engine::new(parts);
        let report = Loader::default().load_sources(connector::sources(sample.address()));
        // What `check` warns of is known here: this connector speaks plain HTTP, to this process alone.
        if report.has_errors() {
            assemble::tell(&report);
        }
        for unroutable in engine.install(report.catalog) {
            output::complain(&format!(
                "error: `{}` cannot be reached: {}",
                unroutable.connector, unroutable.error
            ));
        }

        let lifetime = Lifetime::new(CancellationToken::new(), Duration::ZERO);
        let handler = Handler::new(engine.clone(), presentation(&config), lifetime)
            .map_err(|error| Failure::Setup(error.into()))?;
        let played = session::play(handler.on(Channel::Demo), store.as_ref(), sample.address()).await;
        if played.is_ok() && self.keep {
            keep(&engine, &config, &state.0).await?;
        } else if played.is_ok() {
            output::say(NEXT)?;
        }
        engine.close().await;
        sample.stop().await;
        Ok(played?)
    }
}

/// Serves the demo over HTTP until interrupted. `state` is where its approvals are.
async fn keep(engine: &Engine, config: &Config, state: &Path) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    output::say(&format!(
        "\nServing until Ctrl-C. Paste into your agent's config:\n\n{}",
        serde_json::to_string_pretty(&serde_json::json!({
            "mcpServers": { "toolgate-demo": { "type": "http", "url": format!("http://{address}/mcp") } }
        }))
        .map_err(anyhow::Error::from)?
    ))?;
    output::say(&format!(
        "\nWrites of a client that cannot ask its person are decided with:\n\n  toolgate approvals list --state {}\n",
        state.display()
    ))?;
    super::serve::http(engine, config, listener, Authentication::None).await
}

/// What to do to use one's own connectors.
const NEXT: &str = "
For your own APIs, write connectors/NAME/connector.toml and add Toolgate to your agent:

  toolgate install claude-code

`toolgate demo --keep` serves this demo for a real agent to connect to.";

/// A folder that is removed at the end.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn create() -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("toolgate-demo-{}", crate::crypto::random_id()?));
        std::fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "the demo's folder was not removed");
        }
    }
}
