//! What was compiled before, in a folder that only the server writes.
//!
//! What lies in it is run as native code, so nothing is believed of a file but what its code says: an HMAC-SHA-256
//! under a key of the folder's own. That keeps out files that were damaged, cut off, renamed, or put there by somebody
//! who can write to the folder but not read it, e.g. by restoring a backup. It does not keep out somebody who can read
//! the key: they can already act as the server.

use std::fs::{self, File, OpenOptions};
use std::hash::Hasher;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use memmap2::MmapMut;

use crate::crypto;

/// Most files that are kept; past that the oldest are deleted.
const MOST_FILES: usize = 1_024;

const KEY_FILE: &str = "key";
const KEY_LENGTH: usize = 32;
const CODE_LENGTH: usize = 32;

/// The folder, and its key.
pub(super) struct Cache {
    folder: PathBuf,
    key: [u8; KEY_LENGTH],
}

/// Bytes that this cache wrote itself, behind their code. They have pages of their own, which the system gets back with
/// them: they are megabytes, and an allocator would keep as many for later.
pub(super) struct Verified(MmapMut);

impl Verified {
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.get(CODE_LENGTH..).unwrap_or_default()
    }
}

impl Cache {
    /// Opens `folder`; makes it, and its key, when there is none.
    ///
    /// # Errors
    /// When it cannot be made, or others than its owner may look into it.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        only_ours(&folder, &fs::metadata(&folder)?)?;
        let key = key(&folder.join(KEY_FILE))?;
        Ok(Self { folder, key })
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What was kept under `name`; nothing when the file is not as this cache wrote it.
    pub(super) fn get(&self, name: &str) -> Option<Verified> {
        let bytes = read(&self.folder.join(name)).ok()?;
        let (code, content) = bytes.split_at_checked(CODE_LENGTH)?;
        if !crypto::equal_in_constant_time(code, &self.code(name, content)) {
            tracing::warn!(
                "{} is not as it was written, and is compiled again",
                self.folder.join(name).display()
            );
            return None;
        }
        Some(Verified(bytes))
    }

    /// Keeps `content` under `name`. That it cannot is no failure of a call: it costs time at the next start.
    pub(super) fn put(&self, name: &str, content: &[u8]) {
        if let Err(error) = self.write(name, content).and_then(|()| self.tidy()) {
            tracing::warn!("compiled code cannot be kept in {}: {error}", self.folder.display());
        }
    }

    fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        // Under a name of its own first: whoever reads meanwhile sees the old file or the new one.
        let unique = crypto::random_id().map_err(io::Error::other)?;
        let unfinished = self.folder.join(format!("{name}.{unique}.new"));
        let mut file = new_file(&unfinished)?;
        let written = file
            .write_all(&self.code(name, content))
            .and_then(|()| file.write_all(content))
            .and_then(|()| fs::rename(&unfinished, self.folder.join(name)));
        if written.is_err() {
            fs::remove_file(&unfinished).ok();
        }
        written
    }

    /// Deletes the oldest files when there are too many.
    fn tidy(&self) -> io::Result<()> {
        let mut files: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.folder)?
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name() != KEY_FILE)
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        if files.len() > MOST_FILES {
            files.sort();
            for (_, file) in &files[..files.len() - MOST_FILES] {
                fs::remove_file(file)?;
            }
        }
        Ok(())
    }

    fn code(&self, name: &str, content: &[u8]) -> Vec<u8> {
        let mut code = crypto::Hmac::new(crypto::HashAlgorithm::Sha256, &self.key);
        code.update(&(name.len() as u64).to_be_bytes());
        code.update(name.as_bytes());
        code.update(content);
        code.finish()
    }
}

/// All of a file, in memory that nobody else can change.
fn read(path: &Path) -> io::Result<MmapMut> {
    let mut file = open(path)?;
    let length = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    let mut bytes = MmapMut::map_anon(length)?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Opens a regular file for reading. Others may be anything, e.g. a pipe, whose opening waits for somebody who writes.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        let at_once = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, at_once);
    }
    let file = options.open(path)?;
    // Of what was opened, since another file may have its name by now.
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other(format!("{} is no regular file", path.display())))
    }
}

/// Refuses a folder or file at `path` that others than its owner may read or change.
fn only_ours(path: &Path, metadata: &fs::Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(metadata);
        if mode & 0o077 != 0 {
            return Err(io::Error::other(format!(
                "others than its owner can use {} (mode {:o}): take their rights away with `chmod go= {}`",
                path.display(),
                mode & 0o777,
                path.display()
            )));
        }
    }
    #[cfg(not(unix))]
    let _ = (path, metadata);
    Ok(())
}

fn key(file: &Path) -> io::Result<[u8; KEY_LENGTH]> {
    let mut key = [0; KEY_LENGTH];
    match open(file) {
        Ok(mut open) => {
            only_ours(file, &open.metadata()?)?;
            // A key that was truncated is replaced; what was kept under it is then compiled again.
            if open.read_exact(&mut key).is_ok() {
                return Ok(key);
            }
            fs::remove_file(file)?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    crypto::fill_random(&mut key).map_err(io::Error::other)?;
    let unique = crypto::random_id().map_err(io::Error::other)?;
    let unfinished = file.with_extension(unique);
    new_file(&unfinished)?.write_all(&key)?;
    fs::rename(&unfinished, file)?;
    // Another server of the same folder may have done the same meanwhile: the last key counts for both.
    open(file)?.read_exact(&mut key)?;
    Ok(key)
}

fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Collects what something hashes of itself, to hash it with SHA-256: the standard library's hashes may change.
#[derive(Default)]
pub(super) struct Fingerprint(Vec<u8>);

impl Fingerprint {
    /// As 64 hexadecimal digits.
    pub(super) fn finish_hex(&self) -> String {
        crypto::sha256_hex(&self.0)
    }
}

impl Hasher for Fingerprint {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}
