//! What goes into a bundle beside the binary and its manifest.

use std::path::{Component, Path};
use std::sync::Arc;

use anyhow::{Context as _, bail};

use super::archive::Entry;
use crate::catalog::folder::Sources;
use crate::cli::output;
use crate::config::Config;

/// The folder of connectors in a bundle.
pub(super) const CONNECTORS: &str = "connectors";

/// The settings in a bundle.
pub(super) const SETTINGS: &str = "config.toml";

/// Most names that are told as left out.
const MOST_TOLD: usize = 20;

/// The files of connectors, code and pages among them, and on stderr what lies beside them and is left out.
pub(super) fn of_connectors(sources: &Sources, folder: &Path) -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut left_out = Vec::new();
    for source in &sources.connectors {
        let path = std::path::absolute(&source.path)?;
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .with_context(|| format!("{} has no name that can be packed", source.path.display()))?;
        if source.path.is_file() {
            entries.push(Entry::file(format!("{CONNECTORS}/{name}"), source.path.clone()));
            continue;
        }
        for file in &source.files {
            entries.push(Entry::file(
                format!("{CONNECTORS}/{name}/{}", slashed(&file.relative)?),
                file.shown.clone(),
            ));
        }
        for code in &source.code {
            // What cannot be read is named by no action, or the connector would not be usable.
            let Ok(bytes) = code.content() else { continue };
            let name = format!("{CONNECTORS}/{name}/{}", slashed(&code.relative)?);
            entries.push(Entry::bytes(name, Arc::clone(bytes)));
        }
        let packed = |entry: &str| {
            let whole = format!("{CONNECTORS}/{name}/{entry}");
            let below = format!("{whole}/");
            entries
                .iter()
                .any(|packed| packed.name() == whole || packed.name().starts_with(&below))
        };
        let beside =
            std::fs::read_dir(&source.path).with_context(|| format!("cannot read {}", source.path.display()))?;
        for entry in beside {
            let entry = entry?.file_name().to_string_lossy().into_owned();
            if !packed(&entry) {
                left_out.push(format!("{name}/{entry}"));
            }
        }
    }
    left_out.sort_unstable();
    if !left_out.is_empty() {
        let more = left_out.len().saturating_sub(MOST_TOLD);
        left_out.truncate(MOST_TOLD);
        let more = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more")
        };
        output::complain(&format!(
            "left out, because they are no part of a connector's definition: {}{more} (in {})",
            left_out.join(", "),
            folder.display()
        ));
    }
    Ok(entries)
}

/// The settings, with the certificates that they name.
pub(super) fn of_settings(file: &Path, config: &Config) -> anyhow::Result<Vec<Entry>> {
    if config.http.address.is_some() {
        bail!(
            "{} sets `http.address`, but a client talks to a bundle over stdin and stdout: pack other settings",
            file.display()
        );
    }
    let mut entries = vec![Entry::file(SETTINGS, file.to_owned())];
    if let Some(certificates) = &config.egress.extra_ca {
        let folder = file.parent().unwrap_or(Path::new(""));
        let relative = certificates.strip_prefix(folder).ok().filter(|relative| {
            relative
                .components()
                .all(|component| matches!(component, Component::Normal(_)))
        });
        let Some(relative) = relative else {
            bail!(
                "`egress.extra_ca` names {}, which is not in the folder of {}: put it there, so that it can be packed",
                certificates.display(),
                file.display()
            );
        };
        let entry = Entry::file(slashed(relative)?, certificates.clone());
        if String::from_utf8_lossy(&entry.read()?).contains("PRIVATE KEY") {
            bail!(
                "{} holds a private key, which must not be packed",
                certificates.display()
            );
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// A path with `/` between its parts, as bundles have it on every system.
fn slashed(path: &Path) -> anyhow::Result<String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    let parts = parts.with_context(|| format!("{} cannot be packed: its name is not Unicode", path.display()))?;
    Ok(parts.join("/"))
}
