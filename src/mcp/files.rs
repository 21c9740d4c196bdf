//! Files of results that are too large to lie in them: kept for a while, and read as resources by the caller whose
//! call made them (contract S0-50).
//!
//! They are kept in memory, within a bound, and never on disk: what an API answered is nobody else's to find. Must not
//! know what made a file.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rmcp::model::{CacheScope, ReadResourceResult, Resource, ResourceContents};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use crate::config::FilesConfig;
use crate::engine::{File, FileContent};
use crate::policy::{Principal, Scope};

const PREFIX: &str = "toolgate://files/";

/// What keeping a file takes beside its content, in bytes; so that many empty ones have a bound as well.
const OVERHEAD: u64 = 1024;

/// The files that can be read now. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Files {
    settings: Arc<FilesConfig>,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    files: HashMap<Uuid, KeptFile>,
    /// In the order in which they came, which is the order in which their time ends.
    order: VecDeque<(Instant, Uuid)>,
    bytes: u64,
    /// A task waits for the end of the oldest one's time.
    is_swept: bool,
}

#[derive(Debug)]
struct KeptFile {
    file: File,
    caller: Caller,
}

/// Whom a file is for. Another key of the same user may see less.
#[derive(Debug, PartialEq, Eq)]
struct Caller {
    user: String,
    organisation: String,
    scope: Scope,
}

impl Files {
    pub(super) fn new(settings: FilesConfig) -> Self {
        Self {
            settings: Arc::new(settings),
            kept: Arc::default(),
        }
    }

    /// Whether `uri` is one that [`Files::keep`] gives.
    pub(super) fn are_at(uri: &str) -> bool {
        uri.starts_with(PREFIX)
    }

    /// How long a file can be read.
    pub(super) fn lifetime(&self) -> Duration {
        self.settings.lifetime
    }

    /// Keeps a file that is too large to lie in a result. Gives it back when it lies there best.
    pub(super) fn keep(&self, file: File, principal: &Principal) -> Result<Resource, File> {
        let length = file.content.len() as u64;
        if length <= self.settings.max_embedded_bytes || size(&file) > self.settings.max_kept_bytes {
            return Err(file);
        }
        let id = Uuid::new_v4();
        let name = utf8_percent_encode(&file.name, NON_ALPHANUMERIC);
        let link = Resource::new(format!("{PREFIX}{id}/{name}"), &file.name)
            .with_title(&file.name)
            .with_description(format!(
                "Can be read for {}, by the caller of this tool.",
                spelled(self.settings.lifetime)
            ))
            .with_mime_type(&file.mime_type)
            .with_size(length);
        let expires = Instant::now() + self.settings.lifetime;
        let mut kept = self.kept();
        kept.add(
            id,
            expires,
            KeptFile::new(file, principal),
            self.settings.max_kept_bytes,
        );
        if !std::mem::replace(&mut kept.is_swept, true) {
            tokio::spawn(sweep(Arc::downgrade(&self.kept)));
        }
        Ok(link)
    }

    /// The file at `uri`, if there is one for this caller.
    pub(super) fn read(&self, uri: &str, principal: &Principal) -> Option<ReadResourceResult> {
        let (id, _) = uri.strip_prefix(PREFIX)?.split_once('/')?;
        let id = Uuid::try_parse(id).ok()?;
        let file = {
            let mut kept = self.kept();
            kept.drop_expired();
            let kept = kept.files.get(&id)?;
            (kept.caller == Caller::of(principal)).then(|| kept.file.clone())?
        };
        let contents = match file.content {
            FileContent::Text(text) => ResourceContents::text(text, uri),
            FileContent::Bytes(bytes) => ResourceContents::blob(STANDARD.encode(bytes), uri),
        };
        let result = ReadResourceResult::new(vec![contents.with_mime_type(file.mime_type)]);
        Some(result.with_ttl_ms(0).with_cache_scope(CacheScope::Private))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        lock(&self.kept)
    }
}

/// Drops files when their time ends, until there is none. One task for all: files may come and go by the thousand.
async fn sweep(files: Weak<Mutex<Kept>>) {
    while let Some(expires) = files.upgrade().and_then(|files| lock(&files).next_end()) {
        sleep_until(expires).await;
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// Adds a file; the oldest go until there is room.
    fn add(&mut self, id: Uuid, expires: Instant, file: KeptFile, most: u64) {
        self.drop_expired();
        self.bytes += size(&file.file);
        self.files.insert(id, file);
        self.order.push_back((expires, id));
        while self.bytes > most {
            self.drop_oldest();
        }
    }

    fn drop_expired(&mut self) {
        let now = Instant::now();
        while self.order.front().is_some_and(|(expires, _)| *expires <= now) {
            self.drop_oldest();
        }
    }

    /// When the sweeper is to look again, after what it finds to do now; `None` when it is not needed any more.
    fn next_end(&mut self) -> Option<Instant> {
        self.drop_expired();
        let next = self.order.front().map(|(expires, _)| *expires);
        self.is_swept = next.is_some();
        next
    }

    fn drop_oldest(&mut self) {
        let oldest = self.order.pop_front();
        if let Some(gone) = oldest.and_then(|(_, id)| self.files.remove(&id)) {
            self.bytes -= size(&gone.file);
        }
    }
}

impl KeptFile {
    fn new(file: File, principal: &Principal) -> Self {
        Self {
            file,
            caller: Caller::of(principal),
        }
    }
}

impl Caller {
    fn of(principal: &Principal) -> Self {
        Self {
            user: principal.user.clone(),
            organisation: principal.organisation.clone(),
            scope: principal.scope.clone(),
        }
    }
}

/// What a file counts, in bytes.
fn size(file: &File) -> u64 {
    file.content.len() as u64 + OVERHEAD
}

/// A duration for people, e.g. `10 minutes`.
pub(super) fn spelled(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 120 && seconds.is_multiple_of(60) => format!("{} minutes", seconds / 60),
        1 => "a second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}

#[cfg(test)]
mod tests;
