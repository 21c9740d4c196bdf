//! A client's file on disk: read whole, kept as a backup, replaced at once.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::client::Scope;
use crate::cli::disk::{Mode, Scratch, create};

/// Longest file that is edited, in bytes. Claude Code keeps its whole history beside its servers.
const LARGEST: u64 = 64 * 1024 * 1024;

/// How many backups are kept before the user has to clear away.
const MOST_BACKUPS: u32 = 1000;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A client's file as it was read.
pub(super) struct ClientFile {
    /// The file as the user knows it.
    pub(super) path: PathBuf,
    /// What it holds, without a byte order mark; `None` when there is no file.
    text: Option<String>,
    has_mark: bool,
    scope: Scope,
}

impl ClientFile {
    /// Reads the file at `path`, if there is one.
    pub(super) fn read(path: PathBuf, scope: Scope) -> anyhow::Result<Self> {
        let whole = read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let has_mark = whole.as_ref().is_some_and(|whole| whole.starts_with(BYTE_ORDER_MARK));
        let text = whole.map(|whole| whole.strip_prefix(BYTE_ORDER_MARK).map(str::to_owned).unwrap_or(whole));
        Ok(Self {
            path,
            text,
            has_mark,
            scope,
        })
    }

    /// What it holds; nothing when there is no file.
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Replaces what it holds, keeping what it held beside it; returns where that is. Either all of the new text is
    /// there afterwards or all of the old one.
    pub(super) fn replace(&self, text: &str) -> anyhow::Result<Option<PathBuf>> {
        // Through links to the file itself: whoever keeps settings elsewhere wants them to stay there.
        let target = match fs::canonicalize(&self.path) {
            Ok(target) => target,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.path.is_symlink() => self.path.clone(),
            Err(error) => return Err(error).with_context(|| format!("cannot follow {}", self.path.display())),
        };
        let folder = target.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let backup = self.back_up()?;
        let mark = if self.has_mark { BYTE_ORDER_MARK } else { "" };
        let scratch = Scratch::create(&target, self.mode(&target))
            .with_context(|| format!("cannot write beside {}", target.display()))?;
        scratch.fill(&[mark, text])?;
        self.still_the_same()?;
        scratch.move_to(&target)?;
        Ok(backup)
    }

    /// Clients write their files as well: what one of them wrote in the meantime must not be lost.
    fn still_the_same(&self) -> anyhow::Result<()> {
        let present = read(&self.path).with_context(|| format!("cannot read {} again", self.path.display()))?;
        let present = present
            .as_deref()
            .map(|whole| whole.strip_prefix(BYTE_ORDER_MARK).unwrap_or(whole));
        if present != self.text.as_deref() {
            bail!(
                "{} was changed by another program at the same moment; nothing was written: run this again",
                self.path.display()
            );
        }
        Ok(())
    }

