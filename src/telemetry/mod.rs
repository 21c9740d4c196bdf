//! Logs: structured, on stderr only, without arguments or bodies (ruling C-32).
//!
//! Must never write to stdout, which belongs to the protocol, and never show what third-party crates log below a
//! warning: they log whole messages, and a message may hold a password.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging to stderr. A second call changes nothing.
pub fn start(level: LevelFilter, format: LogFormat) {
    // Only our own crate follows the setting: rmcp logs whole requests at debug, h2 whole header blocks.
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        // It reports every cancelled call of the newer protocol as an error, which is none.
        .with_target("rmcp", LevelFilter::OFF)
        .with_target("toolgate", level);
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false);
    let started = match format {
        LogFormat::Text => registry.with(layer.with_ansi(false)).try_init(),
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).try_init(),
    };
    // Someone else's subscriber is already installed (a test's): it stays.
    drop(started);
}
