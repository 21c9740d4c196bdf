//! What code may ask of its host: requests under all the rules of the connector's own, log lines, progress.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

use super::failure::Told;
use super::message;
use super::tally::Tally;
use crate::audit::{CallEventKind, CallLog};
use crate::auth::{Credential, GuestAuth, Scrubber};
use crate::catalog::Tool;
use crate::clock::milliseconds;
use crate::connector::model::Effect;
use crate::egress::{EgressError, OutgoingRequest, UpstreamResponse, refusal};
use crate::engine::call::READ_IN_PLACE;
use crate::engine::failures;
use crate::engine::snapshot::Snapshot;
use crate::runner::Redaction;
use crate::runner::guest::{GuestLogLevel, GuestRequest, GuestResponse, Outside, SEARCHED_BEYOND, SendFailure};
use crate::telemetry;

/// Longest message of progress, in bytes.
const LONGEST_PROGRESS: usize = 1024;

/// How far the code says it is.
pub(super) struct Progress {
    pub(super) done: u32,
    pub(super) total: u32,
    pub(super) message: String,
}

/// The host of one run.
pub(super) struct Host {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) tool: Arc<Tool>,
    pub(super) credential: Credential,
    pub(super) auth: GuestAuth,
    pub(super) redaction: Redaction,
    pub(super) tally: Arc<Tally>,
    pub(super) log: CallLog,
    pub(super) began: Instant,
    pub(super) progress: mpsc::Sender<Progress>,
}

impl Host {
    /// `text` as people may see it.
    pub(super) fn clean(&self, text: &str) -> String {
        self.auth.handles().hidden(&self.redaction.text(text)).into_owned()
    }

    /// At most the first `longest` bytes of `text`, as people may see them. More than that is cleaned, and not all of it:
    /// what is cut in the middle of a secret would not be found, and code can make texts that take seconds to search.
    pub(super) fn clean_start(&self, text: &str, longest: usize) -> String {
        Self::start(text, longest, |text| self.clean(text))
    }

    /// The same without what only looks like a secret: code may have got one from the API, and logs are kept.
    fn told_start(&self, text: &str, longest: usize) -> String {
        Self::start(text, longest, |text| {
            telemetry::without_sensitive(&self.clean(text)).into_owned()
        })
    }

    fn start(text: &str, longest: usize, clean: impl Fn(&str) -> String) -> String {
        let read = text.floor_char_boundary(longest.saturating_add(SEARCHED_BEYOND));
        let mut clean = clean(&text[..read]);
        let shown = if read < text.len() {
            // Secrets that were replaced by something shorter must not bring the cut into sight.
            clean.len().saturating_sub(SEARCHED_BEYOND).min(longest)
        } else {
            longest
        };
        clean.truncate(clean.floor_char_boundary(shown));
        clean
    }

    /// `text` with places of the code as its author counts them.
    pub(super) fn with_places(&self, text: String) -> String {
        match self.tool.action.code().map(|code| code.with_places(&text)) {
            Some(Cow::Owned(told)) => told,
            _ => text,
        }
    }

    /// The write gate looks at the request that would leave, whatever the action says of itself (design section 3).
    fn may_change(&self, request: &OutgoingRequest) -> Result<bool, SendFailure> {
        let security = &self.tool.connector.security;
        let declared = security.safe_requests.allows(&request.method, &request.url);
        let change = message::change(request, declared);
        if let Some(method) = &change
            && self.tool.action.effect == Effect::Read
        {
            return Err(SendFailure::Refused(format!(
                "{}: nothing was sent; its connector can say effect = \"write\", or list the request in \
                 `safe_requests` under [security]",
                refusal(method)
            )));
        }
        Ok(change.is_some())
    }

    /// Lowers what the code asks for to what the connector allows (ruling C-08).
    fn timeout(&self, asked: Option<Duration>) -> Duration {
        let most = self
            .tool
            .action
            .timeout
            .unwrap_or(self.tool.connector.connection.timeout);
        asked.map_or(most, |asked| asked.min(most))
    }

    pub(super) fn note(&self, what: CallEventKind) {
        self.log.note(milliseconds(self.began.elapsed()), what);
    }

    /// Makes a request, and notes what became of it.
    async fn noted(&self, request: GuestRequest) -> Result<GuestResponse, SendFailure> {
        if let Err(failure) = message::check_size(&request) {
            self.note(CallEventKind::Request {
                method: String::new(),
                url: String::new(),
                status: None,
                failure: Some(failure.to_string()),
                bytes: 0,
                duration_ms: 0,
            });
            return Err(failure);
        }
        let url = message::address(&request.url, &self.tool.connector, |url| self.clean(url));
        let shown = url.as_ref().map_or_else(
            |_| String::new(),
            |url| self.clean(&format!("{}{}", url.authority(), url.path())),
        );
        let (method, started) = (self.clean(&request.method), Instant::now());
        let answer = match url {
            Ok(url) => self.exchange(request, url).await,
            Err(failure) => Err(failure),
        };
        let response = answer.as_ref().ok();
        self.note(CallEventKind::Request {
            method,
            url: shown,
            status: response.map(|response| response.status),
            failure: answer.as_ref().err().map(|failure| self.clean(&failure.to_string())),
            bytes: response.map_or(0, |response| response.body.len() as u64),
            duration_ms: milliseconds(started.elapsed()),
        });
        answer
    }

