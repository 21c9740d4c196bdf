//! The zip file: the same entries make the same bytes.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// How hard to compress, of 9. Written down so that a library's default cannot change the bytes.
const LEVEL: i64 = 6;

/// A file of a bundle.
pub(super) struct Entry {
    name: String,
    content: Content,
    is_program: bool,
}

enum Content {
    Text(String),
    Bytes(Arc<[u8]>),
    File(PathBuf),
}

impl Entry {
    /// A file that holds `text`.
    pub(super) fn text(name: impl Into<String>, text: String) -> Self {
        Self {
            name: name.into(),
            content: Content::Text(text),
            is_program: false,
        }
    }

    /// A file that holds `bytes`.
    pub(super) fn bytes(name: impl Into<String>, bytes: Arc<[u8]>) -> Self {
        Self {
            name: name.into(),
            content: Content::Bytes(bytes),
            is_program: false,
        }
    }

    /// A copy of `file`.
    pub(super) fn file(name: impl Into<String>, file: PathBuf) -> Self {
        Self {
            name: name.into(),
            content: Content::File(file),
            is_program: false,
        }
    }

    /// A copy of `file` that can be run.
    pub(super) fn program(name: impl Into<String>, file: PathBuf) -> Self {
        Self {
            is_program: true,
            ..Self::file(name, file)
        }
    }

    /// Its path in the bundle, with `/`.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What it holds.
    pub(super) fn read(&self) -> anyhow::Result<Cow<'_, [u8]>> {
        match &self.content {
            Content::Text(text) => Ok(Cow::Borrowed(text.as_bytes())),
            Content::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
            Content::File(file) => std::fs::read(file)
                .map(Cow::Owned)
                .with_context(|| format!("cannot read {}", file.display())),
        }
    }
}

/// Writes a bundle. It is there whole, or not at all.
pub(super) fn write(output: &Path, mut entries: Vec<Entry>) -> anyhow::Result<()> {
    // Whoever looks into the file finds what it is first.
    entries.sort_by(|one, other| {
        let key = |entry: &Entry| (entry.name != super::manifest::FILE, entry.name.clone());
        key(one).cmp(&key(other))
    });
    let mut name = output.as_os_str().to_owned();
    name.push(format!(".{}.tmp", crate::crypto::random_id()?));
    let scratch = PathBuf::from(name);
    let written = File::create_new(&scratch)
        .map_err(anyhow::Error::from)
        .and_then(|file| pack(file, &entries))
        .and_then(|()| Ok(std::fs::rename(&scratch, output)?));
    if written.is_err() {
        // What could not be created is not there to be removed.
        drop(std::fs::remove_file(&scratch));
    }
    written.with_context(|| format!("cannot write {}", output.display()))
}

fn pack(file: File, entries: &[Entry]) -> anyhow::Result<()> {
    let mut archive = ZipWriter::new(BufWriter::new(file));
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL))
            // When a file was written says nothing about what is in it.
            .last_modified_time(DateTime::default())
            .unix_permissions(if entry.is_program { 0o755 } else { 0o644 });
        archive.start_file(entry.name.as_str(), options)?;
        match &entry.content {
            Content::Text(text) => archive.write_all(text.as_bytes())?,
            Content::Bytes(bytes) => archive.write_all(bytes)?,
            Content::File(path) => {
                let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
                io::copy(&mut file, &mut archive)?;
            }
        }
    }
    archive.finish()?.into_inner()?.sync_all()?;
    Ok(())
}
