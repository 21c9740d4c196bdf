//! Cleans each line on its way to the writer.

use std::io;

use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use super::sensitive::{self, REDACTED};
use super::{LogFormat, scrub};
use crate::diagnostics::{legible_json, legible_line};

/// Longest text of an event that is written, in bytes: libraries log what clients send.
const LONGEST: usize = 16 * 1024;

/// Makes writers that clean what they are given.
pub(super) struct CleanLines<W> {
    inner: W,
    format: LogFormat,
}

impl<W> CleanLines<W> {
    pub(super) fn new(inner: W, format: LogFormat) -> Self {
        Self { inner, format }
    }
}

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for CleanLines<W> {
    type Writer = CleanLine<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        CleanLine {
            inner: self.inner.make_writer(),
            format: self.format,
        }
    }
}

/// Cleans one line. Events come whole: the layer formats each into a buffer, and writes that once.
pub(super) struct CleanLine<W> {
    inner: W,
    format: LogFormat,
}

impl<W: io::Write> io::Write for CleanLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(event);
        let line = line.strip_suffix('\n').unwrap_or(&line);
        let mut clean = match self.format {
            LogFormat::Text => legible_line(&clean(line)),
            LogFormat::Json => legible_json(&clean_json(line)),
        };
        clean.push('\n');
        self.inner.write_all(clean.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Cut only once it is clean: of a secret that is cut in two, both parts would stay.
fn clean(text: &str) -> String {
    let clean = sensitive::redact(&scrub(text)).into_owned();
    match clean.get(..clean.floor_char_boundary(LONGEST)) {
        Some(beginning) if clean.len() > LONGEST => format!("{beginning}… ({} bytes)", clean.len()),
        _ => clean,
    }
}

/// The object with its texts cleaned one by one, so that it stays JSON whatever is taken out.
fn clean_json(line: &str) -> String {
    let mut event = serde_json::from_str(line).unwrap_or_else(|_| json!({ "message": line }));
    clean_value(&mut event);
    event.to_string()
}

fn clean_value(value: &mut Value) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => {
            let written = number.to_string();
            let clean = clean(&written);
            if clean != written {
                *value = clean.into();
            }
        }
        Value::String(text) => *text = clean(text),
        Value::Array(items) => items.iter_mut().for_each(clean_value),
        Value::Object(members) => {
            for (name, value) in members {
                if sensitive::is_sensitive_name(name) {
                    *value = REDACTED.into();
                } else {
                    clean_value(value);
                }
            }
        }
    }
}
