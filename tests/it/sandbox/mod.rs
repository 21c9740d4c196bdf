//! Action code in its sandbox: what may be loaded, how far it may go, and that others do not notice.

mod cache;
mod limits;
mod loading;
mod neighbours;
mod scripts;

use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::Semaphore;
use toolgate::config::SandboxConfig;
use toolgate::runner::guest::{GuestLogLevel, GuestRequest, GuestResponse, Outside, Program, Sandbox, SendFailure};
use zeroize::Zeroizing;

/// A sandbox with other settings. All of them keep what they compile in one folder, so that it is compiled once.
pub(crate) fn sandbox(change: impl FnOnce(&mut SandboxConfig)) -> Sandbox {
    let mut settings = SandboxConfig {
        // The tests run side by side, each with a pool of its own.
        max_concurrent_runs: 8,
        ..SandboxConfig::default()
    };
    change(&mut settings);
    Sandbox::new(&settings, &Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox")).unwrap()
}

/// The component of a file in `wasm-guests/hostile`.
pub(crate) fn hostile(sandbox: &Sandbox, name: &str) -> Program {
    sandbox.component(&bytes(name), name).unwrap()
}

/// The bytes of a file in `wasm-guests/hostile`.
pub(crate) fn bytes(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("wasm-guests/hostile");
    wat::parse_file(folder.join(name)).unwrap()
}

/// A world that writes down what a guest does in it, and answers every request with the same.
pub(crate) struct World {
    pub(crate) body: Bytes,
    /// Answers wait here.
    pub(crate) gate: Semaphore,
    pub(crate) sent: Mutex<Vec<GuestRequest>>,
    pub(crate) lines: Mutex<Vec<(GuestLogLevel, String)>>,
}

impl World {
    pub(crate) fn answering(body: impl Into<Bytes>) -> Arc<Self> {
        Self::with_gate(body, Semaphore::MAX_PERMITS)
    }

    /// One that answers so many requests, and further ones when its gate is opened.
    pub(crate) fn with_gate(body: impl Into<Bytes>, answers: usize) -> Arc<Self> {
        Arc::new(Self {
            body: body.into(),
            gate: Semaphore::new(answers),
            sent: Mutex::default(),
            lines: Mutex::default(),
        })
    }

    pub(crate) fn empty() -> Arc<Self> {
        Self::answering("")
    }

    pub(crate) fn requests(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

#[async_trait]
impl Outside for World {
    async fn send(&self, request: GuestRequest) -> Result<GuestResponse, SendFailure> {
        self.sent.lock().unwrap().push(request);
        self.gate.acquire().await.unwrap().forget();
        Ok(GuestResponse {
            status: 200,
            headers: Vec::new(),
            body: self.body.clone(),
        })
    }

    fn log(&self, level: GuestLogLevel, message: &str, room: usize) {
        let kept = &message[..message.floor_char_boundary(room)];
        self.lines.lock().unwrap().push((level, kept.to_owned()));
    }

    fn progress(&self, _: f64, _: Option<f64>, _: Option<&str>) {}

    fn secret_key(&self, _: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        None
    }
}
