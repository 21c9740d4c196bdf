//! The product as it is served: a catalog read from a folder, the engine, the store and the handler.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;
use toolgate::catalog::Loader;
use toolgate::config::{Config, LimitsConfig};
use toolgate::crypto::HashingKey;
use toolgate::engine::{Engine, Parts};
use toolgate::mcp::{Handler, Lifetime, Presentation};
use toolgate::store;
use toolgate::vault::EnvironmentSecrets;

use crate::upstream;

/// What the product puts in front of the tool names of the connector.
pub(crate) const PREFIX: &str = "conformance__";

const CONNECTOR: &str = include_str!("connectors/conformance.toml");

/// Toolgate, serving one connector.
pub(crate) struct Product {
    pub(crate) handler: Handler,
    engine: Engine,
    loader: Mutex<Loader>,
    folder: TempDir,
    version: AtomicU32,
}

/// Starts the upstream and everything above it.
pub(crate) async fn start(lifetime: &Lifetime) -> Product {
    let upstream = upstream::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let connector = CONNECTOR.replace("{port}", &upstream.port().to_string());
    std::fs::create_dir(folder.path().join("connectors")).expect("a folder");
    std::fs::write(folder.path().join("connectors/conformance.toml"), connector).expect("a file");

    let store = store::open(&folder.path().join("state")).await.expect("a store");
    let mut config = Config::default();
    config.egress.read_timeout = Duration::from_secs(5);
    config.approvals.wait_ms = 60_000;
    config.approvals.expires_ms = 60_000;
    config.server.call_timeout_ms = 60_000;
    // The suite calls the same tools again and again.
    config.limits = LimitsConfig::unlimited();
    let compiled = folder.path().join("compiled");
    let key = HashingKey::new(&[1; 32]);
    let parts = Parts::of(&config, &store, compiled, key, Arc::new(EnvironmentSecrets));
    let engine = Engine::new(parts.expect("parts"));
    let presentation = Presentation {
        page_size: 1_000,
        ..Presentation::default()
    };
    let product = Product {
        handler: Handler::new(engine.clone(), presentation, lifetime.clone()).expect("a key"),
        engine,
        loader: Mutex::default(),
        folder,
        version: AtomicU32::new(1),
    };
    product.load();
    product
}

impl Product {
    /// Changes the connector's file and reads the folder again, as the server does when it sees a change.
    pub(crate) fn change_tools(&self) {
        let version = self.version.fetch_add(1, Ordering::Relaxed);
        let path = self.connectors().join("conformance.toml");
        let connector = std::fs::read_to_string(&path).expect("a file");
        std::fs::write(&path, format!("{connector}\n# version {version}\n")).expect("a file");
        self.load();
    }

    fn load(&self) {
        let report = self
            .loader
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .load(&self.connectors());
        assert!(!report.has_errors(), "{:?}", report.diagnostics);
        self.engine.install(report.catalog);
    }

    fn connectors(&self) -> PathBuf {
        self.folder.path().join("connectors")
    }
}