    async fn exchange(&self, request: GuestRequest, url: Url) -> Result<GuestResponse, SendFailure> {
        let mut request = message::read(request, url, &self.tool.connector)?;
        request.timeout = Some(self.timeout(request.timeout));
        request.only_reads = self.tool.action.effect == Effect::Read;
        let changes = self.may_change(&request)?;
        let route = self
            .snapshot
            .route(&self.tool.connector)
            .map_err(|error| self.failed(&error, changes))?;
        // Before a secret is put into it: none may go where no request may go.
        route
            .check(&request.method, &request.url)
            .map_err(|error| self.failed(&error, changes))?;
        let path = self.clean(request.url.path());
        request.shown_path = (path != request.url.path()).then(|| path.clone());
        message::unseal(&mut request, self.auth.handles(), &self.tool.connector.connection)?;
        let missing = self.credential.missing_on(&request.url, &request.headers);
        let credential = missing.as_ref().unwrap_or(&self.credential);
        let length = request.body.as_ref().map_or(0, bytes::Bytes::len);
        let under_way = self.tally.leaves(request.method.as_str(), path, length, changes);
        match route.send_watched(request, credential, under_way.departure()).await {
            Ok(response) => {
                under_way.answered(response.status.as_u16(), response.requests, response.body.len());
                self.answer(response).await
            }
            Err(error) => {
                under_way.failed(failures::has_left(&error));
                Err(self.failed(&error, changes))
            }
        }
    }

    /// An API that repeats what it was sent must not tell sealed code its secrets. Nor other code the beginning of one,
    /// which would not be found in what that code makes of it.
    async fn answer(&self, response: UpstreamResponse) -> Result<GuestResponse, SendFailure> {
        if !self.tool.connector.security.sealed && response.cut.is_none() {
            return Ok(message::answer(&response, &Scrubber::empty(), &self.redaction));
        }
        if response.body.len() <= READ_IN_PLACE {
            return Ok(message::answer(&response, self.auth.scrubber(), &self.redaction));
        }
        let (scrubber, redaction) = (self.auth.scrubber().clone(), self.redaction.clone());
        let read = tokio::task::spawn_blocking(move || message::answer(&response, &scrubber, &redaction));
        read.await.map_err(|error| {
            tracing::error!(%error, "an answer to code could not be read");
            SendFailure::Unreachable("the API answered, but its answer could not be read".to_owned())
        })
    }

    fn failed(&self, error: &EgressError, changes: bool) -> SendFailure {
        let meaning = failures::egress(error, changes);
        let text = meaning.cause.clone();
        let failure = match error {
            EgressError::NotAllowed { .. } | EgressError::Credential(_) | EgressError::Setup(_) => {
                SendFailure::Refused(text)
            }
            EgressError::Timeout { .. } => SendFailure::TimedOut(text),
            EgressError::Tls { .. }
            | EgressError::Unreachable { .. }
            | EgressError::NotProcessed { .. }
            | EgressError::Incompatible { .. }
            | EgressError::Broken { .. }
            | EgressError::TooManyRedirects { .. }
            | EgressError::UnreadableRedirect => SendFailure::Unreachable(text),
            EgressError::TooLarge { .. } => SendFailure::TooLarge(text),
        };
        self.tally.told(Told {
            text: failure.to_string(),
            meaning,
        });
        failure
    }
}

#[async_trait]
impl Outside for Host {
    async fn send(&self, request: GuestRequest) -> Result<GuestResponse, SendFailure> {
        self.noted(request).await
    }

    fn log(&self, level: GuestLogLevel, message: &str, room: usize) {
        let level = match level {
            GuestLogLevel::Debug => "debug",
            GuestLogLevel::Info => "info",
            GuestLogLevel::Warn => "warn",
            GuestLogLevel::Error => "error",
        };
        self.note(CallEventKind::Log {
            level: level.to_owned(),
            message: self.with_places(self.told_start(message, room)),
        });
    }

    fn progress(&self, done: f64, total: Option<f64>, message: Option<&str>) {
        let report = Progress {
            done: whole(done),
            total: total.map_or(0, whole),
            message: message.map_or_else(
                || "running".to_owned(),
                |message| self.told_start(message, LONGEST_PROGRESS),
            ),
        };
        // When the client is slower than the code, the next report says more than this one.
        drop(self.progress.try_send(report));
    }

    fn secret_key(&self, key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.auth.handles().key(key)
    }
}

/// Steps are counted in whole numbers.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped before; NaN becomes 0"
)]
fn whole(number: f64) -> u32 {
    number.clamp(0.0, f64::from(u32::MAX)) as u32
}
