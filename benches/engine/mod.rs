//! What the benchmarks of whole calls share: an engine with everything that a server has, and one connector.

#![allow(dead_code, reason = "each benchmark uses a part of it")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use mimalloc::MiMalloc;
use secrecy::SecretString;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use toolgate::approval::{Approvals, gate::Settings};
use toolgate::audit::Audit;
use toolgate::auth::ScrubberCache;
use toolgate::catalog::Loader;
use toolgate::catalog::folder::{ConnectorSource, Sources};
use toolgate::config::{Config, LimitsConfig};
use toolgate::connector::model::SecretRef;
use toolgate::connector::{Allowance, CodeFile, SourceFile};
use toolgate::crypto::HashingKey;
use toolgate::egress::Egress;
use toolgate::engine::{Answer, ApprovalPrompt, Asking, Call, CodeRunner, Ending, Engine, Front, Parts, Principal};
use toolgate::policy::{Admission, Bounds, Limits};
use toolgate::vault::{Holder, SecretError, SecretSource};

/// As in the program, or a call would cost what it does not cost there.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The key of the API, and of every connection.
pub(crate) const KEY: &str = "bench-key-0123456789";

struct OneSecret;

#[async_trait]
impl SecretSource for OneSecret {
    async fn resolve(&self, _reference: &SecretRef, _holder: Holder<'_>) -> Result<SecretString, SecretError> {
        Ok(KEY.into())
    }
}

struct Silent;

#[async_trait]
impl Front for Silent {
    fn asking(&self) -> Asking {
        Asking::Unavailable
    }
    async fn ask(&self, _prompt: &ApprovalPrompt) -> Answer {
        Answer::Unavailable
    }
    async fn progress(&self, _step: u32, _steps: u32, _message: &str) {}
    async fn waiting(&self, _approval_id: &str, _seconds: u64) {}
}

/// An engine of `connector`, in which `ADDRESS` stands for the API's. `code` holds the files of its folder `actions`.
pub(crate) async fn engine(connector: &str, code: Vec<(&str, Vec<u8>)>, address: &str, state: &Path) -> Engine {
    let store = toolgate::store::open(state).await.unwrap();
    let config = Config::default();
    // Of a busy server: calls are counted, and none is refused.
    let limits = LimitsConfig {
        requests_per_minute_per_action: Allowance::Calls(10_000_000),
        requests_per_minute: Allowance::Calls(10_000_000),
        requests_per_day: Allowance::Calls(1_000_000_000),
    };
    let engine = Engine::new(Parts {
        egress: Egress::new(&config.egress).unwrap(),
        approvals: Approvals::new(
            Arc::clone(&store),
            Settings {
                wait: Duration::ZERO,
                expires: Duration::from_mins(10),
                most_argument_bytes: 65_536,
            },
        ),
        arguments_key: HashingKey::new(&[1; 32]),
        audit: Audit::start(Arc::clone(&store)),
        secrets: Arc::new(OneSecret),
        scrubbers: ScrubberCache::new(),
        code: CodeRunner::new(config.sandbox.clone(), state.join("compiled"), Arc::clone(&store)),
        admission: Admission::new(Bounds::default()),
        limits: Limits::start(store, limits),
        call_timeout: Duration::from_mins(2),
    });
    let file = SourceFile {
        shown: PathBuf::from("connector.toml"),
        relative: PathBuf::from("connector.toml"),
        text: connector.replace("ADDRESS", address),
    };
    let code = code.into_iter().map(|(name, bytes)| CodeFile {
        shown: name.into(),
        relative: name.into(),
        bytes: Ok(bytes.into()),
    });
    let report = Loader::default().load_sources(Sources {
        connectors: vec![ConnectorSource {
            path: "bench".into(),
            code: code.collect(),
            files: vec![file],
        }],
        problems: Vec::new(),
    });
    assert!(!report.catalog.tools().is_empty(), "{:?}", report.diagnostics);
    assert!(engine.install(report.catalog).is_empty());
    engine
}

/// Calls `tool`; a call that fails ends the benchmark.
pub(crate) async fn call(engine: &Engine, tool: &str, arguments: Value) {
    let Value::Object(arguments) = arguments else {
        panic!("{tool}: arguments are an object")
    };
    let call = Call {
        tool: tool.into(),
        arguments,
        principal: Arc::new(Principal::local()),
        channel: "bench",
        client: None,
        resume: None,
        cancel: CancellationToken::new(),
    };
    let ending = engine.call(call, &Silent).await;
    assert!(matches!(ending, Ending::Done(_)), "{tool}: {ending:?}");
}
