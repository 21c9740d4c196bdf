//! Logs: structured, on stderr only, one line for each event (rulings C-32, contract S3-11, S3-25).
//!
//! Must never write to stdout, which belongs to the protocol. Must never show what third-party crates log below a
//! warning: they log whole messages, and a message may hold a password. Every line is cleaned before it is written,
//! whatever its level and whoever logged it: of secrets (`sensitive`), and of characters that would begin another line
//! or steer a terminal (`line`).

mod card;
mod encoded;
mod line;
mod sensitive;

use std::borrow::Cow;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use tracing::level_filters::LevelFilter;
use tracing::{Dispatch, dispatcher};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use line::CleanLines;
pub use sensitive::REDACTED;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Takes the values of credentials that are in use out of a text.
type Scrub = Box<dyn Fn(&str) -> String + Send + Sync>;

/// One process has one log, so this belongs to the process like the subscriber.
static SCRUB: ArcSwapOption<Scrub> = ArcSwapOption::const_empty();

/// Starts logging to stderr. A second call changes nothing.
pub fn start(level: LevelFilter, format: LogFormat) {
    // Someone else's subscriber may be installed already (a test's): it stays.
    drop(dispatcher::set_global_default(subscriber(
        level,
        format,
        std::io::stderr,
    )));
}

/// Cleans every line from now on with `scrub`, which knows the values of credentials in use.
pub fn scrub_with(scrub: impl Fn(&str) -> String + Send + Sync + 'static) {
    SCRUB.store(Some(Arc::new(Box::new(scrub))));
}

/// `text` without what looks like a secret, such as tokens, passwords, cookies and card numbers (contract S3-25). For what
/// code writes into the log of its call.
#[must_use]
pub fn without_sensitive(text: &str) -> Cow<'_, str> {
    sensitive::redact(text)
}

/// What [`start`] installs, writing elsewhere.
pub fn subscriber<W>(level: LevelFilter, format: LogFormat, writer: W) -> Dispatch
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // Only our own crate follows the setting: rmcp logs whole requests at debug, h2 whole header blocks.
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        // It reports every cancelled call of the newer protocol as an error, which is none.
        .with_target("rmcp", LevelFilter::OFF)
        .with_target("toolgate", level);
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(CleanLines::new(writer, format))
        .with_target(false);
    match format {
        LogFormat::Text => Dispatch::new(registry.with(layer.with_ansi(false))),
        LogFormat::Json => Dispatch::new(registry.with(layer.json().flatten_event(true))),
    }
}

/// `text` without values of credentials in use.
fn scrub(text: &str) -> String {
    SCRUB
        .load()
        .as_deref()
        .map_or_else(|| text.to_owned(), |scrub| scrub(text))
}

#[cfg(test)]
mod tests;
