//! Reading `config.toml`.

use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use super::{Config, Locations, listen_address};
use crate::diagnostics::{Diagnostic, Severity, Source};
use crate::document::{Format, Node, check, for_editors, parse};

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Config).to_value());

/// The JSON Schema of `config.toml`, for editors.
pub fn schema() -> Value {
    for_editors(&SCHEMA)
}

/// Reads the settings; the defaults when there is no file.
///
/// # Errors
/// Everything that is wrong with the file, at once.
pub fn load(locations: &Locations) -> Result<Config, Vec<Diagnostic>> {
    check_settings(locations).map(|(config, _)| config)
}

/// Reads the settings, and tells what is unwise about them.
///
/// # Errors
/// Everything that is wrong with the file, at once.
pub fn check_settings(locations: &Locations) -> Result<(Config, Vec<Diagnostic>), Vec<Diagnostic>> {
    let Some(file) = &locations.config else {
        return Ok((Config::default(), Vec::new()));
    };
    let unreadable = |problem: String| {
        let message = format!("the settings cannot be read: {problem}");
        let help = "name another file with --config or TOOLGATE_CONFIG, or none: every setting has a default";
        vec![Diagnostic::for_file(Severity::Error, "unreadable", file, message).help(help)]
    };
    let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("the file is not UTF-8".to_owned()))?;
    from_text(file, &text)
}

/// Reads settings from the text of `file`; with what is unwise about them.
pub(super) fn from_text(file: &Path, text: &str) -> Result<(Config, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut source = Source::new(file, text);
    let format = Format::of(file).unwrap_or(Format::Toml);
    if source.text().trim().is_empty() {
        return Ok((Config::default(), Vec::new()));
    }
    let mut root = match parse(&source, format) {
        Ok(root) => root,
        // A file of comments only is what the example becomes when everything is commented out.
        Err(findings) if findings.iter().all(|finding| finding.code == "empty-file") => {
            return Ok((Config::default(), Vec::new()));
        }
        Err(findings) => return Err(findings),
    };
    // Settings hold no secrets, but their author may have taken the vault's table for a place of its key.
    source.hide(misplaced_secrets(&root));
    let mut findings = check(&source, &mut root, &SCHEMA);
    findings.extend(check_address(&source, &root));
    findings.extend(check_master_key_file(&source, &root));
    if !findings.is_empty() {
        findings.sort_by_key(|finding| (finding.line, finding.column));
        return Err(findings);
    }
    let mut config: Config = serde_json::from_value(root.to_json())
        .map_err(|error| vec![source.error("wrong-type", 0..0, error.to_string())])?;
    if let Some(folder) = file.parent() {
        for path in [&mut config.egress.extra_ca, &mut config.vault.master_key_file] {
            *path = path.take().map(|path| folder.join(path));
        }
    }
    Ok((config, warn_of_no_limit(&source, &root)))
}

/// Limits of calls that are switched off (contract S1-88).
fn warn_of_no_limit(source: &Source<'_>, root: &Node) -> Vec<Diagnostic> {
    let settings = [
        ("requests_per_minute_per_action", "calls of an action"),
        ("requests_per_minute", "calls of a connector in a minute"),
        ("requests_per_day", "calls of a connector in a day"),
    ];
    let off = settings.iter().filter_map(|(key, what)| {
        let place = root.get("limits")?.get(key).filter(|place| place.text().is_some())?;
        let message =
            format!("nothing limits {what}, unless its file does: an agent that repeats itself is not stopped");
        let finding = source.warning("unlimited", place.span.clone(), message);
        Some(finding.help("write a number of calls here, and a greater one for the connectors that need it"))
    });
    off.collect()
}

/// Where texts stand in the vault's table that are no path.
fn misplaced_secrets(root: &Node) -> Vec<Range<usize>> {
    let members = root.get("vault").map(Node::members).unwrap_or_default();
    members
        .iter()
        .filter(|member| member.key != "master_key_file")
        .map(|member| member.value.span.clone())
        .collect()
}

fn check_address(source: &Source<'_>, root: &Node) -> Option<Diagnostic> {
    let place = root.get("http")?.get("address")?;
    let written = place.text()?;
    if listen_address(written).is_ok() {
        return None;
    }
    let message = format!("`{written}` is not an address and a port");
    let help = "write a port, e.g. \"8722\", which only this machine can reach, or an IP address and a port, e.g. \
                127.0.0.1:8722 or [::1]:8722";
    Some(source.error("bad-address", place.span.clone(), message).help(help))
}

/// An empty path is that of the folder of the settings.
fn check_master_key_file(source: &Source<'_>, root: &Node) -> Option<Diagnostic> {
    let place = root.get("vault")?.get("master_key_file")?;
    if !place.text()?.trim().is_empty() {
        return None;
    }
    let message = "`master_key_file` is empty";
    let help = "name the file that holds the master key, or leave this out: the key is in the state folder then";
    Some(source.error("empty-path", place.span.clone(), message).help(help))
}
