//! The pipeline as a library, where a test can count what the binary hides: secrets that were resolved.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use toolgate::approval::{Approvals, Settings};
use toolgate::catalog::Loader;
use toolgate::catalog::folder::{ConnectorSource, Sources};
use toolgate::config::{Config, LimitsConfig};
use toolgate::connector::SourceFile;
use toolgate::connector::model::SecretRef;
use toolgate::crypto::HashingKey;
use toolgate::engine::{
    Answer, ApprovalPrompt, Asking, Call, CallError, Channel, Ending, Engine, Front, Outcome, Parts, Principal,
};
use toolgate::policy::{Admission, Bounds, Limits};
use toolgate::store::{AuditFilter, AuditRecord, Store};
use toolgate::vault::{Holder, SecretError, SecretSource};

/// The secret behind every reference.
pub(super) const KEY: &str = "k3y-0123456789";

/// What a test may want to be otherwise.
pub(super) struct Setting {
    pub(super) concurrent: usize,
    pub(super) queued: usize,
    pub(super) waiting: usize,
    pub(super) waiting_per_caller: usize,
    pub(super) call_timeout: Duration,
    pub(super) approval: Settings,
    pub(super) limits: LimitsConfig,
    /// The store, when it is not the usual one.
    pub(super) store: Option<Arc<dyn Store>>,
    /// The secrets, when they are not all the same.
    pub(super) secrets: Option<Arc<dyn SecretSource>>,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            concurrent: 64,
            queued: 256,
            waiting: 256,
            waiting_per_caller: 64,
            call_timeout: Duration::from_mins(1),
            approval: Settings {
                wait: Duration::ZERO,
                expires: Duration::from_mins(10),
                most_argument_bytes: 65_536,
            },
            limits: LimitsConfig::default(),
            store: None,
            secrets: None,
        }
    }
}

/// An engine, its store, and a count of the secrets that it took from the vault. By the clock that limits on calls go
/// by, no time passes unless a test says so.
pub(super) struct Gateway {
    pub(super) engine: Engine,
    pub(super) store: Arc<dyn Store>,
    resolved: Arc<AtomicUsize>,
    passed: Arc<AtomicU64>,
    _state: TempDir,
}

struct Counting(Arc<AtomicUsize>);

#[async_trait]
impl SecretSource for Counting {
    async fn resolve(&self, _reference: &SecretRef, _holder: Holder<'_>) -> Result<SecretString, SecretError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(KEY.into())
    }
}

/// A caller that answers every question alike.
pub(super) struct Person {
    pub(super) asking: Asking,
    pub(super) answer: Answer,
}

/// A caller that cannot ask anybody.
pub(super) const NOBODY: Person = Person {
    asking: Asking::Unavailable,
    answer: Answer::Unavailable,
};

#[async_trait]
impl Front for Person {
    fn asking(&self) -> Asking {
        self.asking
    }
    async fn ask(&self, _prompt: &ApprovalPrompt) -> Answer {
        self.answer
    }
    async fn progress(&self, _step: u32, _steps: u32, _message: &str) {}
    async fn waiting(&self, _approval_id: &str, _seconds: u64) {}
}

impl Gateway {
    /// An engine with the connectors in `texts`.
    pub(super) async fn new(texts: &[String], setting: Setting) -> Self {
        toolgate::crypto::install_tls_provider();
        let state = tempfile::tempdir().unwrap();
        let store = match setting.store {
            Some(store) => store,
            None => toolgate::store::open(state.path()).await.unwrap(),
        };
        let resolved = Arc::new(AtomicUsize::new(0));
        let passed = Arc::new(AtomicU64::new(0));
        let limits_clock = {
            let passed = Arc::clone(&passed);
            Arc::new(move || Timestamp::UNIX_EPOCH + Duration::from_secs(1_790_000_000 + passed.load(Ordering::SeqCst)))
        };
        let secrets = setting
            .secrets
            .unwrap_or_else(|| Arc::new(Counting(Arc::clone(&resolved))));
        let compiled = state.path().join("compiled");
        let key = HashingKey::new(&[1; 32]);
        let engine = Engine::new(Parts {
            approvals: Approvals::new(Arc::clone(&store), setting.approval),
            admission: Admission::new(Bounds {
                concurrent: setting.concurrent,
                queued: setting.queued,
                waiting: setting.waiting,
                waiting_per_caller: setting.waiting_per_caller,
            }),
            limits: Limits::start_with_clock(Arc::clone(&store), setting.limits, limits_clock),
            call_timeout: setting.call_timeout,
            ..Parts::of(&Config::default(), &store, compiled, key, secrets).unwrap()
        });
        let gateway = Self {
            engine,
            store,
            resolved,
            passed,
            _state: state,
        };
        gateway.install(texts);
        gateway
    }

    /// Replaces the connectors.
    pub(super) fn install(&self, texts: &[String]) {
        let connectors = texts.iter().enumerate().map(|(number, text)| ConnectorSource {
            path: format!("connector-{number}").into(),
            code: Vec::new(),
            files: vec![SourceFile {
                shown: PathBuf::from("connector.toml"),
                relative: PathBuf::from("connector.toml"),
                text: text.clone(),
            }],
        });
        let report = Loader::default().load_sources(Sources {
            connectors: connectors.collect(),
            problems: Vec::new(),
        });
        assert!(!report.has_errors(), "{:#?}", report.diagnostics);
        assert!(self.engine.install(report.catalog).is_empty());
    }

    /// How many secrets were resolved so far.
    pub(super) fn secrets_resolved(&self) -> usize {
        self.resolved.load(Ordering::SeqCst)
    }

    /// Lets time pass for limits on calls.
    pub(super) fn pass_seconds(&self, seconds: u64) {
        self.passed.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(super) async fn run(&self, tool: &str, arguments: Value, front: &Person) -> Ending {
        self.engine.call(call(tool, arguments), front).await
    }

    /// Runs a call that must fail.
    pub(super) async fn refused(&self, tool: &str, arguments: Value) -> CallError {
        match self.run(tool, arguments, &NOBODY).await {
            Ending::Failed(error) => error,
            other => panic!("{tool} was not refused: {other:?}"),
        }
    }

    /// Runs a call that must succeed.
    pub(super) async fn done(&self, tool: &str, arguments: Value, front: &Person) -> Outcome {
        match self.run(tool, arguments, front).await {
            Ending::Done(outcome) => outcome,
            other => panic!("{tool} did not succeed: {other:?}"),
        }
    }

    /// All audit rows, oldest first.
    pub(super) async fn rows(&self) -> Vec<AuditRecord> {
        let mut rows = self.store.read_audit(&AuditFilter::default()).await.unwrap();
        rows.reverse();
        rows
    }
}

pub(super) fn call(tool: &str, arguments: Value) -> Call {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object");
    };
    Call {
        tool: tool.to_owned(),
        arguments,
        principal: Arc::new(Principal::local()),
        channel: Channel::Cli,
        client: None,
        resume: None,
        cancel: CancellationToken::new(),
    }
}