    /// Copies the file beside itself, under a name that is free.
    fn back_up(&self) -> anyhow::Result<Option<PathBuf>> {
        let Some(text) = &self.text else {
            return Ok(None);
        };
        let mark = if self.has_mark { BYTE_ORDER_MARK } else { "" };
        for number in 1..=MOST_BACKUPS {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".toolgate-backup-{number}"));
            let backup = PathBuf::from(name);
            match create(&backup, self.mode(&self.path)) {
                Ok(mut file) => {
                    for part in [mark, text] {
                        file.write_all(part.as_bytes())
                            .with_context(|| format!("cannot write the backup {}", backup.display()))?;
                    }
                    file.sync_all()?;
                    return Ok(Some(backup));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot write the backup {}", backup.display()));
                }
            }
        }
        bail!(
            "there are {MOST_BACKUPS} backups of {} already: remove some",
            self.path.display()
        )
    }

    /// The permissions that a copy of `path` gets: its own, or those that a new file should have.
    fn mode(&self, path: &Path) -> Mode {
        match fs::metadata(path) {
            Ok(metadata) => Mode::Of(metadata.permissions()),
            // Other servers' entries may come to hold secrets.
            Err(_) if self.scope == Scope::User => Mode::Private,
            Err(_) => Mode::Usual,
        }
    }
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !metadata.is_file() {
        bail!("it is not a file");
    }
    if metadata.len() > LARGEST {
        bail!("it has {} bytes; at most {LARGEST} are edited", metadata.len());
    }
    let text = String::from_utf8(fs::read(path)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow::anyhow!("it is not UTF-8 text: byte {at} does not belong")
    })?;
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &Path) -> ClientFile {
        ClientFile::read(path.to_owned(), Scope::User).unwrap()
    }

    #[test]
    fn backups_are_never_overwritten_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "one").unwrap();
        for text in ["two", "three"] {
            file(&path).replace(text).unwrap();
        }
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("a.json"), "three");
        assert_eq!(read("a.json.toolgate-backup-1"), "one");
        assert_eq!(read("a.json.toolgate-backup-2"), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn a_missing_file_is_made_with_its_folders_and_needs_no_backup() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/c.json");
        assert_eq!(file(&path).text(), "");
        assert_eq!(file(&path).replace("{}").unwrap(), None);
        assert_eq!(fs::read_to_string(&path).unwrap(), "{}");
    }

    #[test]
    fn a_byte_order_mark_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "\u{feff}{}").unwrap();
        let file = file(&path);
        assert_eq!(file.text(), "{}");
        let backup = file.replace("[]").unwrap().unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "\u{feff}[]");
        assert_eq!(fs::read_to_string(backup).unwrap(), "\u{feff}{}");
    }

    #[test]
    fn what_another_program_wrote_meanwhile_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "one").unwrap();
        let before = file(&path);
        fs::write(&path, "theirs").unwrap();
        let told = before.replace("two").unwrap_err().to_string();
        assert!(told.contains("run this again"), "{told}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        assert!(!fs::read_dir(folder.path()).unwrap().any(|entry| {
            let name = entry.unwrap().file_name();
            name.to_string_lossy().ends_with(".tmp")
        }));
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, b"{\xff}").unwrap();
        let told = format!("{:#}", ClientFile::read(path, Scope::User).err().unwrap());
        assert!(told.contains("a.json") && told.contains("byte 1"), "{told}");
        let told = format!(
            "{:#}",
            ClientFile::read(folder.path().to_owned(), Scope::User).err().unwrap()
        );
        assert!(told.contains("not a file"), "{told}");
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        use super::*;

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().permissions().mode() & 0o777
        }

        #[test]
        fn permissions_stay_and_the_backup_has_them_too() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.json");
            for permissions in [0o600, 0o640, 0o664] {
                fs::write(&path, "one").unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(permissions)).unwrap();
                let backup = file(&path).replace("two").unwrap().unwrap();
                assert_eq!((mode(&path), mode(&backup)), (permissions, permissions));
            }
            let new = folder.path().join("new.json");
            file(&new).replace("{}").unwrap();
            assert_eq!(mode(&new), 0o600);
        }

        #[test]
        fn a_link_stays_a_link() {
            let folder = tempfile::tempdir().unwrap();
            let (real, link) = (folder.path().join("kept/real.json"), folder.path().join("a.json"));
            fs::create_dir(folder.path().join("kept")).unwrap();
            fs::write(&real, "one").unwrap();
            symlink("kept/real.json", &link).unwrap();
            let backup = file(&link).replace("two").unwrap().unwrap();
            assert!(link.is_symlink());
            assert_eq!(fs::read_to_string(&real).unwrap(), "two");
            assert_eq!(backup, folder.path().join("a.json.toolgate-backup-1"));

            let dangling = folder.path().join("b.json");
            symlink("nowhere.json", &dangling).unwrap();
            assert!(ClientFile::read(dangling, Scope::User).is_err());
        }
    }
}
