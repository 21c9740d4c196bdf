use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracing::{debug, error, info, trace, warn};

use super::*;
use crate::diagnostics::is_disruptive;

const HOSTILE: &str = "a\n2026-01-01T00:00:00Z  INFO forged\r\u{1b}[31m\u{202e}\u{9b}2J\u{2028}\u{7}\u{0}z";

/// Collects what is written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lines(level: LevelFilter, format: LogFormat, log: impl FnOnce()) -> Vec<String> {
    let written = Written::default();
    let writer = written.clone();
    let subscriber = subscriber(level, format, move || writer.clone());
    tracing::dispatcher::with_default(&subscriber, log);
    let bytes = written.0.lock().unwrap().clone();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.split_terminator('\n').map(str::to_owned).collect()
}

#[test]
fn an_event_is_one_line_whatever_it_holds() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let lines = lines(LevelFilter::TRACE, format, || {
            info!(name = HOSTILE, shown = %HOSTILE, debugged = ?HOSTILE, "{HOSTILE}");
            error!(error = %io::Error::other(HOSTILE), "failed");
        });
        assert_eq!(lines.len(), 2, "{lines:#?}");
        for line in &lines {
            assert!(!line.contains(is_disruptive), "{line:?}");
        }
        if format == LogFormat::Json {
            let event: Value = serde_json::from_str(&lines[0]).unwrap();
            assert_eq!(event["name"], HOSTILE, "the reader of the JSON gets what was logged");
            assert_eq!(event["level"], "INFO");
        }
    }
}

#[test]
fn secrets_are_taken_out_at_every_level() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let lines = lines(LevelFilter::TRACE, format, || {
            trace!(authorization = "Custom hunter2", "x");
            debug!(headers = ?[("authorization", "Basic hunter2")], "sent Bearer hunter2");
            info!(card = 4_111_111_111_111_111_u64, "cookie: session=hunter2");
            warn!(
                url = "https://u:hunter2@crm.example.com/?api_key=hunter2",
                "4111-1111-1111-1111"
            );
            error!(password = "hunter2", "Proxy-Authorization: Digest a=\"hunter2\"");
        });
        assert_eq!(lines.len(), 5);
        for line in lines {
            assert!(!line.contains("hunter2") && !line.contains("1111"), "{line}");
            assert!(line.contains("[REDACTED]"), "{line}");
            assert!(
                format == LogFormat::Text || serde_json::from_str::<Value>(&line).is_ok(),
                "{line}"
            );
        }
    }
}

#[test]
fn crates_below_log_warnings_at_most_and_those_are_cleaned_too() {
    let lines = lines(LevelFilter::TRACE, LogFormat::Text, || {
        for_each_crate();
        warn!(target: "h2::codec", "authorization: hunter2");
    });
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines[0].contains("kept"), "{}", lines[0]);
    assert!(!lines[1].contains("hunter2"), "{}", lines[1]);
}

/// Events as the crates below make them: all but one would show a message.
fn for_each_crate() {
    trace!(target: "hyper::proto::h1::io", "authorization: Bearer hunter2");
    debug!(target: "hyper_util::client", "hunter2");
    trace!(target: "h2::hpack", "hunter2");
    debug!(target: "reqwest::connect", "hunter2");
    debug!(target: "rustls::client", "hunter2");
    info!(target: "sqlx::query", "hunter2");
    debug!(target: "rmcp::service", "hunter2");
    error!(target: "rmcp::service", "hunter2");
    info!(target: "tower_http::trace", "hunter2");
    warn!(target: "rustls::conn", "kept");
}

#[test]
fn the_level_is_that_of_our_own_events() {
    for (level, expected) in [
        (LevelFilter::OFF, 0),
        (LevelFilter::ERROR, 1),
        (LevelFilter::INFO, 3),
        (LevelFilter::TRACE, 5),
    ] {
        let lines = lines(level, LogFormat::Text, || {
            error!("1");
            warn!("2");
            info!("3");
            debug!("4");
            trace!("5");
        });
        assert_eq!(lines.len(), expected, "{level}");
    }
}

/// Libraries log what clients send, and a client may send megabytes.
#[test]
fn a_long_text_is_cut_after_it_is_cleaned() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let lines = lines(LevelFilter::INFO, format, || {
            warn!(sent = "ü".repeat(100_000), "refused");
            warn!("{}password=hunter2hunter2", "x ".repeat(8 * 1024 - 70));
            info!("short");
        });
        assert!(lines[0].len() < 40_000, "{format:?}: {}", lines[0].len());
        assert!(lines[0].contains("ü… ("), "{format:?}");
        assert!(!lines[1].contains("hunter2"), "{format:?}");
        assert!(lines[2].contains("short") && !lines[2].contains('…'), "{format:?}");
        if format == LogFormat::Json {
            let event: Value = serde_json::from_str(&lines[0]).unwrap();
            assert_eq!(event["message"], "refused");
        }
    }
}
