//! What `openapi/report.json` says about where a connector comes from, so that it can be imported again.
//!
//! Holds no secret: of a URL that carries one nothing is written down.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use url::Url;

use super::Choice;
use crate::connector::carries_secret;
use crate::crypto::sha256_hex;
use crate::openapi::{File, KeptName};

/// The report's place in a connector's folder.
pub(super) const REPORT: &str = "openapi/report.json";

/// Longest report that is read, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Where a connector comes from.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Origin {
    /// The description as it was read, in the connector's folder.
    pub(super) file: String,
    pub(super) sha256: String,
    pub(super) bytes: usize,
    pub(super) imported_at: String,
    /// Where it was read: a URL, or a file, relative to the connector's folder. None when that holds a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<String>,
    /// The connector's name as people read it, and in tool names.
    pub(super) name: String,
    pub(super) slug: String,
    /// What was asked for.
    pub(super) choice: Choice,
    /// The overlays that were laid over the description, in order.
    pub(super) overlays: Vec<KeptFile>,
    /// Everything else that was kept in `openapi`.
    pub(super) kept: Vec<String>,
    /// SHA-256 of every file that was generated: one that is different now was edited.
    pub(super) generated: BTreeMap<String, String>,
}

/// A file in the connector's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptFile {
    pub(super) file: String,
    pub(super) sha256: String,
}

/// What is read of a report.
#[derive(Deserialize)]
struct Written {
    source: Origin,
    report: WrittenReport,
}

#[derive(Deserialize)]
struct WrittenReport {
    imported: Vec<WrittenAction>,
}

#[derive(Deserialize)]
struct WrittenAction {
    action: String,
    method: String,
    path: String,
    operation_id: Option<String>,
}

impl Origin {
    /// Every file that an update may take out or read.
    fn paths(&self) -> impl Iterator<Item = &String> {
        let overlays = self.overlays.iter().map(|one| &one.file);
        overlays.chain(&self.kept).chain(self.generated.keys())
    }
}

/// Reads the report in `folder`: where the connector comes from, and what its actions are called.
pub(super) fn read(folder: &Path) -> anyhow::Result<(Origin, Vec<KeptName>)> {
    let path = folder.join(REPORT);
    let mut text = String::new();
    let file = fs::File::open(&path).with_context(|| {
        format!(
            "{} is not a connector that was imported: it has no {REPORT}",
            folder.display()
        )
    })?;
    let length = file
        .take(LARGEST + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read {}", path.display()))?;
    if u64::try_from(length).map_or(true, |length| length > LARGEST) {
        anyhow::bail!("{} is too long: reports have at most {LARGEST} bytes", path.display());
    }
    let written: Written = serde_json::from_str(&text).with_context(|| {
        format!(
            "{} does not say where the connector comes from: import it again, under another name",
            path.display()
        )
    })?;
    for path in written.source.paths() {
        let is_inside = !path.is_empty()
            && Path::new(path)
                .components()
                .all(|part| matches!(part, Component::Normal(_)));
        if !is_inside {
            anyhow::bail!("{REPORT} names `{path}`, which is not in the connector's folder");
        }
    }
    let names = written.report.imported.into_iter().map(|one| KeptName {
        method: one.method,
        path: one.path,
        operation_id: one.operation_id,
        name: one.action,
    });
    Ok((written.source, names.collect()))
}

/// The hashes of generated files.
pub(super) fn hashes(files: &[File]) -> BTreeMap<String, String> {
    let hash = |file: &File| (file.path.clone(), sha256_hex(file.text.as_bytes()));
    files.iter().map(hash).collect()
}

/// A URL to write down: none when a part of it is a secret or is called like one.
pub(super) fn url(url: &Url) -> Option<String> {
    let names_a_secret = url.query_pairs().any(|(name, _)| {
        let name = name.to_ascii_lowercase();
        carries_secret(&name) || name.ends_with("key") || name.ends_with("token") || name.contains("sig")
    });
    let has_user = !url.username().is_empty() || url.password().is_some();
    (!names_a_secret && !has_user).then(|| url.to_string())
}

/// `file` as it is written down in a connector whose folder is `folder`: relative to that when it was named so, for the
/// two may be moved together.
pub(super) fn path(file: &Path, folder: &Path) -> anyhow::Result<String> {
    if file.is_absolute() {
        return Ok(file.display().to_string());
    }
    let real = |path: &Path| fs::canonicalize(path).with_context(|| format!("cannot read {}", path.display()));
    // The folder may not be there yet, nor those around it.
    let mut above = Path::new(".").join(folder);
    let mut below: Vec<PathBuf> = Vec::new();
    while !above.exists() {
        below.extend(above.file_name().map(PathBuf::from));
        if !above.pop() {
            break;
        }
    }
    let mut folder = real(&above)?;
    folder.extend(below.iter().rev());
    Ok(between(&folder, &real(file)?))
}

/// The way from `folder` to `file`, both absolute.
fn between(folder: &Path, file: &Path) -> String {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (folder.components().collect(), file.components().collect());
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - shared);
    let down = to[shared..]
        .iter()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_between_two_places() {
        for (folder, file, way) in [
            ("/a/connectors/crm", "/a/openapi.yaml", "../../openapi.yaml"),
            ("/a/connectors/crm", "/b/openapi.yaml", "../../../b/openapi.yaml"),
            ("/a", "/a/b/openapi.yaml", "b/openapi.yaml"),
        ] {
            assert_eq!(between(Path::new(folder), Path::new(file)), way);
        }
    }

    #[test]
    fn urls_with_secrets_are_not_written_down() {
        for (written, kept) in [
            ("https://a.example.com/openapi.json?version=2", true),
            ("https://user:secret@a.example.com/openapi.json", false),
            ("https://a.example.com/openapi.json?api_key=secret", false),
            ("https://a.example.com/openapi.json?X-Amz-Signature=secret", false),
        ] {
            let parsed = Url::parse(written).unwrap();
            assert_eq!(url(&parsed), kept.then(|| written.to_owned()), "{written}");
        }
    }
}
